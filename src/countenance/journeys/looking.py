"""Looking for everybody in a photo, also those who lie down or stand on their head; for publication."""

import numpy as np

from countenance.faces import SAME_FACE_OVERLAP, Box, Face
from countenance.ports import Pixels, Vision


def all_faces(pixels: Pixels, vision: Vision, *, thorough: bool) -> tuple[Face, ...]:
    """Look for everybody; `thorough` looks at the photo lying on each side and upside down as well."""
    faces = list(vision.detect(pixels, thoroughly=True))
    height, width = pixels.shape[:2]
    for quarter_turns in (1, 2, 3) if thorough else ():
        turned = np.ascontiguousarray(np.rot90(pixels, quarter_turns))
        for face in vision.detect(turned, thoroughly=True):
            box = _turned_back(face.box, quarter_turns, width, height)
            if all(box.overlap(other.box) < SAME_FACE_OVERLAP for other in faces):
                faces.append(Face(box, face.confidence))
    return tuple(faces)


def _turned_back(box: Box, quarter_turns: int, width: int, height: int) -> Box:
    """Give a box found in a photo turned counter-clockwise by quarter turns in the photo's own pixels."""
    match quarter_turns:
        case 1:
            return Box(width - box.y - box.h, box.x, box.h, box.w)
        case 2:
            return Box(width - box.x - box.w, height - box.y - box.h, box.w, box.h)
        case _:
            return Box(box.y, height - box.x - box.w, box.h, box.w)
