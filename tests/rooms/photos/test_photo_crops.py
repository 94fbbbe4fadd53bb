"""Crops of faces: where they come from, at the edges too, and that they can be opened again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.photos import crop, encode_crop, read_photo

SIZE = 40


def picture() -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Give a picture whose every pixel says where it is: row, column, and their sum."""
    rows, columns = np.indices((SIZE, SIZE))
    return np.stack([rows, columns, rows + columns], axis=2).astype(np.uint8)


@given(
    x=st.integers(-30, 60), y=st.integers(-30, 60), w=st.integers(1, 50), h=st.integers(1, 50), margin=st.floats(0, 1)
)
def test_a_crop_is_the_box_with_its_margin(x: int, y: int, w: int, h: int, margin: float) -> None:
    """Each pixel is the photo's at that place, or beyond the edge the nearest one; the shape never depends on where."""
    by = round(max(w, h) * margin)
    cut = crop(picture(), (x, y, w, h), margin=margin)
    assert cut.shape == (h + 2 * by, w + 2 * by, 3)
    for row, column in ((0, 0), (-1, -1), (by, by)):
        at_row = (y - by + row) if row >= 0 else y + h + by - 1
        at_column = (x - by + column) if column >= 0 else x + w + by - 1
        assert cut[row, column, 0] == min(max(at_row, 0), SIZE - 1)
        assert cut[row, column, 1] == min(max(at_column, 0), SIZE - 1)


def test_a_crop_is_a_copy() -> None:
    """Changing a crop does not change the photo."""
    photo = picture()
    crop(photo, (0, 0, 10, 10), margin=0.0)[:] = 255
    assert np.array_equal(photo, picture())


@pytest.mark.parametrize(("box", "margin"), [((0, 0, 0, 5), 0.1), ((0, 0, 5, -1), 0.1), ((0, 0, 5, 5), -0.1)])
def test_a_crop_of_nothing_is_refused(box: tuple[int, int, int, int], margin: float) -> None:
    """A box without an area or a negative margin is a mistake of the caller."""
    with pytest.raises(ValueError, match="crop"):
        crop(picture(), box, margin=margin)


def test_an_encoded_crop_opens_again_nearly_the_same() -> None:
    """What is kept of an enrolment can be embedded again: hardly anything is lost."""
    ramp = np.linspace(0, 255, 90).astype(np.uint8)
    face = np.stack(
        [ramp[:, np.newaxis] + np.zeros(70, np.uint8), np.tile(ramp[:70], (90, 1)), np.full((90, 70), 90)], 2
    )
    data = encode_crop(face.astype(np.uint8))
    again = read_photo(data, name="")
    assert again.pixels.shape == face.shape
    assert np.abs(again.pixels.astype(int) - face).mean() < 1.5
    assert b"Exif" not in data
