"""The closed lists of consent, its limits, and how moments are written."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

# Three years: the longest that a biometric identifier may be kept after the last interaction (Illinois BIPA, section
# 15(a)). No consent and no evidence period of a library outlasts it.
MAX_DAYS = 1095
# One year: long enough for a school year with its leavers, short enough that people are asked again.
DEFAULT_RETENTION_DAYS = 365

# Ids are drawn by programs: nothing in them that a path, a log line or a separator could trip over.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
# RFC 3339 in the one spelling we write: UTC, whole seconds.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class Purpose(StrEnum):
    """What a person may allow; the list is closed."""

    FIND_ME = "find-me"
    """I can find the photos that I am in; the answer goes to me."""
    BE_FOUND = "be-found"
    """Authorised staff can find me by a photo, with a stated reason, and I see each such search."""
    BE_SHOWN = "be-shown"
    """My face may be seen in photos that are published."""


class Hold(StrEnum):
    """Why a purpose that was signed for is not live yet, and what lets it go."""

    FACE = "face"
    """The face is enrolled already for somebody else, or is unlike the one enrolled: a second steward is to look.

    Until then no template is made."""
    LINK = "link"
    """The person's own private link is to be opened first."""
    STEWARD = "steward"
    """A second steward is to approve first."""
    LINK_OR_STEWARD = "link-or-steward"
    """Either of the two."""


class State(StrEnum):
    """How a consent stands at a moment; only a given one is live."""

    GIVEN = "given"
    WAITING = "waiting"
    """Every purpose that is left of it is held."""
    EXPIRED = "expired"
    """The moment lies outside its period: after the end, or (a clock was set back) before the beginning."""
    WITHDRAWN = "withdrawn"
    """Every purpose of it was withdrawn."""


def is_id(text: str) -> bool:
    """Tell whether a text can be an id: 1 to 128 letters, digits, dots, dashes and underscores."""
    return _ID.fullmatch(text) is not None


def in_order(purposes: Iterable[Purpose]) -> tuple[Purpose, ...]:
    """Give purposes once each, in the order of the list."""
    wanted = set(purposes)
    return tuple(purpose for purpose in Purpose if purpose in wanted)


def whole_second(moment: datetime) -> datetime:
    """Give a moment in UTC, cut to the second.

    Raises:
        ValueError: it says no time zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def moment_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC: `2025-01-31T08:00:00Z`."""
    # strftime writes years before 1000 with fewer digits on some systems; isoformat does not.
    return whole_second(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def read_moment(text: str) -> datetime:
    """Read what `moment_text` wrote, and no other spelling.

    Raises:
        ValueError: another spelling, or no such moment.
    """
    if _MOMENT.fullmatch(text) is None:
        raise ValueError("a moment is written like 2025-01-31T08:00:00Z")
    return datetime.strptime(text, _MOMENT_FORMAT).replace(tzinfo=UTC)
