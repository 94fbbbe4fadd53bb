"""Jobs: what an opt-in leaves for later is told, resumed, done once, and finds what a fresh index finds (R14, R43)."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Never

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from by_hand import face, index, places, say, tag
from countenance.consent import Purpose
from countenance.errors import PhotoProblem
from countenance.faces import Box, Seen, Template
from countenance.journeys.enrol import EnrolmentForm
from countenance.journeys.rescan import BATCH_PHOTOS, rescan
from countenance.ledger import EntryKind
from countenance.library._eyes import OwnEyes
from countenance.ports import Job, JobState, KnownPhoto, Pixels, Verdict
from countenance.vision import StubVision
from library_desk import BIRTH
from small_house import ALL, STEWARD, House


def later(house: House, name: str, identity: int) -> None:
    """Enrol somebody and leave the photos indexed before for later."""
    portrait = house.photo(f"../portraits/{name}.png", [identity])
    house.library.enrol(EnrolmentForm(name, (portrait,), house.release(name), ALL), later=True)


def school(house: House, photos: int = 5) -> None:
    """Index so many photos of 7 and 8."""
    for number in range(photos):
        house.photo(f"{number:02}.png", [7, 8, 20 + number])
    index(house)


def told(jobs: Iterable[Job]) -> list[tuple[JobState, int, int, int]]:
    """Give state, photos done, photos in all and photos failed of each."""
    return [(job.state, job.done, job.total, job.failed) for job in jobs]


@dataclass(slots=True)
class Stopping:
    """Eyes that stop after some photos: as Ctrl-C does, or as a process does that is killed."""

    eyes: OwnEyes
    after: int

    def look(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Seen | PhotoProblem]]:
        """Look as the eyes do."""
        return self.eyes.look(paths)

    def look_again(self, photos: Iterable[KnownPhoto]) -> Iterator[tuple[KnownPhoto, Seen | PhotoProblem]]:
        """Look until stopped."""
        for number, seen in enumerate(self.eyes.look_again(photos)):
            if number == self.after:
                raise KeyboardInterrupt
            yield seen


def stopped_after(house: House, photos: int) -> None:
    """Run the jobs until so many photos are looked at."""
    with pytest.raises(KeyboardInterrupt):
        rescan(
            store=house.store,
            eyes=Stopping(OwnEyes(house.vision), photos),
            matcher=house.matcher(),
            actor=STEWARD,
            clock=house.clock,
            progress=house.steps.append,
        )


def test_an_opt_in_leaves_a_job(house: House) -> None:
    """R14: enrolling after indexing leaves a job; running it finds the person in what was indexed before."""
    school(house)
    later(house, "Ada Moss", 7)
    (job,) = house.library.jobs()
    assert (job.kind, job.state, job.queued_at, job.began_at) == ("rescan", JobState.QUEUED, house.now, None)
    assert told([job]) == [(JobState.QUEUED, 0, 5, 0)]
    assert places(house, "Ada Moss") == {}
    house.pass_time(hours=1)
    done = house.library.run_jobs(progress=house.steps.append)
    assert (done.photos, done.matched, done.appearances) == (5, 5, 5)
    assert len(places(house, "Ada Moss")) == 5
    (job,) = house.library.jobs()
    assert told([job]) == [(JobState.DONE, 5, 5, 0)]
    assert (job.began_at, job.ended_at) == (house.now, house.now)
    assert (house.steps[-1].done, house.steps[-1].total) == (5, 5)


def test_no_job_is_left_where_there_is_nothing_to_do(house: House) -> None:
    """R43: enrolling before indexing, and enrolling without a face, leaves no job."""
    house.enrol("Ada Moss", 7)
    school(house)
    house.library.enrol(EnrolmentForm("Cleo Fern", (), house.release("Cleo"), ALL))
    assert house.library.jobs() == ()
    assert house.library.run_jobs().photos == 0
    assert house.entries(EntryKind.RESCANNED) == []


def test_a_failed_enrolment_leaves_no_job(house: House) -> None:
    """R43: an enrolment that is refused leaves nothing, so that no job speaks of nobody."""
    school(house)
    portrait = house.photo("../portraits/two.png", [7, 8])
    with pytest.raises(Exception, match="faces are in"):
        house.library.enrol(EnrolmentForm("Ada", (portrait,), house.release("Ada"), ALL))
    assert house.library.jobs() == ()


def test_several_enrolments_make_one_pass(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14: three people who join make three jobs, and each photo is looked at once for all of them."""
    school(house)
    for name, identity in (("Ada Moss", 7), ("Ben Oak", 8), ("Dora Pine", 20)):
        later(house, name, identity)
    embedded: list[int] = []
    embed = StubVision.embed

    def counted(self: StubVision, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        embedded.append(len(boxes))
        return embed(self, pixels, boxes)

    monkeypatch.setattr(StubVision, "embed", counted)
    house.library.run_jobs()
    assert len(embedded) == 5
    assert told(house.library.jobs()) == [(JobState.DONE, 5, 5, 0)] * 3
    assert [len(places(house, name)) for name in ("Ada Moss", "Ben Oak", "Dora Pine")] == [5, 5, 1]


def test_an_interrupted_job_goes_on_where_it_was(house: House) -> None:
    """R43: what was finished before Ctrl-C is told and not done again."""
    school(house, BATCH_PHOTOS + 6)
    later(house, "Ada Moss", 7)
    stopped_after(house, BATCH_PHOTOS + 3)
    began = house.now
    assert told(house.library.jobs()) == [(JobState.RUNNING, BATCH_PHOTOS + 3, BATCH_PHOTOS + 6, 0)]
    house.pass_time(hours=1)
    assert len(places(house, "Ada Moss")) == BATCH_PHOTOS + 3
    assert house.library.run_jobs().photos == 3
    (job,) = house.library.jobs()
    assert told([job]) == [(JobState.DONE, BATCH_PHOTOS + 6, BATCH_PHOTOS + 6, 0)]
    assert (job.began_at, job.ended_at) == (began, house.now)
    assert len(places(house, "Ada Moss")) == BATCH_PHOTOS + 6


def test_who_joins_meanwhile_is_in_the_same_pass(house: House) -> None:
    """R43: a job that somebody else's enrolment overtakes is not done before no photo is behind."""
    school(house, BATCH_PHOTOS + 6)
    later(house, "Ada Moss", 7)
    stopped_after(house, BATCH_PHOTOS)
    later(house, "Ben Oak", 8)
    first, second = house.library.jobs()
    assert told([first, second]) == [
        (JobState.RUNNING, BATCH_PHOTOS, BATCH_PHOTOS + 6, 0),
        (JobState.QUEUED, 0, BATCH_PHOTOS + 6, 0),
    ]
    house.library.run_jobs()
    assert [job.state for job in house.library.jobs()] == [JobState.DONE] * 2
    assert len(places(house, "Ada Moss")) == len(places(house, "Ben Oak")) == BATCH_PHOTOS + 6


def test_a_photo_that_fails_keeps_the_job_from_being_done(house: House) -> None:
    """R43: a job is failed as long as a photo of it could not be matched, and is tried again by the next run."""
    school(house)
    later(house, "Ada Moss", 7)
    away = house.folder / "photos" / "02.png"
    kept = away.rename(house.folder / "02.png")
    assert [known.path.name for known, _ in house.library.run_jobs().failed] == ["02.png"]
    assert told(house.library.jobs()) == [(JobState.FAILED, 4, 5, 1)]
    assert len(house.library.run_jobs().failed) == 1
    kept.rename(away)
    house.library.run_jobs()
    assert told(house.library.jobs()) == [(JobState.DONE, 5, 5, 0)]
    assert len(places(house, "Ada Moss")) == 5


def test_indexing_finishes_jobs_too(house: House) -> None:
    """R43: photos that were looked at again, or are gone, are left by no job."""
    school(house)
    later(house, "Ada Moss", 7)
    (house.folder / "photos" / "00.png").unlink()
    index(house, again=True)
    assert told(house.library.jobs()) == [(JobState.DONE, 5, 5, 0)]
    assert len(places(house, "Ada Moss")) == 4


def test_each_batch_is_an_entry(house: House) -> None:
    """R24: progress is kept with the work it tells of, in one transaction with its entry."""
    school(house, BATCH_PHOTOS + 6)
    later(house, "Ada Moss", 7)
    house.library.run_jobs()
    bodies = [entry.body for entry in house.entries(EntryKind.RESCANNED)]
    assert [(body["photos"], body["appearances"]) for body in bodies] == [(BATCH_PHOTOS, BATCH_PHOTOS), (6, 6)]


def blind(*_: object, **__: object) -> Never:
    """Detect nothing, ever."""
    raise AssertionError("a known photo was detected again")


Layout = list[tuple[int, int, bool]]
LAYOUTS = st.lists(
    st.lists(st.tuples(st.integers(7, 10), st.sampled_from([44, 64, 96]), st.booleans()), max_size=4),
    min_size=1,
    max_size=4,
)


def drawn(folder: Path, layouts: list[Layout]) -> None:
    """Draw a photo for each layout: faces of these identities, sizes and clearness, side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, layout in enumerate(layouts):
        left, patches = 12, []
        for identity, side, _ in layout:
            patches.append((Box(left, 20 + side // 8, side, side), identity))
            left += side + 16
        unclear = [identity for identity, _, dim in layout if dim]
        pixels = StubVision.draw((left + 100, 150 + number), patches, unclear=unclear)
        Image.fromarray(np.ascontiguousarray(pixels)).save(folder / f"{number}.png")


@settings(max_examples=20)
@given(layouts=LAYOUTS, rejected=st.booleans(), tagged=st.booleans())
def test_late_opt_in_finds_what_a_fresh_index_finds(
    tmp_path_factory: pytest.TempPathFactory, layouts: list[Layout], *, rejected: bool, tagged: bool
) -> None:
    """R14: whatever the photos show, those who join late are where a fresh index puts them, and nothing is detected.

    Words of humans are in force in both.
    """
    folder = tmp_path_factory.mktemp("houses")
    drawn(folder / "late/photos", layouts)
    late, fresh = House(folder / "late", BIRTH), House(folder / "fresh", BIRTH)
    late.enrol("Ben Oak", 8)
    index(late)
    _speak(late, rejected=rejected, tagged=tagged)
    for name, identity in (("Ada Moss", 7), ("Dora Pine", 9)):
        later(late, name, identity)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StubVision, "detect", blind)
        late.library.run_jobs()
    shutil.copytree(folder / "late/photos", folder / "fresh/photos")
    for name, identity in (("Ben Oak", 8), ("Ada Moss", 7), ("Dora Pine", 9)):
        fresh.enrol(name, identity)
    index(fresh)
    _speak(fresh, rejected=rejected, tagged=tagged)
    index(fresh, again=True)
    for name in ("Ada Moss", "Ben Oak", "Dora Pine"):
        assert places(late, name) == places(fresh, name)


def _speak(house: House, *, rejected: bool, tagged: bool) -> None:
    """Say that Ben is not in the first photo, or at a place where no face is."""
    if tagged:
        tag(house, "0.png", "Ben Oak", Box(2, 130, 12, 12))
    elif rejected:
        say(house, Verdict.REJECTED, "0.png", "Ben Oak")


def test_a_rescan_overrides_no_human(house: House) -> None:
    """R14: of two who look alike to the machine, the one whom a human placed stays, whoever joins."""
    house.photo("party.png", [7, 8])
    index(house)
    house.library.enrol(EnrolmentForm("Cleo Fern", (), house.release("Cleo"), (Purpose.FIND_ME,)))
    tag(house, "party.png", "Cleo Fern", face(0))
    later(house, "Ada Moss", 7)
    house.library.run_jobs()
    assert (places(house, "Cleo Fern"), places(house, "Ada Moss")) == ({"party.png": face(0)}, {})
