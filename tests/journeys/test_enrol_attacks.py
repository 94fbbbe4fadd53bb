"""A lying steward at the enrolment desk, as the threat model tells it: what is refused, held, told and recorded."""

from datetime import timedelta

import pytest

from countenance.consent import Hold, Purpose
from countenance.errors import ConsentRefused, ReleaseUsed, TooManyEnrolments
from countenance.ledger import EntryKind
from small_house import ALL, House, references

ANN, BOB, EVE = 7, 8, 9


def told(house: House, person: str) -> list[tuple[str, str, dict[str, object]]]:
    """Give what the ledger tells a person: kind, role and facts."""
    with house.store.read(now=house.now) as reading:
        return [(one.kind, one.role, dict(one.facts)) for one in reading.findings_about(person)]


def crops(house: House, person: str) -> int:
    """Count the enrolment crops kept of a person."""
    with house.store.read(now=house.now) as reading:
        return len(reading.enrolment_crops(person))


def test_a_form_is_used_once_also_after_withdrawal_and_for_ever(house: House) -> None:
    """R31: a form serves no second time, not after a withdrawal, nor when nothing but its hash is left."""
    ann = house.enrol("Ann Lee", ANN, form="form")
    house.library.withdraw(ann.person)
    with pytest.raises(ReleaseUsed):
        house.enrol("Ann Lee", ANN, form="form")
    house.pass_time(days=1095 + 1)
    assert house.library.sweep().forgotten == 1
    assert house.library.people() == ()
    with pytest.raises(ReleaseUsed):
        house.enrol("Ann Lee", ANN, form="form")
    assert references(house) == 0


def test_a_form_that_was_used_is_refused_before_the_face_is_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3, R31: a second use of a form computes nothing from the photos, and the attempt is on record."""
    house.enrol("Ann Lee", ANN, form="form")
    embedded: list[int] = []
    monkeypatch.setattr(type(house.vision), "embed", lambda *_: embedded.append(1))
    with pytest.raises(ReleaseUsed):
        house.enrol("Bob Day", BOB, form="form")
    (refused,) = house.entries(EntryKind.ENROLMENT_REFUSED)
    assert not embedded
    assert dict(refused.body) == {"reason": "release-used", "person": None}
    assert refused.concerns == {}


def test_the_thirty_first_enrolment_of_a_day_is_refused(house: House) -> None:
    """R31: the policy's 30 forms a day are all that is entered, whatever became of them; renewals count as well."""
    for number in range(28):
        house.library.enrol(house.form(f"Person {number}", purposes=[Purpose.BE_SHOWN]), later=True)
    house.library.withdraw("Person 0")
    house.library.renew(house.form("Person 0", purposes=[Purpose.BE_SHOWN], form="again"), later=True)
    house.library.enrol(house.form("Person 29", purposes=[Purpose.BE_SHOWN]), later=True)
    for attempt in (house.library.enrol, house.library.renew):
        with pytest.raises(TooManyEnrolments) as refused:
            attempt(house.form("Person 1", purposes=[Purpose.BE_SHOWN], form="one more"))
        assert "30 forms" in refused.value.what
    assert len(house.library.people()) == 29
    assert [entry.body["reason"] for entry in house.entries(EntryKind.ENROLMENT_REFUSED)] == ["too-many"] * 2


def test_the_day_is_that_of_utc(house: House) -> None:
    """R31: at midnight UTC the count begins anew, and no earlier."""
    small = House(house.folder / "small", house.now.replace(hour=23, minute=59), policy={"enrolments_per_day": 1})
    small.library.enrol(small.form("Ann Lee", purposes=[Purpose.BE_SHOWN]))
    small.pass_time(seconds=59)
    with pytest.raises(TooManyEnrolments):
        small.library.enrol(small.form("Bob Day", purposes=[Purpose.BE_SHOWN]))
    small.pass_time(seconds=1)
    small.library.enrol(small.form("Bob Day", purposes=[Purpose.BE_SHOWN]))
    assert len(small.library.people()) == 2


def test_a_face_enrolled_already_is_held_and_nothing_of_it_kept(house: House) -> None:
    """R31: Ann's face for "Bob" leaves a receipt of which all is held, no reference, no crop; nobody finds Bob."""
    house.enrol("Ann Lee", ANN)
    bob = house.enrol("Bob Day", ANN)
    assert bob.held == dict.fromkeys(ALL, Hold.FACE)
    assert not bob.face_data
    assert references(house) == 1
    assert crops(house, bob.person) == 0
    assert house.library.people()[1].purposes == ()
    assert house.library.people()[1].has_template is False
    found = house.library.search(house.photo("probe.png", [ANN]), reason="lost coat")
    assert [answer.name for answer in found.answers] == ["Ann Lee"]


