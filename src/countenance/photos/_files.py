"""Read a file once, and only if it is a regular one; what its bytes mean is left to `_reading`."""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from countenance.errors import PhotoMissing, PhotoProblem, PhotoRefused, PhotoUnreadable

# 200 MB: an uncompressed TIFF of the largest photo opened is 360 MB, but files above this are scans and stitched
# panoramas; the bytes are held in memory beside the pixels.
MAX_FILE_BYTES = 200_000_000

_PIECE_BYTES = 1 << 20

_MISSING = "check the path: it may have been moved, renamed, or lie on a disk that is not connected"


def read_whole(path: Path) -> bytes:
    """Give a photo file's bytes, read once.

    Raises:
        PhotoMissing: nothing is there.
        PhotoUnreadable: it may not be read, or reading fails.
        PhotoRefused: it is not a regular file, or larger than `MAX_FILE_BYTES`.
    """
    with _opened(path) as file:
        # The size may be wrong by the time of reading, so one byte more than allowed is asked for.
        data = file.read(MAX_FILE_BYTES + 1) if os.fstat(file.fileno()).st_size <= MAX_FILE_BYTES else None
    if data is None or len(data) > MAX_FILE_BYTES:
        raise too_large()
    return data


def too_large() -> PhotoRefused:
    """Give the refusal of a file of more than `MAX_FILE_BYTES`."""
    return PhotoRefused(
        f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB", remedy="save it smaller, for instance as JPEG"
    )


def fingerprint_file(path: Path) -> str:
    """Give the SHA-256 of a file's bytes, 64 hexadecimal digits, read in pieces.

    Raises:
        PhotoMissing: nothing is there.
        PhotoUnreadable: it may not be read, or reading fails.
        PhotoRefused: it is not a regular file.
    """
    digest = hashlib.sha256()
    with _opened(path) as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file without ever waiting for the other end of a pipe, and translate what goes wrong with it."""
    try:
        # Looked at before it is opened: opening a device can already do something.
        _refuse_irregular(path, path.stat().st_mode)
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, which Path cannot open
            _refuse_irregular(path, os.fstat(descriptor).st_mode)
            yield file
    except (OSError, ValueError) as problem:
        raise _translated(problem) from problem


def _refuse_irregular(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        if not os.access(path, os.R_OK | os.X_OK):
            raise PhotoUnreadable("the folder may not be looked into", remedy="ask whoever owns it for access")
        raise PhotoRefused("it is a folder, not a photo", remedy="give the photos in it")
    if not stat.S_ISREG(mode):
        raise PhotoRefused("it is not a file but a device or pipe", remedy="give a file")


def _translated(problem: OSError | ValueError) -> PhotoProblem:
    """Name what the operating system says; a ValueError is a path that no file can have (a NUL in it)."""
    code = problem.errno if isinstance(problem, OSError) else errno.ENOENT
    match code:
        case errno.ENOENT | errno.ENOTDIR | errno.ENAMETOOLONG:
            return PhotoMissing("there is no such file", remedy=_MISSING)
        case errno.EACCES | errno.EPERM:
            return PhotoUnreadable("the file may not be read", remedy="ask whoever owns it for access")
        case errno.ELOOP:
            return PhotoUnreadable("the link leads back to itself", remedy="give the file that was meant")
        case _:
            reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else "the disk gave an error"
            return PhotoUnreadable(f"reading it failed ({reason})", remedy="check the disk, or copy the file again")
