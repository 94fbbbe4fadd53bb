"""Re-embed: after a change of model people are found again, from what was kept; until then nothing is compared."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from countenance.consent import Purpose, decide_template
from countenance.errors import LibraryUnsuited, ModelMismatch
from countenance.faces import Box, Face, Template, Use
from countenance.journeys.portraits import CROP_MARGIN
from countenance.journeys.publish import Order
from countenance.journeys.reembed import _template as template_of
from countenance.ledger import EntryKind
from countenance.photos import crop, encode_crop, open_photo
from countenance.ports import Look, Pixels
from countenance.vision import OnnxVision, StubVision
from small_house import PATCH, House

BUNDLED = Path(__file__).resolve().parents[2] / "src/countenance/demo/photos"
REASON = "the family asked for her photos"
LATER = "stub-embedder/2"


@pytest.fixture
def changed(tmp_path: Path, now: datetime) -> House:
    """Give a house in which Ada (7) and Ben (8) were enrolled and photographed before the model was changed."""
    house = House(tmp_path, now)
    house.enrol("Ada Byron", 7)
    house.enrol("Ben Oak", 8)
    house.photo("a.png", [7, 90])
    house.photo("b.png", [8])
    house.library.index([tmp_path / "photos"])
    change_model(house)
    return house


def change_model(house: House, vision: StubVision | None = None) -> None:
    """Open the library with another model."""
    house.vision = vision or StubVision(model=LATER)
    house.use(house.store)


def found(house: House, identity: int) -> list[str]:
    """Search for a face; gives the names."""
    answers = house.library.search(house.photo(f"../probes/{identity}.png", [identity]), reason=REASON)
    return [answer.name for answer in answers.answers]


def models(house: House) -> dict[str, str]:
    """Give each person's model, by name."""
    with house.store.read(now=house.now) as reading:
        return {reading.person(one.person).name: one.template.model for one in reading.references()}


def test_a_search_before_it_is_refused(changed: House) -> None:
    """R22: with nobody to compare with, a search is refused with what to do, instead of saying that nobody matches."""
    with pytest.raises(ModelMismatch, match="nobody can be compared") as caught:
        found(changed, 7)
    assert "reembed" in caught.value.remedy
    assert changed.entries(EntryKind.SEARCHED) == []


def test_everybody_is_found_again_after_it(changed: House, tmp_path: Path) -> None:
    """R22: from the photos kept sealed each gets a template of the model in use, and photos lead to them again."""
    done = changed.library.reembed(progress=changed.steps.append)
    assert (done.people, done.renewed, done.failed) == (2, ["Ada Byron", "Ben Oak"], [])
    assert models(changed) == {"Ada Byron": LATER, "Ben Oak": LATER}
    changed.library.index([tmp_path / "photos"])
    assert found(changed, 7) == ["Ada Byron"]
    assert found(changed, 90) == []
    (answer,) = changed.library.search(changed.photo("../probes/8.png", [8]), reason=REASON).answers
    assert [one.photo.name for one in answer.appearances] == ["b.png"]
    assert [(step.done, step.total) for step in changed.steps[-2:]] == [(1, 2), (2, 2)]


def test_the_template_is_what_enrolling_would_give(changed: House) -> None:
    """R22: recognition by the new model is as good as by enrolling with it, to a millionth."""
    changed.library.reembed()
    with changed.store.read(now=changed.now) as reading:
        for one in reading.references():
            identity = {"Ada Byron": 7, "Ben Oak": 8}[reading.person(one.person).name]
            wanted = StubVision.template(identity, model=LATER)
            assert np.allclose(one.template.values, wanted.values, atol=1e-6)


def test_each_is_an_entry_that_the_person_can_read(changed: House) -> None:
    """R22, R24: who was re-embedded for which model is in the ledger, one entry each, and the person is told."""
    changed.library.reembed()
    entries = changed.entries(EntryKind.REEMBEDDED)
    people = {person.name: person.id for person in changed.library.people()}
    assert [entry.body for entry in entries] == [{"person": one, "model": LATER} for one in people.values()]
    with changed.store.read(now=changed.now) as reading:
        told = list(reading.findings_about(people["Ada Byron"]))
    assert told[-1].facts == {"model": LATER}


def test_doing_it_again_does_nothing(changed: House) -> None:
    """R22: who has a template of the model in use is not touched again."""
    changed.library.reembed()
    with changed.store.read(now=changed.now) as reading:
        roll, size = reading.roll(), reading.ledger_edge().size
    assert changed.library.reembed().people == 0
    with changed.store.read(now=changed.now) as reading:
        assert (reading.roll(), reading.ledger_edge().size) == (roll, size)


