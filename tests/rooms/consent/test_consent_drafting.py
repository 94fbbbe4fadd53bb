"""A receipt says what the policy and the person's own choices say, and nothing that the policy does not offer."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from countenance.consent import DEFAULT_RETENTION_DAYS, Notice, Policy, Purpose, Receipt, draft_receipt
from countenance.errors import ReceiptInvalid, UsageWrong
from countenance.seals import sha256_hex

if TYPE_CHECKING:
    from tests.rooms.consent.conftest import Office  # a conftest is not importable when tests run


def drafted(office: "Office", **other: Any) -> Receipt:  # noqa: ANN401  (any argument of draft_receipt)
    """Draft a receipt with some arguments changed."""
    arguments: dict[str, Any] = {
        "library": "9c1f0e7a52d84b6f",
        "person": "4be1a6c2d3f80975",
        "name": "Ada Example",
        "purposes": [Purpose.FIND_ME],
        "now": office.now,
        "release_sha256": "d0" * 32,
        "with_template": True,
        **other,
    }
    policy = arguments.pop("policy", office.policy)
    return draft_receipt(policy, **arguments)


def test_a_receipt_says_what_the_policy_says(office: "Office") -> None:
    """R1: what the controller states stands in the receipt as it stands in the policy, the notice with its hash."""
    receipt, policy = drafted(office), office.policy
    assert receipt.notice == policy.notice
    assert receipt.notice_sha256 == sha256_hex(policy.notice.encode())
    for field in ("controller", "contact", "authority", "jurisdiction", "location", "recipients", "lawful_basis"):
        assert getattr(receipt, field) == getattr(policy, field)
    assert policy.contact in receipt.withdrawal_method
    assert str(policy.evidence_days) in receipt.retention


def test_consent_lasts_as_long_as_the_policy_allows_unless_said_otherwise(office: "Office") -> None:
    """R7: without a word about its end a consent lasts 365 days, and never longer than the policy says."""
    assert drafted(office).valid_until - office.now == timedelta(days=DEFAULT_RETENTION_DAYS)
    asked = office.now + timedelta(days=30)
    assert drafted(office, expires=asked).valid_until == asked
    latest = office.now + timedelta(days=DEFAULT_RETENTION_DAYS)
    assert drafted(office, expires=latest).valid_until == latest
    with pytest.raises(UsageWrong) as caught:
        drafted(office, expires=latest + timedelta(seconds=1))
    assert f"{latest:%Y-%m-%d}" in caught.value.remedy


@pytest.mark.parametrize("back", [0, 0.5, 1, 86400])
def test_a_consent_does_not_end_before_it_begins(office: "Office", back: float) -> None:
    """R7: an end that is now or past is refused, also by part of a second."""
    with pytest.raises(UsageWrong, match="before it begins"):
        drafted(office, expires=office.now - timedelta(seconds=back))


def test_a_guardian_is_named_and_gives_no_longer_than_anybody(office: "Office") -> None:
    """R34: who signed for a child is in the receipt, and the child's consent lasts no longer than the policy's."""
    assert drafted(office, guardian="Grace Example").guardian == "Grace Example"
    with pytest.raises(UsageWrong):
        drafted(office, guardian="Grace Example", expires=office.now + timedelta(days=DEFAULT_RETENTION_DAYS + 1))


def test_only_what_is_offered_can_be_given(office: "Office") -> None:
    """R4: a purpose that the policy does not offer cannot be signed for, and the remedy lists those that can."""
    plain = Policy.draft(controller="Hill School", contact="the office")
    with pytest.raises(UsageWrong, match="be-found") as caught:
        drafted(office, policy=plain, purposes=[Purpose.FIND_ME, Purpose.BE_FOUND])
    assert caught.value.remedy == "choose from find-me, be-shown"
    with pytest.raises(UsageWrong, match="needs a purpose"):
        drafted(office, purposes=[])


def test_purposes_have_one_order(office: "Office") -> None:
    """The order in which purposes were ticked, and ticking one twice, changes nothing."""
    ticked = [Purpose.BE_SHOWN, Purpose.FIND_ME, Purpose.BE_SHOWN]
    assert drafted(office, purposes=ticked).purposes == (Purpose.FIND_ME, Purpose.BE_SHOWN)


def test_without_a_template_the_receipt_promises_none(office: "Office") -> None:
    """R12: a person held without a template is told so: no biometric data among the kinds of data."""
    receipt = drafted(office, with_template=False)
    assert not receipt.with_template
    assert "no face template" in receipt.processing_method
    assert not any("template" in kind or "biometric" in kind for kind in receipt.data_kinds)
    assert any("biometric" in kind for kind in drafted(office).data_kinds)


def test_a_library_without_recognition_makes_no_template(office: "Office") -> None:
    """R12: where recognition is off no receipt can allow a template."""
    policy = Policy.draft(controller="Hill School", contact="the office", recognition=False)
    with pytest.raises(UsageWrong, match="no face templates"):
        drafted(office, policy=policy, purposes=[Purpose.BE_SHOWN])
    assert drafted(office, policy=policy, purposes=[Purpose.BE_SHOWN], with_template=False).purposes == (
        Purpose.BE_SHOWN,
    )


def test_each_receipt_has_ids_of_its_own(office: "Office") -> None:
    """Two receipts of the same person at the same moment are two."""
    receipts = [drafted(office) for _ in range(200)]
    assert len({receipt.id for receipt in receipts} | {receipt.record for receipt in receipts}) == 400


def test_a_receipt_is_live_at_the_moment_it_is_drafted(office: "Office") -> None:
    """A consent given in the middle of a second begins at that second, in UTC, and not after the moment of giving."""
    there = office.now.astimezone(timezone(timedelta(hours=9))).replace(microsecond=999_999)
    receipt = drafted(office, now=there)
    assert receipt.given == office.now
    assert receipt.given.utcoffset() == timedelta(0)
    assert receipt.given <= there


def test_a_clock_without_a_zone_is_refused(office: "Office") -> None:
    """A receipt states a moment that everybody reads alike."""
    with pytest.raises(ValueError, match="time zone"):
        drafted(office, now=datetime(2026, 5, 4, 9, 30))  # noqa: DTZ001  (what is proved)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "Ada\nExample"},
        {"person": ""},
        {"library": "a/b"},
        {"release_sha256": ""},
        {"guardian": "Grace\tExample"},
    ],
    ids=str,
)
def test_blank_facts_make_no_receipt(office: "Office", wrong: dict[str, str]) -> None:
    """R1: nobody is enrolled without a name, an id, or a signed form."""
    with pytest.raises(ReceiptInvalid):
        drafted(office, **wrong)


def test_old_receipts_keep_the_old_notice(office: "Office") -> None:
    """R8: a library that changes its notice changes no receipt; the next one has the new text and hash."""
    old = drafted(office)
    new = drafted(office, policy=replace(office.policy, notices=(Notice("en", "Another notice.\n"),)))
    assert old.notice_sha256 == sha256_hex(office.policy.notice.encode())
    assert new.notice_sha256 == sha256_hex(b"Another notice.\n")
    assert Receipt.from_bytes(old.to_bytes()) == old
