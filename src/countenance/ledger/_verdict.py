"""Whether stored entries are those that the kept edge was made of, and those that others remember."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from countenance.errors import LedgerBroken
from countenance.ledger._checkpoint import Checkpoint
from countenance.ledger._frame import SealedEntry, leaf_hash, split_payload
from countenance.ledger._tree import Edge, append, root


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: the size and root that the entries themselves give, and what is wrong (empty: nothing)."""

    size: int
    root: bytes
    problem: str

    @property
    def ok(self) -> bool:
        """Tell whether the ledger verifies."""
        return not self.problem


def verify(rows: Iterable[SealedEntry], edge: Edge) -> Verdict:
    """Go through all entries in order, once, and compare the tree that they give with the kept edge; needs no key."""
    found = Edge.empty()
    malformed = ""
    for row in rows:
        try:
            split_payload(row.payload)
        except LedgerBroken as problem:
            malformed = malformed or f"entry {found.size}: {problem.what}"
        found = append(found, leaf_hash(row))
    return Verdict(found.size, root(found), malformed or _difference(found, edge))


def verify_against(rows: Iterable[SealedEntry], remembered: Sequence[Checkpoint]) -> Verdict:
    """Go through all entries in order, once, and compare the tree with checkpoints that others remember.

    The checkpoints' signatures and their library are the caller's to have checked; so is whether they are of this
    branch, or of an earlier one of which this ledger kept the beginning.
    """
    waiting = sorted(remembered, key=lambda one: one.size, reverse=True)
    problems: list[str] = []
    found = Edge.empty()

    def compare() -> None:
        while waiting and waiting[-1].size == found.size:
            if waiting.pop().root != root(found):
                problems.append(f"the first {found.size} entries are not those that a checkpoint remembers")

    compare()
    for row in rows:
        try:
            split_payload(row.payload)
        except LedgerBroken as problem:
            problems.append(f"entry {found.size}: {problem.what}")
        found = append(found, leaf_hash(row))
        compare()
    problems += [f"there are {found.size} entries, but a checkpoint remembers {one.size}" for one in waiting[:1]]
    return Verdict(found.size, root(found), "; ".join(_first(problems)))


def _first(problems: Sequence[str], told: int = 3) -> Iterator[str]:
    yield from problems[:told]
    if len(problems) > told:
        yield f"and {len(problems) - told} more"


def _difference(found: Edge, kept: Edge) -> str:
    if found.size != kept.size:
        return f"there are {found.size} entries, but {kept.size} were recorded"
    start = 0
    for place, (left, right) in enumerate(zip(found.hashes, kept.hashes, strict=True)):
        # The subtrees are the ones of the size's binary form, the highest first.
        length = 1 << _ones(found.size)[place]
        if left != right:
            return f"something in the entries {start} to {start + length - 1} was changed"
        start += length
    return ""


def _ones(size: int) -> list[int]:
    return [bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]
