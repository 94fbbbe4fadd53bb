"""Reading the ledger of the in-memory store at one moment."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from countenance.ledger import (
    Edge,
    SealedEntry,
    controller_part_key,
    leaf_hash,
    origin_of,
    person_part_key,
)
from countenance.ports import Finding, PeopleFound, PersonFinding
from countenance.stores import _rules
from countenance.stores._found import people_found
from countenance.stores._memory_state import Keys, MemoryState
from countenance.stores._unsealing import Unsealing, keyless


class MemoryLedger:
    """The ledger in the state at one moment."""

    def __init__(self, state: MemoryState, keys: Keys, now: datetime) -> None:
        self._state = state
        self._keys = keys
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now

    def ledger_edge(self) -> Edge:
        return self._state.edge

    def ledger_rows(self, start: int = 0) -> Iterator[tuple[int, SealedEntry]]:
        yield from tuple(enumerate(self._state.ledger))[start:]

    def ledger_row(self, place: int) -> SealedEntry:
        if not 0 <= place < len(self._state.ledger):
            raise _rules.no_entry(place, size=self._state.edge.size)
        return self._state.ledger[place]

    def ledger_node(self, level: int, place: int) -> bytes:
        if level == 0 and 0 <= place < len(self._state.ledger):
            return leaf_hash(self._state.ledger[place])
        if (level, place) not in self._state.nodes:
            raise _rules.no_node(level, place, size=self._state.edge.size)
        return self._state.nodes[level, place]

    def ledger_origin(self) -> str:
        return origin_of(self._keys.library, self._state.branch)

    def last_checkpoint(self) -> str:
        return self._state.checkpoint

    def part_key(self, place: int, person: str | None) -> bytes | None:
        sealed = self.ledger_row(place)
        if person is None:
            own = self._unsealing().key_for(sealed)
            return None if own is None else controller_part_key(sealed, own, library=self._keys.library)
        key = self._state.audit_keys.get(person)
        return None if key is None else person_part_key(sealed, key, library=self._keys.library)

    def ledger_findings(self, start: int = 0) -> Iterator[Finding]:
        return self._findings(self.ledger_rows(start))

    def people_found(self, account: str, since: datetime) -> PeopleFound:
        return people_found(self._findings(self._newest_first()), account, since)

    def findings_about(self, person: str) -> Iterator[PersonFinding]:
        key = self._state.audit_keys.get(person)
        if key is not None:
            yield from _rules.findings_about(self.ledger_rows(), key, library=self._keys.library)

    def _findings(self, rows: Iterable[tuple[int, SealedEntry]]) -> Iterator[Finding]:
        unsealing = self._unsealing()
        last_ended: int | None = None
        for place, sealed in rows:
            entry = unsealing.entry(place, sealed)
            if entry is None:
                last_ended = unsealing.last_ended(self._newest_first()) if last_ended is None else last_ended
                if place > last_ended:
                    raise keyless(place)
            yield Finding(place, entry)

    def _newest_first(self) -> Iterator[tuple[int, SealedEntry]]:
        return reversed(tuple(enumerate(self._state.ledger)))

    def _unsealing(self) -> Unsealing:
        return Unsealing((self._keys.controller, *self._state.search_keys.values()), library=self._keys.library)
