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
    another model than the one in use, so that it says nothing; or empty. `shipped` is what comes with the model.
    """

    calibration: Calibration
    people: int
    own: bool
    put_aside: str
    shipped: Calibration

    @property
    def step(self) -> int:
        """The number of people that the thresholds in use were measured for.

        Raises:
            GalleryUnmeasured: more are enrolled than were measured.
        """
        return self.calibration.step(self.people)

    @property
    def least_px(self) -> int:
        """The longer side in pixels below which nobody is named: about smaller faces nothing was measured."""
        return self.calibration.sizes[0]

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
        few; and whether a face is still its own person's is one comparison, however many others there are. For the
        same reason a library's own thresholds are never asked for more here than those that come with the model: who
        makes them very strict could enrol a face twice.
        """
        return min(
            (
                one.threshold(Use.SEARCH, people=min(self.people, one.steps[-1]), px=side)
                for one in (self.calibration, self.shipped)
            ),
            key=lambda threshold: threshold.score,
        )

    @property
    def less_strict(self) -> bool:
        """Tell whether somebody is named by less than by what comes with the model, for as many people."""
        here, there = (min(self.people, one.steps[-1]) for one in (self.calibration, self.shipped))
        return any(
            self.calibration.threshold(use, people=here, px=px).score
            < self.shipped.threshold(use, people=there, px=px).score
            for use in Use
            for px in (size for size in self.calibration.sizes if size >= self.shipped.sizes[0])
        )


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
    """Give the calibration in force in this transaction, for the people who are enrolled in it.

    A library's own thresholds may be less strict than those that come with the model, but never less than these are for
    the fewest people: whatever a calibration claims, not everybody is like everybody.
    """
    shipped = vision.calibration
    if not vision.model:
        return InUse(shipped, 0, own=False, put_aside="", shipped=shipped)
    people, measured = len(galleries.at(reading)), reading.calibration()
    if measured is not None and measured.model == vision.model:
        return InUse(measured.raised(shipped), people, own=True, put_aside="", shipped=shipped)
    return InUse(shipped, people, own=False, put_aside=measured.model if measured else "", shipped=shipped)


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
