"""What indexing and the work left for later came to, when they are joined."""

from collections.abc import Callable
from dataclasses import dataclass

from countenance.journeys.index import Failure, Indexing
from countenance.journeys.rescan import Rescan


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an index run did: the new photos, and the known ones matched again because somebody opted in since."""

    indexing: Indexing
    rescan: Rescan

    @property
    def failed(self) -> tuple[Failure, ...]:
        """Every photo that could not be read, and why."""
        again = (Failure(known.path, problem.what) for known, problem in self.rescan.failed)
        return (*self.indexing.failed, *again)


def until_done(catch_up: Callable[[], Rescan]) -> Rescan:
    """Catch up until nothing is left, also of what is left meanwhile, or until something could not be done."""
    done = Rescan(0)
    while True:
        run = catch_up()
        done.photos += run.photos
        done.matched += run.matched
        done.appearances += run.appearances
        done.failed += run.failed
        if run.failed or not run.photos:
            return done
