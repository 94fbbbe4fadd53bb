"""Cut faces out of photos; where they are is left to the caller."""

import numpy as np
import numpy.typing as npt

from countenance.photos._formats import Format
from countenance.photos._writing import encoded

# A crop is kept to be embedded again by later models: hardly any loss, for about 40 KB a face of 300 px.
_CROP_QUALITY = 95


def crop(pixels: npt.NDArray[np.uint8], box: tuple[int, int, int, int], *, margin: float) -> npt.NDArray[np.uint8]:
    """Give the part of a photo in `box` (x, y, w, h), with `margin` of its longer side added on every side.

    Beyond the photo's edge the nearest pixels are repeated, so that the shape is (h + 2m, w + 2m, 3) wherever it lies.

    Raises:
        ValueError: a box without an area, or a negative margin.
    """
    x, y, w, h = box
    if w <= 0 or h <= 0 or margin < 0:
        raise ValueError(f"a crop needs an area and a margin of 0 or more, not {w} x {h} and {margin}")
    by = round(max(w, h) * margin)
    rows = np.clip(np.arange(y - by, y + h + by), 0, pixels.shape[0] - 1)
    columns = np.clip(np.arange(x - by, x + w + by), 0, pixels.shape[1] - 1)
    return pixels[rows[:, np.newaxis], columns]


def encode_crop(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Give a crop as the bytes of a JPEG without metadata, which `read_photo` opens again."""
    return encoded(pixels, Format.JPEG, quality=_CROP_QUALITY)
