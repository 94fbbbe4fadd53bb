"""The journey govern: a policy is put in force for those who come, never against what people were told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from countenance.consent import Policy, Purpose
from countenance.errors import ConsentRefused, PolicyRefused
from countenance.faces import Box, Template
from countenance.journeys.govern import refuse_policy_in_force, told_policies
from countenance.ledger import Actor, EntryKind
from countenance.library import Library
from countenance.ports import Pixels
from countenance.vision import StubVision
from small_house import STEWARD, House, references


def hands_on(house: House, **other: object) -> Policy:
    """Give the policy in force with other fields, its plain notices brought up to date."""
    return replace(house.library.policy(), **other).in_plain_words()  # type: ignore[arg-type]  # any field


def refusal(house: House, policy: Policy) -> PolicyRefused:
    """Try to put a policy in force, which must be refused and leave nothing behind."""
    before = house.library.policies()
    with pytest.raises(PolicyRefused) as caught:
        house.library.set_policy(policy)
    assert house.library.policies() == before
    assert not house.entries(EntryKind.POLICY_SET)
    assert caught.value.remedy
    return caught.value


def test_a_policy_is_put_in_force_and_recorded(house: House) -> None:
    """The new one is in force from now on, the old one can be read, and the entry has number and hash."""
    first = house.library.policy()
    second = hands_on(house, retention_days=200, child_retention_days=90)
    house.pass_time(days=1)
    done = house.library.set_policy(second)
    assert (done.number, done.policy_sha256) == (2, second.sha256)
    assert [change.field for change in done.changes] == [
        "retention_days",
        "child_retention_days",
        "notice in en",
        "notice in fr",
    ]
    assert [(one.number, one.policy) for one in house.library.policies()] == [(1, first), (2, second)]
    assert house.library.policies()[1].since == house.now
    (entry,) = house.entries(EntryKind.POLICY_SET)
    assert entry.body == {"number": 2, "policy_sha256": second.sha256}
    assert (entry.actor, entry.concerns) == (STEWARD, {})


def test_the_policy_in_force_is_not_put_in_force_again(house: House) -> None:
    """It is no deed: no number, no entry."""
    done = house.library.set_policy(house.library.policy())
    assert (done.number, done.changes, done.entry) == (1, (), None)
    assert len(house.library.policies()) == 1
    assert not house.entries(EntryKind.POLICY_SET)


def test_receipts_stay_as_they_are(house: House) -> None:
    """R8: notice, purposes and end of an old receipt are those of the old policy; the next one has the new."""
    ada = house.enrol("Ada Moss", 7)
    (old,) = house.library.receipts("Ada Moss")[1]
    house.pass_time(days=1)
    house.library.set_policy(hands_on(house, retention_days=100, child_retention_days=50))
    assert house.library.receipts("Ada Moss")[1] == (old,)
    house.pass_time(days=150)
    assert [person.id for person in house.library.people() if person.purposes] == [ada.person]
    house.enrol("Ben Oak", 8)
    (new,) = house.library.receipts("Ben Oak")[1]
    assert (new.consent.receipt.valid_until - new.consent.receipt.given).days == 100
    assert new.consent.receipt.notice_sha256 == house.library.policy().notices[0].sha256
    assert old.consent.receipt.notice_sha256 == house.library.policies()[0].policy.notices[0].sha256


@pytest.mark.parametrize("withdrawn", [False, True], ids=["live", "withdrawn"])
def test_a_worse_policy_is_refused_while_anybody_is_kept_who_was_told(house: House, *, withdrawn: bool) -> None:
    """R7, R8: also for somebody who has withdrawn, whose name and form are still kept; nothing is half done."""
    house.library.set_policy(hands_on(house, evidence_days=300))
    house.pass_time(days=1)
    house.enrol("Ada Moss", 7)
    if withdrawn:
        house.library.withdraw("Ada Moss")
    house.pass_time(days=1)
    longer = hands_on(house, evidence_days=301)
    before = house.library.policies()
    with pytest.raises(PolicyRefused) as caught:
        house.library.set_policy(longer)
    assert [sentence.split()[0] for sentence in caught.value.wrong] == ["evidence_days"]
    assert "300" in caught.value.wrong[0]
    assert house.library.policies() == before


def test_where_nobody_was_told_a_policy_may_be_anything(house: House) -> None:
    """A steward who has enrolled nobody yet is free, but for the limits and the notices."""
    house.library.set_policy(hands_on(house, evidence_days=10))
    house.library.set_policy(hands_on(house, evidence_days=1000, controller="Somebody Else"))
    assert house.library.policy().evidence_days == 1000


def test_each_policy_that_was_told_is_kept(house: House) -> None:
    """Ada was told 500 days and Ben 400: 450 breaks Ben's, 400 nobody's."""
    house.library.set_policy(hands_on(house, evidence_days=500))
    house.pass_time(days=1)
    house.enrol("Ada Moss", 7)
    house.pass_time(days=1)
    house.library.set_policy(hands_on(house, evidence_days=400))
    house.pass_time(days=1)
    house.enrol("Ben Oak", 8)
    house.pass_time(days=1)
    house.library.set_policy(hands_on(house, evidence_days=350))
    with pytest.raises(PolicyRefused, match="breaks what people were told") as caught:
        house.library.set_policy(hands_on(house, evidence_days=450))
    assert len(caught.value.wrong) == 1
    assert "400" in caught.value.wrong[0]
    assert house.library.set_policy(hands_on(house, evidence_days=400)).number == 5


def test_a_purpose_needs_a_notice_that_names_it(tmp_path: Path, now: datetime) -> None:
    """R1, R8: staff search is not switched on with the notices of before, in any language."""
    house = House(tmp_path, now, staff_search=False)
    old = house.library.policy()
    searching = replace(old, staff_search=True, purposes=tuple(Purpose))
    assert [sentence[:16] for sentence in refusal(house, searching).wrong] == ["the notice in en", "the notice in fr"]
    half = replace(searching, notices=(searching.in_plain_words().notices[0], old.notices[1]))
    assert [sentence[:16] for sentence in refusal(house, half).wrong] == ["the notice in fr"]
    assert house.library.set_policy(searching.in_plain_words()).number == 2


def test_recognition_is_not_switched_off_under_templates(house: House) -> None:
    """R12: a library that recognises nobody keeps no template; until then it is refused, with what to do."""
    without = replace(
        house.library.policy(), recognition=False, staff_search=False, purposes=(Purpose.BE_SHOWN,)
    ).in_plain_words()
    house.enrol("Ada Moss", 7)
    assert "face templates of 1 people" in refusal(house, without).what
    assert references(house) == 1
    house.library.withdraw("Ada Moss")
    assert house.library.set_policy(without).number == 2


def test_staff_search_ends_with_the_policy(house: House) -> None:
    """Nothing is started anew: the next search is refused, by photo and by name, though people allowed it."""
    house.enrol("Ada Moss", 7)
    probe = house.photo("../probes/ada.png", [7])
    assert house.library.search(probe, reason="r").answers
    house.library.set_policy(
        replace(house.library.policy(), staff_search=False, purposes=(Purpose.FIND_ME, Purpose.BE_SHOWN))
    )
    for look in (lambda: house.library.search(probe, reason="r"), lambda: house.library.photos("Ada Moss", reason="r")):
        with pytest.raises(ConsentRefused) as refused:
            look()
        assert refused.value.reason == "no-staff-search"
    assert house.library.photos("Ada Moss", reason=None).entry


def test_a_policy_that_changes_while_a_face_is_looked_at_counts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is given under the policy in force when it is given: no answer, and no entry of one."""
    house.enrol("Ada Moss", 7)
    probe = house.photo("../probes/ada.png", [7])
    silent = replace(house.library.policy(), staff_search=False, purposes=(Purpose.FIND_ME, Purpose.BE_SHOWN))
    embed = StubVision.embed

    def embed_slowly(self: StubVision, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        house.library.set_policy(silent)
        return embed(self, pixels, boxes)

    monkeypatch.setattr(StubVision, "embed", embed_slowly)
    with pytest.raises(ConsentRefused):
        house.library.search(probe, reason="r")
    assert not house.entries(EntryKind.SEARCHED)


def test_a_role_that_may_not_search_is_refused(house: House) -> None:
    """Who may search is what the policy says; nothing is looked at and nothing recorded for another role."""
    house.enrol("Ada Moss", 7)
    probe = house.photo("../probes/ada.png", [7])
    searcher = Library(house.store, lambda: house.vision, actor=Actor("searcher", "j.roe"), clock=house.clock)
    for look in (lambda: searcher.search(probe, reason="r"), lambda: searcher.photos("Ada Moss", reason="r")):
        with pytest.raises(ConsentRefused) as refused:
            look()
        assert refused.value.reason == "not-a-searcher"
    assert not house.entries(EntryKind.SEARCHED)
    house.library.set_policy(replace(house.library.policy(), searchers=("steward", "searcher")))
    assert searcher.search(probe, reason="r").answers
    assert searcher.photos("Ada Moss", reason="r").person


def test_a_clock_that_was_set_back_takes_no_promise(house: House) -> None:
    """If policies are not in the order of time, all that was ever in force counts as told, once anybody is kept."""
    offering = hands_on(house, be_found_waits="link")
    house.library.set_policy(offering)
    house.enrol("Ada Moss", 7)
    house.pass_time(days=-10)
    silent = replace(offering, staff_search=False, purposes=(Purpose.FIND_ME, Purpose.BE_SHOWN), be_found_waits="no")
    house.library.set_policy(silent.in_plain_words())
    with pytest.raises(PolicyRefused) as caught:
        house.library.set_policy(replace(offering, be_found_waits="no").in_plain_words())
    assert "be_found_waits" in caught.value.wrong[0]
    assert house.library.set_policy(offering).number == 4


def test_of_two_policies_in_one_second_the_later_was_told(house: House) -> None:
    """A receipt's moment is cut to the second: whoever signs in the second of a change does not close the library."""
    house.now = house.now.replace(microsecond=200_000)
    house.library.set_policy(hands_on(house, evidence_days=300))
    house.now = house.now.replace(microsecond=400_000)
    house.library.set_policy(hands_on(house, evidence_days=400))
    house.now = house.now.replace(microsecond=600_000)
    house.enrol("Ada Moss", 7)
    with house.store.read(now=house.now) as reading:
        assert [policy.evidence_days for policy in told_policies(reading, reading.policies())] == [400]
        refuse_policy_in_force(reading)


def test_a_library_is_not_begun_with_notices_that_hide_what_it_offers(tmp_path: Path, now: datetime) -> None:
    """R1: making a library with a notice that does not name what is offered is refused, and no folder is made."""
    policy = Policy.draft(controller="Hill School", contact="the office", notice="We take photos.")
    with pytest.raises(PolicyRefused) as caught:
        Library.make(tmp_path / "made", policy, clock=lambda: now)
    assert len(caught.value.wrong) == 2
    assert not (tmp_path / "made").exists()
