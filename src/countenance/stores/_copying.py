"""Copying a library for a backup: in one read snapshot, row by row, without the keys of templates.

The copy is built anew from the migrations, in memory. So no page of the library's file comes into it, and no template
key is ever part of it, not even for a moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, Table, func, select

from countenance.errors import StoreBroken
from countenance.ports import KeyKind, PhotoState
from countenance.seals import sha256_hex
from countenance.stores import _resting, _schema
from countenance.stores._engine import READING, WRITING, transaction
from countenance.stores._founding import lay_out
from countenance.stores._images import driver_of, image_from, in_memory
from countenance.stores._mirror import Mirrored
from countenance.stores._mirroring import mirrored
from countenance.stores._rows import RowKeys, Rows, stream

# The one kind of key that is not copied.
LEFT_OUT: Final = str(KeyKind.TEMPLATE)


@dataclass(frozen=True, slots=True)
class Copied:
    """A library at one moment: what its mirror would say, how much is in it, and what its copy weighs and hashes to."""

    state: Mirrored
    counts: Mapping[str, int]
    people: int
    photos: int
    size_bytes: int
    sha256: str


def copied(engine: Engine, library: str, row_keys: RowKeys, at: int) -> tuple[bytes, Copied]:
    """Copy a library as it stands at this moment; gives the copy's bytes, and what is known of them.

    Raises:
        StoreBroken: a row cannot be copied, because it is damaged.
    """
    with transaction(engine, READING) as source, in_memory(_empty()) as memory:
        with transaction(memory, WRITING) as copy:
            rows = Rows(copy, row_keys)
            for table in _schema.SEALED:
                _copy(source, copy, table)
            rows.leave_out(_schema.keys, *(row for row in stream(source, _schema.keys) if row["kind"] == LEFT_OUT))
            rows.settle()
        image = image_from(memory)
        return image, Copied(
            state=mirrored(source, library, at),
            counts=_counts(source),
            people=row_count(source, _schema.people),
            photos=row_count(source, _schema.photos, _schema.photos.c.state == str(PhotoState.DONE)),
            size_bytes=len(image),
            sha256=sha256_hex(image),
        )


@cache
def _empty() -> bytes:
    """Give a database of the newest format with nothing in it."""
    with in_memory() as memory:
        with transaction(memory, WRITING) as connection:
            lay_out(connection)
            _resting.begin(connection)
        return image_from(memory)


def _copy(source: Connection, copy: Connection, table: Table) -> None:
    """Copy the rows of a table as they are, seals and all."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    places = ", ".join("?" for _ in table.columns)
    taken = f"SELECT {names} FROM {table.name}"  # noqa: S608  (a name of the schema)
    if table is _schema.keys:
        taken += f" WHERE kind <> '{LEFT_OUT}'"
    try:
        driver_of(copy).executemany(
            f"INSERT INTO {table.name} ({names}) VALUES ({places})",  # noqa: S608  (the same)
            driver_of(source).execute(taken),
        )
    except UnicodeEncodeError as problem:
        raise StoreBroken(
            f"a row of {table.name} holds text that is none", remedy="run `countenance verify`"
        ) from problem


def _counts(source: Connection) -> dict[str, int]:
    """Count the rows that should be in the copy, by the library itself."""
    counts = {table.name: row_count(source, table) for table in _schema.TALLIED}
    return {**counts, _schema.keys.name: row_count(source, _schema.keys, _schema.keys.c.kind != LEFT_OUT)}


def rows_in(connection: Connection, name: str) -> int | None:
    """Count the rows of the table with this name, in whatever format; None if there is no such table."""
    return next((row_count(connection, table) for table in _schema.TALLIED if table.name == name), None)


def row_count(connection: Connection, table: Table, which: ColumnElement[bool] | None = None) -> int:
    """Count the rows of a table."""
    statement = select(func.count()).select_from(table)
    return int(connection.execute(statement if which is None else statement.where(which)).scalar_one())
