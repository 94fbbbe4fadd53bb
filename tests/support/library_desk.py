"""A steward's desk: enrolments, photos and publications made by hand on any store, at a clock that is set by hand."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from countenance.consent import Consent, Hold, Permit, Policy, Purpose, draft_receipt
from countenance.consent import decide as gate
from countenance.faces import Box, Calibration, Rung, Score, Template, Threshold
from countenance.keys import MasterVault
from countenance.ledger import Actor, Entry, EntryKind
from countenance.ports import (
    Decision,
    Due,
    Erased,
    Publication,
    PublicationState,
    Reading,
    SeenPhoto,
    Store,
    Unit,
    Verdict,
)
from countenance.seals import sha256_hex
from countenance.stores import SqlStore

ALL = tuple(Purpose)
BIRTH = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
MODEL = "faceres 1"
SEEN_WITH = "centerface 1+faceres 1"
ACTOR = Actor("steward", "m.holt")
POLICY = Policy.draft(controller="Hollybank School", contact="office@hollybank.example", staff_search=True)
MASTER_KEY = bytes(range(32))
LIBRARY = "hollybank"


def vault_for(library: str) -> MasterVault:
    """Give the vault of a library of ours."""
    return MasterVault(MASTER_KEY, library)


def entry(kind: EntryKind, at: datetime = BIRTH, *people: str, **body: str | int | bool | None) -> Entry:
    """Write an entry that concerns these people."""
    return Entry(kind=kind, at=at, actor=ACTOR, body=body, concerns={person: {"told": person} for person in people})


def first_entry() -> Entry:
    """Write the entry of a library's making."""
    return entry(EntryKind.LIBRARY_MADE, controller=POLICY.controller)


def make_sql(folder: Path, library: str = LIBRARY) -> SqlStore:
    """Make a library in a folder."""
    return SqlStore.make(folder, vault_for=vault_for, policy=POLICY, entry=first_entry(), library=library)


def open_sql(folder: Path) -> SqlStore:
    """Open a library in a folder."""
    return SqlStore.open(folder, vault_for=vault_for)


def template(person: str, dimensions: int = 64) -> Template:
    """Give the template of a person: always the same for the same id, and unlike any other's."""
    values = np.random.default_rng(list(person.encode())).normal(size=dimensions).astype(np.float32)
    return Template(values / np.linalg.norm(values), MODEL)


def form(person: str) -> bytes:
    """Give the signed form of a person."""
    return b"%PDF-1.4 signed by " + person.encode()


def crop(person: str, place: int = 0) -> bytes:
    """Give an enrolment crop of a person, of the size that crops have."""
    return np.random.default_rng([place, *person.encode()]).bytes(3000)


def boxes(count: int) -> tuple[Box, ...]:
    """Give so many boxes side by side."""
    return tuple(Box(10 + 100 * place, 20, 80, 90) for place in range(count))


