"""Whether stored entries are those that the kept edge was made of."""

from collections.abc import Iterable
from dataclasses import dataclass

from countenance.errors import LedgerBroken
from countenance.ledger._sealed import SealedEntry, leaf_hash, split_payload
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
