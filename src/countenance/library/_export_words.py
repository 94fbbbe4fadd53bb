"""What the page of an export spells in one way throughout: days, lists, purposes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from types import MappingProxyType
from typing import Final

from countenance.consent import Purpose

PURPOSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Purpose.FIND_ME: "finding my photos (find-me)",
        Purpose.BE_FOUND: "being found by staff (be-found)",
        Purpose.BE_SHOWN: "being shown in published photos (be-shown)",
    }
)
"""Purposes in few words, with the name that is on forms."""

# As many rows of a list are shown before the rest is folded away.
_SHOWN: Final = 12


def listing(rows: Iterable[str], *, shown: int = _SHOWN) -> str:
    """List rows of HTML; one that is longer than `shown` is folded, but whole. Empty for none."""
    items = [f"<li>{row}</li>" for row in rows]
    if not items:
        return ""
    first, rest = f"<ul>{''.join(items[:shown])}</ul>", items[shown:]
    return first + (f"<details><summary>{len(rest)} more</summary><ul>{''.join(rest)}</ul></details>" if rest else "")


def terms(rows: Iterable[tuple[str, str]]) -> str:
    """Give heads, which are text, with what is said under each, which is HTML."""
    return "".join(f"<dt>{escape(head)}</dt><dd>{told}</dd>" for head, told in rows)


def day(moment: datetime) -> str:
    """Give the day of a moment (UTC): 4 May 2026."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime) -> str:
    """Give a moment to the minute: 4 May 2026, 09:30 UTC."""
    return f"{day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"
