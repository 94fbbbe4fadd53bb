"""Find faces with CenterFace: passes over the photo at several scales, in tiles, merged into one list."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.faces import Box, Face
from countenance.ports import Pixels
from countenance.vision._session import Floats, Session

# CenterFace gives one cell for 4 x 4 pixels and needs sides that are multiples of 32.
CELL_PX, MULTIPLE_PX = 4, 32
OUTPUTS = ["heat", "sizes", "offsets", "landmarks"]
# A face larger than this in the pixels of a pass is left to the coarser passes: of such faces a fine pass sees parts.
LARGEST_PX = 128
# Two boxes that overlap more than this (intersection over union) are one face; so are two of which the smaller lies
# with this share of its area in the larger, when passes at different scales saw it differently.
SAME_FACE, CONTAINED = 0.3, 0.8
# A box that ends this near to an inner edge of a tile, in pixels of the pass, is taken to be cut off.
CUT_PX = 2.0


@dataclass(frozen=True, slots=True)
class WorkingPoint:
    """How closely to look.

    The photo is scaled so that its longer side is the larger of `long_side_px` and `share` of its own, but never more
    than `enlarged` times; heat of `threshold` and more is a face. `coarse_sides_px` are further passes over the whole
    photo, for faces too large for the first.
    """

    name: str
    long_side_px: int
    share: float
    enlarged: float
    threshold: float
    coarse_sides_px: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tiling:
    """Tiles of `side_px` that share `shared_px` with their neighbours, in pixels of the pass."""

    side_px: int
    shared_px: int


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates in upright pixels: boxes as left, top, right, bottom; confidences; landmarks `(n, 5, 2)`."""

    boxes: npt.NDArray[np.float64]
    confidences: npt.NDArray[np.float64]
    landmarks: npt.NDArray[np.float64]


def detect(session: Session, pixels: Pixels, point: WorkingPoint, tiling: Tiling) -> tuple[Face, ...]:
    """Give the faces of a photo, the most certain first; boxes are whole pixels."""
    height, width = pixels.shape[:2]
    photo = Image.fromarray(pixels)
    scales = _scales(max(height, width), point)
    found = [
        candidates
        for place, scale in enumerate(scales)
        for candidates in _pass(
            session,
            photo,
            scale,
            point.threshold,
            tiling,
            largest_px=np.inf if place + 1 == len(scales) else LARGEST_PX,
        )
    ]
    boxes = np.concatenate([candidates.boxes for candidates in found])
    confidences = np.concatenate([candidates.confidences for candidates in found])
    landmarks = np.concatenate([candidates.landmarks for candidates in found])
    order = np.lexsort((*boxes.T[::-1], -confidences))
    faces: list[Face] = []
    for place in _distinct(boxes[order]):
        chosen = order[place]
        left, top, right, bottom = (int(edge) for edge in np.round(boxes[chosen]))
        box = Box(left, top, max(right - left, 1), max(bottom - top, 1)).within(width, height)
        if box is not None:
            marks = tuple((round(float(x), 1), round(float(y), 1)) for x, y in landmarks[chosen])
            faces.append(Face(box, round(float(confidences[chosen]), 4), marks))
    return tuple(faces)


def _scales(side: int, point: WorkingPoint) -> list[float]:
    """Give the scale of each pass, the finest first."""
    finest = min(max(point.long_side_px, point.share * side) / side, point.enlarged)
    return [finest, *(coarse / side for coarse in point.coarse_sides_px if coarse < 0.75 * finest * side)]


