"""The connection to SQLite: how it is opened, how transactions begin, and what its errors mean for a library."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, NoResultFound

from countenance.errors import CountenanceError, LibraryProblem, StoreBroken
from countenance.stores import _rules

FILE_NAME: Final = "library.db"
WRITING: Final = "BEGIN IMMEDIATE"
READING: Final = "BEGIN"
# Connections kept open for the next transaction; there may be more at a time.
POOLED: Final = 4

# One statement each, on every new connection.
PRAGMAS: Final = (
    "PRAGMA foreign_keys = ON",
    # Deleted content is overwritten with zeros; together with `wipe` nothing of it stays in any file.
    "PRAGMA secure_delete = ON",
    # A commit that was acknowledged survives a power failure; macOS needs to be told to reach through to the disk.
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    # Nothing of a library is ever written to a temporary file.
    "PRAGMA temp_store = MEMORY",
    # A file from elsewhere runs no code of its own, and its pages are looked at before they are believed.
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)

_RESTORE: Final = "restore the library from a backup"
_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SURROUNDINGS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full, or gave an error",
    sqlite3.SQLITE_READONLY: "the library cannot be written to",
    sqlite3.SQLITE_CANTOPEN: "the library's file cannot be opened",
    sqlite3.SQLITE_PERM: "the library's file may not be opened",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
}
_BROKEN: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR}
# The lowest byte of an extended error code is the plain one.
_PLAIN_CODE: Final = 0xFF


def connect(file: Path, *, busy_seconds: float | None = None) -> sqlite3.Connection:
    """Open an existing database file; a statement is its own transaction until one is begun."""
    patience = _rules.BUSY_SECONDS if busy_seconds is None else busy_seconds
    connection = sqlite3.connect(
        file.absolute().as_uri() + "?mode=rw",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    # Damaged text must reach the check of its seal instead of failing in the driver.
    connection.text_factory = lenient_text
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma).close()
    except UnicodeDecodeError as problem:
        # The driver stumbles over SQLite's own words when these quote damaged text of the schema.
        connection.close()
        raise StoreBroken("the library's database is damaged", remedy=_RESTORE) from problem
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def make_engine(file: Path) -> Engine:
    """Give an engine for an existing database file; nothing is opened yet. Each transaction has its own connection."""
    engine = create_engine(
        "sqlite://", creator=lambda: connect(file), poolclass=QueuePool, pool_size=POOLED, max_overflow=-1
    )
    # Python's driver begins transactions of its own only if asked (isolation_level); we say which kind is begun.
    event.listen(engine, "begin", begin_as_asked)
    return engine


def lenient_text(data: bytes) -> str:
    """Read text of the database, damaged or not, without losing a byte."""
    return data.decode("utf-8", "surrogateescape")


def begin_as_asked(connection: Connection) -> None:
    """Begin a transaction in the way that its options ask for; for reading, if they ask for none."""
    connection.exec_driver_sql(connection.get_execution_options().get("begin", READING))


@contextmanager
def transaction(engine: Engine, begin: str) -> Iterator[Connection]:
    """Give a connection in a transaction that begins so; it commits when the block ends well.

    Raises:
        LibraryBusy: another process holds the library too long.
        StoreBroken: the database is damaged.
        LibraryProblem: disk, memory or permissions do not allow it.
    """
    with translated(), engine.execution_options(begin=begin).begin() as connection:
        yield connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except NoResultFound as problem:
        raise StoreBroken("a row that every library has is gone", remedy=_RESTORE) from problem
    except DBAPIError as problem:
        ours = meaning(problem.orig)
        if ours is None:
            raise
        raise ours from problem
    except sqlite3.Error as problem:
        ours = meaning(problem)
        if ours is None:
            raise
        raise ours from problem


def meaning(problem: BaseException | None) -> CountenanceError | None:
    """Give what an error of the driver means for the library; None for a defect of this software."""
    code = getattr(problem, "sqlite_errorcode", None)
    if code is None:
        return None
    code &= _PLAIN_CODE
    if code in _BUSY:
        return _rules.busy()
    if code in _BROKEN:
        return StoreBroken(f"the library's database is damaged: {problem}", remedy=_RESTORE)
    if code in _SURROUNDINGS:
        return LibraryProblem(_SURROUNDINGS[code], remedy="make room or give access, and try again; nothing was lost")
    return None