def test_it_goes_on_after_an_interruption(changed: House) -> None:
    """R39: stopped after the first person, it keeps that one, and the next run does the others."""

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        changed.library.reembed(progress=stop)
    assert models(changed) == {"Ada Byron": LATER, "Ben Oak": "stub-embedder/1"}
    assert changed.library.reembed().renewed == ["Ben Oak"]


def test_who_was_not_done_yet_is_compared_with_nobody(changed: House) -> None:
    """R22: between two models people are never compared; each search says how many cannot be found."""

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        changed.library.reembed(progress=stop)
    assert found(changed, 7) == ["Ada Byron"]
    answers = changed.library.search(changed.photo("../probes/8.png", [8]), reason=REASON)
    stranger = changed.library.search(changed.photo("../probes/90.png", [90]), reason=REASON)
    assert (answers.answers, answers.not_compared) == (stranger.answers, stranger.not_compared) == ((), 1)
    assert not changed.library.recognition().ok
    assert "1 person was" in changed.library.recognition().detail
    changed.library.reembed()
    assert found(changed, 8) == ["Ben Oak"]
    assert changed.library.recognition().ok


def test_until_then_everybody_is_covered(changed: House, tmp_path: Path) -> None:
    """R16, R22: who cannot be compared is not recognised as one who may be shown: in doubt the face is covered."""
    copies = changed.library.publish([tmp_path / "photos" / "a.png"], tmp_path / "out", Order()).copies
    assert [len(copy.shown) for copy in copies] == [0]
    changed.library.reembed()
    copies = changed.library.publish([tmp_path / "photos" / "a.png"], tmp_path / "again", Order()).copies
    assert [len(copy.shown) for copy in copies] == [1]


def test_photos_indexed_meanwhile_are_matched_afterwards(changed: House, tmp_path: Path) -> None:
    """R14, R22: indexing with the new model first and re-embedding then finds the same as the other way round."""
    changed.library.index([tmp_path / "photos"])
    changed.library.reembed()
    (answer,) = changed.library.search(changed.photo("../probes/7.png", [7]), reason=REASON).answers
    assert [one.photo.name for one in answer.appearances] == ["a.png"]


def test_without_live_consent_nothing_is_made(changed: House) -> None:
    """R3, R7: who has withdrawn, or whose consent has expired, gets no template of the new model."""
    changed.library.withdraw("Ada Byron")
    assert changed.library.reembed().renewed == ["Ben Oak"]
    changed.pass_time(days=400)
    change_model(changed, StubVision(model="stub-embedder/3"))
    assert changed.library.reembed().people == 0
    assert changed.entries(EntryKind.REEMBEDDED)[-1].body["model"] == LATER


class Leaving(StubVision):
    """Eyes that look while the person withdraws."""

    def __init__(self, house: House, name: str) -> None:
        super().__init__(model=LATER)
        self.house, self.name = house, name

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Let the person withdraw, and look."""
        if self.name:
            name, self.name = self.name, ""
            self.house.library.withdraw(name)
        return super().detect(pixels, look)


def test_who_leaves_meanwhile_has_left(changed: House) -> None:
    """R6: a withdrawal while the photos are looked at wins: no template is stored, and nobody is called a failure."""
    change_model(changed, Leaving(changed, "Ada Byron"))
    done = changed.library.reembed()
    assert (done.people, done.renewed, done.failed) == (2, ["Ben Oak"], [])
    assert models(changed) == {"Ben Oak": LATER}


def test_who_enrols_anew_meanwhile_keeps_the_new_photos(changed: House) -> None:
    """R22: a new enrolment while the old photos are looked at wins over them."""
    fresh = StubVision.template(300, model=LATER)

    class Renewing(Leaving):
        def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
            name, self.name = self.name, ""
            if name:
                keep(self.house, name, fresh, [b"new photo"])
            return StubVision.detect(self, pixels, look)

    change_model(changed, Renewing(changed, "Ada Byron"))
    assert changed.library.reembed().renewed == ["Ben Oak"]
    with changed.store.read(now=changed.now) as reading:
        (ada,) = (one for one in reading.references() if reading.person(one.person).name == "Ada Byron")
    assert np.array_equal(ada.template.values, fresh.values)


def keep(house: House, name: str, template: Template, crops: list[bytes]) -> None:
    """Put other enrolment photos, and a template, in place of somebody's."""
    with house.store.write(now=house.now) as unit:
        person = unit.person(name).id
        permit = decide_template(unit.consents(person), now=unit.now)
        unit.drop_references(person)
        unit.add_reference(permit, template, crops)  # type: ignore[arg-type]  # the consent is live
        unit.record(house.entries(EntryKind.ENROLLED)[0])


