"""Whom an account found of late: read from the ledger's end backwards, so that it costs what was done since."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from countenance.accounts import is_same
from countenance.ledger import Entry, EntryKind
from countenance.ports import Finding, PeopleFound

# Entries stand in the order in which they were committed, and bear the moment at which their deed had begun: a backup
# that took half an hour, or whoever waited for the lock, stands after others that are later. Reading on for so long
# behind the moment asked for misses nothing that these could hide.
OUT_OF_ORDER = timedelta(hours=1)
# A single entry of long ago, by a deed of many hours or a clock that was wrong for a moment, must not end the look.
EARLIER_IN_A_ROW = 8


def people_found(newest_first: Iterable[Finding], account: str, since: datetime) -> PeopleFound:
    """Go through findings, the newest first, as far as needed; those that are sealed for good are passed over."""
    people: set[str] = set()
    refused_at = 0
    for entry in _later_than(since - OUT_OF_ORDER, newest_first):
        if entry.at < since or not is_same(entry.actor.account, account):
            continue
        people.update(_found(entry))
        if entry.kind is EntryKind.SEARCH_REFUSED:
            refused_at = max(refused_at, _number(entry.body["limit"]))
    return PeopleFound(frozenset(people), refused_at)


def _later_than(moment: datetime, newest_first: Iterable[Finding]) -> Iterator[Entry]:
    earlier = 0
    for finding in newest_first:
        if finding.entry is None:
            continue
        earlier = earlier + 1 if finding.entry.at < moment else 0
        if earlier == EARLIER_IN_A_ROW:
            return
        if not earlier:
            yield finding.entry


def _found(entry: Entry) -> Iterator[str]:
    """Give the people (by id) whom a search answered, or whom staff had listed; not who saw their own photos."""
    body: Any = entry.body
    match entry.kind:
        case EntryKind.SEARCHED:
            yield from (one["person"] for one in body["answered"])
        case EntryKind.PHOTOS_LISTED if not body["for_person"]:
            yield body["person"]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