def _pass(
    session: Session, photo: Image.Image, scale: float, threshold: float, tiling: Tiling, *, largest_px: float
) -> Iterator[Found]:
    """Look at the photo at one scale, tile by tile."""
    width, height = max(round(photo.width * scale), 1), max(round(photo.height * scale), 1)
    scaled = np.asarray(photo.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0))
    back = np.array([photo.width / width, photo.height / height])
    for top, bottom in _spans(height, tiling):
        for left, right in _spans(width, tiling):
            tile = scaled[top:bottom, left:right]
            found = _decoded(session.run(OUTPUTS, {"pixels": _planes(tile)}), threshold)
            # A face cut by an inner edge is whole in the neighbouring tile, or in a coarser pass.
            whole = (
                (np.max(found.boxes[:, 2:] - found.boxes[:, :2], axis=1) <= largest_px)
                & ((found.boxes[:, 0] > CUT_PX) | (left == 0))
                & ((found.boxes[:, 1] > CUT_PX) | (top == 0))
                & ((found.boxes[:, 2] < right - left - CUT_PX) | (right == width))
                & ((found.boxes[:, 3] < bottom - top - CUT_PX) | (bottom == height))
            )
            corner = np.array([left, top])
            yield Found(
                ((found.boxes[whole].reshape(-1, 2, 2) + corner) * back).reshape(-1, 4),
                found.confidences[whole],
                (found.landmarks[whole] + corner) * back,
            )


def _spans(length: int, tiling: Tiling) -> list[tuple[int, int]]:
    """Cut a length into as few equal tiles as go, each sharing its ends with its neighbours."""
    if length <= tiling.side_px:
        return [(0, length)]
    count = -(-(length - tiling.shared_px) // (tiling.side_px - tiling.shared_px))
    side = -(-(length + (count - 1) * tiling.shared_px) // count)
    starts = np.linspace(0, length - side, count).round().astype(int).tolist()
    return [(start, start + side) for start in starts]


def _planes(tile: Pixels) -> Floats:
    """Turn `(height, width, 3)` into float32 `(1, 3, height, width)`, filled up with black to the multiples needed."""
    height, width = tile.shape[:2]
    planes = np.zeros(
        (1, 3, -(-height // MULTIPLE_PX) * MULTIPLE_PX, -(-width // MULTIPLE_PX) * MULTIPLE_PX), np.float32
    )
    planes[0, :, :height, :width] = tile.transpose(2, 0, 1)
    return planes


def _decoded(outputs: list[Floats], threshold: float) -> Found:
    """Read candidates off the four maps, in pixels of the tile (decoding: arXiv 1911.03599, section 3.2)."""
    heat, sizes, offsets, marks = (output[0] for output in outputs)
    # Of the cells of one face only the hottest of its 3 x 3 neighbours speaks: the rest would only be merged away.
    padded = np.pad(heat[0], 1)
    hottest = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).max(axis=(2, 3))
    rows, columns = np.nonzero((heat[0] >= threshold) & (heat[0] == hottest))
    high, wide = (np.exp(sizes[axis, rows, columns].astype(np.float64)) * CELL_PX for axis in range(2))
    middle_y = (rows + offsets[0, rows, columns] + 0.5) * CELL_PX
    middle_x = (columns + offsets[1, rows, columns] + 0.5) * CELL_PX
    left, top = middle_x - wide / 2, middle_y - high / 2
    places = marks[:, rows, columns].astype(np.float64)
    across = places[1::2] * wide + left
    down = places[0::2] * high + top
    return Found(
        np.stack([left, top, left + wide, top + high], axis=1),
        heat[0, rows, columns].astype(np.float64),
        np.stack([across, down], axis=2).transpose(1, 0, 2),
    )


def _distinct(boxes: npt.NDArray[np.float64]) -> list[int]:
    """Give the places of the boxes that are no better box's face, best first."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    left = np.ones(len(boxes), bool)
    for place in range(len(boxes)):
        if not left[place]:
            continue
        kept.append(place)
        sides = np.minimum(boxes[place, 2:], boxes[:, 2:]) - np.maximum(boxes[place, :2], boxes[:, :2])
        shared = np.prod(np.maximum(sides, 0), axis=1)
        same = shared / (areas[place] + areas - shared) > SAME_FACE
        same |= (shared / areas > CONTAINED) & (areas < areas[place])
        left &= ~same
    return kept
