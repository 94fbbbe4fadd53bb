"""Look at a covered copy again, as it will be published: is the paint there, and is any face left?"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from countenance.errors import CoverIncomplete
from countenance.faces import Box, Face
from countenance.redaction._cover import cover
from countenance.redaction._paint import Style
from countenance.redaction._shape import MARGIN, opaque

# A face found again is the one that may be shown if the boxes overlap by this much (intersection over union): saving
# moves a box by a few percent, and another head does not fit into the same place.
SAME_FACE_OVERLAP = 0.4

# A detection is the cover itself if this share of its box is opaque, and its eyes, nose and mouth are as well.
COVERED_SHARE = 0.8

# Pixels are compared in blocks of those JPEG works in, because it spreads its errors over them.
_BLOCK_PX = 8
# Mean difference of a block, of 255, that saving can make in a smooth area; skin under a fill differs by far more.
_SAVED_LEVELS = 10.0


def leaks(
    before: npt.NDArray[np.uint8],
    after: npt.NDArray[np.uint8],
    boxes: Sequence[Box],
    *,
    style: Style = Style.FILL,
    margin: float = MARGIN,
) -> tuple[Box, ...]:
    """Give the boxes in which the copy shows anything but the cover's paint, apart from what saving does to it.

    `before` is the upright original, `after` the copy as opened again. If their sizes differ, that is every box.

    Raises:
        ValueError: a negative margin.
    """
    if before.shape != after.shape:
        return tuple(boxes)
    paint = cover(before, boxes, style=style, margin=margin)
    return tuple(box for box in boxes if _differs(paint, after, box))


def check_cover(
    after: npt.NDArray[np.uint8],
    boxes: Sequence[Box],
    *,
    detect: Callable[[npt.NDArray[np.uint8]], Sequence[Face]],
    shown: Sequence[Box],
    margin: float = MARGIN,
) -> None:
    """Detect again in a covered copy and hold every face found against the boxes covered and shown.

    A face found is explained if it is the cover itself (`COVERED_SHARE` of its box and each of its landmarks lie on
    opaque pixels, where nothing of the original is left), or if it is one of the `shown` boxes, each of which explains
    one face. Any other is a face that must not be seen. What `detect` raises is passed on: then nothing was checked.

    Raises:
        CoverIncomplete: at least one face is unexplained.
    """
    mask = opaque(after.shape[:2], boxes, margin=margin)
    waiting = list(shown)
    left = 0
    for face in sorted(detect(after), key=lambda face: -face.confidence):
        if _is_cover(face, mask):
            continue
        same = max(waiting, key=face.box.overlap, default=None)
        if same is not None and face.box.overlap(same) >= SAME_FACE_OVERLAP:
            waiting.remove(same)
        else:
            left += 1
    if left:
        seen = "a face can" if left == 1 else f"{left} faces can"
        raise CoverIncomplete(
            f"{seen} still be seen in the covered copy that must not be",
            remedy="nothing was published of this photo; leave it out, or cut that part off and publish it again",
        )


def _is_cover(face: Face, mask: npt.NDArray[np.bool_]) -> bool:
    """Tell whether a detection is made by the cover: no part that makes a face is left of the original in it."""
    height, width = mask.shape
    inside = face.box.within(width, height)
    if inside is None:
        return True
    covered = mask[inside.y : inside.y + inside.h, inside.x : inside.x + inside.w]
    points = face.landmarks or ((face.box.x + face.box.w / 2, face.box.y + face.box.h / 2),)
    return bool(covered.mean() >= COVERED_SHARE) and all(
        bool(mask[int(y), int(x)]) for x, y in points if 0 <= x < width and 0 <= y < height
    )


def _differs(paint: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8], box: Box) -> bool:
    inside = box.within(after.shape[1], after.shape[0])
    if inside is None:
        return False
    part = slice(inside.y, inside.y + inside.h), slice(inside.x, inside.x + inside.w)
    difference = np.abs(paint[part].astype(np.int16) - after[part])
    rows, columns = (range(0, length, _BLOCK_PX) for length in difference.shape[:2])
    return any(
        difference[row : row + _BLOCK_PX, column : column + _BLOCK_PX].mean() > _SAVED_LEVELS
        for row in rows
        for column in columns
    )
