"""R27, R39: a process killed at any step of signing leaves outside what was committed, or less; never more."""

import os
import shutil
from pathlib import Path

import pytest

from copies import House, sql
from countenance.ledger import Checkpoint, EntryKind, open_checkpoint, root
from countenance.stores import SqlStore
from killed_steps import killed_at_each_step
from library_desk import Desk, entry, vault_for


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give a library with its mirror, closed, which was signed for once."""
    if not hasattr(os, "fork"):
        pytest.skip("there is no kill -9 here")
    house = House(tmp_path / "house")
    desk = house.make()
    sign(desk)
    sql(desk).close()
    return house


def sign(desk: Desk) -> str:
    """Record an entry and sign."""
    with desk.store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.INDEXED))
        return unit.checkpoint()


def known(house: House, desk: Desk) -> tuple[Checkpoint, Checkpoint, Checkpoint]:
    """Give the checkpoint that lies outside, the one that was signed last, and the ledger as it stands."""
    with desk.store.read(now=desk.now) as reading:
        key, edge = reading.public_key(), reading.ledger_edge()
        notes = (house.mirror / "checkpoint").read_text(encoding="utf-8"), reading.last_checkpoint()
        outside, last = (open_checkpoint(note, public_key=key) for note in notes)
        return outside, last, Checkpoint(reading.ledger_origin(), edge.size, root(edge))


def test_what_lies_outside_is_never_ahead(house: House) -> None:
    """R27, R39: after each kill the note outside is whole and of the past; the next opening adds the rest."""
    behind = ahead = 0
    kept = house.root.rename(house.root.with_name("kept"))
    shutil.copytree(kept, house.root)

    def deed() -> None:
        sign(house.open())

    for _ in killed_at_each_step(house.root, deed):
        store = SqlStore.open(house.library, vault_for=vault_for, mirror_for=house.mirror_for)
        outside, last, stands = known(house, Desk(store, house.now))
        store.close()
        assert outside.size <= last.size == stands.size
        behind += outside.size < last.size
        ahead += outside.size == last.size > 2
        with house.opened() as desk:
            outside, last, stands = known(house, desk)
            assert outside == last == stands
            assert stands.branch == 1
            assert desk.problems() == []
        shutil.rmtree(house.root)
        shutil.copytree(kept, house.root)
    # Killed between the commit and the note, and after the note as well.
    assert behind > 2
    assert ahead
