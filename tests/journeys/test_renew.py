"""The journey renew: a new signature for more, for longer, or with new photos; and no way round the first one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from countenance.consent import Hold, State
from countenance.errors import ConsentRefused, NoFace, PersonUnknown, ReleaseUsed, UsageWrong
from countenance.faces import Box, Template
from countenance.ledger import EntryKind
from countenance.ports import Pixels
from countenance.vision import StubVision
from small_house import ALL, House, references

ANN, BOB, EVE = 7, 8, 9
FIND_ME, BE_FOUND, BE_SHOWN = ALL


def template_of(house: House, person: str) -> bytes:
    """Give the bytes of a person's reference, which must be one."""
    with house.store.read(now=house.now) as reading:
        (mine,) = [one.template for one in reading.references() if one.person == person]
    return mine.values.tobytes()


def test_a_new_purpose_needs_a_new_signature(house: House) -> None:
    """R4, R8: what the first form did not allow is allowed by a second one, signed anew, beside the first."""
    ann = house.enrol("Ann Lee", ANN, [FIND_ME])
    renewal = house.library.renew(house.form("ann lee", purposes=[BE_SHOWN], form="second"))
    person, receipts = house.library.receipts("Ann Lee")
    assert renewal.person == ann.person
    assert renewal.name == "Ann Lee"
    assert person.purposes == (FIND_ME, BE_SHOWN)
    assert [stored.id for stored in receipts] == [ann.receipt, renewal.receipt]
    assert receipts[0].consent.receipt.purposes == (FIND_ME,)
    assert receipts[1].consent.receipt.person_name == "Ann Lee"
    with pytest.raises(ReleaseUsed):
        house.library.renew(house.form("Ann Lee", purposes=ALL, form="second"))


def test_the_entry_is_a_renewal_that_the_person_reads(house: House) -> None:
    """R28: controller and person read what was signed, and what waits of it."""
    house.enrol("Ann Lee", ANN)
    renewal = house.library.renew(house.form("Ann Lee", form="second"))
    (entry,) = house.entries(EntryKind.RENEWED)
    assert entry.body["receipt"] == renewal.receipt
    assert entry.body["with_template"] is True
    assert entry.body["held"] == {}
    with house.store.read(now=house.now) as reading:
        kinds = [one.kind for one in reading.findings_about(renewal.person)]
    assert kinds == ["enrolled", "renewed"]


def test_a_renewal_without_photos_keeps_the_face_data_for_longer(house: House) -> None:
    """R7: before the end, a new signature goes on where the first stops, and the reference stays as it is."""
    ann = house.enrol("Ann Lee", ANN)
    house.now = ann.expires - timedelta(days=5)
    before = template_of(house, ann.person)
    renewal = house.library.renew(house.form("Ann Lee", form="second"))
    house.now = ann.expires + timedelta(days=5)
    assert renewal.expires == ann.expires + timedelta(days=360)
    assert house.library.sweep().swept == ()
    assert template_of(house, ann.person) == before
    assert house.library.search(house.photo("p.png", [ANN]), reason="r").answers


def test_new_photos_take_the_place_of_the_old_ones(house: House) -> None:
    """R34: as the face changes, new photos make a new reference; of the old one nothing stays."""
    ann = house.enrol("Ann Lee", ANN)
    portrait = house.photo("../newer.png", [ANN], side=120, unclear=[ANN])
    before = template_of(house, ann.person)
    form = house.form("Ann Lee", form="second")
    house.library.renew(replace(form, photos=(portrait,)))
    assert references(house) == 1
    assert template_of(house, ann.person) != before
    with house.store.read(now=house.now) as reading:
        assert len(reading.enrolment_crops(ann.person)) == 1


def test_another_face_does_not_come_under_a_live_consent(house: House) -> None:
    """R31: Eve's photos in a renewal of Ann's are held: else Eve would be found by a consent that Ann gave."""
    ann = house.enrol("Ann Lee", ANN)
    before = template_of(house, ann.person)
    renewal = house.library.renew(house.form("Ann Lee", EVE, form="second"))
    assert renewal.held == dict.fromkeys(ALL, Hold.FACE)
    assert template_of(house, ann.person) == before
    assert house.library.search(house.photo("eve.png", [EVE]), reason="r").answers == ()
    assert house.library.search(house.photo("ann.png", [ANN]), reason="r").answers
    person = house.library.people()[0]
    assert person.purposes == ALL
    assert dict(person.held) == dict.fromkeys(ALL, Hold.FACE)


def test_one_photo_of_another_among_the_own_is_enough_to_be_held(house: House) -> None:
    """R31: with three photos of Ann's and one of Eve's the renewal is held: Eve's face would be kept with it."""
    ann = house.enrol("Ann Lee", ANN)
    before = template_of(house, ann.person)
    renewal = house.library.renew(house.form("Ann Lee", ANN, ANN, ANN, EVE, form="second"))
    assert renewal.held == dict.fromkeys(ALL, Hold.FACE)
    assert template_of(house, ann.person) == before


def test_a_renewal_with_somebody_elses_face_tells_them(house: House) -> None:
    """R31: Bob's face for Ann is held like an enrolment with it, and Bob is told."""
    house.enrol("Ann Lee", ANN)
    bob = house.enrol("Bob Day", BOB)
    renewal = house.library.renew(house.form("Ann Lee", BOB, form="second"))
    with house.store.read(now=house.now) as reading:
        told = list(reading.findings_about(bob.person))[-1]
    assert set(renewal.held.values()) == {Hold.FACE}
    assert told.kind == "enrolment-refused"


