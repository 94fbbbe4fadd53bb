"""Export: everything that is kept about one person, for that person; nothing about anybody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from countenance.consent import Policy, Purpose
from countenance.faces import Box
from countenance.journeys.proving import PersonProof, Scope, prove_told, record_giving
from countenance.ledger import Actor
from countenance.ports import (
    Basis,
    Clock,
    Decision,
    Person,
    PersonFinding,
    PublicationState,
    Reading,
    Store,
    StoredReceipt,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is in a photo: the photo, the box in upright pixels, and what that rests on."""

    photo: Path
    box: Box
    decided: Basis


@dataclass(frozen=True, slots=True)
class Word:
    """What a human decided about the person and a photo; `photos` are the indexed files with that content."""

    decision: Decision
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything kept about a person at a moment.

    `forms` are the signed forms by their SHA-256, `crops` the enrolment photos (JPEG), `copies` the published copies
    that show the person. `told` is what the ledger tells the person, with proofs that are all under the one signed
    `checkpoint`. `evidence_ends` is when the last of it goes if every consent runs to its end. The template itself is
    in no export: it leaves the library for nobody.
    """

    library: str
    public_key: bytes
    at: datetime
    policy: Policy
    person: Person
    receipts: tuple[StoredReceipt, ...]
    forms: Mapping[str, bytes]
    crops: tuple[bytes, ...]
    places: tuple[Place, ...]
    words: tuple[Word, ...]
    copies: tuple[Path, ...]
    told: tuple[PersonProof, ...]
    checkpoint: str
    evidence_ends: datetime
    entry: int

    @property
    def findings(self) -> tuple[PersonFinding, ...]:
        """What the ledger tells the person, without the proofs."""
        return tuple(one.finding for one in self.told)

    @property
    def searches(self) -> tuple[PersonProof, ...]:
        """The searches that found the person, and the listings of the photos that the person is in."""
        return tuple(one for one in self.told if one.is_search)


def export(named: str, *, store: Store, actor: Actor, clock: Clock) -> Dossier:
    """Gather what is kept about the person with this id or name; asking for it is the person's own act.

    It works in every state: for who waits, has withdrawn or has expired, as long as evidence is kept.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        LedgerBroken: the ledger does not hold what it should.
    """
    now = clock()
    with store.write(now=now) as unit:
        person = unit.person(named)
        entry = record_giving(person.id, Scope.EVERYTHING, unit=unit, actor=actor)
        checkpoint, told = prove_told(person.id, unit=unit, library=store.library)
        person = unit.person(person.id)
        decisions = unit.decisions_about(person.id)
        return Dossier(
            library=store.library,
            public_key=unit.public_key(),
            at=now,
            policy=unit.policy(),
            person=person,
            receipts=unit.receipts(person.id),
            forms=unit.forms_of(person.id),
            crops=unit.enrolment_crops(person.id),
            places=_places(person.id, unit),
            words=_words(decisions, unit),
            copies=_copies(person.id, unit),
            told=told,
            checkpoint=checkpoint,
            evidence_ends=unit.evidence_ends(person.id),
            entry=entry,
        )


def _places(person: str, reading: Reading) -> tuple[Place, ...]:
    """Give where the person is kept to be, whichever purpose allows it."""
    kept = {
        appearance.photo: Place(appearance.photo, appearance.box, appearance.decided)
        for purpose in (Purpose.FIND_ME, Purpose.BE_FOUND)
        for appearance in reading.appearances_of(person, purpose)
    }
    return tuple(place for _, place in sorted(kept.items()))


def _words(decisions: Sequence[Decision], reading: Reading) -> tuple[Word, ...]:
    if not decisions:
        return ()
    files: dict[str, list[Path]] = {decision.fingerprint: [] for decision in decisions}
    for record in reading.photos():
        if record.fingerprint in files:
            files[record.fingerprint].append(record.path)
    return tuple(Word(decision, tuple(files[decision.fingerprint])) for decision in decisions)


def _copies(person: str, reading: Reading) -> tuple[Path, ...]:
    return tuple(
        publication.target
        for publication in reading.publications()
        if person in publication.shown and publication.state is not PublicationState.PENDING
    )
