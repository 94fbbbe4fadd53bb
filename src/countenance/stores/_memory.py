"""The in-memory twin of the SQL store: the same behaviour from plain dictionaries, for tests and for trying things."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from countenance.consent import Policy, Purpose
from countenance.ledger import Edge, Entry, append, leaf_hash, nodes_of_append, verify
from countenance.ports import Check, PolicyVersion, PublicationState
from countenance.seals import public_key_of
from countenance.stores import _lasting, _rules
from countenance.stores._continuing import continues, empty_checkpoint, opened
from countenance.stores._memory_reading import MemoryReading
from countenance.stores._memory_state import Keys, MemoryState
from countenance.stores._memory_unit import MemoryUnit

# 128 random bits: no two libraries share an id.
LIBRARY_ID_BYTES = 16


class MemoryStore:
    """A library in memory. Readers see the state of the last commit; one writer at a time works on a copy."""

    def __init__(self, keys: Keys, state: MemoryState) -> None:
        """Use `MemoryStore.make`."""
        self._keys = keys
        self._state = state
        self._writing = threading.Lock()

    @classmethod
    def make(cls, *, policy: Policy, entry: Entry, library: str | None = None) -> Self:
        """Make an empty library with its keys, its policy and its first ledger entry."""
        keys = Keys(library or secrets.token_hex(LIBRARY_ID_BYTES))
        begun = MemoryState(
            (PolicyVersion(1, entry.at, policy),),
            Edge.empty(),
            checkpoint=empty_checkpoint(keys.library, keys.signing),
        )
        made = MemoryUnit(begun, keys, entry.at)
        made.record(entry)
        made.checkpoint()
        return cls(keys, made.state)

    @property
    def library(self) -> str:
        """The id of the library."""
        return self._keys.library

    @contextmanager
    def read(self, *, now: datetime) -> Iterator[MemoryReading]:
        """Give a snapshot."""
        _rules.check_moment(now)
        yield MemoryReading(self._state, self._keys, now)

    @contextmanager
    def write(self, *, now: datetime) -> Iterator[MemoryUnit]:
        """Give a transaction.

        Raises:
            LibraryBusy: another thread is writing for too long.
            DeedUnrecorded: something was changed and no entry recorded.
        """
        _rules.check_moment(now)
        if not self._writing.acquire(timeout=_rules.BUSY_SECONDS):
            raise _rules.busy()
        try:
            unit = MemoryUnit(self._state.copied(), self._keys, now)
            yield unit
            unit.finish()
            self._state = unit.state
        finally:
            self._writing.release()

    def wipe(self) -> bool:
        """Do nothing: what no state holds, memory forgets."""
        return True

    def verify(self, *, now: datetime) -> tuple[Check, ...]:
        """Check what can go wrong in memory: an invariant, and the ledger."""
        del now  # nothing here depends on the moment: what has expired stays until it is swept
        state = self._state
        seen = [
            (person, person in state.enrolled or state.placed_by_hand(person, photo.fingerprint))
            for photo, _, person in state.seen()
        ]
        return (
            Check("people", all(map(state.consents, state.people)), f"{len(state.people)} people have receipts"),
            Check("forgotten", *self._nothing_is_left()),
            Check("references", *self._references_have_receipts()),
            Check("appearances", all(founded for _, founded in seen), f"{len(seen)} appearances are founded"),
            Check("publications", *self._copies_show_nobody_withdrawn()),
            Check("ledger", *self._entries_give_the_tree()),
        )

    def _nothing_is_left(self) -> tuple[bool, str]:
        state = self._state
        named = {
            *state.people,
            *state.audit_keys,
            *state.links,
            *state.acts,
            *state.enrolled,
            *(person for _, _, person in state.seen()),
            *(person for _, person in state.decisions),
            *(person for copy in state.publications.values() for person in copy.shown),
        }
        return named.isdisjoint(state.forgotten), f"{len(state.forgotten)} people are forgotten"

    def _references_have_receipts(self) -> tuple[bool, str]:
        enrolled = self._state.enrolled
        given = {person for person in enrolled if any(map(_lasting.allows_template, self._state.consents(person)))}
        return enrolled == given, f"{len(enrolled)} people are enrolled"

    def _entries_give_the_tree(self) -> tuple[bool, str]:
        state = self._state
        found = Edge.empty()
        kept: dict[tuple[int, int], bytes] = {}
        for leaf in map(leaf_hash, state.ledger):
            kept |= {(one.level, one.place): one.digest for one in nodes_of_append(found, leaf)}
            found = append(found, leaf)
        last = opened(state.checkpoint, public_key=public_key_of(self._keys.signing), library=self.library)
        known = MemoryReading(state, self._keys, state.policies[-1].since)
        verdict = verify(state.ledger, state.edge)
        whole = verdict.ok and kept == state.nodes and continues(last, state.edge, known.ledger_node)
        return whole, verdict.problem or f"{verdict.size} entries give the recorded tree"

    def _copies_show_nobody_withdrawn(self) -> tuple[bool, str]:
        placed = [copy for copy in self._state.publications.values() if copy.state is PublicationState.PLACED]
        shown = {person for copy in placed for person in copy.shown}
        staying = {
            person
            for person in shown
            if any(Purpose.BE_SHOWN in consent.left for consent in self._state.consents(person))
        }
        return shown == staying, f"{len(placed)} covered copies are in place"

    def close(self) -> None:
        """Do nothing: there are no files."""
