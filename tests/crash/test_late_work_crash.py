"""R39: work left for later and copies being covered again, killed at any moment, are finished by the next run."""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image

from by_hand import places
from countenance.faces import Box
from countenance.journeys.enrol import EnrolmentForm
from countenance.journeys.publish import Order, settle
from countenance.ledger import EntryKind
from countenance.photos import fingerprint_file
from countenance.ports import JobState, Look, Publication, PublicationState
from countenance.vision import StubVision
from library_desk import BIRTH, make_sql, open_sql
from nursery import Nursery, workers
from small_house import ALL, STEWARD, House

# Each kills one more process; set it higher for a longer hunt.
KILLS: Final = int(os.environ.get("COUNTENANCE_TEST_KILLS", "24")) // 2
# Longer than any of them takes: so long nobody is killed.
ENDING_SECONDS: Final = 60.0
PHOTOS, COPIES, UNCLEAR = 60, 12, 30
ADA, BEN = Box(40, 60, 96, 96), Box(300, 60, 96, 96)

DEEDS: Final = """
from countenance.vision import StubVision
from library_desk import BIRTH
from small_house import House

def opened(folder):
    house = House(folder, BIRTH)
    house.use(open_sql(folder / "library"))
    say("begun")
    return house.library

def jobs(folder, run):
    opened(folder).run_jobs()
    say("finished")

def calibrate(folder, run):
    opened(folder).calibrate(StubVision.ladder((10, 0.88, 0.9)))
    say("finished")

def republish(folder, run):
    opened(folder).republish()
    say("finished")
"""


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    """Give workers."""
    yield from workers(DEEDS)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give a house whose library is on the disk."""
    made = House(tmp_path, BIRTH)
    made.use(make_sql(tmp_path / "library"))
    return made


def until_finished(
    nursery: Nursery, what: str, house: House, check: Callable[[House], None], *, kills: int = KILLS
) -> int:
    """Kill workers, each a little later, until one has finished; check after each. Gives how many were killed."""
    generator = random.Random(7)  # noqa: S311  (the same moments in each run, as far as a machine allows)
    house.library.close()
    for number in range(kills + 1):
        after = generator.uniform(0.0, 0.25) if number < kills else ENDING_SECONDS
        finished = _worked(nursery, what, house.folder, after)
        house.use(open_sql(house.folder / "library"))
        settle(house.store, actor=STEWARD, clock=house.clock)
        assert all(one.ok for one in house.store.verify(now=house.now))
        check(house)
        if finished:
            return number
        house.library.close()
    raise AssertionError("it was never finished")


def _worked(nursery: Nursery, what: str, folder: Path, after_seconds: float) -> bool:
    if after_seconds < ENDING_SECONDS:
        return ["finished"] in nursery.killed(what, folder, "0", after_seconds)
    last = House(folder, BIRTH)
    last.use(open_sql(folder / "library"))
    match what:
        case "jobs":
            last.library.run_jobs()
        case "calibrate":
            last.library.calibrate(StubVision.ladder((10, 0.88, 0.9)))
        case _:
            last.library.republish()
    last.library.close()
    return True


def test_a_job_killed_at_any_moment_is_finished_and_never_said_to_be_too_early(nursery: Nursery, house: House) -> None:
    """R14, R39, R43: progress is never ahead of the work; nothing is lost; in the end everybody is found everywhere."""
    for number in range(PHOTOS):
        house.photo(f"{number:02}.png", [7, 100 + number])
    house.library.index([house.folder / "photos"])
    portrait = house.photo("../portraits/ada.png", [7])
    house.library.enrol(EnrolmentForm("Ada Moss", (portrait,), house.release("Ada"), ALL), later=True)
    done = [0]

    def check(now: House) -> None:
        (job,) = now.library.jobs()
        with now.store.read(now=now.now) as reading:
            behind = reading.photos_behind_count(seen_with=now.matcher().seen_with)
        assert (job.total, job.done) == (PHOTOS, PHOTOS - behind)
        assert (job.state is JobState.DONE) == (not behind)
        assert len(places(now, "Ada Moss")) == job.done >= done[0]
        done[0] = job.done

    until_finished(nursery, "jobs", house, check)
    assert len(places(house, "Ada Moss")) == PHOTOS
    house.library.close()


def test_a_calibration_killed_at_any_moment_is_in_force_with_its_entry_and_its_work_or_not(
    nursery: Nursery, house: House
) -> None:
    """R36, R39: thresholds, entry and job are there together or not at all; in the end all photos follow them."""
    house.enrol("Ada Moss", 7)
    for number in range(UNCLEAR):
        house.photo(f"{number:02}.png", [7, 100 + number], unclear=[7])
    house.library.index([house.folder / "photos"])
    assert len(places(house, "Ada Moss")) == UNCLEAR

    def check(now: House) -> None:
        with now.store.read(now=now.now) as reading:
            kept, jobs = reading.calibrations(), reading.jobs()
            behind = reading.photos_behind_count(seen_with=now.matcher().seen_with)
        told = [entry.body["calibration_sha256"] for entry in now.entries(EntryKind.CALIBRATED)]
        assert told == [version.calibration.sha256 for version in kept]
        assert len(jobs) == len(kept)
        assert len(places(now, "Ada Moss")) == (behind if kept else UNCLEAR)

    until_finished(nursery, "calibrate", house, check, kills=KILLS // 3)
    assert not places(house, "Ada Moss")
    house.library.close()


def test_copies_killed_while_covered_again_are_old_or_new(nursery: Nursery, house: House) -> None:
    """R6, R39: each place has the stale copy, listed as such, or the covered one; nothing half-done lies about."""
    for name, identity in (("Ada Moss", 7), ("Ben Oak", 8)):
        house.enrol(name, identity)
    for number in range(COPIES):
        path = house.folder / f"photos/{number:02}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(StubVision.draw((440, 200 + number), [(ADA, 7), (BEN, 8)])).save(path)
    out = house.folder / "out"
    assert len(house.library.publish([house.folder / "photos"], out, Order(reviewed_by="R. Stone")).copies) == COPIES
    house.library.withdraw("Ada Moss")

    def check(now: House) -> None:
        copies = _copies(now)
        assert len(copies) == COPIES
        assert list(out.glob(".*")) == []
        for copy in copies:
            assert fingerprint_file(copy.target) == copy.target_fingerprint
            seen = [ADA, BEN] if copy.state is PublicationState.STALE else [BEN]
            pixels = np.asarray(Image.open(copy.target).convert("RGB"))
            assert sorted(face.box for face in now.vision.detect(pixels, Look.PUBLISHING)) == seen

    until_finished(nursery, "republish", house, check)
    assert {copy.state for copy in _copies(house)} == {PublicationState.PLACED}
    house.library.close()


def _copies(house: House) -> tuple[Publication, ...]:
    with house.store.read(now=house.now) as reading:
        return reading.publications()
