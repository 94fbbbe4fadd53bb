"""The journey approve: a second steward's word, and never the first one's own."""

import pytest

from countenance.consent import Hold, Purpose
from countenance.errors import ConsentRefused, UsageWrong
from countenance.ledger import EntryKind
from small_house import ALL, House, references

ANN, BOB = 7, 8
SECOND = "b.lee"


@pytest.fixture
def careful(house: House) -> House:
    """Give a house where being found waits for a second steward."""
    return House(house.folder / "careful", house.now, policy={"be_found_waits": "steward"})


def facts_of(house: House, person: str) -> list[tuple[str, dict[str, object]]]:
    """Give what the ledger tells a person."""
    with house.store.read(now=house.now) as reading:
        return [(one.kind, dict(one.facts)) for one in reading.findings_about(person)]


def test_a_second_steward_lets_be_found_go(careful: House) -> None:
    """R31: after another account has approved, Ann is found; the entry says by whom, and Ann reads it."""
    ann = careful.enrol("Ann Lee", ANN)
    approval = careful.library_of(SECOND).approve("Ann Lee")
    assert (approval.released, approval.held) == ((Purpose.BE_FOUND,), {})
    found = careful.library.search(careful.photo("probe.png", [ANN]), reason="lost coat")
    assert [answer.name for answer in found.answers] == ["Ann Lee"]
    (entry,) = careful.entries(EntryKind.RELEASED)
    assert dict(entry.body) == {"person": ann.person, "purposes": ["be-found"], "by": "steward"}
    assert entry.actor.account == SECOND
    assert facts_of(careful, ann.person)[1] == ("released", {"purposes": ["be-found"], "by": "steward"})


@pytest.mark.parametrize(
    "account", ["m.holt", "M.Holt", " m.holt ", "\uff4d.holt", "m. holt", "m.holt\u200b", "m.\u00adholt"]
)
def test_nobody_approves_their_own_enrolment(careful: House, account: str) -> None:
    """R31: the account that entered it is refused, however it is spelt; the attempt is on record, and Ann is told."""
    ann = careful.enrol("Ann Lee", ANN)
    with pytest.raises(ConsentRefused) as refused:
        careful.library_of(account).approve("Ann Lee")
    assert refused.value.reason == "own-approval"
    assert careful.library.people()[0].held == {Purpose.BE_FOUND: Hold.STEWARD}
    (entry,) = careful.entries(EntryKind.ENROLMENT_REFUSED)
    assert dict(entry.body) == {"reason": "own-approval", "person": ann.person}
    assert facts_of(careful, ann.person)[-1] == ("enrolment-refused", {"reason": "own-approval"})


def test_an_enrolment_that_nobody_is_known_to_have_made_is_not_approved(careful: House) -> None:
    """R31: without an entry that says who entered the form, nobody can be told from the one who did."""
    draft = careful.form("Ann Lee", purposes=[Purpose.BE_FOUND])
    ann = careful.library.enrol(draft)
    findings = [one for one in careful.library.ledger_findings() if one.entry and one.entry.kind == "library-made"]
    with pytest.MonkeyPatch.context() as patch, careful.store.read(now=careful.now) as reading:
        patch.setattr(type(reading), "ledger_findings", lambda *_: iter(findings))
        with pytest.raises(ConsentRefused):
            careful.library_of(SECOND).approve(ann.person)
    careful.library_of(SECOND).approve(ann.person)


def test_a_renewal_is_approved_by_another_than_the_one_who_renewed(careful: House) -> None:
    """R31: that somebody else enrolled Ann years ago lets nobody approve what they themselves entered today."""
    careful.library_of(SECOND).enrol(careful.form("Ann Lee", ANN, purposes=[Purpose.FIND_ME]))
    careful.library.renew(careful.form("Ann Lee", form="renewed"))
    with pytest.raises(ConsentRefused):
        careful.library.approve("Ann Lee")
    assert careful.library_of(SECOND).approve("Ann Lee").released == (Purpose.BE_FOUND,)


def test_a_held_face_needs_its_photos_again(house: House) -> None:
    """R31: nothing was kept of a held face, so a twin is enrolled from photos handed in again; the other is told."""
    ann = house.enrol("Ann Lee", ANN)
    bob = house.enrol("Bob Lee", ANN)
    second = house.library_of(SECOND)
    portrait = house.photo("../again.png", [ANN])
    with pytest.raises(UsageWrong, match="photos are needed"):
        second.approve("Bob Lee")
    approval = second.approve("Bob Lee", [portrait])
    assert approval.released == ALL
    assert references(house) == 2
    assert facts_of(house, ann.person)[-1] == (
        "released",
        {"reason": "face-enrolled-already", "by": "steward", "held": False},
    )
    assert facts_of(house, bob.person)[-1] == ("released", {"purposes": [str(one) for one in ALL], "by": "steward"})
    found = house.library.search(house.photo("probe.png", [ANN]), reason="lost coat")
    assert [answer.name for answer in found.answers] == ["Ann Lee", "Bob Lee"]


