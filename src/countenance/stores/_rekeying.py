"""Changing the master key, in one transaction: every key is wrapped anew, and every row is sealed anew.

What the wrapped keys open stays as it is, so a template is the same to the last bit afterwards. A row whose seal does
not hold, or a table that has lost or won rows, stops it: sealing anew would hide that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table, and_, bindparam, func, select, tuple_, update

from countenance.errors import KeyWrong, StoreBroken
from countenance.ports import KeyKind, Vault
from countenance.stores import _schema
from countenance.stores._founding import key_check
from countenance.stores._keyring import Keyring
from countenance.stores._reading_base import ONLY
from countenance.stores._rows import SUM_BYTES, SUM_LIMIT, RowKeys, Rows, Tally, Values, read_tally, row_keys_of

# Seals of so many rows wait to be written; a row itself is let go as soon as it is read.
PAGE_ROWS: Final = 2000

Change: TypeAlias = Callable[[Values], dict[str, Any]]
"""Give the columns of a row that become others, apart from its seal."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many wrapped keys and how many rows a library has."""

    keys: int
    rows: int


def kept(connection: Connection) -> Kept:
    """Count what a change of the master key goes over."""
    rows = connection.execute(select(func.sum(_schema.tallies.c.row_count))).scalar_one()
    return Kept(int(connection.execute(select(func.count()).select_from(_schema.keys)).scalar_one()), int(rows))


def prepare(connection: Connection, vault: Vault, row_keys: RowKeys) -> None:
    """Keep what only the old master key gives, and note that bytes under it are to be wiped."""
    rows = Rows(connection, row_keys)
    Keyring(connection, vault).keep_digest_key(rows)
    due = connection.execute(select(_schema.standing.c.wipe_due)).scalar_one()
    rows.update(_schema.standing, _schema.standing.c.place == ONLY, {"wipe_due": due + 1})
    rows.settle()


def rekey(connection: Connection, old: Vault, new: Vault) -> None:
    """Wrap all keys and seal all rows anew, after `prepare` in the same transaction, a page of rows at a time.

    Raises:
        StoreBroken, SealBroken: something was changed behind the library's back; the transaction must not commit.
        KeyWrong: both keys are the same, or one is another library's.
    """
    if new.library != old.library or key_check(new) == key_check(old):
        raise KeyWrong("the new master key is the old one", remedy="give another one, or let one be made")

    def wrapped_anew(row: Values) -> dict[str, Any]:
        kind = KeyKind(row["kind"])
        key = old.unwrap(row["wrapped"], kind=kind, subject=row["subject"])
        return {"wrapped": new.wrap(key, kind=kind, subject=row["subject"])}

    changes: dict[str, Change] = {
        _schema.keys.name: wrapped_anew,
        _schema.library.name: lambda _: {"key_check": key_check(new)},
    }
    sealing = _Sealing(connection, row_keys_of(old), row_keys_of(new))
    totals = {table.name: sealing.table(table, changes.get(table.name, _nothing)) for table in _schema.TALLIED}
    sealing.tallies(totals)


@dataclass(frozen=True, slots=True)
class _Sealing:
    """Tables from under one pair of keys to under another."""

    connection: Connection
    old: RowKeys
    new: RowKeys

    def table(self, table: Table, change: Change) -> int:
        """Seal all rows of a table anew, and give their new sum; the old sum must be the one that was kept."""
        before, after = self._sealed_anew(table, change)
        if read_tally(self.connection, self.old, table.name) != before:
            raise _damaged(f"rows of {table.name} were taken away, added or brought back")
        return after

    def tallies(self, totals: Mapping[str, int]) -> None:
        """Seal the tallies anew, with the new sums."""
        found, _ = self._sealed_anew(
            _schema.tallies, lambda row: {"total": totals.get(row["name"], 0).to_bytes(SUM_BYTES, "big")}
        )
        if found.rows != len(totals):
            raise _damaged("there are tallies of other tables")

    def _sealed_anew(self, table: Table, change: Change) -> tuple[Tally, int]:
        """Go through a table by its primary key; give its tally under the old keys, and its sum under the new ones."""
        primary = list(table.primary_key)
        statement = select(table).order_by(*primary).limit(PAGE_ROWS)
        page, rows, before, after = statement, 0, 0, 0
        while True:
            changed: list[dict[str, Any]] = []
            # Read first and written then: what a statement gives while its table is written to is not promised.
            for row in self.connection.execute(page).mappings():
                if not self.old.holds(table, row):
                    raise _damaged(f"a row was changed in {table.name}")
                rows += 1
                before += self.old.share(row["seal"])
                changes = change(row)
                seal = self.new.seal(table, {**row, **changes})
                after += self.new.share(seal)
                changed.append({f"at_{key.name}": row[key.name] for key in primary} | changes | {"seal": seal})
            if not changed:
                return Tally(rows, before % SUM_LIMIT), after % SUM_LIMIT
            here = and_(*(key == bindparam(f"at_{key.name}") for key in primary))
            self.connection.execute(update(table).where(here), changed)
            last = changed[-1]
            page = statement.where(tuple_(*primary) > tuple_(*(last[f"at_{key.name}"] for key in primary)))


def _nothing(_: Values) -> dict[str, Any]:
    return {}


def _damaged(what: str) -> StoreBroken:
    return StoreBroken(
        f"{what}; the key was not changed", remedy="see what `countenance verify` says, and restore a backup"
    )
