"""A second look: a candidate in doubt is cut out, enlarged and turned, and is a face if it is seen as one then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from countenance.vision._passes import Found, look_at
from countenance.vision._session import Session
from countenance.vision._turning import Window

# The window is this many times as wide as the face in it.
ROOM = 2.5
# A face found in the window is the candidate's if its middle is no farther from the window's than this share of the
# face's size there, and if it is not smaller or larger than these shares of it.
NEAR, SMALLEST, LARGEST = 0.4, 0.4, 2.0


@dataclass(frozen=True, slots=True)
class SecondLook:
    """How a candidate is looked at again.

    It is scaled so that its longer side is each of `sides_px`, turned by each of `degrees`, until the network gives
    heat of `threshold` or more. `doubt` is the heat from which it is looked at again at all.
    """

    doubt: float
    threshold: float
    sides_px: tuple[int, ...]
    degrees: tuple[float, ...]


def confirmed(session: Session, photo: Image.Image, doubtful: Found, look: SecondLook) -> list[Found]:
    """Give the candidates that are faces when looked at again, each with its box and landmarks from the closer look."""
    faces = (_confirmed(session, photo, doubtful.boxes[place].tolist(), look) for place in range(len(doubtful.boxes)))
    return [face for face in faces if face is not None]


def _confirmed(session: Session, photo: Image.Image, box: Sequence[float], look: SecondLook) -> Found | None:
    left, top, right, bottom = box
    side = max(right - left, bottom - top)
    for face_px in look.sides_px:
        for degrees in look.degrees:
            window = Window((left + right) / 2, (top + bottom) / 2, round(ROOM * face_px), side / face_px, degrees)
            found = look_at(session, window.cut(photo), look.threshold)
            middles = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - window.side_px / 2
            sides = np.max(found.boxes[:, 2:] - found.boxes[:, :2], axis=1)
            fits = (
                (np.hypot(middles[:, 0], middles[:, 1]) <= NEAR * face_px)
                & (sides >= SMALLEST * face_px)
                & (sides <= LARGEST * face_px)
            )
            if fits.any():
                best = int(np.argmax(np.where(fits, found.confidences, 0.0)))
                return window.put_back(found.chosen([best]))
    return None
