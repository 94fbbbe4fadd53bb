"""Publishing many photos, one after the other, with a contact sheet; one that fails stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from countenance.errors import ConsentRefused, CoverIncomplete, FaceProblem, PhotoProblem, UsageWrong
from countenance.faces import MissRate
from countenance.journeys.matching import Matcher
from countenance.journeys.publish import Copy, Order, publish
from countenance.ledger import Actor
from countenance.library._contact_sheet import write_contact_sheet
from countenance.photos import find_photos
from countenance.ports import Clock, Progress, Step, Store


@dataclass(frozen=True, slots=True)
class PublishingFailure:
    """A photo of which no copy was made, and why."""

    photo: Path
    why: str


@dataclass(frozen=True, slots=True)
class Publishing:
    """The copies made, the photos that failed, and the contact sheet to look at (None for a dry run).

    `misses` are the faces that a look like this one missed when it was measured; empty if it was not.
    """

    copies: tuple[Copy, ...]
    failed: tuple[PublishingFailure, ...]
    contact_sheet: Path | None
    misses: tuple[MissRate, ...] = ()

    @property
    def unmeasured(self) -> str:
        """Why nobody was recognised but by hand, if that is so: it holds for the library, and hardly for one photo."""
        return next((copy.unmeasured for copy in self.copies if copy.unmeasured), "")


def publish_all(
    places: Sequence[Path],
    to: Path,
    order: Order,
    *,
    store: Store,
    matcher: Matcher,
    actor: Actor,
    clock: Clock,
    progress: Progress,
) -> Publishing:
    """Write covered copies of the photos in these files and folders, and the contact sheet.

    Raises:
        PhotoMissing: a place does not exist.
        UsageWrong: the copies would go among the originals, or the reviewer has no name.
    """
    if order.reviewed_by and not order.reviewed_by.strip():
        raise UsageWrong("a reviewer has a name", remedy="give it with --reviewed-by, or leave the option out")
    to = to.absolute()
    originals = _originals([place.absolute() for place in places], to)
    copies: list[Copy] = []
    failed: list[PublishingFailure] = []
    for done, (photo, inside) in enumerate(originals, start=1):
        try:
            copies.append(publish(photo, to / inside, order, store=store, matcher=matcher, actor=actor, clock=clock))
        except (PhotoProblem, FaceProblem, CoverIncomplete, ConsentRefused) as problem:
            failed.append(PublishingFailure(photo, problem.what))
        progress(Step(done, len(originals), len(failed), photo))
    misses = matcher.vision.misses(order.look)
    sheet = None if order.dry_run or not copies else write_contact_sheet(copies, failed, to, misses, at=clock())
    return Publishing(tuple(copies), tuple(failed), sheet, misses)


def _originals(places: Sequence[Path], to: Path) -> list[tuple[Path, Path]]:
    """Give each photo with the sub-folder that its copy goes to.

    Raises:
        UsageWrong: the copies would go into a folder of originals, and be taken for originals next time.
    """
    target = to.resolve()
    several = sum(place.is_dir() for place in places) > 1
    found: dict[Path, Path] = {}
    for place in places:
        if place.is_dir() and target.is_relative_to(place.resolve()):
            raise UsageWrong(f"{to} lies inside {place}", remedy="give a folder outside the originals with --to")
        for photo in find_photos([place]):
            inside = photo.parent.relative_to(place.parent if several else place) if place.is_dir() else Path()
            found.setdefault(photo, inside)
    return list(found.items())
