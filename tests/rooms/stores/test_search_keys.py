"""R29: after a month's searches were ended no byte of any file opens what the controller knew of them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

from copies import House, sql
from countenance.errors import LedgerBroken, SealBroken
from countenance.ledger import JSON, Entry, EntryKind, SealedEntry, fitting_controller_key
from countenance.ledger import open_with_part_key as opened
from countenance.ports import KeyKind
from countenance.seals import KEY_BYTES
from countenance.stores import SqlStore
from countenance.stores._found import EARLIER_IN_A_ROW
from library_desk import ACTOR, LIBRARY, POLICY, Desk, open_sql, vault_for
from statements_sent import statements_sent

Behind = Callable[[Path], Callable[..., list[tuple[object, ...]]]]

MAY, JUNE = "2026-05", "2026-06"
# A wrapped key: nonce, 32 bytes, tag.
WRAPPED_BYTES: Final = 60
# More than so many zeros are in one of a million random strings of 60 bytes.
FEW_ZEROS: Final = 6
LONG_AFTER: Final = timedelta(days=POLICY.search_record_days + 40)


def search(desk: Desk, *people: str) -> int:
    """Record a search; gives its place."""
    with desk.store.write(now=desk.now) as unit:
        body: dict[str, JSON] = {"reason": "yearbook", "answered": []}
        concerns: dict[str, dict[str, JSON]] = {person: {"reason": "yearbook"} for person in people}
        return unit.record(Entry(EntryKind.SEARCHED, desk.now, ACTOR, body, concerns))


def end(desk: Desk) -> tuple[str, ...]:
    """End what is due, as a sweep does."""
    with desk.store.write(now=desk.now) as unit:
        months = tuple(month for month in unit.due().searches if unit.forget_searches(month))
        body: dict[str, JSON] = {"months": list(months)}
        unit.record(Entry(EntryKind.SEARCHES_ENDED, desk.now, ACTOR, body, {}))
    return months


def pieces(folder: Path, length: int) -> Iterator[bytes]:
    """Give every string of so many bytes of every file that could be random, as keys are: few zeros, not all ASCII."""
    content = b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    for start in range(len(content) - length + 1):
        piece = content[start : start + length]
        if piece.count(0) < FEW_ZEROS and not piece.isascii():
            yield piece


def keys_in(folder: Path, subjects: Iterable[tuple[KeyKind, str]]) -> set[bytes]:
    """Give every key that the master key opens at any byte of any file, as a key of any of these subjects."""
    vault, wanted = vault_for(LIBRARY), list(subjects)
    found = set()
    for piece in pieces(folder, WRAPPED_BYTES):
        for kind, subject in wanted:
            try:
                found.add(vault.unwrap(piece, kind=kind, subject=subject))
            except SealBroken:
                continue
    return found


def readable(folder: Path, sealed: SealedEntry) -> bool:
    """Try to read the controller's part: with each key in the files, and with each piece of them taken for a key."""
    keys = keys_in(folder, [(KeyKind.SEARCHES, MAY), (KeyKind.CONTROLLER, LIBRARY), (KeyKind.AUDIT, "p-ann")])
    assert len(keys) >= 2  # the lasting key and Ann's are there to be found
    if fitting_controller_key(sealed, chain(keys, pieces(folder, KEY_BYTES)), library=LIBRARY) is not None:
        return True
    return any(_opens(sealed, piece) for piece in pieces(folder, KEY_BYTES))


def _opens(sealed: SealedEntry, part_key: bytes) -> bool:
    try:
        opened(sealed, part_key, library=LIBRARY)
    except SealBroken:
        return False
    return True


