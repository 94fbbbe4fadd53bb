"""Turn a face into a template with faceres: which pixels are taken, and in which geometry the numbers are compared."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.faces import Box
from countenance.ports import Pixels
from countenance.vision._session import Floats, Session

# The square taken is this many times the longer side of the detector's box (MODELS: 1.0 is clearly worse).
CROP = 1.3
SIDE_PX = 224
# The means of the colours blue, green and red that the network was trained with.
MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)


def identity(session: Session, pixels: Pixels, box: Box) -> npt.NDArray[np.float64]:
    """Give the network's identity vector of one face, averaged with its mirror image: averages of ReLU6, 0 to 6.

    One face a run: so its numbers do not depend on what else is in the photo.
    """
    plain = _square(pixels, box)[..., ::-1].astype(np.float32) - MEAN_BGR
    pair = np.ascontiguousarray(np.stack([plain, plain[:, ::-1]]).transpose(0, 3, 1, 2))
    rows: Floats = session.run(["identity"], {"pixels": pair})[0]
    mean: npt.NDArray[np.float64] = rows.mean(axis=0, dtype=np.float64)
    return mean


def geometry(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Turn an identity vector into a unit template: the square root makes the inner product Hellinger's affinity."""
    rooted = np.sqrt(np.maximum(vector, 0.0))
    return (rooted / max(float(np.linalg.norm(rooted)), np.finfo(np.float64).tiny)).astype(np.float32)


def _square(pixels: Pixels, box: Box) -> Pixels:
    """Cut the square around a box, its edge repeated where it reaches over the photo's, and scale it to 224 x 224."""
    height, width = pixels.shape[:2]
    side = max(round(CROP * box.side), 1)
    left = round(box.x + (box.w - side) / 2)
    top = round(box.y + (box.h - side) / 2)
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    square = Image.fromarray(pixels[rows[:, None], columns])
    return np.asarray(square.resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR))
