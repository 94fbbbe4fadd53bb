"""The in-memory store and the SQL store are twins: whatever is done to both, both say the same."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from countenance.consent import Hold, Permit, Purpose
from countenance.errors import CountenanceError
from countenance.faces import Box
from countenance.ledger import EntryKind
from countenance.ports import JobState, Reading, Unit, Verdict
from countenance.seals import sha256_hex
from countenance.stores import MemoryStore
from library_desk import (
    POLICY,
    SEEN_WITH,
    Desk,
    crop,
    decision,
    entry,
    first_entry,
    form,
    loose_permit,
    make_sql,
    open_sql,
    permit,
    photo,
    publication,
    template,
)

T = TypeVar("T")
PEOPLE = st.sampled_from(["p-1", "p-2", "p-3"])
PHOTOS = st.sampled_from(["/photos/a.jpg", "/photos/b.jpg"])
PURPOSES = st.sets(st.sampled_from(list(Purpose)), min_size=1).map(lambda some: [one for one in Purpose if one in some])
HELD = st.dictionaries(st.sampled_from(list(Purpose)), st.sampled_from(list(Hold)), max_size=2)
DAYS = st.sampled_from([1, 3, 300])
GUARDIANS = st.sampled_from(["", "Maria Lee"])
LINKS = st.sampled_from([sha256_hex(b"a link"), sha256_hex(b"another link")])
_MADE: list[Path] = []


def made() -> Path:
    """Make a library once in a process; each example gets a copy."""
    if not _MADE:
        folder = Path(tempfile.mkdtemp(prefix="countenance-twins-"))
        make_sql(folder / "made").close()
        _MADE.append(folder)
    return _MADE[0] / "made"


class Twins(RuleBasedStateMachine):
    """Do the same to both stores, and compare everything that can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="countenance-twin-"))
        sql = open_sql(shutil.copytree(made(), self.folder / "library"))
        memory = MemoryStore.make(policy=POLICY, entry=first_entry(), library=sql.library)
        self.desks = (Desk(memory), Desk(sql))
        self.copies = 0
        self.held: tuple[Permit, ...] = ()

    def teardown(self) -> None:
        """Let go of the files."""
        assert [desk.problems() for desk in self.desks] == [[], []]
        self.desks[1].store.close()
        shutil.rmtree(self.folder)

    def both(self, deed: Callable[[Desk, Unit], object]) -> None:
        """Do it on both; either both refuse with the same error, or both do it."""
        outcomes = [self._done(desk, deed) for desk in self.desks]
        assert outcomes[0] == outcomes[1]

    @staticmethod
    def _done(desk: Desk, deed: Callable[[Desk, Unit], object]) -> object:
        try:
            with desk.recorded() as unit:
                return deed(desk, unit)
        except (CountenanceError, ValueError, StopIteration) as problem:
            return type(problem), str(problem), getattr(problem, "reason", None)

    @rule(person=PEOPLE, purposes=PURPOSES, face=st.booleans(), days=DAYS, guardian=GUARDIANS, held=HELD)
    def enrol(
        self,
        person: str,
        purposes: list[Purpose],
        face: bool,  # noqa: FBT001
        days: int,
        guardian: str,
        held: Mapping[Purpose, Hold],
    ) -> None:
        """Enrol somebody; a person who is there already, or was forgotten, is a defect on both."""
        held = {purpose: hold for purpose, hold in held.items() if purpose in purposes}
        self.both(
            lambda desk, unit: desk.take_up(
                unit, person, purposes=purposes, face=face, days=days, guardian=guardian, held=held
            )
        )

    @rule(person=PEOPLE, purposes=PURPOSES, face=st.booleans(), days=DAYS, guardian=GUARDIANS, held=HELD)
    def consent_again(
        self,
        person: str,
        purposes: list[Purpose],
        face: bool,  # noqa: FBT001
        days: int,
        guardian: str,
        held: Mapping[Purpose, Hold],
    ) -> None:
        """Add another receipt; holding what it does not have is a defect on both."""
        self.both(
            lambda desk, unit: unit.add_receipt(
                person,
                desk.receipt(unit, person, purposes=purposes, face=face, days=days, guardian=guardian),
                held=held,
            )
        )

    @rule(person=PEOPLE, holds=st.sets(st.sampled_from(list(Hold))))
    def let_go(self, person: str, holds: set[Hold]) -> None:
        """Let go what waits."""
        self.both(lambda _, unit: unit.let_go(person, holds))

    @rule(person=PEOPLE)
    def add_reference(self, person: str) -> None:
        """Add a reference, if the gate permits anything."""
        self.both(lambda _, unit: unit.add_reference(permit(unit, person), template(person), []))

    @rule(person=PEOPLE, new=st.booleans())
    def replace_references(self, person: str, new: bool) -> None:  # noqa: FBT001
        """Take references away, and put a new one in their place or not."""

        def deed(_: Desk, unit: Unit) -> int:
            dropped = unit.drop_references(person)
            if new:
                unit.add_reference(loose_permit(unit, person, Purpose.FIND_ME), template(person), [crop(person, 1)])
            return dropped

        self.both(deed)

    @rule(person=PEOPLE)
    def embed_anew(self, person: str) -> None:
        """Renew a reference, whatever the gate says."""
        newer = replace(template(person, 32), model="newer 2")
        self.both(lambda _, unit: unit.renew_reference(loose_permit(unit, person, Purpose.FIND_ME), newer))

    @rule(person=PEOPLE)
    def sweep(self, person: str) -> None:
        """Sweep somebody; nothing is left to sweep then."""
        self.both(lambda _, unit: (unit.sweep(person), person in unit.due().unfounded))
        for desk in self.desks:
            assert person not in desk.due().unfounded

    @rule(person=PEOPLE)
    def forget(self, person: str) -> None:
        """Forget somebody, if the time has come."""
        self.both(lambda _, unit: unit.forget(person))

    @rule(person=PEOPLE, digest=LINKS)
    def link(self, person: str, digest: str) -> None:
        """Give somebody a private link; that of another is a defect on both."""
        self.both(lambda _, unit: unit.add_link(person, digest))

    @rule(person=PEOPLE)
    def act(self, person: str) -> None:
        """Let somebody do something themselves."""
        self.both(lambda _, unit: unit.note_act(person))

    @rule(days=st.sampled_from([1, 2, 40]))
    def set_policy(self, days: int) -> None:
        """Keep evidence for another time."""
        self.both(lambda _, unit: unit.set_policy(replace(POLICY, evidence_days=days)))

    @rule(path=PHOTOS, person=PEOPLE, verdict=st.sampled_from(list(Verdict)))
    def decide(self, path: str, person: str, verdict: Verdict) -> None:
        """Keep a human's word."""
        self.both(lambda desk, unit: unit.keep_decision(decision(path, person, verdict, at=desk.now)))

    @rule(path=PHOTOS, person=PEOPLE, purpose=st.sampled_from(list(Purpose)), place=st.integers(0, 2))
    def appear(self, path: str, person: str, purpose: Purpose, place: int) -> None:
        """Keep somebody at a box, whatever the gate says."""

        def deed(_: Desk, unit: Unit) -> bool:
            known = unit.photo(Path(path))
            return unit.keep_appearance(known.id if known else 7, place, loose_permit(unit, person, purpose))

        self.both(deed)

    @rule(photo_id=st.integers(1, 3), person=PEOPLE)
    def disappear(self, photo_id: int, person: str) -> None:
        """Take somebody out of a photo."""
        self.both(lambda _, unit: unit.drop_appearance(photo_id, person))

    @rule(photo_id=st.integers(1, 3), x=st.integers(-9, 9))
    def draw(self, photo_id: int, x: int) -> None:
        """Draw a box on a photo."""
        self.both(lambda _, unit: unit.add_box(photo_id, Box(x, 0, 50, 60)))

    @rule(total=st.integers(0, 9))
    def queue(self, total: int) -> None:
        """Leave work for later."""
        self.both(lambda _, unit: unit.queue_job("rescan", total=total))

    @rule(number=st.integers(0, 2), state=st.sampled_from(list(JobState)), done=st.integers(0, 9))
    def work(self, number: int, state: JobState, done: int) -> None:
        """Do some of it."""

        def deed(desk: Desk, unit: Unit) -> None:
            for job in unit.jobs()[number : number + 1]:
                unit.keep_job(replace(job, state=state, done=done, began_at=desk.now))

        self.both(deed)

    @rule(person=PEOPLE, purposes=PURPOSES)
    def withdraw(self, person: str, purposes: list[Purpose]) -> None:
        """Withdraw some purposes."""
        self.both(lambda _, unit: unit.withdraw(person, purposes))

    @rule(path=PHOTOS, people=st.lists(PEOPLE, max_size=3, unique=True), faces=st.integers(0, 4))
    def index(self, path: str, people: list[str], faces: int) -> None:
        """Index a photo in which some are matched who may be."""

        def deed(_: Desk, unit: Unit) -> int:
            found = {place: held for place, person in enumerate(people) for held in permits(unit, person)[:1]}
            return unit.keep_photo(photo(path, faces, found, roll=unit.roll()))

        self.both(deed)

    @rule(path=PHOTOS, person=PEOPLE)
    def rescan(self, path: str, person: str) -> None:
        """Match a photo anew."""

        def deed(_: Desk, unit: Unit) -> int:
            known = unit.photo(Path(path))
            found = dict.fromkeys([0], permits(unit, person)[0]) if permits(unit, person) else {}
            number = known.id if known else 7
            return unit.keep_matches(number, fingerprint=photo(path).fingerprint, roll=unit.roll(), matched=found)

        self.both(deed)

    @rule(path=PHOTOS, gone=st.booleans())
    def lose(self, path: str, gone: bool) -> None:  # noqa: FBT001
        """Keep that a photo is gone or broken."""

        def deed(_: Desk, unit: Unit) -> None:
            if gone:
                unit.keep_missing(Path(path))
            else:
                unit.keep_failure(Path(path), fingerprint="", size_bytes=0, modified_ns=0, why="cut short")

        self.both(deed)

    @rule(people=st.lists(PEOPLE, max_size=2, unique=True), where=st.sampled_from(["/out/a.jpg", "/out/b.jpg"]))
    def publish(self, people: list[str], where: str) -> None:
        """Take up a copy that shows those who may be shown."""
        self.copies += 1
        name = f"c-{self.copies}"

        def deed(desk: Desk, unit: Unit) -> None:
            shown = [one for person in people for one in permits(unit, person, Purpose.BE_SHOWN)]
            unit.add_publication(publication(name, shown, target=where, at=desk.now), shown)
            unit.record(
                entry(
                    EntryKind.PUBLISHED,
                    desk.now,
                    publication=name,
                    target_sha256=publication(name).target_fingerprint,
                )
            )

        self.both(deed)

    @precondition(lambda self: self.copies)
    @rule(data=st.data(), place=st.booleans())
    def settle(self, data: st.DataObject, place: bool) -> None:  # noqa: FBT001
        """Place a copy or drop it."""
        name = f"c-{data.draw(st.integers(1, self.copies))}"

        def deed(desk: Desk, unit: Unit) -> bool:
            live = unit.publication_permits_live(name)
            if place:
                unit.place_publication(name)
                unit.record(entry(EntryKind.PUBLICATION_SETTLED, desk.now, publication=name, placed=True))
            else:
                unit.drop_publication(name)
            return live

        self.both(deed)

    @rule(person=PEOPLE)
    def search(self, person: str) -> None:
        """Search for somebody, who may be there or not."""

        def deed(desk: Desk, unit: Unit) -> None:
            found = [one.id for one in unit.people() if one.id == person]
            unit.record(entry(EntryKind.SEARCHED, desk.now, *found, reason="yearbook"))

        self.both(deed)

    @rule()
    def end_searches(self) -> None:
        """End the record of the searches of some months, and of all that are due."""

        def deed(desk: Desk, unit: Unit) -> list[bool]:
            ended = [unit.forget_searches(month) for month in ("2026-05", "2027-02", *unit.due().searches)]
            unit.record(entry(EntryKind.SEARCHES_ENDED, desk.now, months=len(ended)))
            return ended

        self.both(deed)

    @rule(days=st.sampled_from([1, 2, 5, 300, -1]))
    def pass_time(self, days: int) -> None:
        """Let days go by, or set the clock back by one."""
        for desk in self.desks:
            desk.later(days=days)

    @rule(person=PEOPLE)
    def form_used(self, person: str) -> None:
        """Ask for the form of a person, by another."""
        self.both(lambda _, unit: unit.add_release("p-1", photo(person).fingerprint, form(person)))

    @invariant()
    def both_say_the_same(self) -> None:
        """Compare everything that can be read."""
        views = []
        for desk in self.desks:
            with desk.store.read(now=desk.now) as reading:
                views.append(view(reading))
        assert views[0] == views[1]