def drawn(*identities: int, side: int = 96, off_px: int = 0) -> bytes:
    """Draw an enrolment crop: a face in the middle of half its side of room, and others beside it."""
    patches = [(Box(side // 2 + off_px, side // 2, side, side), identity) for identity in identities[:1]]
    patches += [(Box(4, 4, 36, 36), identity) for identity in identities[1:]]
    return encode_crop(StubVision.draw((2 * side, 2 * side), patches))


BAD = {
    "no photo": ([], "no photo was kept"),
    "no face": ([encode_crop(StubVision.draw((200, 200), []))], "no face was found"),
    "damaged": ([b"\xff\xd8\xff nothing"], "."),
    "elsewhere": ([encode_crop(StubVision.draw((400, 400), [(Box(4, 4, 60, 60), 7)]))], "no face was found"),
    "too small": ([drawn(7, side=36)], "36 pixels high, too small"),
    "no room": ([encode_crop(StubVision.draw((300, 60), [(Box(4, 4, 50, 50), 7)]))], "no face was found"),
}


@pytest.mark.parametrize("how", BAD)
def test_whose_photo_does_not_serve_is_named(changed: House, how: str) -> None:
    """R22: who cannot be re-embedded is named with the reason, to be asked for a new photo; others are not held up."""
    crops, why = BAD[how]
    keep(changed, "Ada Byron", StubVision.template(7), crops)
    done = changed.library.reembed()
    assert [one.name for one in done.failed] == ["Ada Byron"]
    assert done.failed[0].why
    assert why in done.failed[0].why or why == "."
    assert done.renewed == ["Ben Oak"]
    assert models(changed)["Ada Byron"] == "stub-embedder/1"
    assert changed.library.reembed().people == 1


def test_the_right_face_is_taken(changed: House) -> None:
    """R22: somebody at the edge of an enrolment photo is not taken for the person in its middle."""
    keep(changed, "Ada Byron", StubVision.template(7), [drawn(7, 55)])
    changed.library.reembed()
    assert found(changed, 7) == ["Ada Byron"]
    assert found(changed, 55) == []


def test_one_photo_that_serves_is_enough(changed: House) -> None:
    """R22: of several enrolment photos those that serve make the template."""
    keep(changed, "Ada Byron", StubVision.template(7), [b"damaged", drawn(7), drawn(7, off_px=3)])
    assert changed.library.reembed().failed == []
    assert found(changed, 7) == ["Ada Byron"]


def test_a_library_without_recognition_has_nothing_to_renew(tmp_path: Path, now: datetime) -> None:
    """R12: where nobody is recognised it is said so."""
    house = House(tmp_path, now, staff_search=False, vision=StubVision(recognises=False))
    with pytest.raises(LibraryUnsuited):
        house.library.reembed()
    assert house.library.recognition().ok


def test_templates_of_two_models_are_never_compared(changed: House) -> None:
    """R20, R22: the gallery in use holds templates of its own model only, and refuses any other."""
    with changed.store.read(now=changed.now) as reading:
        gallery = changed.matcher().galleries.at(reading)
        assert len(gallery) == 0
    with pytest.raises(ModelMismatch):
        gallery.scores([StubVision.template(7)])
    with pytest.raises(ModelMismatch):
        StubVision.template(7).compare(StubVision.template(7, model=LATER))


def test_a_purpose_withdrawn_is_not_brought_back(changed: House) -> None:
    """R4: re-embedding changes what a person is compared by, and nothing that they allowed."""
    changed.library.withdraw("Ada Byron", purposes=[Purpose.BE_FOUND])
    changed.library.reembed()
    assert found(changed, 7) == []
    assert models(changed)["Ada Byron"] == LATER


def test_the_real_model_knows_its_people_again() -> None:
    """R22: crops of real photos, detected and embedded anew, are far above the threshold by which people are found."""
    vision = OnnxVision.load(threads=2)
    threshold = vision.calibration.threshold(Use.SEARCH, people=10, px=PATCH)
    for name in ("lisa/lisa1", "lisa/lisa2", "lisa/30cm", "strangers/f_easian"):
        photo = open_photo(BUNDLED / f"{name}.jpg")
        (face,) = vision.detect(photo.pixels)
        kept = encode_crop(crop(photo.pixels, face.box.as_tuple(), margin=CROP_MARGIN))
        again = template_of([kept], vision)
        assert isinstance(again, Template), again
        assert vision.embed(photo.pixels, [face.box])[0].compare(again) > threshold.score + 0.08
