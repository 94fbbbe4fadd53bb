"""What may not be put in force: each item of the tables in docs/formats/policy.md, and what is no such item."""

import re
from dataclasses import replace
from typing import Any

import pytest

from countenance.consent import BE_FOUND_WAITS, Notice, Policy, PolicyChange, Purpose, policy_changes, worse

BEFORE = replace(
    Policy.draft(
        controller="Hill School",
        contact="office@hill-school.example",
        staff_search=True,
        evidence_days=400,
        retention_days=300,
        be_found_waits="link-or-steward",
    ),
    recipients=("nobody outside the controller", "the printer of the yearbook"),
)
OWN = Notice("en", "find-me and be-shown: photos of you.\n")


def refused(new: Policy, *, told: Policy | None = BEFORE, before: Policy | None = BEFORE) -> tuple[str, ...]:
    """Say what is wrong with a policy after the one that was told."""
    return worse(new, before=before, told=[told] if told else [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"evidence_days": 401}, "at most 400 days longer; give 400 or less"),
        ({"controller": "Acme Photos"}, r"consented to 'Hill School'.*Acme Photos \(formerly Hill School\)"),
        ({"controller": "Uphill School"}, "consented to 'Hill School'"),
        ({"controller": "Hill Schools"}, "consented to 'Hill School'"),
        ({"recipients": ("nobody outside the controller", "Acme")}, "'Acme', which people were not told of"),
        ({"be_found_waits": "no"}, "people were told 'link-or-steward'"),
    ],
    ids=str,
)
def test_what_people_were_told_may_not_be_broken(change: dict[str, Any], said: str) -> None:
    """R8: each change for the worse is refused with the field, what was told, and what to do."""
    (sentence,) = refused(replace(BEFORE, **change))
    assert sentence.startswith(next(iter(change)))
    assert re.search(said, sentence)


@pytest.mark.parametrize(
    "change",
    [
        {"evidence_days": 399},
        {"controller": "HILL  SCHOOL"},
        {"controller": "Hill Academy (formerly Hill School)"},
        {"controller": "Hill School, 1 Hill Road, Dublin"},
        {"recipients": ("nobody outside the controller",)},
        {"recipients": ("the printer of the yearbook",)},
        {"be_found_waits": "link"},
        {"be_found_waits": "steward"},
        {"contact": "privacy@hill-school.example"},
        {"authority": "the Data Protection Commission"},
        {"location": "in the school's cellar"},
        {"regions": ("IE",)},
        {"retention_days": 1095},
        {"child_retention_days": 300},
        {"searchers": ("steward", "searcher")},
        {"enrolments_per_day": 1000},
        {"people_found_per_day": 1000},
        {"people_found_per_day": 1},
        {"search_record_days": 183},
        {"purposes": (Purpose.BE_SHOWN,), "be_found_waits": "no", "staff_search": False},
        {"notices": BEFORE.notices[:1]},
    ],
    ids=str,
)
def test_what_is_better_or_for_those_who_come_is_fine(change: dict[str, Any]) -> None:
    """A policy may protect more, say it in other words, or ask other things of those who come."""
    assert refused(replace(BEFORE, **change)) == ()


@pytest.mark.parametrize("told", BE_FOUND_WAITS)
@pytest.mark.parametrize("new", BE_FOUND_WAITS)
def test_be_found_may_wait_for_more_never_for_less(told: str, new: str) -> None:
    """Nothing that would have kept be-found from beginning may stop keeping it: the whole table."""
    beginnings = {"no": {"", "l", "s"}, "link": {"l"}, "steward": {"s"}, "link-or-steward": {"l", "s"}}
    wrong = refused(replace(BEFORE, be_found_waits=new), told=replace(BEFORE, be_found_waits=told))
    assert bool(wrong) == (not beginnings[new] <= beginnings[told])


def test_waiting_cannot_be_lost_by_a_detour() -> None:
    """be-found switched off and on again: it is what was told that counts, not what was in force in between."""
    off = replace(BEFORE, staff_search=False, purposes=(Purpose.FIND_ME, Purpose.BE_SHOWN), be_found_waits="no")
    on = replace(BEFORE, be_found_waits="no")
    assert refused(off) == ()
    assert any("be_found_waits" in one for one in refused(on, before=off))
    assert not any("be_found_waits" in one for one in refused(on, before=off, told=off))


