"""Index: look through photos once, keep where the opted-in people are, and forget every other face but its box."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from countenance.errors import PhotoProblem
from countenance.faces import Seen
from countenance.journeys.matching import Faces, Matcher
from countenance.ledger import Actor, Entry, EntryKind, spell_moment
from countenance.photos import find_photos, fingerprint_file
from countenance.ports import Clock, Eyes, PhotoRecord, PhotoState, Progress, SeenPhoto, Step, Store, Unit

# Photos per transaction: few enough that an interruption loses seconds of work, enough that commits cost nothing.
BATCH_PHOTOS = 24


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be read, and why."""

    photo: Path
    why: str


@dataclass(slots=True)
class Indexing:
    """What a run did: photos found, newly indexed, unchanged, failed; faces seen and appearances kept in this run."""

    photos: int
    indexed: int = 0
    unchanged: int = 0
    failed: list[Failure] = field(default_factory=list)
    faces: int = 0
    appearances: int = 0


@dataclass(slots=True)
class _Run:
    """One run as it goes: what is not yet written, and what it came to."""

    began: datetime
    result: Indexing
    waiting: list[tuple[Path, Seen]] = field(default_factory=list)
    broken: list[tuple[Path, PhotoProblem]] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)

    @property
    def batch(self) -> int:
        """How many photos wait to be written."""
        return len(self.waiting) + len(self.broken)


def index(
    places: Sequence[Path],
    *,
    again: bool,
    store: Store,
    eyes: Eyes,
    matcher: Matcher,
    actor: Actor,
    clock: Clock,
    progress: Progress,
) -> Indexing:
    """Index these files and folders; what was done before with the same content and models is not done again.

    `again` does it all the same. Work is kept in batches, each with its ledger entry; an interruption keeps what was
    finished, and the next run goes on from there. A photo that cannot be read is reported, kept as failed, and tried
    again next time. A photo that is gone from these folders is in no answer until it is back.

    Raises:
        PhotoMissing: a place does not exist.
        GalleryUnmeasured: more people are enrolled than the thresholds were measured with; nothing is looked at.
    """
    photos = list(find_photos(places))
    with store.read(now=clock()) as reading:
        matcher.refuse_unmeasured(reading)
        known = {record.path: record for record in reading.photos()}
    run = _Run(began=clock(), result=Indexing(photos=len(photos)), gone=_gone(known, places, photos))
    due = _due(photos, {} if again else known, matcher.seen_with, run)
    try:
        for path, outcome in eyes.look(due):
            if isinstance(outcome, PhotoProblem):
                run.broken.append((path, outcome))
            else:
                run.waiting.append((path, outcome))
            if run.batch >= BATCH_PHOTOS:
                _keep(run, store, matcher, actor, clock)
            progress(_step(run, path))
    finally:
        # Also when interrupted: what was finished is kept, so that nothing is done twice.
        _keep(run, store, matcher, actor, clock)
    return run.result


def _gone(known: Mapping[Path, PhotoRecord], places: Sequence[Path], photos: Sequence[Path]) -> list[Path]:
    """Give the known photos of these folders whose files are there no more.

    A folder in which nothing is left is more likely a disk that is not mounted: what is known of it stays.
    """
    here = set(photos)
    peopled = [place for place in places if any(path.is_relative_to(place) for path in photos)]
    return [
        path
        for path, record in known.items()
        if record.state is not PhotoState.MISSING
        and path not in here
        and any(path.is_relative_to(place) for place in peopled)
        and not _may_be_there(path)
    ]


def _may_be_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True


def _due(photos: Iterable[Path], known: Mapping[Path, PhotoRecord], models: str, run: _Run) -> Iterator[Path]:
    """Give the photos that must be looked at; count the others as unchanged, and the unreadable ones as broken."""
    for path in photos:
        record = known.get(path)
        try:
            fingerprint = fingerprint_file(path)
        except PhotoProblem as problem:
            run.broken.append((path, problem))
            continue
        if (
            record is not None
            and record.state is PhotoState.DONE
            and record.fingerprint == fingerprint
            and record.seen_with == models
        ):
            run.result.unchanged += 1
        else:
            yield path


def _keep(run: _Run, store: Store, matcher: Matcher, actor: Actor, clock: Clock) -> None:
    """Match and keep a batch in one transaction, with its entry."""
    result = run.result
    faces = appearances = 0
    with store.write(now=clock()) as unit:
        for path, seen in run.waiting:
            faces += len(seen.faces)
            appearances += _keep_seen(path, seen, unit, matcher)
        for path, problem in run.broken:
            size_bytes, modified_ns = _stamp(path)
            unit.keep_failure(path, fingerprint="", size_bytes=size_bytes, modified_ns=modified_ns, why=problem.what)
        for path in run.gone:
            unit.keep_missing(path)
        unit.record(
            Entry(
                kind=EntryKind.INDEXED,
                at=unit.now,
                actor=actor,
                body={
                    "began": spell_moment(run.began),
                    "photos": run.batch,
                    "indexed": len(run.waiting),
                    "unchanged": result.unchanged,
                    "failed": len(run.broken),
                    "gone": len(run.gone),
                    "faces": faces,
                    "appearances": appearances,
                    "seen_with": matcher.seen_with,
                    "roll": unit.roll(),
                },
                concerns={},
            )
        )
    result.indexed += len(run.waiting)
    result.faces += faces
    result.appearances += appearances
    result.failed.extend(Failure(path, problem.what) for path, problem in run.broken)
    run.waiting.clear()
    run.broken.clear()
    run.gone.clear()


def _keep_seen(path: Path, seen: Seen, unit: Unit, matcher: Matcher) -> int:
    """Match within the transaction, so that the gallery is the one that the store holds; gives the appearances kept.

    What humans decided about a photo of this content stands, wherever the file lies.
    """
    size_bytes, modified_ns = _stamp(path)
    boxes = tuple(face.box for face in seen.faces)
    placing = matcher.appearances(Faces(seen.fingerprint, boxes, seen.templates), unit)
    return unit.keep_photo(
        SeenPhoto(
            path=path,
            fingerprint=seen.fingerprint,
            size_bytes=size_bytes,
            modified_ns=modified_ns,
            seen_with=matcher.seen_with,
            roll=unit.roll(),
            boxes=placing.boxes,
            matched=placing.appearing,
        )
    )


def _stamp(path: Path) -> tuple[int, int]:
    """Give the file's size in bytes and time in nanoseconds; zeros if the file is gone."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def _step(run: _Run, path: Path) -> Step:
    result = run.result
    failed = len(result.failed) + len(run.broken)
    return Step(result.indexed + result.unchanged + len(run.waiting) + failed, result.photos, failed, path)
