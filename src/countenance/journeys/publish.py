"""Publish: write a copy of a photo in which every face without consent for being shown is covered."""

from dataclasses import replace
from pathlib import Path

from countenance.errors import PhotoNotWritten, UsageWrong
from countenance.journeys.covering import Copy, Draft, Order
from countenance.journeys.matching import Matcher
from countenance.journeys.placing import is_there, make_copy, settled
from countenance.ledger import Actor
from countenance.photos import Photo, discard, open_photo, publishable_format
from countenance.ports import Clock, Publication, PublicationState, Store, Unit

__all__ = ["Copy", "Order", "publish", "settle"]


def publish(
    source: Path, folder: Path, order: Order, *, store: Store, matcher: Matcher, actor: Actor, clock: Clock
) -> Copy:
    """Write a covered copy of one photo into a folder; the original is only read. On any doubt a face is covered.

    Raises:
        PhotoProblem: the photo cannot be read, or the copy not written.
        CoverIncomplete: a face could still be seen in the finished copy; nothing was left behind.
    """
    order = replace(order, reviewed_by=order.reviewed_by.strip())
    photo = open_photo(source)
    target = _target(source, photo, folder, order)
    if not order.dry_run:
        _refuse_foreign_target(target, source, store, clock)
        _make_folder(target.parent)
    draft = Draft(photo, source, photo.fingerprint, target)
    return make_copy(draft, order, store=store, matcher=matcher, actor=actor, clock=clock)


def settle(store: Store, *, actor: Actor, clock: Clock) -> int:
    """Finish or undo the copies that were pending when a process ended; gives how many."""
    with store.read(now=clock()) as reading:
        pending = [one for one in reading.publications() if one.state is PublicationState.PENDING]
    for publication in pending:
        with store.write(now=clock()) as unit:
            if not _still_pending(publication, unit):
                continue
            in_place = is_there(publication)
            if in_place and not unit.publication_permits_live(publication.id):
                discard(publication.target)
                in_place = False
            discard(publication.temporary)
            settled(unit, publication.id, actor, placed=in_place)
    return len(pending)


def _target(source: Path, photo: Photo, folder: Path, order: Order) -> Path:
    """Name the copy after its original, marked as long as nobody has looked at it.

    A copy in another format keeps the original's whole name, so that a.heic and a.jpg have copies of their own.
    """
    file_format, suffix = publishable_format(photo.format)
    stem = source.stem if file_format == photo.format else source.name
    mark = "" if order.reviewed_by else ".unreviewed"
    return folder / f"{stem}{mark}{source.suffix if file_format == photo.format else suffix}"


def _still_pending(publication: Publication, unit: Unit) -> bool:
    """Look again, now under the lock: the process that made the copy may have placed it meanwhile."""
    return any(one.id == publication.id and one.state is PublicationState.PENDING for one in unit.publications())


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise PhotoNotWritten(
            f"the folder {folder.name} cannot be made", remedy="give another folder with --to"
        ) from problem


def _refuse_foreign_target(target: Path, source: Path, store: Store, clock: Clock) -> None:
    """Let a copy replace only an earlier copy of ours, never a file that somebody else put there."""
    if target == source:
        raise UsageWrong("the copy would replace its original", remedy="give another folder with --to")
    if not target.exists():
        return
    with store.read(now=clock()) as reading:
        ours = any(one.target == target and one.source == source for one in reading.publications())
    if not ours:
        raise PhotoNotWritten(
            f"there is a file {target.name} already that is no copy of this photo",
            remedy="give another folder with --to",
        )
