"""The gate says yes for the purpose that was given, while it holds, and to nothing else; only it mints permits."""

import copy
import pickle
from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.consent import (
    Consent,
    Hold,
    Permit,
    Policy,
    Purpose,
    Reason,
    Receipt,
    Refusal,
    decide,
    decide_template,
    draft_receipt,
    policy_refusal,
)

if TYPE_CHECKING:
    from tests.rooms.consent.conftest import Office  # a conftest is not importable when tests run


def _held(office: "Office", some: Sequence[Purpose], asked: Purpose, *, hold: Hold) -> Consent:
    return office.consent(some, held={asked: hold})


SOME = [some for size in (1, 2, 3) for some in combinations(Purpose, size)]
HELD = {f"held for {hold}": hold for hold in Hold}
STATES: dict[str, Callable[["Office", Sequence[Purpose], Purpose], Consent]] = {
    "given": lambda office, some, _: office.consent(some),
    "expired": lambda office, some, _: office.consent(some, starts_in=-200, days=100),
    "withdrawn": lambda office, some, asked: office.consent(some, withdrawn=[asked]),
    "not yet": lambda office, some, _: office.consent(some, starts_in=1),
    **{name: partial(_held, hold=hold) for name, hold in HELD.items()},
}
REASONS = {
    "expired": Reason.EXPIRED,
    "withdrawn": Reason.WITHDRAWN,
    "not yet": Reason.NOT_YET,
    **dict.fromkeys(HELD, Reason.HELD),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("asked", Purpose)
@pytest.mark.parametrize("some", SOME, ids="+".join)
def test_only_the_diagonal_passes(office: "Office", some: Sequence[Purpose], asked: Purpose, state: str) -> None:
    """R4: every set of purposes x every purpose asked x every state: yes only if it was given and is live."""
    consent = STATES[state](office, some, asked)
    answer = decide([consent], asked, now=office.now)
    if asked in some and state == "given":
        receipt = consent.receipt
        assert isinstance(answer, Permit)
        assert (answer.person, answer.purpose, answer.receipt) == (receipt.person, asked, receipt.id)
        assert answer.until == receipt.valid_until
    else:
        assert isinstance(answer, Refusal)
        assert answer.reason is (REASONS[state] if asked in some else Reason.PURPOSE_NOT_GIVEN)


@pytest.mark.parametrize("asked", Purpose)
def test_nothing_is_refused(asked: Purpose, now: datetime) -> None:
    """R3: no consent at all is a refusal, never a permit."""
    assert decide([], asked, now=now) == Refusal(Reason.NO_CONSENT, "there is no consent of this person")
    template = decide_template([], now=now)
    assert isinstance(template, Refusal)
    assert template.reason is Reason.NO_CONSENT


def test_a_consent_is_live_from_its_first_moment_and_not_at_its_last(office: "Office") -> None:
    """R7: the beginning belongs to the consent, the end does not, to the microsecond."""
    consent = office.consent([Purpose.FIND_ME])
    instant = timedelta(microseconds=1)
    begin, end = consent.receipt.given, consent.receipt.valid_until
    moments = (begin - instant, begin, end - instant, end)
    live = [isinstance(decide([consent], Purpose.FIND_ME, now=moment), Permit) for moment in moments]
    assert live == [False, True, True, False]


def test_the_clock_of_another_zone_is_the_same_clock(office: "Office") -> None:
    """A moment counts, not how it is written."""
    consent = office.consent([Purpose.FIND_ME], days=1)
    end = consent.receipt.valid_until.astimezone(timezone(timedelta(hours=13)))
    assert isinstance(decide([consent], Purpose.FIND_ME, now=end - timedelta(seconds=1)), Permit)
    assert isinstance(decide([consent], Purpose.FIND_ME, now=end), Refusal)


def test_a_clock_without_a_zone_is_refused(office: "Office") -> None:
    """A moment without a time zone could be any of a day, so the gate does not decide by it."""
    with pytest.raises(ValueError, match="time zone"):
        decide([office.consent()], Purpose.FIND_ME, now=office.now.replace(tzinfo=None))


def test_a_withdrawal_holds_though_its_moment_lies_ahead(office: "Office") -> None:
    """A clock that was set back brings nobody back: what was withdrawn is withdrawn."""
    consent = replace(office.consent(), withdrawn={Purpose.FIND_ME: office.now + timedelta(days=3)})
    answer = decide([consent], Purpose.FIND_ME, now=office.now)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.WITHDRAWN


def test_withdrawing_one_purpose_leaves_the_others(office: "Office") -> None:
    """R4: a purpose that was withdrawn takes no other with it."""
    consent = office.consent(withdrawn=[Purpose.BE_FOUND])
    live = [purpose for purpose in Purpose if isinstance(decide([consent], purpose, now=office.now), Permit)]
    assert live == [Purpose.FIND_ME, Purpose.BE_SHOWN]


def test_of_several_receipts_the_longest_live_one_counts(office: "Office") -> None:
    """One live receipt is enough, and the permit is on the live one that lasts longest."""
    old = office.consent(starts_in=-300, days=200)
    short, long = (Consent(replace(office.receipt(days=days), id=name)) for days, name in ((10, "b"), (90, "a")))
    gone = office.consent(days=365, withdrawn=list(Purpose))
    for consents in ([old, short, long, gone], [gone, long, short, old]):
        answer = decide(consents, Purpose.BE_SHOWN, now=office.now)
        assert isinstance(answer, Permit)
        assert answer.receipt == long.receipt.id


def test_of_several_refusals_the_most_telling_one_is_given(office: "Office") -> None:
    """The steward hears that a consent was withdrawn or has ended rather than that another never gave it."""
    other = office.consent([Purpose.BE_SHOWN])
    ended = office.consent([Purpose.FIND_ME], starts_in=-200)
    gone = office.consent([Purpose.FIND_ME], withdrawn=[Purpose.FIND_ME])
    for consents, reason in (
        ([other], Reason.PURPOSE_NOT_GIVEN),
        ([other, ended], Reason.EXPIRED),
        ([gone, other, ended], Reason.WITHDRAWN),
    ):
        answer = decide(consents, Purpose.FIND_ME, now=office.now)
        assert isinstance(answer, Refusal)
        assert answer.reason is reason


def test_one_person_at_a_time(office: "Office") -> None:
    """The consents of two people are never taken together: one of them would be allowed what the other allowed."""
    ada, bert = office.receipt([Purpose.FIND_ME]), office.receipt([Purpose.BE_SHOWN], person="b" * 16)
    with pytest.raises(ValueError, match="one person"):
        decide([Consent(ada), Consent(bert)], Purpose.FIND_ME, now=office.now)
    with pytest.raises(ValueError, match="one person"):
        decide_template([Consent(ada), Consent(bert)], now=office.now)


@given(
    lists=st.lists(
        st.tuples(
            st.sets(st.sampled_from(Purpose), min_size=1),
            st.sets(st.sampled_from(Purpose)),
            st.dictionaries(st.sampled_from(Purpose), st.sampled_from(Hold)),
            st.integers(-150, 50),
            st.integers(1, 365),
            st.booleans(),
        ),
        max_size=4,
    ),
    asked=st.sampled_from(Purpose),
)
def test_the_gate_says_what_the_receipts_say(
    lists: list[tuple[set[Purpose], set[Purpose], dict[Purpose, Hold], int, int, bool]], asked: Purpose
) -> None:
    """R4: for any history, a permit if and only if a live receipt gives the purpose, unwithdrawn and not waiting."""
    now = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    policy = Policy.draft(controller="Hill School", contact="office@hill-school.example", staff_search=True)
    consents, live, templates = [], False, False
    for some, gone, held, starts, days, template in lists:
        receipt = _receipt(policy, now + timedelta(days=starts), days, some, template=template)
        consents.append(Consent(receipt, dict.fromkeys(gone, now), held))
        holds = starts <= 0 < starts + days
        live |= holds and asked in some - gone - held.keys()
        templates |= holds and template and any(held.get(purpose) is not Hold.FACE for purpose in some - gone)
    assert isinstance(decide(consents, asked, now=now), Permit) is live
    assert isinstance(decide_template(consents, now=now), Permit) is templates


def test_no_template_without_a_word_for_it(office: "Office") -> None:
    """R12: a person who allowed no template is refused one, whatever purposes are live."""
    answer = decide_template([office.consent(with_template=False)], now=office.now)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.NO_TEMPLATE
    assert isinstance(decide([office.consent(with_template=False)], Purpose.FIND_ME, now=office.now), Permit)


def test_a_template_needs_a_live_receipt_that_allows_it(office: "Office") -> None:
    """R3: an ended or withdrawn word for a template is not renewed by a live receipt without one."""
    plain = office.consent([Purpose.BE_SHOWN], with_template=False)
    for dead, reason in (
        (office.consent([Purpose.FIND_ME], starts_in=-200), Reason.EXPIRED),
        (office.consent([Purpose.FIND_ME], withdrawn=[Purpose.FIND_ME]), Reason.WITHDRAWN),
    ):
        answer = decide_template([plain, dead], now=office.now)
        assert isinstance(answer, Refusal)
        assert answer.reason is reason
    receipts = [office.receipt([purpose], days=days) for days, purpose in enumerate(Purpose, start=10)]
    lasting = [Consent(replace(receipt, id=name)) for receipt, name in zip(receipts, "cba", strict=True)]
    for consents in ([plain, *lasting], [*reversed(lasting), plain]):
        permit = decide_template(consents, now=office.now)
        assert isinstance(permit, Permit)
        assert permit.receipt == lasting[-1].receipt.id


@pytest.mark.parametrize("hold", Hold)
def test_what_waits_is_refused_with_what_it_waits_for(office: "Office", hold: Hold) -> None:
    """R31: a purpose that waits is refused in words of its own, and takes no other purpose with it."""
    consent = office.consent(held={Purpose.BE_FOUND: hold})
    answers = {purpose: decide([consent], purpose, now=office.now) for purpose in Purpose}
    assert [purpose for purpose, answer in answers.items() if isinstance(answer, Permit)] == [
        Purpose.FIND_ME,
        Purpose.BE_SHOWN,
    ]
    refusal = answers[Purpose.BE_FOUND]
    assert isinstance(refusal, Refusal)
    words = {
        Hold.FACE: "look at the face",
        Hold.LINK: "their own link",
        Hold.STEWARD: "a second steward",
        Hold.LINK_OR_STEWARD: "their own link or a second steward",
    }
    assert (refusal.reason, words[hold] in refusal.what) == (Reason.HELD, True)


def test_what_waits_is_refused_for_what_says_more(office: "Office") -> None:
    """R7, R31: what was withdrawn, has ended or has not begun is refused for that, though it waits too."""
    for reason, consent in (
        (Reason.WITHDRAWN, office.consent(withdrawn=[Purpose.FIND_ME], held={Purpose.FIND_ME: Hold.LINK})),
        (Reason.EXPIRED, office.consent(starts_in=-100, days=100, held={Purpose.FIND_ME: Hold.LINK})),
        (Reason.NOT_YET, office.consent(starts_in=1, held={Purpose.FIND_ME: Hold.LINK})),
    ):
        answer = decide([consent], Purpose.FIND_ME, now=office.now)
        assert isinstance(answer, Refusal)
        assert answer.reason is reason


def test_one_receipt_that_waits_for_nothing_is_enough(office: "Office") -> None:
    """R8: a renewal that waits takes nothing from the receipt that is live; when only it is left, it still waits."""
    live, waiting = office.consent(days=10), office.consent(days=90, held=dict.fromkeys(Purpose, Hold.FACE))
    for consents in ([live, waiting], [waiting, live]):
        answer = decide(consents, Purpose.FIND_ME, now=office.now)
        assert isinstance(answer, Permit)
        assert answer.until == live.receipt.valid_until
        later = decide(consents, Purpose.FIND_ME, now=office.now + timedelta(days=10))
        assert isinstance(later, Refusal)


@pytest.mark.parametrize("hold", Hold)
def test_only_a_held_face_forbids_a_template(office: "Office", hold: Hold) -> None:
    """R3, R31: what waits for a link or a steward may be enrolled; a face that may be another's may not."""
    answer = decide_template([office.consent(held=dict.fromkeys(Purpose, hold))], now=office.now)
    assert isinstance(answer, Permit) is (hold is not Hold.FACE)
    if isinstance(answer, Refusal):
        assert answer.reason is Reason.HELD
    partly = decide_template([office.consent(held={Purpose.BE_FOUND: hold, Purpose.BE_SHOWN: hold})], now=office.now)
    assert isinstance(partly, Permit)
    without = office.consent(held=dict.fromkeys(Purpose, hold), with_template=False)
    refusal = decide_template([without], now=office.now)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.NO_TEMPLATE


def test_the_policy_is_asked_apart() -> None:
    """R4: a library without staff search refuses be-found before it asks about anybody."""
    policy = Policy.draft(controller="Hill School", contact="office@hill-school.example")
    refusal = policy_refusal(policy, Purpose.BE_FOUND)
    assert refusal is not None
    assert refusal.reason is Reason.POLICY_FORBIDS
    assert policy_refusal(policy, Purpose.FIND_ME) is None


def test_a_permit_cannot_be_made_by_hand(now: datetime) -> None:
    """A forged permit is a TypeError at run time, and a type error before it (else these ignores would be reported)."""
    with pytest.raises(TypeError):
        Permit(person="a", purpose=Purpose.FIND_ME, receipt="r", until=now)  # type: ignore[call-arg]  # what is proved
    with pytest.raises(TypeError):
        Permit("a", Purpose.FIND_ME, "r", now)  # type: ignore[call-arg, arg-type]  # what is proved
    with pytest.raises(TypeError, match="only the gate"):
        Permit(object(), person="a", purpose=Purpose.FIND_ME, receipt="r", until=now)  # type: ignore[arg-type]  # what is proved


def test_a_permit_cannot_be_changed_stretched_or_sent(office: "Office") -> None:
    """A permit is frozen, has no changed copies and no pickle; the copy of a permit is that permit."""
    permit = decide([office.consent()], Purpose.FIND_ME, now=office.now)
    assert isinstance(permit, Permit)
    with pytest.raises(FrozenInstanceError):
        permit.until = office.now  # type: ignore[misc]  # what is proved
    with pytest.raises(TypeError):
        replace(permit, purpose=Purpose.BE_SHOWN)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="does not travel"):
            pickle.dumps(permit, protocol)
    assert copy.copy(permit) is permit
    assert copy.deepcopy(permit) is permit


def test_a_permit_has_no_kinds() -> None:
    """A subclass, which could do without the capability, is refused."""
    with pytest.raises(TypeError, match="no kinds"):
        type("Forged", (Permit,), {})


def _receipt(policy: Policy, begins: datetime, days: int, some: set[Purpose], *, template: bool) -> Receipt:
    return draft_receipt(
        policy,
        library="9c1f0e7a52d84b6f",
        person="4be1a6c2d3f80975",
        name="Ada Example",
        purposes=some,
        now=begins,
        expires=begins + timedelta(days=days),
        release_sha256="d0" * 32,
        with_template=template,
    )
