"""Turn a face into a template with faceres: which pixels are taken, and in which geometry the numbers are compared."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.errors import ModelFileWrong
from countenance.faces import Box
from countenance.ports import Pixels
from countenance.vision._session import Floats, Session

# The square taken is this many times the longer side of the detector's box.
CROP = 1.3
# No face is looked at more closely than with this many pixels on its longer side: so large and small faces of one
# person come closer to each other.
FINEST_PX = 112
# A reference is the mean of what is seen with so many pixels at most: so the person is found in small faces too.
REFERENCE_PX = (112, 64, 40)
SIDE_PX = 224
# How many numbers the network gives of a face, for each row of its last map.
FEATURES, ROWS = 1024, 7
# The means of the colours blue, green and red that the network was trained with.
MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)


@dataclass(frozen=True, slots=True)
class Embedder:
    """The network, and how photos of one face differ.

    `within` has shape `(directions, 1024)`: the directions in which photos of one face differ most, each as long as the
    square root of the share of it that is taken out (Hatch, Kajarekar, Stolcke 2006: within-class covariance
    normalisation, here kept to its first directions). docs/reference/accuracy.md says what it was learned from.
    """

    network: Session
    within: npt.NDArray[np.float32]

    def probe(self, pixels: Pixels, box: Box) -> npt.NDArray[np.float32]:
        """Give the unit template `(1024,)` of a face that is to be compared."""
        return self.geometry(identity(self.network, pixels, box))

    def reference(self, pixels: Pixels, box: Box) -> npt.NDArray[np.float32]:
        """Give the unit template `(1024,)` of a face that is to be kept: the mean direction over several sizes."""
        seen = [self.geometry(identity(self.network, pixels, box, finest_px=px)) for px in REFERENCE_PX]
        mean: npt.NDArray[np.float64] = np.mean(np.stack(seen), axis=0, dtype=np.float64)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def geometry(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        """Turn identity features into a unit template.

        Of their roots the inner product is Hellinger's affinity; then what photos of one face differ in is weakened.

        Raises:
            ValueError: the features are all zero, which no face gives.
        """
        rooted = root(features)
        left: npt.NDArray[np.float64] = rooted - (self.within @ rooted) @ self.within
        return np.asarray(left / np.linalg.norm(left), np.float32)


def directions(content: bytes) -> npt.NDArray[np.float32]:
    """Read the directions in which photos of one face differ from the bytes of a .npy file.

    Raises:
        ModelFileWrong: they are of another shape, or would take out more than there is.
    """
    try:
        within = np.load(io.BytesIO(content), allow_pickle=False).astype(np.float32)
    except (ValueError, EOFError) as error:
        raise ModelFileWrong(
            "the directions beside faceres cannot be read", remedy="install the package again"
        ) from error
    if within.ndim != 2 or within.shape[1] != FEATURES or not (np.linalg.norm(within, axis=1) < 1).all():  # noqa: PLR2004
        raise ModelFileWrong("the directions beside faceres are of another shape", remedy="install the package again")
    return np.asarray(within)


def identity(session: Session, pixels: Pixels, box: Box, *, finest_px: int = FINEST_PX) -> npt.NDArray[np.float64]:
    """Give the network's identity features of one face, `(1024, 7)`: averages of ReLU6, 0 to 6, for each row.

    They are averaged with those of the mirror image. One face a run: so its numbers depend on nothing else.
    """
    plain = _square(pixels, box, finest_px)[..., ::-1].astype(np.float32) - MEAN_BGR
    pair = np.ascontiguousarray(np.stack([plain, plain[:, ::-1]]).transpose(0, 3, 1, 2))
    both: Floats = session.run(["identity"], {"pixels": pair})[0]
    mean: npt.NDArray[np.float64] = both.mean(axis=0, dtype=np.float64)
    return mean


def root(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the root of the identity features' mean over the rows, of length one: `(1024, 7)` to `(1024,)`.

    Raises:
        ValueError: the features are all zero, which no face gives.
    """
    vector = np.maximum(features.mean(axis=1), 0.0)
    if not vector.any():
        raise ValueError("the network saw nothing at all")
    rooted: npt.NDArray[np.float64] = np.sqrt(vector / vector.max())
    return rooted / np.linalg.norm(rooted)


def _square(pixels: Pixels, box: Box, finest_px: int) -> Pixels:
    """Cut the square around a box, its edge repeated where it reaches over the photo's, and scale it to 224 x 224."""
    height, width = pixels.shape[:2]
    side = max(round(CROP * box.side), 1)
    left = round(box.x + (box.w - side) / 2)
    top = round(box.y + (box.h - side) / 2)
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    square = Image.fromarray(pixels[rows[:, None], columns])
    finest = round(CROP * finest_px)
    if side > finest:
        square = square.resize((finest, finest), Image.Resampling.BILINEAR)
    return np.asarray(square.resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR))
