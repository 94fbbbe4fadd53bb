"""What the in-memory store holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from countenance.consent import Consent, Purpose, live_purposes
from countenance.faces import Box, Template
from countenance.ledger import Edge, SealedEntry
from countenance.ports import CalibrationVersion, Decision, Job, PhotoRecord, PolicyVersion, Publication, Verdict
from countenance.seals import new_key
from countenance.stores import _lasting, _rules
from countenance.stores._continuing import FIRST_BRANCH


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


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A reference with the crops that it was made of."""

    person: str
    template: Template
    crops: tuple[bytes, ...]


@dataclass(slots=True)
class MemoryState:
    """Everything there is. The dictionaries hold values that never change, so a shallow copy is a transaction's own.

    `releases` keeps the content of a signed form under its hash, and None once its person was forgotten. `decisions`
    are found by content hash and person, `acts` has the last noted act of a person, `forgotten` when somebody was,
    `nodes` the inner nodes of the ledger's tree by level and place, `search_keys` the controller's keys by month.
    """

    policies: tuple[PolicyVersion, ...]
    edge: Edge
    calibrations: tuple[CalibrationVersion, ...] = ()
    people: dict[str, str] = field(default_factory=dict)
    audit_keys: dict[str, bytes] = field(default_factory=dict)
    search_keys: dict[str, bytes] = field(default_factory=dict)
    receipts: dict[str, Kept] = field(default_factory=dict)
    releases: dict[str, tuple[str, bytes] | None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    acts: dict[str, datetime] = field(default_factory=dict)
    forgotten: dict[str, datetime] = field(default_factory=dict)
    references: tuple[Enrolled, ...] = ()
    photos: dict[Path, PhotoRecord] = field(default_factory=dict)
    boxes: dict[int, tuple[Box, ...]] = field(default_factory=dict)
    appearances: dict[int, Mapping[int, str]] = field(default_factory=dict)
    decisions: dict[tuple[str, str], Decision] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    ledger: tuple[SealedEntry, ...] = ()
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    branch: int = FIRST_BRANCH
    checkpoint: str = ""
    roll: int = 0
    enrolled_roll: int = 0

    def copied(self) -> "MemoryState":
        """Give a copy to change."""
        return replace(
            self,
            people=dict(self.people),
            audit_keys=dict(self.audit_keys),
            search_keys=dict(self.search_keys),
            receipts=dict(self.receipts),
            releases=dict(self.releases),
            links=dict(self.links),
            acts=dict(self.acts),
            forgotten=dict(self.forgotten),
            photos=dict(self.photos),
            boxes=dict(self.boxes),
            appearances=dict(self.appearances),
            decisions=dict(self.decisions),
            publications=dict(self.publications),
            jobs=dict(self.jobs),
            nodes=dict(self.nodes),
        )

    def kept_of(self, person: str) -> tuple[tuple[str, Kept], ...]:
        """Give a person's receipts by id, in the order in which they were added."""
        return tuple((id_, kept) for id_, kept in self.receipts.items() if kept.consent.receipt.person == person)

    def consents(self, person: str) -> tuple[Consent, ...]:
        """Give what stands of a person's receipts, in the order in which they were added."""
        return tuple(kept.consent for _, kept in self.kept_of(person))

    @property
    def enrolled(self) -> frozenset[str]:
        """Give everybody who has a reference."""
        return frozenset(reference.person for reference in self.references)

    def live(self, person: str, now: datetime) -> tuple[Purpose, ...]:
        """Give the purposes that are live now."""
        return live_purposes(self.consents(person), now)

    def may_have_template(self, person: str, now: datetime) -> bool:
        """Tell whether a live consent allows a template."""
        return _lasting.template_allowed(self.consents(person), now)

    def has_reference(self, person: str, now: datetime) -> bool:
        """Tell whether a person has a reference, and a live consent that allows it."""
        return person in self.enrolled and self.may_have_template(person, now)

    def known_photo(self, photo: int) -> PhotoRecord | None:
        """Give the photo with this id."""
        return next((one for one in self.photos.values() if one.id == photo), None)

    def verdict(self, person: str, fingerprint: str) -> Verdict | None:
        """Give what a human decided last about a person and the photo with this content hash, if anything."""
        decision = self.decisions.get((fingerprint, person))
        return None if decision is None else decision.verdict

    def placed_by_hand(self, person: str, fingerprint: str) -> bool:
        """Tell whether a human said that a person is in the photo with this content hash."""
        return self.verdict(person, fingerprint) in _rules.PLACING_VERDICTS

    def seen(self) -> Iterator[tuple[PhotoRecord, int, str]]:
        """Give who is kept where: the photo, the place of the box, the person."""
        for photo in self.photos.values():
            for place, person in sorted(self.appearances.get(photo.id, {}).items()):
                yield photo, place, person
