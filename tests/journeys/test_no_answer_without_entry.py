"""R24: whatever the ledger suffers from, nothing about anybody is told without an entry that is committed already."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from countenance.consent import Purpose
from countenance.errors import EntryTooLarge
from countenance.journeys.prove import prove
from countenance.journeys.publish import Order, settle
from countenance.ledger import Entry, EntryKind
from countenance.photos import fingerprint_file
from ledger_troubles import TROUBLES, Trouble, changed
from library_desk import make_sql, open_sql
from moments import moments
from small_house import STEWARD, House

REASON = "her family asked for the photos"
# So many entries at most fit into the rest of a page, or into a short log.
SOON_FULL = 4


@dataclass(frozen=True, slots=True)
class Village:
    """A house whose library is in a file, which is opened and closed; and the code of Ada's private link."""

    house: House
    code: str

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.house.folder / "library"

    def open(self) -> None:
        """Open the library as a door does."""
        self.house.use(open_sql(self.library))
        settle(self.house.store, actor=STEWARD, clock=self.house.clock)

    def close(self) -> None:
        """Close it."""
        self.house.library.close()

    def entries(self) -> list[Entry | None]:
        """Open the library and give all entries."""
        self.open()
        found = [finding.entry for finding in self.house.library.ledger_findings()]
        self.close()
        return found


@pytest.fixture(scope="session")
def village_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Make a library once with Ada and Ben in two photos; gives its folder, and the code of Ada's link."""
    folder = tmp_path_factory.mktemp("village")
    house = House(folder, datetime.fromisoformat("2026-05-04T09:30:00+00:00"))
    house.use(make_sql(folder / "library"))
    code = house.enrol("Ada Moss", 7).link_code
    house.enrol("Ben Oak", 8, [Purpose.FIND_ME])
    house.photo("party.png", [7, 8, 9])
    house.photo("trip.png", [9, 7])
    house.library.index([folder / "photos"])
    house.library.photos("Ada Moss", reason="there is a key of this month's searches from now on")
    house.library.close()
    return folder, code


@pytest.fixture
def village(village_once: tuple[Path, str], tmp_path: Path, now: datetime) -> Village:
    """Give a copy of it, closed."""
    folder, code = village_once
    shutil.copytree(folder, tmp_path / "village")
    return Village(House(tmp_path / "village", now), code)


def searched(village: Village) -> object:
    """Search for Ada."""
    return village.house.library.search(village.house.photo("../probes/ada.png", [7]), reason=REASON)


def listed(village: Village) -> object:
    """List her photos for a reason."""
    return village.house.library.photos("Ada Moss", reason=REASON)


def listed_for_person(village: Village) -> object:
    """List her photos for herself."""
    return village.house.library.photos("Ada Moss", reason=None)


def exported(village: Village) -> object:
    """Write down what is kept about her."""
    exports = village.house.folder / "exports"
    return village.house.library.export("Ada Moss", exports / str(len(list(exports.glob("*")))))


def proved(village: Village) -> object:
    """Tell her what the ledger has about her, with proofs."""
    return prove("Ada Moss", store=village.house.store, actor=STEWARD, clock=village.house.clock)


def opened(village: Village) -> object:
    """Open her private link."""
    return village.house.library.open_link(village.code)


def published(village: Village) -> object:
    """Publish a photo of her with a stranger."""
    out = village.house.folder / "out" / str(len(list(village.house.folder.glob("out/*"))))
    return village.house.library.publish([village.house.folder / "photos/trip.png"], out, Order())


def planned(village: Village) -> object:
    """Ask what a copy of that photo would show."""
    photo, out = village.house.folder / "photos/trip.png", village.house.folder / "planned"
    return village.house.library.publish([photo], out, Order(dry_run=True))


