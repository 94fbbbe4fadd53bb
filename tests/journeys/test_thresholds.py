"""R36: the thresholds step with the number of people enrolled, and nothing is compared beyond what was measured."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from countenance.consent import Hold
from countenance.errors import FaceTooPoor, GalleryUnmeasured
from countenance.faces import Box, Face, Template
from countenance.journeys.decide import Word
from countenance.journeys.publish import Order
from countenance.ledger import EntryKind
from countenance.library import Library
from countenance.ports import JobState, Look, Pixels, Verdict
from countenance.vision import StubVision
from small_house import STEWARD, House

# A face that is drawn unclear scores 0.85: it is found and shown among few people, and neither among more.
FEW, MORE = (10, 0.8, 0.84), (20, 0.88, 0.9)
ADA, STRANGER = 1, 4000
LATER = "stub-embedder/2"


def house_of(folder: Path, now: datetime, *steps: tuple[int, float, float]) -> House:
    """Give an empty house whose thresholds were measured in these steps."""
    return House(folder, now, vision=StubVision(calibration=StubVision.ladder(*steps)))


def grown(house: House, people: int) -> None:
    """Enrol Ada and others until there are so many people."""
    already = len(house.library.people())
    for number in range(already, people):
        house.enrol("Ada Moss" if number == 0 else f"Person {number}", ADA + number)


def found(house: House, identity: int, *, unclear: bool = False) -> list[str]:
    """Search by a fresh photo of an identity; give the names found."""
    probe = house.photo("../probes/probe.png", [identity], unclear=[identity] if unclear else [])
    return [answer.name for answer in house.library.search(probe, reason="her aunt asks").answers]


def indexed(house: House) -> dict[str, set[str]]:
    """Give who is in which photo."""
    with house.store.read(now=house.now) as reading:
        return {record.path.name: set(reading.appearances_in(record.path).values()) for record in reading.photos()}


class Watched(StubVision):
    """Drawn eyes, measured with one person only, that note what they were asked."""

    def __init__(self) -> None:
        super().__init__(calibration=StubVision.ladder((1, 0.8, 0.84)))
        self.asked: list[str] = []

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Note it."""
        self.asked.append("detect")
        return super().detect(pixels, look)

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Note it."""
        self.asked.append("embed")
        return super().embed(pixels, boxes)


def test_the_thresholds_step_when_the_gallery_has_grown_by_more_than_a_tenth(tmp_path: Path, now: datetime) -> None:
    """R36: eleven people are still compared as ten are, twelve by the next step: an unclear face is found no more."""
    house = house_of(tmp_path, now, FEW, MORE)
    grown(house, 11)
    assert found(house, ADA, unclear=True) == ["Ada Moss"]
    grown(house, 12)
    assert found(house, ADA, unclear=True) == []
    assert found(house, ADA) == ["Ada Moss"]


def test_a_late_opt_in_equals_a_fresh_index_when_the_step_changes_between(tmp_path: Path, now: datetime) -> None:
    """R14, R36: the photos indexed with fewer people are all matched anew by the threshold for more."""
    house = house_of(tmp_path, now, FEW, MORE)
    grown(house, 11)
    house.photo("unclear.png", [ADA], unclear=[ADA])
    house.photo("clear.png", [ADA, ADA + 11])
    house.library.index([house.folder / "photos"])
    assert indexed(house)["unclear.png"]
    grown(house, 12)
    late = indexed(house)
    assert late["unclear.png"] == set()
    assert len(late["clear.png"]) == 2
    house.library.index([house.folder / "photos"], again=True)
    assert indexed(house) == late


def test_beyond_what_was_measured_a_search_is_refused_for_everybody_alike(tmp_path: Path, now: datetime) -> None:
    """R15, R36: no face is looked at, nothing is recorded as found, and a stranger's search says what Ada's says."""
    house = house_of(tmp_path, now, (2, 0.8, 0.84))
    grown(house, 2)
    assert found(house, ADA) == ["Ada Moss"]
    grown(house, 3)
    watched = Watched()
    library = Library(house.store, lambda: watched, actor=STEWARD, clock=house.clock)
    before = len(house.entries(EntryKind.SEARCHED))
    said = set()
    for identity in (ADA, STRANGER, None):
        probe = house.photo("../probes/probe.png", [] if identity is None else [identity])
        with pytest.raises(GalleryUnmeasured) as refused:
            library.search(probe, reason="her aunt asks")
        said.add((str(refused.value), refused.value.remedy))
    assert len(said) == 1
    assert "countenance calibrate" in said.pop()[1]
    assert watched.asked == []
    assert len(house.entries(EntryKind.SEARCHED)) == before


def test_a_gallery_that_grows_while_a_face_is_looked_at_gives_no_answer(tmp_path: Path, now: datetime) -> None:
    """R36: what holds is judged again in the transaction of the comparison."""
    house = house_of(tmp_path, now, (2, 0.8, 0.84))
    grown(house, 2)
    portrait = house.form("Late Comer", 77)

    class Slow(StubVision):
        def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
            if len(house.library.people()) == 2:
                house.library.enrol(portrait)
            return super().detect(pixels, look)

    probe = house.photo("../probes/probe.png", [ADA])
    slow = Slow(calibration=house.vision.calibration)
    with pytest.raises(GalleryUnmeasured):
        Library(house.store, lambda: slow, actor=STEWARD, clock=house.clock).search(probe, reason="her aunt asks")
    assert not house.entries(EntryKind.SEARCHED)


def test_beyond_what_was_measured_nothing_is_indexed_and_the_work_is_left(tmp_path: Path, now: datetime) -> None:
    """R36, R43: enrolment goes on and leaves its job; indexing and jobs refuse before a photo is looked at."""
    house = house_of(tmp_path, now, (2, 0.8, 0.84))
    house.photo("trip.png", [ADA, ADA + 2])
    house.library.index([house.folder / "photos"])
    grown(house, 2)
    third = house.library.enrol(house.form("Third", ADA + 2), later=True)
    assert third.face_data
    assert "3 are enrolled now" in house.library.catch_up().unmeasured
    watched = Watched()
    library = Library(house.store, lambda: watched, actor=STEWARD, clock=house.clock)
    for refused in (lambda: library.index([house.folder / "photos"]), library.run_jobs):
        with pytest.raises(GalleryUnmeasured):
            refused()
    assert watched.asked == []
    assert [job.state for job in house.library.jobs()][-1] is JobState.QUEUED
    assert len(indexed(house)["trip.png"]) == 1
    measured = house_of(tmp_path, now, (2, 0.8, 0.84), (5, 0.8, 0.84)).vision
    later = Library(house.store, lambda: measured, actor=STEWARD, clock=house.clock)
    assert later.run_jobs().matched == 1
    assert len(indexed(house)["trip.png"]) == 2


def test_an_enrolment_beyond_what_was_measured_is_done_and_its_photos_are_left(tmp_path: Path, now: datetime) -> None:
    """R36: the one who signed is enrolled and told so; the job that is left is not lost, nor a human's word."""
    house = house_of(tmp_path, now, (1, 0.8, 0.84))
    photo = house.photo("trip.png", [ADA, ADA + 1])
    house.library.index([house.folder / "photos"])
    grown(house, 2)
    assert [person.has_template for person in house.library.people()] == [True, True]
    (ada,) = indexed(house)["trip.png"]
    assert house.library.decide(Word(photo, ada, Verdict.REJECTED)).behind
    assert house.library.jobs()[-1].state is JobState.QUEUED


