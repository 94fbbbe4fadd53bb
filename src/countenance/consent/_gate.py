"""The gate: may this be done with this person now? It answers with a permit or with a reason, and fails closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from countenance.consent._permit import Permit, mint
from countenance.consent._policy import Policy
from countenance.consent._standing import Consent
from countenance.consent._values import Hold, Purpose

__all__ = ["Permit", "Reason", "Refusal", "decide", "decide_template", "policy_refusal"]


class Reason(StrEnum):
    """Why the gate says no, from the one that says least to the one that says most."""

    NO_CONSENT = "no-consent"
    PURPOSE_NOT_GIVEN = "purpose-not-given"
    NO_TEMPLATE = "no-template"
    NOT_YET = "not-yet"
    HELD = "held"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    POLICY_FORBIDS = "policy-forbids"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The gate's no: a word for programs and a sentence for the steward; a searcher is told neither."""

    reason: Reason
    what: str


def decide(consents: Sequence[Consent], purpose: Purpose, *, now: datetime) -> Permit | Refusal:
    """Decide about one person by all their consents; the permit is on the one that lasts longest.

    Raises:
        ValueError: the consents are of several people, or `now` says no time zone.
    """
    _check(consents, now)
    return _best(consents, purpose, now=now)


def decide_template(consents: Sequence[Consent], *, now: datetime) -> Permit | Refusal:
    """Decide whether a template may be made of one person's face: a live consent must allow it, for any purpose.

    Raises:
        ValueError: the consents are of several people, or `now` says no time zone.
    """
    _check(consents, now)
    allowing = [consent for consent in consents if consent.receipt.with_template]
    if consents and not allowing:
        return Refusal(Reason.NO_TEMPLATE, "the person allowed no face template")
    # Only a face that may be somebody else's keeps a template from being made; the other holds keep it from being used.
    waiting = [replace(consent, held=_kept_from_template(consent)) for consent in allowing]
    answers = [_best(waiting, purpose, now=now) for purpose in Purpose]
    permits = [answer for answer in answers if isinstance(answer, Permit)]
    if permits:
        return max(permits, key=lambda permit: permit.until)
    return max((answer for answer in answers if isinstance(answer, Refusal)), key=_telling)


def policy_refusal(policy: Policy, purpose: Purpose) -> Refusal | None:
    """Give the refusal if the library's policy does not offer a purpose at all; None leaves it to `decide`."""
    if policy.offers(purpose):
        return None
    return Refusal(Reason.POLICY_FORBIDS, f"this library does not offer {purpose}")


def _check(consents: Sequence[Consent], now: datetime) -> None:
    if now.utcoffset() is None:
        raise ValueError("now needs a time zone")
    if len({(consent.receipt.library, consent.receipt.person) for consent in consents}) > 1:
        raise ValueError("the gate decides about one person at a time")


def _best(consents: Sequence[Consent], purpose: Purpose, *, now: datetime) -> Permit | Refusal:
    answers = [_one(consent, purpose, now=now) for consent in consents]
    permits = [answer for answer in answers if isinstance(answer, Permit)]
    if permits:
        return max(permits, key=lambda permit: permit.until)
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    return max(refusals, key=_telling, default=Refusal(Reason.NO_CONSENT, "there is no consent of this person"))


def _one(consent: Consent, purpose: Purpose, *, now: datetime) -> Permit | Refusal:
    receipt = consent.receipt
    if purpose not in receipt.purposes:
        return Refusal(Reason.PURPOSE_NOT_GIVEN, f"the person did not allow {purpose}")
    if purpose in consent.withdrawn:
        return Refusal(Reason.WITHDRAWN, f"the person withdrew the consent for {purpose}")
    if now < receipt.given:
        return Refusal(Reason.NOT_YET, f"the consent begins at {receipt.given:%Y-%m-%d %H:%M} UTC")
    if purpose in consent.held and now < receipt.valid_until:
        return Refusal(Reason.HELD, f"the consent for {purpose} {_WAITS_FOR[consent.held[purpose]]}")
    if now >= receipt.valid_until:
        return Refusal(Reason.EXPIRED, f"the consent ended at {receipt.valid_until:%Y-%m-%d %H:%M} UTC")
    return mint(person=receipt.person, purpose=purpose, receipt=receipt.id, until=receipt.valid_until)


def _kept_from_template(consent: Consent) -> Mapping[Purpose, Hold]:
    return {purpose: hold for purpose, hold in consent.held.items() if hold is Hold.FACE}


_WAITS_FOR: Final = MappingProxyType(
    {
        Hold.FACE: "waits for a second steward, who is to look at the face",
        Hold.LINK: "waits until the person opens their own link",
        Hold.STEWARD: "waits for a second steward",
        Hold.LINK_OR_STEWARD: "waits until the person opens their own link or a second steward approves",
    }
)


def _telling(refusal: Refusal) -> int:
    return list(Reason).index(refusal.reason)
