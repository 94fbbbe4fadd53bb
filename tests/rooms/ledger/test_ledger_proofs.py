"""Proofs are those of RFC 6962: complete, no longer than they need be, and refused when anything is changed."""

import hashlib
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.ledger import (
    Edge,
    NodeAt,
    append,
    consistency_proof,
    edge_at,
    inclusion_proof,
    nodes_of_append,
    root,
    root_at,
    verify_consistency,
    verify_inclusion,
)

SIZES = range(71)


def leaf(place: int) -> bytes:
    """Give the leaf hash of a leaf that says its place."""
    return hashlib.sha256(b"\x00" + str(place).encode()).digest()


def nodes(leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """Give every node that is kept while leaves are appended, leaves among them."""
    kept = {(0, place): one for place, one in enumerate(leaves)}
    edge = Edge.empty()
    for one in leaves:
        for node in nodes_of_append(edge, one):
            assert (node.level, node.place) not in kept
            kept[node.level, node.place] = node.digest
        edge = append(edge, one)
    return kept


KEPT = nodes([leaf(place) for place in range(max(SIZES))])

# The leaves that Certificate Transparency publishes with its reference implementation, and the proofs that it lists.
PUBLISHED_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
LEAF_0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
LEAVES_0_1 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
LEAVES_2_3 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
LEAVES_4_5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LEAVES_6_7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
LEAVES_0_3 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
LEAVES_4_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
PUBLISHED_INCLUSION = {
    (0, 1): (),
    (0, 8): (LEAF_1, LEAVES_2_3, LEAVES_4_7),
    (5, 8): (LEAF_4, LEAVES_6_7, LEAVES_0_3),
    (2, 3): (LEAVES_0_1,),
    (1, 5): (LEAF_0, LEAVES_2_3, LEAF_4),
}
PUBLISHED_CONSISTENCY = {
    (1, 1): (),
    (1, 8): (LEAF_1, LEAVES_2_3, LEAVES_4_7),
    (6, 8): (LEAVES_4_5, LEAVES_6_7, LEAVES_0_3),
    (2, 5): (LEAVES_2_3, LEAF_4),
}


def node(level: int, place: int) -> bytes:
    """Give a node of the tree above."""
    return KEPT[level, place]


def counted(asked: list[tuple[int, int]]) -> NodeAt:
    """Give the same, noting what is asked for."""

    def one(level: int, place: int) -> bytes:
        asked.append((level, place))
        return KEPT[level, place]

    return one


def every_pair() -> Iterator[tuple[int, int]]:
    """Give every pair of an earlier and a later size."""
    yield from ((old, new) for new in SIZES for old in range(new + 1))


def test_published_proofs() -> None:
    """R25: over the published leaves the proofs are, hash by hash, those that Certificate Transparency lists."""
    kept = nodes([hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in PUBLISHED_LEAVES])

    def published(level: int, place: int) -> bytes:
        return kept[level, place]

    for (place, size), hashes in PUBLISHED_INCLUSION.items():
        assert tuple(one.hex() for one in inclusion_proof(place, size, published)) == hashes
    for (old, new), hashes in PUBLISHED_CONSISTENCY.items():
        assert tuple(one.hex() for one in consistency_proof(old, new, published)) == hashes


def test_roots_of_the_past() -> None:
    """R25: from the kept nodes the edge and root at every earlier size can be had, and they are what they were."""
    edge = Edge.empty()
    for size in SIZES:
        assert edge_at(size, node) == edge
        assert root_at(size, node) == root(edge)
        edge = append(edge, leaf(size))


def test_every_inclusion_proof_holds() -> None:
    """R25: every leaf of every tree up to 70 leaves is proved, with no more hashes than the tree is deep."""
    for size in SIZES:
        for place in range(size):
            hashes = inclusion_proof(place, size, node)
            assert verify_inclusion(leaf(place), place, size, root_at(size, node), hashes)
            assert len(hashes) <= (size - 1).bit_length()


def test_every_consistency_proof_holds() -> None:
    """R25: every tree up to 70 leaves is proved to begin with every smaller one."""
    for old, new in every_pair():
        hashes = consistency_proof(old, new, node)
        assert verify_consistency(old, root_at(old, node), new, root_at(new, node), hashes)
        assert len(hashes) <= new.bit_length() + 1


def test_a_proof_asks_for_few_nodes() -> None:
    """R25: a proof asks for a number of nodes that grows with the tree's depth, not with its size."""
    for old, new in every_pair():
        asked: list[tuple[int, int]] = []
        consistency_proof(old, new, counted(asked))
        if old < new:
            inclusion_proof(old, new, counted(asked))
        assert len(asked) <= 4 * new.bit_length() + 2


@given(st.data())
def test_a_changed_inclusion_proof_is_refused(data: st.DataObject) -> None:
    """R26: a proof with another leaf, place, size, root or hash, one hash more or less, does not hold."""
    size = data.draw(st.integers(2, max(SIZES)))
    place = data.draw(st.integers(0, size - 1))
    hashes = inclusion_proof(place, size, node)
    whole = (leaf(place), place, size, root_at(size, node), hashes)
    assert verify_inclusion(*whole)
    spoilt = data.draw(st.integers(0, len(hashes) - 1))
    other = data.draw(st.binary(min_size=32, max_size=32))
    changes = [
        (other, *whole[1:]),
        (leaf(place), data.draw(st.integers(-1, size).filter(lambda one: one != place)), *whole[2:]),
        (*whole[:3], other, hashes),
        (*whole[:4], (*hashes[:spoilt], other, *hashes[spoilt + 1 :])),
        (*whole[:4], (*hashes, other)),
        (*whole[:4], hashes[:-1]),
        (*whole[:4], (*hashes[:spoilt], hashes[spoilt][:31], *hashes[spoilt + 1 :])),
    ]
    for change in changes:
        assert change == whole or not verify_inclusion(*change)


@given(st.data())
def test_a_changed_consistency_proof_is_refused(data: st.DataObject) -> None:
    """R26: a proof with another root or hash, one hash more or less, or its sizes the wrong way round does not hold."""
    new = data.draw(st.integers(2, max(SIZES)))
    old = data.draw(st.integers(1, new - 1))
    hashes = consistency_proof(old, new, node)
    whole = (old, root_at(old, node), new, root_at(new, node), hashes)
    assert verify_consistency(*whole)
    spoilt = data.draw(st.integers(0, len(hashes) - 1))
    other = data.draw(st.binary(min_size=32, max_size=32))
    changes = [
        (old, other, *whole[2:]),
        (*whole[:3], other, hashes),
        (*whole[:4], (*hashes[:spoilt], other, *hashes[spoilt + 1 :])),
        (*whole[:4], (*hashes, other)),
        (*whole[:4], hashes[:-1]),
        (*whole[2:4], *whole[:2], hashes),
    ]
    for change in changes:
        assert change == whole or not verify_consistency(*change)


def test_the_trivial_proofs_are_empty() -> None:
    """R25: a tree is consistent with itself and with the empty one by no hashes, and by nothing else."""
    empty, some = root_at(0, node), root_at(5, node)
    assert consistency_proof(0, 5, node) == consistency_proof(5, 5, node) == ()
    assert verify_consistency(0, empty, 5, some, ())
    assert verify_consistency(5, some, 5, some, ())
    assert not verify_consistency(0, some, 5, some, ())
    assert not verify_consistency(5, some, 5, empty, ())
    assert not verify_consistency(0, empty, 5, some, (leaf(0),))


def test_what_cannot_be_proved_is_refused() -> None:
    """A leaf that is not there and a tree larger than the whole have no proof."""
    for place, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="has no leaf"):
            inclusion_proof(place, size, node)
    for old, new in ((6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="does not begin"):
            consistency_proof(old, new, node)
