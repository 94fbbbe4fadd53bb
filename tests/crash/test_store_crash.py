"""R39: a process killed at any moment leaves a library that opens, verifies, and has all that was acknowledged."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from countenance.consent import State
from countenance.errors import NoLibrary
from countenance.ledger import EntryKind
from countenance.ports import PublicationState
from library_desk import Desk, make_sql, open_sql
from nursery import Nursery, workers

# Each kills one more process; set it higher for a longer hunt.
KILLS: Final = int(os.environ.get("COUNTENANCE_TEST_KILLS", "24"))
OPENING_SECONDS: Final = 10.0

DEEDS: Final = """
def make(folder, run):
    say("begun")
    make_sql(folder / run).close()
    say("made", run)

def work(folder, run):
    desk = Desk(open_sql(folder))
    say("begun")
    number = 0
    while True:
        number += 1
        person, path, copy = f"p-{run}-{number}", f"/photos/{run}-{number}.jpg", f"c-{run}-{number}"
        desk.enrol(person)
        say("enrolled", person)
        desk.index(path, 5, {2: desk.permit(person)})
        say("indexed", path)
        desk.publish(copy, [desk.permit(person, Purpose.BE_SHOWN)])
        say("published", copy)
        desk.place(copy)
        say("placed", copy)
        if number % 2:
            desk.withdraw(person)
            say("withdrawn", person)
            say("wiped" if desk.store.wipe() else "unwiped", person)
"""


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    """Give workers."""
    yield from workers(DEEDS)


def test_what_was_acknowledged_survives_any_kill(nursery: Nursery, tmp_path: Path) -> None:
    """R39: after each kill the library opens, verifies, holds every acknowledged deed, and none half-done."""
    folder = tmp_path / "library"
    make_sql(folder).close()
    generator = random.Random(5)  # noqa: S311  (the same moments in each run, as far as a machine allows)
    said: list[list[str]] = []
    for run in range(5 * KILLS):
        said += nursery.killed("work", folder, str(run), generator.uniform(0.0, 0.15))
        began = time.monotonic()
        store = open_sql(folder)
        assert time.monotonic() - began < OPENING_SECONDS
        desk = Desk(store)
        assert desk.problems() == []
        check_acknowledged(desk, said)
        store.close()
        # On a busy machine the first of them may not get to a deed before they are killed.
        if run >= KILLS and len(said) > 2 * KILLS:
            break
    assert {what for what, *_ in said} > {"begun"}


def check_acknowledged(desk: Desk, said: list[list[str]]) -> None:
    """Compare what the killed processes said with what the library holds, and with its ledger."""
    with desk.store.read(now=desk.now) as reading:
        people = {person.id: person for person in reading.people()}
        photos = {str(record.path) for record in reading.photos()}
        copies = {copy.id: copy.state for copy in reading.publications()}
        kinds = [finding.entry.kind for finding in reading.ledger_findings() if finding.entry is not None]
    withdrawn = {words[1] for words in said if words[0] == "withdrawn"}
    for what, *name in said:
        if what == "enrolled":
            assert people[name[0]].name == f"Name of {name[0]}"
        elif what == "indexed":
            assert name[0] in photos
        elif what == "published":
            assert name[0] in copies
        elif what == "placed":
            assert copies[name[0]] in {PublicationState.PLACED, PublicationState.STALE}
        elif what == "withdrawn":
            assert people[name[0]].state is State.WITHDRAWN
    # Nobody is half-enrolled or half-withdrawn, and no deed is without its entry.
    assert all(person.has_template == (person.state is State.GIVEN) for person in people.values())
    assert withdrawn <= people.keys()
    assert kinds.count(EntryKind.ENROLLED) == len(people)
    assert kinds.count(EntryKind.INDEXED) == len(photos)
    assert kinds.count(EntryKind.PUBLISHED) == len(copies)
    assert kinds.count(EntryKind.WITHDRAWN) == sum(person.state is State.WITHDRAWN for person in people.values())


def test_a_kill_while_making_leaves_a_library_or_none(nursery: Nursery, tmp_path: Path) -> None:
    """R39: a library whose making was killed is whole, or not there and can be made."""
    for run in range(max(8, KILLS // 4)):
        folder = tmp_path / f"library-{run}"
        nursery.killed("make", tmp_path, folder.name, 0.015 * run)
        try:
            store = open_sql(folder)
        except NoLibrary:
            store = make_sql(folder)
        desk = Desk(store)
        assert desk.problems() == []
        desk.enrol("p-ann")
        store.close()
