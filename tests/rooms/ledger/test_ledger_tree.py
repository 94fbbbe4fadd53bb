"""The tree gives the hashes of RFC 6962, however it was come by."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import LedgerBroken
from countenance.ledger import Edge, append, root

# The leaves and roots that Certificate Transparency publishes with its reference implementation.
LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def hashed(leaf: bytes) -> bytes:
    """Give the leaf hash of RFC 6962."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def merkle_tree_hash(leaf_hashes: list[bytes]) -> bytes:
    """Give the root as RFC 6962, section 2.1, defines it: by splitting at the largest power of two below n."""
    if not leaf_hashes:
        return hashlib.sha256(b"").digest()
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    split = 1 << (len(leaf_hashes) - 1).bit_length() - 1
    left, right = merkle_tree_hash(leaf_hashes[:split]), merkle_tree_hash(leaf_hashes[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(leaf_hashes: list[bytes]) -> Edge:
    """Give the edge after appending these leaves."""
    edge = Edge.empty()
    for leaf in leaf_hashes:
        edge = append(edge, leaf)
    return edge


def test_published_vectors() -> None:
    """R25: the roots over the first 0 to 8 published leaves are the published ones."""
    leaves = [hashed(bytes.fromhex(leaf)) for leaf in LEAVES]
    assert [root(grown(leaves[:count])).hex() for count in range(9)] == list(ROOTS)


def test_every_size_up_to_300() -> None:
    """R25: at each size up to 300 the root grown leaf by leaf is the root by the recursive definition."""
    leaves = [hashed(str(place).encode()) for place in range(300)]
    edge = Edge.empty()
    for count, leaf in enumerate(leaves, start=1):
        edge = append(edge, leaf)
        assert root(edge) == merkle_tree_hash(leaves[:count])
        assert edge.size == count


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=300))
def test_any_leaves(leaves: list[bytes]) -> None:
    """R25: whatever the leaves are, the grown root is the recursive one, also by way of the edge's bytes."""
    middle = Edge.from_bytes(grown(leaves[: len(leaves) // 2]).to_bytes())
    for leaf in leaves[len(leaves) // 2 :]:
        middle = append(middle, leaf)
    assert root(middle) == merkle_tree_hash(leaves)
    assert middle == grown(leaves)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=40, unique=True), st.data())
def test_order_and_content_matter(leaves: list[bytes], data: st.DataObject) -> None:
    """R26: swapping two leaves, leaving one out or putting one in gives another root."""
    one, other = data.draw(st.lists(st.integers(0, len(leaves) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(leaves)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    without = leaves[:one] + leaves[one + 1 :]
    more = [*leaves[:one], b"?" * 32, *leaves[one:]]
    assert len({root(grown(some)) for some in (leaves, swapped, without, more)}) == 4


def test_appending_is_quick_at_a_million(monkeypatch: pytest.MonkeyPatch) -> None:
    """R25: appending to a full edge of a million leaves computes 20 hashes, one a level, and touches no leaf."""
    edge = Edge((1 << 20) - 1, tuple(bytes([place]) * 32 for place in range(20)))
    hashed: list[bytes] = []
    sha256 = hashlib.sha256

    def counted(data: bytes) -> "hashlib._Hash":
        hashed.append(data)
        return sha256(data)

    monkeypatch.setattr("countenance.ledger._tree.hashlib.sha256", counted)
    append(edge, b"x" * 32)
    assert len(hashed) == 20


def test_edge_refuses_what_cannot_be() -> None:
    """An edge with a wrong number of hashes, a short hash or an impossible size cannot be made."""
    for size, hashes in ((1, ()), (3, (b"x" * 32,)), (1, (b"x" * 31,)), (-1, ()), (1 << 63, (b"x" * 32,))):
        with pytest.raises(ValueError, match="entries"):
            Edge(size, hashes)
    with pytest.raises(ValueError, match="32 bytes"):
        append(Edge.empty(), b"x" * 33)


@given(st.binary(max_size=200))
def test_edge_bytes_are_strict(data: bytes) -> None:
    """Bytes are refused, or are exactly those that the edge read from them is written as."""
    try:
        edge = Edge.from_bytes(data)
    except LedgerBroken:
        return
    assert edge.to_bytes() == data
