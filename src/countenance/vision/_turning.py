"""Turning: cut a piece out of a photo so that it stands otherwise, and bring what is found in it back to its place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.ports import Pixels
from countenance.vision._passes import Found


@dataclass(frozen=True, slots=True)
class Window:
    """A square of a photo, turned and scaled.

    Its middle is `(x, y)` in the photo's pixels. It is `side_px` wide and high, of which one is `scale` pixels of the
    photo. What stands in it upright stands in the photo turned by `degrees` counter-clockwise, as seen.
    """

    x: float
    y: float
    side_px: int
    scale: float
    degrees: float

    @property
    def _matrix(self) -> npt.NDArray[np.float64]:
        """How a step in the window is a step in the photo; rows grow downwards, so that it is clockwise in numbers."""
        angle = np.radians(self.degrees)
        return self.scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

    def cut(self, photo: Image.Image) -> Pixels:
        """Give the window's pixels; black where it reaches over the photo's edge."""
        matrix = self._matrix
        corner = np.array([self.x, self.y]) - matrix @ np.full(2, self.side_px / 2)
        rows = (*matrix[0], corner[0], *matrix[1], corner[1])
        size = (self.side_px, self.side_px)
        return np.asarray(photo.transform(size, Image.Transform.AFFINE, rows, Image.Resampling.BILINEAR))

    def put_back(self, found: Found) -> Found:
        """Give what was found in the window in the photo's pixels.

        A box becomes the upright box around the oval that fills it: that is where a face ends, whichever way it lies.
        """
        matrix = self._matrix
        middle = np.array([self.x, self.y])
        halves = (found.boxes[:, 2:] - found.boxes[:, :2]) / 2
        middles = ((found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - self.side_px / 2) @ matrix.T + middle
        reach = np.sqrt(halves**2 @ (matrix**2).T)
        landmarks = (found.landmarks - self.side_px / 2) @ matrix.T + middle
        return Found(np.concatenate([middles - reach, middles + reach], axis=1), found.confidences, landmarks)
