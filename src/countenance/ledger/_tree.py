"""The Merkle tree of RFC 6962: its right edge, to which leaves are appended, and its inner nodes, which make proofs."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self, TypeAlias

from countenance.errors import LedgerBroken

HASH_BYTES = 32
# RFC 6962, section 2.1: a node is marked, so that no leaf can pass for one (a leaf is marked with a zero byte).
NODE_MARK = b"\x01"
EDGE_VERSION = b"\x01"
SIZE_BYTES = 8
# SQL integers are signed and have 64 bits; no ledger comes near.
SIZE_LIMIT = 2**63

NodeAt: TypeAlias = Callable[[int, int], bytes]
"""Give the hash of the complete subtree of 2^level leaves (the first number) that begins at leaf place * 2^level."""


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


@dataclass(frozen=True, slots=True)
class Node:
    """An inner node: the hash (32 bytes) of the complete subtree of 2^level leaves that begins at place * 2^level."""

    level: int
    place: int
    digest: bytes


def append(edge: Edge, leaf_hash: bytes) -> Edge:
    """Give the edge with one more leaf: equal neighbours at the right end merge, as a carry does in addition."""
    completed = nodes_of_append(edge, leaf_hash)
    digest = completed[-1].digest if completed else leaf_hash
    return Edge(edge.size + 1, (*edge.hashes[: len(edge.hashes) - len(completed)], digest))


def nodes_of_append(edge: Edge, leaf_hash: bytes) -> tuple[Node, ...]:
    """Give the inner nodes that one more leaf completes, the lowest first; none of them ever changes afterwards."""
    if len(leaf_hash) != HASH_BYTES:
        raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf_hash)}")
    return tuple(_merged(edge, leaf_hash))


def root(edge: Edge) -> bytes:
    """Give the tree's root, 32 bytes: the Merkle Tree Hash of RFC 6962, section 2.1."""
    if not edge.hashes:
        return hashlib.sha256(b"").digest()
    digest = edge.hashes[-1]
    for left in reversed(edge.hashes[:-1]):
        digest = node_hash(left, digest)
    return digest


def edge_at(size: int, node: NodeAt) -> Edge:
    """Give the edge that the tree had when it had `size` leaves, from its nodes; at most 63 are asked for."""
    hashes = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            hashes.append(node(level, start >> level))
            start += 1 << level
    return Edge(size, tuple(hashes))


def root_at(size: int, node: NodeAt) -> bytes:
    """Give the root that the tree had when it had `size` leaves."""
    return root(edge_at(size, node))


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give SHA-256(0x01 || left || right), 32 bytes: a node of RFC 6962, section 2.1."""
    return hashlib.sha256(NODE_MARK + left + right).digest()


def _merged(edge: Edge, leaf_hash: bytes) -> Iterator[Node]:
    digest = leaf_hash
    for level, left in enumerate(reversed(edge.hashes), start=1):
        if not edge.size >> level - 1 & 1:
            return
        digest = node_hash(left, digest)
        yield Node(level, edge.size >> level, digest)


def _no_edge() -> LedgerBroken:
    return LedgerBroken("the ledger's kept edge is not one", remedy="restore the library from a backup")
