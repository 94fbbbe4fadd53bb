"""R25: what the SQL store signs for: never a tree of which no proof could be made, however the file was changed."""

from collections.abc import Callable
from math import ceil, log2
from pathlib import Path

import pytest

from countenance.errors import LedgerBroken
from countenance.ledger import EntryKind, consistency_proof, edge_at, inclusion_proof
from countenance.stores import SqlStore, _schema
from library_desk import Desk, entry
from statements_sent import statements_sent

Statement = Callable[..., list[tuple[object, ...]]]
Behind = Callable[[Path], Statement]
SIGNED = 6


@pytest.fixture
def grown(store: SqlStore) -> Desk:
    """Give a library with a signed checkpoint of six entries, and five more."""
    desk = Desk(store)
    with store.write(now=desk.now) as unit:
        for _ in range(SIGNED - 1):
            unit.record(entry(EntryKind.INDEXED))
        unit.checkpoint()
        for _ in range(5):
            unit.record(entry(EntryKind.INDEXED))
    return desk


def sign(desk: Desk) -> str:
    """Sign what is there."""
    with desk.store.write(now=desk.now) as unit:
        return unit.checkpoint()


# Of eleven entries, the edge is made of the nodes (3, 0), (1, 4) and the entry 10; the proof that they begin with the
# six that were signed for asks for (1, 2), (1, 3), (2, 0) and for (1, 4) and the entry 10.
CHANGES = {
    "the edge": "UPDATE standing SET edge = CAST(substr(edge, 1, 70) || zeroblob(35) AS BLOB)",
    "the edge of no entries": "UPDATE standing SET edge = x'010000000000000000'",
    "a node of the edge": "UPDATE nodes SET hash = zeroblob(32) WHERE level = 3",
    "a node of the proof": "UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND place = 2",
    "another node in a node's place": """UPDATE nodes SET (hash, seal) =
        (SELECT hash, seal FROM nodes WHERE level = 1 AND place = 3) WHERE level = 1 AND place = 2""",
    "a node that is gone": "DELETE FROM nodes WHERE level = 2 AND place = 0",
    "an entry": "UPDATE ledger SET payload = zeroblob(length(payload)) WHERE place = 10",
    "an entry that is gone": "DELETE FROM ledger WHERE place = 10",
    "the last checkpoint": "UPDATE standing SET checkpoint = replace(checkpoint, '6', '5')",
    "the branch": "UPDATE standing SET branch = 2",
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_not_signed_for(grown: Desk, behind: Behind, folder: Path, what: str) -> None:
    """R25: a changed edge, node, entry or note keeps the library from signing, and nothing is kept of the attempt."""
    run = behind(folder)
    ((before,),) = run("SELECT checkpoint FROM standing")
    run(CHANGES[what])
    ((changed,),) = run("SELECT checkpoint FROM standing")
    with pytest.raises(LedgerBroken):
        sign(grown)
    assert run("SELECT checkpoint FROM standing") == [(changed,)]
    assert (changed == before) is (what != "the last checkpoint")


def test_what_was_not_changed_is_signed_for(grown: Desk) -> None:
    """The same ledger is signed for when nothing was changed: so the test before this one does prove something."""
    assert sign(grown).splitlines()[1] == "11"
    assert grown.problems() == []


def rewrite(desk: Desk, *, kept: int, more: int) -> None:
    """Take away all entries but the first, and record others, as nobody but who has the master key can: all seals hold.

    Edge, nodes and tallies are those of the new past.
    """
    assert isinstance(desk.store, SqlStore)
    ledger, nodes = _schema.ledger.c, _schema.nodes.c
    with desk.store.write(now=desk.now) as unit:
        edge = edge_at(kept, unit.ledger_node)
        unit._rows.delete(_schema.ledger, ledger.place >= kept)
        for level in range(1, 5):
            unit._rows.delete(_schema.nodes, (nodes.level == level) & (nodes.place >= kept >> level))
        unit._stand(edge=edge.to_bytes())
        for _ in range(more):
            unit.record(entry(EntryKind.INDEXED))


@pytest.mark.parametrize(("kept", "more"), [(5, 0), (5, 1), (5, 6), (1, 20), (0, 11)])
def test_another_past_is_not_signed_for(grown: Desk, kept: int, more: int) -> None:
    """R25: not even with all seals of rows in order does a library sign a ledger that forks from what it signed."""
    rewrite(grown, kept=kept, more=more)
    with pytest.raises(LedgerBroken, match="does not continue the checkpoint of 6 entries"):
        sign(grown)
    assert any("does not continue the checkpoint of 6 entries" in problem for problem in grown.problems())
    with grown.store.write(now=grown.now) as unit:
        unit.record(entry(EntryKind.INDEXED))
    with pytest.raises(LedgerBroken):
        sign(grown)


def test_nodes_that_do_not_give_the_edge_are_not_signed_for(grown: Desk) -> None:
    """R25: a node of the edge that was written with its seal, but is another, is noticed before signing again."""
    assert isinstance(grown.store, SqlStore)
    sign(grown)
    with grown.store.write(now=grown.now) as unit:
        unit._rows.update(_schema.nodes, _schema.nodes.c.level == 3, {"hash": bytes(32)})
    with pytest.raises(LedgerBroken, match="do not give the edge"):
        sign(grown)


def test_what_nobody_was_shown_forks_from_nothing(grown: Desk) -> None:
    """The same rewriting after the last checkpoint is a continuation of it: so the test before this one proves some."""
    rewrite(grown, kept=SIGNED, more=7)
    assert sign(grown).splitlines()[1] == "13"
    assert grown.problems() == []


def test_signing_and_proving_read_few_rows(store: SqlStore) -> None:
    """R25: with 300 entries, proving and signing take a few statements for each level of the tree, and no more."""
    desk = Desk(store)
    with store.write(now=desk.now) as unit:
        for _ in range(299):
            unit.record(entry(EntryKind.INDEXED))
    with store.read(now=desk.now) as reading:
        for place in (0, 100, 255, 256, 298, 299):
            with statements_sent() as sent:
                inclusion_proof(place, 300, reading.ledger_node)
            assert len(sent) <= 2 * ceil(log2(300))
        for old in (1, 127, 128, 255, 299):
            with statements_sent() as sent:
                consistency_proof(old, 300, reading.ledger_node)
            assert len(sent) <= 2 * ceil(log2(300))
    with store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.INDEXED))
        with statements_sent() as sent:
            unit.checkpoint()
    assert len(sent) <= 3 * ceil(log2(301)) + 10
    with store.write(now=desk.now) as unit, statements_sent() as sent:
        unit.record(entry(EntryKind.INDEXED))
    appended = [statement for statement in sent if "INSERT INTO nodes" in statement]
    assert len(appended) == 1
