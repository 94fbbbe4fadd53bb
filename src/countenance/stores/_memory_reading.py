"""Reading the in-memory store at one moment."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from countenance.consent import (
    Consent,
    Policy,
    Purpose,
    Receipt,
    latest_expiry,
    live_purposes,
    sign_receipt,
    standing,
    state_of,
)
from countenance.faces import Box, Calibration
from countenance.ports import (
    Appearance,
    Basis,
    CalibrationVersion,
    Decision,
    Due,
    Job,
    KnownPhoto,
    Person,
    PhotoRecord,
    PhotoState,
    PolicyVersion,
    Publication,
    Reference,
    StoredReceipt,
)
from countenance.seals import keyed_digest, public_key_of
from countenance.stores import _lasting, _rules, _searches
from countenance.stores._memory_erasing import going, may_be_forgotten
from countenance.stores._memory_ledger import MemoryLedger


class MemoryReading(MemoryLedger):
    """The state at one moment."""

    def policy(self) -> Policy:
        return self._state.policies[-1].policy

    def policies(self) -> tuple[PolicyVersion, ...]:
        return self._state.policies

    def calibration(self) -> Calibration | None:
        return self._state.calibrations[-1].calibration if self._state.calibrations else None

    def calibrations(self) -> tuple[CalibrationVersion, ...]:
        return self._state.calibrations

    def public_key(self) -> bytes:
        return public_key_of(self._keys.signing)

    def sign_receipt(self, receipt: Receipt) -> str:
        return sign_receipt(receipt, self._keys.signing)

    def roll(self) -> int:
        return self._state.roll

    def people(self) -> tuple[Person, ...]:
        return tuple(self._person(person) for person in self._state.people)

    def person(self, named: str) -> Person:
        return self._person(
            _rules.chosen_person(
                named,
                (
                    _rules.Named(id=person, name=name, withdrawn=not any(c.left for c in self.consents(person)))
                    for person, name in self._state.people.items()
                ),
            )
        )

    def receipts(self, person: str) -> tuple[StoredReceipt, ...]:
        return tuple(
            StoredReceipt(id=receipt, jws=kept.jws, consent=kept.consent, state=state_of(kept.consent, self._now))
            for receipt, kept in self._state.kept_of(person)
        )

    def receipts_since(self, moment: datetime) -> int:
        return sum(kept.consent.receipt.given >= moment for kept in self._state.receipts.values())

    def consents(self, person: str) -> tuple[Consent, ...]:
        return self._state.consents(person)

    def references(self) -> Iterator[Reference]:
        for one in self._state.references:
            if self._state.may_have_template(one.person, self._now):
                strict = _lasting.is_child(self.consents(one.person), self._now)
                yield Reference(one.person, one.template, strict=strict)

    def enrolment_crops(self, person: str) -> tuple[bytes, ...]:
        if not self._state.may_have_template(person, self._now):
            return ()
        return tuple(crop for one in self._state.references if one.person == person for crop in one.crops)

    def embedded_otherwise(self, model: str) -> tuple[str, ...]:
        models: dict[str, set[str]] = {}
        for one in self.references():
            models.setdefault(one.person, set()).add(one.template.model)
        return tuple(person for person, of in models.items() if model not in of)

    def photo(self, path: Path) -> PhotoRecord | None:
        return self._state.photos.get(path)

    def photos(self) -> Iterator[PhotoRecord]:
        yield from tuple(self._state.photos.values())

    def photos_of(self, fingerprint: str) -> tuple[PhotoRecord, ...]:
        return tuple(
            photo
            for photo in self._state.photos.values()
            if photo.fingerprint == fingerprint and photo.state is PhotoState.DONE
        )

    def photos_behind(self, *, seen_with: str, limit: int, after: int = 0) -> tuple[KnownPhoto, ...]:
        behind = [photo for photo in self._behind(seen_with) if photo.id > after]
        return tuple(
            KnownPhoto(photo.id, photo.path, photo.fingerprint, self._state.boxes[photo.id]) for photo in behind[:limit]
        )

    def photos_behind_count(self, *, seen_with: str) -> int:
        return len(self._behind(seen_with))

    def boxes_of(self, photo: Path) -> tuple[Box, ...]:
        known = self.photo(photo)
        return () if known is None else self._state.boxes[known.id]

    def appearances_of(self, person: str, purpose: Purpose) -> tuple[Appearance, ...]:
        if purpose not in self._state.live(person, self._now):
            return ()
        return _rules.by_path(
            Appearance(
                person,
                photo.path,
                self._state.boxes[photo.id][place],
                Basis.of(self._state.verdict(person, photo.fingerprint)),
            )
            for photo, place, who in self._state.seen()
            if who == person
        )

    def appearances_in(self, photo: Path) -> Mapping[int, str]:
        known = self.photo(photo)
        kept = {} if known is None else self._state.appearances[known.id]
        return {
            place: person
            for place, person in sorted(kept.items())
            if set(_rules.APPEARANCE_PURPOSES) & set(self._state.live(person, self._now))
        }

    def decisions(self, fingerprint: str) -> tuple[Decision, ...]:
        return tuple(
            decision
            for (content, person), decision in sorted(self._state.decisions.items(), key=lambda item: item[0])
            if content == fingerprint and self._state.live(person, self._now)
        )

    def decisions_about(self, person: str) -> tuple[Decision, ...]:
        if not self._state.live(person, self._now):
            return ()
        return tuple(
            decision
            for (_, who), decision in sorted(self._state.decisions.items(), key=lambda item: item[0])
            if who == person
        )

    def linked(self, digest: str) -> str | None:
        return next((person for person, kept in self._state.links.items() if kept == digest), None)

    def due(self) -> Due:
        everybody = [person for person in self._state.people if self.consents(person)]
        return Due(
            unfounded=tuple(person for person in everybody if going(self._state, person, self._now)),
            forgotten=tuple(person for person in everybody if may_be_forgotten(self._state, person, self._now)),
            searches=_searches.ended(self._state.search_keys, days=self.policy().search_record_days, now=self._now),
        )

    def tombstones(self) -> frozenset[str]:
        return frozenset(self._state.forgotten)

    def jobs(self) -> tuple[Job, ...]:
        return tuple(self._state.jobs.values())

    def forms_of(self, person: str) -> Mapping[str, bytes]:
        return {
            fingerprint: release[1]
            for fingerprint, release in sorted(self._state.releases.items())
            if release is not None and release[0] == person
        }

    def evidence_ends(self, person: str) -> datetime:
        if person not in self._state.people:
            raise _rules.unknown_person(person)
        return _lasting.evidence_end(self.consents(person), self.policies())

    def release_used(self, fingerprint: str) -> bool:
        return fingerprint in self._state.releases

    def publications(self) -> tuple[Publication, ...]:
        return tuple(
            replace(
                publication,
                shown=tuple(
                    person for person in publication.shown if Purpose.BE_SHOWN in self._state.live(person, self._now)
                ),
            )
            for publication in self._state.publications.values()
        )

    def keyed_digest(self, data: bytes) -> str:
        return keyed_digest(self._keys.digest, data).hex()

    def _person(self, person: str) -> Person:
        consents = self._state.consents(person)
        return Person(
            id=person,
            name=self._state.people[person],
            purposes=live_purposes(consents, self._now),
            expires=latest_expiry(consents, self._now),
            state=standing(consents, self._now),
            has_template=self._state.has_reference(person, self._now),
            held=_lasting.holds_of(consents, self._now),
            child=_lasting.is_child(consents, self._now),
            last_act=_lasting.last_act(consents, self._state.acts.get(person)),
        )

    def _behind(self, seen_with: str) -> list[PhotoRecord]:
        return [
            photo
            for photo in self._state.photos.values()
            if photo.state is PhotoState.DONE
            and photo.seen_with == seen_with
            and photo.roll < self._state.enrolled_roll
        ]