@dataclass(slots=True)
class Desk:
    """A store, and the time at which things are done to it."""

    store: Store
    now: datetime = field(default=BIRTH)

    def later(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)

    @contextmanager
    def recorded(self) -> Iterator[Unit]:
        """Give a unit in which an entry is recorded already."""
        with self.store.write(now=self.now) as unit:
            unit.record(entry(EntryKind.INDEXED, self.now))
            yield unit

    def enrol(
        self,
        person: str,
        name: str = "",
        *,
        purposes: Sequence[Purpose] = ALL,
        face: bool = True,
        days: int = 100,
        guardian: str = "",
        held: Mapping[Purpose, Hold] | None = None,
    ) -> None:
        """Enrol somebody, in one transaction with its entry; a held face leaves no reference."""
        with self.store.write(now=self.now) as unit:
            self.take_up(unit, person, name, purposes=purposes, face=face, days=days, guardian=guardian, held=held)
            unit.record(entry(EntryKind.ENROLLED, self.now, person, person=person))

    def take_up(
        self,
        unit: Unit,
        person: str,
        name: str = "",
        *,
        purposes: Sequence[Purpose] = ALL,
        face: bool = True,
        days: int = 100,
        guardian: str = "",
        held: Mapping[Purpose, Hold] | None = None,
    ) -> None:
        """Do what an enrolment does within a transaction, without its entry."""
        unit.add_person(person, name or f"Name of {person}")
        unit.add_release(person, sha256_hex(form(person)), form(person))
        jws = self.receipt(unit, person, name, purposes=purposes, face=face, days=days, guardian=guardian)
        unit.add_receipt(person, jws, held=held)
        if face and Hold.FACE not in (held or {}).values():
            unit.add_reference(loose_permit(unit, person, purposes[0]), template(person), [crop(person)])

    def renew(
        self,
        person: str,
        *,
        purposes: Sequence[Purpose] = ALL,
        face: bool = True,
        days: int = 100,
        guardian: str = "",
        held: Mapping[Purpose, Hold] | None = None,
    ) -> None:
        """Add another receipt, with its entry."""
        with self.store.write(now=self.now) as unit:
            jws = self.receipt(unit, person, purposes=purposes, face=face, days=days, guardian=guardian)
            unit.add_receipt(person, jws, held=held)
            unit.record(entry(EntryKind.RENEWED, self.now, person, person=person))

    def receipt(
        self,
        reading: Reading,
        person: str,
        name: str = "",
        *,
        purposes: Sequence[Purpose] = ALL,
        face: bool = True,
        days: int = 100,
        guardian: str = "",
    ) -> str:
        """Draft and sign a receipt."""
        return reading.sign_receipt(
            draft_receipt(
                reading.policy(),
                library=self.store.library,
                person=person,
                name=name or f"Name of {person}",
                purposes=purposes,
                now=self.now,
                expires=self.now + timedelta(days=days),
                release_sha256=sha256_hex(form(person)),
                with_template=face,
                guardian=guardian,
            )
        )

    def permit(self, person: str, purpose: Purpose | None = None) -> Permit:
        """Ask the gate."""
        with self.store.read(now=self.now) as reading:
            return permit(reading, person, purpose)

    def index(
        self, path: str, faces: int = 3, matched: Mapping[int, Permit] | None = None, *, seen_with: str = SEEN_WITH
    ) -> int:
        """Keep a photo; gives the appearances kept."""
        with self.store.write(now=self.now) as unit:
            kept = unit.keep_photo(photo(path, faces, matched or {}, roll=unit.roll(), seen_with=seen_with))
            unit.record(entry(EntryKind.INDEXED, self.now))
        return kept

    def withdraw(self, person: str, purposes: Sequence[Purpose] = ALL) -> Erased:
        """Withdraw, with its entry."""
        with self.store.write(now=self.now) as unit:
            erased = unit.withdraw(person, purposes)
            unit.record(entry(EntryKind.WITHDRAWN, self.now, person, person=person))
        return erased

    def let_go(self, person: str, *holds: Hold) -> tuple[Purpose, ...]:
        """Let go what is held for one of these reasons, with its entry."""
        with self.store.write(now=self.now) as unit:
            purposes = unit.let_go(person, holds)
            unit.record(entry(EntryKind.RELEASED, self.now, person, person=person, by="steward"))
        return purposes

    def decide(self, path: str, person: str, verdict: Verdict, place: int = 0) -> Decision:
        """Keep a human's word about a person and a photo, with its entry."""
        said = decision(path, person, verdict, place, at=self.now)
        with self.store.write(now=self.now) as unit:
            unit.keep_decision(said)
            unit.record(entry(EntryKind.DECIDED, self.now, person, person=person, verdict=str(verdict)))
        return said

    def tag(self, path: str, person: str, place: int = 0, purpose: Purpose = Purpose.FIND_ME) -> bool:
        """Say that a person is at a box of an indexed photo, and keep it; tells whether the appearance was kept."""
        self.decide(path, person, Verdict.TAGGED, place)
        return self.appear(path, person, place, purpose)

    def appear(self, path: str, person: str, place: int = 0, purpose: Purpose = Purpose.FIND_ME) -> bool:
        """Keep that a person is at a box of an indexed photo, whatever the gate says; tells whether it was kept."""
        with self.recorded() as unit:
            known = unit.photo(Path(path))
            return unit.keep_appearance(known.id if known else 0, place, loose_permit(unit, person, purpose))

    def sweep(self, person: str) -> Erased:
        """Erase what no consent of a person allows any more, with its entry."""
        with self.store.write(now=self.now) as unit:
            erased = unit.sweep(person)
            unit.record(entry(EntryKind.SWEPT, self.now, person, person=person))
        return erased

    def forget(self, person: str) -> None:
        """End the evidence of a person, with its entry."""
        with self.store.write(now=self.now) as unit:
            unit.forget(person)
            unit.record(entry(EntryKind.FORGOTTEN, self.now, person=person))

    def due(self) -> Due:
        """Ask whose time is up."""
        with self.store.read(now=self.now) as reading:
            return reading.due()

    def calibrate(self, score: float, people: int = 3) -> Calibration:
        """Put thresholds in force, with their entry."""
        given = calibration(score)
        with self.store.write(now=self.now) as unit:
            number = unit.keep_calibration(given, people=people)
            unit.record(entry(EntryKind.CALIBRATED, self.now, number=number, calibration_sha256=given.sha256))
        return given

    def publish(self, name: str, permits: Sequence[Permit] = (), *, target: str = "") -> Publication:
        """Keep a pending copy, with its entry."""
        copy = publication(name, permits, target=target, at=self.now)
        with self.store.write(now=self.now) as unit:
            unit.add_publication(copy, permits)
            unit.record(
                entry(EntryKind.PUBLISHED, self.now, publication=copy.id, target_sha256=copy.target_fingerprint)
            )
        return copy

    def place(self, name: str) -> None:
        """Settle a pending copy as placed, with its entry."""
        with self.store.write(now=self.now) as unit:
            unit.place_publication(name)
            unit.record(entry(EntryKind.PUBLICATION_SETTLED, self.now, publication=name, placed=True))

    def appearances(self, person: str, purpose: Purpose = Purpose.FIND_ME) -> list[str]:
        """List the photos that a person is in."""
        with self.store.read(now=self.now) as reading:
            return [str(one.photo) for one in reading.appearances_of(person, purpose)]

    def referenced(self) -> list[str]:
        """List who has a live reference."""
        with self.store.read(now=self.now) as reading:
            return [one.person for one in reading.references()]

    def problems(self) -> list[str]:
        """Verify, and give what does not hold."""
        return [f"{one.name}: {one.detail}" for one in self.store.verify(now=self.now) if not one.ok]


