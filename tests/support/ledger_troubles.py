"""Troubles of a ledger: each lets it fail in one way as long as it lasts, and what was wrong is mended at its end."""

import ctypes
import importlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from countenance.errors import CountenanceError, LedgerBroken, LibraryBusy, LibraryProblem, SealBroken, StoreBroken
from countenance.stores import _engine, _rules

# Room for the index of SQLite's log, which has 32,768 bytes, and for hardly anything in the log itself.
FILE_LIMIT_BYTES: Final = 40_000

Lasting = Callable[[Path], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way to fail: what makes it last in a library's folder, the error, its exit code, and words of the error.

    `damage` are words of what `verify` says meanwhile; empty if nothing is damaged.
    """

    lasting: Lasting
    error: type[CountenanceError]
    code: int
    words: str
    damage: str = ""


@contextmanager
def pragma(statement: str) -> Iterator[None]:
    """Let every connection that is opened meanwhile begin with one more statement."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_engine, "PRAGMAS", (*_engine.PRAGMAS, statement))
        yield


@contextmanager
def no_more_pages(folder: Path) -> Iterator[None]:
    """Let the database have no page more than it has: the engine says that the disk is full."""
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    with pragma(f"PRAGMA max_page_count = {pages}"):
        yield


@contextmanager
def no_longer_files(_: Path) -> Iterator[None]:
    """Let the operating system refuse to make any file longer, as on a full disk: the log meets it at the commit."""
    resource = importlib.import_module("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(_: Path) -> Iterator[None]:
    """Let the engine refuse every write."""
    with pragma("PRAGMA query_only = ON"):
        yield


@contextmanager
def read_only_file(folder: Path) -> Iterator[None]:
    """Let the operating system refuse writing to the database's file, by its mode."""
    file = folder / "library.db"
    with as_anybody():
        file.chmod(0o400)
        try:
            yield
        finally:
            file.chmod(0o600)


@contextmanager
def read_only_folder(folder: Path) -> Iterator[None]:
    """Let the operating system refuse making and writing any file in the library's folder."""
    with read_only_file(folder):
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)


@contextmanager
def as_anybody() -> Iterator[None]:
    """Let the superuser be refused by modes like anybody else (Linux: the capabilities to override them are put by)."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # Version 3 of the interface, for this thread; effective, permitted and inheritable, in two halves of 32 bits.
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    effective = sets[0]
    sets[0] = effective & ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = effective
        assert libc.capset(header, sets) == 0


HOLD: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let another process write, and not come to an end."""
    with (
        pytest.MonkeyPatch.context() as patch,
        subprocess.Popen(  # noqa: S603  (our own interpreter and script)
            [sys.executable, "-I", "-S", "-c", HOLD, str(folder / "library.db")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as other,
    ):
        patch.setattr(_rules, "BUSY_SECONDS", 0.02)
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate(timeout=60)


def changed(*statements: str) -> Lasting:
    """Change the database behind the library's back; at the end it is put back as it was."""

    def change(file: Path) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return damaged(change)


def damaged(change: Callable[[Path], None]) -> Lasting:
    """Change the database's file; at the end it is put back as it was."""

    @contextmanager
    def lasting(folder: Path) -> Iterator[None]:
        file, kept = folder / "library.db", folder.parent / "library.kept"
        assert [path.name for path in folder.iterdir()] == [file.name], "somebody has it open"
        shutil.copy2(file, kept)
        change(file)
        try:
            yield
        finally:
            for left in folder.iterdir():
                left.unlink()
            kept.rename(file)

    return lasting


def last_hash_flipped(file: Path) -> None:
    """Change one bit of the edge."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        (edge,) = connection.execute("SELECT edge FROM standing").fetchone()
        connection.execute("UPDATE standing SET edge = ?", (edge[:-1] + bytes([edge[-1] ^ 1]),))


def root_page_spoilt(file: Path) -> None:
    """Write nonsense over the page where the ledger's table begins."""
    with closing(sqlite3.connect(file)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'ledger'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xa5" * size)


LAST: Final = "place = (SELECT max(place) FROM ledger)"
TROUBLES: Final[Mapping[str, Trouble]] = MappingProxyType(
    {
        "full": Trouble(no_more_pages, LibraryProblem, 1, "the disk is full"),
        "full at commit": Trouble(no_longer_files, LibraryProblem, 1, "the disk is full"),
        "read-only": Trouble(read_only, LibraryProblem, 1, "cannot be written to"),
        "read-only file": Trouble(read_only_file, LibraryProblem, 1, "cannot be written to"),
        "locked": Trouble(locked, LibraryBusy, 11, "another process has been writing"),
        "edge changed": Trouble(
            damaged(last_hash_flipped),
            StoreBroken,
            21,
            "the row with the ledger's edge was changed",
            "standing",
        ),
        "edge cut short": Trouble(
            changed("UPDATE standing SET edge = substr(edge, 1, 40)"), LedgerBroken, 21, "edge is not one", "edge"
        ),
        "standing gone": Trouble(
            changed("DELETE FROM standing"), StoreBroken, 21, "a row that every library has is gone", "standing"
        ),
        "last entry changed": Trouble(
            changed(f"UPDATE ledger SET salt = zeroblob(32) WHERE {LAST}"),  # noqa: S608  (our own words)
            LedgerBroken,
            21,
            r"the ledger's (last entry|entry \d+|entry \d+: it) was changed",
            "ledger",
        ),
        "last entry gone": Trouble(
            changed(f"DELETE FROM ledger WHERE {LAST}"),  # noqa: S608  (the same)
            LedgerBroken,
            21,
            "the ledger's last entry is gone",
            "ledger",
        ),
        "an entry too many": Trouble(
            changed("INSERT INTO ledger SELECT max(place) + 1, salt, payload, seal FROM ledger"),
            LedgerBroken,
            21,
            "more entries than its edge counts",
            "ledger",
        ),
        "tally changed": Trouble(
            changed("UPDATE tallies SET row_count = 1 WHERE name = 'ledger'"),
            StoreBroken,
            21,
            "the tally of ledger was changed",
            "tallies",
        ),
        "controller's key gone": Trouble(
            changed("DELETE FROM keys WHERE kind = 'controller'"), StoreBroken, 21, "controller key", "controller key"
        ),
        "controller's keys changed": Trouble(
            changed("UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE kind IN ('controller', 'searches')"),
            SealBroken,
            21,
            "sealed bytes were changed",
            "keys",
        ),
        "page spoilt": Trouble(damaged(root_page_spoilt), StoreBroken, 21, "database is damaged", "pages"),
    }
)
