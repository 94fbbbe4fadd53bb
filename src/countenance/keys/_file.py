"""The key file: made once, readable by its owner alone, never overwritten while its key opens anything."""

import contextlib
import os
import re
import shlex
import stat
from pathlib import Path

import platformdirs

from countenance.errors import KeyMissing, KeyProblem, KeyWrong, UsageWrong
from countenance.keys._lost import LOST
from countenance.keys._text import COMMENT, key_text, parse_key
from countenance.seals import new_key

# Comment and key take some 300 bytes; what is larger is another file, given by mistake.
MAX_FILE_BYTES = 4096

# A library's id comes out of the library's folder, which anybody may have handed over: it must not name a path.
_LIBRARY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")

_OWNER_ONLY_FILE = 0o600
_OWNER_ONLY_FOLDER = 0o700
_GROUP_AND_OTHERS = 0o077


def default_key_path(library: str) -> Path:
    """Give where the key of a library lies when nothing else is said: in the user's own data folder, by its id.

    Raises:
        UsageWrong: that is no id of a library.
    """
    if _LIBRARY_ID.fullmatch(library) is None:
        raise UsageWrong("the library's id is not one", remedy="say where the key is")
    return platformdirs.user_data_path("countenance", appauthor=False) / "keys" / f"{library}.key"


def make_key_file(path: Path) -> bytes:
    """Draw a fresh master key, write it to a new file (0600, in folders 0700) and push it to the disk; gives the key.

    Raises:
        UsageWrong: something is there already; a key is never overwritten.
        KeyProblem: it could not be written; nothing is left of the attempt.
    """
    key = new_key()
    try:
        _make_folders(path.parent)
        # O_EXCL: neither another process nor a link laid there can make us write into something that exists.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY_FILE)
    except FileExistsError as problem:
        raise UsageWrong(
            f"something is already where the new key should go: {path}", remedy="name another file for the key"
        ) from problem
    except OSError as problem:
        raise _not_written(path, problem) from problem
    written = False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key_text(key).encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
        written = True
    except OSError as problem:
        raise _not_written(path, problem) from problem
    finally:
        if not written:
            with contextlib.suppress(OSError):
                path.unlink()
    return key


def read_key_file(path: Path) -> bytes:
    """Read a master key from a file.

    Raises:
        KeyMissing: there is no such file, or it may not be read.
        KeyWrong: it holds no key, or (POSIX) others than its owner may read it.
    """
    try:
        # O_NONBLOCK: a pipe laid in the file's place must not make us wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise KeyWrong(f"the key file is no plain file: {path}", remedy="name the file that holds the key")
            if os.name == "posix" and mode & _GROUP_AND_OTHERS:
                raise KeyWrong(
                    f"others than you may read the key file: {path}",
                    remedy=f"run: chmod 600 {shlex.quote(str(path))}; if others had access, make a new key (rekey)",
                )
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as problem:
        raise KeyMissing(
            f"there is no key file at {path}",
            remedy=f"put the library's key file back there, or say where it is with --key-file; {LOST}",
        ) from problem
    except OSError as problem:
        raise KeyMissing(
            f"the key file cannot be read: {path} ({problem.strerror})",
            remedy=f"make it readable for you alone, or give a copy of it with --key-file; {LOST}",
        ) from problem
    if len(data) > MAX_FILE_BYTES:
        raise KeyWrong(f"that is no key file, it is too large: {path}", remedy="name the file that holds the key")
    return parse_key(data.decode("utf-8", errors="replace"), source=f"the key file {path}")


def may_be_ours(path: Path) -> bool:
    """Tell whether a file is one that we wrote, began to write or overwrote with zeros, or is not there at all."""
    try:
        with path.open("rb") as file:
            begun = file.read(len(COMMENT)).decode("ascii", errors="replace")
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return COMMENT.startswith(begun) or not begun.strip("\0")


def take_place(waiting: Path, path: Path) -> None:
    """Let a key file take the place of an older one, whose bytes are overwritten before they are let go.

    At every moment one of the two can be read whole. What a file system or a solid-state drive keeps of overwritten
    blocks is beyond it.

    Raises:
        KeyProblem: it could not be done; both files are where they were.
    """
    try:
        _overwrite(path)
        waiting.replace(path)
        _sync_folder(path.parent)
    except OSError as problem:
        raise _not_written(path, problem) from problem


def destroy_key_file(path: Path) -> None:
    """Overwrite a key file and take it away; one that is not there is no error.

    Raises:
        KeyProblem: it could not be done.
    """
    try:
        _overwrite(path)
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as problem:
        raise _not_written(path, problem) from problem


def _overwrite(path: Path) -> None:
    """Write zeros over all bytes of a file, and push them to the disk."""
    with contextlib.suppress(FileNotFoundError):
        path.chmod(_OWNER_ONLY_FILE)  # its owner may have taken the right to write from themselves
        with path.open("r+b") as file:
            file.write(bytes(os.fstat(file.fileno()).st_size))
            file.flush()
            os.fsync(file.fileno())


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it that are not there, each for its owner alone."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        # Somebody else may make it meanwhile, with rights of their own: the file in it is 0600 either way.
        one.mkdir(mode=_OWNER_ONLY_FOLDER, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    """Push the file's name to the disk as well; a file without a name is a lost key."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_written(path: Path, problem: OSError) -> KeyProblem:
    return KeyProblem(
        f"the key file could not be written: {path} ({problem.strerror})", remedy="name a place where you may write"
    )
