"""The journey enrol: consent first, one good face, all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from countenance.consent import Purpose, State
from countenance.errors import (
    CountenanceError,
    FaceTooPoor,
    LibraryUnsuited,
    NoFace,
    PhotoMissing,
    ReceiptInvalid,
    ReleaseInvalid,
    ReleaseUsed,
    SeveralFaces,
    UsageWrong,
)
from countenance.faces import Face, Quality, Template, Trouble
from countenance.journeys.enrol import EnrolmentForm
from countenance.ledger import EntryKind
from countenance.ports import Pixels
from countenance.vision import StubVision
from small_house import ALL, House, references


def form_of(house: House) -> EnrolmentForm:
    """Give a form that is in order."""
    return EnrolmentForm("Ada Moss", (house.photo("ada.png", [7]),), house.release("ada"), ALL)


def test_enrolment_gives_a_receipt_a_reference_and_an_entry(house: House) -> None:
    """R3: after a valid form there is one signed receipt, one reference, one ledger entry."""
    enrolment = house.enrol("Ada Moss", 7)
    person, receipts = house.library.receipts("ada moss")
    assert person.id == enrolment.person
    assert [stored.id for stored in receipts] == [enrolment.receipt]
    assert receipts[0].state is State.GIVEN
    assert references(house) == 1
    assert [entry.body["person"] for entry in house.entries(EntryKind.ENROLLED)] == [enrolment.person]


def test_default_expiry_is_the_policys_retention(house: House) -> None:
    """R7: without a date a consent lasts the 365 days of the policy."""
    assert house.enrol("Ada Moss", 7).expires == house.now + timedelta(days=365)


Wrong = Callable[[EnrolmentForm, House], EnrolmentForm]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda form, _: replace(form, purposes=()),
        lambda form, house: replace(form, expires=house.now - timedelta(days=1)),
        lambda form, house: replace(form, expires=house.now + timedelta(days=4000)),
        lambda form, _: replace(form, name="  "),
    ],
    ids=["no purpose", "expired", "beyond retention", "no name"],
)
def test_without_valid_consent_no_template_is_computed_or_stored(
    house: House, wrong: Wrong, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: a form that does not permit it costs no embedding and stores no byte."""
    embedded: list[int] = []
    monkeypatch.setattr(StubVision, "embed", lambda *_: embedded.append(1))
    with pytest.raises(CountenanceError):
        house.library.enrol(wrong(form_of(house), house))
    assert not embedded
    assert references(house) == 0
    assert house.library.people() == ()


def test_a_purpose_that_the_policy_does_not_offer_is_refused(tmp_path: Path, house: House) -> None:
    """R3: be-found cannot be had in a library made without staff search."""
    without = House(tmp_path / "without", house.now, staff_search=False)
    with pytest.raises(CountenanceError):
        without.library.enrol(form_of(without))
    assert without.library.people() == ()


@pytest.mark.parametrize(
    ("identities", "problem"),
    [([], NoFace), ([7, 8], SeveralFaces)],
)
def test_a_photo_must_show_exactly_one_face(
    house: House, identities: list[int], problem: type[CountenanceError]
) -> None:
    """R31: a photo with nobody or with company enrols nobody."""
    portrait = house.photo("portrait.png", identities)
    with pytest.raises(problem):
        house.library.enrol(replace(form_of(house), photos=(portrait,)))
    assert house.library.people() == ()


def test_a_small_face_is_refused_with_what_to_do(house: House) -> None:
    """R32: a face below 80 pixels is refused, and the message asks for a closer photo."""
    portrait = house.photo("far.png", [7], side=60)
    with pytest.raises(FaceTooPoor) as refused:
        house.library.enrol(replace(form_of(house), photos=(portrait,)))
    assert "closer" in refused.value.remedy
    assert refused.value.troubles == (Trouble.TOO_SMALL,)
    assert refused.value.what == "the face in far.png is too small (60 pixels in a photo of 200 x 140; 80 are needed)"


POOR: dict[Trouble, dict[str, float]] = {
    Trouble.CUT_OFF: {"inside": 0.7},
    Trouble.TOO_DARK: {"contrast": 8.0, "level": 20.0},
    Trouble.WASHED_OUT: {"clipped": 0.8},
    Trouble.BLURRED: {"sharpness": 1.05},
    Trouble.EYES_COVERED: {"eyes": 0.01},
    Trouble.MOUTH_COVERED: {"mouth": 0.01, "confidence": 0.7},
    Trouble.TURNED: {"yaw": 40.0},
    Trouble.TURNED_UP_OR_DOWN: {"pitch": -50.0},
    Trouble.TILTED: {"roll": 60.0},
    Trouble.LIT_FROM_ONE_SIDE: {"side": -4.5},
    Trouble.UNCLEAR: {"confidence": 0.4},
}