def test_the_one_who_is_enrolled_is_told_and_the_steward_is_not_told_who(house: House) -> None:
    """R31: Ann reads that her face was handed in, when and by which role, not for whom; Bob's answer names nobody."""
    ann = house.enrol("Ann Lee", ANN)
    house.pass_time(hours=2)
    bob = house.enrol("Bob Day", ANN)
    kind, role, facts = told(house, ann.person)[-1]
    assert (kind, role) == ("enrolment-refused", "steward")
    assert facts == {"reason": "face-enrolled-already", "held": True}
    with house.store.read(now=house.now) as reading:
        assert [one.at for one in reading.findings_about(ann.person)][-1] == house.now
    assert "Ann" not in repr(bob)
    assert ann.person not in repr(bob)
    assert [kind for kind, _, _ in told(house, bob.person)] == ["enrolled"]


def test_somebody_elses_face_among_ones_own_is_held(house: House) -> None:
    """R31: one photo of Ann among three of Eve is enough: their mean looks like Eve, and Ann's would slip in."""
    ann = house.enrol("Ann Lee", ANN)
    eve = house.library.enrol(house.form("Eve Fox", EVE, ANN, EVE, EVE))
    assert set(eve.held.values()) == {Hold.FACE}
    assert told(house, ann.person)[-1][0] == "enrolment-refused"


def test_two_people_of_one_name_are_two_people(house: House) -> None:
    """R31: a name is no face: another Ann Lee with a face of her own is enrolled and nothing is held."""
    first, second = house.enrol("Ann Lee", ANN), house.enrol("Ann Lee", BOB, form="the other Ann")
    assert first.person != second.person
    assert second.held == {}
    assert references(house) == 2


@pytest.mark.parametrize("gone", ["withdrawn", "expired"])
def test_who_has_gone_is_a_stranger_and_may_come_again(house: House, gone: str) -> None:
    """R15, R31: a face that was enrolled once, withdrawn or expired, is held against nobody."""
    ann = house.enrol("Ann Lee", ANN)
    house.library.search(house.photo("probe.png", [ANN]), reason="so that the gallery is in memory")
    if gone == "withdrawn":
        house.library.withdraw(ann.person)
    else:
        house.now = ann.expires - timedelta(minutes=1)
        house.library.search(house.photo("probe.png", [ANN]), reason="the gallery is fresh a minute before")
        house.now = ann.expires
    again = house.enrol("Ann Lee", ANN, form="a new form")
    assert again.held == {}
    assert again.face_data


@pytest.mark.parametrize("waits", ["link", "steward", "link-or-steward"])
def test_be_found_waits_as_the_policy_says(house: House, waits: str) -> None:
    """R31: with such a policy nobody is found by staff on one steward's word; the other purposes are live at once."""
    careful = House(house.folder / waits, house.now, policy={"be_found_waits": waits})
    ann = careful.enrol("Ann Lee", ANN)
    probe = careful.photo("probe.png", [ANN])
    assert ann.held == {Purpose.BE_FOUND: Hold(waits)}
    assert careful.library.search(probe, reason="lost coat").answers == ()
    assert careful.library.people()[0].purposes == (Purpose.FIND_ME, Purpose.BE_SHOWN)
    assert references(careful) == 1
    with pytest.raises(ConsentRefused):
        careful.library.photos("Ann Lee", reason="lost coat")


def test_the_held_are_told_apart_in_the_ledger(house: House) -> None:
    """R31: the entry of an enrolment says what waits and what for, to the controller and to the person."""
    careful = House(house.folder / "careful", house.now, policy={"be_found_waits": "link"})
    ann = careful.enrol("Ann Lee", ANN)
    (entry,) = careful.entries(EntryKind.ENROLLED)
    assert entry.body["held"] == {"be-found": "link"}
    assert told(careful, ann.person)[0][2]["held"] == {"be-found": "link"}


def test_the_link_code_is_in_no_log(house: House) -> None:
    """R31: the code is given out once: no representation shows it, and the ledger does not hold it."""
    ann = house.enrol("Ann Lee", ANN)
    assert ann.link_code not in repr(ann)
    assert not [entry for entry in house.entries(EntryKind.ENROLLED) if ann.link_code in repr(entry)]
