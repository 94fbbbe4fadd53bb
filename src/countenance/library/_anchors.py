"""Anchors: the files in which others remember the ledger, as the ledger itself lists them, and their time stamps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from countenance.errors import CheckpointInvalid, LedgerBroken, SealBroken, UsageWrong
from countenance.journeys.anchor import Stamped
from countenance.ledger import Entry, EntryKind, library_and_branch, root_at
from countenance.library._handing_out import hand_out
from countenance.library._remembered import NotRemembered, Remembered, is_there, look_into
from countenance.library._stamp_files import (
    ANSWER,
    answer_file,
    request_file,
    small_file,
    stamp_in,
    write_request,
)
from countenance.ports import Finding, Reading
from countenance.seals import Imprint, answered, requested, sha256_hex

# Entries read at once when the last ones are looked through from the end.
PAGE_ROWS: Final = 256


@dataclass(frozen=True, slots=True)
class Listed:
    """An anchor as the ledger lists it: the place of the entry, when it was recorded, and what it says.

    `answer_sha256` is that of the authority's answer, for a time stamp; empty for a checkpoint that was written.
    """

    entry: int
    at: datetime
    file: Path
    origin: str
    size: int
    root: bytes
    answer_sha256: str = ""
    authority: str = ""

    @property
    def branch(self) -> int:
        """The branch that the checkpoint is of."""
        return library_and_branch(self.origin)[1]


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests for time stamps that were made, and the checkpoints for which none could be, because they are gone.

    `waiting` are requests that were there already, and have no answer yet.
    """

    made: tuple[Path, ...]
    waiting: tuple[Path, ...]
    missing: tuple[Path, ...]


def listed(reading: Reading) -> tuple[Listed, ...]:
    """Give the anchors that the ledger lists, the oldest first.

    Raises:
        LedgerBroken: an entry does not say what such an entry says.
    """
    return tuple(_listed(reading.ledger_findings()))


def last_listed(reading: Reading) -> Listed | None:
    """Give the anchor that was recorded last, looking from the end; None if the ledger lists none."""
    end = reading.ledger_edge().size
    while end > 0:
        start = max(0, end - PAGE_ROWS)
        found = tuple(_listed(islice(reading.ledger_findings(start), end - start)))
        if found:
            return found[-1]
        end = start
    return None


def files_of(anchors: Sequence[Listed]) -> tuple[Path, ...]:
    """Give the files of checkpoints, each once, in the order in which they were first recorded."""
    return tuple(dict.fromkeys(one.file for one in anchors))


def the_checkpoint_in(file: Path, *, public_key: bytes, library: str) -> Remembered:
    """Give the one checkpoint that is in a file.

    Raises:
        UsageWrong: there is no such file, none in it, or several.
        CheckpointInvalid: the library has not signed it.
    """
    found = tuple(look_into(file, public_key=public_key, library=library, foreign=True))
    match found:
        case (Remembered() as one,):
            return one
        case (NotRemembered() as none, *_):
            raise CheckpointInvalid(f"{file}: {none.problem}", remedy="give a file that the library has written")
        case ():
            raise UsageWrong(f"there is no checkpoint of a ledger in {file}", remedy="give the file of a checkpoint")
        case _:
            raise UsageWrong(f"there are several checkpoints in {file}", remedy="give a file with one")


def request_stamps(files: Sequence[Path], *, public_key: bytes, library: str) -> Requests:
    """Write a request for a time stamp beside each of these checkpoints that has neither request nor answer.

    Raises:
        UsageWrong, CheckpointInvalid: a file is no checkpoint of the library.
        LedgerNotWritten: the disk refuses.
    """
    made, waiting, missing = [], [], []
    for file in files:
        if not is_there(file):
            missing.append(file)
            continue
        the_checkpoint_in(file, public_key=public_key, library=library)
        if request_file(file).exists():
            if not answer_file(file).exists():
                waiting.append(request_file(file))
        else:
            made.append(write_request(file))
    return Requests(tuple(made), tuple(waiting), tuple(missing))


def take_answer(
    answer: Path, checkpoints: Sequence[Path], certificates: Sequence[bytes], *, reading: Reading, library: str
) -> Stamped:
    """Verify an authority's answer, and put a copy of it beside the checkpoint that it is about.

    That is the one whose name the answer has, or else the one of `checkpoints` that has this content and this request.

    Raises:
        UsageWrong: the answer cannot be read.
        CheckpointInvalid: it does not hold, is about none of these, or about one that the ledger does not begin with.
        LedgerNotWritten: another answer is beside the checkpoint already, or the disk refuses.
    """
    data = small_file(answer)
    try:
        about = answered(data)
    except SealBroken as problem:
        raise CheckpointInvalid(f"{answer}: {problem.what}", remedy=problem.remedy) from problem
    file = _asked_about(about, answer, checkpoints)
    remembered = the_checkpoint_in(file, public_key=reading.public_key(), library=library)
    try:
        stamp = stamp_in(data, file, certificates, asked=True)
    except CheckpointInvalid as problem:
        raise CheckpointInvalid(f"{answer}: {problem.what}", remedy=problem.remedy) from problem
    checkpoint = remembered.checkpoint
    if checkpoint.size > reading.ledger_edge().size or root_at(checkpoint.size, reading.ledger_node) != checkpoint.root:
        raise CheckpointInvalid(
            f"the ledger does not begin with the checkpoint in {file}",
            remedy="see what `countenance ledger anchor check` says",
        )
    hand_out(answer_file(file), [data])
    return Stamped(file, checkpoint, stamp, data)


def _asked_about(about: Imprint, answer: Path, checkpoints: Sequence[Path]) -> Path:
    named = answer.with_name(answer.name.removesuffix(ANSWER))
    candidates = [named] if named != answer and is_there(named) else []
    candidates += [one for one in checkpoints if is_there(one)]
    same = [one for one in dict.fromkeys(candidates) if sha256_hex(small_file(one)) == about.sha256]
    if not same:
        raise CheckpointInvalid(
            f"{answer} is about none of the checkpoints that the ledger lists, nor about one beside it",
            remedy=f"put it beside the checkpoint, under its name with {ANSWER} behind it",
        )
    return next((one for one in same if _asks(one, about)), same[0])


def _asks(checkpoint: Path, about: Imprint) -> bool:
    request = request_file(checkpoint)
    try:
        return is_there(request) and requested(small_file(request)) == about
    except SealBroken:
        return False


def _listed(findings: Iterator[Finding]) -> Iterator[Listed]:
    for finding in findings:
        entry = finding.entry
        if entry is not None and entry.kind in {EntryKind.ANCHORED, EntryKind.TIME_STAMPED}:
            yield _as_listed(finding.index, entry)


def _as_listed(place: int, entry: Entry) -> Listed:
    match entry.body:
        case {"origin": str(origin), "size": int(size), "root": str(root), "file": str(file), **more}:
            return Listed(
                entry=place,
                at=entry.at,
                file=Path(file),
                origin=origin,
                size=size,
                root=bytes.fromhex(root),
                answer_sha256=str(more.get("answer_sha256", "")),
                authority=str(more.get("authority", "")),
            )
    raise LedgerBroken(f"entry {place} does not say which checkpoint it is about")
