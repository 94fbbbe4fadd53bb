"""Finding what somebody outside remembers: the checkpoints in a file, whatever it is, or in a folder of files."""

import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from countenance.errors import CheckpointInvalid, SealBroken, UsageWrong
from countenance.ledger import Checkpoint, library_and_branch, open_checkpoint
from countenance.seals import jws_payload

# A proof may hold an entry of many megabytes; nothing that is handed out is larger but a copy of the whole ledger,
# which has its checkpoint in its first line.
MOST_BYTES: Final = 256 << 20
_FIRST_BYTES: Final = 1 << 16
_COPY_BEGINS: Final = b'{"schema": "urn:countenance:ledger-copy:'

_ORIGIN: Final = r"countenance/ledger/[A-Za-z0-9][A-Za-z0-9._-]{0,127}/[1-9][0-9]{0,8}"
_NOTE: Final = re.compile(_ORIGIN + r"\n[0-9]+\n[A-Za-z0-9+/=]+\n\n(?:— \S+ [A-Za-z0-9+/=]+(?:\n|\Z))+")
_JWS: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# What reading a file may raise: of a zip that is damaged, locked with a password, or packed in a way that is not known.
_UNREADABLE: Final = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
_REMEDY: Final = "give a checkpoint, a proof, a receipt, an export or a copy of the ledger"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A checkpoint that the library has signed, and the file in which it was found."""

    file: Path
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class NotRemembered:
    """A file with something in it that looks like a checkpoint of this library, and why it is none."""

    file: Path
    problem: str


def remembered_in(path: Path, *, public_key: bytes, library: str) -> tuple[Remembered, ...]:
    """Give the checkpoints of a library that are in a file, or in all files of a folder, each once.

    In a folder, files without one are passed over, and so are other libraries' checkpoints; a file that is named must
    have one.

    Raises:
        UsageWrong: there is no such file, or no checkpoint in it.
        CheckpointInvalid: one is another library's, or the library has not signed it.
    """
    found: dict[Checkpoint, Remembered] = {}
    folder = path.is_dir()
    for file in _files(path):
        for one in look_into(file, public_key=public_key, library=library, foreign=not folder):
            if isinstance(one, NotRemembered):
                raise CheckpointInvalid(f"{one.file}: {one.problem}", remedy=_REMEDY)
            found.setdefault(one.checkpoint, one)
    if not found:
        raise UsageWrong(f"there is no checkpoint of a ledger in {path}", remedy=_REMEDY)
    return tuple(found.values())


def look_into(
    file: Path, *, public_key: bytes, library: str, foreign: bool = False
) -> Iterator[Remembered | NotRemembered]:
    """Give what is in a file that looks like a checkpoint of a library, and whether it is one.

    Those of other libraries are passed over, or (`foreign`) are none of this one.

    Raises:
        UsageWrong: it cannot be read, or is too large.
    """
    for note in notes_in(file):
        named, _ = library_and_branch(note.partition("\n")[0])
        if named != library:
            if foreign:
                yield NotRemembered(file, f"the checkpoint in it is of the library {named}, not of this one")
        else:
            try:
                yield Remembered(file, open_checkpoint(note, public_key=public_key, library=library))
            except CheckpointInvalid as problem:
                yield NotRemembered(file, problem.what)


def notes_in(file: Path) -> tuple[str, ...]:
    """Give everything in a file that looks like the signed note of a checkpoint, each once; nothing is verified.

    As text, as it stands in a checkpoint, a proof or a letter; in JSON, as in a report or a copy; in a signed receipt;
    and in the files of a zip.

    Raises:
        UsageWrong: it cannot be read, or is too large.
    """
    try:
        with file.open("rb") as opened:
            begins = opened.read(_FIRST_BYTES)
            if begins.startswith(_COPY_BEGINS):
                return tuple(dict.fromkeys(_in_text(begins.partition(b"\n")[0])))
            if zipfile.is_zipfile(file):
                return tuple(dict.fromkeys(_in_zip(file)))
            if b"\0" in begins:  # a picture, a form
                return ()
            data = begins + opened.read(MOST_BYTES)
    except _UNREADABLE as problem:
        raise UsageWrong(f"{file} cannot be read: {_why(problem)}", remedy=_REMEDY) from problem
    if len(data) > MOST_BYTES:
        raise UsageWrong(f"{file} is too large to be looked through", remedy=_REMEDY)
    return tuple(dict.fromkeys(_in_text(data)))


def is_there(file: Path) -> bool:
    """Tell whether there is a plain file; what may not be looked at, or leads nowhere, is none."""
    try:
        return file.is_file()
    except OSError:
        return False


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if is_there(file))
    else:
        yield path


def _in_zip(file: Path) -> Iterator[str]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if not member.is_dir() and member.file_size <= MOST_BYTES:
                yield from _in_text(archive.read(member))


def _in_text(data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    yield from _in_string(text)
    if text.lstrip("\ufeff \n").startswith(("{", "[")):
        try:
            yield from _in_json(json.loads(text.lstrip("\ufeff")))
        except (ValueError, RecursionError):
            return


def _in_json(value: Any) -> Iterator[str]:  # noqa: ANN401  (whatever JSON is)
    if isinstance(value, str):
        yield from _in_string(value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _in_json(one)
    elif isinstance(value, list):
        for one in value:
            yield from _in_json(one)


def _in_string(text: str) -> Iterator[str]:
    for found in _NOTE.findall(text):
        yield found if found.endswith("\n") else f"{found}\n"
    if _JWS.fullmatch(text.strip()):
        try:
            yield from _in_json(json.loads(jws_payload(text.strip())))
        except (SealBroken, ValueError, RecursionError):
            return


def _why(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem)
