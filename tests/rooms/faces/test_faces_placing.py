"""Which face a box means: clear, several, or none; on doubt it is none (R12, R16)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.faces import SAME_FACE_OVERLAP, Box, faces_meant, same_face

FACE = Box(100, 100, 80, 100)
BOXES = st.builds(Box, st.integers(-50, 400), st.integers(-50, 400), st.integers(1, 200), st.integers(1, 200))


@pytest.mark.parametrize(
    ("box", "same"),
    [
        (FACE, True),
        (Box(90, 85, 100, 130), True),
        (Box(60, 60, 160, 180), False),
        (Box(110, 130, 30, 30), False),
        (Box(150, 100, 80, 100), False),
        (Box(500, 500, 80, 100), False),
    ],
    ids=["itself", "a head", "shoulders", "a nose", "half aside", "elsewhere"],
)
def test_a_box_is_of_the_same_face_if_they_share_enough(box: Box, *, same: bool) -> None:
    """R16: 0.4 of both together is asked for, which a box around the head has and one around the shoulders has not."""
    assert same_face(box, [Box(0, 0, 20, 20), FACE]) == (1 if same else None)


def test_two_faces_that_fit_about_equally_are_doubt() -> None:
    """R16: a box between two faces is of neither, also if it shares enough with each."""
    box = Box(120, 100, 80, 100)
    assert same_face(box, [FACE]) == 0
    assert same_face(box, [FACE, Box(140, 100, 80, 100)]) is None
    assert same_face(box, [FACE, Box(190, 100, 80, 100)]) == 0


def test_the_very_box_is_that_face_whatever_lies_beside_it() -> None:
    """R12: a face that was kept is found again by its own box."""
    assert same_face(FACE, [Box(101, 100, 80, 100), FACE]) == 1


def test_what_somebody_may_mean_who_draws() -> None:
    """R12: around one face or in it means that face, around two means either, beside them means none."""
    other = Box(200, 100, 80, 100)
    assert faces_meant(Box(60, 60, 130, 200), [FACE, other]) == (0,)
    assert faces_meant(Box(120, 130, 20, 20), [FACE, other]) == (0,)
    assert faces_meant(Box(90, 90, 200, 120), [FACE, other]) == (0, 1)
    assert faces_meant(Box(300, 300, 50, 50), [FACE, other]) == ()
    assert faces_meant(FACE, []) == ()


@given(box=BOXES, among=st.lists(BOXES, max_size=5))
def test_a_clear_face_is_the_closest_and_the_only_one_meant(box: Box, among: list[Box]) -> None:
    """R16: whatever lies there, the face given is the closest one and shares enough, and nothing else is meant."""
    place = same_face(box, among)
    if place is None:
        assert box not in among
        return
    assert faces_meant(box, among) == (place,)
    assert box.overlap(among[place]) == max(map(box.overlap, among)) >= SAME_FACE_OVERLAP
    others = [other for number, other in enumerate(among) if number != place and other != box]
    assert box == among[place] or all(2 * box.overlap(other) <= box.overlap(among[place]) for other in others)


@given(box=BOXES, among=st.lists(BOXES, min_size=1, max_size=5))
def test_the_order_of_faces_means_nothing(box: Box, among: list[Box]) -> None:
    """R16: the answer is about boxes, not about their order."""
    place = same_face(box, among)
    turned = list(reversed(among))
    there = same_face(box, turned)
    assert (None if place is None else among[place]) == (None if there is None else turned[there])
