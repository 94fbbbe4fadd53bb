"""R23: whom an account found today is asked at every search, so it costs what was done today and no more."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from countenance.ledger import JSON, Actor, Entry, EntryKind, SealedEntry, open_controller_part
from countenance.ports import Finding
from countenance.stores import _unsealing
from countenance.stores._found import people_found
from library_desk import BIRTH, Desk, entry, open_sql
from statements_sent import statements_sent

YESTERDAY = timedelta(days=-1)


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    """Give a desk at a library in a folder."""
    store = open_sql(folder)
    yield Desk(store, BIRTH + timedelta(days=400))
    store.close()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[SealedEntry]:
    """Give a list of the entries that are opened from now on."""
    seen: list[SealedEntry] = []

    def noted(sealed: SealedEntry, key: bytes, *, library: str) -> Entry:
        seen.append(sealed)
        return open_controller_part(sealed, key, library=library)

    monkeypatch.setattr(_unsealing, "open_controller_part", noted)
    return seen


def record(desk: Desk, number: int, *, after: timedelta = timedelta()) -> None:
    """Record so many searches, each of which answered somebody else."""
    at = desk.now + after
    with desk.store.write(now=desk.now) as unit:
        for one in range(number):
            body: dict[str, JSON] = {"answered": [{"person": f"p-{one}", "photos": 1}]}
            unit.record(Entry(EntryKind.SEARCHED, at, Actor("steward", "m.holt"), body, {}))


def cost(desk: Desk, opened: list[SealedEntry]) -> tuple[int, int, int]:
    """Ask whom an account found today: how many people, how many entries were opened, pages of the ledger read."""
    opened.clear()
    with statements_sent() as sent, desk.store.read(now=desk.now) as reading:
        people = reading.people_found("m.holt", desk.now).people
    return len(people), len(opened), sum("FROM ledger" in one for one in sent)


@pytest.mark.parametrize("old", [60, 600])
def test_it_costs_the_entries_of_today(old: int, desk: Desk, opened: list[SealedEntry]) -> None:
    """R23: behind 60 entries and behind 600 the same: today's are opened and eight more, in one page or a few."""
    record(desk, old, after=YESTERDAY)
    assert cost(desk, opened) == (0, 8, 1)
    record(desk, 3)
    assert cost(desk, opened) == (3, 11, 1)
    record(desk, 120)
    assert cost(desk, opened) == (120, 131, 3)


def test_the_whole_ledger_of_today_is_read_to_its_beginning(desk: Desk, opened: list[SealedEntry]) -> None:
    """R23: a library that was made today is read to its first entry, and no further."""
    desk.now = BIRTH
    record(desk, 49)
    assert cost(desk, opened) == (49, 50, 1)
    record(desk, 1)
    assert cost(desk, opened) == (49, 51, 2)


def test_what_is_sealed_for_good_is_passed_over() -> None:
    """R29, R23: an entry whose key is gone hides nothing that is behind it, and is nobody's find."""
    one = Entry(EntryKind.SEARCHED, BIRTH, Actor("steward", "m.holt"), {"answered": [{"person": "p-1"}]}, {})
    newest_first = [Finding(9, None), Finding(8, one), Finding(7, None), Finding(6, one), Finding(5, None)]
    assert people_found(newest_first, "m.holt", BIRTH).people == {"p-1"}


def test_it_stops_at_what_is_older() -> None:
    """R23: nothing is opened behind eight entries in a row that are more than an hour older than the moment."""
    long_ago = entry(EntryKind.INDEXED, BIRTH - timedelta(hours=1, microseconds=1))
    older = [Finding(10 - one, long_ago) for one in range(8)]
    newest_first = iter([Finding(11, entry(EntryKind.INDEXED, BIRTH - timedelta(hours=1))), *older, Finding(2, None)])
    assert people_found(newest_first, "m.holt", BIRTH).people == frozenset()
    assert [finding.index for finding in newest_first] == [2]


def test_one_entry_of_long_ago_hides_nothing() -> None:
    """R23: a clock that was wrong for a moment, or a deed of many hours, does not give an account its day back."""
    found = Entry(EntryKind.SEARCHED, BIRTH, Actor("steward", "m.holt"), {"answered": [{"person": "p-1"}]}, {})
    ago = Finding(2, entry(EntryKind.BACKED_UP, BIRTH - timedelta(days=2)))
    assert people_found([ago, Finding(1, found)], "m.holt", BIRTH).people == {"p-1"}
