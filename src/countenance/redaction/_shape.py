"""The shape of a cover: where it is opaque and how its edge fades; what colour it has is left to `_paint`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countenance.faces import Box

# Share of the box that a cover reaches beyond it on every side. Detectors box a face from brow to chin; with 0.35 hair,
# ears and chin are under the cover too, also of heads that lie on their side.
MARGIN = 0.35

# A cover reaches at least this far beyond the box, so that tiny faces lose their outline as well.
_LEAST_MARGIN_PX = 3

# Exponent of the superellipse: 2 is an ellipse, which leaves corners of a head uncovered; 4 is nearly a rectangle.
_ROUNDNESS = 2.5

# Width of the fading edge in pixels. It lies outside the opaque shape.
_EDGE_PX = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Veil:
    """One cover: the part of the photo that it touches, and how opaque it is there (float32, 0 to 1)."""

    rows: slice
    columns: slice
    alpha: npt.NDArray[np.float32]


def veils(shape: tuple[int, int], boxes: Sequence[Box], *, margin: float) -> tuple[Veil, ...]:
    """Give the covers over boxes in a photo of `shape` (height, width); boxes beyond its edge may need none.

    A cover is a superellipse over the grown box, and every pixel of the box itself is in it whatever the margin.

    Raises:
        ValueError: a negative margin.
    """
    if margin < 0:
        raise ValueError(f"a margin is 0 or more, not {margin}")
    found = (_veil(shape, box, margin) for box in boxes)
    return tuple(veil for veil in found if veil is not None)


def opaque(shape: tuple[int, int], boxes: Sequence[Box], *, margin: float) -> npt.NDArray[np.bool_]:
    """Give where a photo of `shape` (height, width) is wholly covered: nothing of the original is left there."""
    mask = np.zeros(shape, np.bool_)
    for veil in veils(shape, boxes, margin=margin):
        mask[veil.rows, veil.columns] |= veil.alpha >= 1
    return mask


def _veil(shape: tuple[int, int], box: Box, margin: float) -> Veil | None:
    # The box of a turned head is narrow, but the head is not: each side counts half by the longer one.
    half_width = box.w / 2 + max(margin * (box.w + box.side) / 2, _LEAST_MARGIN_PX)
    half_height = box.h / 2 + max(margin * (box.h + box.side) / 2, _LEAST_MARGIN_PX)
    middle_x, middle_y = box.x + box.w / 2, box.y + box.h / 2
    rows = _span(middle_y - half_height, middle_y + half_height, shape[0])
    columns = _span(middle_x - half_width, middle_x + half_width, shape[1])
    if rows.stop <= rows.start or columns.stop <= columns.start:
        return None
    across = np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5 - middle_x
    down = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5 - middle_y)[:, np.newaxis]
    power = np.abs(across / half_width) ** _ROUNDNESS + np.abs(down / half_height) ** _ROUNDNESS
    # Distance to the edge along the line to the middle; negative inside.
    scale = np.maximum(power, np.float32(1e-6)) ** np.float32(-1 / _ROUNDNESS)
    beyond = np.hypot(across, down) * (1 - scale)
    alpha = np.clip(1 - beyond / _EDGE_PX, 0, 1).astype(np.float32)
    alpha[(np.abs(down) <= box.h / 2) & (np.abs(across) <= box.w / 2)] = 1
    return Veil(rows, columns, alpha)


def _span(low: float, high: float, length: int) -> slice:
    return slice(max(int(np.floor(low - _EDGE_PX)), 0), min(int(np.ceil(high + _EDGE_PX)), length))
