"""The journey open-link: what the person lets go of, what they are shown, and what a guesser is told."""

from datetime import timedelta

import pytest

from countenance.consent import Hold, Purpose, new_link
from countenance.errors import ConsentRefused, UsageWrong
from countenance.journeys.forms import Enrolment
from countenance.ledger import EntryKind
from small_house import House, references

ANN = 7


def careful(house: House, waits: str) -> tuple[House, Enrolment]:
    """Give a house where being found waits, with Ann enrolled in it, and Ann's enrolment."""
    other = House(house.folder / waits, house.now, policy={"be_found_waits": waits})
    return other, other.enrol("Ann Lee", ANN)


@pytest.mark.parametrize("waits", ["link", "link-or-steward"])
def test_opening_ones_link_makes_being_found_live(house: House, waits: str) -> None:
    """R31: before it nobody finds Ann; after it she is found, also in photos indexed before; she is told."""
    house, ann = careful(house, waits)
    house.photo("a.png", [ANN])
    house.library.index([house.folder / "photos"])
    opened = house.library.open_link(ann.link_code)
    probe = house.photo("../probe.png", [ANN])
    (answer,) = house.library.search(probe, reason="lost coat").answers
    assert opened.released == (Purpose.BE_FOUND,)
    assert opened.held == {}
    assert (answer.name, len(answer.appearances)) == ("Ann Lee", 1)
    (entry,) = house.entries(EntryKind.RELEASED)
    assert dict(entry.body) == {"person": ann.person, "purposes": ["be-found"], "by": "link"}
    assert (entry.actor.role, entry.actor.account) == ("person", "m.holt")


def test_who_allowed_only_being_found_appears_once_the_link_is_open(house: House) -> None:
    """R14, R31: photos that were indexed while it waited are matched anew, without detecting again."""
    house, _ = careful(house, "link")
    cleo = house.library.enrol(house.form("Cleo", 11, purposes=[Purpose.BE_FOUND]))
    house.photo("c.png", [11, 12])
    house.library.index([house.folder / "photos"])
    with house.store.read(now=house.now) as reading:
        assert reading.appearances_of(cleo.person, Purpose.BE_FOUND) == ()
    house.library.open_link(cleo.link_code)
    assert len(house.library.photos("Cleo", reason="asked").appearances) == 1


def test_the_link_shows_what_is_kept_and_until_when(house: House) -> None:
    """R5, R31: purposes, what waits, the end, whether face data is kept, whom to tell; opened as often as wanted."""
    house, ann = careful(house, "steward")
    opened = house.library.open_link(ann.link_code.lower().replace("-", " "))
    assert opened.released == ()
    assert opened.purposes == (Purpose.FIND_ME, Purpose.BE_SHOWN)
    assert opened.held == {Purpose.BE_FOUND: Hold.STEWARD}
    assert opened.expires == ann.expires
    assert opened.face_data
    assert (opened.contact, opened.evidence_days) == ("office@hollybank.example", 1095)
    assert house.library.open_link(ann.link_code).released == ()


def test_the_link_withdraws_everything_in_one_act(house: House) -> None:
    """R5: with the code in hand one act ends all of it and erases the face; it is the person's act in the ledger."""
    ann = house.enrol("Ann Lee", ANN)
    withdrawal = house.library.withdraw_by_link(ann.link_code)
    assert withdrawal.purposes == tuple(Purpose)
    assert withdrawal.references_erased == 1
    assert references(house) == 0
    assert house.entries(EntryKind.WITHDRAWN)[0].actor.role == "person"
    shown = house.library.open_link(ann.link_code)
    assert (shown.purposes, shown.face_data) == ((), False)


def test_a_guessed_code_opens_nothing_and_leaves_nothing(house: House) -> None:
    """R31: a code that nobody was given is answered like one that was replaced, and nothing is recorded of either."""
    ann = house.enrol("Ann Lee", ANN)
    house.library.renew(house.form("Ann Lee", form="second"))
    before = len(house.library.ledger_findings())
    told = []
    for code in (new_link(), ann.link_code):
        for attempt in (house.library.open_link, house.library.withdraw_by_link):
            with pytest.raises(ConsentRefused) as refused:
                attempt(code)
            told.append((refused.value.what, refused.value.remedy, refused.value.reason))
    assert len(set(told)) == 1
    assert len(house.library.ledger_findings()) == before
    assert house.library.people()[0].purposes == tuple(Purpose)


def test_a_forgotten_persons_link_opens_nothing(house: House) -> None:
    """R7, R31: with the evidence goes the link, and it is answered like any other."""
    ann = house.enrol("Ann Lee", ANN)
    house.now = ann.expires + timedelta(days=1095)
    house.library.sweep()
    with pytest.raises(ConsentRefused):
        house.library.open_link(ann.link_code)


def test_a_mistyped_code_is_told_to_be_mistyped(house: House) -> None:
    """R31: the person is not told that the link is dead when a letter is wrong."""
    ann = house.enrol("Ann Lee", ANN)
    wrong = ("2" if ann.link_code[0] == "3" else "3") + ann.link_code[1:]
    with pytest.raises((UsageWrong, ConsentRefused)) as told:
        house.library.open_link(wrong)
    assert "mistyped" in told.value.what or "opens nothing" in told.value.what
    with pytest.raises(UsageWrong, match="mistyped"):
        house.library.open_link(ann.link_code[:-1])


def test_opening_a_link_is_the_persons_own_act(house: House) -> None:
    """R7: it counts as an interaction; a search about them does not."""
    ann = house.enrol("Ann Lee", ANN)
    house.pass_time(days=10)
    house.library.search(house.photo("probe.png", [ANN]), reason="lost coat")
    assert house.library.people()[0].last_act == house.now - timedelta(days=10)
    house.library.open_link(ann.link_code)
    assert house.library.people()[0].last_act == house.now
