"""Which threshold holds: measured thresholds by the size of the gallery and the size of the face compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from countenance.errors import GalleryUnmeasured
from countenance.faces._values import Threshold

# A gallery may be this much larger than the one that was measured before the next step is needed.
LEEWAY = 0.10


class Use(StrEnum):
    """What a threshold is for."""

    SEARCH = "search"
    """From where a comparison is a possible match."""
    SHOW = "show"
    """From where a face may be left uncovered in a publication: stricter, because an error hurts most."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The thresholds for galleries of up to `people` and for faces of `from_px` (longer side of the box) and more."""

    people: int
    from_px: int
    search: Threshold
    show: Threshold

    def __post_init__(self) -> None:
        """Refuse what cannot be a measurement."""
        if self.people < 1 or self.from_px < 1:
            raise ValueError("a rung holds for at least one person and one pixel")
        if self.show.score < self.search.score:
            raise ValueError("what may be shown is never decided by less than what may be found")

    def of(self, use: Use) -> Threshold:
        """Give the threshold for a use."""
        return self.search if use is Use.SEARCH else self.show


@dataclass(frozen=True, slots=True)
class Calibration:
    """The thresholds measured for one model on one data set, in steps of the gallery's size.

    Each step has the same classes of face size. The chance that somebody is wrongly named grows with everybody who is
    compared, so a larger gallery needs a higher threshold; nothing is said about galleries larger than measured.
    """

    model: str
    data_set: str
    rungs: tuple[Rung, ...]

    def __post_init__(self) -> None:
        """Refuse thresholds of another model, and steps that differ in their classes of face size."""
        if not self.rungs:
            raise ValueError("a calibration has at least one rung")
        if any(rung.of(use).model != self.model for rung in self.rungs for use in Use):
            raise ValueError("a calibration holds for one model")
        grid = {(rung.people, rung.from_px) for rung in self.rungs}
        if len(grid) != len(self.rungs) or len(grid) != len(self.steps) * len(self.sizes):
            raise ValueError("every step has one threshold for each class of face size")

    @property
    def steps(self) -> tuple[int, ...]:
        """The gallery sizes that were measured, ascending."""
        return tuple(sorted({rung.people for rung in self.rungs}))

    @property
    def sizes(self) -> tuple[int, ...]:
        """The least face sizes in pixels of the classes, ascending; a smaller face is treated as the smallest."""
        return tuple(sorted({rung.from_px for rung in self.rungs}))

    def step(self, people: int) -> int:
        """Give the step that holds for a gallery of so many people.

        Raises:
            GalleryUnmeasured: the gallery is larger than the largest that was measured, by more than the leeway.
        """
        for step in self.steps:
            if people <= step * (1 + LEEWAY):
                return step
        raise GalleryUnmeasured(
            f"the thresholds were measured with galleries of up to {self.steps[-1]:,} people, and {people:,} are "
            "enrolled now: how often somebody would be wrongly named is not known",
            remedy="measure with more people (`countenance evaluate --people`), then run `countenance calibrate`",
        )

    def threshold(self, use: Use, *, people: int, px: int) -> Threshold:
        """Give the threshold for a gallery of so many people and a face of so many pixels on its longer side.

        Raises:
            GalleryUnmeasured: as `step`.
        """
        step = self.step(people)
        size = max((size for size in self.sizes if size <= px), default=self.sizes[0])
        return next(rung.of(use) for rung in self.rungs if (rung.people, rung.from_px) == (step, size))

    def thresholds(self, use: Use, *, people: int, sides: Sequence[int]) -> tuple[Threshold, ...]:
        """Give the threshold of each of several faces of one photo.

        Raises:
            GalleryUnmeasured: as `step`.
        """
        return tuple(self.threshold(use, people=people, px=side) for side in sides)
