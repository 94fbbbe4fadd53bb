"""The Merkle tree of RFC 6962, kept as its right edge, so that appending needs no other part of it."""

import hashlib
from dataclasses import dataclass
from typing import Self

from countenance.errors import LedgerBroken

HASH_BYTES = 32
# RFC 6962, section 2.1: a node is marked, so that no leaf can pass for one (a leaf is marked with a zero byte).
NODE_MARK = b"\x01"
EDGE_VERSION = b"\x01"
SIZE_BYTES = 8
# SQL integers are signed and have 64 bits; no ledger comes near.
SIZE_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class Edge:
    """The roots of the complete subtrees that a tree of `size` leaves is made of, the largest first.

    There is one for each 1 in the binary form of `size`, of 32 bytes each.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse hashes that cannot be those of so many leaves."""
        if not 0 <= self.size < SIZE_LIMIT:
            raise ValueError(f"a ledger cannot have {self.size} entries")
        if len(self.hashes) != self.size.bit_count() or any(len(digest) != HASH_BYTES for digest in self.hashes):
            raise ValueError(f"an edge of {self.size} entries has {self.size.bit_count()} hashes of {HASH_BYTES} bytes")

    @classmethod
    def empty(cls) -> Self:
        """Give the edge of the tree without leaves."""
        return cls(0, ())

    def to_bytes(self) -> bytes:
        """Give the version (1 byte), the size (8 bytes, big-endian) and the hashes."""
        return EDGE_VERSION + self.size.to_bytes(SIZE_BYTES, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` gave; nothing else is an edge.

        Raises:
            LedgerBroken: another version, another length, or a size that no ledger has.
        """
        start = len(EDGE_VERSION) + SIZE_BYTES
        if len(data) < start or not data.startswith(EDGE_VERSION):
            raise _no_edge()
        hashes = tuple(data[place : place + HASH_BYTES] for place in range(start, len(data), HASH_BYTES))
        try:
            return cls(int.from_bytes(data[len(EDGE_VERSION) : start], "big"), hashes)
        except ValueError as problem:
            raise _no_edge() from problem


def append(edge: Edge, leaf_hash: bytes) -> Edge:
    """Give the edge with one more leaf: equal neighbours at the right end merge, as a carry does in addition."""
    if len(leaf_hash) != HASH_BYTES:
        raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf_hash)}")
    hashes = list(edge.hashes)
    digest = leaf_hash
    carry = edge.size
    while carry & 1:
        digest = _node(hashes.pop(), digest)
        carry >>= 1
    return Edge(edge.size + 1, (*hashes, digest))


def root(edge: Edge) -> bytes:
    """Give the tree's root, 32 bytes: the Merkle Tree Hash of RFC 6962, section 2.1."""
    if not edge.hashes:
        return hashlib.sha256(b"").digest()
    digest = edge.hashes[-1]
    for left in reversed(edge.hashes[:-1]):
        digest = _node(left, digest)
    return digest


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE_MARK + left + right).digest()


def _no_edge() -> LedgerBroken:
    return LedgerBroken("the ledger's kept edge is not one", remedy="restore the library from a backup")
