"""Counting in fives: what is shown of counts adds up, stays near the truth, and singles nobody out."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.journeys.fives import BATCH, half_year, in_fives, months_between

MONTHS = months_between("2026-01", "2026-09")
ROWS = tuple("abcdefg")
Counts = Mapping[str, Mapping[str, int]]
Shown = tuple[Mapping[str, int], ...]


def by_month(deeds: Sequence[tuple[str, str]]) -> Counts:
    """Count deeds, each of a month and a row."""
    return {month: Counter(row for one, row in deeds if one == month) for month in MONTHS}


counts = st.lists(st.tuples(st.sampled_from(MONTHS), st.sampled_from(ROWS)), max_size=90).map(by_month)


def shown(counted: Counts, rows: Sequence[str] = ROWS, months: Sequence[str] = MONTHS) -> Shown:
    """Give what is shown."""
    return tuple(in_fives(counted, months, rows))


def added(counted: Counts, row: str, month: str, number: int) -> Counts:
    """Give the same counts and some more of a row."""
    return {one: Counter(counted[one]) + Counter({row: number} if one == month else {}) for one in counted}


def together(counted: Counts) -> Counts:
    """Give the same counts without telling rows apart."""
    return {month: {"all": sum(row.values())} for month, row in counted.items()}


@given(counts)
def test_rows_add_up_to_the_total_of_each_month(counted: Counts) -> None:
    """R30: however deeds are told apart, the rows of a month add up to the same total, in multiples of five."""
    totals = [one["all"] for one in shown(together(counted), ["all"])]
    assert [sum(one.values()) for one in shown(counted)] == totals
    assert all(number % BATCH == 0 for one in shown(counted) for number in one.values())


@given(counts, st.integers(1, BATCH - 1), st.sampled_from(MONTHS), st.sampled_from(ROWS))
def test_each_number_that_is_shown_leaves_five_possible(counted: Counts, more: int, month: str, row: str) -> None:
    """R30: of each number n that is shown, n, n + 1, n + 2, n + 3 and n + 4 are all possible, whoever sees every month.

    What is shown is also shown of counts that are just that; and of those with one to four more, anywhere.
    """
    seen = shown(counted)
    exactly = dict(zip(MONTHS, seen, strict=True))
    assert shown(exactly) == seen
    assert shown(added(exactly, row, month, more)) == seen


@given(counts, st.sampled_from(MONTHS), st.sampled_from(ROWS))
def test_one_deed_moves_a_total_by_one_step_or_not_at_all(counted: Counts, month: str, row: str) -> None:
    """R30: with one deed more, the total up to each month is the same or one step higher, and no row jumps."""
    before, after = counted, added(counted, row, month, 1)
    for last in MONTHS:
        until = [one for one in MONTHS if half_year(one) == half_year(last) and one <= last]
        steps = [
            {one: sum(column[one] for column in shown(these, months=until)) for one in ROWS}
            for these in (before, after)
        ]
        assert sum(steps[1].values()) - sum(steps[0].values()) in {0, BATCH}
        assert all(abs(steps[1][one] - steps[0][one]) <= 3 * BATCH for one in ROWS)


@given(counts)
def test_numbers_are_as_near_to_the_truth_as_is_said(counted: Counts) -> None:
    """R30: in a half-year a total is at most 4 below what there was, a row at most 4 above or 11 below."""
    for begin in ("2026-01", "2026-07"):
        for last in (month for month in MONTHS if half_year(month) == begin):
            until = months_between(begin, last)
            seen = shown(counted, months=until)
            off = {row: sum(counted[month][row] for month in until) - sum(one[row] for one in seen) for row in ROWS}
            assert 0 <= sum(off.values()) < BATCH
            assert all(-4 <= one <= 11 for one in off.values())


def test_no_stream_of_deeds_brings_a_row_further_from_the_truth() -> None:
    """R30: of all that can wait in seven rows, whatever is done in whatever order, nothing is below -4 or above 11."""
    known = {(0,) * len(ROWS)}
    fresh = list(known)
    while fresh:
        after = {
            settled((*state[:row], state[row] + 1, *state[row + 1 :])) for state in fresh for row in range(len(ROWS))
        }
        fresh = list(after - known)
        known |= after
    assert len(known) > 2000
    assert (min(state[0] for state in known), max(state[-1] for state in known)) == (-4, 11)


def settled(waiting: Sequence[int]) -> tuple[int, ...]:
    """Give what waits when what can be shown is shown, the least first: which row is which makes no difference."""
    (seen,) = shown({"2026-01": dict(zip(ROWS, waiting, strict=True))}, months=["2026-01"])
    return tuple(sorted(number - one for number, one in zip(waiting, seen.values(), strict=True)))


@given(counts, st.integers(1, len(MONTHS)))
def test_a_month_is_shown_the_same_in_every_report(counted: Counts, number: int) -> None:
    """R30: what comes later changes no month, so that a difference of two reports is what is shown of the months."""
    assert shown(counted, months=MONTHS[:number]) == shown(counted)[:number]
    assert shown(counted, months=MONTHS[6:]) == shown(counted)[6:]


def test_a_half_year_begins_at_nothing() -> None:
    """R30: four in June and one in July are not five, because a record of June may end before July is reported."""
    counted = {"2026-06": {"a": 4}, "2026-07": {"a": 1}, "2026-12": {"a": 4}, "2027-01": {"a": 5}}
    months = months_between("2026-01", "2027-01")
    assert [one["a"] for one in in_fives(counted, months, ["a"])] == [0] * 11 + [5, 5]


def test_the_fullest_row_is_shown_first() -> None:
    """R30: five go to the row that has most waiting, the first of those that have as many; the rest waits."""
    counted = {"2026-01": {"a": 2, "b": 4, "c": 1}, "2026-02": {"a": 1, "c": 2}}
    assert shown(counted, ["a", "b", "c"], ["2026-01", "2026-02"]) == (
        {"a": 0, "b": 5, "c": 0},
        {"a": 5, "b": 0, "c": 0},
    )


def test_months_and_half_years() -> None:
    """Months follow one another across the year; a half-year begins in January or July; nothing begins elsewhere."""
    assert months_between("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert months_between("2026-03", "2026-03") == ("2026-03",)
    assert {half_year(month) for month in months_between("2026-01", "2026-06")} == {"2026-01"}
    assert {half_year(month) for month in months_between("2026-07", "2026-12")} == {"2026-07"}
    with pytest.raises(ValueError, match="begins no half-year"):
        list(in_fives({}, ["2026-02"], ["a"]))
