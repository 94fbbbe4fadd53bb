"""A policy offers what the library does, for no longer than the law allows, in words that people understand."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countenance.consent import MAX_DAYS, PURPOSE_WORDS, Notice, Policy, Purpose
from countenance.errors import PolicyRefused, SealBroken
from countenance.seals import canonical


def policy(**other: Any) -> Policy:  # noqa: ANN401  (any argument of Policy.draft)
    """Draft a policy."""
    return Policy.draft(**{"controller": "Hill School", "contact": "office@hill-school.example", **other})


NAMES = sorted(json.loads(policy().to_json()))


@pytest.mark.parametrize(
    ("options", "offered"),
    [
        ({}, [Purpose.FIND_ME, Purpose.BE_SHOWN]),
        ({"staff_search": True}, list(Purpose)),
        ({"recognition": False}, [Purpose.BE_SHOWN]),
    ],
)
def test_what_is_offered_follows_from_what_is_switched_on(options: dict[str, bool], offered: list[Purpose]) -> None:
    """R12: be-found only with staff search, and without recognition nothing but be-shown."""
    drafted = policy(**options)
    assert list(drafted.purposes) == offered
    assert [purpose for purpose in Purpose if drafted.offers(purpose)] == offered


@pytest.mark.parametrize(
    "change",
    [
        {"purposes": (Purpose.FIND_ME, Purpose.BE_FOUND)},
        {"purposes": ()},
        {"purposes": (Purpose.BE_SHOWN, Purpose.FIND_ME)},
        {"recognition": False},
        {"recognition": False, "staff_search": True, "purposes": (Purpose.BE_SHOWN,)},
        {"controller": " "},
        {"contact": "a\nb"},
        {"recipients": ()},
        {"recipients": ("",)},
        {"recipients": ("the printer", "the printer")},
        {"notices": ()},
        {"notices": (Notice("en", "\n"),)},
        {"notices": (Notice("english please", "Photos of you."),)},
        {"notices": (Notice("en", "Photos of you."), Notice("EN", "Photos of you."))},
        {"regions": ("UK",)},
        {"regions": ("ie",)},
        {"regions": ("US-ILLINOIS",)},
        {"regions": ("US-",)},
        {"regions": ("IE", "IE")},
        {"searchers": ()},
        {"searchers": ("steward", "steward")},
        {"searchers": ("headmaster",)},
        {"be_found_waits": "link"},
        {"be_found_waits": ""},
        {"staff_search": True, "purposes": tuple(Purpose), "be_found_waits": "face"},
        {"child_retention_days": 0},
        {"child_retention_days": 366},
        {"enrolments_per_day": 0},
        {"enrolments_per_day": 1001},
        {"people_found_per_day": 0},
        {"people_found_per_day": 1001},
        {"search_record_days": 182},
        {"search_record_days": MAX_DAYS + 1},
        {"retention_days": 0},
        {"retention_days": MAX_DAYS + 1},
        {"evidence_days": MAX_DAYS + 1},
        {"evidence_days": -1},
    ],
    ids=str,
)
def test_a_policy_cannot_be_made_wrong(change: dict[str, Any]) -> None:
    """R7: what is blank, offers what is switched off, or keeps longer than 1,095 days is refused."""
    with pytest.raises(PolicyRefused, match="policy's field") as caught:
        replace(policy(), **change)
    assert caught.value.remedy


def test_a_drafted_policy_is_cautious() -> None:
    """R7, R34: a year by default and half of it for a child, 30 enrolments and 50 people found a day, by stewards."""
    drafted = policy()
    assert (drafted.retention_days, drafted.child_retention_days, drafted.evidence_days) == (365, 180, 1095)
    assert policy(retention_days=100).child_retention_days == 100
    assert (drafted.enrolments_per_day, drafted.searchers, drafted.regions) == (30, ("steward",), ())
    assert (drafted.people_found_per_day, drafted.search_record_days) == (50, 1095)
    assert (drafted.be_found_waits, drafted.be_found_hold) == ("no", None)
    assert [notice.language for notice in drafted.notices] == ["en", "fr"]


@pytest.mark.parametrize("region", ["IE", "GB", "US-IL", "GB-ENG", "FR-75", "ES-A"])
def test_regions_are_those_of_iso_3166(region: str) -> None:
    """A country, or a subdivision of one."""
    assert replace(policy(), regions=(region, "DE")).regions == (region, "DE")


def test_a_shorter_offer_is_the_controllers_choice() -> None:
    """A policy may offer less than it could."""
    assert replace(policy(staff_search=True), purposes=(Purpose.BE_FOUND,)).purposes == (Purpose.BE_FOUND,)


@given(name=st.sampled_from(NAMES))
def test_a_missing_field_is_refused_by_name(name: str) -> None:
    """R1: a policy without one of its fields is none."""
    value = json.loads(policy().to_json())
    del value[name]
    with pytest.raises(PolicyRefused, match=name):
        Policy.from_object(value)


@given(name=st.sampled_from(NAMES), wrong=st.sampled_from([None, "", " ", [], [""], {}, [{}], 1.5, True, 0]))
def test_a_wrong_field_is_refused_by_name(name: str, wrong: object) -> None:
    """R1: a blank field, or one of another type, makes no policy."""
    value = json.loads(policy().to_json())
    assume(not (isinstance(value[name], bool) and wrong is True))
    assume(not (name == "regions" and wrong == []))
    value[name] = wrong
    with pytest.raises(PolicyRefused, match=name):
        Policy.from_object(value)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"schema":"urn:countenance:policy:2"}', policy().to_json() + b" "]
)
def test_malformed_bytes_are_refused(data: bytes) -> None:
    """Bytes that are no policy of this version, to the byte, are refused with the room's own error."""
    with pytest.raises(SealBroken):
        Policy.from_json(data)


