"""R37: the rates of each group, and how far apart they are; groups with too few people or searches say nothing."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from countenance.measures._evaluation import Search, Subject
from countenance.measures._figures import Group, Grouping, Ratio, Working
from countenance.measures._intervals import Rate
from countenance.measures._table import Numbers, Table, Yes

# Fewer people, or fewer searches, and the rates are those of a few faces rather than of a group.
LEAST_PEOPLE, LEAST_SEARCHES = 10, 50
# R37: from this ratio on the difference is pointed out.
FLAGGED_RATIO = 1.5


def groupings(
    subjects: Sequence[Subject], searches: Sequence[Search], table: Table, deciding: Mapping[Working, Numbers]
) -> tuple[Grouping, ...]:
    """Give the groups of each label at each working point; `deciding` has a threshold for each search."""
    labels = sorted({label for subject in subjects for label in subject.groups})
    return tuple(
        _grouping(label, working, subjects, searches, table, thresholds)
        for label in labels
        for working, thresholds in deciding.items()
    )


def _grouping(
    label: str,
    working: Working,
    subjects: Sequence[Subject],
    searches: Sequence[Search],
    table: Table,
    thresholds: Numbers,
) -> Grouping:
    value_of = {subject.id: subject.groups.get(label) for subject in subjects}
    shared = [{value_of[person] for person in search.people} for search in searches]
    groups: list[Group] = []
    for value in sorted({value for value in value_of.values() if value is not None}):
        rows: Yes = np.array([values == {value} for values in shared], np.bool_)
        some, decided = table.where(rows), thresholds[rows]
        fnir, fpir = some.missed(decided), some.wrongly_named(decided)
        people = sum(one == value for one in value_of.values())
        groups.append(
            Group(
                value,
                people,
                fnir,
                fpir,
                enough_fnir=fnir.people >= LEAST_PEOPLE and fnir.trials >= LEAST_SEARCHES,
                enough_fpir=people >= LEAST_PEOPLE and fpir.trials >= LEAST_SEARCHES,
            )
        )
    return Grouping(
        label,
        working,
        tuple(groups),
        _ratio([group for group in groups if group.enough_fnir], lambda group: group.fnir),
        _ratio([group for group in groups if group.enough_fpir], lambda group: group.fpir),
    )


def _ratio(groups: Sequence[Group], rate_of: Callable[[Group], Rate]) -> Ratio:
    if len(groups) < 2:  # noqa: PLR2004 - a ratio is of two
        return Ratio("", "", None, 0.0, (0, 0), flagged=False, apart=False, too_few=True)
    ranked = sorted(groups, key=lambda group: rate_of(group).share or 0.0)
    lowest, highest = rate_of(ranked[0]), rate_of(ranked[-1])
    low, high = lowest.share or 0.0, highest.share or 0.0
    ratio = high / low if low else None
    # Without an error in the lowest, it is pointed out if it would be with a single one: 1 to 0 says nothing.
    told = high * lowest.trials if ratio is None else ratio
    return Ratio(
        ranked[-1].value,
        ranked[0].value,
        ratio,
        at_least=highest.interval[0] / lowest.interval[1],
        hangs_on=(highest.errors, lowest.errors),
        flagged=told > FLAGGED_RATIO,
        apart=highest.interval[0] > lowest.interval[1],
        too_few=False,
    )
