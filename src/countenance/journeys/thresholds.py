"""Thresholds in use: those of the calibration in force, for as many people as are compared and faces as large as these.

Whoever compares faces asks here, in the transaction in which they are compared, so that thresholds and gallery are
always of one moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from countenance.faces import Box, Calibration, Threshold, Use
from countenance.ports import Galleries, Reading, Vision


@dataclass(frozen=True, slots=True)
class InUse:
    """The calibration in force, and how many people each face is compared with."""

    calibration: Calibration
    people: int

    @property
    def step(self) -> int:
        """The number of people that the thresholds in use were measured for.

        Raises:
            GalleryUnmeasured: more are enrolled than were measured.
        """
        return self.calibration.step(self.people)

    def threshold(self, use: Use, face: Box) -> Threshold:
        """Give what a comparison with this face must reach.

        Raises:
            GalleryUnmeasured: as `step`.
        """
        return self.calibration.threshold(use, people=self.people, px=face.side)

    def thresholds(self, use: Use, faces: Iterable[Box]) -> tuple[Threshold, ...]:
        """Give what a comparison with each of these faces must reach.

        Raises:
            GalleryUnmeasured: as `step`.
        """
        return self.calibration.thresholds(use, people=self.people, sides=[face.side for face in faces])

    def for_enrolling(self, side: int) -> Threshold:
        """Give from where a face that is handed in, `side` pixels large, is taken for that of somebody enrolled.

        It is the threshold of a search, and of the largest step measured if more people are enrolled: enrolling goes
        on. A larger library would ask for more, so that rather too many faces are held for a second steward than too
        few; and whether a face is still its own person's is one comparison, however many others there are.
        """
        measured = min(self.people, self.calibration.steps[-1])
        return self.calibration.threshold(Use.SEARCH, people=measured, px=side)


def in_use(reading: Reading, vision: Vision, galleries: Galleries) -> InUse:
    """Give the calibration in force in this transaction, for the people who are enrolled in it."""
    return InUse(vision.calibration, len(galleries.at(reading)) if vision.model else 0)