def test_a_first_face_does_not_come_under_being_found_unlooked_at(house: House) -> None:
    """R31: where being found waits, nobody's first photos are put under a be-found that is live already."""
    careful = House(house.folder / "careful", house.now, policy={"be_found_waits": "link"})
    ann = careful.library.enrol(careful.form("Ann Lee"))
    careful.library.open_link(ann.link_code)
    renewal = careful.library.renew(careful.form("Ann Lee", EVE, form="second"))
    assert set(renewal.held.values()) == {Hold.FACE}
    assert careful.library.search(careful.photo("eve.png", [EVE]), reason="r").answers == ()
    without = house.library.enrol(house.form("Ann Lee"))
    assert house.library.renew(house.form(without.person, ANN, form="third")).face_data


def test_a_face_that_cannot_be_compared_is_looked_at(house: House) -> None:
    """R22, R31: after a change of model, and before the template is made anew, new photos are held."""
    house.enrol("Ann Lee", ANN)
    house.vision = StubVision(model="later/1")
    house.library = house.library_of("m.holt")
    held = house.library.renew(house.form("Ann Lee", EVE, form="second"))
    assert set(held.held.values()) == {Hold.FACE}
    house.library.reembed()
    assert house.library.renew(house.form("Ann Lee", ANN, form="third")).held == {}


def test_be_found_in_a_renewal_waits_like_in_an_enrolment(house: House) -> None:
    """R31: a be-found that is added later waits for its own link; the link of before opens nothing any more."""
    careful = House(house.folder / "careful", house.now, policy={"be_found_waits": "link"})
    first = careful.enrol("Ann Lee", ANN, [FIND_ME])
    renewal = careful.library.renew(careful.form("Ann Lee", ANN, purposes=[BE_FOUND], form="second"))
    assert renewal.held == {BE_FOUND: Hold.LINK}
    assert careful.library.search(careful.photo("ann.png", [ANN]), reason="r").answers == ()
    with pytest.raises(ConsentRefused):
        careful.library.open_link(first.link_code)
    assert careful.library.open_link(renewal.link_code).released == (BE_FOUND,)
    assert careful.library.search(careful.photo("ann.png", [ANN]), reason="r").answers


@pytest.mark.parametrize("gone", ["withdrawn", "expired"])
def test_who_has_gone_comes_back_by_a_new_signature_alone(house: House, gone: str) -> None:
    """R4, R7: for what was signed now, under the same id, with photos handed in anew; nothing else comes back."""
    ann = house.enrol("Ann Lee", ANN)
    if gone == "withdrawn":
        house.library.withdraw("Ann Lee")
    else:
        house.now = ann.expires
        house.library.sweep()
    assert references(house) == 0
    bare = house.library.renew(house.form("Ann Lee", purposes=[BE_SHOWN], form="second"))
    assert not bare.face_data
    assert house.library.people()[0].purposes == (BE_SHOWN,)
    again = house.library.renew(house.form("Ann Lee", ANN, purposes=[FIND_ME], form="third"))
    assert again.face_data
    assert house.library.people()[0].purposes == (FIND_ME, BE_SHOWN)
    assert house.library.search(house.photo("ann.png", [ANN]), reason="r").answers == ()


def test_a_withdrawal_while_the_photos_are_looked_at_wins(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: who withdraws after a renewal was begun is not brought back by its end."""
    ann = house.enrol("Ann Lee", ANN)
    embed = StubVision.embed

    def withdrawn_meanwhile(vision: StubVision, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        house.pass_time(minutes=1)
        house.library.withdraw(ann.person)
        return embed(vision, pixels, boxes)

    form = house.form("Ann Lee", ANN, form="second")
    with monkeypatch.context() as patch:
        patch.setattr(StubVision, "embed", withdrawn_meanwhile)
        with pytest.raises(ConsentRefused, match="meanwhile"):
            house.library.renew(form)
    assert house.library.people()[0].state is State.WITHDRAWN
    assert references(house) == 0
    house.library.renew(form)
    assert house.library.people()[0].state is State.GIVEN


def test_nothing_is_half_renewed(house: House) -> None:
    """A photo that cannot serve leaves no receipt, and the form can still be used."""
    house.enrol("Ann Lee", ANN)
    form = house.form("Ann Lee", form="second")
    nobody = house.photo("../nobody.png", [])
    with pytest.raises(NoFace):
        house.library.renew(replace(form, photos=(nobody,)))
    assert len(house.library.receipts("Ann Lee")[1]) == 1
    house.library.renew(form)


def test_only_somebody_known_is_renewed(house: House) -> None:
    """A name that nobody has is told as such, and nobody is taken up by it."""
    with pytest.raises(PersonUnknown):
        house.library.renew(house.form("Ann Lee", ANN))
    assert house.library.people() == ()


def test_a_purpose_that_is_not_offered_is_refused(house: House) -> None:
    """R4: a renewal gives no purpose that the policy does not offer."""
    without = House(house.folder / "without", house.now, staff_search=False)
    without.enrol("Ann Lee", ANN, [FIND_ME])
    with pytest.raises(UsageWrong):
        without.library.renew(without.form("Ann Lee", purposes=[BE_FOUND], form="second"))


def test_late_photos_are_matched_after_a_renewal(house: House) -> None:
    """R14: photos indexed before, while only be-shown was allowed, are looked through when find-me is added."""
    house.library.enrol(house.form("Ann Lee", purposes=[BE_SHOWN]))
    house.photo("a.png", [ANN])
    house.library.index([house.folder / "photos"])
    house.library.renew(house.form("Ann Lee", ANN, purposes=[FIND_ME], form="second"))
    assert len(house.library.photos("Ann Lee", reason=None).appearances) == 1
    assert len(house.entries(EntryKind.RESCANNED)) == 1
