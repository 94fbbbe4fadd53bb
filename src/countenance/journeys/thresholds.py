"""Thresholds in use: those of the calibration in force, for as many people as are compared and faces as large as these.

Whoever compares faces asks here, in the transaction in which they are compared, so that thresholds and gallery are
always of one moment. The library's own calibration is in force if it is of the model in use, else the one that comes
with the model.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from countenance.faces import Box, Calibration, Threshold, Use
from countenance.ports import Galleries, Reading, Vision


@dataclass(frozen=True, slots=True)
class InUse:
    """The calibration in force, and how many people each face is compared with.

    `own` says that it was measured for this library. `put_aside` is the model of a calibration that was, but with
    another model than the one in use, so that it says nothing; or empty.
    """

    calibration: Calibration
    people: int
    own: bool
    put_aside: str

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


@dataclass(frozen=True, slots=True)
class Fit:
    """How the calibration in force fits the library as it is now.

    `up_to` is the number of people that its thresholds hold for. `outgrown`, if it is not None, is the number that they
    were put in force for: the library has grown beyond it since. `own` and `put_aside` are as in `InUse`.
    """

    own: bool
    data_set: str
    up_to: int
    outgrown: int | None
    put_aside: str


def in_use(reading: Reading, vision: Vision, galleries: Galleries) -> InUse:
    """Give the calibration in force in this transaction, for the people who are enrolled in it."""
    shipped = vision.calibration
    if not vision.model:
        return InUse(shipped, 0, own=False, put_aside="")
    people, measured = len(galleries.at(reading)), reading.calibration()
    if measured is not None and measured.model == vision.model:
        return InUse(measured, people, own=True, put_aside="")
    return InUse(shipped, people, own=False, put_aside=measured.model if measured else "")


def fit(reading: Reading, vision: Vision, galleries: Galleries) -> Fit:
    """Tell how the calibration in force fits.

    Raises:
        GalleryUnmeasured: more people are enrolled than were measured.
    """
    now = in_use(reading, vision, galleries)
    outgrown = None
    if now.own:
        intended = min(reading.calibrations()[-1].people, now.calibration.steps[-1])
        step = now.calibration.step(intended)
        outgrown = step if step < now.step else None
    return Fit(now.own, now.calibration.data_set, now.step, outgrown, now.put_aside)