class PoorSecond(StubVision):
    """See every face but the first as a poor photo of one."""

    def __init__(self, **measures: float) -> None:
        super().__init__()
        self._measures = measures
        self._asked = 0

    def quality(self, pixels: Pixels, face: Face) -> Quality:
        """Give the quality of a patch, spoiled from the second on."""
        self._asked += 1
        plain = super().quality(pixels, face)
        return plain if self._asked == 1 else replace(plain, **self._measures)  # type: ignore[arg-type]  # all numbers


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble in POOR], ids=str)
def test_each_poor_photo_is_refused_with_what_to_do(tmp_path: Path, house: House, trouble: Trouble) -> None:
    """R32: the refusal names the photo, what is wrong, what to do, and the code; of the good photo nothing is kept."""
    poor = House(tmp_path / "poor", house.now, vision=PoorSecond(**POOR[trouble]))
    form = form_of(poor)
    with pytest.raises(FaceTooPoor) as refused:
        poor.library.enrol(replace(form, photos=(*form.photos, poor.photo("second.png", [7]))))
    assert refused.value.troubles == (trouble,)
    assert refused.value.what == f"the face in second.png {trouble.seen}"
    assert refused.value.remedy == trouble.advice
    assert references(poor) == 0
    assert poor.library.people() == ()


def test_every_trouble_of_a_face_is_tried() -> None:
    """R32: the list above and the small face leave none out."""
    assert {*POOR, Trouble.TOO_SMALL, Trouble.NO_FACE, Trouble.SEVERAL_FACES} == set(Trouble)


def test_of_many_troubles_two_are_told(tmp_path: Path, house: House) -> None:
    """R32: one sentence with the two most telling; the codes are all there."""
    measures = {name: value for poor in POOR.values() for name, value in poor.items()} | {"clipped": 0.0}
    poor = House(tmp_path / "poor", house.now, vision=PoorSecond(**measures))
    form = form_of(poor)
    with pytest.raises(FaceTooPoor) as refused:
        poor.library.enrol(replace(form, photos=(*form.photos, poor.photo("second.png", [7]))))
    assert refused.value.troubles == (
        Trouble.CUT_OFF,
        Trouble.TOO_DARK,
        Trouble.BLURRED,
        Trouble.TILTED,
        Trouble.LIT_FROM_ONE_SIDE,
        Trouble.UNCLEAR,
    )
    words = f"the face in second.png {Trouble.CUT_OFF.seen} and {Trouble.TOO_DARK.seen}"
    assert (refused.value.what, refused.value.remedy) == (
        words,
        f"{Trouble.CUT_OFF.advice}; {Trouble.TOO_DARK.advice}",
    )


def test_a_better_photo_weighs_more_in_the_template(tmp_path: Path, house: House) -> None:
    """R32: of two photos the poorer has less of a say in what is kept of the person."""
    poor = House(tmp_path / "poor", house.now, vision=PoorSecond(yaw=24.5))
    made: list[list[float]] = []
    combine = Template.combined

    def noted(templates: list[Template], weights: list[float]) -> Template:
        made.append(weights)
        return combine(templates, weights)

    form = form_of(poor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "combined", noted)
        poor.library.enrol(replace(form, photos=(*form.photos, poor.photo("second.png", [7]))))
    ((first, second),) = made
    assert first > 1.5 * second > 0


def test_one_bad_photo_among_good_ones_enrols_nobody(house: House) -> None:
    """Enrolment is all or nothing: a missing second photo leaves no person, no receipt, no release behind."""
    form = form_of(house)
    with pytest.raises(PhotoMissing):
        house.library.enrol(replace(form, photos=(*form.photos, house.folder / "gone.png")))
    assert house.library.people() == ()
    house.library.enrol(form)


def test_the_same_form_serves_once(house: House) -> None:
    """A signed form whose content was used before is refused, also for somebody else and under another name."""
    house.enrol("Ada Moss", 7, form="form")
    with pytest.raises(ReleaseUsed):
        house.enrol("Ben Oak", 8, form="form")
    assert [person.name for person in house.library.people()] == ["Ada Moss"]


def test_a_form_must_be_a_document(house: House) -> None:
    """A text file that calls itself a PDF is no signed form."""
    fake = house.folder / "form.pdf"
    fake.write_text("I agree")
    with pytest.raises(ReleaseInvalid):
        house.library.enrol(replace(form_of(house), release=fake))


@pytest.mark.parametrize("wrong", [{"name": " "}, {"name": "Ada\nByron"}, {"guardian": "Grace\tHopper"}], ids=str)
def test_a_name_that_is_mistyped_is_said_to_be_that(house: House, wrong: dict[str, Any]) -> None:
    """R1: nobody has the receipt yet, so nobody is told to ask for the original of it."""
    with pytest.raises(ReceiptInvalid) as refused:
        house.library.enrol(replace(form_of(house), **wrong))
    assert refused.value.remedy == "write it as it is on the signed form"
    assert house.library.people() == ()


def test_a_person_can_be_held_without_a_template(house: House) -> None:
    """R12: without photos there is a receipt for being shown, and no reference."""
    house.library.enrol(replace(form_of(house), photos=(), purposes=(Purpose.BE_SHOWN,)))
    assert [person.has_template for person in house.library.people()] == [False]
    assert references(house) == 0


def test_without_recognition_no_photo_is_taken(tmp_path: Path, house: House) -> None:
    """R12: a library that recognises nobody refuses photos of faces and takes the person without."""
    without = House(tmp_path / "without", house.now, staff_search=False, vision=StubVision(recognises=False))
    form = replace(form_of(without), purposes=(Purpose.BE_SHOWN,))
    with pytest.raises((LibraryUnsuited, UsageWrong)):
        without.library.enrol(form)
    without.library.enrol(replace(form, photos=()))
    assert [person.purposes for person in without.library.people()] == [(Purpose.BE_SHOWN,)]
