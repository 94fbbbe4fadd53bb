"""Inclusion and consistency proofs: made as RFC 6962, section 2.1, and verified as RFC 9162, section 2.1, has it."""

from collections.abc import Sequence

from countenance.ledger._tree import HASH_BYTES, NodeAt, node_hash, root_at

# A tree of 2^63 leaves has proofs of this length; a longer one proves nothing and only takes time.
LONGEST = 130


def inclusion_proof(place: int, size: int, node: NodeAt) -> tuple[bytes, ...]:
    """Give the hashes from the leaf's sibling up to the root's child, for the leaf at `place` of the first `size`.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= place < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {place}")
    hashes: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if place < middle:
            hashes.append(_subtree(middle, end, node))
            end = middle
        else:
            hashes.append(_subtree(start, middle, node))
            start = middle
    return tuple(reversed(hashes))


def consistency_proof(old: int, new: int, node: NodeAt) -> tuple[bytes, ...]:
    """Give the hashes that show that the tree of `new` leaves begins with the one of `old` leaves.

    Raises:
        ValueError: `old` is greater than `new`, or less than nothing.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not begin with one of {old}")
    if old in {0, new}:
        return ()
    hashes: list[bytes] = []
    start, end = 0, new
    # The walk to the right end of the old tree; beside it lie the subtrees that the proof is made of.
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            hashes.append(_subtree(middle, end, node))
            end = middle
        else:
            hashes.append(_subtree(start, middle, node))
            start = middle
    if start:
        hashes.append(_subtree(start, end, node))
    return tuple(reversed(hashes))


def verify_inclusion(leaf: bytes, place: int, size: int, root: bytes, hashes: Sequence[bytes]) -> bool:
    """Tell whether a leaf is the one at `place` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= place < size or not _well_formed(hashes):
        return False
    index, last, digest = place, size - 1, leaf
    for beside in hashes:
        if last == 0:
            return False
        if index & 1 or index == last:
            digest = node_hash(beside, digest)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            digest = node_hash(digest, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and digest == root


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, hashes: Sequence[bytes]) -> bool:
    """Tell whether the tree of `new` leaves begins with the one of `old` leaves (RFC 9162, 2.1.4.2).

    The tree without leaves is the beginning of every tree, and each is its own; both need no hashes.
    """
    if not 0 <= old <= new or not _well_formed(hashes):
        return False
    if old in {0, new}:
        same = old_root == (new_root if old == new else root_at(0, _no_node))
        return same and not hashes
    path = [old_root, *hashes] if old.bit_count() == 1 else list(hashes)
    if not path:
        return False
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    first = second = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            first, second = node_hash(beside, first), node_hash(beside, second)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            second = node_hash(second, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(leaves: int) -> int:
    """Give the largest power of two below a number of leaves that is more than one."""
    return 1 << (leaves - 1).bit_length() - 1


def _subtree(start: int, end: int, node: NodeAt) -> bytes:
    """Give the hash over the leaves from `start` up to `end`; one that is not complete is folded from complete ones."""
    leaves = end - start
    if leaves.bit_count() == 1:
        level = leaves.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(leaves)
    return node_hash(_subtree(start, middle, node), _subtree(middle, end, node))


def _well_formed(hashes: Sequence[bytes]) -> bool:
    return len(hashes) <= LONGEST and all(len(digest) == HASH_BYTES for digest in hashes)


def _no_node(level: int, place: int) -> bytes:
    raise LookupError(f"the tree without leaves has no node {level}, {place}")