TELLING: dict[EntryKind, list[Callable[[Village], object]]] = {
    EntryKind.SEARCHED: [searched],
    EntryKind.PHOTOS_LISTED: [listed, listed_for_person],
    EntryKind.EXPORTED: [exported, proved],
    EntryKind.RELEASED: [opened],
    EntryKind.PUBLICATION_PLANNED: [planned],
    EntryKind.PUBLISHED: [published],
}
ALL = [(kind, tell) for kind, tells in TELLING.items() for tell in tells]


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_nothing_is_told_while_the_ledger_fails(village: Village, trouble: Trouble) -> None:
    """R24: an error says what is wrong, nothing is told or half done; once it is mended, all is told with its entry."""
    before = village.entries()
    with trouble.lasting(village.library):
        told = list(told_meanwhile(village, trouble))
    after = village.entries()
    # What was told before the disk was full has its entries, in this order, and there is no other.
    assert [entry.kind for entry in after[len(before) :] if entry] == told
    check_files(village, after)
    village.open()
    assert damage(village) == []
    searched(village)
    (finding,) = village.house.library.ledger_findings(len(after))
    assert finding.entry is not None
    assert finding.entry.kind is EntryKind.SEARCHED
    village.close()


def told_meanwhile(village: Village, trouble: Trouble) -> Iterator[EntryKind]:
    """Ask for everything while there is trouble, each until it fails; give the kinds of entries of what was told."""
    village.house.use(open_sql(village.library))
    for kind, tell in ALL:
        yield from [kind] * told_until_it_fails(village, tell, trouble)
    found = damage(village)
    assert any(trouble.damage in one for one in found) if trouble.damage else found == []
    village.close()


def told_until_it_fails(village: Village, tell: Callable[[Village], object], trouble: Trouble) -> int:
    """Ask until it fails as it should; gives how often it did not."""
    told = 0
    with pytest.raises(trouble.error, match=trouble.words) as failed:  # noqa: PT012  (whichever time it is)
        for told in range(SOON_FULL):  # noqa: B007  (it is what is given)
            tell(village)
    assert type(failed.value) is trouble.error
    assert failed.value.remedy
    return told


def damage(village: Village) -> list[str]:
    """Verify, and give what does not hold."""
    return [f"{one.name}: {one.detail}" for one in village.house.store.verify(now=village.house.now) if not one.ok]


@pytest.mark.parametrize(("kind", "tell"), ALL, ids=[tell.__name__ for _, tell in ALL])
def test_an_entry_is_committed_for_good_before_anything_is_told(
    village: Village, kind: EntryKind, tell: Callable[[Village], object]
) -> None:
    """R24: everybody else can read the entry, written through to the disk, when the one who asked is told."""
    seen: list[tuple[str, int]] = []
    with closing(sqlite3.connect(village.library / "library.db")) as elsewhere:

        def told(moment: str, connection: sqlite3.Connection) -> None:
            count = elsewhere.execute("SELECT count(*) FROM ledger").fetchone()[0]
            seen.append((moment, count))
            if moment == "before COMMIT":
                # 2 is FULL: with a log, each commit waits until the log is on the disk.
                assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
                assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

        village.open()
        size = len(village.house.library.ledger_findings())
        with moments(told):
            tell(village)
        seen.append(("told", elsewhere.execute("SELECT count(*) FROM ledger").fetchone()[0]))
    (finding,) = village.house.library.ledger_findings(size)[:1]
    assert finding.entry is not None
    assert finding.entry.kind is kind
    village.close()
    written = next(place for place, (moment, _) in enumerate(seen) if moment.startswith("after INSERT INTO ledger"))
    committed = seen.index(("after COMMIT", size + 1))
    assert written < committed < len(seen) - 1
    assert {count for _, count in seen[:committed]} == {size}
    assert min(count for _, count in seen[committed:]) == size + 1


