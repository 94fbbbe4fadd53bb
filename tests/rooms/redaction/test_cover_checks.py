"""A copy is looked at again before it is published, and on any doubt it is not."""

import io
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from countenance.errors import CoverIncomplete, FaceProblem
from countenance.faces import Box, Face
from countenance.photos import read_photo
from countenance.redaction import Style, check_cover, cover, leaks

Pixels = npt.NDArray[np.uint8]

COVERED = Box(40, 40, 40, 50)
SHOWN = Box(160, 60, 40, 50)
PHOTO = np.zeros((200, 300, 3), np.uint8)


def face(box: Box, confidence: float = 0.9, *, landmarks: bool = True) -> Face:
    """Give a face in a box, with eyes, nose and mouth where they belong."""
    places = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)) if landmarks else ()
    return Face(box, confidence, tuple((box.x + across * box.w, box.y + down * box.h) for across, down in places))


def finds(*faces: Face) -> Callable[[Pixels], Sequence[Face]]:
    """Give a detector that always finds the same."""
    return lambda _: faces


def check(*faces: Face, shown: Sequence[Box] = (SHOWN,)) -> None:
    """Check a copy with one cover, in which these faces are found."""
    check_cover(PHOTO, [COVERED], detect=finds(*faces), shown=shown)


def test_nothing_found_is_fine() -> None:
    """A copy without faces passes, also one in which a shown face is not found again."""
    check()


def test_the_shown_face_is_fine() -> None:
    """A face found where one may be shown passes, with the few pixels that saving moves it."""
    check(face(SHOWN), face(Box(SHOWN.x + 3, SHOWN.y - 2, 38, 52)), shown=[SHOWN, SHOWN])
    check(face(Box(SHOWN.x + 3, SHOWN.y - 2, 38, 52)))


@pytest.mark.parametrize("landmarks", [True, False])
@pytest.mark.parametrize("confidence", [0.99, 0.05])
def test_any_other_face_stops_the_copy(*, confidence: float, landmarks: bool) -> None:
    """R16: a face that is neither covered nor shown stops publication, however unsure the detector is."""
    with pytest.raises(CoverIncomplete, match="a face can still be seen") as caught:
        check(face(SHOWN), face(Box(100, 120, 20, 24), confidence, landmarks=landmarks))
    assert caught.value.remedy


def test_each_face_left_is_counted() -> None:
    """The error says how many faces are left."""
    with pytest.raises(CoverIncomplete, match="2 faces can still be seen"):
        check(face(Box(100, 120, 20, 24)), face(Box(240, 20, 20, 24)))


def test_a_shown_box_explains_one_face() -> None:
    """R16: a second face in the place of a shown one is not shown with it."""
    with pytest.raises(CoverIncomplete):
        check(face(SHOWN), face(Box(SHOWN.x + 10, SHOWN.y, 40, 50)))


@pytest.mark.parametrize(
    "box",
    [
        Box(SHOWN.x + 12, SHOWN.y + 15, 14, 18),
        Box(SHOWN.x - 40, SHOWN.y - 50, 120, 150),
        Box(SHOWN.x + 22, SHOWN.y, 40, 50),
    ],
    ids=["a face within it", "a face around it", "a face beside it"],
)
def test_another_head_is_not_the_shown_one(box: Box) -> None:
    """R16: a stranger on the shown person's shirt, behind or beside them is a stranger."""
    with pytest.raises(CoverIncomplete):
        check(face(box))


@pytest.mark.parametrize("landmarks", [True, False])
def test_the_cover_itself_is_no_face(*, landmarks: bool) -> None:
    """What the detector sees in the paint is paint: nothing of the original is left there."""
    check(face(COVERED, landmarks=landmarks))
    check(face(Box(COVERED.x - 5, COVERED.y - 5, 50, 60), landmarks=landmarks))
    check(face(Box(55, 55, 10, 10), landmarks=landmarks))


@pytest.mark.parametrize(
    "box",
    [Box(60, 40, 60, 60), Box(40, 75, 40, 50), Box(10, 20, 40, 50), Box(0, 0, 140, 150)],
    ids=["half beside", "half below", "half before", "around"],
)
@pytest.mark.parametrize("landmarks", [True, False])
def test_a_face_that_looks_out_from_behind_a_cover_is_one(box: Box, *, landmarks: bool) -> None:
    """R16: a face of which more than a fifth is uncovered stops publication."""
    with pytest.raises(CoverIncomplete):
        check(face(box, landmarks=landmarks))


