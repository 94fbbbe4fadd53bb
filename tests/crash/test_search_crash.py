"""R24, R39: a process killed at any step of a search leaves an entry for every answer that anybody saw."""

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from countenance.consent import Purpose
from countenance.ledger import EntryKind, verify
from library_desk import BIRTH, Desk, make_sql, open_sql
from nursery import Nursery, workers
from small_house import House

# So many are killed at random moments, beside those that die at each step.
NIGHTLY: Final = settings.get_current_profile_name() == "nightly"
KILLS: Final = int(os.environ.get("COUNTENANCE_TEST_KILLS", "1000" if NIGHTLY else "8"))

# The place of the last entry before anybody is killed.
LAST_BEFORE: Final = 6
# The beginning of SQLite's log, and a page of 4,096 bytes in it (file format, section 4.1).
LOG_HEADER_BYTES: Final = 32
FRAME_BYTES: Final = 24 + 4096
# A library that grows makes each look at it longer and shows nothing more, so that it begins anew after so many.
ROUND: Final = 50

# A worker searches and says what it was answered: what it said is what somebody saw. One counts its steps and dies at
# the one that it is told (0: at none, and it says which there are). After a SELECT no file is touched until the next
# statement, so the two moments are one step.
DEEDS: Final = """
import os, signal, tempfile
from moments import moments
from library_desk import BIRTH
from small_house import House

def opened(folder):
    house = House(folder, BIRTH)
    house.use(open_sql(folder / "library"))
    say("begun")
    return house.library

# What is loaded and put together at the first search each worker has already. Nothing stays open.
with tempfile.TemporaryDirectory() as folder:
    house = House(Path(folder), BIRTH)
    house.use(make_sql(house.folder / "library"))
    house.enrol("Ada Moss", 7)
    house.library.search(house.photo("probe.png", [7]), reason="to be warm")
    house.library.close()
    del house

def searched(library, folder, reason):
    answers = library.search(folder / "probe.png", reason=reason)
    return "answered", answers.entry, reason, *(one.person for one in answers.answers)

def step_by_step(folder, run):
    library, steps = opened(folder), []
    reason, _, last = run.partition("@")

    def step(moment, _=None):
        if moment.startswith("after SELECT"):
            return
        steps.append(moment)
        if len(steps) == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

    with moments(step):
        answer = searched(library, folder, reason)
        step("before the answer")
        say(*answer)
        step("after the answer")
    for moment in steps if last == "0" else ():
        say("step", *moment.split())

def again_and_again(folder, run):
    library = opened(folder)
    while True:
        say(*searched(library, folder, run))
"""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Give workers."""
    yield from workers(DEEDS)


@pytest.fixture(scope="module")
def town_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small library once: Ada may be found, Ben only finds himself; both are in two photos."""
    house = House(tmp_path_factory.mktemp("town"), BIRTH)
    house.use(make_sql(house.folder / "library"))
    house.enrol("Ada Moss", 7)
    house.enrol("Ben Oak", 8, [Purpose.FIND_ME])
    for name in ("party.png", "trip.png"):
        house.photo(name, [7, 8])
    house.library.index([house.folder / "photos"])
    probe = house.photo("../probe.png", [7])
    # With the entry that comes next, the eighth, nodes of the ledger's tree on three levels are whole.
    while house.library.search(probe, reason="before").entry < LAST_BEFORE:
        pass
    house.library.close()
    return house.folder


@pytest.fixture
def town(town_once: Path, tmp_path: Path) -> Path:
    """Give the folder of a copy of it."""
    return shutil.copytree(town_once, tmp_path / "town")


def check(town: Path, said: list[list[str]], run: str, *, whole: bool = True) -> tuple[int, int]:
    """See that each answer has its entry at its place, and that the ledger verifies, or the whole library.

    Gives how many answers there were in this run, and how many entries.
    """
    desk = Desk(open_sql(town / "library"))
    with desk.store.read(now=desk.now) as reading:
        assert verify((sealed for _, sealed in reading.ledger_rows()), reading.ledger_edge()).ok
        kept = {
            str(finding.index): [finding.entry.body["reason"], *finding.entry.concerns]
            for finding in reading.ledger_findings()
            if finding.entry is not None and finding.entry.kind is EntryKind.SEARCHED
        }
    if whole:
        assert desk.problems() == []
    desk.store.close()
    answers = [words[1:] for words in said if words[0] == "answered"]
    assert all(kept[place] == told for place, *told in answers)
    recorded = sum(reason == run for reason, *_ in kept.values())
    # The ledger says more than was told, never less, and only of the one search that was cut off.
    assert recorded - len(answers) in {0, 1}
    return len(answers), recorded


