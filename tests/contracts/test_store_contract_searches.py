"""R29: what the controller can read of searches ends by the month, on each store alike; the ledger stays whole."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from countenance.errors import DeedUnrecorded
from countenance.ledger import JSON, Entry, EntryKind
from countenance.ports import Finding
from library_desk import ACTOR, BIRTH, POLICY, Desk, entry

DAYS = POLICY.search_record_days
MAY, JUNE = "2026-05", "2026-06"
MAY_ENDS = datetime(2026, 6, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def search(desk: Desk, reason: str = "yearbook", *people: str, at: datetime | None = None) -> int:
    """Record a search with its reason; gives its place."""
    with desk.store.write(now=desk.now) as unit:
        return unit.record(entry(EntryKind.SEARCHED, at or desk.now, *people, reason=reason))


def end(desk: Desk, *months: str) -> list[bool]:
    """End the record of searches of these months, with the entry about it; tells of which there was one."""
    with desk.store.write(now=desk.now) as unit:
        gone = [unit.forget_searches(month) for month in months]
        body: dict[str, JSON] = {"months": list(months)}
        unit.record(Entry(EntryKind.SEARCHES_ENDED, desk.now, ACTOR, body, {}))
    return gone


def bodies(desk: Desk) -> dict[int, Mapping[str, JSON] | None]:
    """Read what the controller can read of each entry but the first: its body, or None."""
    with desk.store.read(now=desk.now) as reading:
        return {one.index: read(one) for one in reading.ledger_findings(start=1)}


def read(finding: Finding) -> Mapping[str, JSON] | None:
    """Give the body of an entry that was opened."""
    return None if finding.entry is None else finding.entry.body


def due(desk: Desk, now: datetime) -> tuple[str, ...]:
    """Ask which months are due at a moment."""
    with desk.store.read(now=now) as reading:
        return reading.due().searches


@pytest.mark.parametrize("kind", list(EntryKind))
def test_only_searches_end(desk: Desk, kind: EntryKind) -> None:
    """R29: of searches, listings and refused searches nothing can be read once the month ended; of all else, all."""
    with desk.store.write(now=desk.now) as unit:
        place = unit.record(entry(kind, desk.now, reason="yearbook"))
    assert bodies(desk)[place] == {"reason": "yearbook"}
    ends = kind in {EntryKind.SEARCHED, EntryKind.PHOTOS_LISTED, EntryKind.SEARCH_REFUSED}
    assert end(desk, MAY) == [ends]
    assert bodies(desk)[place] == (None if ends else {"reason": "yearbook"})


def test_a_month_is_due_to_the_microsecond(desk: Desk) -> None:
    """R29: the days of the policy count from the end of the month in UTC, whatever the day of the search was."""
    assert due(desk, MAY_ENDS + timedelta(days=DAYS)) == ()
    search(desk, at=datetime(2026, 5, 1, tzinfo=UTC))
    search(desk, at=MAY_ENDS - INSTANT)
    assert due(desk, MAY_ENDS + timedelta(days=DAYS) - INSTANT) == ()
    assert due(desk, MAY_ENDS + timedelta(days=DAYS)) == (MAY,)
    search(desk, at=MAY_ENDS)
    assert due(desk, MAY_ENDS + timedelta(days=DAYS + 30) - INSTANT) == (MAY,)
    assert due(desk, MAY_ENDS + timedelta(days=DAYS + 30)) == (MAY, JUNE)
    assert end(desk, MAY) == [True]
    assert due(desk, MAY_ENDS + timedelta(days=DAYS + 30)) == (JUNE,)


def test_the_policy_in_force_says_how_long(desk: Desk) -> None:
    """R29: fewer days hold for what was searched before, too, and so do more."""
    search(desk)
    with desk.recorded() as unit:
        unit.set_policy(replace(POLICY, search_record_days=200))
    assert due(desk, MAY_ENDS + timedelta(days=200)) == (MAY,)
    with desk.recorded() as unit:
        unit.set_policy(replace(POLICY, search_record_days=300))
    assert due(desk, MAY_ENDS + timedelta(days=300) - INSTANT) == ()


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_clocks_at_the_ends_of_time(desk: Desk, at: datetime) -> None:
    """A search by a clock that was wholly wrong is on record as any other, and asking what is due is no defect."""
    search(desk, at=at)
    assert bodies(desk)[1] == {"reason": "yearbook"}
    assert due(desk, BIRTH) == (("0001-01",) if at.year == 1 else ())


def test_people_go_on_reading_what_they_were_told(desk: Desk) -> None:
    """R28, R29: with the controller's part of a search gone, who was found still reads it, and can have it proved."""
    desk.enrol("p-ann")
    found = search(desk, "yearbook", "p-ann")
    other = search(desk, "lost child")
    with desk.store.read(now=desk.now) as reading:
        root, told = reading.ledger_edge(), list(reading.findings_about("p-ann"))
        assert reading.part_key(other, None) is not None
    assert end(desk, MAY) == [True]
    with desk.store.read(now=desk.now) as reading:
        assert list(reading.findings_about("p-ann")) == told
        assert reading.part_key(found, "p-ann") is not None
        assert reading.part_key(found, None) is reading.part_key(other, None) is None
        assert [sealed for _, sealed in reading.ledger_rows()][: root.size] == [
            reading.ledger_row(place) for place in range(root.size)
        ]
    assert desk.problems() == []


def test_other_months_stay(desk: Desk) -> None:
    """R29: ending one month ends nothing of another, and what is searched in it afterwards is read again."""
    places = [search(desk, "may"), search(desk, "june", at=MAY_ENDS), search(desk, "may again")]
    assert end(desk, MAY) == [True]
    late = search(desk, "by a clock set back")
    assert [bodies(desk)[place] for place in (*places, late)] == [
        None,
        {"reason": "june"},
        None,
        {"reason": "by a clock set back"},
    ]
    assert due(desk, MAY_ENDS + timedelta(days=DAYS)) == (MAY,)
    assert end(desk, MAY, JUNE) == [True, True]
    assert [bodies(desk)[place] for place in (*places, late)] == [None] * 4
    assert desk.problems() == []


def test_ending_is_a_deed_and_happens_once(desk: Desk) -> None:
    """R24, R29: no month ends without its entry; one that has ended, or never was, is not ended again."""
    search(desk)
    with pytest.raises(DeedUnrecorded), desk.store.write(now=desk.now) as unit:
        unit.forget_searches(MAY)
    assert bodies(desk)[1] == {"reason": "yearbook"}
    with desk.store.write(now=desk.now) as unit:
        assert [unit.forget_searches(month) for month in (JUNE, "", "hollybank", "p-ann")] == [False] * 4
    assert end(desk, MAY, MAY) == [True, False]


def test_a_unit_reads_what_it_wrote(desk: Desk) -> None:
    """In the transaction that ends a month its searches are gone already, and those made in it are read."""
    search(desk, "before")
    with desk.store.write(now=desk.now) as unit:
        assert list(map(read, unit.ledger_findings(1))) == [{"reason": "before"}]
        unit.forget_searches(MAY)
        unit.record(Entry(EntryKind.SEARCHES_ENDED, desk.now, ACTOR, {"months": [MAY]}, {}))
        unit.record(entry(EntryKind.SEARCHED, desk.now, reason="after"))
        assert list(map(read, unit.ledger_findings(1))) == [
            None,
            {"months": [MAY]},
            {"reason": "after"},
        ]