def test_data_may_go_to_nobody_any_more() -> None:
    """Leaving out the last one who got it is no worse, though nobody was not among them before."""
    told = replace(BEFORE, recipients=("the printer of the yearbook",))
    assert refused(replace(told, recipients=("nobody outside the controller",)), told=told) == ()


def test_recognition_is_not_switched_on_over_people_who_were_told_of_none() -> None:
    """R12: who was told that no face recognition is used is not recognised by a change of policy."""
    without = Policy.draft(controller="Hill School", contact="the office", recognition=False)
    recognising = Policy.draft(controller="Hill School", contact="the office")
    assert any(one.startswith("recognition") for one in refused(recognising, told=without, before=without))
    assert refused(recognising, told=None, before=without) == ()
    assert refused(without, told=recognising, before=recognising) == ()


@pytest.mark.parametrize("before", [None, BEFORE], ids=["at the beginning", "later"])
def test_a_notice_names_every_purpose_that_is_offered(before: Policy | None) -> None:
    """R1, R8: a purpose that a notice does not name is refused, for each language and purpose by itself."""
    new = replace(BEFORE, notices=(OWN, Notice("fr", "find-me, be-found et re-be-shown"), Notice("de", "BE-SHOWN")))
    said = refused(new, told=None, before=before)
    assert [sentence.split(",")[0] for sentence in said] == [
        "the notice in en does not name be-found",
        "the notice in fr does not name be-shown",
        "the notice in de does not name find-me",
        "the notice in de does not name be-found",
    ]


def test_a_notice_of_before_is_judged_for_new_purposes_alone() -> None:
    """A library of the first release keeps its own notice, until it offers what that does not name."""
    first = Policy.draft(controller="Hill School", contact="the office", notice="Photos of you.")
    assert worse(first, before=None, told=()) != ()
    assert refused(replace(first, contact="the principal"), told=first, before=first) == ()
    searching = replace(first, staff_search=True, purposes=tuple(Purpose))
    (sentence,) = refused(searching, told=first, before=first)
    assert "be-found" in sentence
    again = replace(first, notices=(Notice("en", "Other photos of you."),))
    assert len(refused(again, told=first, before=first)) == 2


def test_all_that_is_wrong_is_said_once() -> None:
    """Two policies that were told give each sentence once."""
    new = replace(BEFORE, evidence_days=1000, recipients=("Acme",))
    twice = worse(new, before=BEFORE, told=[BEFORE, replace(BEFORE, contact="the old office")])
    assert len(twice) == 2
    assert len(worse(new, before=BEFORE, told=[BEFORE, replace(BEFORE, evidence_days=300)])) == 3


def test_nothing_is_worse_than_itself_or_than_nothing_told() -> None:
    """A policy that was told may be put in force again; where nobody was told anything, only notices count."""
    assert refused(BEFORE) == ()
    assert refused(replace(BEFORE, evidence_days=1000, controller="Acme"), told=None) == ()


def test_changes_are_named_with_both_values() -> None:
    """What differs is given by field, in the order of the format; a notice by its language."""
    after = replace(
        BEFORE,
        contact="the office",
        regions=("IE", "US-IL"),
        recognition=True,
        staff_search=False,
        purposes=(Purpose.FIND_ME, Purpose.BE_SHOWN),
        be_found_waits="no",
        notices=(OWN, Notice("de", "find-me")),
    )
    assert policy_changes(BEFORE, after) == (
        PolicyChange("contact", "office@hill-school.example", "the office"),
        PolicyChange("regions", "none", "IE; US-IL"),
        PolicyChange("purposes", "find-me; be-found; be-shown", "find-me; be-shown"),
        PolicyChange("staff_search", "yes", "no"),
        PolicyChange("be_found_waits", "link-or-steward", "no"),
        PolicyChange("notice in en", BEFORE.notice, OWN.text),
        PolicyChange("notice in fr", BEFORE.notices[1].text, ""),
        PolicyChange("notice in de", "", "find-me"),
    )
    assert policy_changes(BEFORE, BEFORE) == ()
    turned = replace(BEFORE, notices=BEFORE.notices[::-1])
    assert policy_changes(BEFORE, turned) == (PolicyChange("notices", "en; fr", "fr; en"),)
