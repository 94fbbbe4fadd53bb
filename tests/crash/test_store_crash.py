"""R39: a process killed at any moment leaves a library that opens, verifies, and has all that was acknowledged."""

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from countenance.consent import State
from countenance.errors import NoLibrary
from countenance.ledger import EntryKind
from countenance.ports import PublicationState
from library_desk import Desk, make_sql, open_sql

# Each kills one more process; set it higher for a longer hunt.
KILLS: Final = int(os.environ.get("COUNTENANCE_TEST_KILLS", "24"))
SUPPORT: Final = Path(__file__).resolve().parents[1] / "support"
OPENING_SECONDS: Final = 10.0
STARTING_SECONDS: Final = 60.0

# Does one deed after the other, and says after each what it was: a line that came out is an acknowledgement.
WORK: Final = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from countenance.consent import Purpose
from library_desk import Desk, open_sql

run = sys.argv[3]
desk = Desk(open_sql(Path(sys.argv[2])))
print("begun", flush=True)
number = 0
while True:
    number += 1
    person = f"p-{run}-{number}"
    desk.enrol(person)
    print("enrolled", person, flush=True)
    path = f"/photos/{run}-{number}.jpg"
    desk.index(path, 5, {2: desk.permit(person)})
    print("indexed", path, flush=True)
    copy = f"c-{run}-{number}"
    desk.publish(copy, [desk.permit(person, Purpose.BE_SHOWN)])
    print("published", copy, flush=True)
    desk.place(copy)
    print("placed", copy, flush=True)
    if number % 2:
        desk.withdraw(person)
        print("withdrawn", person, flush=True)
        print("wiped" if desk.store.wipe() else "unwiped", person, flush=True)
"""
MAKE: Final = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from library_desk import make_sql
print("begun", flush=True)
make_sql(Path(sys.argv[2])).close()
"""


def killed(script: str, folder: Path, run: int, after_seconds: float) -> list[list[str]]:
    """Run a script, kill it so long after it has begun, and give what it said."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script, str(SUPPORT), str(folder), str(run)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], STARTING_SECONDS)
        assert ready, "the process did not begin"
        time.sleep(after_seconds)
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read().decode()
    # A line that was cut off was not said.
    return [line.split() for line in said[: said.rfind("\n") + 1].splitlines()]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_what_was_acknowledged_survives_any_kill(tmp_path: Path) -> None:
    """R39: after each kill the library opens, verifies, holds every acknowledged deed, and none half-done."""
    folder = tmp_path / "library"
    make_sql(folder).close()
    generator = random.Random(5)  # noqa: S311  (the same moments in each run, as far as a machine allows)
    said: list[list[str]] = []
    for run in range(KILLS):
        said += killed(WORK, folder, run, generator.uniform(0.0, 0.25))
        began = time.monotonic()
        store = open_sql(folder)
        assert time.monotonic() - began < OPENING_SECONDS
        desk = Desk(store)
        assert desk.problems() == []
        check_acknowledged(desk, said)
        store.close()
    assert len(said) > KILLS


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


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_kill_while_making_leaves_a_library_or_none(tmp_path: Path) -> None:
    """R39: a library whose making was killed is whole, or not there and can be made."""
    for run in range(max(4, KILLS // 4)):
        folder = tmp_path / f"library-{run}"
        killed(MAKE, folder, run, 0.03 * run)
        try:
            store = open_sql(folder)
        except NoLibrary:
            store = make_sql(folder)
        desk = Desk(store)
        assert desk.problems() == []
        desk.enrol("p-ann")
        store.close()
