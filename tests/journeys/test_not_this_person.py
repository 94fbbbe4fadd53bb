"""Not this person: who was rejected in a photo is not found in it again, whatever is done with library and photo."""

import shutil
from collections.abc import Callable

import pytest

from by_hand import decisions, face, index, places, publish, say, tag, without_face
from countenance.consent import Purpose
from countenance.ports import PhotoState, Verdict
from countenance.vision import StubVision
from small_house import House

ADA, BEN, STRANGER = 7, 8, 9
REASON = "her aunt asks"


@pytest.fixture
def party(house: House) -> House:
    """Give a house with Ada and Ben, who allow everything; at a party with a stranger, Ada is said not to be Ada."""
    house.enrol("Ada Moss", ADA)
    house.enrol("Ben Oak", BEN)
    house.photo("party.png", [ADA, BEN, STRANGER])
    index(house)
    say(house, Verdict.REJECTED, "party.png", "Ada Moss")
    return house


def searched(house: House, name: str, number: int) -> list[str]:
    """Search by a face of a photo of the house; give the names found."""
    photo = house.folder / "photos" / name
    return [one.name for one in house.library.search(photo, reason=REASON, face=number).answers]


def open_with(house: House, vision: StubVision) -> None:
    """Open the library with other eyes."""
    house.vision = vision
    house.use(house.store)


def move(house: House) -> None:
    """Move the file to another folder under another name."""
    (house.folder / "photos/elsewhere").mkdir()
    (house.folder / "photos/party.png").rename(house.folder / "photos/elsewhere/summer.png")
    index(house)


def copy(house: House) -> None:
    """Put the same bytes into another folder."""
    (house.folder / "photos/elsewhere").mkdir()
    shutil.copy(house.folder / "photos/party.png", house.folder / "photos/elsewhere/copy.png")
    index(house)


def lose(house: House) -> None:
    """Lose the file, index without it, and find it again under another name."""
    house.photo("other.png", [STRANGER])
    photo = house.folder / "photos/party.png"
    kept = photo.rename(house.folder / "kept.png")
    index(house)
    with house.store.read(now=house.now) as reading:
        assert {one.path: one.state for one in reading.photos()}[photo] is PhotoState.MISSING
    kept.rename(photo)
    index(house)


def damage(house: House) -> None:
    """Let the file be damaged for a while."""
    photo = house.folder / "photos/party.png"
    content = photo.read_bytes()
    photo.write_bytes(content[:200])
    assert [failed.photo for failed in house.library.index([photo]).failed] == [photo]
    photo.write_bytes(content)
    index(house)


def enrol_others(house: House) -> None:
    """Enrol a stranger, so that all photos are looked through again."""
    house.enrol("Dora Pine", STRANGER)


def renew(house: House) -> None:
    """Let Ada sign anew, with a new photo of her."""
    house.library.renew(house.form("Ada Moss", ADA, form="second"))


def take_a_purpose_back(house: House) -> None:
    """Let Ada take back one of her purposes."""
    house.library.withdraw("Ada Moss", purposes=[Purpose.BE_SHOWN])


def lower_thresholds(house: House) -> None:
    """Recognise by less than before."""
    open_with(house, StubVision(calibration=StubVision.ladder((4096, 0.65, 0.7))))
    index(house, again=True)


def change_the_model(house: House) -> None:
    """Re-embed everybody for another model, and index with it."""
    open_with(house, StubVision(model="stub-embedder/2"))
    house.library.reembed()
    index(house)


def sweep(house: House) -> None:
    """Take away what nothing allows any more."""
    house.library.sweep()


