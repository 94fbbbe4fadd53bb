"""Whether stored entries are those that the kept edge was made of, and those that others remember."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

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


class Agreement(Enum):
    """How a ledger stands to a checkpoint that somebody remembers."""

    BEGINS = auto()
    """It begins with the tree that the checkpoint is of."""
    OTHER = auto()
    """It has as many entries, and they are not those."""
    SHORTER = auto()
    """It has fewer entries."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The size and root that the entries give, what is wrong, and how they stand to each checkpoint, in its order."""

    size: int
    root: bytes
    problem: str
    agreements: tuple[Agreement, ...]

    @property
    def ok(self) -> bool:
        """Tell whether the entries are whole, and begin with what every checkpoint remembers."""
        return not self.problem


def verify(rows: Iterable[SealedEntry], edge: Edge) -> Verdict:
    """Go through all entries in order, once, and compare the tree that they give with the kept edge; needs no key."""
    found = Edge.empty()
    malformed = ""
    for row in rows:
        malformed = malformed or _malformed(row, found.size)
        found = append(found, leaf_hash(row))
    return Verdict(found.size, root(found), malformed or _difference(found, edge))


def verify_against(rows: Iterable[SealedEntry], remembered: Sequence[Checkpoint]) -> Comparison:
    """Go through all entries in order, once, and compare the tree with checkpoints that others remember.

    The checkpoints' signatures and their library are the caller's to have checked. One of an earlier branch is compared
    like any other: what both branches share begins alike.
    """
    waiting = sorted({one.size for one in remembered}, reverse=True)
    roots: dict[int, bytes] = {}
    found = Edge.empty()
    malformed = ""

    def note() -> None:
        while waiting and waiting[-1] == found.size:
            roots[waiting.pop()] = root(found)

    note()
    for row in rows:
        malformed = malformed or _malformed(row, found.size)
        found = append(found, leaf_hash(row))
        note()
    agreements = tuple(_agreement(one, roots, found.size) for one in remembered)
    differing = [one.size for one, how in zip(remembered, agreements, strict=True) if how is not Agreement.BEGINS]
    problems = ([malformed] if malformed else []) + _differences(sorted(set(differing)), found.size)
    return Comparison(found.size, root(found), "; ".join(_first(problems)), agreements)


def _malformed(row: SealedEntry, place: int) -> str:
    try:
        split_payload(row.payload)
    except LedgerBroken as problem:
        return f"entry {place}: {problem.what}"
    return ""


def _differences(remembered: Sequence[int], size: int) -> list[str]:
    """Say which sizes, of those that checkpoints remember differently, are another past, and that one is too large."""
    past = [f"the first {one} entries are not those that a checkpoint remembers" for one in remembered if one <= size]
    beyond = [f"there are {size} entries, but a checkpoint remembers {one}" for one in remembered if one > size]
    return past + beyond[-1:]


def _first(problems: Sequence[str], told: int = 3) -> Iterator[str]:
    yield from problems[:told]
    if len(problems) > told:
        yield f"and {len(problems) - told} more"


def _agreement(checkpoint: Checkpoint, roots: Mapping[int, bytes], size: int) -> Agreement:
    if checkpoint.size > size:
        return Agreement.SHORTER
    return Agreement.BEGINS if roots[checkpoint.size] == checkpoint.root else Agreement.OTHER


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
