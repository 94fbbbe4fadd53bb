"""Writing what others are to keep of the ledger: whole or not at all, for all to read, never over another file."""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from countenance.errors import LedgerNotWritten

# It is meant for others, and nothing in it is a secret: read by everybody, written by the owner.
_FOR_EVERYBODY: Final = 0o644
_PIECE_BYTES: Final = 1 << 20


def hand_out(to: Path, pieces: Iterable[bytes]) -> None:
    """Write a new file out of its pieces; it is on the disk when this returns. A file that says the same is left alone.

    It is written under another name and then given its own, so that nobody ever finds half of it.

    Raises:
        LedgerNotWritten: another file is there, or the disk refuses.
    """
    temporary = to.with_name(f".{to.name}.{secrets.token_hex(6)}.part")
    try:
        _write(temporary, pieces)
        _name(temporary, to)
        _settle(to.parent)
    except OSError as problem:
        raise LedgerNotWritten(
            f"{to} cannot be written: {problem.strerror or 'the disk refuses'}",
            remedy="give a file in a folder that is there and may be written to",
        ) from problem
    finally:  # also on Ctrl-C
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(_FOR_EVERYBODY)


def _name(temporary: Path, to: Path) -> None:
    """Give a finished file its name, unless it is taken: two that ask at once do not write over each other."""
    try:
        os.link(temporary, to)
    except FileExistsError:
        _refuse_another(temporary, to)
    except OSError:
        # Sticks and network drives have no second names for a file.
        if os.path.lexists(to):
            _refuse_another(temporary, to)
        else:
            temporary.rename(to)


def _refuse_another(temporary: Path, to: Path) -> None:
    if not (to.is_file() and _same(temporary, to)):
        raise LedgerNotWritten(
            f"{to} is there already and says something else",
            remedy="give another name; what was written for others is never written over",
        )


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        return all(a == b for a, b in zip(_pieces(left), _pieces(right), strict=True))


def _pieces(file: BinaryIO) -> Iterable[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _settle(folder: Path) -> None:
    """See that the name is on the disk too; a folder that cannot be asked is one that need not be."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
