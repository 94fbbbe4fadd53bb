"""R36: a library lives by thresholds that were measured for it, as long as they are of its model and its size."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from countenance.consent import Hold
from countenance.errors import EvaluationInvalid, GalleryUnmeasured, LibraryUnsuited, ModelMismatch
from countenance.faces import Calibration
from countenance.journeys.publish import Order
from countenance.ledger import EntryKind
from countenance.library import Fit, Library
from countenance.ports import JobState
from countenance.vision import StubVision
from countenance.vision._stub import STEPS
from small_house import STEWARD, House

ADA, BEN, CLEO = 1, 2, 3
OURS, LATER = "portraits of ours", "stub-embedder/2"
# A face that is drawn unclear scores 0.85.
LAX, STRICT = (0.8, 0.84), (0.88, 0.9)


def measured(*steps: tuple[int, float, float], model: str = "stub-embedder/1") -> Calibration:
    """Give thresholds measured for a library of ours."""
    return StubVision.ladder(*steps, model=model, data_set=OURS)


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> House:
    """Give an empty house whose shipped thresholds let an unclear face be found and shown."""
    shipped = StubVision.ladder(*((people, *LAX) for people in STEPS))
    return House(tmp_path, now, vision=StubVision(calibration=shipped))


@pytest.fixture
def lived(house: House) -> House:
    """Give a house of two people with three photos, one of them unclear."""
    house.enrol("Ada Moss", ADA)
    house.enrol("Ben Oak", BEN)
    house.photo("both.png", [ADA, BEN])
    house.photo("unclear.png", [ADA], unclear=[ADA])
    house.photo("nobody.png", [77])
    house.library.index([house.folder / "photos"])
    return house


def found(house: House, library: Library | None = None, *, unclear: bool = False) -> list[str]:
    """Search for Ada by a fresh photo; give the names found."""
    probe = house.photo("../probes/probe.png", [ADA], unclear=[ADA] if unclear else [])
    answers = (library or house.library).search(probe, reason="her aunt asks").answers
    return [answer.name for answer in answers]


def fitting(house: House, library: Library | None = None) -> Fit:
    """Search for a stranger; give what the answer says of the thresholds."""
    probe = house.photo("../probes/stranger.png", [4000])
    return (library or house.library).search(probe, reason="her aunt asks").fit


def photos_of_ada(house: House) -> list[str]:
    """List the photos that Ada is in."""
    return [one.photo.name for one in house.library.photos("Ada Moss", reason=None).appearances]


def later_eyes(house: House, calibration: Calibration | None = None) -> Library:
    """Open the library after a change of model."""
    eyes = StubVision(model=LATER, calibration=calibration)
    return Library(house.store, lambda: eyes, actor=STEWARD, clock=house.clock)


def test_what_was_measured_for_a_library_decides_and_all_photos_are_matched_anew(lived: House) -> None:
    """R36: from then on search, publication and every photo go by it; what was found by other thresholds is gone."""
    assert photos_of_ada(lived) == ["both.png", "unclear.png"]
    assert (found(lived, unclear=True), fitting(lived).own) == (["Ada Moss"], False)
    done = lived.library.calibrate(measured((10, *STRICT)))
    assert (done.number, done.people, done.up_to, done.behind) == (1, 2, 10, 3)
    assert photos_of_ada(lived) == ["both.png"]
    assert found(lived, unclear=True) == []
    assert found(lived) == ["Ada Moss"]
    assert fitting(lived) == Fit(own=True, data_set=OURS, up_to=10, outgrown=None, put_aside="")
    shown = lived.library.publish([lived.folder / "photos/unclear.png"], lived.folder / "out", Order()).copies[0].shown
    assert shown == ()
    lived.library.calibrate(measured((10, *LAX)))
    assert photos_of_ada(lived) == ["both.png", "unclear.png"]
    shown = lived.library.publish([lived.folder / "photos/unclear.png"], lived.folder / "lax", Order()).copies[0].shown
    assert len(shown) == 1
    assert [job.state for job in lived.library.jobs()][-2:] == [JobState.DONE, JobState.DONE]


def test_the_work_can_be_left_for_later(lived: House) -> None:
    """R43: it is a job of the deed's own transaction, and equals a fresh index when it is done."""
    lived.library.calibrate(measured((10, *STRICT)), later=True)
    assert [(job.state, job.total) for job in lived.library.jobs()][-1] == (JobState.QUEUED, 3)
    assert photos_of_ada(lived) == ["both.png", "unclear.png"]
    lived.library.run_jobs()
    assert photos_of_ada(lived) == ["both.png"]
    lived.library.index([lived.folder / "photos"], again=True)
    assert photos_of_ada(lived) == ["both.png"]


