"""What every store must do with the ledger's tree: its nodes, proofs, checkpoints and the keys of single parts."""

import random
from contextlib import suppress
from itertools import pairwise

import pytest

from countenance.errors import DeedUnrecorded, SealBroken, UsageWrong
from countenance.ledger import (
    Checkpoint,
    Edge,
    EntryKind,
    append,
    consistency_proof,
    edge_at,
    inclusion_proof,
    leaf_hash,
    open_checkpoint,
    open_with_part_key,
    root,
    verify_consistency,
    verify_inclusion,
)
from countenance.ports import Reading
from library_desk import POLICY, Desk, entry, photo


def grow(desk: Desk, entries: int) -> None:
    """Record so many entries, in one transaction."""
    with desk.store.write(now=desk.now) as unit:
        for _ in range(entries):
            unit.record(entry(EntryKind.INDEXED, desk.now))


def signed(desk: Desk, *, entries: int = 0) -> str:
    """Record so many entries and sign, in one transaction; gives the note."""
    with desk.store.write(now=desk.now) as unit:
        for _ in range(entries):
            unit.record(entry(EntryKind.INDEXED, desk.now))
        return unit.checkpoint()


def opened(reading: Reading, note: str) -> Checkpoint:
    """Open a note as somebody outside does, who has the library's public key."""
    return open_checkpoint(note, public_key=reading.public_key())


def edges(reading: Reading) -> list[Edge]:
    """Compute the tree's edge at each size from the entries alone, with none of the kept nodes."""
    found = [Edge.empty()]
    for _, sealed in reading.ledger_rows():
        found.append(append(found[-1], leaf_hash(sealed)))
    return found


def test_every_proof_of_a_small_ledger_verifies(desk: Desk) -> None:
    """R25: from the kept nodes come all roots of the past, all proofs of entries and all proofs of growth."""
    grow(desk, 12)
    with desk.store.read(now=desk.now) as reading:
        known = edges(reading)
        assert known[-1] == reading.ledger_edge()
        node = reading.ledger_node
        for size, edge in enumerate(known):
            assert edge_at(size, node) == edge
            for place in range(size):
                proof = inclusion_proof(place, size, node)
                assert verify_inclusion(leaf_hash(reading.ledger_row(place)), place, size, root(edge), proof)
            for old in range(size + 1):
                growth = consistency_proof(old, size, node)
                assert verify_consistency(old, root(known[old]), size, root(edge), growth)


def test_a_row_is_the_entry_at_its_place(desk: Desk) -> None:
    """One entry is given as all of them are, and one that is not there is said not to be."""
    grow(desk, 2)
    with desk.store.read(now=desk.now) as reading:
        assert [reading.ledger_row(place) for place in range(3)] == [sealed for _, sealed in reading.ledger_rows()]
        for place in (-1, 3, 2**40):
            with pytest.raises(UsageWrong, match="it has the entries 0 to 2"):
                reading.ledger_row(place)


@pytest.mark.parametrize(("level", "place"), [(0, 3), (0, -1), (1, 1), (1, -1), (2, 0), (-1, 0), (40, 0)])
def test_a_node_that_is_not_complete_is_not_given(desk: Desk, level: int, place: int) -> None:
    """A tree of three leaves has one inner node that is complete; asking for another is a defect."""
    grow(desk, 2)
    with desk.store.read(now=desk.now) as reading:
        assert reading.ledger_node(1, 0)
        with pytest.raises(ValueError, match="has no node"):
            reading.ledger_node(level, place)


def test_a_library_is_made_with_a_checkpoint(desk: Desk) -> None:
    """R27: there is a signed checkpoint from the first entry on, under the name of the library's first log."""
    with desk.store.read(now=desk.now) as reading:
        assert reading.ledger_origin() == f"countenance/ledger/{desk.store.library}/1"
        checkpoint = opened(reading, reading.last_checkpoint())
        assert checkpoint == Checkpoint(reading.ledger_origin(), 1, root(reading.ledger_edge()))


def test_a_checkpoint_is_of_the_tree_in_its_transaction(desk: Desk) -> None:
    """R27: what is signed is the tree with the entries of this very transaction; it is kept as the last one."""
    with desk.store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.INDEXED, desk.now))
        note = unit.checkpoint()
        assert unit.last_checkpoint() == note
        assert opened(unit, note) == Checkpoint(unit.ledger_origin(), 2, root(unit.ledger_edge()))
        unit.record(entry(EntryKind.INDEXED, desk.now))
    with desk.store.read(now=desk.now) as reading:
        assert reading.last_checkpoint() == note
        assert reading.ledger_edge().size == 3
    assert desk.problems() == []


