"""What an evaluation leaves: comparison scores, without names, photos, paths or templates; all is computed from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from countenance.measures._plan import Plan, Protocol

# So many of the highest other scores are kept of each search: enough for any threshold that is of use, in a few
# kilobytes however large the gallery is.
KEPT = 50
# The outcome of a reference photo that serves; the others are what was wrong with it.
GOOD = "good"


class Kind(StrEnum):
    """What is searched with."""

    PORTRAIT = "portrait"
    """A labelled photo of a person."""
    MIRRORED = "mirrored"
    """A labelled photo, left and right exchanged: of nobody in the gallery, once its person's reference is out."""
    BLEND = "blend"
    """Several people's photos blended into a face of nobody."""


@dataclass(frozen=True, slots=True)
class Search:
    """One search: with what, in which gallery, how the face was found, and what came out of comparing it.

    `people` are the pseudonyms of whom the photo shows, several for a blend; `wear` names how it was worn (`as-taken`:
    not at all), `asked_px` is the face size it was made to (None: its own), `px` the longer side of the box in which
    the face was found, None if it was not found. Then nothing was compared: `own` is None and `others` is empty.

    `mated` says that the person's own reference was compared, and `own` is its score. `others` are the highest scores
    of everybody else, descending, `compared` is of how many people. Of the people in `people` none is among them, nor
    any generated face that was made from them: so every search is also one for somebody who is not there.
    """

    probe: str
    people: tuple[str, ...]
    kind: Kind
    protocol: Protocol
    wear: str
    asked_px: int | None
    px: int | None
    mated: bool
    own: float | None
    others: tuple[float, ...]
    compared: int

    @property
    def highest(self) -> float:
        """The highest score of anybody else; less than any score can be if nobody was compared."""
        return self.others[0] if self.others else -2.0

    def at_or_above(self, score: float) -> int:
        """Count the others that reach a score; `compared` if all whose scores were kept do and there are more."""
        reached = sum(other >= score for other in self.others)
        return self.compared if reached == len(self.others) else reached


@dataclass(frozen=True, slots=True)
class Subject:
    """A person by pseudonym: how many photos, the group labels, and the outcome of each reference photo by protocol.

    An outcome is `good` or the word for what was wrong; a protocol without an outcome has no reference of them.
    """

    id: str
    photos: int
    groups: Mapping[str, str]
    references: Mapping[Protocol, tuple[str, ...]]

    def enrolled(self, protocol: Protocol) -> bool:
        """Tell whether the person has a reference in a gallery."""
        return GOOD in self.references.get(protocol, ())


@dataclass(frozen=True, slots=True)
class PhotoCounts:
    """How many labelled photos were `opened`, and how many could not be or were passed over, or had to be chosen in.

    `unreadable` could not be opened, `unlabelled` carry no person, `duplicates` are files that are there twice;
    `faceless` are opened photos in which no face was found as they are, `crowded` those with several, of which the
    largest nearest to the middle was taken.
    """

    opened: int
    unreadable: int
    unlabelled: int
    duplicates: int
    faceless: int
    crowded: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured on one set of labelled photos with one model.

    `software` is the version of this program; `nameable_px` is the face size below which nobody is named in life;
    `filled` is how many generated faces of nobody every gallery holds besides the people.
    """

    software: str
    model: str
    detector: str
    nameable_px: int
    data_set: str
    plan: Plan
    photos: PhotoCounts
    filled: int
    subjects: tuple[Subject, ...]
    searches: tuple[Search, ...]

    def enrolled(self, protocol: Protocol) -> int:
        """Count the people (generated ones not among them) in a gallery."""
        return sum(subject.enrolled(protocol) for subject in self.subjects)
