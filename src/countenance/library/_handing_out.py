"""Writing what others are to keep of the ledger: whole or not at all, never over another; sealed, for all to read."""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from countenance.errors import LedgerNotWritten

# What is sealed is meant for others, and nothing in it is a secret: read by everybody, written by the owner.
_FOR_EVERYBODY: Final = 0o644
_OWNER_ONLY: Final = 0o600
# What is being written carries this behind its name, and a dot before it, until it is whole.
_UNFINISHED: Final = ".part"
_PIECE_BYTES: Final = 1 << 20


def hand_out(to: Path, pieces: Iterable[bytes], *, private: bool = False) -> None:
    """Write a new file out of its pieces; it is on the disk when this returns. A file that says the same is left alone.

    It is written under another name and then given its own, so that nobody ever finds half of it. A `private` one,
    which opens what an entry says, is never anybody's to read but the owner's.

    Raises:
        LedgerNotWritten: another file is there, or the disk refuses.
    """
    temporary = to.with_name(f".{to.name}.{secrets.token_hex(6)}{_UNFINISHED}")
    try:
        _write(temporary, pieces, _OWNER_ONLY if private else _FOR_EVERYBODY)
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


def is_unfinished(file: Path) -> bool:
    """Tell whether a file is what is left of one that was never finished, by its name."""
    return file.name.startswith(".") and file.suffix == _UNFINISHED


def _write(path: Path, pieces: Iterable[bytes], mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


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
