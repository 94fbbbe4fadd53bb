"""The values that rooms exchange about faces: boxes, faces, templates, scores and thresholds."""

from dataclasses import dataclass, field
from typing import NewType, Self

import numpy as np
import numpy.typing as npt

from countenance.errors import ModelMismatch

Score = NewType("Score", float)
"""A comparison score: the inner product of two unit templates, -1 to 1, higher is more alike."""

# Two templates of length one may differ from it by rounding; more than this is a defect.
UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle in upright pixels: left, top, width and height; it may reach over the photo's edge."""

    x: int
    y: int
    w: int
    h: int

    def __post_init__(self) -> None:
        """Refuse a box without an area."""
        if self.w <= 0 or self.h <= 0:
            raise ValueError(f"a box needs a width and a height, not {self.w} x {self.h}")

    @property
    def side(self) -> int:
        """The longer side in pixels."""
        return max(self.w, self.h)

    @property
    def area(self) -> int:
        """Width times height in square pixels."""
        return self.w * self.h

    def as_tuple(self) -> tuple[int, int, int, int]:
        """Give `(x, y, w, h)`."""
        return (self.x, self.y, self.w, self.h)

    def overlap(self, other: "Box") -> float:
        """Give intersection over union with another box, 0 to 1."""
        width = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        height = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.area + other.area - shared)

    def grown(self, fraction: float) -> "Box":
        """Give the box with `fraction` of its longer side added on every side."""
        by = round(self.side * fraction)
        return Box(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def within(self, width: int, height: int) -> "Box | None":
        """Give the part of the box inside a photo of `width` x `height` pixels; None if there is none."""
        left, top = max(self.x, 0), max(self.y, 0)
        right, bottom = min(self.x + self.w, width), min(self.y + self.h, height)
        return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


@dataclass(frozen=True, slots=True)
class Face:
    """A detected face: its box, the detector's confidence (0 to 1) and five landmarks `(x, y)` in upright pixels.

    The landmarks are both eyes, the nose and both corners of the mouth, each pair from left to right as seen.
    """

    box: Box
    confidence: float
    landmarks: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A face as numbers, comparable only with templates of the same model.

    `values` is float32 of shape `(dimensions,)` and length one; `model` names weights, preprocessing and geometry.
    It is left out of every representation, so that no log shows it.
    """

    values: npt.NDArray[np.float32] = field(repr=False)
    model: str

    def __post_init__(self) -> None:
        """Refuse values that are not a unit vector of float32."""
        if self.values.ndim != 1 or self.values.dtype != np.float32:
            raise ValueError("a template is one row of float32")
        if not abs(float(np.linalg.norm(self.values)) - 1.0) <= UNIT_TOLERANCE:  # so that NaN is refused too
            raise ValueError("a template has length one")

    @classmethod
    def combined(cls, templates: "list[Template]", weights: list[float]) -> Self:
        """Give the weighted mean direction of several templates of one person.

        Raises:
            ModelMismatch: the templates are of different models.
        """
        models = {template.model for template in templates}
        if len(models) != 1:
            raise ModelMismatch("templates of different models cannot be combined", remedy="enrol again with one model")
        mean = np.average(np.stack([template.values for template in templates]), axis=0, weights=weights)
        return cls((mean / np.linalg.norm(mean)).astype(np.float32), models.pop())

    def compare(self, other: "Template") -> Score:
        """Give the comparison score with another template.

        Raises:
            ModelMismatch: the other template is of another model.
        """
        if self.model != other.model:
            raise ModelMismatch(
                f"a template of {self.model} cannot be compared with one of {other.model}",
                remedy="enrol the person again with the model in use",
            )
        return Score(float(self.values @ other.values))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the eyes found in one photo: upright size, content hash, faces, and a template for each large enough.

    `templates[i]` belongs to `faces[i]`; None where the face is too small to be named or the library recognises nobody.
    """

    fingerprint: str
    width: int
    height: int
    faces: tuple[Face, ...]
    templates: tuple[Template | None, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which two templates count as a possible match, with the rates measured at it.

    `fpir` and `fnir` are shares (0 to 1) measured on `data_set` with a gallery of `gallery_size` people and
    `searches` searches for people who were not in it; `model` is the model they hold for.
    """

    score: Score
    model: str
    fpir: float
    fnir: float
    gallery_size: int
    searches: int
    data_set: str

    def reached_by(self, score: Score) -> bool:
        """Tell whether a comparison score counts as a possible match."""
        return score >= self.score
