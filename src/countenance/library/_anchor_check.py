"""Checking the anchors: each is where the ledger says, unchanged, and remembers the ledger as it is."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from countenance.errors import CountenanceError, SealBroken, UsageWrong
from countenance.ledger import Checkpoint
from countenance.library._anchors import Listed
from countenance.library._comparing import compare
from countenance.library._handing_out import is_unfinished
from countenance.library._key_files import key_file_in, problem_with_key
from countenance.library._remembered import NotRemembered, Remembered, is_there, look_into
from countenance.library._stamp_files import ANSWER, REQUEST, answer_file, small_file, stamp_in
from countenance.ports import Reading
from countenance.seals import TimeStamp, answered, sha256_hex


class AnchorKind(StrEnum):
    """What remembers the ledger outside."""

    CHECKPOINT = "checkpoint"
    """A signed checkpoint in a file."""
    TIME_STAMP = "time-stamp"
    """An authority's answer, beside a checkpoint."""
    PUBLIC_KEY = "public-key"
    """Another public key than the library's, beside checkpoints, where the library's should be."""


@dataclass(frozen=True, slots=True)
class AnchorFinding:
    """An anchor that was looked at, and in `problem` what is wrong with it (empty: it holds).

    `listed` is what the ledger says of it; None: the ledger does not list it, and it lay beside those that it does.
    `stamp` is what an authority's answer says, if its certificates were given to verify it with.
    """

    kind: AnchorKind
    file: Path
    checkpoint: Checkpoint | None
    listed: Listed | None
    problem: str = ""
    stamp: TimeStamp | None = None


@dataclass(frozen=True, slots=True)
class AnchorCheck:
    """All anchors that were looked at; the requests nobody answered yet, and the answers that were not taken in."""

    findings: tuple[AnchorFinding, ...]
    requests: tuple[Path, ...]
    answers: tuple[Path, ...]

    @property
    def ok(self) -> bool:
        """Tell whether no anchor is missing, changed or in disagreement; without any there is nothing to disagree."""
        return not any(one.problem for one in self.findings)


def look_at_anchors(
    anchors: Sequence[Listed],
    *,
    at: Sequence[Path],
    certificates: Sequence[bytes],
    public_key: bytes,
    library: str,
) -> AnchorCheck:
    """Look at the files of all anchors, and at what lies beside them; whether the ledger agrees, `compared` says.

    Each is looked for where it was written and, by its name, in the folders `at`: it must be in one of them, and where
    it is it must be unchanged. A ledger that was put back to an older state does not list its later anchors; so every
    other file in those folders is looked into as well.

    Raises:
        UsageWrong: one of `at` is no folder.
    """
    for folder in at:
        if not folder.is_dir():
            raise UsageWrong(f"{folder} is no folder", remedy="give the folder in which the anchors are")
    findings: list[AnchorFinding] = []
    written = [one for one in anchors if not one.answer_sha256]
    stamped = [one for one in anchors if one.answer_sha256]
    for one in written:
        findings += _checkpoints(one, at, public_key, library)
    for one in stamped:
        findings += _stamps(one, at, certificates, public_key, library)
    folders = list(dict.fromkeys([*(one.file.parent for one in anchors), *at]))
    findings += [one for folder in folders for one in _key(key_file_in(folder, library), public_key)]
    known = {place for one in findings for place in (one.file, _stamped_file(one.file))}
    taken_in = {one.answer_sha256 for one in stamped}
    beside = [file for folder in folders for file in _in_folder(folder) if file not in known]
    for file in beside:
        findings += _unlisted(file, public_key, library)
    requests, answers = _unfinished(beside, taken_in)
    return AnchorCheck(tuple(findings), requests, answers)


def compared(check: AnchorCheck, reading: Reading) -> AnchorCheck:
    """Say of each checkpoint that is otherwise in order whether the ledger begins with what it remembers."""
    sound = [Remembered(one.file, one.checkpoint) for one in check.findings if one.checkpoint and not one.problem]
    problems = iter(compare(sound, reading))
    findings = [
        replace(one, problem=next(problems).problem) if one.checkpoint and not one.problem else one
        for one in check.findings
    ]
    return replace(check, findings=tuple(findings))


def _places(file: Path, at: Sequence[Path]) -> list[Path]:
    candidates = dict.fromkeys([file, *(folder / file.name for folder in at)])
    return [place for place in candidates if is_there(place)]


