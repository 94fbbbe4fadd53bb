"""Rescan: match the known boxes of photos again after somebody opted in late, without detecting again.

What is left to do is computed from the roll, so nothing is lost or done twice; the jobs that enrolments left are told
how far it is, in the same transaction as the work (ADR 0014, ADR 0019).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from countenance.errors import PhotoProblem
from countenance.faces import Seen
from countenance.journeys.matching import RESCAN, Faces, Matcher
from countenance.ledger import Actor, Entry, EntryKind, spell_moment
from countenance.ports import Clock, Eyes, Job, JobState, KnownPhoto, Progress, Reading, Step, Store, Unit

# Photos per transaction, as in indexing.
BATCH_PHOTOS = 24


@dataclass(slots=True)
class Rescan:
    """What a run did: photos that were behind, matched anew, those that could not be, and appearances kept.

    `unmeasured` says why all of them were left, if they were: more people are enrolled than were ever measured.
    """

    photos: int
    matched: int = 0
    failed: list[tuple[KnownPhoto, PhotoProblem]] = field(default_factory=list)
    appearances: int = 0
    unmeasured: str = ""


@dataclass(slots=True)
class _Run:
    """One run as it goes: what is not yet written, and what it came to."""

    began: datetime
    result: Rescan
    waiting: list[tuple[KnownPhoto, Seen | PhotoProblem]] = field(default_factory=list)


def rescan(*, store: Store, eyes: Eyes, matcher: Matcher, actor: Actor, clock: Clock, progress: Progress) -> Rescan:
    """Bring every photo that is behind the roll up to date; an interruption leaves the rest for the next run.

    Every job that an enrolment left is done by this one pass. A job is done when no photo is behind, and failed as long
    as one could not be matched: the next run tries it again.

    Raises:
        GalleryUnmeasured: more people are enrolled than the thresholds were measured with; nothing is looked at.
    """
    began = clock()
    with store.read(now=began) as reading:
        run = _Run(began, Rescan(photos=reading.photos_behind_count(seen_with=matcher.seen_with)))
        if not run.result.photos and not _open_jobs(reading):
            return run.result
        matcher.refuse_unmeasured(reading)
    try:
        for known, outcome in eyes.look_again(_behind(store, matcher.seen_with, clock)):
            run.waiting.append((known, outcome))
            if len(run.waiting) >= BATCH_PHOTOS:
                _keep(run, store, matcher, actor, clock)
            progress(_step(run, known))
    except BaseException:  # also when interrupted: what was finished is kept, so that nothing is done twice
        if run.waiting:
            _keep(run, store, matcher, actor, clock)
        raise
    _keep(run, store, matcher, actor, clock, ended=True)
    return run.result


def _behind(store: Store, models: str, clock: Clock) -> Iterator[KnownPhoto]:
    after = 0
    while True:
        with store.read(now=clock()) as reading:
            page = reading.photos_behind(seen_with=models, limit=BATCH_PHOTOS, after=after)
        if not page:
            return
        yield from page
        after = page[-1].id


def _keep(run: _Run, store: Store, matcher: Matcher, actor: Actor, clock: Clock, *, ended: bool = False) -> None:
    """Match and keep a batch, and tell the jobs, in one transaction with its entry; nothing new is no entry."""
    failed = [(known, outcome) for known, outcome in run.waiting if isinstance(outcome, PhotoProblem)]
    appearances = 0
    with store.write(now=clock()) as unit:
        for known, outcome in run.waiting:
            # A photo that is not there stays behind: its disk may come back, and only indexing its folder forgets it.
            if isinstance(outcome, Seen):
                appearances += _keep_seen(known, outcome, unit, matcher)
        told = _tell_jobs(run, len(run.result.failed) + len(failed), unit, matcher.seen_with, ended=ended)
        if run.waiting or told:
            unit.record(
                Entry(
                    kind=EntryKind.RESCANNED,
                    at=unit.now,
                    actor=actor,
                    body={
                        "began": spell_moment(run.began),
                        "photos": len(run.waiting),
                        "failed": len(failed),
                        "appearances": appearances,
                        "seen_with": matcher.seen_with,
                        "roll": unit.roll(),
                    },
                    concerns={},
                )
            )
    run.result.matched += len(run.waiting) - len(failed)
    run.result.failed.extend(failed)
    run.result.appearances += appearances
    run.waiting.clear()


def _keep_seen(known: KnownPhoto, seen: Seen, unit: Unit, matcher: Matcher) -> int:
    """Match a photo within the transaction; gives the appearances kept. What humans decided about it stands."""
    record, boxes = unit.photo(known.path), unit.boxes_of(known.path)
    if record is None or record.fingerprint != seen.fingerprint or boxes[: len(known.boxes)] != known.boxes:
        return 0  # it was indexed anew meanwhile, with the roll of that moment
    placing = matcher.appearances(Faces(seen.fingerprint, boxes, seen.templates), unit)
    for box in placing.boxes[len(boxes) :]:
        unit.add_box(known.id, box)
    return unit.keep_matches(known.id, fingerprint=seen.fingerprint, roll=unit.roll(), matched=placing.appearing)


def _open_jobs(reading: Reading) -> list[Job]:
    return [job for job in reading.jobs() if job.kind == RESCAN and job.state is not JobState.DONE]


def _tell_jobs(run: _Run, failed: int, unit: Unit, models: str, *, ended: bool) -> bool:
    """Keep how far each open job is; True if there is one. What is left is counted, never carried forward."""
    left = unit.photos_behind_count(seen_with=models)
    jobs = _open_jobs(unit)
    for job in jobs:
        state = JobState.RUNNING
        if not left:
            state = JobState.DONE
        elif ended and failed:
            state = JobState.FAILED
        unit.keep_job(
            replace(
                job,
                state=state,
                began_at=job.began_at or run.began,
                ended_at=None if state is JobState.RUNNING else unit.now,
                done=max(job.done, job.total - left) if left else job.total,
                failed=failed if left else 0,
            )
        )
    return bool(jobs)


def _step(run: _Run, known: KnownPhoto) -> Step:
    failed = len(run.result.failed)
    return Step(run.result.matched + failed + len(run.waiting), run.result.photos, failed, known.path)
