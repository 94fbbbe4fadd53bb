"""The closed lists, limits and defaults of a policy, and how one is refused."""

from typing import Never

from countenance.consent._values import Hold, Purpose
from countenance.errors import PolicyRefused

# Half a year: a child's face changes so fast that an older template errs, and the family is asked again sooner (R34).
CHILD_RETENTION_DAYS = 180
# A class on one day. A steward alone cannot enrol a crowd by forged forms without it being seen (ADR 0013).
DEFAULT_ENROLMENTS_PER_DAY = 30
MAX_ENROLMENTS_PER_DAY = 1000
# Half a year: the least for which whoever uses a system such as this keeps its logs (EU AI Act, Art. 26(6)).
MIN_SEARCH_RECORD_DAYS = 183
# A class with its teachers and some guests. One account cannot go through a school in a day without it being seen.
DEFAULT_PEOPLE_FOUND_PER_DAY = 50
MAX_PEOPLE_FOUND_PER_DAY = 1000

# Who may search: whoever answers for the library, and staff who were given that right and no other.
SEARCHERS = ("steward", "searcher")
NO_WAIT = "no"
BE_FOUND_WAITS = (NO_WAIT, str(Hold.LINK), str(Hold.STEWARD), str(Hold.LINK_OR_STEWARD))


def possible(*, staff_search: bool, recognition: bool) -> tuple[Purpose, ...]:
    """Give the purposes that can be offered: without recognition nobody is found, but faces may still be shown."""
    if not recognition:
        return (Purpose.BE_SHOWN,)
    if not staff_search:
        return (Purpose.FIND_ME, Purpose.BE_SHOWN)
    return (Purpose.FIND_ME, Purpose.BE_FOUND, Purpose.BE_SHOWN)


def for_children(retention_days: int) -> int:
    """Give the validity (days) of a consent that a guardian signed, where the policy does not say it."""
    return min(CHILD_RETENTION_DAYS, retention_days)


def refuse(field: str, wrong: str) -> Never:
    """Refuse a policy for one of its fields."""
    raise PolicyRefused(f"the policy's field {field} {wrong}", remedy="correct that field of the policy")
