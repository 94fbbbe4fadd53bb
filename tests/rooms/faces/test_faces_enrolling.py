"""R32: what can be enrolled, and how several photos of one person weigh in their template."""

from dataclasses import replace

import numpy as np
import pytest

from countenance.errors import ModelMismatch
from countenance.faces import ENROL_MIN_PX, Box, Face, GoodFace, Quality, Template, Trouble, Unfit, combined, good_face
from countenance.vision import StubVision

FACE = Face(Box(10, 10, 90, ENROL_MIN_PX), 0.6)
NOTHING = np.zeros((1, 1, 3), np.uint8)


def quality(face: Face) -> Quality:
    """Give the quality of a face that is as good as its size and its detection."""
    return StubVision().quality(NOTHING, face)


@pytest.mark.parametrize(
    ("faces", "why"),
    [
        ([], Trouble.NO_FACE),
        ([FACE, FACE], Trouble.SEVERAL_FACES),
        ([Face(Box(0, 0, ENROL_MIN_PX - 1, 60), 1.0)], Trouble.TOO_SMALL),
        ([Face(FACE.box, 0.59)], Trouble.UNCLEAR),
        ([FACE], None),
        ([Face(Box(0, 0, 20, ENROL_MIN_PX), 1.0)], None),
    ],
)
def test_one_good_face_can_be_enrolled(faces: list[Face], why: Trouble | None) -> None:
    """R32: no face, several, one below 80 pixels and one that may be a pattern are refused; 80 and 0.6 serve."""
    expected = Unfit((why,), tuple(faces)) if why else GoodFace(faces[0], quality(faces[0]))
    assert good_face(faces, quality) == expected


def test_everything_that_is_wrong_is_told_in_one_order() -> None:
    """R32: a face that is small, dark, turned and unclear is all of that, the most telling first."""

    def poor(face: Face) -> Quality:
        return replace(quality(face), yaw=-40.0, contrast=10.0, level=30.0)

    face = Face(Box(0, 0, 50, 50), 0.2)
    unfit = good_face([face], poor)
    assert isinstance(unfit, Unfit)
    assert unfit.troubles == (Trouble.TOO_SMALL, Trouble.TOO_DARK, Trouble.TURNED, Trouble.UNCLEAR)


def test_every_trouble_has_its_words() -> None:
    """R32: whatever can be wrong with a photo is said, and so is what to do about it, each in words of its own."""
    for words in ([trouble.seen for trouble in Trouble], [trouble.advice for trouble in Trouble]):
        assert all(words)
        assert len(set(words)) == len(Trouble)


def _template(*values: float, model: str = "drawn/1") -> Template:
    row = np.array(values, np.float32)
    return Template(row / np.linalg.norm(row), model)


def test_a_better_photo_weighs_more() -> None:
    """R32: the template of two photos lies nearer to the better one's, in the proportion of their weights."""
    good = quality(Face(Box(0, 0, 224, 200), 1.0))
    poor = replace(good, sharpness=1.25)
    values = combined([good, poor], [_template(1, 0), _template(0, 1)]).values
    assert float(values[0] / values[1]) == pytest.approx(good.weight / poor.weight)
    assert good.weight > poor.weight


def test_templates_of_two_models_are_not_combined() -> None:
    """R36: what two models say of a face is no one template."""
    good = quality(FACE)
    with pytest.raises(ModelMismatch):
        combined([good, good], [_template(1, 0), _template(1, 0, model="drawn/2")])
