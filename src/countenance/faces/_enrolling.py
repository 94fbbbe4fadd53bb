"""Whether a photo can be enrolled by the faces in it, and how several photos of a person become one template."""

from collections.abc import Sequence
from enum import StrEnum

from countenance.faces._values import Face, Template

# A face below this many pixels gives a template that misses its own person too often (docs/reference/accuracy.md).
ENROL_MIN_PX = 80
# Detections as weak as this are as often a pattern as a face; a reference must be a face beyond doubt.
ENROL_MIN_CONFIDENCE = 0.6
# The embedder sees 224 pixels; a larger face adds nothing to its template.
_USEFUL_PX = 224


class Unfit(StrEnum):
    """Why a photo cannot be enrolled."""

    NO_FACE = "no-face"
    SEVERAL_FACES = "several-faces"
    TOO_SMALL = "too-small"
    UNCLEAR = "unclear"


def unfit(faces: Sequence[Face]) -> Unfit | None:
    """Say why a photo with these faces cannot be enrolled; None if it can: it shows one good face."""
    if not faces:
        return Unfit.NO_FACE
    if len(faces) > 1:
        return Unfit.SEVERAL_FACES
    if faces[0].box.side < ENROL_MIN_PX:
        return Unfit.TOO_SMALL
    return Unfit.UNCLEAR if faces[0].confidence < ENROL_MIN_CONFIDENCE else None


def combined(faces: Sequence[Face], templates: Sequence[Template]) -> Template:
    """Give one template of several photos of a person, each by its face's useful pixels and its confidence.

    Raises:
        ModelMismatch: the templates are of different models.
    """
    weights = [min(face.box.side, _USEFUL_PX) * face.confidence for face in faces]
    return Template.combined(list(templates), weights)
