"""A Vision that sees coloured squares as faces: like faces they can be averaged, dimmed and blurred, and stay faces."""

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from countenance.faces import Box, Calibration, Face, MissRate, Quality, Template
from countenance.ports import Look, Pixels
from countenance.vision import StubVision

MODEL: Final = "colour-embedder/1"
GROUND: Final = (126, 126, 126)
# So many cells of a square have a colour of their own, in each direction.
CELLS: Final = 4
# What differs from grey by more than this is a square; JPEG, light and averaging leave enough.
APART: Final = 14


class ColourVision:
    """See squares of 4 x 4 colours on grey; the template is their colours. The frame of each is dark red."""

    model = MODEL
    detector = "colour-detector/1"
    nameable_px = 32

    @property
    def calibration(self) -> Calibration:
        """The stub's, which nobody asks for here."""
        return StubVision().calibration

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:  # noqa: ARG002 - as the port
        """Give the one square, if it is 20 pixels large."""
        apart = np.abs(pixels.astype(int) - pixels[:2].astype(int).mean(axis=(0, 1))).max(axis=2) > APART
        rows, columns = np.flatnonzero(apart.mean(axis=1) > 0.1), np.flatnonzero(apart.mean(axis=0) > 0.1)
        if len(rows) < 20 or len(columns) < 20:
            return ()
        box = Box(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
        marks = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
        return (Face(box, 0.9, tuple((box.x + x * box.w, box.y + y * box.h) for x, y in marks)),)

    def misses(self, look: Look) -> tuple[MissRate, ...]:
        """Nothing was measured of it."""
        del look
        return ()

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give the colours of the cells, their mean taken off."""
        return tuple(self.reference(pixels, box) for box in boxes)

    def reference(self, pixels: Pixels, box: Box) -> Template:
        """Give the same."""
        across, down = box.w // (CELLS + 2), box.h // (CELLS + 2)  # the frame
        inner = (box.x + across, box.y + down, box.x + box.w - across, box.y + box.h - down)
        square = Image.fromarray(pixels).crop(inner)
        cells = np.asarray(square.resize((CELLS, CELLS), Image.Resampling.BOX), np.float32)
        values = (cells - cells.mean(axis=(0, 1))).ravel()
        return Template((values / np.linalg.norm(values)).astype(np.float32), MODEL)

    def quality(self, pixels: Pixels, face: Face) -> Quality:
        """As the drawn patches: only the size can be wrong."""
        return StubVision().quality(pixels, face)


def square(identity: str, *, side: int = 96, size: int = 200) -> Pixels:
    """Draw the photo of somebody: a square whose colours depend on the name alone, in the middle of a grey photo."""
    drawn = hashlib.shake_256(identity.encode()).digest(CELLS * CELLS * 3)
    colours = np.frombuffer(drawn, np.uint8).reshape(CELLS, CELLS, 3)
    around = np.full((CELLS + 2, CELLS + 2, 3), (200, 30, 40), np.uint8)
    around[1:-1, 1:-1] = colours
    photo = np.full((size, size, 3), GROUND, np.uint8)
    corner = (size - side) // 2
    photo[corner : corner + side, corner : corner + side] = np.asarray(
        Image.fromarray(around).resize((side, side), Image.Resampling.NEAREST)
    )
    return photo
