"""How consents stand: which state they are in, what is live, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.consent import (
    MAX_DAYS,
    Consent,
    Hold,
    Purpose,
    State,
    deadline,
    latest_expiry,
    live_purposes,
    standing,
    state_of,
)

if TYPE_CHECKING:
    from tests.rooms.consent.conftest import Office  # a conftest is not importable when tests run


def test_a_consent_is_given_until_it_ends(office: "Office") -> None:
    """R7: given from its first moment, expired from its last."""
    consent = office.consent(days=100)
    begin, end, instant = consent.receipt.given, consent.receipt.valid_until, timedelta(microseconds=1)
    assert state_of(consent, begin) is State.GIVEN
    assert state_of(consent, end - instant) is State.GIVEN
    assert state_of(consent, end) is State.EXPIRED


def test_a_consent_that_has_not_begun_is_not_live(office: "Office") -> None:
    """A clock that was set back makes nothing live."""
    consent = office.consent(starts_in=1)
    assert state_of(consent, office.now) is not State.GIVEN
    assert live_purposes([consent], office.now) == ()


def test_withdrawn_is_when_nothing_is_left(office: "Office") -> None:
    """R4: a consent is withdrawn when all its purposes are, and stays so past its end; till then the rest is given."""
    some = [Purpose.FIND_ME, Purpose.BE_SHOWN]
    part, whole = office.consent(some, withdrawn=some[:1]), office.consent(some, withdrawn=some)
    assert state_of(part, office.now) is State.GIVEN
    assert part.left == (Purpose.BE_SHOWN,)
    assert state_of(whole, office.now) is State.WITHDRAWN
    assert state_of(whole, office.now + timedelta(days=2000)) is State.WITHDRAWN
    assert state_of(part, office.now + timedelta(days=2000)) is State.EXPIRED


def test_withdrawing_what_was_not_given_changes_nothing(office: "Office") -> None:
    """A word about a purpose that the receipt does not have neither gives nor takes it."""
    consent = office.consent([Purpose.FIND_ME], withdrawn=[Purpose.BE_FOUND])
    assert state_of(consent, office.now) is State.GIVEN
    assert live_purposes([consent], office.now) == (Purpose.FIND_ME,)


def test_live_purposes_are_those_of_all_live_consents(office: "Office") -> None:
    """R4: together, in order, each once; nothing of an ended or withdrawn consent."""
    consents = [
        office.consent([Purpose.BE_SHOWN]),
        office.consent([Purpose.FIND_ME, Purpose.BE_SHOWN], withdrawn=[Purpose.BE_SHOWN]),
        office.consent([Purpose.BE_FOUND], starts_in=-200),
    ]
    assert live_purposes(consents, office.now) == (Purpose.FIND_ME, Purpose.BE_SHOWN)
    assert live_purposes([], office.now) == ()


def test_a_person_stands_as_the_live_consent_or_the_last(office: "Office") -> None:
    """A person is given while any consent is; after that, what became of the one given last is told."""
    ended = office.consent(starts_in=-200)
    gone = office.consent(withdrawn=list(Purpose))
    assert standing([ended, office.consent(), gone], office.now) is State.GIVEN
    assert standing([gone, ended], office.now) is State.WITHDRAWN
    later_ended = office.consent(starts_in=-150)
    earlier_gone = office.consent(starts_in=-170, withdrawn=list(Purpose))
    assert standing([later_ended, earlier_gone], office.now) is State.EXPIRED
    with pytest.raises(ValueError, match="without a receipt"):
        standing([], office.now)


def test_the_latest_end_is_that_of_a_live_consent(office: "Office") -> None:
    """R7: the end that is shown is when the last live consent ends; a longer one that was withdrawn does not count."""
    short, long = office.consent(days=10), office.consent(days=20)
    gone = office.consent(days=300, withdrawn=list(Purpose))
    assert latest_expiry([long, short, gone], office.now) == office.now + timedelta(days=20)
    assert latest_expiry([gone], office.now) == office.now + timedelta(days=300)
    with pytest.raises(ValueError, match="empty"):
        latest_expiry([], office.now)


def test_a_consent_waits_while_all_that_is_left_of_it_is_held(office: "Office") -> None:
    """R31: given as soon as one purpose is free, withdrawn when nothing is left, expired at its end, held or not."""
    some = [Purpose.FIND_ME, Purpose.BE_SHOWN]
    held = dict.fromkeys(some, Hold.LINK)
    whole, part = office.consent(some, held=held), office.consent(some, held={Purpose.FIND_ME: Hold.LINK})
    assert (state_of(whole, office.now), whole.left, whole.free) == (State.WAITING, tuple(some), ())
    assert (state_of(part, office.now), part.free) == (State.GIVEN, (Purpose.BE_SHOWN,))
    assert live_purposes([whole, part], office.now) == (Purpose.BE_SHOWN,)
    left_is_held = office.consent(some, withdrawn=some[1:], held={Purpose.FIND_ME: Hold.FACE})
    assert state_of(left_is_held, office.now) is State.WAITING
    assert state_of(office.consent(some, withdrawn=some, held=held), office.now) is State.WITHDRAWN
    assert state_of(whole, office.now + timedelta(days=100)) is State.EXPIRED
    assert state_of(office.consent(some, starts_in=1, held=held), office.now) is State.EXPIRED


def test_a_person_waits_while_nothing_is_given(office: "Office") -> None:
    """R31: one given consent is enough to be given; one that waits tells more than what has ended."""
    waiting = office.consent(days=30, held=dict.fromkeys(Purpose, Hold.STEWARD))
    ended, gone = office.consent(starts_in=-200), office.consent(days=300, withdrawn=list(Purpose))
    assert standing([ended, gone, waiting], office.now) is State.WAITING
    assert standing([waiting, office.consent()], office.now) is State.GIVEN
    assert latest_expiry([ended, waiting, gone], office.now) == office.now + timedelta(days=30)
    assert latest_expiry([office.consent(days=20), waiting], office.now) == office.now + timedelta(days=30)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (UTC by timezones)


@given(expires=MOMENTS, last_act=MOMENTS)
def test_the_deadline_is_the_earlier_of_expiry_and_three_years_after_the_last_act(
    expires: datetime, last_act: datetime
) -> None:
    """R7: never after the end that was signed, never more than 1,095 days after the person's own last act."""
    due = deadline(expires, last_act)
    assert due <= expires
    assert due - last_act <= timedelta(days=1095)
    assert due in {expires, last_act + timedelta(days=MAX_DAYS)}


def test_two_consents_share_nothing(office: "Office") -> None:
    """What is withdrawn of one consent is not withdrawn of another, and cannot be changed behind its back."""
    one, other = Consent(office.receipt()), Consent(office.receipt())
    with pytest.raises(TypeError):
        one.withdrawn[Purpose.FIND_ME] = office.now  # type: ignore[index]  # what is proved
    with pytest.raises(TypeError):
        one.held[Purpose.FIND_ME] = Hold.LINK  # type: ignore[index]  # what is proved
    assert other.left == tuple(Purpose)
    assert replace(one, withdrawn={Purpose.FIND_ME: office.now}).left == (Purpose.BE_FOUND, Purpose.BE_SHOWN)
