"""What the in-memory store holds, and reading it at one moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
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
from countenance.faces import Box, Template
from countenance.ledger import Edge, SealedEntry, open_controller_part
from countenance.ports import (
    Appearance,
    Finding,
    KnownPhoto,
    Person,
    PhotoRecord,
    PhotoState,
    Publication,
    Reference,
    StoredReceipt,
)
from countenance.seals import keyed_digest, new_key, public_key_of
from countenance.stores import _rules


@dataclass(frozen=True, slots=True)
class Keys:
    """The library's own keys; they are drawn when it is made and live as long as it."""

    library: str
    signing: bytes = field(default_factory=new_key, repr=False)
    controller: bytes = field(default_factory=new_key, repr=False)
    digest: bytes = field(default_factory=new_key, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed receipt, and what stands of it."""

    jws: str
    consent: Consent


@dataclass(slots=True)
class MemoryState:
    """Everything there is. The dictionaries hold values that never change, so a shallow copy is a transaction's own."""

    policy: Policy
    edge: Edge
    people: dict[str, str] = field(default_factory=dict)
    audit_keys: dict[str, bytes] = field(default_factory=dict)
    receipts: dict[str, Kept] = field(default_factory=dict)
    releases: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    references: tuple[tuple[str, Template, tuple[bytes, ...]], ...] = ()
    photos: dict[Path, PhotoRecord] = field(default_factory=dict)
    boxes: dict[int, tuple[Box, ...]] = field(default_factory=dict)
    appearances: dict[int, Mapping[int, str]] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    ledger: tuple[SealedEntry, ...] = ()
    roll: int = 0
    enrolled_roll: int = 0

    def copied(self) -> "MemoryState":
        """Give a copy to change."""
        return replace(
            self,
            people=dict(self.people),
            audit_keys=dict(self.audit_keys),
            receipts=dict(self.receipts),
            releases=dict(self.releases),
            photos=dict(self.photos),
            boxes=dict(self.boxes),
            appearances=dict(self.appearances),
            publications=dict(self.publications),
        )

    def consents(self, person: str) -> tuple[Consent, ...]:
        """Give what stands of a person's receipts, in the order in which they were added."""
        return tuple(kept.consent for kept in self.receipts.values() if kept.consent.receipt.person == person)

    @property
    def enrolled(self) -> frozenset[str]:
        """Give everybody who has a reference."""
        return frozenset(person for person, _, _ in self.references)

    def live(self, person: str, now: datetime) -> tuple[Purpose, ...]:
        """Give the purposes that are live now."""
        return live_purposes(self.consents(person), now)

    def may_have_template(self, person: str, now: datetime) -> bool:
        """Tell whether a live consent allows a template."""
        allowing = [consent for consent in self.consents(person) if consent.receipt.with_template]
        return bool(live_purposes(allowing, now))


class MemoryReading:
    """The state at one moment."""

    def __init__(self, state: MemoryState, keys: Keys, now: datetime) -> None:
        self._state = state
        self._keys = keys
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now

    def policy(self) -> Policy:
        return self._state.policy

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
            for receipt, kept in self._state.receipts.items()
            if kept.consent.receipt.person == person
        )

    def consents(self, person: str) -> tuple[Consent, ...]:
        return self._state.consents(person)

    def references(self) -> Iterator[Reference]:
        for person, template, _ in self._state.references:
            if self._state.may_have_template(person, self._now):
                yield Reference(person, template)

    def photo(self, path: Path) -> PhotoRecord | None:
        return self._state.photos.get(path)

    def photos(self) -> Iterator[PhotoRecord]:
        yield from tuple(self._state.photos.values())

    def photos_behind(self, *, seen_with: str, limit: int, after: int = 0) -> tuple[KnownPhoto, ...]:
        behind = [photo for photo in self._behind(seen_with) if photo.id > after]
        return tuple(
            KnownPhoto(photo.id, photo.path, photo.fingerprint, self._state.boxes[photo.id]) for photo in behind[:limit]
        )

    def photos_behind_count(self, *, seen_with: str) -> int:
        return len(self._behind(seen_with))

    def appearances_of(self, person: str, purpose: Purpose) -> tuple[Appearance, ...]:
        if purpose not in self._state.live(person, self._now):
            return ()
        return _rules.by_path(
            Appearance(person, photo.path, self._state.boxes[photo.id][place])
            for photo in self._state.photos.values()
            for place, who in self._state.appearances.get(photo.id, {}).items()
            if who == person
        )

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

    def ledger_edge(self) -> Edge:
        return self._state.edge

    def ledger_rows(self, start: int = 0) -> Iterator[tuple[int, SealedEntry]]:
        yield from tuple(enumerate(self._state.ledger))[start:]

    def ledger_findings(self, start: int = 0) -> Iterator[Finding]:
        for place, sealed in self.ledger_rows(start):
            yield Finding(place, open_controller_part(sealed, self._keys.controller, library=self._keys.library))

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
            has_template=any(reference.person == person for reference in self.references()),
        )

    def _behind(self, seen_with: str) -> list[PhotoRecord]:
        return [
            photo
            for photo in self._state.photos.values()
            if photo.state is PhotoState.DONE
            and photo.seen_with == seen_with
            and photo.roll < self._state.enrolled_roll
        ]
