"""What is to be measured: which photos are references, how the others are worn, and which faces of nobody are added."""

from dataclasses import dataclass
from enum import StrEnum

from countenance.errors import UsageWrong
from countenance.measures._wearing import AS_TAKEN, SCALED, WORN, Wear


class Protocol(StrEnum):
    """How many photos of a person are enrolled."""

    ONE = "one"
    """One reference photo each."""
    SEVERAL = "several"
    """All reference photos of a person, combined as enrolment combines them."""
    WITH_WORN = "with-worn"
    """The one reference photo and a worn copy of it: a good and a degraded photo."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured. The same photos, plan and model give the same scores.

    `references` is a pattern (`neutral*`) that the part of a photo's name after `PERSON_` is held against: what matches
    is a reference, the rest is searched with. Empty: the first photo of each person by name is the reference, and in
    the protocol `several` all of the person's photos but the one searched with.

    Each photo is searched with as it is, and for each of `sizes_px` (longer side of the face's box) made that small in
    each of `wears`. `mirrored` photos and `blends` of two people are searched with besides: nobody of them is there.
    If `people` is not 0, the gallery is filled up with generated faces of nobody until every photo is compared with so
    many others (a blend with a few less). In `with-worn` the copy's face has `worn_reference_px`.
    """

    protocols: tuple[Protocol, ...] = (Protocol.ONE,)
    references: str = ""
    sizes_px: tuple[int, ...] = (64, 48, 40, 32)
    wears: tuple[Wear, ...] = (SCALED, WORN)
    mirrored: bool = True
    blends: int = 200
    people: int = 0
    worn_reference_px: int = 96
    seed: str = "1"

    def __post_init__(self) -> None:
        """Refuse a plan by which nothing can be measured.

        Raises:
            UsageWrong: no protocol, a face of no size, or two wears of one name.
        """
        names = [AS_TAKEN.name, *(wear.name for wear in self.wears)]
        if not self.protocols or len(set(self.protocols)) != len(self.protocols):
            raise UsageWrong("name at least one gallery to measure, and each once", remedy="for instance: one")
        if len(set(names)) != len(names) or len(set(self.sizes_px)) != len(self.sizes_px):
            raise UsageWrong("each way of wearing photos and each face size is measured once", remedy="name it once")
        if min((*self.sizes_px, self.worn_reference_px)) < 1 or self.blends < 0 or self.people < 0:
            raise UsageWrong("sizes, blends and people cannot be less than nothing", remedy="give positive numbers")
