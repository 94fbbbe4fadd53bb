"""Worn photos: what is made of a labelled photo for measuring."""

import numpy as np
import pytest

from countenance.faces import Box
from countenance.measures import AS_TAKEN, SCALED, WORN, Wear, worn
from countenance.ports import Pixels

BOX = Box(40, 30, 60, 80)


@pytest.fixture(scope="module")
def photo() -> Pixels:
    """A drawn photo with a bright patch where the face is."""
    drawn = np.full((160, 200, 3), (40, 60, 90), np.uint8)
    drawn[BOX.y : BOX.y + BOX.h, BOX.x : BOX.x + BOX.w] = (210, 180, 160)
    return drawn


@pytest.mark.parametrize("wear", [SCALED, WORN])
def test_a_worn_photo_is_kept_as_jpeg_at_the_size_asked_for(photo: Pixels, wear: Wear) -> None:
    """R35: a photo is worn to the face size asked for, is no longer what it was, and its box goes along."""
    small, box = worn(photo, BOX, wear, face_px=40, seed="one")
    assert (small.shape, box) == ((80, 100, 3), Box(20, 15, 30, 40))
    middle = small[box.y + 10 : box.y + 30, box.x + 8 : box.x + 22].astype(int)
    assert middle.mean() > small[:8].mean() + 40
    same, _ = worn(photo, BOX, wear, face_px=40, seed="one")
    np.testing.assert_array_equal(small, same)


def test_a_photo_as_taken_keeps_its_pixels_and_is_never_enlarged(photo: Pixels) -> None:
    """R35: as taken means pixel for pixel, and a face that is smaller than asked for is not made larger."""
    same, box = worn(photo, BOX, AS_TAKEN, face_px=None, seed="one")
    np.testing.assert_array_equal(same, photo)
    assert box == BOX
    assert worn(photo, BOX, SCALED, face_px=500, seed="one")[0].shape == photo.shape