DEEDS = (
    move,
    copy,
    lose,
    damage,
    enrol_others,
    renew,
    take_a_purpose_back,
    lower_thresholds,
    change_the_model,
    sweep,
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_who_was_rejected_stays_rejected(party: House, deed: Callable[[House], None]) -> None:
    """R14, R16: afterwards Ada is in no list of that photo, no search by it names her, and no copy shows that face."""
    deed(party)
    index(party, again=True)
    party.library.run_jobs()
    assert places(party, "Ada Moss") == {}
    photos = party.folder / "photos"
    files = [path.relative_to(photos) for path in photos.rglob("*.png") if path.name != "other.png"]
    assert files
    for name in map(str, files):
        assert places(party, "Ben Oak")[name.rpartition("/")[2]] == face(1)
        assert searched(party, name, 1) == []
        copy = publish(party, name)
        assert (face(0) in copy.covered, face(1) in copy.shown) == (True, True)


@pytest.mark.parametrize("shown", [True, False])
def test_the_face_goes_to_the_next_best_person_as_far_as_that_person_allows(party: House, *, shown: bool) -> None:
    """R14, R16: Ida, as like the face, has it once Ada is out of the question; it is seen if Ida may be shown."""
    allowed = [Purpose.FIND_ME, Purpose.BE_FOUND, *([Purpose.BE_SHOWN] if shown else [])]
    held = party.enrol("Ida Moss", ADA, allowed)
    party.library_of("b.lee").approve(held.person, [party.photo("../portraits/ida-again.png", [ADA])])
    index(party, again=True)
    assert (places(party, "Ada Moss"), places(party, "Ida Moss")) == ({}, {"party.png": face(0)})
    assert searched(party, "party.png", 1) == ["Ida Moss"]
    assert (face(0) in publish(party, "party.png").shown) is shown


def test_it_falls_to_nobody_who_does_not_reach_the_threshold(party: House) -> None:
    """R14: the face is nobody's rather than of somebody who is merely the most like it of those who are left."""
    index(party, again=True)
    ben, _ = party.library.receipts("Ben Oak")
    with party.store.read(now=party.now) as reading:
        assert dict(reading.appearances_in(party.folder / "photos/party.png")) == {1: ben.id}


def test_whose_tag_took_a_face_from_a_tag_leaves_it_when_withdrawing(party: House) -> None:
    """R6, R14: Ada, whose tag a tag of Cleo's displaced, stays rejected after Cleo has withdrawn."""
    without_face(party, "Cleo Fern")
    tag(party, "party.png", "Ada Moss", face(0))
    assert tag(party, "party.png", "Cleo Fern", face(0)).displaced == ("Ada Moss",)
    party.library.withdraw("Cleo Fern")
    index(party, again=True)
    assert [one.verdict for one in decisions(party, "party.png")] == [Verdict.REJECTED]
    assert places(party, "Ada Moss") == {}
    assert publish(party, "party.png").shown == (face(1),)


def test_a_tag_rejects_nobody_whom_only_the_machine_had_seen(party: House) -> None:
    """R14: that a face is Cleo's ends with Cleo's consent; that Ben is not there must be said, and lasts."""
    without_face(party, "Cleo Fern")
    without_face(party, "Dan Elm")
    for name, told in (("Cleo Fern", False), ("Dan Elm", True)):
        tag(party, "party.png", name, face(1))
        assert places(party, "Ben Oak") == {}
        if told:
            say(party, Verdict.REJECTED, "party.png", "Ben Oak")
        party.library.withdraw(name)
        index(party, again=True)
        assert places(party, "Ben Oak") == ({} if told else {"party.png": face(1)})
    assert publish(party, "party.png").shown == ()


def test_it_ends_with_the_persons_consent(party: House) -> None:
    """R6: Ada withdraws, and with all that is kept of her this goes; enrolled anew she is somebody new."""
    before, _ = party.library.receipts("Ada Moss")
    party.library.withdraw("Ada Moss")
    assert decisions(party, "party.png") == ()
    again = party.enrol("Ada Byron", ADA)
    assert again.person != before.id
    index(party, again=True)
    assert places(party, "Ada Byron") == {"party.png": face(0)}


def test_a_search_by_a_photo_heeds_who_was_placed_in_it(party: House) -> None:
    """R14: at a face tagged as Cleo's nobody else is found, and whoever was tagged at one face is not at another."""
    without_face(party, "Cleo Fern")
    assert searched(party, "party.png", 2) == ["Ben Oak"]
    tag(party, "party.png", "Cleo Fern", face(1))
    assert searched(party, "party.png", 2) == []
    tag(party, "party.png", "Ben Oak", face(2))
    say(party, Verdict.REJECTED, "party.png", "Cleo Fern")
    assert searched(party, "party.png", 2) == []
    tag(party, "party.png", "Ben Oak", face(1))
    assert searched(party, "party.png", 2) == ["Ben Oak"]
    fresh = party.photo("../probes/ben.png", [BEN])
    assert [one.name for one in party.library.search(fresh, reason=REASON).answers] == ["Ben Oak"]
