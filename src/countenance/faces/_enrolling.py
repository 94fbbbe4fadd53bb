"""The one good face that a photo for enrolment must show; and how several photos of a person become one template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from countenance.faces._quality import Quality
from countenance.faces._trouble import Trouble
from countenance.faces._values import Face, Template


@dataclass(frozen=True, slots=True)
class GoodFace:
    """The only face of a photo, and how good it is."""

    face: Face
    quality: Quality


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a photo cannot serve for enrolment: at least one trouble, the most telling first; and the faces in it."""

    troubles: tuple[Trouble, ...]
    faces: tuple[Face, ...]


def good_face(faces: Sequence[Face], quality: Callable[[Face], Quality]) -> GoodFace | Unfit:
    """Tell the one good face among those detected in a photo; `quality` measures one of them.

    Enrolment and the count of failures to enrol both ask here, so that what is measured is what is done.
    """
    if len(faces) != 1:
        return Unfit((Trouble.SEVERAL_FACES if faces else Trouble.NO_FACE,), tuple(faces))
    (face,) = faces
    found = quality(face)
    return Unfit(found.troubles, (face,)) if found.troubles else GoodFace(face, found)


def combined(qualities: Sequence[Quality], templates: Sequence[Template]) -> Template:
    """Give one template of several photos of a person, each weighing by its quality.

    Raises:
        ModelMismatch: the templates are of different models.
    """
    return Template.combined(list(templates), [quality.weight for quality in qualities])
