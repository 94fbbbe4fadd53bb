"""R25, R27: whatever happens to a library's files, no name ever stands under two checkpoints that contradict another.

The model is a list: of each note that was shown to anybody, which entries it was signed for. Two notes of one name
agree if the shorter list is the beginning of the longer one.
"""

import os
import random
import shutil
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest

from copies import House, sql
from countenance.errors import LedgerBroken
from countenance.ledger import Checkpoint, Edge, EntryKind, append, leaf_hash, open_checkpoint, root
from countenance.stores import _outside
from library_desk import LIBRARY, Desk, entry

# Each is a library of its own with as many steps; set it higher for a longer hunt.
LIVES: Final = int(os.environ.get("COUNTENANCE_TEST_BRANCHES", "2"))
STEPS: Final = 30


class Life:
    """A library with its older copies, backups and copies in use elsewhere, and every note that was ever shown."""

    def __init__(self, house: House, drawn: random.Random) -> None:
        self.house = house
        self.drawn = drawn
        self.desks: dict[Path, Desk] = {house.library: house.open()}
        self.older: list[bytes] = []
        self.backups: list[Path] = []
        self.shown: list[tuple[Checkpoint, tuple[bytes, ...]]] = []
        self.refused: list[str] = []
        self.places = 0

    def step(self) -> None:
        """Do one thing, to one of those in use."""
        deeds = [
            self.record,
            self.sign,
            self.sign,
            self.sign,
            self.sign,
            self.copy,
            self.copy,
            self.put_back,
            self.put_back,
        ]
        deeds += [self.reopen, self.second, self.die_after_the_commit, self.back_up, self.restore]
        self.drawn.choice(deeds)(self.drawn.choice(sorted(self.desks)))

    def record(self, place: Path) -> None:
        """Record some entries."""
        with self.desks[place].store.write(now=self.house.now) as unit:
            for _ in range(self.drawn.randrange(1, 4)):
                unit.record(entry(EntryKind.INDEXED))

    def sign(self, place: Path) -> None:
        """Record an entry or none, and show the note of it to somebody."""
        self.show(self.desks[place])

    def show(self, desk: Desk) -> None:
        """Sign, and remember what was shown."""
        try:
            with desk.store.write(now=self.house.now) as unit:
                for _ in range(self.drawn.randrange(2)):
                    unit.record(entry(EntryKind.INDEXED))
                note = unit.checkpoint()
                leaves = tuple(leaf_hash(sealed) for _, sealed in unit.ledger_rows())
                key = unit.public_key()
        except LedgerBroken as problem:
            self.refused.append(problem.what)
            return
        self.shown.append((open_checkpoint(note, public_key=key, library=LIBRARY), leaves))

    def second(self, place: Path) -> None:
        """Sign by another process that has the same library open."""
        other = self.house.open(place)
        self.show(other)
        sql(other).close()

    def die_after_the_commit(self, place: Path) -> None:
        """Commit a note, and be killed before it lies outside: nobody was shown it."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_outside.Outside, "remember", lambda *_, **__: None)
            shown = list(self.shown)
            self.show(self.desks[place])
            self.shown = shown

    def reopen(self, place: Path) -> None:
        """Close it and open it again."""
        sql(self.desks[place]).close()
        self.desks[place] = self.house.open(place)

    def copy(self, place: Path) -> None:
        """Keep a copy of the file as it is, or take it into use beside the library."""
        sql(self.desks[place]).close()
        self.older.append((place / "library.db").read_bytes())
        if len(self.desks) < 3 and self.drawn.random() < 0.5:
            self.places += 1
            other = shutil.copytree(place, self.house.root / f"copy-{self.places}")
            self.desks[other] = self.house.open(other)
        self.desks[place] = self.house.open(place)

    def put_back(self, place: Path) -> None:
        """Put an older copy of any of them in the place of the file."""
        if self.older:
            sql(self.desks[place]).close()
            (place / "library.db").write_bytes(self.drawn.choice(self.older))
            self.desks[place] = self.house.open(place)

    def back_up(self, place: Path) -> None:
        """Make a backup; few, because each is restored once to see that it can be."""
        if len(self.backups) < 2:
            self.backups.append(self.house.back_up(self.desks[place]).folder)

    def restore(self, place: Path) -> None:
        """Restore a backup in the place of a library, or elsewhere."""
        if self.backups and len(self.desks) < 4:
            self.places += 1
            there = self.house.root / f"restored-{self.places}"
            desk, restoration = self.house.restore(self.drawn.choice(self.backups), there.name)
            assert restoration.branch > 1
            if self.drawn.random() < 0.5:
                sql(self.desks.pop(place)).close()
            self.desks[there] = desk


@pytest.mark.parametrize("seed", range(LIVES))
def test_no_name_stands_under_two_pasts(plain_house: Path, tmp_path: Path, seed: int) -> None:
    """R25, R27: recorded, signed, killed, copied, put back, restored: all notes of one name are of one growing list."""
    life = Life(House(shutil.copytree(plain_house, tmp_path / "plain")), random.Random(seed))  # noqa: S311  (as drawn)
    for _ in range(STEPS):
        life.step()
    for desk in life.desks.values():
        life.show(desk)
        sql(desk).close()
    for place in life.desks:
        with life.house.opened(place) as desk:
            life.show(desk)
            assert desk.problems() == []
    assert len(life.shown) > 2
    assert all("remembered outside" in why for why in life.refused)
    for checkpoint, leaves in life.shown:
        edge = Edge.empty()
        for leaf in leaves:
            edge = append(edge, leaf)
        assert (checkpoint.size, checkpoint.root) == (len(leaves), root(edge))
    for (one, entries), (other, others) in combinations(life.shown, 2):
        if one.origin == other.origin:
            shorter = min(len(entries), len(others))
            assert entries[:shorter] == others[:shorter], (one, other)