def test_no_byte_opens_a_search_whose_month_has_ended(folder: Path, behind: Behind) -> None:
    """R29: with the master key and every piece of every file, nobody reads who searched and why; Ann reads on."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    place = search(desk, "p-ann")
    with store.read(now=desk.now) as reading:
        sealed, told = reading.ledger_row(place), list(reading.findings_about("p-ann"))
    assert readable(folder, sealed)
    desk.later(days=POLICY.search_record_days + 28)
    assert end(desk) == (MAY,)
    assert behind(folder)("SELECT wipe_due FROM standing") == [(1,)]
    assert store.wipe()
    with store.read(now=desk.now) as reading:
        assert reading.ledger_row(place) == sealed
        assert list(reading.findings_about("p-ann")) == told
    assert desk.problems() == []
    store.close()
    assert not readable(folder, sealed)


def test_what_was_restored_is_due_again(house: House, housed: Desk) -> None:
    """R29: a backup holds the keys of its moment; restored later, the months that are over are due at once."""
    place = search(housed, "p-ann")
    made = house.back_up(housed)
    housed.later(days=LONG_AFTER.days)
    assert end(housed) == (MAY,)
    restored, _ = house.restore(made.folder)
    restored.now = housed.now
    with restored.store.read(now=restored.now) as reading:
        assert reading.due().searches == (MAY,)
        assert list(reading.ledger_findings())[place].entry is not None
    assert end(restored) == (MAY,)
    with restored.store.read(now=restored.now) as reading:
        assert list(reading.ledger_findings())[place].entry is None
    assert restored.problems() == []
    sql(restored).close()


@pytest.fixture
def searched(store: SqlStore) -> Desk:
    """Give a library with a search in May, the end of that month's record, and a search after it."""
    desk = Desk(store)
    assert search(desk) == 1
    desk.later(days=LONG_AFTER.days)
    assert end(desk) == (MAY,)
    assert search(desk) == 3
    return desk


@pytest.mark.parametrize(("place", "told"), [(1, []), (2, [1, 2]), (3, [3])])
def test_an_entry_that_no_key_opens_must_be_one_that_was_ended(
    searched: Desk, behind: Behind, folder: Path, place: int, told: list[int]
) -> None:
    """R26, R29: what was spoiled since passes for no ended search: reading stops there, and verify names it.

    Entry 1 is of the month that was ended, 2 says so, 3 is of a month that goes on.
    """
    payload = "substr(payload, 1, 5) || randomblob(32) || substr(payload, 38)"
    behind(folder)(f"UPDATE ledger SET payload = CAST({payload} AS BLOB) WHERE place = ?", place)  # noqa: S608  (ours)
    problems = searched.problems()
    assert any("something in the entries" in problem for problem in problems)
    assert [one for one in range(4) if any(f"no key opens entry {one}" in problem for problem in problems)] == told
    with searched.store.read(now=searched.now) as reading:
        if not told:
            assert [one.entry is None for one in reading.ledger_findings()] == [False, True, False, False]
            return
        with pytest.raises(LedgerBroken, match=f"entry {told[0]} was changed: no key opens it"):
            list(reading.ledger_findings())
        with pytest.raises(LedgerBroken, match=f"entry {place} was changed: no key opens it"):
            reading.people_found("m.holt", searched.now)


def test_a_key_that_is_lost_is_told(searched: Desk, behind: Behind, folder: Path) -> None:
    """R26: a month's key that somebody took away, without an entry that ends the month, is missed by verify."""
    behind(folder)("DELETE FROM keys WHERE kind = 'searches'")
    assert any("no key opens entry 3" in problem for problem in searched.problems())


def test_a_key_of_no_month_is_told(searched: Desk, behind: Behind, folder: Path) -> None:
    """Keys of searches are of months; one of anything else was not put there by the library."""
    behind(folder)("INSERT INTO keys SELECT kind, '2029-13', wrapped, seal FROM keys WHERE kind = 'searches'")
    assert any(problem.startswith("keys: ") for problem in searched.problems())


def test_keys_of_months_are_asked_for_as_needed(store: SqlStore) -> None:
    """R23: asking what was found today opens the keys of the entries that it looks at, and of no other month."""
    desk = Desk(store)
    for _ in range(30):
        search(desk)
        desk.later(days=31)
    search(desk)
    with store.read(now=desk.now) as reading, statements_sent() as sent:
        assert reading.people_found("m.holt", desk.now - timedelta(days=1)).people == frozenset()
    # In pages of entries months apart, those that are looked at behind today's are of so many months.
    assert sum("FROM keys" in one for one in sent) <= EARLIER_IN_A_ROW + 4 < 30
    with store.read(now=desk.now) as reading:
        assert sum(one.entry is not None for one in reading.ledger_findings()) == 32
