"""How many different people one account may find in a day, so that nobody goes through everybody unseen.

A refusal must not become an answer. Three rules see to that, and the third closes what the first two leave open:

1. Once as many are found as may be, everything is refused *before* anybody is compared or looked up, also people who
   were found that day already: were these still answered, a refusal would say "somebody else".
2. An answer that would go beyond the number is refused as a whole. Part of it would be a wrong answer, and which part
   was left out would tell of the rest. The words are the same as for the first rule.
3. Who was refused once is refused for the rest of the day. A refusal by the second rule tells that the photo matches
   more people than were left to find (two at least, since one was left); asked again and again, photo by photo, that
   would be a way to search without an end.

So a day has at most one refusal that tells anything, and what it tells is a number above one, of nobody in particular.
Where the policy allows more later that day, more may be found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many people an account may find in a day, whom (by id) it found, and at which number it was refused.

    `refused_at` is the largest number a day at which it was; 0: it was not.
    """

    limit: int
    found: frozenset[str]
    refused_at: int = 0

    @property
    def is_spent(self) -> bool:
        """Tell whether nobody is to be looked for any more, whoever it would be."""
        return len(self.found) >= self.limit or self.refused_at >= self.limit

    def covers(self, people: Iterable[str]) -> bool:
        """Tell whether these people may be answered, all of them, found before or not."""
        return not self.is_spent and len(self.found.union(people)) <= self.limit


def day_began(now: datetime) -> datetime:
    """Give the moment at which the day of UTC began that `now` lies in: the day that daily numbers are counted in."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
