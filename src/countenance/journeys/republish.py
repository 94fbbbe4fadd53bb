"""Republish: cover a published copy again that may show somebody who must not be seen any more.

The new copy takes the place of the old one, so that a web page that shows it heals. Nobody is seen in it who was not
seen in the old one. It is made from the original; if that is gone or has changed, from the old copy itself, but only
if it is recorded which faces are visible in it: each of them is then covered or judged anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from countenance.errors import PhotoMissing, PhotoNotWritten, PhotoProblem
from countenance.faces import Box
from countenance.journeys.covering import Copy, Draft, Order
from countenance.journeys.matching import Matcher
from countenance.journeys.placing import make_copy, overtaken
from countenance.ledger import JSON, Actor, EntryKind
from countenance.photos import Photo, open_photo
from countenance.ports import Clock, Publication, PublicationState, Store
from countenance.redaction import Style


@dataclass(frozen=True, slots=True)
class Recovered:
    """A copy that was covered again (or would be): what is covered and shown now, and what it was made from.

    `reviewed_before` is the name of who had looked at the old copy; nobody has looked at the new one.
    """

    copy: Copy
    from_copy: bool
    reviewed_before: str


@dataclass(frozen=True, slots=True)
class TakenDown:
    """A copy that is no more where it was published, so that there is nothing to cover."""

    target: Path


def outdated(*, store: Store, clock: Clock) -> tuple[Publication, ...]:
    """Give the copies in place that may show somebody who must not be seen, the oldest first."""
    with store.read(now=clock()) as reading:
        return tuple(
            one
            for one in reading.publications()
            if one.state is not PublicationState.PENDING and overtaken(one, reading)
        )


def republish(
    publication: Publication, *, dry_run: bool, store: Store, matcher: Matcher, actor: Actor, clock: Clock
) -> Recovered | TakenDown:
    """Cover one published copy again, in the same style and in its place.

    It is looked at thoroughly, whatever was done before: less must be missed than the first time, never more.

    Raises:
        PhotoProblem: it must be taken down by hand: it was changed since, or nothing is left to make it from safely.
        CoverIncomplete: a face could still be seen in the finished copy; the old copy is still there.
        ConsentRefused: people kept withdrawing.
    """
    order = Order(style=Style(publication.style), thorough=True, dry_run=dry_run)
    try:
        published = open_photo(publication.target)
    except PhotoMissing:
        return TakenDown(publication.target)
    if published.fingerprint != publication.target_fingerprint:
        raise PhotoNotWritten(
            "it was changed since it was published, so it is not replaced", remedy="take it down by hand"
        )
    draft = _from_original(publication, store, clock) or _from_copy(publication, published, store, clock)
    copy = make_copy(draft, order, store=store, matcher=matcher, actor=actor, clock=clock)
    return Recovered(copy, from_copy=draft.photo is published, reviewed_before=publication.reviewed_by)


def _from_original(publication: Publication, store: Store, clock: Clock) -> Draft | None:
    for path in _whereabouts(publication, store, clock):
        try:
            photo = open_photo(path)
        except PhotoProblem:
            continue
        if photo.fingerprint == publication.source_fingerprint:
            return _draft(publication, photo, path)
    return None


def _whereabouts(publication: Publication, store: Store, clock: Clock) -> Iterator[Path]:
    """Give where the original may be: where it was, and where index found a file of the same content."""
    yield publication.source
    with store.read(now=clock()) as reading:
        same = reading.photos_of(publication.source_fingerprint)
    yield from (record.path for record in same if record.path != publication.source)


def _from_copy(publication: Publication, published: Photo, store: Store, clock: Clock) -> Draft:
    """Take the old copy itself; every face that is known to be visible in it is covered or judged anew.

    Raises:
        PhotoMissing: it was not recorded which faces those are.
    """
    visible = _visible(publication, store, clock)
    if visible is None:
        raise PhotoMissing(
            "its original is gone or has changed, and which faces it shows is not recorded",
            remedy="put the original back, or take the copy down by hand",
        )
    return _draft(publication, published, publication.source, judged=visible, covered_before=publication.covered)


def _draft(
    publication: Publication, photo: Photo, source: Path, *, judged: tuple[Box, ...] = (), covered_before: int = 0
) -> Draft:
    return Draft(
        photo,
        source,
        publication.source_fingerprint,
        publication.target,
        may_show=frozenset(publication.shown),
        judged=judged,
        covered_before=covered_before,
        replaces=publication.id,
    )


def _visible(publication: Publication, store: Store, clock: Clock) -> tuple[Box, ...] | None:
    """Give the boxes that the ledger says were left uncovered; None for a copy of before that was recorded."""
    with store.read(now=clock()) as reading:
        for finding in reading.ledger_findings():
            entry = finding.entry
            if entry is None or entry.kind is not EntryKind.PUBLISHED:
                continue
            if entry.body["publication"] == publication.id:
                return _boxes(entry.body.get("visible"))
    return None


def _boxes(told: JSON) -> tuple[Box, ...] | None:
    if not isinstance(told, list):
        return None
    boxes: list[Box] = []
    for one in told:
        match one:
            case [int(x), int(y), int(w), int(h)]:
                boxes.append(Box(x, y, w, h))
            case _:
                return None
    return tuple(boxes)
