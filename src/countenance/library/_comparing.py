"""Comparing the ledger with what others remember of it, and saying in words what is different."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from countenance.ledger import Agreement, Checkpoint, EntryKind, library_and_branch, verify_against
from countenance.library._remembered import Remembered
from countenance.ports import Reading


@dataclass(frozen=True, slots=True)
class Compared:
    """A checkpoint that somebody remembers, and in `problem` how the ledger differs from it (empty: it does not)."""

    file: Path
    checkpoint: Checkpoint
    problem: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the ledger went on from an older state of itself, and under which branch: no earlier one has this entry."""

    place: int
    at: datetime
    branch: int


def compare(remembered: Sequence[Remembered], reading: Reading) -> tuple[Compared, ...]:
    """Compute the tree from all entries, and say of each checkpoint whether the ledger begins with what it remembers.

    One of an earlier branch may be of entries that were lost when a backup was restored. That is told as such, and is
    no less a difference: what was lost is no longer there for anybody to see.
    """
    if not remembered:
        return ()
    _, branch = library_and_branch(reading.ledger_origin())
    size = reading.ledger_edge().size
    checkpoints = [one.checkpoint for one in remembered]
    agreements = verify_against((sealed for _, sealed in reading.ledger_rows()), checkpoints).agreements
    unlike = any(how is not Agreement.BEGINS for how in agreements)
    earlier = unlike and any(one.branch < branch for one in checkpoints)
    beginnings = tuple(_beginnings(reading)) if earlier else ()
    return tuple(
        Compared(one.file, one.checkpoint, _problem(one.checkpoint, how, size, branch, beginnings))
        for one, how in zip(remembered, agreements, strict=True)
    )


def _problem(checkpoint: Checkpoint, how: Agreement, size: int, branch: int, beginnings: Sequence[Beginning]) -> str:
    if how is Agreement.BEGINS:
        return ""
    remembers = f"it remembers {entries(checkpoint.size)}"
    if checkpoint.branch > branch:
        return (
            f"{remembers} of branch {checkpoint.branch}, and this ledger is only branch {branch}: an older state of "
            "the library was put in its place"
        )
    if checkpoint.branch < branch:
        # It shares with an earlier branch what came before the first of the branches after that one began.
        later = [one for one in beginnings if one.branch > checkpoint.branch]
        lost = [one for one in later[:1] if one.place < checkpoint.size]
        if lost:
            kept, on = lost[0].place, lost[0].at
            return (
                f"{remembers} of branch {checkpoint.branch}; when an older state was restored on "
                f"{on:%Y-%m-%d}, no more than the first {kept} of them were kept, so {entries(checkpoint.size - kept)} "
                "or more are lost"
            )
    if how is Agreement.SHORTER:
        return f"{remembers}, and this ledger has {size}"
    return f"{remembers}, and the first {checkpoint.size} of this ledger are not those"


def _beginnings(reading: Reading) -> Iterator[Beginning]:
    for finding in reading.ledger_findings():
        entry = finding.entry
        if entry is not None and entry.kind is EntryKind.RESTORED:
            match entry.body:
                case {"branch": int(branch)}:
                    yield Beginning(finding.index, entry.at, branch)


def entries(number: int) -> str:
    """Give a number of entries in words."""
    return "1 entry" if number == 1 else f"{number:,} entries"