def permits(reading: Reading, person: str, *purposes: Purpose) -> list[Permit]:
    """Ask the gate for these purposes, or for those by which somebody is found."""
    found = []
    for purpose in purposes or (Purpose.FIND_ME, Purpose.BE_FOUND):
        with suppress(StopIteration):
            found.append(permit(reading, person, purpose))
    return found


def view(reading: Reading) -> tuple[object, ...]:
    """Read everything but what is drawn at random."""
    people = reading.people()
    return (
        people,
        sorted(
            (one.person, one.template.model, one.template.values.tolist(), one.strict) for one in reading.references()
        ),
        [
            [
                (stored.state, sorted(stored.consent.withdrawn.items()), sorted(stored.consent.held.items()))
                for stored in reading.receipts(person.id)
            ]
            for person in people
        ],
        [reading.enrolment_crops(person.id) for person in people],
        [reading.appearances_of(person.id, purpose) for person in people for purpose in Purpose],
        [
            (
                record,
                reading.boxes_of(record.path),
                list(reading.appearances_in(record.path).items()),
                reading.decisions(record.fingerprint),
            )
            for record in reading.photos()
        ],
        reading.photos_behind(seen_with=SEEN_WITH, limit=9),
        reading.photos_behind_count(seen_with=SEEN_WITH),
        reading.publications(),
        reading.roll(),
        reading.due(),
        reading.tombstones(),
        reading.policies(),
        reading.jobs(),
        [reading.linked(digest) for digest in (sha256_hex(b"a link"), sha256_hex(b"another link"))],
        [reading.receipts_since(person.last_act) for person in people],
        reading.ledger_edge().size,
        [finding.entry for finding in reading.ledger_findings()],
        [list(reading.findings_about(person)) for person in ("p-1", "p-2", "p-3")],
    )


TestTwins = Twins.TestCase
TestTwins.settings = settings(max_examples=15, stateful_step_count=24)
