"""Rescan: match the known boxes of photos again after somebody opted in late, without detecting again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from countenance.errors import PhotoProblem
from countenance.faces import Seen
from countenance.journeys.matching import Matcher
from countenance.ledger import Actor, Entry, EntryKind, spell_moment
from countenance.ports import Clock, Eyes, KnownPhoto, Progress, Step, Store

# Photos per transaction, as in indexing.
BATCH_PHOTOS = 24


@dataclass(slots=True)
class Rescan:
    """What a run did: photos that were behind, matched anew, those that could not be, and appearances kept."""

    photos: int
    matched: int = 0
    failed: list[tuple[KnownPhoto, PhotoProblem]] = field(default_factory=list)
    appearances: int = 0


def rescan(*, store: Store, eyes: Eyes, matcher: Matcher, actor: Actor, clock: Clock, progress: Progress) -> Rescan:
    """Bring every photo that is behind the roll up to date; an interruption leaves the rest for the next run."""
    models, began = matcher.seen_with, clock()
    with store.read(now=clock()) as reading:
        result = Rescan(photos=reading.photos_behind_count(seen_with=models))
    if not result.photos:
        return result
    waiting: list[tuple[KnownPhoto, Seen | PhotoProblem]] = []
    try:
        for known, outcome in eyes.look_again(_behind(store, models, clock)):
            waiting.append((known, outcome))
            if len(waiting) >= BATCH_PHOTOS:
                _keep(waiting, result, began, store, matcher, actor, clock)
            done = result.matched + len(result.failed) + len(waiting)
            progress(Step(done, result.photos, len(result.failed), known.path))
    finally:
        if waiting:
            _keep(waiting, result, began, store, matcher, actor, clock)
    return result


def _behind(store: Store, models: str, clock: Clock) -> Iterator[KnownPhoto]:
    after = 0
    while True:
        with store.read(now=clock()) as reading:
            page = reading.photos_behind(seen_with=models, limit=BATCH_PHOTOS, after=after)
        if not page:
            return
        yield from page
        after = page[-1].id


def _keep(
    waiting: list[tuple[KnownPhoto, Seen | PhotoProblem]],
    result: Rescan,
    began: datetime,
    store: Store,
    matcher: Matcher,
    actor: Actor,
    clock: Clock,
) -> None:
    failed = [(known, outcome) for known, outcome in waiting if isinstance(outcome, PhotoProblem)]
    appearances = 0
    with store.write(now=clock()) as unit:
        for known, outcome in waiting:
            # A photo that is not there stays behind: its disk may come back, and only indexing its folder forgets it.
            if isinstance(outcome, Seen):
                matched = matcher.appearances(outcome.templates, unit)
                appearances += unit.keep_matches(
                    known.id, fingerprint=outcome.fingerprint, roll=unit.roll(), matched=matched
                )
        unit.record(
            Entry(
                kind=EntryKind.RESCANNED,
                at=unit.now,
                actor=actor,
                body={
                    "began": spell_moment(began),
                    "photos": len(waiting),
                    "failed": len(failed),
                    "appearances": appearances,
                    "seen_with": matcher.seen_with,
                    "roll": unit.roll(),
                },
                concerns={},
            )
        )
    result.matched += len(waiting) - len(failed)
    result.failed.extend(failed)
    result.appearances += appearances
    waiting.clear()
