"""A face laid upright at one size, so that everything measured on it means the same for every photo."""

import numpy as np
import numpy.typing as npt

from countenance.faces._pose import MEAN_FACE, MOUTH, Points

# As closely as the embedder looks at a face (vision/_embedder.py): what is finer does not matter to a template.
HEIGHT_PX, WIDTH_PX = 112, 96
# How far the middle between the eyes is from the upper edge, in heights of the face.
ABOVE = 0.42
# Luminance of red, green and blue (ITU-R BT.709).
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

Grey = npt.NDArray[np.float64]


def aligned(pixels: npt.NDArray[np.uint8], marks: Points) -> Grey:
    """Give the luminance (0 to 255) of a face, `(112, 96)`, laid onto the mean face by eyes and mouth.

    The similarity that does it is the one of least squares; the nose has no say, for it moves when the head turns.
    Pixels are averaged before they are sampled. Beyond the photo's edge the nearest pixels are repeated.
    """
    fixed = [0, 1, *range(MOUTH.start, MOUTH.stop)]
    wanted = MEAN_FACE[fixed] * HEIGHT_PX + complex(WIDTH_PX / 2 - 0.5, ABOVE * HEIGHT_PX - 0.5)
    offsets, places = wanted - wanted.mean(), marks[fixed] - marks[fixed].mean()
    scale = complex(np.conj(offsets) @ places) / float(np.abs(offsets) @ np.abs(offsets))
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX))
    where = scale * (columns + 1j * rows - wanted.mean()) + marks[fixed].mean()
    step = max(int(abs(scale)), 1)
    left, top = (int(np.floor(part.min())) - step for part in (where.real, where.imag))
    right, bottom = (int(np.ceil(part.max())) + 2 * step for part in (where.real, where.imag))
    lines = np.clip(np.arange(top, bottom), 0, pixels.shape[0] - 1)
    cells = np.clip(np.arange(left, right), 0, pixels.shape[1] - 1)
    grey = _averaged(pixels[lines[:, np.newaxis], cells] @ LUMINANCE, step)
    return _sampled(grey, (where.real - left + 0.5) / step - 0.5, (where.imag - top + 0.5) / step - 0.5)


def part(grey: Grey, across: float, down: float, half_width: float, half_height: float) -> Grey:
    """Give the rectangle around a place of the mean face, all in heights of the face."""
    left, right = (round((across + sign * half_width) * HEIGHT_PX + WIDTH_PX / 2) for sign in (-1, 1))
    top, bottom = (round((down + sign * half_height + ABOVE) * HEIGHT_PX) for sign in (-1, 1))
    return grey[top:bottom, left:right]


def oval(half_width: float, above: float, below: float) -> npt.NDArray[np.bool_]:
    """Give the pixels in an ellipse from `above` to `below` the eyes, in heights of the face."""
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX))
    across = (columns + 0.5 - WIDTH_PX / 2) / HEIGHT_PX
    down = (rows + 0.5) / HEIGHT_PX - ABOVE
    inside: npt.NDArray[np.bool_] = (across / half_width) ** 2 + (
        (down - (below - above) / 2) / ((below + above) / 2)
    ) ** 2 < 1
    return inside


def softened(grey: Grey, sigma_px: float) -> Grey:
    """Blur with a Gaussian of this standard deviation, edges repeated."""
    reach = round(3 * sigma_px)
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma_px**2))
    kernel /= kernel.sum()
    soft = grey
    for axis in (0, 1):
        margin = [(reach, reach) if axis == along else (0, 0) for along in (0, 1)]
        soft = np.lib.stride_tricks.sliding_window_view(np.pad(soft, margin, mode="edge"), len(kernel), axis) @ kernel
    return soft


def _averaged(grey: Grey, step: int) -> Grey:
    """Average squares of `step` pixels."""
    height, width = (length // step for length in grey.shape)
    squares = grey[: height * step, : width * step].reshape(height, step, width, step)
    mean: Grey = squares.mean(axis=(1, 3))
    return mean


def _sampled(grey: Grey, x: Grey, y: Grey) -> Grey:
    """Sample between pixels, bilinearly."""
    x, y = np.clip(x, 0, grey.shape[1] - 1.001), np.clip(y, 0, grey.shape[0] - 1.001)
    column, row = x.astype(int), y.astype(int)
    right, down = x - column, y - row
    upper = grey[row, column] * (1 - right) + grey[row, column + 1] * right
    lower = grey[row + 1, column] * (1 - right) + grey[row + 1, column + 1] * right
    sampled: Grey = upper * (1 - down) + lower * down
    return sampled
