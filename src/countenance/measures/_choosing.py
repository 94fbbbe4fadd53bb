"""Which photos of a person are references and which are searched with, and which face of a photo is meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from countenance.errors import EvaluationInvalid
from countenance.faces import SAME_FACE_OVERLAP, Box, Face
from countenance.measures._labelled import Labelled, LabelledPerson
from countenance.measures._plan import Protocol

# Of several faces, those at least half as large as the largest are taken for the photo's own; the middle one is meant.
MAIN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person's photos by their places: references, those searched with, and whether the latter serve as references.

    `in_turn` says that no pattern was given: in the protocol `several` every photo but the one searched with is a
    reference.
    """

    references: tuple[int, ...]
    probes: tuple[int, ...]
    in_turn: bool


def chosen(person: LabelledPerson, pattern: str) -> Chosen:
    """Choose by the pattern of the plan; without one the first photo is the reference of those who have several."""
    places = range(len(person.photos))
    if pattern:
        matching = tuple(place for place in places if _matches(person.photos[place].rest, pattern))
        return Chosen(matching, tuple(place for place in places if place not in matching), in_turn=False)
    if len(places) == 1:
        return Chosen((), (0,), in_turn=True)
    return Chosen((0,), tuple(places[1:]), in_turn=True)


def galleries_possible(labelled: Labelled, pattern: str) -> tuple[Protocol, ...]:
    """Give the galleries that photos allow: of one photo each, and of several if anybody has them."""
    each = (chosen(person, pattern) for person in labelled.people)
    several = any(len(one.references) > 1 or (one.in_turn and len(one.probes) > 1) for one in each)
    return (Protocol.ONE, Protocol.SEVERAL) if several else (Protocol.ONE,)


def refuse_without_references(labelled: Labelled, pattern: str) -> None:
    """Refuse photos among which nobody could be found.

    Raises:
        EvaluationInvalid: nobody has both a reference and a photo to search with.
    """
    both = (chosen(person, pattern) for person in labelled.people)
    if not any(one.references and one.probes for one in both):
        raise EvaluationInvalid(
            f"nobody has a photo that matches {pattern} and another one" if pattern else "nobody has two photos",
            remedy="at least one person needs a reference photo and one to search with",
        )


def main_face(faces: Sequence[Face], width: int, height: int) -> Face | None:
    """Give the largest face of a photo, or of several that are about as large the one nearest to the middle."""
    largest = max((face.box.area for face in faces), default=0)
    large = [face for face in faces if face.box.area >= MAIN_SHARE * largest]

    def away(face: Face) -> float:
        box = face.box
        return (box.x + box.w / 2 - width / 2) ** 2 + (box.y + box.h / 2 - height / 2) ** 2

    return min(large, key=lambda face: (away(face), face.box), default=None)


def face_at(faces: Sequence[Face], box: Box) -> Face | None:
    """Give the face that is where one must be; None if none is."""
    face = max(faces, key=lambda one: one.box.overlap(box), default=None)
    return face if face and face.box.overlap(box) >= SAME_FACE_OVERLAP else None


def _matches(rest: str, pattern: str) -> bool:
    return fnmatchcase(rest, pattern) or fnmatchcase(str(PurePosixPath(rest).with_suffix("")), pattern)
