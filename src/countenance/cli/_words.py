"""Words and spellings: purposes, states, days and counts as a person reads them; moments as a script does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from countenance.consent import Purpose, State

MAY: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.FIND_ME: "find the photos they are in",
        Purpose.BE_FOUND: "be found by staff",
        Purpose.BE_SHOWN: "be shown in published photos",
    }
)
STATES: Mapping[State, str] = MappingProxyType(
    {
        State.GIVEN: "in force",
        State.WAITING: "waiting",
        State.EXPIRED: "expired",
        State.WITHDRAWN: "withdrawn",
    }
)


def allowed(purposes: Iterable[Purpose]) -> str:
    """Say what purposes allow: "may ..."."""
    return "; ".join(MAY[purpose] for purpose in purposes) or "nothing"


def short_allowed(purposes: Iterable[Purpose]) -> str:
    """Say what purposes allow in a few words, for a table: "may be ..."."""
    purposes = set(purposes)
    finders = [
        word for purpose, word in ((Purpose.FIND_ME, "self"), (Purpose.BE_FOUND, "staff")) if purpose in purposes
    ]
    found = [f"found ({', '.join(finders)})"] if finders else []
    shown = ["shown"] if Purpose.BE_SHOWN in purposes else []
    return ", ".join([*found, *shown]) or "-"


def count(number: int, thing: str, things: str = "") -> str:
    """Give a number with its thing: 1 photo, 2 photos."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def day(moment: datetime) -> str:
    """Give the day of a moment (UTC): 4 May 2026."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime) -> str:
    """Give a moment to the minute (UTC): 2026-05-04 09:30."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def iso(moment: datetime) -> str:
    """Spell a moment for scripts, ISO 8601 in UTC to the second: 2026-05-04T09:30:00Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def listed(words: Sequence[str]) -> str:
    """Join words as a person would: a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
