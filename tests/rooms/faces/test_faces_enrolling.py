"""R32: what can be enrolled, and how several photos of one person weigh in their template."""

import numpy as np
import pytest

from countenance.errors import ModelMismatch
from countenance.faces import ENROL_MIN_PX, Box, Face, Template, Unfit, combined, unfit

GOOD = Face(Box(10, 10, 90, ENROL_MIN_PX), 0.6)


@pytest.mark.parametrize(
    ("faces", "why"),
    [
        ([], Unfit.NO_FACE),
        ([GOOD, GOOD], Unfit.SEVERAL_FACES),
        ([Face(Box(0, 0, ENROL_MIN_PX - 1, 60), 1.0)], Unfit.TOO_SMALL),
        ([Face(GOOD.box, 0.59)], Unfit.UNCLEAR),
        ([GOOD], None),
        ([Face(Box(0, 0, 20, ENROL_MIN_PX), 1.0)], None),
    ],
)
def test_one_good_face_can_be_enrolled(faces: list[Face], why: Unfit | None) -> None:
    """R32: no face, several, a small one and an unclear one are refused, each for its reason."""
    assert unfit(faces) is why


def _template(*values: float, model: str = "drawn/1") -> Template:
    row = np.array(values, np.float32)
    return Template(row / np.linalg.norm(row), model)


def test_a_photo_weighs_by_its_useful_pixels_and_its_confidence() -> None:
    """R32: a face of 224 pixels weighs twice one of 112 and as much as one of 900; half the confidence is half."""
    across, down = _template(1, 0), _template(0, 1)

    def slope(one: Face, other: Face) -> float:
        values = combined([one, other], [across, down]).values
        return float(values[0] / values[1])

    assert slope(Face(Box(0, 0, 224, 200), 1.0), Face(Box(0, 0, 112, 90), 1.0)) == pytest.approx(2)
    assert slope(Face(Box(0, 0, 224, 200), 1.0), Face(Box(0, 0, 900, 900), 1.0)) == pytest.approx(1)
    assert slope(Face(Box(0, 0, 300, 300), 1.0), Face(Box(0, 0, 300, 300), 0.5)) == pytest.approx(2)


def test_templates_of_two_models_are_not_combined() -> None:
    """R36: what two models say of a face is no one template."""
    with pytest.raises(ModelMismatch):
        combined([GOOD, GOOD], [_template(1, 0), _template(1, 0, model="drawn/2")])
