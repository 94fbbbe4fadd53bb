"""What a face is and how templates compare; seeing faces and keeping templates are left to `vision` and `stores`."""

from countenance.faces._assign import Match, assign
from countenance.faces._calibration import LEEWAY, MOST_FPIR, Calibration, Rung, Use
from countenance.faces._enrolling import GoodFace, Unfit, combined, good_face
from countenance.faces._gallery import Gallery
from countenance.faces._misses import MissRate, Seeing
from countenance.faces._placing import SAME_FACE_OVERLAP, faces_meant, same_face
from countenance.faces._quality import ENROL_MIN_PX, Quality, quality_of
from countenance.faces._trouble import Trouble
from countenance.faces._values import Box, Face, Score, Seen, Template, Threshold

__all__ = [
    "ENROL_MIN_PX",
    "LEEWAY",
    "MOST_FPIR",
    "SAME_FACE_OVERLAP",
    "Box",
    "Calibration",
    "Face",
    "Gallery",
    "GoodFace",
    "Match",
    "MissRate",
    "Quality",
    "Rung",
    "Score",
    "Seeing",
    "Seen",
    "Template",
    "Threshold",
    "Trouble",
    "Unfit",
    "Use",
    "assign",
    "combined",
    "faces_meant",
    "good_face",
    "quality_of",
    "same_face",
]
