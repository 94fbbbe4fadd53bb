"""Find faces with CenterFace: passes over the photo at several scales, in tiles, merged into one list."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.faces import Box, Face
from countenance.ports import Pixels
from countenance.vision._passes import Found, Tiling, look_over
from countenance.vision._second_look import SecondLook, confirmed
from countenance.vision._session import Session

# A face larger than this in the pixels of a pass is left to the coarser passes: of such faces a fine pass sees parts.
LARGEST_PX = 128
# Two boxes that overlap more than this (intersection over union) are one face; so are two of which the smaller lies
# with this share of its area in the larger, when passes at different scales saw it differently.
SAME_FACE, CONTAINED = 0.3, 0.8


@dataclass(frozen=True, slots=True)
class WorkingPoint:
    """How closely to look.

    The photo is scaled so that its longer side is the larger of `long_side_px` and `share` of its own, but never more
    than `enlarged` times; heat of `threshold` and more is a face. `coarse_sides_px` are further passes over the whole
    photo, for faces too large for the first. Less heat is looked at again, as `second` says, if it says anything.
    """

    long_side_px: int
    share: float
    enlarged: float
    threshold: float
    coarse_sides_px: tuple[int, ...]
    second: SecondLook | None = None


def detect(session: Session, pixels: Pixels, point: WorkingPoint, tiling: Tiling) -> tuple[Face, ...]:
    """Give the faces of a photo, the most certain first; boxes are whole pixels."""
    photo = Image.fromarray(pixels)
    found = _best_first(Found.joined(list(_candidates(session, photo, point, tiling))))
    if point.second:
        sure = found.confidences >= point.threshold
        again = confirmed(session, photo, found.chosen(~sure), point.second)
        found = _best_first(Found.joined([found.chosen(sure), *again]))
    faces: list[Face] = []
    for corners, confidence, marks in zip(found.boxes, found.confidences, found.landmarks, strict=True):
        left, top, right, bottom = (int(edge) for edge in np.round(corners))
        box = Box(left, top, max(right - left, 1), max(bottom - top, 1)).within(photo.width, photo.height)
        if box is not None:
            places = tuple((round(float(x), 1), round(float(y), 1)) for x, y in marks)
            faces.append(Face(box, round(float(confidence), 4), places))
    return tuple(faces)


def _candidates(session: Session, photo: Image.Image, point: WorkingPoint, tiling: Tiling) -> Iterator[Found]:
    """Look over the photo in each pass; everything that may be a face, the same one several times."""
    threshold = point.second.doubt if point.second else point.threshold
    scales = _scales(max(photo.size), point)
    for place, scale in enumerate(scales):
        largest_px = np.inf if place + 1 == len(scales) else LARGEST_PX
        yield from look_over(session, photo, scale, threshold, tiling, largest_px=largest_px)


def _scales(side: int, point: WorkingPoint) -> list[float]:
    """Give the scale of each pass, the finest first."""
    finest = min(max(point.long_side_px, point.share * side) / side, point.enlarged)
    return [finest, *(coarse / side for coarse in point.coarse_sides_px if coarse < 0.75 * finest * side)]


def _best_first(found: Found) -> Found:
    """Give each face once, the most certain first."""
    ordered = found.chosen(np.lexsort((*found.boxes.T[::-1], -found.confidences)))
    return ordered.chosen(_distinct(ordered.boxes))


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
