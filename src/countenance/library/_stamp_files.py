"""The files of time stamps beside a checkpoint's: the request that is carried to an authority, and its answer."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from countenance.errors import CheckpointInvalid, SealBroken, UsageWrong
from countenance.library._handing_out import hand_out
from countenance.seals import TimeStamp, read_certificates, stamp_request, verify_stamp

REQUEST: Final = ".tsq"
ANSWER: Final = ".tsr"
"""What is put behind the whole name of the checkpoint's file; the endings are those that the world uses."""

# Real answers have some kilobytes, files of certificates some hundred.
MOST_BYTES: Final = 16 << 20


def request_file(checkpoint: Path) -> Path:
    """Give where the request for a checkpoint's stamp is."""
    return checkpoint.with_name(checkpoint.name + REQUEST)


def answer_file(checkpoint: Path) -> Path:
    """Give where the answer to it belongs."""
    return checkpoint.with_name(checkpoint.name + ANSWER)


def write_request(checkpoint: Path) -> Path:
    """Write a request for a stamp of a checkpoint's file beside it, and give its place.

    Raises:
        LedgerNotWritten: there is one already, or the disk refuses.
    """
    request = request_file(checkpoint)
    hand_out(request, [stamp_request(small_file(checkpoint))])
    return request


def read_authority(files: Iterable[Path]) -> tuple[bytes, ...]:
    """Give the certificates (DER) in an authority's files.

    Raises:
        UsageWrong: a file cannot be read, or there is no certificate in it.
    """
    found: list[bytes] = []
    for file in files:
        try:
            found += read_certificates(small_file(file))
        except SealBroken as problem:
            raise UsageWrong(f"{file}: {problem.what}", remedy=problem.remedy) from problem
    return tuple(found)


def stamp_in(answer: bytes, checkpoint: Path, certificates: Sequence[bytes], *, asked: bool) -> TimeStamp:
    """Verify an authority's answer about a checkpoint's file and the request beside it, which is needed if `asked`.

    Raises:
        CheckpointInvalid: it does not hold, or the request is needed and not there.
    """
    request = request_file(checkpoint)
    if asked and not request.is_file():
        raise CheckpointInvalid(
            f"the request {request} is not there, so nobody can tell whether this answers it",
            remedy="put it back beside the checkpoint, or ask for another stamp",
        )
    try:
        return verify_stamp(
            answer,
            data=small_file(checkpoint),
            request=small_file(request) if request.is_file() else None,
            certificates=certificates,
        )
    except SealBroken as problem:
        raise CheckpointInvalid(problem.what, remedy=problem.remedy) from problem


def small_file(path: Path) -> bytes:
    """Give the bytes of a file of which only a small one can be meant.

    Raises:
        UsageWrong: it cannot be read, or is a large one.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise UsageWrong(f"{path} cannot be read: {problem.strerror}", remedy="give a file that is there") from problem
    if len(data) > MOST_BYTES:
        raise UsageWrong(f"{path} is too large to be this", remedy="give the file that was meant")
    return data
