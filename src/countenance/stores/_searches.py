"""The controller's record of searches, month by month: whose entries it is, and when it ends; pure."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from countenance.ledger import EntryKind

# Who searched, and why: what the controller knows of it ends. All other kinds are looked up as long as they last.
ENDING_KINDS: Final = frozenset({EntryKind.SEARCHED, EntryKind.PHOTOS_LISTED, EntryKind.SEARCH_REFUSED})

_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def month_of(moment: datetime) -> str:
    """Give the month of a moment (UTC, as those of entries are), as `2026-03`."""
    return f"{moment.year:04}-{moment.month:02}"


def is_month(text: str) -> bool:
    """Tell whether a text is a month."""
    return _MONTH.fullmatch(text) is not None and not text.startswith("0000")


def ended(months: Iterable[str], *, days: int, now: datetime) -> tuple[str, ...]:
    """Give the months that ended so many days ago or more, in order; what is no month never ends."""
    return tuple(sorted(month for month in months if is_month(month) and _has_ended(month, days, now)))


def _has_ended(month: str, days: int, now: datetime) -> bool:
    year, number = map(int, month.split("-"))
    _, length = monthrange(year, number)
    return datetime(year, number, 1, tzinfo=UTC) <= now - timedelta(days=length + days)
