"""R35: the intervals are the exact ones of Clopper and Pearson, as the textbooks print them."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.measures import Rate, interval, upper_bound


@pytest.mark.parametrize(
    ("errors", "trials", "low", "high"),
    [
        # Tables: Agresti and Coull, The American Statistician 52 (1998); Newcombe, Statistics in Medicine 17 (1998).
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_textbook_values(errors: int, trials: int, low: float, high: float) -> None:
    """R35: known examples come out to the printed digit."""
    assert list(interval(errors, trials)) == pytest.approx([low, high], abs=5e-5)


@given(st.integers(1, 60).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_ends_have_the_tails_that_they_are_named_for(counts: tuple[int, int]) -> None:
    """R35: at either end the binomial tail beyond what was seen is 2.5 %, and at the bound it is 5 %."""
    errors, trials = counts

    def tail(rate: float, places: range) -> float:
        return sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in places)

    low, high = interval(errors, trials)
    assert low == 0 if errors == 0 else tail(low, range(errors, trials + 1)) == pytest.approx(0.025)
    assert high == 1 if errors == trials else tail(high, range(errors + 1)) == pytest.approx(0.025)
    if errors < trials:
        assert tail(upper_bound(errors, trials), range(errors + 1)) == pytest.approx(0.05)


def test_three_thousand_searches_without_an_error_show_the_goal() -> None:
    """R35: 2,995 error-free searches are the fewest that show an FPIR of 0.1 %."""
    assert upper_bound(0, 3000) < 0.001
    assert upper_bound(0, 2995) <= 0.001 < upper_bound(0, 2994)
    assert upper_bound(1, 3000) > 0.001


def test_nothing_tried_says_nothing() -> None:
    """Without a trial every rate is possible, and no share is given."""
    nothing = Rate(0, 0, 0, 0)
    assert nothing.share is None
    assert nothing.interval == nothing.people_interval == (0.0, 1.0)
    assert nothing.bound == 1.0


def test_an_expected_number_of_errors_lies_between_the_whole_ones() -> None:
    """Expectations are fractions: their bound lies between those of the numbers around them."""
    assert upper_bound(0, 100) < upper_bound(0.5, 100) < upper_bound(1, 100)


@pytest.mark.parametrize(("errors", "trials"), [(-1, 3), (4, 3), (1, 0)])
def test_impossible_counts_are_a_defect(errors: int, trials: int) -> None:
    """More errors than trials cannot have been counted."""
    with pytest.raises(ValueError, match="errors"):
        interval(errors, trials)


def test_people_are_counted_beside_searches() -> None:
    """R35: ten errors of one person among twenty are one of twenty people: an interval of its own."""
    rate = Rate(10, 200, 1, 20)
    assert rate.share == 0.05
    assert rate.people_interval == interval(1, 20)
    assert rate.interval == interval(10, 200)
    assert rate.interval[0] < rate.share < rate.bound < rate.interval[1] < rate.people_interval[1]
