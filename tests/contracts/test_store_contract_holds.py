"""What every store must do with purposes that wait, private links, own acts and children; run on each store alike."""

from datetime import timedelta

import pytest

from countenance.consent import Hold, Purpose, State
from countenance.errors import ConsentRefused, PersonUnknown
from countenance.ports import Person
from countenance.seals import sha256_hex
from library_desk import SEEN_WITH, Desk, crop, loose_permit, publication, template

FIND_ME, BE_FOUND, BE_SHOWN = Purpose
LATER_HOLDS = [hold for hold in Hold if hold is not Hold.FACE]
LINK, OTHER_LINK = sha256_hex(b"a private link"), sha256_hex(b"another private link")


def person(desk: Desk, named: str = "p-ann") -> Person:
    """Read a person."""
    with desk.store.read(now=desk.now) as reading:
        return reading.person(named)


def behind(desk: Desk) -> int:
    """Count the photos that are to be matched again."""
    with desk.store.read(now=desk.now) as reading:
        return reading.photos_behind_count(seen_with=SEEN_WITH)


def roll(desk: Desk) -> int:
    """Read the roll number."""
    with desk.store.read(now=desk.now) as reading:
        return reading.roll()


@pytest.mark.parametrize("hold", Hold)
def test_what_is_held_is_kept_and_not_live(desk: Desk, hold: Hold) -> None:
    """R31: a held enrolment has its name, receipt and form, says what it waits for, and nothing is done with it."""
    desk.enrol("p-ann", "Ann Lee", purposes=(FIND_ME, BE_SHOWN), held=dict.fromkeys((FIND_ME, BE_SHOWN), hold))
    ann = person(desk)
    assert (ann.name, ann.state, ann.purposes) == ("Ann Lee", State.WAITING, ())
    assert dict(ann.held) == {FIND_ME: hold, BE_SHOWN: hold}
    assert ann.expires == desk.now + timedelta(days=100)
    with desk.store.read(now=desk.now) as reading:
        (stored,) = reading.receipts("p-ann")
        assert (stored.state, dict(stored.consent.held)) == (State.WAITING, dict(ann.held))
        assert stored.consent.left == (FIND_ME, BE_SHOWN)
        shown = loose_permit(reading, "p-ann", BE_SHOWN)
    assert desk.index("/photos/a.jpg", 1, {0: shown}) == 0
    with pytest.raises(ConsentRefused) as caught, desk.recorded() as unit:
        unit.add_publication(publication("c-1", [shown]), [shown])
    assert caught.value.reason == "held"
    assert desk.problems() == []


@pytest.mark.parametrize("hold", LATER_HOLDS)
def test_only_a_held_face_keeps_a_template_from_being_made(desk: Desk, hold: Hold) -> None:
    """R3, R31: what waits for a link or a steward may be enrolled; a face that may be another's leaves no template."""
    desk.enrol("p-ann", held=dict.fromkeys(Purpose, hold))
    desk.enrol("p-bo", held=dict.fromkeys(Purpose, Hold.FACE))
    assert desk.referenced() == ["p-ann"]
    assert (person(desk).has_template, person(desk, "p-bo").has_template) == (True, False)
    with pytest.raises(ConsentRefused) as caught, desk.recorded() as unit:
        unit.add_reference(loose_permit(unit, "p-bo", FIND_ME), template("p-bo"), [crop("p-bo")])
    assert caught.value.reason == "held"
    assert desk.due().unfounded == ()
    assert desk.problems() == []


@pytest.mark.parametrize("hold", Hold)
def test_letting_go_makes_live_what_waited_for_that(desk: Desk, hold: Hold) -> None:
    """R31: what waited for this reason is live, what waits for another still waits; the roll says it."""
    other = next(one for one in Hold if one is not hold)
    desk.enrol("p-ann", held={FIND_ME: hold, BE_FOUND: other, BE_SHOWN: hold})
    before = roll(desk)
    assert desk.let_go("p-ann", hold) == (FIND_ME, BE_SHOWN)
    assert roll(desk) > before
    ann = person(desk)
    assert (ann.state, ann.purposes, dict(ann.held)) == (State.GIVEN, (FIND_ME, BE_SHOWN), {BE_FOUND: other})
    assert desk.permit("p-ann", BE_SHOWN).purpose is BE_SHOWN
    assert desk.let_go("p-ann", hold) == ()
    assert desk.let_go("p-ann", *Hold) == (BE_FOUND,)
    assert person(desk).purposes == tuple(Purpose)


