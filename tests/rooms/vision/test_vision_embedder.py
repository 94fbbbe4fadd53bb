"""Which pixels become a template, and in which geometry templates compare."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from countenance.faces import Box
from countenance.vision._embedder import geometry, identity
from countenance.vision._session import Floats


class Looks:
    """A network that keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Floats] = []

    def run(self, outputs: list[str], inputs: dict[str, Floats]) -> list[Floats]:
        """Give the mean of each picture as the identity."""
        assert outputs == ["identity"]
        self.shown.append(inputs["pixels"])
        return [np.abs(inputs["pixels"].mean(axis=3))]


@given(npst.arrays(np.float64, (1024, 7), elements=st.floats(0, 6)).filter(lambda features: features.any()))
def test_all_identity_features_become_a_unit_template(features: npt.NDArray[np.float64]) -> None:
    """Whatever the network gives, also next to nothing, the template has length one and finite numbers."""
    values = geometry(features)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert abs(float(np.linalg.norm(values)) - 1) < 1e-3


def test_features_of_nothing_are_refused() -> None:
    """Features that are all zero, which would be alike for any two faces, give no template."""
    with pytest.raises(ValueError, match="nothing"):
        geometry(np.zeros((1024, 7)))


def test_the_upper_rows_weigh_more() -> None:
    """What differs in the rows of the mouth parts two templates less than what differs in those of the eyes."""
    rng = np.random.default_rng(2)
    base = rng.uniform(0, 2, (1024, 7))
    mouth, eyes = base.copy(), base.copy()
    mouth[:, 5] = rng.uniform(0, 2, 1024)
    eyes[:, 2] = rng.uniform(0, 2, 1024)
    assert geometry(base) @ geometry(mouth) > geometry(base) @ geometry(eyes)


def test_a_face_is_shown_with_its_mirror_image() -> None:
    """The network sees one face and its mirror image, blue first, the training colours' mean taken off."""
    network = Looks()
    pixels = np.zeros((300, 300, 3), np.uint8)
    pixels[:, :150] = (200, 100, 50)
    identity(network, pixels, Box(100, 100, 100, 100))
    (shown,) = network.shown
    assert shown.shape == (2, 3, 224, 224)
    assert np.array_equal(shown[0], shown[1][:, :, ::-1])
    assert np.allclose(shown[0, :, 112, 0], np.array([50, 100, 200]) - (103.939, 116.779, 123.68), atol=1e-3)
    assert np.allclose(shown[0, :, 112, -1], -np.array([103.939, 116.779, 123.68]), atol=1e-3)
