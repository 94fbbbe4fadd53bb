"""Covers are opaque, cover the whole head, and tell nothing of what is beneath."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.faces import Box
from countenance.redaction import MARGIN, Style, cover
from countenance.redaction._paint import FILL
from countenance.redaction._shape import opaque

Pixels = npt.NDArray[np.uint8]

STYLES = list(Style)

sizes = st.tuples(st.integers(1, 90), st.integers(1, 90))
boxes = st.lists(
    st.builds(Box, st.integers(-60, 110), st.integers(-60, 110), st.integers(1, 70), st.integers(1, 70)), max_size=4
)
margins = st.sampled_from((0.0, 0.1, MARGIN, 1.0))


def noise(seed: int, size: tuple[int, int]) -> Pixels:
    """Give a picture of noise."""
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)


def within_boxes(size: tuple[int, int], covered: list[Box]) -> npt.NDArray[np.bool_]:
    """Give where the boxes themselves are, reckoned without the room's own shapes."""
    mask = np.zeros(size, np.bool_)
    for box in covered:
        inside = box.within(size[1], size[0])
        if inside is not None:
            mask[inside.y : inside.y + inside.h, inside.x : inside.x + inside.w] = True
    return mask


@given(sizes, boxes, margins, st.sampled_from(STYLES), st.integers(0, 2**32))
def test_two_photos_that_differ_only_under_the_cover_become_one(
    size: tuple[int, int], covered: list[Box], margin: float, style: Style, seed: int
) -> None:
    """R17: in every style the whole copy, cover and all, is the same whatever lies under the cover."""
    one = noise(seed, size)
    for mask in (within_boxes(size, covered), opaque(size, covered, margin=margin)):
        for beneath in (noise(seed + 1, size), np.zeros_like(one), np.full_like(one, 255)):
            other = np.where(mask[:, :, np.newaxis], beneath, one)
            covers = [cover(photo, covered, style=style, margin=margin) for photo in (one, other)]
            assert np.array_equal(covers[0], covers[1])


@given(sizes, boxes, margins, st.sampled_from(STYLES), st.integers(0, 2**32))
def test_the_rest_of_the_photo_stays(
    size: tuple[int, int], covered: list[Box], margin: float, style: Style, seed: int
) -> None:
    """Away from the covers no pixel changes, the original is not touched, and every box is under an opaque shape."""
    photo = noise(seed, size)
    before = photo.copy()
    copy = cover(photo, covered, style=style, margin=margin)
    assert np.array_equal(photo, before)
    reach = [box.grown(margin) for box in covered]
    near = within_boxes(size, [Box(box.x - 6, box.y - 6, box.w + 12, box.h + 12) for box in reach])
    assert np.array_equal(copy[~near], photo[~near])
    assert opaque(size, covered, margin=margin)[within_boxes(size, covered)].all()


@given(sizes, boxes, margins)
def test_a_fill_is_one_colour(size: tuple[int, int], covered: list[Box], margin: float) -> None:
    """R17: under a fill every pixel has the fill's colour, which is written down and not reckoned from the photo."""
    copy = cover(noise(1, size), covered, margin=margin)
    assert (copy[opaque(size, covered, margin=margin)] == FILL).all()
    assert (copy[within_boxes(size, covered)] == FILL).all()


@pytest.mark.parametrize("style", STYLES)
def test_hair_ears_and_chin_are_covered(style: Style) -> None:
    """By default a cover reaches a third of the face beyond it on each side, and half way into its corners."""
    photo = np.zeros((400, 400, 3), np.uint8)
    mask = opaque((400, 400), [Box(150, 140, 90, 120)], margin=MARGIN)
    for x, y in ((195, 140 - 40), (195, 259 + 40), (150 - 30, 200), (239 + 30, 200), (150 - 15, 140 - 20)):
        assert mask[y, x], (x, y)
    assert not mask[140 - 43, 150 - 37]
    assert cover(photo, [Box(150, 140, 90, 120)], style=style)[mask].min() > 0


@pytest.mark.parametrize("style", STYLES)
def test_a_cover_wins_over_a_shown_face_in_its_place(style: Style) -> None:
    """R16: where a covered box overlaps one that may be shown, the covered box is covered whole."""
    photo = noise(3, (120, 160))
    covered, shown = Box(40, 30, 40, 50), Box(70, 35, 40, 50)
    copy = cover(photo, [covered], style=style)
    other = photo.copy()
    other[35:80, 70:80] = 255 - other[35:80, 70:80]  # what of the shown face lies in the covered box
    assert np.array_equal(copy, cover(other, [covered], style=style))
    assert np.array_equal(copy[35:85, 104:110], photo[35:85, 104:110]), "the far side of the shown face stays"
    assert shown.overlap(covered) > 0


@pytest.mark.parametrize("style", STYLES)
def test_tiny_faces_and_whole_photos_are_covered(style: Style) -> None:
    """A face of one pixel loses its surroundings too; a face as large as the photo, or larger, leaves nothing of it."""
    photo = noise(4, (50, 50))
    copy = cover(photo, [Box(25, 25, 1, 1)], style=style)
    assert (copy[23:28, 23:28] != photo[23:28, 23:28]).any(axis=2).all()
    for box in (Box(0, 0, 50, 50), Box(-500, -300, 4000, 3000)):
        whole = cover(photo, [box], style=style)
        assert np.array_equal(whole, cover(255 - photo, [box], style=style))


def test_nothing_to_cover_is_a_copy() -> None:
    """Without boxes, or with boxes far outside, the copy is the photo, and its own array."""
    photo = noise(5, (20, 30))
    for covered in ([], [Box(500, 500, 10, 10)]):
        copy = cover(photo, covered)
        assert np.array_equal(copy, photo)
        assert copy is not photo


def test_a_negative_margin_is_refused() -> None:
    """A cover smaller than the face is a mistake of the caller."""
    with pytest.raises(ValueError, match="margin"):
        cover(noise(6, (20, 20)), [Box(5, 5, 5, 5)], margin=-0.1)


def test_styles_differ_and_decorations_are_soft() -> None:
    """Blur runs smoothly, mosaic is made of squares, both take their colours from what stays visible around them."""
    photo = np.full((200, 200, 3), (40, 90, 160), np.uint8)
    box = Box(70, 70, 60, 60)
    fill, blur, mosaic = (cover(photo, [box], style=style).astype(int) for style in Style)
    assert (fill[100, 100] == FILL).all()
    for decorated in (blur, mosaic):
        middle = decorated[80:120, 80:120].mean((0, 1))
        assert np.abs(middle - (40, 90, 160)).max() < np.abs(np.subtract(FILL, (40, 90, 160))).max() * 0.6
    assert np.abs(np.diff(blur[100, 75:125], axis=0)).max() <= 3
    assert 3 < len(np.unique(mosaic[75:125, 75:125].reshape(-1, 3), axis=0)) < 60


def test_the_edge_is_smooth() -> None:
    """The edge fades over the pixels outside the opaque shape, so that it has no steps to be seen."""
    photo = np.zeros((100, 100, 3), np.uint8)
    copy = cover(photo, [Box(30, 30, 40, 40)])
    tones = np.unique(copy[:, :, 0])
    assert tones[0] == 0
    assert tones[-1] == FILL[0]
    assert len(tones) > 8


def test_the_styles_have_the_names_of_the_command_line() -> None:
    """`publish --style` takes fill, blur and mosaic."""
    assert [str(style) for style in Style] == ["fill", "blur", "mosaic"]