def test_its_entry_says_what_was_measured_and_nothing_of_anybody(lived: House) -> None:
    """R24, R36: model, data set, steps, sizes, searches, the worst FPIR and the digest; nobody is concerned by it."""
    ladder = measured((10, *LAX), (100, *STRICT))
    done = lived.library.calibrate(ladder)
    (entry,) = lived.entries(EntryKind.CALIBRATED)
    assert entry.body == {
        "number": 1,
        "model": "stub-embedder/1",
        "data_set": OURS,
        "people": 2,
        "steps": [10, 100],
        "sizes": [40],
        "searches": 4096,
        "fpir_per_million": 0,
        "calibration_sha256": ladder.sha256,
    }
    assert entry.concerns == {}
    assert done.sha256 == ladder.sha256
    with lived.store.read(now=lived.now) as reading:
        assert reading.calibration() == ladder


def test_a_calibration_of_another_model_is_refused(lived: House) -> None:
    """R36: thresholds of another model say nothing about these templates; nothing is kept."""
    with pytest.raises(ModelMismatch):
        lived.library.calibrate(measured((10, *LAX), model=LATER))
    with lived.store.read(now=lived.now) as reading:
        assert reading.calibrations() == ()


def test_a_calibration_for_fewer_people_than_are_enrolled_is_refused(lived: House) -> None:
    """R36: it would make every search refuse; the thresholds in use stay."""
    lived.enrol("Cleo Ash", CLEO)
    with pytest.raises(GalleryUnmeasured):
        lived.library.calibrate(measured((2, *LAX)))
    assert fitting(lived).own is False


def test_a_library_without_recognition_is_not_calibrated(tmp_path: Path, now: datetime) -> None:
    """R12: where nobody is recognised there is nothing to be calibrated, and the thresholds are in order."""
    blind = House(tmp_path, now, vision=StubVision(recognises=False), staff_search=False)
    with pytest.raises(LibraryUnsuited):
        blind.library.calibrate(measured((10, *LAX)))
    assert blind.library.thresholds().ok


def test_after_a_change_of_model_the_librarys_own_thresholds_are_put_aside(lived: House) -> None:
    """R36: they were measured with the earlier model, so that the shipped ones hold, and search and doctor say so."""
    lived.library.calibrate(measured((10, *STRICT)))
    changed = later_eyes(lived)
    changed.reembed()
    assert fitting(lived, changed) == Fit(
        own=False, data_set="drawn patches", up_to=10, outgrown=None, put_aside="stub-embedder/1"
    )
    assert found(lived, changed, unclear=True) == ["Ada Moss"]
    said = changed.thresholds()
    assert said.ok
    assert "are of stub-embedder/1, so they are put aside" in said.detail
    changed.calibrate(measured((10, *STRICT), model=LATER))
    assert fitting(lived, changed).put_aside == ""
    assert found(lived, changed, unclear=True) == []


def test_more_people_can_be_re_embedded_once_the_new_model_is_calibrated(lived: House) -> None:
    """R22, R36: what was refused for want of thresholds goes on after `calibrate`, which counts who waits for it."""
    changed = later_eyes(lived, measured((1, *LAX), model=LATER))
    with pytest.raises(GalleryUnmeasured):
        changed.reembed()
    with pytest.raises(GalleryUnmeasured):
        changed.calibrate(measured((1, *LAX), model=LATER))
    changed.calibrate(measured((2, *LAX), model=LATER))
    assert len(changed.reembed().renewed) == 2
    assert found(lived, changed) == ["Ada Moss"]


def test_a_library_that_has_outgrown_its_thresholds_is_told_so(house: House) -> None:
    """R36: eleven people are within a tenth of ten; with twelve the next step holds, and every search says it."""
    for number in range(10):
        house.enrol("Ada Moss" if number == 0 else f"Person {number}", ADA + number)
    house.library.calibrate(measured((10, *LAX), (100, *STRICT)))
    house.enrol("Person 10", ADA + 10)
    assert fitting(house) == Fit(own=True, data_set=OURS, up_to=10, outgrown=None, put_aside="")
    house.enrol("Person 11", ADA + 11)
    assert fitting(house) == Fit(own=True, data_set=OURS, up_to=100, outgrown=10, put_aside="")
    assert found(house, unclear=True) == []
    said = house.library.thresholds()
    assert said.ok
    assert "they were put in force for up to 10: measure and calibrate again" in said.detail
    house.library.calibrate(measured((10, *LAX), (100, *STRICT)))
    assert fitting(house).outgrown is None


