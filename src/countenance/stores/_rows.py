"""Writing rows with their seals, and checking them: every row that was changed, added or taken away elsewhere shows.

A seal is HMAC-SHA-256 over the table's name and all columns. A table's tally is the count of its rows and the sum
(modulo 2^256) of HMAC-SHA-256 of their seals under a second key; it changes in the same transaction. Both are promised
in docs/formats/store.md. No other module writes rows.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, delete, insert, literal, select, update

from countenance.errors import StoreBroken
from countenance.ports import Vault
from countenance.stores._resting import mark_changed
from countenance.stores._schema import tallies

Values: TypeAlias = Mapping[str, Any] | RowMapping
"""A row: column names to numbers, texts, bytes or None."""

SUM_BYTES: Final = 32
SUM_LIMIT: Final = 1 << (8 * SUM_BYTES)
# Rows read at once while verifying: some memory, few round trips.
PAGE_ROWS: Final = 2000


@dataclass(frozen=True, slots=True)
class RowKeys:
    """The keys of seals and of tallies; both come from the vault."""

    row: bytes = field(repr=False)
    tally: bytes = field(repr=False)

    def seal(self, table: Table, row: Values) -> bytes:
        """Give a row's seal, 32 bytes; a column that is NULL is left out, so that a later format can add one."""
        parts = [_framed(table.name.encode())]
        for name, spelt in _spelt_columns(table):
            value = row[name]
            if value is not None:
                parts += (spelt, _typed(value))
        return hmac.digest(self.row, b"".join(parts), "sha256")

    def share(self, seal: bytes) -> int:
        """Give what a row adds to its table's sum."""
        return int.from_bytes(hmac.digest(self.tally, seal, "sha256"), "big")

    def holds(self, table: Table, row: Values) -> bool:
        """Tell whether a row is as it was written."""
        seal = row["seal"]
        return isinstance(seal, bytes) and hmac.compare_digest(seal, self.seal(table, row))


def row_keys_of(vault: Vault) -> RowKeys:
    """Give the keys of a library's rows."""
    return RowKeys(row=vault.derive("rows"), tally=vault.derive("tallies"))


@dataclass(slots=True)
class _Change:
    """What a transaction does to a table's tally."""

    rows: int = 0
    total: int = 0


