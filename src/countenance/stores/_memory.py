"""The in-memory twin of the SQL store: the same behaviour from plain dictionaries, for tests and for trying things."""

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from countenance.consent import Consent, Permit, Policy, Purpose, verify_receipt
from countenance.faces import Box, Template
from countenance.ledger import Edge, Entry, append, leaf_hash, seal_entry, verify
from countenance.ports import Check, Erased, PhotoRecord, PhotoState, Publication, PublicationState, SeenPhoto
from countenance.seals import new_key
from countenance.stores import _rules
from countenance.stores._memory_state import Kept, Keys, MemoryReading, MemoryState

# 128 random bits: no two libraries share an id.
LIBRARY_ID_BYTES = 16


class _MemoryUnit(MemoryReading):
    """A transaction on a copy of the state."""

    def __init__(self, state: MemoryState, keys: Keys, now: datetime) -> None:
        super().__init__(state, keys, now)
        self._changed = False
        self._recorded = False
        self._receiptless: set[str] = set()

    @property
    def state(self) -> MemoryState:
        """What is to be the state when the transaction ends well."""
        return self._state

    def finish(self) -> None:
        """Refuse to end well with a deed and no entry, or somebody without a receipt."""
        if self._changed and not self._recorded:
            raise _rules.unrecorded()
        if self._receiptless:
            raise _rules.receiptless(self._receiptless)

    def record(self, entry: Entry) -> int:
        sealed = seal_entry(
            entry,
            controller_key=self._keys.controller,
            audit_keys=self._state.audit_keys,
            library=self._keys.library,
        )
        self._state.edge = append(self._state.edge, leaf_hash(sealed))
        self._state.ledger = (*self._state.ledger, sealed)
        self._recorded = True
        return self._state.edge.size - 1

    def add_person(self, person: str, name: str) -> None:
        if person in self._state.people:
            raise ValueError(f"the person {person} is known already")
        self._state.people[person] = name
        self._state.audit_keys[person] = new_key()
        self._receiptless.add(person)
        self._changed = True

    def add_receipt(self, person: str, jws: str) -> None:
        receipt = verify_receipt(jws, public_key=self.public_key(), library=self._keys.library)
        _rules.check_receipt(receipt, person, known=self._state.receipts)
        self._refuse_unknown(person)
        self._state.receipts[receipt.id] = Kept(jws, Consent(receipt))
        self._receiptless.discard(person)
        searchable = person in self._state.enrolled and self._state.may_have_template(person, self._now)
        self._raise_roll(enrolled=searchable)

    def add_release(self, person: str, fingerprint: str, content: bytes) -> None:
        _rules.check_release(fingerprint, content)
        self._refuse_unknown(person)
        if fingerprint in self._state.releases:
            raise _rules.release_used()
        self._state.releases[fingerprint] = (person, content)
        self._changed = True

    def add_reference(self, permit: Permit, template: Template, crops: Sequence[bytes]) -> None:
        if not self._state.may_have_template(permit.person, self._now):
            raise _rules.refused(permit, self.consents(permit.person), self._now, template=True)
        self._state.references = (*self._state.references, (permit.person, template, tuple(crops)))
        self._raise_roll(enrolled=True)

    def keep_photo(self, photo: SeenPhoto) -> int:
        _rules.check_photo(photo)
        record = PhotoRecord(
            id=self._photo_id(photo.path),
            path=photo.path,
            fingerprint=photo.fingerprint,
            size_bytes=photo.size_bytes,
            modified_ns=photo.modified_ns,
            state=PhotoState.DONE,
            why="",
            seen_with=photo.seen_with,
            roll=photo.roll,
        )
        self._keep(record, photo.boxes)
        return self._keep_appearances(record.id, photo.matched)

    def keep_failure(self, path: Path, *, fingerprint: str, size_bytes: int, modified_ns: int, why: str) -> None:
        _rules.check_path(path)
        self._keep(
            PhotoRecord(
                id=self._photo_id(path),
                path=path,
                fingerprint=fingerprint,
                size_bytes=size_bytes,
                modified_ns=modified_ns,
                state=PhotoState.FAILED,
                why=_rules.plain_text(why),
                seen_with="",
                roll=0,
            ),
            (),
        )

    def keep_missing(self, path: Path) -> None:
        known = self._state.photos.get(path)
        if known is not None:
            self._keep(replace(known, state=PhotoState.MISSING, why="", seen_with="", roll=0), ())

    def keep_matches(self, photo: int, *, fingerprint: str, roll: int, matched: Mapping[int, Permit]) -> int:
        known = next((one for one in self._state.photos.values() if one.id == photo), None)
        if known is None or known.state is not PhotoState.DONE or known.fingerprint != fingerprint:
            return 0
        _rules.check_matched(matched, boxes=len(self._state.boxes[photo]))
        self._state.photos[known.path] = replace(known, roll=roll)
        return self._keep_appearances(photo, matched)

    def withdraw(self, person: str, purposes: Sequence[Purpose]) -> Erased:
        self._refuse_unknown(person)
        for receipt, kept in self._state.receipts.items():
            if kept.consent.receipt.person == person:
                ended = {purpose: self._now for purpose in kept.consent.left if purpose in purposes}
                consent = replace(kept.consent, withdrawn={**kept.consent.withdrawn, **ended})
                self._state.receipts[receipt] = replace(kept, consent=consent)
        live = self._state.live(person, self._now)
        references = appearances = 0
        keeps_template = self._state.may_have_template(person, self._now)
        if not keeps_template:
            left = tuple(reference for reference in self._state.references if reference[0] != person)
            references = len(self._state.references) - len(left)
            self._state.references = left
        if not keeps_template or not set(_rules.APPEARANCE_PURPOSES) & set(live):
            appearances = self._drop_appearances(person)
        stale = () if Purpose.BE_SHOWN in live else self._make_stale(person)
        self._raise_roll(enrolled=False)
        return Erased(references, appearances, stale)

    def add_publication(self, publication: Publication, permits: Sequence[Permit]) -> None:
        _rules.check_publication(publication, permits, known=self._state.publications)
        for permit in permits:
            if permit.purpose not in self._state.live(permit.person, self._now):
                raise _rules.refused(permit, self.consents(permit.person), self._now)
        self._state.publications[publication.id] = replace(publication, state=PublicationState.PENDING)
        self._changed = True

    def publication_permits_live(self, publication: str) -> bool:
        return self._is_pending(publication) and all(
            Purpose.BE_SHOWN in self._state.live(person, self._now)
            for person in self._state.publications[publication].shown
        )

    def place_publication(self, publication: str) -> None:
        pending = self._pending(publication)
        if not self.publication_permits_live(publication):
            raise _rules.withdrawn_meanwhile()
        for other in tuple(self._state.publications.values()):
            if other.target == pending.target and other.state is not PublicationState.PENDING:
                del self._state.publications[other.id]
        self._state.publications[publication] = replace(pending, state=PublicationState.PLACED)
        self._changed = True

    def drop_publication(self, publication: str) -> None:
        if self._is_pending(publication):
            del self._state.publications[publication]
            self._changed = True

    def _refuse_unknown(self, person: str) -> None:
        if person not in self._state.people:
            raise _rules.unknown_person(person)

    def _raise_roll(self, *, enrolled: bool) -> None:
        self._state.roll += 1
        if enrolled:
            self._state.enrolled_roll = self._state.roll
        self._changed = True

    def _photo_id(self, path: Path) -> int:
        known = self._state.photos.get(path)
        return known.id if known is not None else len(self._state.photos) + 1

    def _keep(self, photo: PhotoRecord, boxes: tuple[Box, ...]) -> None:
        self._state.photos[photo.path] = photo
        self._state.boxes[photo.id] = boxes
        self._state.appearances[photo.id] = {}
        self._changed = True

    def _keep_appearances(self, photo: int, matched: Mapping[int, Permit]) -> int:
        kept = {
            place: permit.person
            for place, permit in matched.items()
            if permit.purpose in _rules.APPEARANCE_PURPOSES
            and permit.purpose in self._state.live(permit.person, self._now)
            and permit.person in self._state.enrolled
            and self._state.may_have_template(permit.person, self._now)
        }
        self._state.appearances[photo] = kept
        self._changed = True
        return len(kept)

    def _drop_appearances(self, person: str) -> int:
        dropped = 0
        for photo, appearances in self._state.appearances.items():
            kept = {place: who for place, who in appearances.items() if who != person}
            dropped += len(appearances) - len(kept)
            self._state.appearances[photo] = kept
        return dropped

    def _make_stale(self, person: str) -> tuple[Path, ...]:
        showing = [
            one
            for one in self._state.publications.values()
            if person in one.shown and one.state is not PublicationState.PENDING
        ]
        for one in showing:
            self._state.publications[one.id] = replace(one, state=PublicationState.STALE)
        return tuple(one.target for one in showing)

    def _pending(self, publication: str) -> Publication:
        if not self._is_pending(publication):
            raise _rules.not_pending(publication)
        return self._state.publications[publication]

    def _is_pending(self, publication: str) -> bool:
        kept = self._state.publications.get(publication)
        return kept is not None and kept.state is PublicationState.PENDING


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
        made = _MemoryUnit(MemoryState(policy, Edge.empty()), keys, entry.at)
        made.record(entry)
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
    def write(self, *, now: datetime) -> Iterator[_MemoryUnit]:
        """Give a transaction.

        Raises:
            LibraryBusy: another thread is writing for too long.
            DeedUnrecorded: something was changed and no entry recorded.
        """
        _rules.check_moment(now)
        if not self._writing.acquire(timeout=_rules.BUSY_SECONDS):
            raise _rules.busy()
        try:
            unit = _MemoryUnit(self._state.copied(), self._keys, now)
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
        verdict = verify(state.ledger, state.edge)
        given = {
            person
            for person in state.people
            if any(consent.left and consent.receipt.with_template for consent in state.consents(person))
        }
        seen = {person for appearances in state.appearances.values() for person in appearances.values()}
        return (
            Check("people", all(map(state.consents, state.people)), f"{len(state.people)} people have receipts"),
            Check("references", state.enrolled <= given, f"{len(state.enrolled)} people are enrolled"),
            Check("appearances", seen <= state.enrolled, f"{len(seen)} people appear in photos"),
            Check("ledger", verdict.ok, verdict.problem or f"{verdict.size} entries give the recorded tree"),
        )

    def close(self) -> None:
        """Do nothing: there are no files."""
