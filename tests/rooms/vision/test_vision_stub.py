"""The Vision for tests: what is drawn is what is seen."""

import io
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from countenance.faces import Box, Use
from countenance.ports import Look, Pixels
from countenance.vision import StubVision

IDENTITIES = st.integers(0, 4095)


def through_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Give the pixels as they come back from a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


@given(IDENTITIES, st.integers(32, 200), st.integers(0, 90), st.integers(0, 90), st.integers(60, 95), st.booleans())
def test_an_identity_survives_jpeg(
    identity: int,
    side: int,
    x: int,
    y: int,
    quality: int,
    unclear: bool,  # noqa: FBT001 -- drawn by Hypothesis
) -> None:
    """Any identity at any size and place is read back from a JPEG, box and template."""
    drawn = StubVision.draw((300, 300), [(Box(x, y, side, side), identity)], unclear=[identity] if unclear else [])
    photo = through_jpeg(drawn, quality)
    vision = StubVision()
    (face,) = vision.detect(photo)
    assert max(abs(a - b) for a, b in zip(face.box.as_tuple(), (x, y, side, side), strict=True)) <= 2
    (template,) = vision.embed(photo, [face.box])
    assert np.array_equal(template.values, StubVision.template(identity, unclear=unclear).values)


def test_no_two_identities_are_alike() -> None:
    """No two of the 4,096 identities come near the search threshold."""
    vectors = np.stack([StubVision.template(identity).values for identity in range(4096)])
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, 0)
    assert scores.max() < 0.7


@given(IDENTITIES)
def test_an_unclear_face_is_found_but_not_shown(identity: int) -> None:
    """An unclear drawing reaches the search threshold and stays under the stricter one."""
    search, show = (StubVision().calibration.threshold(use, people=4096, px=40) for use in (Use.SEARCH, Use.SHOW))
    score = StubVision.template(identity).compare(StubVision.template(identity, unclear=True))
    assert search.reached_by(score)
    assert not show.reached_by(score)


def test_small_patches_are_seen_only_by_looking_thoroughly() -> None:
    """A patch of 28 pixels is overlooked when indexing and seen for publication; one of 20 is never seen."""
    photo = StubVision.draw((200, 100), [(Box(20, 20, 28, 28), 5), (Box(100, 20, 20, 20), 6)])
    vision = StubVision()
    assert vision.detect(photo) == ()
    assert [face.box.side for face in vision.detect(photo, Look.PUBLISHING)] == [28]


def test_a_covered_patch_is_gone() -> None:
    """A patch filled with one colour is no longer seen, nor is half a patch."""
    photo = StubVision.draw((200, 100), [(Box(10, 10, 60, 60), 5), (Box(100, 10, 60, 60), 6)])
    photo[10:70, 10:70] = 0
    photo[10:40, 100:160] = 0
    assert StubVision().detect(photo, Look.PUBLISHING) == ()


def test_many_patches_in_any_layout_are_told_apart() -> None:
    """Patches that no straight cut separates are still found one by one."""
    boxes = [Box(10, 60, 50, 50), Box(64, 10, 50, 50), Box(118, 64, 50, 50), Box(64, 118, 50, 50)]
    photo = StubVision.draw((200, 200), [(box, 3 * place) for place, box in enumerate(boxes)])
    assert sorted(face.box for face in StubVision().detect(photo)) == sorted(boxes)
    assert all(one.overlap(other) == 0 for one, other in combinations(boxes, 2))


def test_a_drawing_that_cannot_be_is_refused() -> None:
    """An identity out of range and a box over the edge are refused where they are drawn."""
    with pytest.raises(ValueError, match="4096"):
        StubVision.draw((100, 100), [(Box(10, 10, 40, 40), 4096)])
    with pytest.raises(ValueError, match="edge"):
        StubVision.draw((100, 100), [(Box(80, 10, 40, 40), 1)])


def test_a_place_without_a_patch_gives_a_template_of_its_own() -> None:
    """Embedding plain pixels gives a template that matches no identity."""
    photo = StubVision.draw((100, 100), [])
    (template,) = StubVision().embed(photo, [Box(10, 10, 40, 40)])
    assert max(template.compare(StubVision.template(identity)) for identity in range(4096)) < 0.8
