"""An entry takes what can be written down for good, and nothing else."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from countenance.ledger import Actor, Entry, EntryKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STEWARD = Actor("steward", "s1")


def entry(body: Any = None, concerns: Any = None, at: datetime = NOW) -> Entry:  # noqa: ANN401  (also what must fail)
    """Give an entry with this body."""
    return Entry(EntryKind.INDEXED, at, STEWARD, body or {}, concerns or {})


def test_scores_have_no_way_in() -> None:
    """R23: a fraction, hence a score, is refused anywhere in an entry."""
    for body in ({"score": 0.5}, {"answered": [{"score": 1.0}]}):
        with pytest.raises(TypeError, match="float"):
            entry(body)
    with pytest.raises(TypeError, match="float"):
        entry(concerns={"p1": {"score": 0.5}})


def test_only_json() -> None:
    """Bytes, moments, sets, names that are no text and numbers without a canonical form are refused."""
    for body in ({"x": b"raw"}, {"x": NOW}, {"x": {1}}, {1: "x"}):
        with pytest.raises(TypeError):
            entry(body)
    with pytest.raises(ValueError, match="53 bits"):
        entry({"x": 2**53})
    assert entry({"x": 2**53 - 1}).body == {"x": 2**53 - 1}


def test_moments_are_utc() -> None:
    """A moment without a zone, or in another than UTC, is refused; UTC by another name is UTC."""
    for at in (datetime(2026, 1, 1), NOW.astimezone(timezone(timedelta(hours=1)))):  # noqa: DTZ001  (what must fail)
        with pytest.raises(ValueError, match="UTC"):
            entry(at=at)
    assert entry(at=NOW.astimezone(timezone(timedelta(0), "GMT"))).at.tzinfo is UTC


def test_somebody_did_it() -> None:
    """An actor without a role or an account, and a person concerned without an id, are refused."""
    for role, account in (("", "s1"), ("steward", " ")):
        with pytest.raises(ValueError, match="role and an account"):
            Actor(role, account)
    with pytest.raises(ValueError, match="has an id"):
        entry(concerns={"": {}})


def test_entry_keeps_its_own_copy() -> None:
    """Changing a list after it was given to an entry does not change the entry; a tuple reads as a list."""
    shown = ["p1"]
    made = entry({"shown": shown, "purposes": ("find-me",)})
    shown.append("p2")
    assert made.body == {"shown": ["p1"], "purposes": ["find-me"]}
