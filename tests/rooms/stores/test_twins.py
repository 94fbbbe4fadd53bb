"""The in-memory store and the SQL store are twins: whatever is done to both, both say the same."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from countenance.consent import Permit, Purpose
from countenance.errors import CountenanceError
from countenance.ledger import EntryKind
from countenance.ports import Reading, Unit
from countenance.stores import MemoryStore
from library_desk import (
    POLICY,
    SEEN_WITH,
    Desk,
    entry,
    first_entry,
    form,
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
        assert self.desks[1].problems() == []
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

    @rule(person=PEOPLE, purposes=PURPOSES, face=st.booleans(), days=st.sampled_from([1, 3, 300]))
    def enrol(self, person: str, purposes: list[Purpose], face: bool, days: int) -> None:  # noqa: FBT001
        """Enrol somebody; a person who is there already is a defect on both."""
        self.both(lambda desk, unit: desk.take_up(unit, person, purposes=purposes, face=face, days=days))

    @rule(person=PEOPLE, purposes=PURPOSES, face=st.booleans(), days=st.sampled_from([1, 3, 300]))
    def consent_again(self, person: str, purposes: list[Purpose], face: bool, days: int) -> None:  # noqa: FBT001
        """Add another receipt."""
        self.both(
            lambda desk, unit: unit.add_receipt(
                person, desk.receipt(unit, person, purposes=purposes, face=face, days=days)
            )
        )

    @rule(person=PEOPLE)
    def add_reference(self, person: str) -> None:
        """Add a reference, if the gate permits anything."""
        self.both(lambda _, unit: unit.add_reference(permit(unit, person), template(person), []))

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

    @rule(days=st.sampled_from([1, 2, 5]))
    def pass_time(self, days: int) -> None:
        """Let days go by."""
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
        [(reference.person, reference.template.values.tolist()) for reference in reading.references()],
        [
            [(stored.state, sorted(stored.consent.withdrawn.items())) for stored in reading.receipts(person.id)]
            for person in people
        ],
        [reading.appearances_of(person.id, purpose) for person in people for purpose in Purpose],
        list(reading.photos()),
        reading.photos_behind(seen_with=SEEN_WITH, limit=9),
        reading.photos_behind_count(seen_with=SEEN_WITH),
        reading.publications(),
        reading.roll(),
        reading.ledger_edge().size,
        [finding.entry for finding in reading.ledger_findings()],
    )


TestTwins = Twins.TestCase
TestTwins.settings = settings(max_examples=10, stateful_step_count=16)
