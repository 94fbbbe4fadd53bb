"""The sentences of `ledger show`: each kind of entry has one, made of the fields that it always has."""

import pytest

from countenance.cli._ledger_words import deed
from countenance.cli._words import STATES
from countenance.consent import State
from countenance.ledger import BODY_FIELDS, Actor, Entry, EntryKind

WHEN = "2026-05-04T09:30:00.000000Z"
NUMBERS = {"photos", "indexed", "faces", "appearances", "failed", "covered", "appearances_erased", "people", "keys"}
ABOUT_SEVERAL = {EntryKind.SEARCHED, EntryKind.PUBLICATION_PLANNED, EntryKind.PUBLISHED}
NUMBERS |= {"templates_dropped", "number", "withdrawn", "limit", "size"}


@pytest.mark.parametrize("kind", EntryKind)
def test_each_kind_has_a_sentence(kind: EntryKind, now: object) -> None:
    """R28: whatever is in the ledger is told in words, and people by their names."""
    body = {field: _value(field) for field in BODY_FIELDS[kind]}
    entry = Entry(kind=kind, at=now, actor=Actor("steward", "m.holt"), body=body, concerns={})  # type: ignore[arg-type]  # a moment
    said = deed(entry, {"p-1": "Ada Moss"})
    assert said
    assert "p-1" not in said
    assert ("Ada Moss" in said) == ("person" in body or kind in ABOUT_SEVERAL)


@pytest.mark.parametrize("kind", [EntryKind.SEARCHED, EntryKind.PHOTOS_LISTED])
def test_an_entry_from_before_there_were_classes_has_a_sentence(kind: EntryKind, now: object) -> None:
    """R28, R30: searches and listings that were recorded without a class of reason are told without one."""
    body = {field: _value(field) for field in BODY_FIELDS[kind] - {"reason_class"}} | {"for_person": False}
    entry = Entry(kind=kind, at=now, actor=Actor("steward", "m.holt"), body=body, concerns={})  # type: ignore[arg-type]  # a moment
    assert 'because "a word"' in deed(entry, {})
    assert "(" not in deed(entry, {}).partition("because")[2]


def test_each_state_has_a_word() -> None:
    """Whatever a consent's state is, it has a word in lists."""
    assert set(STATES) == set(State)


def _value(field: str) -> object:
    if field in NUMBERS:
        return 2
    known = {"answered": [{"person": "p-1", "photos": 2}], "shown": ["p-1"], "purposes": ["find-me"], "person": "p-1"}
    known |= {"months": ["2026-03"], "steps": [10, 100]}
    return known.get(field, WHEN if field == "expires" else "a word")