def test_the_one_who_handed_in_a_held_face_cannot_approve_it(house: House) -> None:
    """R31: Ann's face under Bob's name stays held, whatever the first steward says, and no template is made."""
    house.enrol("Ann Lee", ANN)
    house.enrol("Bob Day", ANN)
    with pytest.raises(ConsentRefused):
        house.library.approve("Bob Day", [house.photo("../again.png", [ANN])])
    assert references(house) == 1


def test_a_second_steward_does_not_stand_in_for_the_persons_link(house: House) -> None:
    """R31: where the policy asks for the link, a held face is approved after it was opened, and not before."""
    linked = House(house.folder / "linked", house.now, policy={"be_found_waits": "link"})
    linked.enrol("Ann Lee", ANN)
    bob = linked.enrol("Bob Lee", ANN)
    second, portrait = linked.library_of(SECOND), linked.photo("../again.png", [ANN])
    with pytest.raises(ConsentRefused, match="waits until the person opens"):
        second.approve("Ann Lee")
    with pytest.raises(ConsentRefused, match="own link"):
        second.approve("Bob Lee", [portrait])
    assert linked.library.open_link(bob.link_code).released == ()
    assert second.approve("Bob Lee", [portrait]).released == ALL


def test_a_link_opened_before_the_form_was_signed_counts_for_nothing(house: House) -> None:
    """R31: a renewal that is held for its face asks for its own link, not for one opened last year."""
    linked = House(house.folder / "linked", house.now, policy={"be_found_waits": "link"})
    ann = linked.enrol("Ann Lee", ANN)
    linked.library.open_link(ann.link_code)
    renewal = linked.library.renew(linked.form("Ann Lee", BOB, form="renewed"))
    second, portrait = linked.library_of(SECOND), linked.photo("../again.png", [BOB])
    with pytest.raises(ConsentRefused, match="own link"):
        second.approve("Ann Lee", [portrait])
    linked.library.open_link(renewal.link_code)
    assert second.approve("Ann Lee", [portrait]).released == ALL


def test_another_face_does_not_come_under_a_be_found_that_is_live_without_the_link(house: House) -> None:
    """R31: being found is live by Ann's link; another's face, renewed for find-me alone, is not found by it."""
    linked = House(house.folder / "linked", house.now, policy={"be_found_waits": "link"})
    linked.library.open_link(linked.enrol("Ann Lee", ANN).link_code)
    renewal = linked.library.renew(linked.form("Ann Lee", BOB, purposes=[Purpose.FIND_ME], form="renewed"))
    assert renewal.held == {Purpose.FIND_ME: Hold.FACE}
    second, portrait = linked.library_of(SECOND), linked.photo("../again.png", [BOB])
    with pytest.raises(ConsentRefused, match="own link"):
        second.approve("Ann Lee", [portrait])
    assert linked.library.search(portrait, reason="lost coat").answers == ()
    linked.library.open_link(renewal.link_code)
    assert second.approve("Ann Lee", [portrait]).released == (Purpose.FIND_ME,)


def test_when_nothing_waits_there_is_nothing_to_approve(house: House) -> None:
    """An approval of somebody whose consent is live is a misuse; so are photos that nobody asked for."""
    house.enrol("Ann Lee", ANN)
    with pytest.raises(UsageWrong, match="nothing of this person waits"):
        house.library_of(SECOND).approve("Ann Lee")
    careful = House(house.folder / "careful", house.now, policy={"be_found_waits": "steward"})
    careful.enrol("Ann Lee", ANN)
    with pytest.raises(UsageWrong, match="only then"):
        careful.library_of(SECOND).approve("Ann Lee", [careful.photo("../again.png", [ANN])])


@pytest.mark.parametrize("gone", ["withdrawn", "expired"])
def test_what_is_over_is_not_approved(careful: House, gone: str) -> None:
    """R4, R31: nobody brings back what was withdrawn or has ended while it waited."""
    ann = careful.enrol("Ann Lee", ANN)
    if gone == "withdrawn":
        careful.library.withdraw(ann.person)
    else:
        careful.now = ann.expires
    with pytest.raises(UsageWrong, match="nothing of this person waits"):
        careful.library_of(SECOND).approve(ann.person)
    assert careful.library.people()[0].purposes == ()


def test_what_was_withdrawn_in_part_stays_withdrawn(careful: House) -> None:
    """R4, R6: an approval lets go of what waits; be-shown, withdrawn meanwhile, does not come back."""
    careful.enrol("Ann Lee", ANN)
    careful.library.withdraw("Ann Lee", purposes=[Purpose.BE_SHOWN])
    careful.library_of(SECOND).approve("Ann Lee")
    assert careful.library.people()[0].purposes == (Purpose.FIND_ME, Purpose.BE_FOUND)