def test_an_eye_beside_the_cover_is_a_face() -> None:
    """R16: also where most of the box is covered, an eye, nose or mouth outside the paint stops publication."""
    eye_out = Face(COVERED, 0.9, ((COVERED.x + 110.0, 60.0), (60.0, 60.0), (60.0, 70.0)))
    with pytest.raises(CoverIncomplete):
        check(eye_out)


def test_what_lies_outside_the_photo_is_not_seen() -> None:
    """A detection beyond the edge shows nothing; one over the edge is judged by its part inside."""
    check(face(Box(400, 20, 30, 30)))
    edge = Box(-30, 60, 40, 50)
    check_cover(PHOTO, [edge], detect=finds(face(edge)), shown=())
    with pytest.raises(CoverIncomplete):
        check(face(Box(-10, 150, 30, 40)))


def test_a_detector_that_fails_stops_the_copy() -> None:
    """R16: when looking again fails, nothing counts as checked."""

    def fails(_: Pixels) -> Sequence[Face]:
        raise FaceProblem("the detector failed")

    with pytest.raises(FaceProblem):
        check_cover(PHOTO, [COVERED], detect=fails, shown=())


def test_the_copy_is_what_is_looked_at() -> None:
    """The detector is given the copy's pixels, once."""
    looked: list[Pixels] = []

    def looks(pixels: Pixels) -> Sequence[Face]:
        looked.append(pixels)
        return ()

    check_cover(PHOTO, [COVERED], detect=looks, shown=())
    assert len(looked) == 1
    assert looked[0] is PHOTO


# --- Is the paint there? ----------------------------------------------------------------------------------------------


def face_like(seed: int) -> Pixels:
    """Give a picture with the soft tones and hard edges of faces, everywhere."""
    small = np.random.default_rng(seed).integers(0, 255, (20, 30, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(small).resize((300, 200)))


def saved(pixels: Pixels, kind: str = "JPEG", quality: int = 92) -> Pixels:
    """Give pixels as they come back from a file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, quality=quality)
    return read_photo(out.getvalue(), name="").pixels


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("quality", [92, 60])
def test_a_true_cover_has_no_leaks(kind: str, style: Style, quality: int) -> None:
    """What saving does to the paint is no leak, in every style and lossy format."""
    photo = face_like(1)
    boxes = [COVERED, SHOWN, Box(-10, 150, 30, 40), Box(250, 5, 12, 15)]
    after = saved(cover(photo, boxes, style=style), kind, quality)
    assert leaks(photo, after, boxes, style=style) == ()


@pytest.mark.parametrize("style", list(Style))
def test_what_is_not_covered_leaks(style: Style) -> None:
    """R16: a box that was forgotten, moved, only blurred or only partly painted is named."""
    photo = face_like(2)
    boxes = [COVERED, SHOWN]
    whole = cover(photo, boxes, style=style)
    part = whole.copy()
    part[COVERED.y + 30 : COVERED.y + 40, COVERED.x : COVERED.x + 16] = photo[
        COVERED.y + 30 : COVERED.y + 40, COVERED.x : COVERED.x + 16
    ]
    moved = cover(photo, [Box(COVERED.x, COVERED.y + 90, 40, 50), SHOWN], style=style)
    assert leaks(photo, photo, boxes, style=style) == tuple(boxes)
    assert leaks(photo, saved(cover(photo, [SHOWN], style=style)), boxes, style=style) == (COVERED,)
    assert leaks(photo, saved(moved), boxes, style=style) == (COVERED,)
    assert leaks(photo, saved(part), boxes, style=style) == (COVERED,)


def test_another_size_leaks_everything() -> None:
    """R16: a copy that is turned or scaled is not the copy that was covered."""
    photo = face_like(3)
    turned = np.ascontiguousarray(np.rot90(cover(photo, [COVERED])))
    assert leaks(photo, turned, [COVERED, SHOWN]) == (COVERED, SHOWN)


@given(st.integers(0, 2**32))
def test_leaks_do_not_depend_on_what_is_beneath(seed: int) -> None:
    """R17: the check itself finds the same whatever was under the cover."""
    one, other = face_like(4), face_like(4).copy()
    part = (slice(COVERED.y, COVERED.y + COVERED.h), slice(COVERED.x, COVERED.x + COVERED.w))
    other[part] = np.random.default_rng(seed).integers(0, 255, (COVERED.h, COVERED.w, 3))
    assert leaks(one, cover(other, [COVERED]), [COVERED]) == ()
