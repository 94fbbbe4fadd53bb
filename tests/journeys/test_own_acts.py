"""What counts as a person's own act, and withdrawing whatever state the consent is in."""

from collections.abc import Callable

import pytest

from countenance.consent import Purpose, State
from countenance.ledger import EntryKind
from small_house import ALL, House, references

ANN = 7

Deed = Callable[[House], object]

OWN: dict[str, Deed] = {
    "photos for the person": lambda house: house.library.photos("Ann Lee", reason=None),
    "withdrawal in part": lambda house: house.library.withdraw("Ann Lee", purposes=[Purpose.BE_SHOWN]),
    "renewal": lambda house: house.library.renew(house.form("Ann Lee", form="second")),
}
OTHERS: dict[str, Deed] = {
    "search": lambda house: house.library.search(house.photo("../probe.png", [ANN]), reason="lost coat"),
    "photos for staff": lambda house: house.library.photos("Ann Lee", reason="lost coat"),
    "index": lambda house: house.library.index([house.folder / "photos"]),
    "reading receipts": lambda house: house.library.receipts("Ann Lee"),
}


@pytest.mark.parametrize("deed", OWN.values(), ids=OWN.keys())
def test_the_persons_own_acts_count(house: House, deed: Deed) -> None:
    """R7: what a person does, or has done for them, is an interaction, from which the three years count anew."""
    house.enrol("Ann Lee", ANN)
    house.pass_time(days=10)
    deed(house)
    assert house.library.people()[0].last_act == house.now


@pytest.mark.parametrize("deed", OTHERS.values(), ids=OTHERS.keys())
def test_acts_of_others_do_not_count(house: House, deed: Deed) -> None:
    """R7: what staff or the machine do about a person keeps nobody longer."""
    house.enrol("Ann Lee", ANN)
    house.photo("a.png", [ANN])
    enrolled = house.now
    house.pass_time(days=10)
    deed(house)
    assert house.library.people()[0].last_act == enrolled


@pytest.mark.parametrize("state", ["held", "waiting", "expired", "withdrawn"])
def test_anybody_can_withdraw_at_any_time(house: House, state: str) -> None:
    """R5: also who waits, has expired or has withdrawn before; nothing of the face is left, and it is on record."""
    careful = House(house.folder / "careful", house.now, policy={"be_found_waits": "steward"})
    if state == "held":
        careful.enrol("Bob Day", ANN)
    ann = careful.enrol("Ann Lee", ANN)
    if state == "expired":
        careful.now = ann.expires
    if state == "withdrawn":
        careful.library.withdraw("Ann Lee")
    done = careful.library.withdraw("Ann Lee")
    assert done.purposes == (() if state == "withdrawn" else ALL)
    assert done.wiped is True
    assert careful.library.people()[-1].state is State.WITHDRAWN
    assert careful.library.people()[-1].held == {}
    assert references(careful) == (1 if state == "held" else 0)
    assert len(careful.entries(EntryKind.WITHDRAWN)) == (2 if state == "withdrawn" else 1)


def test_one_purpose_is_withdrawn_and_what_waits_stays_waiting(house: House) -> None:
    """R4, R5: the others stay as they are, live or held."""
    careful = House(house.folder / "careful", house.now, policy={"be_found_waits": "link"})
    ann = careful.enrol("Ann Lee", ANN)
    careful.library.withdraw("Ann Lee", purposes=[Purpose.FIND_ME])
    person = careful.library.people()[0]
    assert (person.purposes, tuple(person.held)) == ((Purpose.BE_SHOWN,), (Purpose.BE_FOUND,))
    assert careful.library.open_link(ann.link_code).purposes == (Purpose.BE_FOUND, Purpose.BE_SHOWN)