def calibration(score: float) -> Calibration:
    """Give thresholds for up to a hundred people."""
    search, show = (
        Threshold(Score(one), MODEL, fpir=0.001, fnir=0.25, gallery_size=90, searches=3000, data_set="drawn by hand")
        for one in (score, score + 0.05)
    )
    return Calibration(MODEL, "drawn by hand", (Rung(10, 40, search, show), Rung(100, 40, search, show)))


def permit(reading: Reading, person: str, purpose: Purpose | None = None) -> Permit:
    """Ask the gate for a purpose, or for any that is live."""
    consents = reading.consents(person)
    decisions = [gate(consents, one, now=reading.now) for one in ([purpose] if purpose else Purpose)]
    return next(decision for decision in decisions if isinstance(decision, Permit))


def loose_permit(reading: Reading, person: str, purpose: Purpose) -> Permit:
    """Give a permit that the gate gave on a receipt that was never kept: the wall in the store must not trust it."""
    receipt = draft_receipt(
        POLICY,
        library=LIBRARY,
        person=person,
        name=person,
        purposes=[purpose],
        now=reading.now,
        release_sha256=sha256_hex(form(person)),
        with_template=True,
    )
    granted = gate([Consent(receipt)], purpose, now=receipt.given)
    assert isinstance(granted, Permit)
    return granted


def decision(path: str, person: str, verdict: Verdict, place: int = 0, *, at: datetime = BIRTH) -> Decision:
    """Give a human's word about a person and the content of the photo at this path."""
    box = None if verdict is Verdict.REJECTED else boxes(place + 1)[place]
    return Decision(sha256_hex(path.encode()), person, verdict, box, at)


def photo(
    path: str, faces: int = 3, matched: Mapping[int, Permit] | None = None, *, roll: int = 0, seen_with: str = SEEN_WITH
) -> SeenPhoto:
    """Give a photo as indexing sees it."""
    return SeenPhoto(
        path=Path(path),
        fingerprint=sha256_hex(path.encode()),
        size_bytes=1000,
        modified_ns=1_770_000_000_000_000_000,
        seen_with=seen_with,
        roll=roll,
        boxes=boxes(faces),
        matched=matched or {},
    )


def publication(name: str, permits: Sequence[Permit] = (), *, target: str = "", at: datetime = BIRTH) -> Publication:
    """Give a covered copy that shows the people of these permits."""
    return Publication(
        id=name,
        source=Path("/photos/a.jpg"),
        source_fingerprint="11" * 32,
        temporary=Path(f"/out/.{name}.part"),
        target=Path(target or f"/out/{name}.jpg"),
        target_fingerprint=sha256_hex(name.encode()),
        style="fill",
        reviewed_by="",
        at=at,
        covered=2,
        shown=tuple(sorted(one.person for one in permits)),
        state=PublicationState.PENDING,
    )
