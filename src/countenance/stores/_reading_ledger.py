"""Reading the ledger of the SQL store: sealed entries, what they say, nodes of the tree, the last checkpoint."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from countenance.ledger import (
    Edge,
    SealedEntry,
    controller_part_key,
    leaf_hash,
    open_person_part,
    origin_of,
    person_part_key,
    read_moment,
)
from countenance.ports import Finding, KeyKind, PeopleFound, PersonFinding
from countenance.stores import _rules, _schema
from countenance.stores._found import people_found
from countenance.stores._reading_base import BaseReading
from countenance.stores._rows import Values
from countenance.stores._spelling import sealed_of, understood
from countenance.stores._unsealing import Unsealing, keyless

# Entries read at once: some megabytes.
PAGE_ROWS = 500
# Entries in a page from the ledger's end: what is looked for there is seldom further.
LAST_ROWS = 50


class LedgerReading(BaseReading):
    """The ledger at one moment."""

    def ledger_edge(self) -> Edge:
        """Give the right edge of the ledger's tree."""
        return Edge.from_bytes(self._standing()["edge"])

    def ledger_rows(self, start: int = 0) -> Iterator[tuple[int, SealedEntry]]:
        """Give the sealed entries from a place on, in order."""
        entries = _schema.ledger
        while True:
            statement = select(entries).where(entries.c.place >= start).order_by(entries.c.place).limit(PAGE_ROWS)
            page = self._connection.execute(statement).mappings().all()
            yield from map(_placed, page)
            if len(page) < PAGE_ROWS:
                return
            start = page[-1]["place"] + 1

    def ledger_row(self, place: int) -> SealedEntry:
        """Give the sealed entry at a place."""
        row = self._entry_row(place)
        if row is None:
            raise _rules.no_entry(place, size=self.ledger_edge().size)
        return sealed_of(row)

    def ledger_node(self, level: int, place: int) -> bytes:
        """Give the hash of the complete subtree of 2^level leaves that begins at leaf place * 2^level."""
        return node_of(level, self._node_row(level, place))

    def ledger_origin(self) -> str:
        """Give the name under which checkpoints of this ledger are signed."""
        with understood():
            return origin_of(self._keyring.library, self._there(self._standing()["branch"]))

    def last_checkpoint(self) -> str:
        """Give the signed note of the checkpoint that was signed last."""
        note: str | None = self._standing()["checkpoint"]
        return self._there(note)

    def part_key(self, place: int, person: str | None) -> bytes | None:
        """Give the key of one part of one entry: a person's, or (None) the controller's."""
        sealed = self.ledger_row(place)
        library = self._keyring.library
        if person is None:
            key = self._controllers.key_for(sealed)
            return None if key is None else controller_part_key(sealed, key, library=library)
        if not self._keyring.has(KeyKind.AUDIT, person):
            return None
        return person_part_key(sealed, self._keyring.key(KeyKind.AUDIT, person), library=library)

    def ledger_findings(self, start: int = 0) -> Iterator[Finding]:
        """Give the entries opened with the controller's keys."""
        return map(self._finding, self.ledger_rows(start))

    def people_found(self, account: str, since: datetime) -> PeopleFound:
        """Give whom this account found from this moment on, and at which number a day it was refused."""
        return people_found(map(self._finding, self._last_rows()), account, since)

    def findings_about(self, person: str) -> Iterator[PersonFinding]:
        """Give what the ledger tells a person, opened with the person's audit key; nothing once that is gone."""
        if not self._keyring.has(KeyKind.AUDIT, person):
            return
        key = self._keyring.key(KeyKind.AUDIT, person)
        for place, sealed in self.ledger_rows():
            told = open_person_part(sealed, key, library=self._keyring.library)
            if told is not None:
                yield _person_finding(place, told)

    def _last_rows(self) -> Iterator[tuple[int, SealedEntry]]:
        """Give the sealed entries from the last one backwards, a few at a time."""
        entries, start = _schema.ledger, self.ledger_edge().size
        while start:
            statement = select(entries).where(entries.c.place < start).order_by(entries.c.place.desc()).limit(LAST_ROWS)
            page = self._connection.execute(statement).mappings().all()
            yield from map(_placed, page)
            start = page[-1]["place"] if page else 0

    def _finding(self, row: tuple[int, SealedEntry]) -> Finding:
        place, sealed = row
        entry = self._controllers.entry(place, sealed)
        if entry is None and place > self._last_ended:
            raise keyless(place)
        return Finding(place, entry)

    @cached_property
    def _controllers(self) -> Unsealing:
        return Unsealing(self._keyring.controllers(), library=self._keyring.library)

    @cached_property
    def _last_ended(self) -> int:
        return self._controllers.last_ended(self._last_rows())

    def _look_anew(self) -> None:
        """Let go of what was known of the controller's keys, and of which entries may be without one."""
        self.__dict__.pop("_controllers", None)
        self.__dict__.pop("_last_ended", None)

    def _entry_row(self, place: int) -> Values | None:
        entries = _schema.ledger
        return self._connection.execute(select(entries).where(entries.c.place == place)).mappings().one_or_none()

    def _node_row(self, level: int, place: int) -> Values:
        """Give the row that a node is read from: on level 0 that of the entry."""
        row = self._entry_row(place) if level == 0 else self._inner_node_row(level, place)
        if row is None:
            raise _rules.no_node(level, place, size=self.ledger_edge().size)
        return row

    def _inner_node_row(self, level: int, place: int) -> Values | None:
        kept = _schema.nodes
        same = select(kept).where(kept.c.level == level, kept.c.place == place)
        return self._connection.execute(same).mappings().one_or_none()


def node_of(level: int, row: Values) -> bytes:
    """Give the hash of a node out of its row."""
    digest: bytes = row["hash"] if level else leaf_hash(sealed_of(row))
    return digest


def _placed(row: Values) -> tuple[int, SealedEntry]:
    return row["place"], sealed_of(row)


def _person_finding(place: int, told: Mapping[str, Any]) -> PersonFinding:
    with understood():
        return PersonFinding(
            index=place,
            kind=told["kind"],
            at=read_moment(told["at"]),
            role=told["role"],
            facts=told["facts"],
        )
