"""What every writing of the SQL store begins with: sealed rows, erasures, and whether anything was changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, func, select

from countenance.ports import Vault
from countenance.stores import _rules, _schema
from countenance.stores._erasing import Erasing
from countenance.stores._reading import SqlReading
from countenance.stores._reading_base import ONLY
from countenance.stores._rows import RowKeys, Rows


class BaseUnit(SqlReading):
    """A writing transaction, and what has been done in it so far."""

    def __init__(self, connection: Connection, vault: Vault, row_keys: RowKeys, now: datetime) -> None:
        super().__init__(connection, vault, now)
        self._rows = Rows(connection, row_keys)
        self._erasing = Erasing(connection, self._rows)
        self._changed = False
        self._recorded = False
        self._receiptless: set[str] = set()
        self._dropped: set[str] = set()

    @property
    def touched(self) -> frozenset[str]:
        """The names of the tables that were written to."""
        return self._rows.touched

    def _stand(self, **changes: Any) -> None:  # noqa: ANN401  (numbers and the edge's bytes)
        self._rows.update(_schema.standing, _schema.standing.c.place == ONLY, changes)

    def _raise_roll(self, *, enrolled: bool) -> None:
        roll = self.roll() + 1
        self._stand(roll=roll, **({"enrolled_roll": roll} if enrolled else {}))
        self._changed = True

    def _owe_a_wipe(self) -> None:
        self._stand(wipe_due=int(self._standing()["wipe_due"]) + 1)
        self._changed = True

    def _refuse_unknown(self, person: str) -> None:
        if self._person_row(person) is None:
            raise _rules.unknown_person(person)

    def _next(self, column: Column[Any]) -> int:
        return int(self._connection.execute(select(func.coalesce(func.max(column), 0) + 1)).scalar_one())
