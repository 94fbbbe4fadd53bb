"""What may be kept of people, and until when: the rules that both stores share, for any history of consents."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.consent import Consent, Hold, Permit, Purpose, decide_template, draft_receipt, live_purposes
from countenance.ports import PolicyVersion
from countenance.stores._lasting import Lasting, evidence_end, freed, holds_of, lasting, newest, template_allowed
from library_desk import BIRTH, POLICY

SOONER_OR_LATER = st.integers(-30, 60).map(lambda days: BIRTH + timedelta(days=days))


@st.composite
def histories(draw: st.DrawFn) -> list[Consent]:
    """Draw what stands of up to three receipts of one person."""
    consents = []
    for _ in range(draw(st.integers(0, 3))):
        some = draw(st.sets(st.sampled_from(Purpose), min_size=1))
        receipt = draft_receipt(
            POLICY,
            library="hollybank",
            person="p-ann",
            name="Ann Lee",
            purposes=some,
            now=(begins := draw(SOONER_OR_LATER)),
            expires=begins + timedelta(days=draw(st.integers(1, 40))),
            release_sha256="d0" * 32,
            with_template=draw(st.booleans()),
        )
        withdrawn = draw(st.dictionaries(st.sampled_from(sorted(some)), SOONER_OR_LATER))
        held = draw(st.dictionaries(st.sampled_from(sorted(some)), st.sampled_from(Hold)))
        consents.append(Consent(receipt, withdrawn, held))
    return consents


@given(consents=histories(), now=SOONER_OR_LATER)
def test_what_is_live_may_be_kept(consents: list[Consent], now: datetime) -> None:
    """R7: a sweep never takes what a live consent needs; and once no consent is open, it takes everything."""
    live, stays = set(live_purposes(consents, now)), lasting(consents, now)
    assert stays.template or not template_allowed(consents, now)
    assert stays.appearances or not live & {Purpose.FIND_ME, Purpose.BE_FOUND}
    assert stays.shown or Purpose.BE_SHOWN not in live
    assert stays.decisions or not live
    last = max((consent.receipt.valid_until for consent in consents), default=now)
    over = lasting(consents, last)
    assert over == Lasting(template=False, appearances=False, shown=False, decisions=False)


@given(consents=histories(), now=SOONER_OR_LATER, days=st.integers(0, 90))
def test_time_alone_brings_nothing_back(consents: list[Consent], now: datetime, days: int) -> None:
    """R7: what may not be kept now may not be kept later, unless the person consents anew."""
    before, after = lasting(consents, now), lasting(consents, now + timedelta(days=days))
    for field in ("template", "appearances", "shown", "decisions"):
        assert getattr(before, field) or not getattr(after, field)


@given(consents=histories(), now=SOONER_OR_LATER)
def test_the_stores_allow_a_template_when_the_gate_does(consents: list[Consent], now: datetime) -> None:
    """R3: the wall and the seat belt are of one mind about templates."""
    assert template_allowed(consents, now) is isinstance(decide_template(consents, now=now), Permit)


@given(consents=histories(), now=SOONER_OR_LATER, holds=st.sets(st.sampled_from(Hold)))
def test_letting_go_frees_what_waits_for_that_and_brings_nothing_else(
    consents: list[Consent], now: datetime, holds: set[Hold]
) -> None:
    """R31: after letting go nothing waits for these reasons, and nothing is live that was not so or waiting before."""
    going = [freed(consent, holds, now) for consent in consents]
    after = [
        replace(consent, held={purpose: hold for purpose, hold in consent.held.items() if purpose not in free})
        for consent, free in zip(consents, going, strict=True)
    ]
    assert not holds & set(holds_of(after, now).values())
    before = set(live_purposes(consents, now)) | set(holds_of(consents, now))
    assert set(live_purposes(after, now)) <= before
    assert set(live_purposes(consents, now)) <= set(live_purposes(after, now))


@given(
    consents=histories().filter(bool),
    periods=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 1095)), min_size=1, max_size=4),
)
def test_no_evidence_outlasts_a_promise(consents: list[Consent], periods: list[tuple[int, int]]) -> None:
    """R7, R8: evidence is kept after the last end, no longer than promised by the policy now or at any signing."""
    versions = _versions(sorted(periods))
    end = evidence_end(consents, versions)
    ends = [
        min(consent.withdrawn.get(purpose, consent.receipt.valid_until), consent.receipt.valid_until)
        for consent in consents
        for purpose in consent.receipt.purposes
    ]
    kept_days = (end - max(ends)).days
    assert kept_days >= 1
    assert kept_days <= versions[-1].policy.evidence_days
    for consent in consents:
        told = [version for version in versions if version.since <= consent.receipt.given] or list(versions[:1])
        assert kept_days <= told[-1].policy.evidence_days
    assert kept_days in {version.policy.evidence_days for version in versions}


def test_a_policy_set_in_the_second_of_the_signing_may_have_been_told() -> None:
    """R8: a receipt's moment is cut to the second; the person may have been told the policy of any part of it."""
    receipt = draft_receipt(
        POLICY,
        library="hollybank",
        person="p-ann",
        name="Ann Lee",
        purposes=[Purpose.FIND_ME],
        now=BIRTH.replace(microsecond=900_000),
        expires=BIRTH + timedelta(days=10),
        release_sha256="d0" * 32,
        with_template=True,
    )
    second = timedelta(seconds=1)
    for since, days in ((second / 2, 7), (second, 500)):
        versions = [
            PolicyVersion(1, BIRTH - second, replace(POLICY, evidence_days=500)),
            PolicyVersion(2, BIRTH + since, replace(POLICY, evidence_days=7)),
            PolicyVersion(3, BIRTH + 2 * second, POLICY),
        ]
        assert evidence_end([Consent(receipt)], versions) == receipt.valid_until + timedelta(days=days)


def test_somebody_without_a_receipt_has_no_newest() -> None:
    """A person without a receipt cannot be; asking is a defect."""
    with pytest.raises(ValueError, match="empty"):
        newest([])


def _versions(periods: Sequence[tuple[int, int]]) -> list[PolicyVersion]:
    return [
        PolicyVersion(number, BIRTH.astimezone(UTC) + timedelta(days=day - 40), replace(POLICY, evidence_days=days))
        for number, (day, days) in enumerate(periods, start=1)
    ]
