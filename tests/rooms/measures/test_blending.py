"""R35: faces of nobody are blends in which the parents' landmarks lie upon each other."""

from itertools import islice
from math import comb

import numpy as np
import pytest

from colour_vision import ColourVision, square
from countenance.faces import Box, Face
from countenance.measures._blending import FACE_PX, blended, combinations, cut_out

VISION = ColourVision()


def test_a_blend_is_like_both_its_parents_and_less_like_others() -> None:
    """R35: half of one and half of another: nearer to each than the parents are to each other, or to a third."""
    parents = [square("anna"), square("ben", side=120)]
    cuts = [cut_out(photo, VISION.detect(photo)[0]) for photo in parents]
    pixels, box = blended(cuts)
    (face,) = VISION.detect(pixels)
    assert face.box.overlap(box) > 0.95
    (blend,) = VISION.embed(pixels, [face.box])
    anna, ben, cora = (VISION.reference(photo, VISION.detect(photo)[0].box) for photo in (*parents, square("cora")))
    assert min(blend.compare(anna), blend.compare(ben)) > max(anna.compare(ben), blend.compare(cora)) + 0.2
    assert not np.array_equal(pixels, blended(cuts[::-1])[0])


def test_landmarks_lie_upon_each_other() -> None:
    """R35: a turned and scaled face is brought upon the other by its landmarks."""
    straight = square("anna")
    face = VISION.detect(straight)[0]
    turned = np.rot90(straight, -1)  # a quarter to the right: (x, y) comes to (199 - y, x)
    marks = tuple((199 - y, x) for x, y in face.landmarks)
    lying = Face(Box(199 - face.box.y - face.box.h + 1, face.box.x, face.box.h, face.box.w), 0.9, marks)
    pixels, _ = blended([cut_out(straight, face), cut_out(np.ascontiguousarray(turned), lying)])
    alone = cut_out(straight, face).pixels
    inner = (slice(105, 180), slice(105, 180))
    assert np.abs(pixels[inner].astype(int) - alone[inner].astype(int)).mean() < 6


def test_without_landmarks_boxes_lie_upon_each_other() -> None:
    """R35: a detector without landmarks gives blends too."""
    photo = square("anna")
    box = VISION.detect(photo)[0].box
    cut = cut_out(photo, Face(box, 0.9))
    np.testing.assert_allclose(blended([cut, cut])[0], cut.pixels, atol=1)


def test_large_faces_are_cut_to_what_the_embedder_sees() -> None:
    """R35: a cut is three faces wide and a face of 224 pixels, wherever the face lies; small ones keep their size."""
    photo = square("anna", side=400, size=500)
    cut = cut_out(photo, VISION.detect(photo)[0])
    assert cut.face.box == Box(FACE_PX, FACE_PX, FACE_PX, FACE_PX)
    assert cut.pixels.shape == (3 * FACE_PX, 3 * FACE_PX, 3)
    small = square("anna", side=50)
    assert cut_out(small, VISION.detect(small)[0]).face.box == Box(50, 50, 50, 50)


@pytest.mark.parametrize(("people", "size"), [(5, 2), (6, 3), (2, 3)])
def test_every_combination_comes_once_in_an_order_by_the_seed(people: int, size: int) -> None:
    """R35: pairs and triples are drawn without repetition, the same for the same seed, until there are no more."""
    drawn = list(combinations(people, size, "one"))
    assert len({frozenset(one) for one in drawn}) == len(drawn) == comb(people, size)
    assert list(combinations(people, size, "one")) == drawn
    if len(drawn) > 1:
        assert list(combinations(people, size, "two")) != drawn
    assert list(islice(combinations(people, size, "one"), 1)) == drawn[:1]
