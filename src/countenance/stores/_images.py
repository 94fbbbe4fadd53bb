"""A database as a piece of memory: made from bytes and given as bytes, never touching a disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from countenance.errors import StoreBroken
from countenance.stores._engine import PRAGMAS, begin_as_asked, lenient_text, translated

# Where the header says which journal goes with the file (file format, section 1.3): 1 a rollback journal, 2 a log.
_JOURNAL_FIELDS: Final = slice(18, 20)
_ROLLBACK: Final = b"\1\1"
_LOG: Final = b"\2\2"


@contextmanager
def in_memory(image: bytes | None = None) -> Iterator[Engine]:
    """Give an engine for a database in memory, empty or from an image; all transactions share one connection.

    Raises:
        StoreBroken: the image is no database.
    """
    with closing(_opened(image)) as connection:
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        event.listen(engine, "begin", begin_as_asked)
        try:
            yield engine
        finally:
            engine.dispose()


def image_from(engine: Engine) -> bytes:
    """Give the database's bytes; as a file they need no log beside them, so that they can be read from anywhere."""
    with translated(), engine.connect() as connection:
        return driver_of(connection).serialize()


def with_log(image: bytes) -> bytes:
    """Give an image as the file of a library, which keeps a log beside it."""
    return _with_journal(image, _LOG)


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Give the driver's connection below SQLAlchemy's."""
    driver: object = connection.connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("the database is no SQLite database")
    return driver


def _opened(image: bytes | None) -> sqlite3.Connection:
    # Not the deserialized database itself: that one has a fixed limit of growth.
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        if image is not None:
            _fill(connection, image)
        connection.text_factory = lenient_text
        for pragma in PRAGMAS:
            connection.execute(pragma).close()
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(connection: sqlite3.Connection, image: bytes) -> None:
    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as source:
            source.deserialize(_with_journal(image, _ROLLBACK))
            source.backup(connection)
    except sqlite3.Error as problem:
        raise StoreBroken(f"the library's database is damaged: {problem}", remedy="restore another backup") from problem


def _with_journal(image: bytes, which: bytes) -> bytes:
    if image[_JOURNAL_FIELDS] == which:
        return image
    # One copy and no more: the image of a large library is large.
    return b"".join((image[: _JOURNAL_FIELDS.start], which, memoryview(image)[_JOURNAL_FIELDS.stop :]))