def test_who_is_let_go_is_looked_for_in_photos_indexed_meanwhile(desk: Desk) -> None:
    """R14: photos fall behind when somebody enrolled is let go, and not for somebody without a reference."""
    desk.enrol("p-ann", held=dict.fromkeys(Purpose, Hold.LINK))
    desk.enrol("p-bo", held=dict.fromkeys(Purpose, Hold.FACE))
    desk.index("/photos/a.jpg", 1)
    desk.let_go("p-bo", Hold.FACE)
    assert behind(desk) == 0
    desk.let_go("p-ann", Hold.LINK)
    assert behind(desk) == 1


def test_letting_go_of_nothing_changes_nothing(desk: Desk) -> None:
    """R24: where nothing waits for that, nothing is changed, and no entry is needed."""
    desk.enrol("p-ann", held={BE_FOUND: Hold.LINK})
    before = roll(desk)
    with desk.store.write(now=desk.now) as unit:
        assert unit.let_go("p-ann", [Hold.STEWARD, Hold.FACE]) == ()
        assert unit.let_go("p-ann", []) == ()
        with pytest.raises(PersonUnknown):
            unit.let_go("p-nobody", list(Hold))
    assert roll(desk) == before


def test_what_was_withdrawn_or_has_ended_waits_no_more(desk: Desk) -> None:
    """R6, R7: letting go brings nothing back: not what was withdrawn while it waited, nor what ended meanwhile."""
    desk.enrol("p-ann", held=dict.fromkeys(Purpose, Hold.STEWARD))
    desk.withdraw("p-ann", [BE_FOUND])
    assert dict(person(desk).held) == {FIND_ME: Hold.STEWARD, BE_SHOWN: Hold.STEWARD}
    assert desk.let_go("p-ann", Hold.STEWARD) == (FIND_ME, BE_SHOWN)
    assert person(desk).purposes == (FIND_ME, BE_SHOWN)
    desk.enrol("p-bo", held=dict.fromkeys(Purpose, Hold.LINK))
    desk.withdraw("p-bo")
    assert (person(desk, "p-bo").state, dict(person(desk, "p-bo").held)) == (State.WITHDRAWN, {})
    assert desk.let_go("p-bo", Hold.LINK) == ()
    desk.enrol("p-cy", days=1, held=dict.fromkeys(Purpose, Hold.LINK))
    desk.later(days=1)
    assert (person(desk, "p-cy").state, dict(person(desk, "p-cy").held)) == (State.EXPIRED, {})
    assert desk.let_go("p-cy", Hold.LINK) == ()
    assert desk.problems() == []


def test_withdrawing_while_waiting_erases_what_was_enrolled(desk: Desk) -> None:
    """R6: the reference of an enrolment that waits goes with its withdrawal."""
    desk.enrol("p-ann", held=dict.fromkeys(Purpose, Hold.LINK))
    assert desk.withdraw("p-ann").references == 1
    assert desk.referenced() == []


def test_a_held_renewal_leaves_what_is_live_as_it_is(desk: Desk) -> None:
    """R8: a second receipt that waits takes nothing from the first, and says so beside it."""
    desk.enrol("p-ann", purposes=(FIND_ME, BE_FOUND), days=10)
    desk.renew("p-ann", held=dict.fromkeys(Purpose, Hold.FACE))
    ann = person(desk)
    assert (ann.state, ann.purposes) == (State.GIVEN, (FIND_ME, BE_FOUND))
    assert dict(ann.held) == dict.fromkeys(Purpose, Hold.FACE)
    assert desk.referenced() == ["p-ann"]
    desk.later(days=10)
    assert (person(desk).state, desk.referenced()) == (State.WAITING, [])
    assert desk.sweep("p-ann").references == 1


def test_of_two_receipts_that_wait_the_later_says_what_for(desk: Desk) -> None:
    """A purpose is told once, with what the receipt added last waits for."""
    desk.enrol("p-ann", purposes=(FIND_ME, BE_FOUND), held=dict.fromkeys((FIND_ME, BE_FOUND), Hold.LINK))
    desk.renew("p-ann", purposes=(BE_FOUND, BE_SHOWN), held={BE_FOUND: Hold.STEWARD})
    ann = person(desk)
    assert dict(ann.held) == {FIND_ME: Hold.LINK, BE_FOUND: Hold.STEWARD}
    assert ann.purposes == (BE_SHOWN,)


def test_only_what_was_signed_for_is_held(desk: Desk) -> None:
    """A hold on a purpose that the receipt does not have is a defect, and nothing of it is kept."""
    desk.enrol("p-ann", purposes=(FIND_ME,))
    with pytest.raises(ValueError, match="does not have"), desk.recorded() as unit:
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann", purposes=(FIND_ME,)), held={BE_FOUND: Hold.LINK})
    with desk.store.read(now=desk.now) as reading:
        assert len(reading.receipts("p-ann")) == 1


