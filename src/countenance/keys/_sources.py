"""The places a master key may come from, and reading it from there."""

import os
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from countenance.errors import KeyMissing, KeyWrong
from countenance.keys._file import read_key_file
from countenance.keys._text import parse_key

# A password manager may ask its user for a passphrase first; after this long nobody is there to answer.
COMMAND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that holds the key, readable by its owner alone."""

    path: Path


@dataclass(frozen=True, slots=True)
class KeyCommand:
    """A command that prints the key, such as a password manager's; it is run without a shell.

    Its arguments are in no error and no representation: they may be secrets themselves.
    """

    command: str = field(repr=False)
    seconds: float = COMMAND_SECONDS


@dataclass(frozen=True, slots=True)
class KeyVariable:
    """An environment variable that held the key: its name, and the value that a door read (empty: it was not set)."""

    name: str
    value: str = field(repr=False)


KeySource = KeyFile | KeyCommand | KeyVariable


def read_key(source: KeySource) -> bytes:
    """Give the master key, 32 bytes.

    Raises:
        KeyMissing: there is none at that source, or it cannot be had from there.
        KeyWrong: what is there is no key, or others may read it.
    """
    match source:
        case KeyFile(path):
            return read_key_file(path)
        case KeyCommand():
            return _from_command(source)
        case KeyVariable(name, value):
            if not value.strip():
                raise KeyMissing(
                    f"the variable {name} is empty", remedy=f"set {name} to the line of the key file that holds the key"
                )
            return parse_key(value, source=f"the variable {name}")


def _from_command(source: KeyCommand) -> bytes:
    try:
        words = shlex.split(source.command, posix=os.name == "posix")
    except ValueError as problem:
        raise KeyMissing(
            "the key command cannot be read: a quotation mark is not closed", remedy="correct the key command"
        ) from problem
    if not words:
        raise KeyMissing("the key command is empty", remedy="give the command that prints the key")
    # `from None`: subprocess errors repeat the whole command, and what it printed until then.
    try:
        # Its complaints go straight to the terminal (a password manager may ask there); only its output is read.
        done = subprocess.run(  # noqa: S603  (the owner of the library says which command; no shell reads it)
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=source.seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise KeyMissing(
            f"the key command {words[0]} did not end within {source.seconds:g} s", remedy="run it by hand and see why"
        ) from None
    except (OSError, ValueError):
        raise KeyMissing(
            f"the key command {words[0]} cannot be run", remedy="check that it is installed and spelt right"
        ) from None
    if done.returncode != 0:
        raise KeyMissing(
            f"the key command {words[0]} ended with {done.returncode}", remedy="run it by hand and see why"
        )
    try:
        text = done.stdout.decode()
    except UnicodeDecodeError:
        raise KeyWrong(f"the key command {words[0]} printed no text", remedy="it must print the key's line") from None
    return parse_key(text, source=f"the output of the key command {words[0]}")
