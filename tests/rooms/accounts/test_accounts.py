"""Accounts: which names are one, and how many people one may find in a day."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.accounts import Allowance, day_began, is_another, is_same

PEOPLE = st.frozensets(st.sampled_from("abcdefgh"))


@pytest.mark.parametrize(
    "other", ["m.holt", "M.HOLT", " m.holt ", "m. holt", "\uff4d.holt", "m.\u200bholt", "m.holt\n"]
)
def test_spellings_of_one_account_are_one(other: str) -> None:
    """R31: case, blanks, width and what is not seen make no second account of one."""
    assert is_same("m.holt", other)
    assert not is_another("m.holt", other)


@pytest.mark.parametrize(
    "unseen", "\u034f\u115f\u1160\u17b4\u180b\u180e\u2060\u2800\u3164\ufe0f\uffa0\U000e0001\U000e0100"
)
def test_what_is_not_seen_makes_no_other_account(unseen: str) -> None:
    """R23, R31: a mark or a letter of which nothing is seen gives nobody another day, nor a second pair of eyes."""
    assert is_same("m.holt", f"m.h{unseen}olt")


@pytest.mark.parametrize("other", ["m.hold", "mholt", "m-holt", "b.lee", ""])
def test_two_accounts_are_two(other: str) -> None:
    """R31: a letter or a dot that is seen makes another account."""
    assert is_another("m.holt", other)
    assert not is_same("m.holt", other)


def test_the_day_is_that_of_utc() -> None:
    """R23, R31: the day begins at midnight UTC, wherever the moment was read from a clock."""
    midnight = datetime(2026, 5, 4, tzinfo=UTC)
    last = midnight + timedelta(days=1, microseconds=-1)
    assert day_began(midnight) == day_began(last) == midnight
    assert day_began(last + timedelta(microseconds=1)) == midnight + timedelta(days=1)
    in_sydney = datetime(2026, 5, 4, 9, 30, tzinfo=timezone(timedelta(hours=10)))
    assert day_began(in_sydney) == midnight - timedelta(days=1)


@given(limit=st.integers(1, 6), found=PEOPLE, asked=PEOPLE)
def test_never_more_than_the_number_are_found(limit: int, found: frozenset[str], asked: frozenset[str]) -> None:
    """R23: whatever was found and is asked for, what may be answered leaves at most so many people found."""
    allowance = Allowance(limit, found)
    if allowance.covers(asked):
        assert len(found | asked) <= limit
        assert len(found) < limit


@given(limit=st.integers(1, 6), found=PEOPLE, refused_at=st.integers(0, 8), asked=PEOPLE)
def test_what_is_spent_covers_nobody(limit: int, found: frozenset[str], refused_at: int, asked: frozenset[str]) -> None:
    """R23: at the number, and after a refusal at it, not even an answer of nobody is given; whoever it is about."""
    allowance = Allowance(limit, found, refused_at)
    assert allowance.is_spent == (len(found) >= limit or refused_at >= limit)
    if allowance.is_spent:
        assert not allowance.covers(asked)
        assert not allowance.covers(())


def test_a_refusal_ends_the_day_until_more_is_allowed() -> None:
    """R23: a refusal at a number holds for that number and for less; a policy that allows more opens the day again."""
    assert Allowance(5, frozenset("a"), refused_at=5).is_spent
    assert Allowance(4, frozenset("a"), refused_at=5).is_spent
    assert not Allowance(6, frozenset("a"), refused_at=5).is_spent
