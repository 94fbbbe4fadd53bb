"""Writing the in-memory store: a transaction on a copy of the state."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from countenance.consent import Consent, Hold, Permit, Policy, Purpose, verify_receipt
from countenance.faces import Box, Calibration, Template
from countenance.ports import (
    CalibrationVersion,
    Decision,
    Erased,
    Job,
    JobState,
    PhotoRecord,
    PhotoState,
    PolicyVersion,
    Publication,
    PublicationState,
    SeenPhoto,
)
from countenance.seals import new_key
from countenance.stores import _lasting, _memory_erasing, _rules
from countenance.stores._memory_ledger_unit import MemoryLedgerUnit
from countenance.stores._memory_state import Enrolled, Kept


class MemoryUnit(MemoryLedgerUnit):
    """A transaction on a copy of the state."""

    def finish(self) -> None:
        """Refuse to end well with a deed and no entry, or somebody without a receipt."""
        if self._changed and not self._recorded:
            raise _rules.unrecorded()
        if self._receiptless:
            raise _rules.receiptless(self._receiptless)
        for person in self._dropped - self._state.enrolled:
            # References were to be replaced and were not: nothing founds the matches any more.
            _memory_erasing.drop_matches(self._state, person)
            self._raise_roll(enrolled=False)

    def add_person(self, person: str, name: str) -> None:
        if person in self._state.people:
            raise _rules.known_already(person)
        if person in self._state.forgotten:
            raise _rules.forgotten_before(person)
        self._state.people[person] = name
        self._state.audit_keys[person] = new_key()
        self._receiptless.add(person)
        self._changed = True

    def add_receipt(self, person: str, jws: str, *, held: Mapping[Purpose, Hold] | None = None) -> None:
        receipt = verify_receipt(jws, public_key=self.public_key(), library=self._keys.library)
        _rules.check_receipt(receipt, person, known=self._state.receipts)
        _rules.check_held(receipt, held or {})
        self._refuse_unknown(person)
        self._state.receipts[receipt.id] = Kept(jws, Consent(receipt, held=dict(held or {})))
        self._receiptless.discard(person)
        self._raise_roll(enrolled=self._state.has_reference(person, self._now))

    def add_release(self, person: str, fingerprint: str, content: bytes) -> None:
        _rules.check_release(fingerprint, content)
        self._refuse_unknown(person)
        if fingerprint in self._state.releases:
            raise _rules.release_used()
        self._state.releases[fingerprint] = (person, content)
        self._changed = True

    def add_reference(self, permit: Permit, template: Template, crops: Sequence[bytes]) -> None:
        self._refuse_template(permit)
        self._state.references = (*self._state.references, Enrolled(permit.person, template, tuple(crops)))
        self._raise_roll(enrolled=True)

    def renew_reference(self, permit: Permit, template: Template) -> None:
        self._refuse_template(permit)
        crops = self.enrolment_crops(permit.person)
        if not self.drop_references(permit.person):
            raise _rules.without_reference(permit.person)
        self.add_reference(permit, template, crops)

    def drop_references(self, person: str) -> int:
        left = tuple(one for one in self._state.references if one.person != person)
        dropped = len(self._state.references) - len(left)
        if dropped:
            self._state.references = left
            self._dropped.add(person)
            self._changed = True
        return dropped

    def let_go(self, person: str, holds: Collection[Hold]) -> tuple[Purpose, ...]:
        self._refuse_unknown(person)
        freed: set[Purpose] = set()
        for receipt, kept in self._state.kept_of(person):
            going = _lasting.freed(kept.consent, holds, self._now)
            held = {purpose: hold for purpose, hold in kept.consent.held.items() if purpose not in going}
            self._state.receipts[receipt] = replace(kept, consent=replace(kept.consent, held=held))
            freed.update(going)
        if freed:
            self._raise_roll(enrolled=self._state.has_reference(person, self._now))
        return tuple(purpose for purpose in Purpose if purpose in freed)

    def add_link(self, person: str, digest: str) -> None:
        _rules.check_link(digest)
        self._refuse_unknown(person)
        if self.linked(digest) not in {None, person}:
            raise _rules.link_taken()
        self._state.links[person] = digest
        self._changed = True

    def note_act(self, person: str) -> None:
        self._refuse_unknown(person)
        self._state.acts[person] = max(self._now, self._state.acts.get(person, self._now))
        self._changed = True

    def set_policy(self, policy: Policy) -> int:
        number = self._state.policies[-1].number + 1
        self._state.policies = (*self._state.policies, PolicyVersion(number, self._now, policy))
        self._changed = True
        return number

    def keep_calibration(self, calibration: Calibration, *, people: int) -> int:
        number = len(self._state.calibrations) + 1
        version = CalibrationVersion(number, self._now, people, calibration)
        self._state.calibrations = (*self._state.calibrations, version)
        self._raise_roll(enrolled=True)
        return number

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
        known = self._state.known_photo(photo)
        if known is None or known.state is not PhotoState.DONE or known.fingerprint != fingerprint:
            return 0
        _rules.check_matched(matched, boxes=len(self._state.boxes[photo]))
        self._state.photos[known.path] = replace(known, roll=roll)
        return self._keep_appearances(photo, matched)

    def add_box(self, photo: int, box: Box) -> int:
        known = self._state.known_photo(photo)
        if known is None or known.state is not PhotoState.DONE:
            raise _rules.not_done(photo)
        self._state.boxes[photo] = (*self._state.boxes[photo], box)
        self._changed = True
        return len(self._state.boxes[photo]) - 1

    def keep_appearance(self, photo: int, place: int, permit: Permit) -> bool:
        _rules.check_place(place, boxes=len(self._state.boxes.get(photo, ())))
        if not self._may_appear(photo, permit):
            return False
        kept = self._state.appearances[photo].items()
        others = {at: who for at, who in kept if at != place and who != permit.person}
        self._state.appearances[photo] = {**others, place: permit.person}
        self._changed = True
        return True

    def drop_appearance(self, photo: int, person: str) -> bool:
        kept = self._state.appearances.get(photo, {})
        left = {place: who for place, who in kept.items() if who != person}
        if len(left) == len(kept):
            return False
        self._state.appearances[photo] = left
        self._changed = True
        return True

    def keep_decision(self, decision: Decision) -> None:
        _rules.check_decision(decision)
        refusal = _rules.undecidable(self.consents(decision.person), self._now)
        if refusal is not None:
            raise refusal
        self._state.decisions[decision.fingerprint, decision.person] = decision
        self._changed = True

    def sweep(self, person: str) -> Erased:
        self._refuse_unknown(person)
        something = bool(_memory_erasing.going(self._state, person, self._now))
        erased = _memory_erasing.erase(self._state, person, self._now)
        if something:
            self._raise_roll(enrolled=False)
        return erased

    def forget(self, person: str) -> None:
        self._refuse_unknown(person)
        if not _memory_erasing.evidence_ended(self._state, person, self._now):
            raise _rules.remembered_still(person)
        if _memory_erasing.shown_in_pending(self._state, person):
            raise _rules.shown_in_pending(person)
        _memory_erasing.bury(self._state, person, self._now)
        self._raise_roll(enrolled=False)

    def queue_job(self, kind: str, *, total: int) -> int:
        number = len(self._state.jobs) + 1
        self._state.jobs[number] = Job(
            number=number,
            kind=kind,
            state=JobState.QUEUED,
            queued_at=self._now,
            began_at=None,
            ended_at=None,
            total=total,
            done=0,
            failed=0,
        )
        self._changed = True
        return number

    def keep_job(self, job: Job) -> None:
        _rules.check_job(job, known=self._state.jobs)
        self._state.jobs[job.number] = job
        self._changed = True

    def withdraw(self, person: str, purposes: Sequence[Purpose]) -> Erased:
        self._refuse_unknown(person)
        for receipt, kept in self._state.kept_of(person):
            ended = {purpose: self._now for purpose in kept.consent.left if purpose in purposes}
            consent = replace(kept.consent, withdrawn={**kept.consent.withdrawn, **ended})
            self._state.receipts[receipt] = replace(kept, consent=consent)
        erased = _memory_erasing.erase(self._state, person, self._now)
        self._raise_roll(enrolled=False)
        return erased

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

    def _refuse_template(self, permit: Permit) -> None:
        if not self._state.may_have_template(permit.person, self._now):
            raise _rules.refused(permit, self.consents(permit.person), self._now, template=True)

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
        kept = {place: permit.person for place, permit in matched.items() if self._may_appear(photo, permit)}
        self._state.appearances[photo] = kept
        self._changed = True
        return len(kept)

    def _may_appear(self, photo: int, permit: Permit) -> bool:
        """Tell whether it may be kept that a person is in a photo: by a reference, or by a human's word about it."""
        known = self._state.known_photo(photo)
        return (
            permit.purpose in _rules.APPEARANCE_PURPOSES
            and permit.purpose in self._state.live(permit.person, self._now)
            and known is not None
            and (
                self._state.has_reference(permit.person, self._now)
                or self._state.placed_by_hand(permit.person, known.fingerprint)
            )
        )

    def _pending(self, publication: str) -> Publication:
        if not self._is_pending(publication):
            raise _rules.not_pending(publication)
        return self._state.publications[publication]

    def _is_pending(self, publication: str) -> bool:
        kept = self._state.publications.get(publication)
        return kept is not None and kept.state is PublicationState.PENDING
