"""What a face is and how templates compare; seeing faces and keeping templates are left to `vision` and `stores`."""

from countenance.faces._assign import Match, assign
from countenance.faces._calibration import LEEWAY, Calibration, Rung, Use
from countenance.faces._enrolling import ENROL_MIN_PX, Unfit, combined, unfit
from countenance.faces._gallery import Gallery
from countenance.faces._placing import SAME_FACE_OVERLAP, faces_meant, same_face
from countenance.faces._values import Box, Face, Score, Seen, Template, Threshold

__all__ = [
    "ENROL_MIN_PX",
    "LEEWAY",
    "SAME_FACE_OVERLAP",
    "Box",
    "Calibration",
    "Face",
    "Gallery",
    "Match",
    "Rung",
    "Score",
    "Seen",
    "Template",
    "Threshold",
    "Unfit",
    "Use",
    "assign",
    "combined",
    "faces_meant",
    "same_face",
    "unfit",
]