def test_stored_bytes_beyond_the_limits_are_refused_as_a_policy() -> None:
    """R7: a policy that was stored by a program without our limits is told as a wrong policy, not as damage."""
    value = json.loads(policy().to_json()) | {"retention_days": 4000}
    with pytest.raises(PolicyRefused, match="retention_days is 4000"):
        Policy.from_json(canonical(value))


def test_an_unknown_field_is_refused() -> None:
    """A switch that this version does not know is not passed over: it may have meant less than is done."""
    value = json.loads(policy().to_json()) | {"only_on_sundays": True}
    with pytest.raises(PolicyRefused, match="only_on_sundays"):
        Policy.from_object(value)


@given(
    controller=st.text(st.characters(categories=["L", "N", "P"]), min_size=1),
    staff_search=st.booleans(),
    retention=st.integers(1, MAX_DAYS),
)
def test_what_is_written_is_read(controller: str, retention: int, *, staff_search: bool) -> None:
    """A policy comes back from its bytes as it was, in any script."""
    drafted = policy(controller=controller, staff_search=staff_search, retention_days=retention)
    assert Policy.from_json(drafted.to_json()) == drafted
    assert set(json.loads(drafted.to_json())) == {field.name for field in fields(Policy)} | {"schema"}


@pytest.mark.parametrize("options", [{}, {"staff_search": True}, {"recognition": False}], ids=str)
def test_the_notice_says_everything(options: dict[str, bool]) -> None:
    """R1: the plain notice names who, what for, how long, where, who gets it, the rights, and where to complain."""
    drafted = policy(retention_days=200, evidence_days=400, **options)
    notice = drafted.notice
    for fact in (
        drafted.controller,
        drafted.contact,
        drafted.authority,
        drafted.location,
        drafted.lawful_basis,
        *drafted.recipients,
        "200 days",
        "400 days",
        "Taking it back",
        "without disadvantage",
        "parent or guardian",
        *(f"{purpose}: {PURPOSE_WORDS[purpose]}" for purpose in drafted.purposes),
    ):
        assert fact in notice
    for purpose in set(Purpose) - set(drafted.purposes):
        assert purpose not in notice


def test_a_notice_without_recognition_speaks_of_none() -> None:
    """R12: where no template is made the notice asks for none; the lawful basis is not that of biometrics."""
    drafted = policy(recognition=False)
    assert "do not use face recognition on you" in drafted.notice
    assert "measures your face" not in drafted.notice
    assert "Art. 9" not in drafted.lawful_basis + drafted.notice


def test_a_notice_is_short_enough_to_be_read() -> None:
    """A notice that a parent understands is a page: under 550 words, and no sentence of more than 45."""
    notice = policy(staff_search=True).notice
    assert len(notice.split()) < 550
    sentences = [part for line in notice.splitlines() for part in line.replace("?", ".").split(". ")]
    assert max(len(sentence.split()) for sentence in sentences) <= 45


def test_the_controllers_own_notice_is_kept_to_the_letter() -> None:
    """R8: a notice that was handed in is the notice, in its own language."""
    drafted = policy(notice="Fotos von dir.\r\n", notice_language="de-CH")
    assert (drafted.notice, drafted.notice_language) == ("Fotos von dir.\r\n", "de-CH")
    with pytest.raises(PolicyRefused, match="notice"):
        policy(notice="")