def test_more_than_an_entry_can_hold_is_not_told(village: Village) -> None:
    """R24: what cannot be sealed is not recorded, so it is not told; the error says why, and the next search works."""
    village.open()
    library = village.house.library
    size = len(library.ledger_findings())
    endless = "so that everybody is found " * 700_000
    probe = village.house.photo("../probes/ada.png", [7])
    for ask in (lambda: library.search(probe, reason=endless), lambda: library.photos("Ada Moss", reason=endless)):
        with pytest.raises(EntryTooLarge, match="16,777,216 bytes") as failed:
            ask()
        assert "shorter" in failed.value.remedy
    assert len(library.ledger_findings()) == size
    assert damage(village) == []
    assert library.search(probe, reason=REASON).entry == size
    village.close()


@pytest.mark.parametrize("trouble", ["edge changed", "last entry changed", "last entry gone"])
def test_a_withdrawal_is_recorded_after_damage(village: Village, trouble: str) -> None:
    """R6, R24: where the ledger's end was changed nothing is told any more, but consent ends; the damage stays seen."""
    with TROUBLES[trouble].lasting(village.library):
        village.open()
        before = damage(village)
        assert village.house.library.withdraw("Ada Moss").purposes == tuple(Purpose)
        assert [person.name for person in village.house.library.people() if not person.purposes] == ["Ada Moss"]
        assert {one.partition(":")[0] for one in damage(village)} >= {one.partition(":")[0] for one in before} - {
            "file"
        }
        village.close()


def test_an_earlier_damage_is_for_verify_to_find(village: Village) -> None:
    """R24, R26: before an answer the entries of today and a few before are looked at; the answer has its entry."""
    village.open()
    for _ in range(9):
        listed(village)
    village.house.pass_time(days=2)
    listed(village)
    village.close()
    with changed("UPDATE ledger SET salt = zeroblob(32) WHERE place = 1")(village.library):
        village.open()
        size = len(list(ledger_rows(village)))
        found = village.house.library.search(village.house.photo("../probes/ada.png", [7]), reason=REASON)
        assert found.entry == size
        assert list(ledger_rows(village))[-1] == size
        assert any("entry 1" in one or "entries 1" in one for one in damage(village))
        village.close()


@pytest.mark.parametrize(
    ("stray", "seen"),
    [
        ("INSERT INTO ledger SELECT 1000, salt, payload, seal FROM ledger LIMIT 1", {"ledger", "tallies"}),
        # Where the next two entries complete a node: theirs takes its place, and nothing is wrong any more.
        ("INSERT INTO nodes SELECT 1, max(place) + 1, hash, seal FROM nodes WHERE level = 1", set()),
    ],
    ids=["an entry far off", "a node to come"],
)
def test_what_was_put_in_ahead_keeps_no_withdrawal_out(village: Village, stray: str, seen: set[str]) -> None:
    """R6, R24: rows that somebody put where the ledger has not come to yet keep nobody in the library."""
    with changed(stray)(village.library):
        village.open()
        assert damage(village)
        library = village.house.library
        for name in ("Ada Moss", "Ben Oak"):
            assert library.withdraw(name).purposes
        assert {one.partition(":")[0] for one in damage(village)} >= seen
        assert bool(damage(village)) == bool(seen)
        village.close()


def ledger_rows(village: Village) -> Iterator[int]:
    """Give the places of the ledger's entries, opened or not."""
    with village.house.store.read(now=village.house.now) as reading:
        yield from (place for place, _ in reading.ledger_rows())


def check_files(village: Village, entries: list[Entry | None]) -> None:
    """See that every export and every copy that lies anywhere has its entry."""
    exports = list(village.house.folder.glob("exports/*"))
    whole = [entry for entry in entries if entry and entry.body.get("scope") == "everything"]
    assert len(exports) == len(whole)
    copies = {fingerprint_file(path) for path in village.house.folder.glob("out/*/*.png")}
    assert copies <= {entry.body["target_sha256"] for entry in entries if entry and entry.kind is EntryKind.PUBLISHED}
