"""Cover boxes so that they stay covered; which boxes those are is left to the caller."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from countenance.faces import Box
from countenance.redaction._paint import Style, painted
from countenance.redaction._shape import MARGIN, opaque, veils


def cover(
    pixels: npt.NDArray[np.uint8], boxes: Sequence[Box], *, style: Style = Style.FILL, margin: float = MARGIN
) -> npt.NDArray[np.uint8]:
    """Give a copy of a photo with every box covered; `pixels` are uint8 of shape (height, width, 3).

    The cover is opaque over the whole box and, in a rounded shape, for `margin` of its size around it. Nothing of the
    copy depends on what was there: not the cover, not its edge, not any other pixel. A cover wins over whatever else
    is in its place, a face that may be shown included.

    Raises:
        ValueError: a negative margin.
    """
    covered = pixels.copy()
    visible = ~opaque(pixels.shape[:2], boxes, margin=margin)
    for veil in veils(pixels.shape[:2], boxes, margin=margin):
        part = veil.rows, veil.columns
        paint = painted(pixels, visible, style=style, rows=veil.rows, columns=veil.columns)
        alpha = veil.alpha[:, :, np.newaxis]
        # Only what is visible is blended with; under any cover the paint stands alone.
        blended = np.where(visible[part][:, :, np.newaxis], paint * alpha + covered[part] * (1 - alpha), paint)
        touched = (veil.alpha > 0) & (visible[part] | (veil.alpha >= 1))
        covered[part][touched] = np.clip(np.rint(blended[touched]), 0, 255).astype(np.uint8)
    return covered
