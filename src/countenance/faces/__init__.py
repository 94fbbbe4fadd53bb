"""What a face is and how templates compare; seeing faces and keeping templates are left to `vision` and `stores`."""

from countenance.faces._assign import Match, assign
from countenance.faces._gallery import Gallery
from countenance.faces._placing import SAME_FACE_OVERLAP, faces_meant, same_face
from countenance.faces._values import Box, Face, Score, Seen, Template, Threshold

__all__ = [
    "SAME_FACE_OVERLAP",
    "Box",
    "Face",
    "Gallery",
    "Match",
    "Score",
    "Seen",
    "Template",
    "Threshold",
    "assign",
    "faces_meant",
    "same_face",
]
