"""The library's file at rest: a keyed digest of all its bytes, taken when it is closed in order.

Rows are sealed one by one, but a database file also has bytes that belong to no row. While nobody has written since the
library was closed, the digest shows a change in any of them.
"""

import hmac
import sqlite3
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, insert, select, update

from countenance.errors import StoreBroken
from countenance.stores._schema import rest

DIGEST_BYTES: Final = 32
# What stands there while the library is open, or was not closed in order.
UNKNOWN: Final = bytes(DIGEST_BYTES)
# Bytes of the header that SQLite itself counts up when the digest is written or the file copied: the change counter,
# the schema cookie, and the counter and version that tell who wrote last (file format, section 1.3).
_COUNTERS: Final = ((24, 28), (40, 44), (92, 100))
_HEADER_BYTES: Final = 100
# A copy of the file is held in memory for it, and read at each close; a larger library does without.
IMAGE_LIMIT_BYTES: Final = 2**28
# The label under which the vault gives the digest's key.
REST_LABEL: Final = "rest"


def begin(connection: Connection) -> None:
    """Make the digest's row."""
    connection.execute(insert(rest).values(place=1, digest=UNKNOWN))


def mark_changed(connection: Connection) -> None:
    """Forget the digest: part of every transaction that changes anything."""
    connection.execute(update(rest).where(rest.c.digest != UNKNOWN).values(digest=UNKNOWN))


def kept_digest(connection: Connection) -> bytes:
    """Give the digest that was kept.

    Raises:
        StoreBroken: its row is gone.
    """
    digest: bytes | None = connection.execute(select(rest.c.digest)).scalar_one_or_none()
    if digest is None:
        raise StoreBroken("the row of the file's digest is gone", remedy="restore the library from a backup")
    return digest


def keep_digest(connection: Connection, *, key: bytes, as_file: Callable[[bytes], bytes] = lambda image: image) -> None:
    """Take the digest and keep it; nothing but the row's own bytes changes in the file, for its length is fixed.

    `as_file` gives the bytes that a database in memory will have as a file.
    """
    if kept_digest(connection) != UNKNOWN:
        return
    image = image_of(connection)
    if image is not None:
        digest = digest_of(as_file(image), own_page=rest_page(connection), key=key)
        connection.execute(update(rest).values(digest=digest))


def rest_page(connection: Connection) -> int:
    """Give the number of the page that holds the digest's row: the table has one row, and so one page."""
    return int(connection.exec_driver_sql("SELECT rootpage FROM sqlite_schema WHERE name = 'rest'").scalar_one())


def image_of(connection: Connection) -> bytes | None:
    """Give the bytes of the database, through SQLite; None if they are too many. Never read the file itself.

    Closing the file would release the locks that SQLite holds on it in this process (a trait of POSIX locks).
    """
    pages, page_bytes = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
    )
    driver: object = connection.connection.dbapi_connection
    if pages * page_bytes > IMAGE_LIMIT_BYTES or not isinstance(driver, sqlite3.Connection):
        return None
    return driver.serialize()


def digest_of(image: bytes, *, own_page: int, key: bytes) -> bytes:
    """Give the digest of a database image, without SQLite's counters and without the digest itself.

    `own_page` is the number of the page that ends with it.

    Raises:
        StoreBroken: there is no such page.
    """
    size = int.from_bytes(image[16:18], "big")
    page_bytes = 65536 if size == 1 else size
    start = (own_page - 1) * page_bytes
    if own_page < 2 or len(image) < start + page_bytes or not page_bytes:  # noqa: PLR2004  (page 1 is the schema's)
        raise StoreBroken("the page of the file's digest is gone", remedy="restore the library from a backup")
    header = bytearray(image[:_HEADER_BYTES])
    for first, end in _COUNTERS:
        header[first:end] = bytes(end - first)
    # SQLite fills a page from its end, and the digest is the last column of the only row.
    whole = memoryview(image)
    digest = hmac.new(key, header, "sha256")
    digest.update(whole[_HEADER_BYTES : start + page_bytes - DIGEST_BYTES])
    digest.update(whole[start + page_bytes :])
    return digest.digest()