def _stamped_file(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(ANSWER))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _missing(kind: AnchorKind, file: Path, one: Listed) -> AnchorFinding:
    gone = "" if _is_folder(file.parent) else "; its folder is not there either, maybe on a disk that is not connected"
    return AnchorFinding(kind, file, None, one, f"it is not there, where it was on {one.at:%Y-%m-%d}{gone}")


def _checkpoints(one: Listed, at: Sequence[Path], public_key: bytes, library: str) -> Iterator[AnchorFinding]:
    places = _places(one.file, at)
    if not places:
        yield _missing(AnchorKind.CHECKPOINT, one.file, one)
    for place in places:
        checkpoint, problem = _read(place, one, public_key, library)
        yield AnchorFinding(AnchorKind.CHECKPOINT, place, checkpoint, one, problem)


def _read(file: Path, one: Listed, public_key: bytes, library: str) -> tuple[Checkpoint | None, str]:
    """Give the checkpoint that must be in a file, and what is wrong with it."""
    if not is_there(file):  # nor is what is no file waited for, such as a pipe
        return None, f"{file} cannot be read: no such file is there"
    try:
        found = tuple(look_into(file, public_key=public_key, library=library, foreign=True))
    except CountenanceError as problem:
        return None, problem.what
    match found:
        case (Remembered(checkpoint=checkpoint),):
            if (checkpoint.origin, checkpoint.size, checkpoint.root) == (one.origin, one.size, one.root):
                return checkpoint, ""
            return checkpoint, "it was changed: it remembers something else than what was written to it"
        case (NotRemembered() as none, *_):
            return None, f"it was changed: {none.problem}"
    return None, "it was changed: there is no checkpoint in it, or more than one"


def _stamps(
    one: Listed, at: Sequence[Path], certificates: Sequence[bytes], public_key: bytes, library: str
) -> Iterator[AnchorFinding]:
    places = _places(answer_file(one.file), at)
    if not places:
        yield _missing(AnchorKind.TIME_STAMP, answer_file(one.file), one)
    for place in places:
        checkpoint, problem = _read(_stamped_file(place), one, public_key, library)
        stamp = None
        if not problem:
            stamp, problem = _stamp(place, one, certificates)
        yield AnchorFinding(AnchorKind.TIME_STAMP, place, checkpoint, one, problem, stamp)


def _stamp(file: Path, one: Listed, certificates: Sequence[bytes]) -> tuple[TimeStamp | None, str]:
    """Give what an authority's answer says if it can be verified, and what is wrong with it."""
    try:
        answer = small_file(file)
        if sha256_hex(answer) != one.answer_sha256:
            return None, "it was changed: it is another answer than the one that was recorded"
        if not certificates:
            return None, ""
        return stamp_in(answer, _stamped_file(file), certificates, asked=False), ""
    except CountenanceError as problem:
        return None, problem.what


def _key(file: Path, public_key: bytes) -> Iterator[AnchorFinding]:
    """Give what lies in the place of the public key and is another; where there is none, none was promised."""
    if problem := problem_with_key(file, public_key):
        yield AnchorFinding(AnchorKind.PUBLIC_KEY, file, None, None, problem)


def _in_folder(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(file for file in folder.iterdir() if is_there(file) and not is_unfinished(file))


def _unlisted(file: Path, public_key: bytes, library: str) -> Iterator[AnchorFinding]:
    if file.suffix in {REQUEST, ANSWER}:
        return
    try:
        for found in look_into(file, public_key=public_key, library=library):
            match found:
                case Remembered(checkpoint=checkpoint):
                    yield AnchorFinding(AnchorKind.CHECKPOINT, file, checkpoint, None)
                case NotRemembered(problem=problem):
                    yield AnchorFinding(AnchorKind.CHECKPOINT, file, None, None, problem)
    except UsageWrong:
        return  # it cannot be read, or is a film: nobody said that it is an anchor


def _unfinished(beside: Iterable[Path], taken_in: Collection[str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Give the requests without an answer, and the answers that were not taken in; refusals are none."""
    files = list(beside)
    requests = [one for one in files if one.suffix == REQUEST and not is_there(one.with_suffix(ANSWER))]
    answers = [one for one in files if one.suffix == ANSWER and _is_new_answer(one, taken_in)]
    return tuple(requests), tuple(answers)


def _is_new_answer(file: Path, taken_in: Collection[str]) -> bool:
    try:
        answer = small_file(file)
        answered(answer)
    except (SealBroken, UsageWrong):
        return False
    return sha256_hex(answer) not in taken_in
