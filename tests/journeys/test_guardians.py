"""Children: a guardian signs, it lasts less long, matches must be surer, and the family is reminded (R34)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from countenance.consent import Purpose
from countenance.errors import UsageWrong
from small_house import House

KIM, ANN = 5, 7


def enrolled(house: House, name: str, identity: int, guardian: str = "Jo Reed") -> str:
    """Enrol somebody for whom a guardian signs (empty: nobody); gives the id."""
    return house.library.enrol(house.form(name, identity, guardian=guardian)).person


def test_a_guardians_signature_lasts_half_as_long(house: House) -> None:
    """R34: without a date a child's consent ends after the policy's 180 days, an adult's after 365."""
    child = house.library.enrol(house.form("Kim Reed", KIM, guardian="Jo Reed"))
    adult = house.library.enrol(house.form("Ann Lee", ANN))
    assert child.expires == house.now + timedelta(days=180)
    assert adult.expires == house.now + timedelta(days=365)
    assert [person.child for person in house.library.people()] == [True, False]


def test_a_longer_time_for_a_child_is_refused(house: House) -> None:
    """R34: nobody enters a child for longer than the policy keeps children."""
    form = house.form("Kim Reed", KIM, guardian="Jo Reed")
    with pytest.raises(UsageWrong, match="180 days"):
        house.library.enrol(replace(form, expires=house.now + timedelta(days=181)))
    assert house.library.people() == ()
    house.library.enrol(replace(form, expires=house.now + timedelta(days=180)))


def test_a_child_is_found_only_when_it_is_surer(house: House) -> None:
    """R34: an unclear face finds an adult, not a child; a clear one finds both."""
    enrolled(house, "Kim Reed", KIM)
    enrolled(house, "Ann Lee", ANN, "")

    def found(identity: int, *unclear: int) -> list[str]:
        probe = house.photo("../probe.png", [identity], unclear=unclear)
        return [answer.name for answer in house.library.search(probe, reason="lost coat").answers]

    assert found(ANN, ANN) == ["Ann Lee"]
    assert found(KIM, KIM) == []
    assert found(KIM) == ["Kim Reed"]


def test_a_child_is_indexed_only_when_it_is_surer(house: House) -> None:
    """R34: of two unclear faces, the adult's is kept as a possible match, the child's is not."""
    enrolled(house, "Kim Reed", KIM)
    enrolled(house, "Ann Lee", ANN, "")
    house.photo("unclear.png", [KIM, ANN], unclear=[KIM, ANN])
    house.photo("clear.png", [KIM])
    house.library.index([house.folder / "photos"])
    assert [one.photo.name for one in house.library.photos("Kim Reed", reason=None).appearances] == ["clear.png"]
    assert [one.photo.name for one in house.library.photos("Ann Lee", reason=None).appearances] == ["unclear.png"]


def test_a_childs_unclear_face_is_still_held_at_the_desk(house: House) -> None:
    """R31, R34: at enrolment the lower threshold counts for children too: an unclear photo of Kim for "Bob" is held."""
    enrolled(house, "Kim Reed", KIM)
    form = house.form("Bob Day")
    portrait = house.photo("../bob.png", [KIM], unclear=[KIM])
    assert house.library.enrol(replace(form, photos=(portrait,))).held


def test_who_grew_up_signs_for_themselves(house: House) -> None:
    """R34: an own receipt lasts longer; the stricter threshold ends with the guardian's consent, not before."""
    person = enrolled(house, "Kim Reed", KIM)
    house.pass_time(days=1)
    house.library.renew(house.form(person, KIM, form="grown up"))
    probe = house.photo("../probe.png", [KIM], unclear=[KIM])
    assert [person.child for person in house.library.people()] == [True]
    assert house.library.search(probe, reason="r").answers == ()
    house.pass_time(days=180)
    assert [person.child for person in house.library.people()] == [False]
    assert [answer.person for answer in house.library.search(probe, reason="r").answers] == [person]


def test_the_family_is_reminded_sixty_days_ahead(house: House) -> None:
    """R34: a child comes due 60 days before the end, an adult 30; to be enrolled again with new photos."""
    enrolled(house, "Kim Reed", KIM)
    house.library.enrol(replace(house.form("Ann Lee", ANN), expires=house.now + timedelta(days=180)))
    house.library.enrol(house.form("Cleo", purposes=[Purpose.BE_SHOWN]))
    start = house.now
    due = {}
    for days in (119, 120, 149, 150, 179, 180):
        house.now = start + timedelta(days=days)
        due[days] = sorted((one.name, one.child) for one in house.library.sweep().coming)
    kim, ann = ("Kim Reed", True), ("Ann Lee", False)
    assert due == {119: [], 120: [kim], 149: [kim], 150: [ann, kim], 179: [ann, kim], 180: []}