def test_a_private_link_leads_to_its_person(desk: Desk) -> None:
    """R5: a link is found by its digest alone; a new one of the same person takes its place."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    with desk.recorded() as unit:
        unit.add_link("p-ann", LINK)
        unit.add_link("p-bo", OTHER_LINK)
    with desk.store.read(now=desk.now) as reading:
        assert (reading.linked(LINK), reading.linked(OTHER_LINK), reading.linked("00" * 32)) == ("p-ann", "p-bo", None)
    newer = sha256_hex(b"a newer link")
    with desk.recorded() as unit:
        unit.add_link("p-ann", newer)
        unit.add_link("p-bo", OTHER_LINK)
    with desk.store.read(now=desk.now) as reading:
        assert (reading.linked(LINK), reading.linked(newer), reading.linked(OTHER_LINK)) == (None, "p-ann", "p-bo")
    desk.withdraw("p-ann")
    with desk.store.read(now=desk.now) as reading:
        assert reading.linked(newer) == "p-ann"


def test_a_private_link_is_kept_as_a_digest_of_one_person(desk: Desk) -> None:
    """R23: the link itself, another person's, or one of nobody is refused, and the earlier link stays."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    with desk.recorded() as unit:
        unit.add_link("p-ann", LINK)
        unit.add_link("p-bo", OTHER_LINK)
    with desk.store.write(now=desk.now) as unit:
        for wrong in ("", "kR3-the-link-itself", LINK.upper(), LINK[:-1], f"{LINK}\n"):
            with pytest.raises(ValueError, match="SHA-256"):
                unit.add_link("p-ann", wrong)
        with pytest.raises(ValueError, match="another person"):
            unit.add_link("p-bo", LINK)
        with pytest.raises(PersonUnknown):
            unit.add_link("p-nobody", sha256_hex(b"new"))
    with desk.store.read(now=desk.now) as reading:
        assert (reading.linked(LINK), reading.linked(OTHER_LINK)) == ("p-ann", "p-bo")


def test_a_persons_last_own_act_is_told(desk: Desk) -> None:
    """R7: signing counts, and what is noted after; never what others do about the person, nor a clock set back."""
    desk.enrol("p-ann")
    signed = desk.now
    assert person(desk).last_act == signed
    desk.later(days=3, microseconds=5)
    desk.index("/photos/a.jpg", 1, {0: desk.permit("p-ann")})
    assert desk.appearances("p-ann") == ["/photos/a.jpg"]
    assert person(desk).last_act == signed
    with desk.recorded() as unit:
        unit.note_act("p-ann")
    acted = desk.now
    assert person(desk).last_act == acted
    desk.later(days=-1)
    with desk.recorded() as unit:
        unit.note_act("p-ann")
    assert person(desk).last_act == acted
    desk.later(days=2)
    desk.renew("p-ann")
    assert person(desk).last_act == desk.now.replace(microsecond=0)
    with desk.store.write(now=desk.now) as unit, pytest.raises(PersonUnknown):
        unit.note_act("p-nobody")


def test_a_guardians_consent_keeps_its_strictness(desk: Desk) -> None:
    """R34: while a guardian's consent lasts, or was given last, the person is a child, compared strictly."""
    desk.enrol("p-ann", guardian="Maria Lee")
    desk.enrol("p-bo")
    with desk.store.read(now=desk.now) as reading:
        assert [(one.id, one.child) for one in reading.people()] == [("p-ann", True), ("p-bo", False)]
        assert {one.person: one.strict for one in reading.references()} == {"p-ann": True, "p-bo": False}
    # Within the same second: the order of adding decides.
    desk.renew("p-ann")
    desk.renew("p-bo", guardian="Tom Ray")
    with desk.store.read(now=desk.now) as reading:
        assert [(one.id, one.child) for one in reading.people()] == [("p-ann", True), ("p-bo", True)]
        assert {one.person: one.strict for one in reading.references()} == {"p-ann": True, "p-bo": True}
    # The guardian's consent ends after 100 days; the one of their own goes on.
    desk.later(days=50)
    desk.renew("p-ann", days=100)
    desk.later(days=50)
    with desk.store.read(now=desk.now) as reading:
        assert {one.id: one.child for one in reading.people()}["p-ann"] is False
        assert {one.person: one.strict for one in reading.references()} == {"p-ann": False}
