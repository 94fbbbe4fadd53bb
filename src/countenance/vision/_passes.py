"""One pass of CenterFace over a photo at one scale: in tiles, decoded, in the photo's pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.ports import Pixels
from countenance.vision._session import Floats, Session

# CenterFace gives one cell for 4 x 4 pixels and needs sides that are multiples of 32.
CELL_PX, MULTIPLE_PX = 4, 32
OUTPUTS = ["heat", "sizes", "offsets", "landmarks"]
# A box that ends this near to an inner edge of a tile, in pixels of the pass, is taken to be cut off.
CUT_PX = 2.0

Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tiling:
    """Tiles of `side_px` that share `shared_px` with their neighbours, in pixels of the pass."""

    side_px: int
    shared_px: int


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Candidates in upright pixels: boxes as left, top, right, bottom; confidences; landmarks `(n, 5, 2)`."""

    boxes: Boxes
    confidences: npt.NDArray[np.float64]
    landmarks: npt.NDArray[np.float64]

    @classmethod
    def joined(cls, parts: "list[Found]") -> "Found":
        """Give the candidates of several looks as one; `parts` are one or more."""
        return cls(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.confidences for part in parts]),
            np.concatenate([part.landmarks for part in parts]),
        )

    def chosen(self, which: npt.ArrayLike) -> "Found":
        """Give some of the candidates, by their places or by a mask."""
        places = np.asarray(which)
        if places.dtype != np.bool_:
            places = places.astype(np.intp)
        return Found(self.boxes[places], self.confidences[places], self.landmarks[places])


def look_over(
    session: Session, photo: Image.Image, scale: float, threshold: float, tiling: Tiling, *, largest_px: float
) -> Iterator[Found]:
    """Look at the photo at one scale, tile by tile; faces larger than `largest_px` in the pass are left out."""
    width, height = max(round(photo.width * scale), 1), max(round(photo.height * scale), 1)
    scaled = np.asarray(photo.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0))
    back = np.array([photo.width / width, photo.height / height])
    for top, bottom in _spans(height, tiling):
        for left, right in _spans(width, tiling):
            found = look_at(session, scaled[top:bottom, left:right], threshold)
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


def look_at(session: Session, tile: Pixels, threshold: float) -> Found:
    """Run the network on one tile; give its candidates in pixels of the tile."""
    return _decoded(session.run(OUTPUTS, {"pixels": _planes(tile)}), threshold)


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
