"""Which pixels become a template, and in which geometry templates compare."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from countenance.errors import ModelFileWrong
from countenance.faces import Box
from countenance.vision._embedder import FEATURES, ROWS, Embedder, directions, identity, root
from countenance.vision._session import Floats


class Looks:
    """A network that keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Floats] = []

    def run(self, outputs: list[str], inputs: dict[str, Floats]) -> list[Floats]:
        """Give what each picture is like in its rows, in the shape of an identity."""
        assert outputs == ["identity"]
        self.shown.append(inputs["pixels"])
        rows = np.abs(inputs["pixels"].mean(axis=3)).reshape(2, -1)
        return [np.stack([np.resize(row, (FEATURES, ROWS)) for row in rows])]


def as_bytes(array: npt.NDArray[np.float64]) -> bytes:
    """Give an array as a .npy file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def drawn_directions(seed: int = 3) -> npt.NDArray[np.float32]:
    """Give eight directions of different lengths, at right angles to each other."""
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(FEATURES, 8)))[0].T
    return np.asarray(axes * np.linspace(0.9, 0.1, 8)[:, None], np.float32)


@given(npst.arrays(np.float64, (1024, 7), elements=st.floats(0, 6)).filter(lambda features: features.any()))
def test_all_identity_features_become_a_unit_template(features: npt.NDArray[np.float64]) -> None:
    """Whatever the network gives, also next to nothing, the template has length one and finite numbers."""
    values = Embedder(Looks(), drawn_directions()).geometry(features)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert abs(float(np.linalg.norm(values)) - 1) < 1e-3


def test_features_of_nothing_are_refused() -> None:
    """Features that are all zero, which would be alike for any two faces, give no template."""
    with pytest.raises(ValueError, match="nothing"):
        root(np.zeros((1024, 7)))


def test_what_photos_of_one_face_differ_in_parts_templates_less() -> None:
    """R35: a change along a learned direction leaves two templates more alike than one of the same size elsewhere."""
    within = drawn_directions()
    embedder = Embedder(Looks(), within)
    rng = np.random.default_rng(2)
    base = rng.uniform(1, 2, FEATURES)
    along = within[0] / np.linalg.norm(within[0])
    aside = rng.normal(size=FEATURES)
    aside -= (within @ aside) / (within**2).sum(axis=1) @ within
    aside /= np.linalg.norm(aside)

    def template(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        return embedder.geometry(np.repeat((vector**2)[:, None], ROWS, axis=1))

    near, far = (template(base) @ template(base + 8 * change) for change in (along, aside))
    assert near > far


def test_a_reference_is_the_mean_of_three_sizes() -> None:
    """R35: what is kept is seen with 112, 64 and 40 pixels; a probe once, with 112; a small face is never enlarged."""
    network = Looks()
    embedder = Embedder(network, drawn_directions())
    pixels = np.random.default_rng(1).integers(0, 255, (400, 400, 3)).astype(np.uint8)
    box = Box(100, 100, 200, 200)
    kept = embedder.reference(pixels, box)
    fine = [float(np.abs(np.diff(shown[0], axis=2)).mean()) for shown in network.shown]
    assert len(fine) == 3
    assert fine[0] > fine[1] > fine[2]
    assert abs(float(np.linalg.norm(kept)) - 1) < 1e-3
    assert len(network.shown) == 3
    embedder.probe(pixels, box)
    assert np.array_equal(network.shown[3], network.shown[0])


@pytest.mark.parametrize(
    "content",
    [b"", b"no array", as_bytes(np.zeros((3, 5))), as_bytes(np.zeros(FEATURES)), as_bytes(np.ones((2, FEATURES)))],
    ids=["empty", "no array", "too short", "one row", "more than there is"],
)
def test_directions_that_cannot_be_meant_are_refused(content: bytes) -> None:
    """R48: bytes that are no array, of another shape, or that would take out more than there is are not used."""
    with pytest.raises(ModelFileWrong):
        directions(content)


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
