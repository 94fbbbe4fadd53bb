"""Putting files into their place whole or not at all, pushed to the disk; what they hold is left to others.

Everything here raises OSError as the system does; what that means is said by the caller.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from countenance.errors import LibraryBusy

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
# What is being written carries this behind its name, until it is whole.
UNFINISHED: Final = ".part"
# Zeros written at a time: a large file is not answered with as large a piece of memory.
CHUNK_BYTES: Final = 2**20
# Never through a link that somebody laid in the way; Windows has no such flag.
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are not there, each for its owner alone."""
    for one in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        one.mkdir(mode=FOLDER_MODE, exist_ok=True)


def write_new(file: Path, data: bytes) -> None:
    """Write a file that is not there yet, for its owner alone, and push it to the disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, FILE_MODE)
    with os.fdopen(handle, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())


def replace(file: Path, data: bytes) -> None:
    """Write a file anew: at every moment the old one or the new one is there, whole. The old bytes become zeros."""
    unfinished = file.with_name(file.name + UNFINISHED)
    destroy(unfinished)
    write_new(unfinished, data)
    # Held open, because its name is gone when it may be overwritten.
    old = _opened(file)
    try:
        unfinished.replace(file)
        sync_folder(file.parent)
        if old is not None:
            _overwrite(old)
    finally:
        if old is not None:
            os.close(old)


def renew(file: Path, data: bytes) -> None:
    """Write a file anew whose old bytes need not go: at every moment the old one or the new one is there, whole."""
    unfinished = file.with_name(file.name + UNFINISHED)
    destroy(unfinished)
    write_new(unfinished, data)
    unfinished.replace(file)
    sync_folder(file.parent)


def destroy(file: Path) -> None:
    """Overwrite a file with zeros and take it away; one that is not there is no error.

    A file with a second name is only taken from this one: what is under the other may be in use.
    """
    handle = _opened(file)
    if handle is None:
        file.unlink(missing_ok=True)
        return
    try:
        if os.fstat(handle).st_nlink == 1:
            _overwrite(handle)
    finally:
        os.close(handle)
    file.unlink(missing_ok=True)


def give_name(unfinished: Path, file: Path) -> None:
    """Give a finished file its name, never over something that is there.

    Raises:
        FileExistsError: something is.
    """
    try:
        os.link(unfinished, file)
    except FileExistsError:
        raise
    except OSError:  # a file system that knows one name for a file only
        if file.exists():
            raise FileExistsError(file) from None
        unfinished.rename(file)
    else:
        unfinished.unlink()
    sync_folder(file.parent)


def read_plain(file: Path, *, most: int = -1) -> bytes:
    """Read a file, or so much of it; what is no plain file is not waited for, such as a pipe that somebody laid there.

    Raises:
        OSError: it cannot be read, or is no plain file.
    """
    if file.exists() and not file.is_file():
        raise OSError(errno.EINVAL, "it is no plain file")
    with file.open("rb") as opened:
        return opened.read(most)


def read_back(file: Path) -> bytes:
    """Read a file as the disk has it: what the system remembers of writing it is let go of, where it allows that."""
    with file.open("rb") as opened:
        if hasattr(os, "posix_fadvise"):
            with suppress(OSError):
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return opened.read()


def sync_folder(folder: Path) -> None:
    """Push the names of files to the disk as well."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def held(place: Path, *, busy: str) -> Iterator[None]:
    """Hold a file or folder, so that no other process works in it; one that died holds nothing.

    Raises:
        LibraryBusy: another process does; `busy` is the sentence.
    """
    try:
        import fcntl  # noqa: PLC0415  (not on Windows, where two processes are not kept apart)
    except ImportError:
        yield
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LibraryBusy(busy, remedy="wait until it has finished, and try again") from None
        except OSError:  # some network file systems have no locks: then two processes are not kept apart either
            pass
        yield
    finally:
        os.close(handle)


def _opened(file: Path) -> int | None:
    """Open a plain file for overwriting; None if there is none, or what is there is no plain file."""
    if file.is_symlink() or not file.is_file():
        return None
    return os.open(file, os.O_WRONLY | _NO_LINK)


def _overwrite(handle: int) -> None:
    left = os.fstat(handle).st_size
    os.lseek(handle, 0, os.SEEK_SET)
    while left > 0:
        left -= os.write(handle, bytes(min(left, CHUNK_BYTES)))
    os.fsync(handle)