class Rows:
    """The rows of one transaction."""

    def __init__(self, connection: Connection, keys: RowKeys) -> None:
        self._connection = connection
        self._keys = keys
        self._changes: dict[str, _Change] = {}
        self._touched: set[str] = set()

    @property
    def touched(self) -> frozenset[str]:
        """The names of the tables that were written to, settled or not."""
        return frozenset(self._touched | self._changes.keys())

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self._changes)

    def insert(self, table: Table, *rows: Values) -> None:
        """Add rows."""
        if rows:
            sealed = [{**row, "seal": self._keys.seal(table, row)} for row in rows]
            self._connection.execute(insert(table), sealed)
            for row in sealed:
                self._count(table, row, 1)

    def insert_if(self, table: Table, row: Values, condition: ColumnElement[bool]) -> bool:
        """Add a row if a condition holds within the same statement; tell whether it did."""
        sealed = {**row, "seal": self._keys.seal(table, row)}
        values = [literal(sealed[column.name], column.type) for column in table.columns]
        done = self._connection.execute(
            insert(table).from_select([column.name for column in table.columns], select(*values).where(condition))
        )
        if done.rowcount:
            self._count(table, sealed, 1)
        return bool(done.rowcount)

    def update(self, table: Table, where: ColumnElement[bool], changes: Values) -> int:
        """Change rows, and give how many. A row whose seal is broken keeps it: changing it must not mend it."""
        rows = self._selected(table, where)
        for row in rows:
            after = {**row, **changes}
            if self._keys.holds(table, row):
                after["seal"] = self._keys.seal(table, after)
                self._count(table, row, -1)
                self._count(table, after, 1)
            else:
                self._changes.setdefault(table.name, _Change())
            self._connection.execute(update(table).where(_same(table, row)).values({**changes, "seal": after["seal"]}))
        return len(rows)

    def delete(self, table: Table, where: ColumnElement[bool]) -> int:
        """Take rows away, and give how many. One whose seal is broken leaves the tally wrong: it must not be hidden."""
        rows = self._selected(table, where)
        if not rows:
            return 0
        self._changes.setdefault(table.name, _Change())
        for row in rows:
            if self._keys.holds(table, row):
                self._count(table, row, -1)
        self._connection.execute(delete(table).where(where))
        return len(rows)

    def holds(self, table: Table, row: Values) -> bool:
        """Tell whether a row is as it was written."""
        return self._keys.holds(table, row)

    def leave_out(self, table: Table, *rows: Values) -> None:
        """Take rows out of the tally that were not copied here. One whose seal is broken leaves the tally wrong."""
        for row in rows:
            self._changes.setdefault(table.name, _Change())
            if self._keys.holds(table, row):
                self._count(table, row, -1)

    def begin_tallies(self, tables: Sequence[Table]) -> None:
        """Write the tallies of empty tables, once in the life of a table."""
        for table in tables:
            row = {"name": table.name, "row_count": 0, "total": bytes(SUM_BYTES)}
            self._connection.execute(insert(tallies), [{**row, "seal": self._keys.seal(tallies, row)}])

    def settle(self) -> None:
        """Bring the tallies up to date; the last thing that a transaction does.

        Raises:
            StoreBroken: a tally was changed elsewhere.
        """
        if self._changes:
            mark_changed(self._connection)
        for name, change in self._changes.items():
            before = read_tally(self._connection, self._keys, name)
            after = {
                "name": name,
                "row_count": before.rows + change.rows,
                "total": ((before.total + change.total) % SUM_LIMIT).to_bytes(SUM_BYTES, "big"),
            }
            after["seal"] = self._keys.seal(tallies, after)
            self._connection.execute(update(tallies).where(tallies.c.name == name).values(after))
        self._touched |= self._changes.keys()
        self._changes = {}

    def _selected(self, table: Table, where: ColumnElement[bool]) -> list[Values]:
        return [dict(row) for row in self._connection.execute(select(table).where(where)).mappings()]

    def _count(self, table: Table, row: Values, sign: int) -> None:
        change = self._changes.setdefault(table.name, _Change())
        change.rows += sign
        change.total += sign * self._keys.share(row["seal"])


@dataclass(frozen=True, slots=True)
class Tally:
    """A table's number of rows, and the sum of their shares."""

    rows: int
    total: int


def read_tally(connection: Connection, keys: RowKeys, name: str) -> Tally:
    """Give the tally that is kept of a table.

    Raises:
        StoreBroken: it is not there, or not as it was written.
    """
    row = connection.execute(select(tallies).where(tallies.c.name == name)).mappings().one_or_none()
    if row is None or not keys.holds(tallies, row):
        raise StoreBroken(f"the tally of {name} was changed", remedy="restore the library from a backup")
    return Tally(row["row_count"], int.from_bytes(row["total"], "big"))


def count_rows(connection: Connection, keys: RowKeys, table: Table) -> tuple[Tally, int]:
    """Go through all rows of a table: give the tally they make, and how many seals are broken."""
    rows = total = broken = 0
    for row in stream(connection, table):
        rows += 1
        if keys.holds(table, row):
            total += keys.share(row["seal"])
        else:
            broken += 1
    return Tally(rows, total % SUM_LIMIT), broken


def stream(connection: Connection, table: Table) -> Iterator[Values]:
    """Give all rows of a table."""
    with connection.execute(select(table), execution_options={"yield_per": PAGE_ROWS}) as result:
        yield from result.mappings()


def _same(table: Table, row: Values) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key))


@cache
def _spelt_columns(table: Table) -> tuple[tuple[str, bytes], ...]:
    return tuple((column.name, _framed(column.name.encode())) for column in table.columns if column.name != "seal")


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(8, "big") + data


def _typed(value: object) -> bytes:
    """Spell a value so that no two values of any types are spelt alike."""
    match value:
        case bytes():
            return b"b" + _framed(value)
        case str():
            return b"t" + _framed(value.encode("utf-8", "surrogateescape"))
        case int():
            return b"i" + _framed(str(value).encode())
        case _:
            # A type that we never write: only a row that was changed elsewhere has it, and no seal is made for it.
            return b"x" + _framed(repr(value).encode())
