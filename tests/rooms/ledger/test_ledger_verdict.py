"""Verifying notices what was done to stored entries, and says where."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from countenance.ledger import (
    Actor,
    Agreement,
    Checkpoint,
    Edge,
    Entry,
    EntryKind,
    SealedEntry,
    append,
    leaf_hash,
    origin_of,
    root,
    seal_entry,
    verify,
    verify_against,
)

LIBRARY = "0f" * 16
ANNA, BERT = "a1" * 16, "b2" * 16
CONTROLLER_KEY = bytes(range(32))
AUDIT_KEYS = {ANNA: b"A" * 32, BERT: b"B" * 32}
ENTRIES = 21


def sealed_number(place: int) -> SealedEntry:
    """Give a sealed entry that says its number."""
    entry = Entry(
        EntryKind.SEARCHED,
        datetime(2026, 1, 1, tzinfo=UTC),
        Actor("staff", "s1"),
        {"roll": place},
        {ANNA: {"roll": place}, BERT: {"roll": place}},
    )
    return seal_entry(entry, controller_key=CONTROLLER_KEY, audit_keys=AUDIT_KEYS, library=LIBRARY)


def edge_of(rows: list[SealedEntry]) -> Edge:
    """Give the edge that these rows have."""
    edge = Edge.empty()
    for row in rows:
        edge = append(edge, leaf_hash(row))
    return edge


@pytest.fixture(scope="module")
def rows() -> list[SealedEntry]:
    """Give a small ledger."""
    return [sealed_number(place) for place in range(ENTRIES)]


def test_untouched_verifies(rows: list[SealedEntry]) -> None:
    """R26: an untouched ledger verifies, an empty one too, and the verdict tells size and root."""
    verdict = verify(rows, edge_of(rows))
    assert (verdict.ok, verdict.size, verdict.root, verdict.problem) == (True, ENTRIES, root(edge_of(rows)), "")
    assert verify([], Edge.empty()).ok


def test_rows_are_read_once_in_order(rows: list[SealedEntry]) -> None:
    """Verifying takes a stream and holds no more than it is given at a time."""
    asked: list[int] = []

    def stream() -> Iterator[SealedEntry]:
        for place, row in enumerate(rows):
            asked.append(place)
            yield row

    assert verify(stream(), edge_of(rows)).ok
    assert asked == list(range(ENTRIES))


def test_the_place_is_named(rows: list[SealedEntry]) -> None:
    """R26: a changed byte is found in the complete subtree that it is in."""
    edge = edge_of(rows)
    for place, said in ((0, "0 to 15"), (15, "0 to 15"), (17, "16 to 19"), (20, "20 to 20")):
        changed = list(rows)
        changed[place] = replace(rows[place], salt=b"s" * 32)
        verdict = verify(changed, edge)
        assert not verdict.ok
        assert said in verdict.problem


def test_a_broken_frame_is_a_problem(rows: list[SealedEntry]) -> None:
    """Bytes that are no payload do not verify, even if the edge was made of them."""
    broken = [*rows, SealedEntry(b"s" * 32, b"\x03 from a later version")]
    verdict = verify(broken, edge_of(broken))
    assert verdict.problem == f"entry {ENTRIES}: a ledger entry is of an unknown version"


def remembered(rows: list[SealedEntry], size: int, *, branch: int = 1) -> Checkpoint:
    """Remember the first entries of a ledger."""
    return Checkpoint(origin_of(LIBRARY, branch), size, root(edge_of(rows[:size])))


def test_what_others_remember_is_compared(rows: list[SealedEntry]) -> None:
    """R26, R27: each checkpoint of the past is found again, in any order, once or twice, of this branch or another."""
    sizes = [ENTRIES, 0, 7, 8, 7, 1, ENTRIES - 1]
    compared = verify_against(iter(rows), [remembered(rows, size) for size in sizes])
    assert compared.ok
    assert compared.agreements == (Agreement.BEGINS,) * len(sizes)
    assert (compared.size, compared.root) == (ENTRIES, root(edge_of(rows)))
    assert verify_against(rows, [remembered(rows, 5, branch=2)]).ok
    assert verify_against(rows, []).agreements == ()
    assert verify_against([], [remembered([], 0)]).ok


def test_what_others_remember_differently_is_told_of_each(rows: list[SealedEntry]) -> None:
    """R26, R27: a rewritten entry is seen by whoever remembers it, a ledger cut short by whoever remembers more."""
    known = [remembered(rows, size) for size in (3, 4, 5, ENTRIES)]
    rewritten = [*rows[:3], sealed_number(3), *rows[4:]]
    begins, other, shorter = Agreement.BEGINS, Agreement.OTHER, Agreement.SHORTER
    assert verify(rewritten, edge_of(rewritten)).ok
    for changed, agreements in (
        (rewritten, (begins, other, other, other)),
        (rewritten[:4], (begins, other, shorter, shorter)),
        ([], (shorter,) * 4),
    ):
        compared = verify_against(changed, known)
        assert (compared.ok, compared.agreements) == (False, agreements)


def test_a_broken_frame_is_never_what_others_remember(rows: list[SealedEntry]) -> None:
    """Bytes that are no payload do not verify, even if somebody signed the tree with them."""
    broken = [*rows[:2], SealedEntry(b"s" * 32, b"\x03 from a later version")]
    compared = verify_against(broken, [remembered(broken, 3)])
    assert (compared.ok, compared.problem) == (False, "entry 2: a ledger entry is of an unknown version")
