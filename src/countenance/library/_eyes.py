"""Looking at many photos: in this process, or side by side in workers that each hold the models once.

Pixels stay in the worker; a template crosses a pipe, never a file or named shared memory.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from countenance.errors import PhotoProblem, PhotoUnreadable
from countenance.faces import Box, Face, Seen, Template
from countenance.photos import Photo, open_photo
from countenance.ports import KnownPhoto, Pixels, Vision

Asked = TypeVar("Asked", Path, KnownPhoto)
Outcome = Seen | PhotoProblem

# Photos given to each worker ahead of need: one at work and one waiting keeps it busy without piling up results.
AHEAD_PER_WORKER = 2


@dataclass(frozen=True, slots=True)
class OwnEyes:
    """Look with the models of this process, one photo after the other."""

    vision: Vision

    def look(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Outcome]]:
        """Open, detect and embed each photo."""
        for path in paths:
            yield path, see(path, self.vision)

    def look_again(self, photos: Iterable[KnownPhoto]) -> Iterator[tuple[KnownPhoto, Outcome]]:
        """Open each photo and embed its known boxes."""
        for known in photos:
            yield known, see_again(known, self.vision)


@dataclass(slots=True)
class ManyEyes(AbstractContextManager["ManyEyes"]):
    """Look with several worker processes; `load` makes the models in each of them and must be picklable.

    A worker that dies of a photo (a decoder's crash, memory) costs that photo, reported, and no other.
    """

    load: Callable[[], Vision]
    workers: int
    _pool: ProcessPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        """Start the workers."""
        self._pool = self._new_pool()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the workers; what is under way is waited for, what is queued is dropped."""
        self._stop()

    def look(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Outcome]]:
        """Open, detect and embed each photo; results come in the order of finishing."""
        return self._side_by_side(_see_in_worker, iter(paths))

    def look_again(self, photos: Iterable[KnownPhoto]) -> Iterator[tuple[KnownPhoto, Outcome]]:
        """Open each photo and embed its known boxes; results come in the order of finishing."""
        return self._side_by_side(_see_again_in_worker, iter(photos))

    def _new_pool(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a forked child would share the parent's database connection and threads.
        return ProcessPoolExecutor(
            self.workers, multiprocessing.get_context("spawn"), initializer=_start_worker, initargs=(self.load,)
        )

    def _stop(self) -> None:
        # Interrupted, Python takes the pool's thread for ended and leaves workers without their signal to go.
        with _interrupts_held():
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, task: Callable[[Asked], Outcome], question: Asked) -> "Future[Outcome]":
        # This may start a worker, which must never see Ctrl-C, not even while Python starts in it.
        with _interrupts_held():
            return self._pool.submit(task, question)

    def _side_by_side(
        self, task: Callable[[Asked], Outcome], questions: Iterator[Asked]
    ) -> Iterator[tuple[Asked, Outcome]]:
        under_way: dict[Future[Outcome], Asked] = {}
        while True:
            suspects: list[Asked] = []
            for question in islice(questions, self.workers * AHEAD_PER_WORKER - len(under_way)):
                try:
                    under_way[self._submit(task, question)] = question
                except BrokenProcessPool:
                    suspects.append(question)
                    break
            if not under_way and not suspects:
                return
            finished: list[tuple[Future[Outcome], Outcome]] = []
            if not suspects:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                try:
                    finished = [(future, future.result()) for future in done]
                except BrokenProcessPool:
                    suspects.extend(under_way.values())
            else:
                suspects.extend(under_way.values())
            if suspects:
                under_way.clear()
                yield from self._one_by_one(task, suspects)
                continue
            for future, outcome in finished:
                yield under_way.pop(future), outcome

    def _one_by_one(self, task: Callable[[Asked], Outcome], suspects: list[Asked]) -> Iterator[tuple[Asked, Outcome]]:
        """Find out which photo kills a worker: each suspect gets the workers to itself."""
        self._stop()
        self._pool = self._new_pool()
        for suspect in suspects:
            try:
                outcome: Outcome = self._submit(task, suspect).result()
            except BrokenProcessPool:
                self._stop()
                self._pool = self._new_pool()
                outcome = PhotoUnreadable("the process that opened it was killed", remedy="look at this file by itself")
            yield suspect, outcome


def see(path: Path, vision: Vision) -> Outcome:
    """Open a photo, find its faces, and make templates of those large enough; a problem is the answer, not an error."""
    try:
        photo = open_photo(path)
        faces = vision.detect(photo.pixels)
        templates = _templates(photo.pixels, faces, vision)
    except PhotoProblem as problem:
        return problem
    except Exception as problem:  # noqa: BLE001  (whatever one photo does to a model, the others are looked at)
        return _not_looked_at(problem)
    return Seen(photo.fingerprint, photo.width, photo.height, faces, templates)


def see_again(known: KnownPhoto, vision: Vision) -> Outcome:
    """Open a photo and make templates of its known boxes; a problem is the answer, not an error."""
    try:
        photo = open_photo(known.path)
        _refuse_changed(photo, known)
        faces = tuple(Face(box, 1.0) for box in known.boxes)
        templates = _templates(photo.pixels, faces, vision)
    except PhotoProblem as problem:
        return problem
    except Exception as problem:  # noqa: BLE001  (as in `see`)
        return _not_looked_at(problem)
    return Seen(photo.fingerprint, photo.width, photo.height, faces, templates)


def _not_looked_at(problem: Exception) -> PhotoProblem:
    return PhotoUnreadable(
        f"the models could not look at it ({type(problem).__name__})", remedy="look at this file by itself"
    )


def _refuse_changed(photo: Photo, known: KnownPhoto) -> None:
    if photo.fingerprint != known.fingerprint:
        raise PhotoUnreadable("the file has changed since it was indexed", remedy="index its folder again")


def _templates(pixels: Pixels, faces: tuple[Face, ...], vision: Vision) -> tuple[Template | None, ...]:
    if not vision.model:
        return (None,) * len(faces)
    boxes: list[Box] = [face.box for face in faces if face.box.side >= vision.nameable_px]
    made = iter(vision.embed(pixels, boxes))
    return tuple(next(made) if face.box.side >= vision.nameable_px else None for face in faces)


_worker_vision: list[Vision] = []


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back for a moment; processes started meanwhile never get it (POSIX: the mask is inherited)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(load: Callable[[], Vision]) -> None:
    # Ctrl-C reaches every process of a terminal; the parent decides when the workers stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker_vision.append(load())


def _end_with_parent() -> None:
    # A parent that is killed cannot say so, and a worker would wait for its next photo for ever, templates in memory.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _see_in_worker(path: Path) -> Outcome:
    return see(path, _worker_vision[0])


def _see_again_in_worker(known: KnownPhoto) -> Outcome:
    return see_again(known, _worker_vision[0])
