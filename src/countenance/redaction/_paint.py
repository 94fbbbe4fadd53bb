"""What a cover looks like; nothing in it may come from the pixels beneath (R17).

Every cover is first a fill of one colour. Blur and mosaic are laid over that fill as decoration, and are made only of
pixels that stay visible beside the covers, so that they give nothing away that the published photo does not show.
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

# A warm light grey: it reads as "left out on purpose" on skin, cloth, walls and sky alike, and is nobody's face.
FILL = (201, 196, 190)

# Decoration takes the surroundings in cells of which this many lie across the part looked at, and runs them into one
# another. So few, because details of necks and collars carried into a cover look like faces to a detector: measured on
# 89 covered faces, 11 false alarms with 64 cells, 3 with 6, 2 with a plain fill.
_GRID_CELLS = 6
# How much of the surroundings shows in a decoration; the rest is the fill. Measured likewise.
_TINT = 0.5
# Squares across the longer side of a mosaic.
_MOSAIC_SQUARES = 10
# How far a mosaic's squares go up and down in brightness, of 255; from their place alone.
_MOSAIC_STEP = 7.0


class Style(StrEnum):
    """How a cover looks; all are equally opaque."""

    FILL = "fill"
    """One colour."""
    BLUR = "blur"
    """The surroundings, running softly into one another."""
    MOSAIC = "mosaic"
    """The surroundings in squares."""


def painted(
    pixels: npt.NDArray[np.uint8], visible: npt.NDArray[np.bool_], *, style: Style, rows: slice, columns: slice
) -> npt.NDArray[np.float32]:
    """Give the paint for a part of a photo, float32 of shape (rows, columns, 3).

    `visible` is True where the photo is not covered by any cover; pixels elsewhere are not looked at.
    """
    height, width = rows.stop - rows.start, columns.stop - columns.start
    fill = np.array(FILL, np.float32)
    if style is Style.FILL:
        return np.broadcast_to(fill, (height, width, 3))
    around = _widened(rows, pixels.shape[0]), _widened(columns, pixels.shape[1])
    step = _parts(max(around[0].stop - around[0].start, around[1].stop - around[1].start), _GRID_CELLS)
    colours = fill + np.float32(_TINT) * (_surroundings(pixels[around], visible[around], step) - fill)
    down, across = np.arange(height), np.arange(width)
    light = np.zeros(1, np.float32)
    if style is Style.MOSAIC:
        square = _parts(max(height, width), _MOSAIC_SQUARES)
        light = _steps(down // square, across // square)
        down, across = (at // square * square + square // 2 for at in (down, across))
    down, across = down + (rows.start - around[0].start), across + (columns.start - around[1].start)
    return _between(_between(colours, down, step, axis=0), across, step, axis=1) + light


def _parts(length: int, number: int) -> int:
    """Give how long the parts are if a length has at most that number of them."""
    return max(1, -(-length // number))


def _widened(span: slice, length: int) -> slice:
    by = span.stop - span.start
    return slice(max(span.start - by, 0), min(span.stop + by, length))


def _surroundings(part: npt.NDArray[np.uint8], visible: npt.NDArray[np.bool_], step: int) -> npt.NDArray[np.float32]:
    """Give the mean visible colour of each cell of `step` pixels; cells without any take their neighbours' colours."""
    rows, columns = (-(-length // step) for length in visible.shape)
    weight = np.zeros((rows * step, columns * step), np.float32)
    weight[: visible.shape[0], : visible.shape[1]] = visible
    colour = np.zeros((*weight.shape, 3), np.float32)
    colour[: visible.shape[0], : visible.shape[1]] = np.where(visible[:, :, np.newaxis], part, 0)
    totals = colour.reshape(rows, step, columns, step, 3).sum((1, 3))
    counts = weight.reshape(rows, step, columns, step).sum((1, 3))[:, :, np.newaxis]
    return _filled(totals, counts)


def _filled(totals: npt.NDArray[np.float32], counts: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Give totals / counts, and where nothing was counted what a grid of half as many cells has there (pull-push)."""
    rows, columns = counts.shape[:2]
    means = (totals / np.maximum(counts, 1)).astype(np.float32)
    if counts.all():
        return means
    if rows == columns == 1:
        return np.broadcast_to(np.array(FILL, np.float32), means.shape)
    padding = ((0, rows % 2), (0, columns % 2), (0, 0))
    pooled = [
        np.pad(grid, padding).reshape((rows + 1) // 2, 2, (columns + 1) // 2, 2, -1).sum((1, 3))
        for grid in (totals, counts)
    ]
    coarse = _filled(pooled[0], pooled[1])
    spread = _between(_between(coarse, np.arange(rows), 2, axis=0), np.arange(columns), 2, axis=1)
    return np.where(counts > 0, means, spread).astype(np.float32)


def _between(
    grid: npt.NDArray[np.float32], at: npt.NDArray[np.intp], step: int, *, axis: int
) -> npt.NDArray[np.float32]:
    """Interpolate linearly along one axis between the middles of cells of `step` pixels."""
    place = np.clip((at + 0.5) / step - 0.5, 0, grid.shape[axis] - 1)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, grid.shape[axis] - 1)
    share = (place - low).astype(np.float32).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
    between: npt.NDArray[np.float32] = np.take(grid, low, axis) * (1 - share) + np.take(grid, high, axis) * share
    return between


def _steps(down: npt.NDArray[np.intp], across: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
    """Give each square its own step up or down in brightness, from its place alone."""
    levels = (down[:, np.newaxis] * 5 + across * 3) % 7 - 3
    return (levels * (_MOSAIC_STEP / 3)).astype(np.float32)[:, :, np.newaxis]
