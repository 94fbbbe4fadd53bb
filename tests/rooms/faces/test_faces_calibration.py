"""R36: a threshold is bound to a model, to the size of the gallery and to the size of the face."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import GalleryUnmeasured
from countenance.faces import Calibration, Rung, Score, Threshold, Use

MODEL = "drawn/1"


def _threshold(score: float, model: str = MODEL) -> Threshold:
    return Threshold(Score(score), model, fpir=0.001, fnir=0.02, gallery_size=10, searches=3000, data_set="drawn")


def _rung(people: int, from_px: int, score: float) -> Rung:
    return Rung(people, from_px, _threshold(score), _threshold(score + 0.02))


LADDER = Calibration(
    MODEL,
    "drawn",
    tuple(
        _rung(people, px, 0.5 + place / 10 - px / 1000)
        for place, people in enumerate((10, 100, 1000))
        for px in (32, 48)
    ),
)


@pytest.mark.parametrize(
    ("people", "step"), [(0, 10), (1, 10), (11, 10), (12, 100), (110, 100), (111, 1000), (1100, 1000)]
)
def test_the_smallest_step_that_holds_is_taken(people: int, step: int) -> None:
    """R36: thresholds step with N; a gallery may be a tenth larger than the one that was measured."""
    assert LADDER.step(people) == step


def test_more_people_than_were_measured_are_refused() -> None:
    """R36: beyond the largest N measured nothing is compared, and the error says so and what to do."""
    with pytest.raises(GalleryUnmeasured) as refused:
        LADDER.threshold(Use.SEARCH, people=1101, px=64)
    assert "1,000" in refused.value.what
    assert "1,101" in refused.value.what
    assert "calibrate" in refused.value.remedy


@pytest.mark.parametrize(("px", "score"), [(32, 0.568), (47, 0.568), (48, 0.552), (300, 0.552)])
def test_a_smaller_face_has_its_own_threshold(px: int, score: float) -> None:
    """R36: the class of face size is the largest that the face reaches."""
    assert LADDER.threshold(Use.SEARCH, people=50, px=px).score == pytest.approx(score)


@pytest.mark.parametrize("use", Use)
def test_a_face_smaller_than_any_measured_is_nobodys(use: Use) -> None:
    """R16, R36: about it nothing is known, so that not even full agreement names anybody by it."""
    threshold = LADDER.threshold(use, people=50, px=31)
    assert not threshold.reached_by(Score(1.001))
    assert (threshold.fpir, threshold.fnir) == (0.0, 1.0)


@given(st.integers(0, 1100), st.integers(1, 400))
def test_what_may_be_shown_is_decided_more_strictly(people: int, px: int) -> None:
    """R36: for any gallery and any face, showing asks for at least the score of finding."""
    found, shown = (LADDER.threshold(use, people=people, px=px) for use in Use)
    assert shown.score >= found.score


def test_each_face_of_a_photo_has_its_threshold() -> None:
    """R36: the faces of one photo are each judged by their own size."""
    several = LADDER.thresholds(Use.SHOW, people=5, sides=(32, 48, 33))
    assert [one.score for one in several] == pytest.approx([0.488, 0.472, 0.488])


def test_thresholds_of_another_model_are_no_calibration() -> None:
    """R36: a calibration cannot hold a threshold that was measured with another model."""
    with pytest.raises(ValueError, match="one model"):
        Calibration(MODEL, "drawn", (Rung(10, 32, _threshold(0.5, "other/1"), _threshold(0.6)),))


def test_a_ladder_with_a_hole_is_refused() -> None:
    """R36: every step has the same classes of face size, so that no face falls through."""
    with pytest.raises(ValueError, match="each class"):
        Calibration(MODEL, "drawn", (_rung(10, 32, 0.5), _rung(10, 48, 0.5), _rung(100, 32, 0.6)))


@pytest.mark.parametrize(("people", "px", "show"), [(0, 32, 0.6), (10, 0, 0.6), (10, 32, 0.4)])
def test_a_rung_that_cannot_be_a_measurement_is_refused(people: int, px: int, show: float) -> None:
    """R36: nobody, no pixels, or showing by less than finding is refused when it is made."""
    with pytest.raises(ValueError, match=r"rung|shown"):
        Rung(people, px, _threshold(0.5), _threshold(show))


def test_raised_no_threshold_is_below_the_least_for_the_faces_it_decides() -> None:
    """R36: each is held to the other's for the fewest people, and for the size among its faces that asks for most."""
    least = Calibration(
        MODEL, "drawn", (_rung(10, 32, 0.5), _rung(10, 48, 0.6), _rung(100, 32, 0.8), _rung(100, 48, 0.8))
    )
    low = Calibration(MODEL, "drawn", (_rung(1000, 28, -0.9), _rung(1000, 40, -0.9), _rung(1000, 60, 0.7)))
    raised = low.raised(least)
    found = [raised.threshold(Use.SEARCH, people=1000, px=px).score for px in (28, 40, 60)]
    shown = [raised.threshold(Use.SHOW, people=1000, px=px).score for px in (28, 40, 60)]
    assert found == pytest.approx([0.5, 0.6, 0.7])
    assert shown == pytest.approx([0.52, 0.62, 0.72])
    assert raised.raised(least) is raised
    assert least.raised(Calibration(MODEL, "drawn", (_rung(10, 400, 0.9),))).threshold(
        Use.SEARCH, people=9, px=32
    ).score == pytest.approx(0.9)
