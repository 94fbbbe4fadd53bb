"""What a person's consents still allow to be kept, and for how long; pure, so that every store judges alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from countenance.consent import Consent, Hold, Purpose, State, state_of
from countenance.ports import PolicyVersion
from countenance.stores._rules import APPEARANCE_PURPOSES

# A receipt's moment is cut to the second: which policy was in force is known no more exactly.
RECEIPT_GRAIN: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Lasting:
    """What may stay of a person: templates and crops, appearances, copies that show the person, human decisions."""

    template: bool
    appearances: bool
    shown: bool
    decisions: bool


def lasting(consents: Iterable[Consent], now: datetime) -> Lasting:
    """Tell what may stay of a person: that for which a consent has not ended and does not wait.

    A consent that has not begun, because a clock was set back, is not live, and nothing is read by it; but it has not
    ended either, and a clock that was set wrong must not erase a library.
    """
    staying = [consent for consent in consents if not has_ended(consent, now)]
    free = {purpose for consent in staying for purpose in consent.free}
    return Lasting(
        template=any(allows_template(consent) for consent in staying),
        appearances=not free.isdisjoint(APPEARANCE_PURPOSES),
        shown=Purpose.BE_SHOWN in free,
        decisions=bool(free),
    )


def has_ended(consent: Consent, now: datetime) -> bool:
    """Tell whether a consent is over, by its end or by withdrawal of all of it."""
    return not consent.left or now >= consent.receipt.valid_until


def allows_template(consent: Consent) -> bool:
    """Tell whether a consent, while it holds, allows a template: of all holds, only that on the face forbids it."""
    return consent.receipt.with_template and any(consent.held.get(purpose) is not Hold.FACE for purpose in consent.left)


def template_allowed(consents: Iterable[Consent], now: datetime) -> bool:
    """Tell whether a consent that holds at this moment allows a template."""
    return any(
        consent.receipt.given <= now < consent.receipt.valid_until and allows_template(consent) for consent in consents
    )


def holds_of(consents: Iterable[Consent], now: datetime) -> dict[Purpose, Hold]:
    """Give the purposes that wait now, each with what for; of several receipts, the one added last says it."""
    waiting = {
        purpose: consent.held[purpose]
        for consent in consents
        if state_of(consent, now) in {State.GIVEN, State.WAITING}
        for purpose in consent.left
        if purpose in consent.held
    }
    return {purpose: waiting[purpose] for purpose in Purpose if purpose in waiting}


def freed(consent: Consent, holds: Collection[Hold], now: datetime) -> tuple[Purpose, ...]:
    """Give the purposes of a consent that these holds keep waiting; what was withdrawn or has ended waits no more."""
    if has_ended(consent, now):
        return ()
    return tuple(purpose for purpose in consent.left if consent.held.get(purpose) in holds)


def newest(consents: Sequence[Consent]) -> Consent:
    """Give the consent given last; of those given in the same second, the one added last.

    Raises:
        ValueError: there is none.
    """
    return max(enumerate(consents), key=lambda placed: (placed[1].receipt.given, placed[0]))[1]


def is_child(consents: Sequence[Consent], now: datetime) -> bool:
    """Tell whether a guardian signed a receipt that has not ended, or the one given last.

    A receipt that somebody signs for themselves meanwhile does not loosen what was promised to a child: the stricter
    threshold goes with the guardian's own consent, when it ends or is withdrawn.
    """
    return bool(newest(consents).receipt.guardian) or any(
        consent.receipt.guardian and not has_ended(consent, now) for consent in consents
    )


def last_act(consents: Sequence[Consent], noted: datetime | None) -> datetime:
    """Give the moment of a person's own last act: the one noted, or the signing of the newest receipt."""
    signed = newest(consents).receipt.given
    return signed if noted is None else max(signed, noted)


def evidence_end(consents: Sequence[Consent], policies: Sequence[PolicyVersion]) -> datetime:
    """Give the moment from which nothing of a person may be kept; `policies` are all there were, the newest last.

    The shortest period counts of those promised when a consent was given and of the one promised now.

    Raises:
        ValueError: there is no consent, or no policy.
    """
    ended = max(_end(consent, purpose) for consent in consents for purpose in consent.receipt.purposes)
    return ended + timedelta(days=evidence_days((consent.receipt.given for consent in consents), policies))


def evidence_days(given: Iterable[datetime], policies: Sequence[PolicyVersion]) -> int:
    """Give how long the evidence of consents given at these moments is kept: the shortest that was ever promised.

    Raises:
        ValueError: there is no policy.
    """
    promised = {version.policy.evidence_days for version in policies[-1:]}
    for moment in given:
        promised |= {version.policy.evidence_days for version in _told(policies, moment)}
    return min(promised)


def _end(consent: Consent, purpose: Purpose) -> datetime:
    # Withdrawing what has expired already makes nothing last longer.
    return min(consent.withdrawn.get(purpose, consent.receipt.valid_until), consent.receipt.valid_until)


def _told(policies: Sequence[PolicyVersion], given: datetime) -> list[PolicyVersion]:
    """Give the policies that a person who signed in this second may have been shown."""
    before = [version for version in policies if version.since <= given][-1:] or list(policies[:1])
    return before + [version for version in policies if given < version.since < given + RECEIPT_GRAIN]
