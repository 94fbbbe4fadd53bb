"""Turn a face into a template with faceres: which pixels are taken, and in which geometry the numbers are compared."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.faces import Box
from countenance.ports import Pixels
from countenance.vision._session import Floats, Session

# The square taken is this many times the longer side of the detector's box.
CROP = 1.15
# No face is looked at more closely than with this many pixels on its longer side: so large and small faces of one
# person come closer to each other, and fine texture, which composites lack or share, counts for less.
FINEST_PX = 112
# A reference is the mean of what is seen with so many pixels at most: the face is found in small photos too.
REFERENCE_PX = (112, 64, 40)
SIDE_PX = 224
# The means of the colours blue, green and red that the network was trained with.
MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)
# How much the seven rows of the network's last map weigh, from the brow to the chin: a smile moves the lower ones.
ROW_WEIGHTS = np.array([1.0, 1.0, 1.0, 1.0, 0.25, 0.25, 0.25])


def embedded(session: Session, pixels: Pixels, box: Box) -> npt.NDArray[np.float32]:
    """Give the unit template `(1024,)` of a face that is to be compared."""
    return geometry(identity(session, pixels, box))


def reference(session: Session, pixels: Pixels, box: Box) -> npt.NDArray[np.float32]:
    """Give the unit template `(1024,)` of a face that is to be kept: the mean direction over several sizes."""
    seen = [geometry(identity(session, pixels, box, finest_px=px)) for px in REFERENCE_PX]
    mean: npt.NDArray[np.float64] = np.mean(np.stack(seen), axis=0, dtype=np.float64)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def identity(session: Session, pixels: Pixels, box: Box, *, finest_px: int = FINEST_PX) -> npt.NDArray[np.float64]:
    """Give the network's identity features of one face, `(1024, 7)`: averages of ReLU6, 0 to 6, for each row.

    They are averaged with those of the mirror image. One face a run: so its numbers depend on nothing else.
    """
    plain = _square(pixels, box, finest_px)[..., ::-1].astype(np.float32) - MEAN_BGR
    pair = np.ascontiguousarray(np.stack([plain, plain[:, ::-1]]).transpose(0, 3, 1, 2))
    both: Floats = session.run(["identity"], {"pixels": pair})[0]
    mean: npt.NDArray[np.float64] = both.mean(axis=0, dtype=np.float64)
    return mean


def geometry(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Turn identity features into a unit template: the square root makes the inner product Hellinger's affinity.

    Raises:
        ValueError: the features are all zero, which no face gives.
    """
    vector = np.maximum(features @ ROW_WEIGHTS, 0.0)
    if not vector.any():
        raise ValueError("the network saw nothing at all")
    rooted = np.sqrt(vector / vector.max())
    unit: npt.NDArray[np.float32] = (rooted / np.linalg.norm(rooted)).astype(np.float32)
    return unit


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
