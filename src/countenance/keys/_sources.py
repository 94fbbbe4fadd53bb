"""The places a master key may come from, which one a library's is, and reading it from there."""

import os
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from countenance.errors import KeyMissing, KeyWrong
from countenance.keys._file import default_key_path, read_key_file
from countenance.keys._lost import LOST
from countenance.keys._ring import KeyRing, read_ring
from countenance.keys._text import parse_key

# A password manager may ask its user for a passphrase first; after this long nobody is there to answer.
COMMAND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that holds the key, readable by its owner alone."""

    path: Path

    def __str__(self) -> str:
        """Say where the key is."""
        return f"the key file {self.path}"


@dataclass(frozen=True, slots=True)
class KeyCommand:
    """A command that prints the key, such as a password manager's; it is run without a shell.

    Its arguments are in no error and no representation: they may be secrets themselves.
    """

    command: str = field(repr=False)
    seconds: float = COMMAND_SECONDS

    def __str__(self) -> str:
        """Say where the key is, without what may be a secret."""
        return "the output of the key command"


@dataclass(frozen=True, slots=True)
class KeyVariable:
    """An environment variable that held the key: its name, and the value that a door read (empty: it was not set)."""

    name: str
    value: str = field(repr=False)

    def __str__(self) -> str:
        """Say where the key is."""
        return f"the variable {self.name}"


KeySource = KeyFile | KeyCommand | KeyVariable | KeyRing


def source_of(chosen: KeySource | None, library: str) -> KeySource:
    """Give where the key of the library with this id is: as was chosen, or (None) in the default file.

    Raises:
        UsageWrong: that is no id of a library.
    """
    match chosen:
        case None:
            return KeyFile(default_key_path(library))
        case KeyRing(service=service, library=""):
            return KeyRing(service, library)
        case _:
            return chosen


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
        case KeyRing():
            return read_ring(source)
        case KeyVariable(name, value):
            if not value.strip():
                raise KeyMissing(
                    f"the variable {name} is empty",
                    remedy=f"set {name} to the line of the key file that holds the key; {LOST}",
                )
            return parse_key(value, source=str(source))


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
            f"the key command {words[0]} ended with {done.returncode}",
            remedy=f"run it by hand and see why; if the key is gone: {LOST}",
        )
    try:
        text = done.stdout.decode()
    except UnicodeDecodeError:
        raise KeyWrong(f"the key command {words[0]} printed no text", remedy="it must print the key's line") from None
    return parse_key(text, source=f"the output of the key command {words[0]}")