def test_a_search_killed_at_each_step_is_recorded_or_tells_nothing(nursery: Nursery, town: Path) -> None:
    """R24: before and after each statement, the commit and the answer: no answer without an entry, no half an entry."""
    fresh = shutil.copytree(town / "library", town / "fresh")
    said = nursery.ended("step_by_step", town, "whole@0")
    steps = [" ".join(words[1:]) for words in said if words[0] == "step"]
    assert check(town, said, "whole") == (1, 1)
    written = steps.index("after BEGIN IMMEDIATE")
    committed = len(steps) - 1 - steps[::-1].index("after COMMIT")
    changes = {step.split()[3] for step in steps[written:committed] if step.startswith("after INSERT")}
    assert changes == {"ledger", "nodes"}
    assert steps[committed:] == ["after COMMIT", "before the answer", "after the answer"]
    for number, step in enumerate(steps):
        # Of reads that follow one another the first is enough for each day: none of them touches a file.
        if not NIGHTLY and step.startswith("before SELECT") and steps[number - 1].startswith("before SELECT"):
            continue
        run = f"step-{number}"
        put_back(fresh, town)
        said = nursery.ended("step_by_step", town, f"{run}@{number + 1}")
        # It is recorded from the commit on, and told after that.
        outcome = (int(step == "after the answer"), int(number >= committed))
        assert check(town, said, run, whole=number == committed) == outcome, step


def put_back(fresh: Path, town: Path) -> None:
    """Put the library back as it was."""
    shutil.rmtree(town / "library")
    shutil.copytree(fresh, town / "library")


def test_a_log_cut_off_anywhere_holds_a_search_whole_or_not_at_all(nursery: Nursery, town: Path) -> None:
    """R24: while the log is written, at the commit, the search is in it with all that belongs to it, or not at all."""
    library = town / "library"
    fresh = shutil.copytree(library, town / "fresh")
    said = nursery.ended("step_by_step", town, "whole@0")
    died = len([words for words in said if words[0] == "step"]) - 2
    put_back(fresh, town)
    assert nursery.ended("step_by_step", town, f"cut@{died}") == [["begun"]]
    log = (library / "library.db-wal").read_bytes()
    frames = range(LOG_HEADER_BYTES, len(log) + 1, FRAME_BYTES)
    assert len(log) == frames[-1] > frames[1]
    recorded = []
    for length in [*frames[:-1], len(log) - FRAME_BYTES // 2, len(log)]:
        put_back(fresh, town)
        (library / "library.db-wal").write_bytes(log[:length])
        recorded.append(check(town, [], "cut"))
    # What the log holds counts from its last frame on, which is the commit.
    assert recorded == [*[(0, 0)] * (len(recorded) - 1), (0, 1)]


def test_searches_killed_at_random_moments_leave_an_entry_for_each_answer(nursery: Nursery, town: Path) -> None:
    """R24, R39: wherever a process that searches is killed, each answer that it gave has its entry."""
    generator = random.Random(13)  # noqa: S311  (the same moments in each run, as far as a machine allows)
    fresh = shutil.copytree(town / "library", town / "fresh")
    found = Counter[str]()
    nursery.ended("step_by_step", town, "loaded@0")
    began = time.monotonic()
    nursery.ended("step_by_step", town, "measured@0")
    # In so many seconds a worker here begins and is answered: a few answers for each, on a busy machine as on another.
    enough = 3 * (time.monotonic() - began)
    while found["killed"] < KILLS or (not found["answers"] and found["killed"] < 20 * KILLS):
        if found["killed"] % ROUND == ROUND - 1:
            put_back(fresh, town)
        run = f"run-{found['killed']}"
        said = nursery.killed("again_and_again", town, run, generator.uniform(0.0, enough))
        answers, recorded = check(town, said, run, whole=found["killed"] % 10 == 0)
        found.update(killed=1, answers=answers, untold=recorded - answers)
    check(town, [], "")
    assert found["answers"] > 0