def test_a_withdrawal_lowers_the_step_and_matches_no_photo_anew(house: House) -> None:
    """R6, R36: what was matched by the stricter thresholds for more people stays as it is until the next enrolment."""
    house.library.calibrate(measured((2, *LAX), (10, *STRICT)))
    house.enrol("Ada Moss", ADA)
    for number in (1, 2):
        house.enrol(f"Person {number}", ADA + number)
    house.photo("unclear.png", [ADA], unclear=[ADA])
    house.library.index([house.folder / "photos"])
    assert photos_of_ada(house) == []
    house.library.withdraw("Person 2")
    assert house.library.catch_up().photos == 0
    assert (photos_of_ada(house), found(house, unclear=True)) == ([], ["Ada Moss"])
    house.library.withdraw("Person 1")
    house.enrol("Cleo Ash", CLEO)
    assert photos_of_ada(house) == ["unclear.png"]


def test_doctor_says_what_holds_and_when_it_does_not(lived: House) -> None:
    """R36: which thresholds, since when, on what, for how many; beyond the largest step it is wrong, with a remedy."""
    shipped = lived.library.thresholds()
    assert shipped.detail == (
        "those that come with stub-embedder/1, on drawn patches; 2 people are enrolled, and they hold for up to 10 of "
        "1,000,000 measured"
    )
    lived.now += timedelta(days=1)
    lived.library.calibrate(measured((2, *LAX)))
    own = lived.library.thresholds()
    assert own.ok
    assert f"those measured for this library (number 1, in force since {lived.now:%Y-%m-%d})" in own.detail
    lived.enrol("Cleo Ash", CLEO)
    beyond = lived.library.thresholds()
    assert not beyond.ok
    assert "3 are enrolled now" in beyond.detail
    assert "countenance calibrate" in beyond.detail
    with pytest.raises(GalleryUnmeasured):
        found(lived)
    lived.library.calibrate(measured((5, *LAX)))
    assert found(lived) == ["Ada Moss"]


def test_no_calibration_makes_everybody_alike(lived: House) -> None:
    """R16, R36: whatever it claims, nobody is found or shown by less than ships for the fewest people; doctor tells."""
    everybody = measured((1_000_000, -1.0, -0.5))
    assert lived.library.calibrate(everybody).number == 1
    assert lived.library.calibration().calibration == measured((1_000_000, *LAX))
    stranger = lived.photo("../probes/stranger.png", [4000])
    assert lived.library.search(stranger, reason="who is like this?").answers == ()
    published = lived.library.publish([lived.folder / "photos/nobody.png"], lived.folder / "out", Order())
    assert published.copies[0].shown == ()
    with lived.store.read(now=lived.now) as reading:
        assert reading.calibration() == everybody  # what was put in force stays as the ledger has it


def test_doctor_says_when_less_is_asked_for_than_what_ships(tmp_path: Path, now: datetime) -> None:
    """R36: own thresholds may be less strict than the shipped ones for so many people; then results need more care."""
    shipped = StubVision.ladder((1, *LAX), (10, *STRICT))
    house = House(tmp_path, now, vision=StubVision(calibration=shipped))
    house.enrol("Ada Moss", ADA)
    house.enrol("Ben Oak", BEN)
    house.library.calibrate(measured((10, *STRICT)))
    assert "less strict" not in house.library.thresholds().detail
    house.library.calibrate(measured((10, 0.88, 0.89)))
    assert "some are less strict than those that come with the model" in house.library.thresholds().detail


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fpir": 0.0101}, "more than 1%"),
        ({"gallery_size": 90}, "a step for 100 people was measured with 90"),
        ({"score": 0.87}, "more people are decided by less"),
    ],
)
def test_what_no_measurement_gives_is_not_put_in_force(lived: House, changes: dict[str, float], said: str) -> None:
    """R36: one that names too many by its own account, claims more people than it measured, or asks less of more."""
    few, many = measured((10, *STRICT), (100, *STRICT)).rungs
    wrong = replace(many, search=replace(many.search, **changes))  # type: ignore[arg-type]  # of a threshold
    with pytest.raises(EvaluationInvalid, match=said):
        lived.library.calibrate(replace(measured((10, *STRICT), (100, *STRICT)), rungs=(few, wrong)))
    assert lived.entries(EntryKind.CALIBRATED) == []


def test_very_strict_thresholds_let_nobody_be_enrolled_twice(lived: House) -> None:
    """R31, R36: a face that is enrolled already is held by what comes with the model, if that asks for less."""
    lived.library.calibrate(measured((10, 1.5, 1.5)))
    assert found(lived) == []
    twin = lived.enrol("Eve Moss", ADA)
    assert set(twin.held.values()) == {Hold.FACE}