def test_signing_is_no_deed(desk: Desk) -> None:
    """A unit that only signs needs no entry; one that also does something needs one as ever."""
    grow(desk, 1)
    note = signed(desk)
    with desk.store.read(now=desk.now) as reading:
        assert reading.last_checkpoint() == note
        assert reading.ledger_edge().size == 2
    with pytest.raises(DeedUnrecorded), desk.store.write(now=desk.now) as unit:  # noqa: PT012  (at its end)
        unit.keep_photo(photo("/photos/a.jpg"))
        unit.checkpoint()


def test_one_tree_has_one_note(desk: Desk) -> None:
    """While nothing is recorded the same note is given again, to the byte."""
    note = signed(desk, entries=1)
    assert signed(desk) == signed(desk) == note
    assert signed(desk, entries=1) != note


def test_what_was_not_committed_was_not_signed(desk: Desk) -> None:
    """A checkpoint goes with its transaction: afterwards the one before is the last."""
    before = signed(desk, entries=1)
    with suppress(KeyboardInterrupt), desk.store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.INDEXED, desk.now))
        assert unit.checkpoint() != before
        raise KeyboardInterrupt
    with desk.store.read(now=desk.now) as reading:
        assert reading.last_checkpoint() == before
    assert desk.problems() == []


def test_all_that_was_ever_signed_is_consistent(desk: Desk) -> None:
    """R25: whenever a ledger is signed for, each checkpoint continues all earlier ones, by proofs from the store."""
    drawn = random.Random(27)  # noqa: S311  (the same ledger in each run)
    notes = [signed(desk, entries=drawn.choice((0, 1, 1, 2, 3, 5, 8))) for _ in range(24)]
    with desk.store.read(now=desk.now) as reading:
        checkpoints = [opened(reading, note) for note in notes]
        assert len({one.size for one in checkpoints}) > 12
        for old, new in pairwise(checkpoints):
            assert (old.origin, old.size <= new.size) == (new.origin, True)
        for old in checkpoints:
            for new in checkpoints:
                if old.size <= new.size:
                    proof = consistency_proof(old.size, new.size, reading.ledger_node)
                    assert verify_consistency(old.size, old.root, new.size, new.root, proof)
    assert desk.problems() == []


def test_a_part_key_opens_that_part_and_no_other(desk: Desk) -> None:
    """R28: a person's key of one entry opens their part of it, the controller's the controller's, and neither more."""
    for person in ("p-ann", "p-bo", "p-cy"):
        desk.enrol(person)
    with desk.store.write(now=desk.now) as unit:
        place = unit.record(entry(EntryKind.SEARCHED, desk.now, "p-ann", "p-bo", reason="lost child"))
        other = unit.record(entry(EntryKind.SEARCHED, desk.now, "p-ann", reason="prize"))
    library = desk.store.library
    with desk.store.read(now=desk.now) as reading:
        sealed = reading.ledger_row(place)
        keys = {who: reading.part_key(place, who) for who in (None, "p-ann", "p-bo")}
        told = {who: open_with_part_key(sealed, key, library=library) for who, key in keys.items() if key is not None}
        assert {who: text.get("body", text.get("facts")) for who, text in told.items()} == {
            None: {"reason": "lost child"},
            "p-ann": {"told": "p-ann"},
            "p-bo": {"told": "p-bo"},
        }
        for key in (reading.part_key(other, None), reading.part_key(other, "p-ann")):
            assert key is not None
            with pytest.raises(SealBroken):
                open_with_part_key(sealed, key, library=library)


def test_there_is_no_key_of_what_is_for_nobody(desk: Desk) -> None:
    """No key for who is not concerned, for a stranger, of an entry that is not there, and none once it is shredded."""
    desk.enrol("p-ann")
    desk.enrol("p-old", days=1)
    with desk.store.write(now=desk.now) as unit:
        place = unit.record(entry(EntryKind.SEARCHED, desk.now, "p-old"))
    with desk.store.read(now=desk.now) as reading:
        assert reading.part_key(place, "p-old") is not None
        assert reading.part_key(place, "p-ann") is None
        assert reading.part_key(place, "p-nobody") is None
        with pytest.raises(UsageWrong):
            reading.part_key(place + 1, None)
    desk.later(days=1 + POLICY.evidence_days)
    desk.forget("p-old")
    with desk.store.read(now=desk.now) as reading:
        assert reading.part_key(place, "p-old") is None
        assert reading.part_key(place, None) is not None
