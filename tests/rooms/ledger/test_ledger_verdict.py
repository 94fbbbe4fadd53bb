"""Verifying notices what was done to stored entries, and says where."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from countenance.ledger import (
    Actor,
    Edge,
    Entry,
    EntryKind,
    SealedEntry,
    append,
    leaf_hash,
    root,
    seal_entry,
    verify,
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
