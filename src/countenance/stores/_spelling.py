"""How values are spelt in columns, and reading them back: what was not spelt by us is a broken store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from countenance.consent import Hold, Purpose
from countenance.errors import StoreBroken
from countenance.faces import Box, Template
from countenance.ledger import Node, SealedEntry
from countenance.ports import (
    Basis,
    Decision,
    Job,
    JobState,
    PhotoRecord,
    PhotoState,
    Publication,
    PublicationState,
    SeenPhoto,
    Verdict,
)
from countenance.seals import canonical
from countenance.stores import _rules
from countenance.stores._rows import Values

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# Templates are kept as 32-bit floats, the lowest byte first, on every machine.
_FLOATS: Final = np.dtype("<f4")


def moment_number(moment: datetime) -> int:
    """Give a moment as microseconds since 1970 in UTC.

    Raises:
        ValueError: it says no time zone.
    """
    _rules.check_moment(moment)
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(number: int) -> datetime:
    """Give the moment back."""
    return _EPOCH + timedelta(microseconds=number)


def moment_or_none(number: int | None) -> datetime | None:
    """Give a moment back that there may not be."""
    return None if number is None else moment_of(number)


def number_or_none(moment: datetime | None) -> int | None:
    """Give a moment that there may not be as a number."""
    return None if moment is None else moment_number(moment)


def path_bytes(path: Path) -> bytes:
    """Give a path as the operating system knows it: a name in any encoding comes back as it was."""
    return os.fsencode(path)


def path_of(data: bytes) -> Path:
    """Give the path back."""
    return Path(os.fsdecode(data))


def bound(*words: str) -> str:
    """Say where sealed bytes belong, so that no other place is spelt alike."""
    return canonical(["countenance-store-1", *words]).decode()


def template_bytes(template: Template) -> bytes:
    """Give a template's numbers, four bytes each."""
    return template.values.astype(_FLOATS).tobytes()


def template_of(data: bytes, model: str) -> Template:
    """Give the template back."""
    return Template(np.frombuffer(data, _FLOATS).astype(np.float32), model)


def purpose_of(text: str) -> Purpose:
    """Give a purpose back."""
    return Purpose(text)


def hold_of(text: str) -> Hold:
    """Give a hold back."""
    return Hold(text)


def box_row(box: Box | None) -> dict[str, int | None]:
    """Give the columns of a box; of none, they are null."""
    if box is None:
        return {"x": None, "y": None, "w": None, "h": None}
    return {"x": box.x, "y": box.y, "w": box.w, "h": box.h}


def box_of(row: Values) -> Box:
    """Give a box back."""
    return Box(row["x"], row["y"], row["w"], row["h"])


def photo_row(photo: SeenPhoto) -> dict[str, Any]:
    """Give the columns of a photo that was seen."""
    return {
        "path": path_bytes(photo.path),
        "fingerprint": photo.fingerprint,
        "size_bytes": photo.size_bytes,
        "modified_ns": photo.modified_ns,
        "state": str(PhotoState.DONE),
        "why": "",
        "seen_with": photo.seen_with,
        "roll": photo.roll,
    }


def photo_of(row: Values) -> PhotoRecord:
    """Give a photo back."""
    with understood():
        return PhotoRecord(
            id=row["id"],
            path=path_of(row["path"]),
            fingerprint=row["fingerprint"],
            size_bytes=row["size_bytes"],
            modified_ns=row["modified_ns"],
            state=PhotoState(row["state"]),
            why=row["why"],
            seen_with=row["seen_with"],
            roll=row["roll"],
        )


def decision_row(decision: Decision) -> dict[str, Any]:
    """Give the columns of a human's word."""
    return {
        "fingerprint": decision.fingerprint,
        "person": decision.person,
        "verdict": str(decision.verdict),
        **box_row(decision.box),
        "at": moment_number(decision.at),
    }


def decision_of(row: Values) -> Decision:
    """Give a human's word back."""
    with understood():
        return Decision(
            fingerprint=row["fingerprint"],
            person=row["person"],
            verdict=Verdict(row["verdict"]),
            box=None if row["x"] is None else box_of(row),
            at=moment_of(row["at"]),
        )


def basis_of(verdict: str | None) -> Basis:
    """Give what an appearance rests on, by the last verdict about it as it is kept (None: nobody has decided)."""
    return Basis.of(None if verdict is None else Verdict(verdict))


def job_row(job: Job) -> dict[str, Any]:
    """Give the columns of a job."""
    return {
        "number": job.number,
        "kind": job.kind,
        "state": str(job.state),
        "queued_at": moment_number(job.queued_at),
        "began_at": number_or_none(job.began_at),
        "ended_at": number_or_none(job.ended_at),
        "total": job.total,
        "done": job.done,
        "failed": job.failed,
    }


def job_of(row: Values) -> Job:
    """Give a job back."""
    with understood():
        return Job(
            number=row["number"],
            kind=row["kind"],
            state=JobState(row["state"]),
            queued_at=moment_of(row["queued_at"]),
            began_at=moment_or_none(row["began_at"]),
            ended_at=moment_or_none(row["ended_at"]),
            total=row["total"],
            done=row["done"],
            failed=row["failed"],
        )


def node_row(node: Node) -> dict[str, Any]:
    """Give the columns of an inner node of the ledger's tree."""
    return {"level": node.level, "place": node.place, "hash": node.digest}


def sealed_of(row: Values) -> SealedEntry:
    """Give a sealed ledger entry back."""
    with understood():
        return SealedEntry(row["salt"], row["payload"])


def publication_row(publication: Publication) -> dict[str, Any]:
    """Give the columns of a pending copy."""
    return {
        "id": publication.id,
        "source": path_bytes(publication.source),
        "source_fingerprint": publication.source_fingerprint,
        "temporary": path_bytes(publication.temporary),
        "target": path_bytes(publication.target),
        "target_fingerprint": publication.target_fingerprint,
        "style": publication.style,
        "reviewed_by": publication.reviewed_by,
        "at": moment_number(publication.at),
        "covered": publication.covered,
        "state": str(PublicationState.PENDING),
    }


def publication_of(row: Values, shown: tuple[str, ...]) -> Publication:
    """Give a copy back, with those whom it shows."""
    with understood():
        return Publication(
            id=row["id"],
            source=path_of(row["source"]),
            source_fingerprint=row["source_fingerprint"],
            temporary=path_of(row["temporary"]),
            target=path_of(row["target"]),
            target_fingerprint=row["target_fingerprint"],
            style=row["style"],
            reviewed_by=row["reviewed_by"],
            at=moment_of(row["at"]),
            covered=row["covered"],
            shown=shown,
            state=PublicationState(row["state"]),
        )


@contextmanager
def understood() -> Iterator[None]:
    """Say plainly that a stored value is none that we write.

    Raises:
        StoreBroken: it is not.
    """
    try:
        yield
    except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
        raise StoreBroken(
            f"the library's database holds what was never written: {problem}",
            remedy="restore the library from a backup",
        ) from problem
