"""What a library does so that faces are compared as they should be: by which model, and again when that is due."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from countenance.errors import GalleryUnmeasured
from countenance.faces import Calibration
from countenance.journeys.calibrate import Calibrated, calibrate
from countenance.journeys.matching import Matcher
from countenance.journeys.reembed import Reembedding, reembed
from countenance.journeys.rescan import Rescan, rescan
from countenance.journeys.thresholds import InUse
from countenance.ledger import Actor
from countenance.library._checks import recognition, thresholds
from countenance.library._eyes import ManyEyes, OwnEyes
from countenance.library._gallery import GalleryKeeper
from countenance.library._indexing import until_done
from countenance.library._opening import widened
from countenance.ports import Check, Clock, Eyes, Job, Progress, Step, Store, Vision

# Fewer photos than this are looked at in this process: starting workers would take longer.
WORTH_WORKERS = 6


def silent(_: Step) -> None:
    """Report to nobody."""


class MatchingOfLibrary:
    """The side of a library that sees and compares; the library brings store, actor, clock and a way to load models."""

    _store: Store
    _actor: Actor
    _clock: Clock
    _load_vision: Callable[[], Vision]
    _workers: int
    _loaded: Matcher | None

    def catch_up(self, *, progress: Progress = silent) -> Rescan:
        """Match the photos again that are behind the last enrolment; what is up to date is not touched.

        While more people are enrolled than the thresholds were measured with, they are left behind: `unmeasured` of
        what it gives says why. What was done before this, such as an enrolment, stays done.
        """
        try:
            return self._catch_up(progress)
        except GalleryUnmeasured as problem:
            with self._store.read(now=self._clock()) as reading:
                behind = reading.photos_behind_count(seen_with=self._matcher.seen_with)
            return Rescan(behind, unmeasured=problem.what)

    def jobs(self) -> tuple[Job, ...]:
        """Give the work that was left for later, and how far it is."""
        with self._store.read(now=self._clock()) as reading:
            return reading.jobs()

    def run_jobs(self, *, progress: Progress = silent) -> Rescan:
        """Do what is left, also what is left meanwhile; what could not be done is tried again by the next run.

        Raises:
            GalleryUnmeasured: more people are enrolled than the thresholds were measured with.
        """
        return until_done(lambda: self._catch_up(progress))

    def reembed(self, *, progress: Progress = silent) -> Reembedding:
        """Make the templates anew that are of an earlier model, then match the photos again that are behind.

        Raises:
            LibraryUnsuited: the library recognises nobody.
            GalleryUnmeasured: with everybody there are more people than the thresholds were measured with.
        """
        done = reembed(
            store=self._store, matcher=self._matcher, actor=self._actor, clock=self._clock, progress=progress
        )
        self.catch_up(progress=progress)
        return done

    def recognition(self) -> Check:
        """Say with which model faces are compared, and how many people it cannot compare until they are re-embedded."""
        return recognition(self._store, self._matcher.vision.model, now=self._clock())

    def calibrate(self, calibration: Calibration, *, progress: Progress = silent, later: bool = False) -> Calibrated:
        """Put thresholds in force that were measured for this library, then match all photos anew, unless `later`.

        Raises:
            LibraryUnsuited, ModelMismatch, GalleryUnmeasured: see the journey.
        """
        done = calibrate(calibration, store=self._store, matcher=self._matcher, actor=self._actor, clock=self._clock)
        if not later:
            self.catch_up(progress=progress)
        return done

    def calibration(self) -> InUse:
        """Give the thresholds in use, and for how many people."""
        with self._store.read(now=self._clock()) as reading:
            return self._matcher.in_use(reading)

    def thresholds(self) -> Check:
        """Say which thresholds are in use, and whether they hold for as many people as are enrolled."""
        return thresholds(self._store, self._matcher, now=self._clock())

    def _catch_up(self, progress: Progress) -> Rescan:
        with self._store.read(now=self._clock()) as reading:
            behind = reading.photos_behind_count(seen_with=self._matcher.seen_with)
        with self._eyes(behind) as eyes:
            return rescan(
                store=self._store,
                eyes=eyes,
                matcher=self._matcher,
                actor=self._actor,
                clock=self._clock,
                progress=progress,
            )

    @property
    def _matcher(self) -> Matcher:
        """The models and the gallery, loaded when first needed."""
        if self._loaded is None:
            vision = widened(self._load_vision, self._workers)()
            self._loaded = Matcher(vision, GalleryKeeper(vision.model))
        return self._loaded

    def _eyes(self, photos: int) -> AbstractContextManager[Eyes]:
        if self._workers == 1 or photos < WORTH_WORKERS:
            return nullcontext(OwnEyes(self._matcher.vision))
        return ManyEyes(self._load_vision, min(self._workers, photos))
