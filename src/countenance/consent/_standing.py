"""How consents stand at a moment: given, expired or withdrawn, and for which purposes they are live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from countenance.consent._receipt import Receipt
from countenance.consent._values import MAX_DAYS, Hold, Purpose, State, in_order


@dataclass(frozen=True, slots=True)
class Consent:
    """A verified receipt and what was withdrawn of it since: purpose to moment (UTC).

    A purpose listed there is withdrawn whatever the moment says: a clock that was set back brings nobody back. A
    purpose in `held` was signed for, and is not live until what it waits for has happened.
    """

    receipt: Receipt
    withdrawn: Mapping[Purpose, datetime] = field(default_factory=lambda: MappingProxyType({}))
    held: Mapping[Purpose, Hold] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def left(self) -> tuple[Purpose, ...]:
        """The purposes that were given and not withdrawn."""
        return tuple(purpose for purpose in self.receipt.purposes if purpose not in self.withdrawn)

    @property
    def free(self) -> tuple[Purpose, ...]:
        """The purposes that are left and wait for nothing."""
        return tuple(purpose for purpose in self.left if purpose not in self.held)


def state_of(consent: Consent, now: datetime) -> State:
    """Tell how a consent stands; only `State.GIVEN` is live, and then for the purposes that are left of it."""
    if not consent.left:
        return State.WITHDRAWN
    if consent.receipt.given <= now < consent.receipt.valid_until:
        return State.GIVEN if consent.free else State.WAITING
    return State.EXPIRED


def live_purposes(consents: Sequence[Consent], now: datetime) -> tuple[Purpose, ...]:
    """Give the purposes for which any of a person's consents is live, in the order of the list."""
    return in_order(
        purpose for consent in consents if state_of(consent, now) is State.GIVEN for purpose in consent.free
    )


def standing(consents: Sequence[Consent], now: datetime) -> State:
    """Tell how a person stands: given if any consent is, else waiting if any is, else as the one given last.

    Raises:
        ValueError: there is no consent to tell from.
    """
    states = {state_of(consent, now) for consent in consents}
    for state in (State.GIVEN, State.WAITING):
        if state in states:
            return state
    if not consents:
        raise ValueError("a person without a receipt has no state")
    return state_of(max(consents, key=lambda consent: consent.receipt.given), now)


def latest_expiry(consents: Sequence[Consent], now: datetime) -> datetime:
    """Give the latest end of the live and waiting consents; if there is none, of all of them.

    Raises:
        ValueError: there is no consent.
    """
    live = [consent for consent in consents if state_of(consent, now) in {State.GIVEN, State.WAITING}]
    return max(consent.receipt.valid_until for consent in live or consents)


def deadline(expires: datetime, last_act: datetime) -> datetime:
    """Give when what was made of a face is to be destroyed: at the expiry, or MAX_DAYS after the last own act.

    An act is the person's own (signing, opening their link, asking for their photos), never a search about them
    (Illinois BIPA, section 15(a), counts from the individual's last interaction).
    """
    return min(expires, last_act + timedelta(days=MAX_DAYS))