def test_beyond_what_was_measured_nobody_is_recognised_for_publication(tmp_path: Path, now: datetime) -> None:
    """R16, R36: only who was placed by hand is shown, everybody else is covered, and the answer says why."""
    house = house_of(tmp_path, now, (2, 0.8, 0.84))
    photo = house.photo("trip.png", [ADA, ADA + 1])
    grown(house, 2)
    house.library.index([house.folder / "photos"])
    done = house.library.publish([photo], tmp_path / "before", Order())
    assert (len(done.copies[0].shown), done.unmeasured) == (2, "")
    house.library.decide(Word(photo, "Ada Moss", Verdict.TAGGED, face=1))
    grown(house, 3)
    done = house.library.publish([photo], tmp_path / "after", Order())
    (copy,) = done.copies
    assert [len(copy.shown), len(copy.covered)] == [1, 1]
    assert copy.shown == (_box(house, photo, 0),)
    assert "3 are enrolled now" in done.unmeasured


def test_a_face_smaller_than_any_measured_is_nobodys(tmp_path: Path, now: datetime) -> None:
    """R16, R36: eyes that would name it do not: it is not found, it stays covered, and a search with it is refused."""

    class Keen(StubVision):
        nameable_px = 30

    house = House(tmp_path, now, vision=Keen(calibration=StubVision.ladder(FEW)))
    grown(house, 1)
    photo, probe = house.photo("small.png", [ADA], side=38), house.photo("../probes/probe.png", [ADA], side=38)
    house.library.index([house.folder / "photos"])
    assert indexed(house)["small.png"] == set()
    assert house.library.publish([photo], tmp_path / "out", Order()).copies[0].shown == ()
    with pytest.raises(FaceTooPoor, match="38 pixels"):
        house.library.search(probe, reason="her aunt asks")


def _box(house: House, photo: Path, place: int) -> Box:
    with house.store.read(now=house.now) as reading:
        return reading.boxes_of(photo)[place]


def test_a_face_enrolled_already_is_held_however_many_are_enrolled(tmp_path: Path, now: datetime) -> None:
    """R31, R36: beyond what was measured a second enrolment of a face is held by the largest step's threshold."""
    house = house_of(tmp_path, now, (1, 0.7, 0.8), (2, 0.8, 0.84))
    grown(house, 4)
    twin = house.enrol("Eve Moss", ADA)
    assert set(twin.held.values()) == {Hold.FACE}
    assert not twin.face_data
    strange = house.library.renew(house.form("Person 1", STRANGER, form="again"))
    assert set(strange.held.values()) == {Hold.FACE}
    own = house.library.renew(house.form("Person 1", ADA + 1, form="once more"))
    assert not own.held


def test_templates_are_not_made_anew_for_more_people_than_were_measured(tmp_path: Path, now: datetime) -> None:
    """R22, R36: another model whose thresholds hold for fewer people is refused before anybody's template changes."""
    house = house_of(tmp_path, now, FEW)
    grown(house, 3)

    def by_later_eyes(people: int) -> Library:
        eyes = StubVision(model=LATER, calibration=StubVision.ladder((people, 0.8, 0.84), model=LATER))
        return Library(house.store, lambda: eyes, actor=STEWARD, clock=house.clock)

    with pytest.raises(GalleryUnmeasured):
        by_later_eyes(2).reembed()
    with house.store.read(now=house.now) as reading:
        assert len(reading.embedded_otherwise(LATER)) == 3
    assert len(by_later_eyes(3).reembed().renewed) == 3
