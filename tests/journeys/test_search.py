"""The journeys search and listing: who asked to be found, with a reason, and never without an entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from countenance.consent import Purpose
from countenance.errors import (
    ConsentRefused,
    FaceTooPoor,
    LibraryBusy,
    NoFace,
    PersonUnknown,
    SeveralFaces,
    UsageWrong,
)
from countenance.journeys.enrol import EnrolmentForm
from countenance.ledger import EntryKind, ReasonClass
from countenance.ports import Unit
from countenance.stores import MemoryStore
from small_house import ALL, House

REASON = "her family asked for the photos"


@pytest.fixture
def found(house: House) -> House:
    """Give a house with Ada (found by staff) and Ben (for himself only), indexed in two photos."""
    house.enrol("Ada Moss", 7)
    house.enrol("Ben Oak", 8, [Purpose.FIND_ME])
    house.photo("party.png", [7, 8, 9])
    house.photo("trip.png", [9, 7])
    house.library.index([house.folder / "photos"])
    return house


def names(house: House, identity: int) -> list[str]:
    """Search by a fresh photo of an identity; give the names found."""
    probe = house.photo("../probes/probe.png", [identity])
    return [answer.name for answer in house.library.search(probe, reason=REASON).answers]


def test_a_person_who_may_be_found_is_found_with_every_photo(found: House) -> None:
    """A probe of Ada gives Ada with both photos that she is in, by absolute path."""
    probe = found.photo("../probes/ada.png", [7])
    answers = found.library.search(probe, reason=REASON).answers
    assert [answer.name for answer in answers] == ["Ada Moss"]
    photos = [appearance.photo for appearance in answers[0].appearances]
    assert [photo.name for photo in photos] == ["party.png", "trip.png"]
    assert all(photo.is_absolute() for photo in photos)


@pytest.mark.parametrize("identity", [8, 9], ids=["find-me only", "stranger"])
def test_nobody_else_is_found(found: House, identity: int) -> None:
    """R4, R15: somebody enrolled for himself only gives the same empty answer as a stranger."""
    assert names(found, identity) == []


def test_a_withdrawn_person_is_found_no_more(found: House) -> None:
    """R6: the search after a withdrawal is silent."""
    assert names(found, 7) == ["Ada Moss"]
    found.library.withdraw("Ada Moss")
    assert names(found, 7) == []


def test_an_expired_person_is_found_no_more(found: House) -> None:
    """R7, R15: when the date has passed the search is silent, though nothing was swept yet."""
    found.pass_time(days=366)
    assert names(found, 7) == []


def test_a_search_without_the_policy_is_refused(tmp_path: Path, house: House) -> None:
    """Staff cannot search in a library made without staff search; the probe is not even looked at."""
    without = House(tmp_path / "without", house.now, staff_search=False)
    with pytest.raises(ConsentRefused) as refused:
        names(without, 7)
    assert refused.value.reason == "no-staff-search"


@pytest.mark.parametrize("reason", ["", "   \n"])
def test_a_search_needs_a_reason(found: House, reason: str) -> None:
    """A blank reason is refused before anything is compared."""
    with pytest.raises(UsageWrong):
        found.library.search(found.photo("../probes/ada.png", [7]), reason=reason)


def test_several_faces_must_be_chosen_from(found: House) -> None:
    """A probe of several people is refused with their boxes, and searched by the one chosen."""
    probe = found.photo("../probes/two.png", [9, 7])
    with pytest.raises(SeveralFaces) as several:
        found.library.search(probe, reason=REASON)
    assert len(several.value.boxes) == 2
    given = [found.library.search(probe, reason=REASON, face=face).answers for face in (1, 2)]
    assert sorted(len(answers) for answers in given) == [0, 1]
    with pytest.raises(SeveralFaces):
        found.library.search(probe, reason=REASON, face=3)


def test_a_probe_without_a_usable_face_is_refused(found: House) -> None:
    """No face, and a face too small to be named, are told apart and searched for by nobody."""
    with pytest.raises(NoFace):
        found.library.search(found.photo("../probes/none.png", []), reason=REASON)
    with pytest.raises(FaceTooPoor):
        found.library.search(found.photo("../probes/far.png", [7], side=36), reason=REASON)


def test_every_search_is_an_entry_with_its_facts(found: House) -> None:
    """R24: the entry says who, when, why, by which model, and who answered; it does not hold the probe."""
    answers = found.library.search(found.photo("../probes/ada.png", [7]), reason=REASON)
    entry = found.entries(EntryKind.SEARCHED)[-1]
    assert answers.entry == len(found.library.ledger_findings()) - 1
    assert entry.actor.account == "m.holt"
    assert entry.body["reason"] == REASON
    assert entry.body["model"] == found.vision.model
    assert [one["photos"] for one in entry.body["answered"]] == [2]  # type: ignore[call-overload,index,union-attr]  # JSON of known shape


def test_a_search_that_finds_nobody_is_an_entry_too(found: House) -> None:
    """R24: trawling leaves a trace also where nobody answers."""
    names(found, 9)
    assert found.entries(EntryKind.SEARCHED)[-1].body["answered"] == []


def test_no_answer_without_an_entry(found: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R24: when the commit fails there is an error and no answer."""
    write = MemoryStore.write

    @contextmanager
    def failing(store: MemoryStore, *, now: object) -> Iterator[Unit]:
        with write(store, now=now) as unit:  # type: ignore[arg-type]  # passed through
            yield unit
            raise LibraryBusy("the disk is full")

    monkeypatch.setattr(MemoryStore, "write", failing)
    with pytest.raises(LibraryBusy):
        names(found, 7)
    monkeypatch.undo()
    assert found.entries(EntryKind.SEARCHED) == []


def test_nothing_of_the_answer_is_a_score(found: House) -> None:
    """R23: an answer has people, photos and boxes, by name, and no number to compare by."""
    answers = found.library.search(found.photo("../probes/ada.png", [7]), reason=REASON)
    assert set(answers.__slots__) == {"answers", "entry", "fit", "not_compared"}
    assert set(answers.fit.__slots__) == {"own", "data_set", "up_to", "outgrown", "put_aside"}
    assert set(answers.answers[0].__slots__) == {"person", "name", "appearances"}
    assert set(answers.answers[0].appearances[0].__slots__) == {"person", "photo", "box", "decided"}


def test_photos_on_the_persons_behalf_need_find_me(found: House) -> None:
    """R4: Ben allowed find-me: his list is given on his behalf, and refused to staff."""
    assert [one.photo.name for one in found.library.photos("Ben Oak", reason=None).appearances] == ["party.png"]
    with pytest.raises(ConsentRefused):
        found.library.photos("Ben Oak", reason=REASON)


def test_a_listing_is_an_entry(found: House) -> None:
    """R24: each list of a person's photos is an entry, with the reason or that it was for the person."""
    found.library.photos("Ada Moss", reason=REASON)
    found.library.photos("Ada Moss", reason=None)
    bodies = [entry.body for entry in found.entries(EntryKind.PHOTOS_LISTED)]
    assert [(body["reason"], body["for_person"]) for body in bodies] == [(REASON, False), (None, True)]


@pytest.mark.parametrize("reason_class", ReasonClass)
def test_the_class_of_a_reason_is_kept(reason_class: ReasonClass, found: House) -> None:
    """R24, R30: a search and a listing keep the class of their reason, for the controller and for the person."""
    found.library.search(found.photo("../probes/ada.png", [7]), reason=REASON, reason_class=reason_class)
    found.library.photos("Ada Moss", reason=REASON, reason_class=reason_class)
    kinds = (EntryKind.SEARCHED, EntryKind.PHOTOS_LISTED)
    assert [entry.body["reason_class"] for kind in kinds for entry in found.entries(kind)] == [reason_class] * 2
    assert told_classes(found) == [reason_class] * 2


def test_without_a_class_it_is_another_reason(found: House) -> None:
    """R30: who says no class has another reason; on the person's own behalf there is neither reason nor class."""
    names(found, 7)
    found.library.photos("Ada Moss", reason=REASON)
    found.library.photos("Ada Moss", reason=None, reason_class=ReasonClass.LEGAL)
    assert told_classes(found) == ["other", "other", None]
    assert found.entries(EntryKind.PHOTOS_LISTED)[-1].body["reason_class"] is None


def test_a_class_that_is_not_on_the_list_is_no_class(found: House) -> None:
    """R30: the list is closed: a program cannot make up a class, and nothing is recorded under one."""
    made_up: ReasonClass = "curiosity"  # type: ignore[assignment]  # what a program without types may say
    with pytest.raises(ValueError, match="curiosity"):
        found.library.search(found.photo("../probes/ada.png", [7]), reason=REASON, reason_class=made_up)
    with pytest.raises(ValueError, match="curiosity"):
        found.library.photos("Ada Moss", reason=REASON, reason_class=made_up)
    assert told_classes(found) == []


def told_classes(house: House) -> list[object]:
    """Give the class of each search and listing about Ada, as she is told it."""
    with house.store.read(now=house.now) as reading:
        told = list(reading.findings_about(reading.person("Ada Moss").id))
    return [one.facts["reason_class"] for one in told if one.kind in {EntryKind.SEARCHED, EntryKind.PHOTOS_LISTED}]


def test_withdrawn_and_unknown_people_list_nothing(found: House) -> None:
    """R6: after a withdrawal the list is refused; for an unknown name there is nobody."""
    found.library.withdraw("Ada Moss")
    with pytest.raises(ConsentRefused):
        found.library.photos("Ada Moss", reason=REASON)
    with pytest.raises(PersonUnknown):
        found.library.photos("Nobody", reason=REASON)


OPERATIONS = {
    Purpose.FIND_ME: lambda house: bool(house.library.photos("Ada Moss", reason=None).appearances),
    Purpose.BE_FOUND: lambda house: names(house, 7) == ["Ada Moss"],
    Purpose.BE_SHOWN: lambda house: len(_published(house)) == 1,
}


def _published(house: House) -> tuple[object, ...]:
    from countenance.journeys.publish import Order  # noqa: PLC0415  (one test needs it)

    out = house.folder / f"out-{len(list(house.folder.glob('out-*')))}"
    return house.library.publish([house.folder / "photos" / "one.png"], out, Order()).copies[0].shown


def _passes(house: House, purpose: Purpose) -> bool:
    try:
        return OPERATIONS[purpose](house)
    except (ConsentRefused, PersonUnknown):
        return False


@pytest.mark.parametrize("state", ["given", "withdrawn", "expired", "not enrolled"])
@pytest.mark.parametrize("given", ALL)
def test_purposes_are_kept_apart(house: House, given: Purpose, state: str) -> None:
    """R4: of 3 purposes x 3 operations x 4 states only the diagonal of those given and live passes."""
    house.photo("one.png", [7])
    if state != "not enrolled":
        portrait = house.photo("../portraits/ada.png", [7])
        until = house.now + timedelta(days=10)
        house.library.enrol(EnrolmentForm("Ada Moss", (portrait,), house.release("ada"), (given,), until))
    house.library.index([house.folder / "photos"])
    if state == "withdrawn":
        house.library.withdraw("Ada Moss")
    if state == "expired":
        house.pass_time(days=11)
    allowed = [purpose for purpose in ALL if _passes(house, purpose)]
    assert allowed == ([given] if state == "given" else [])


def test_an_expired_template_leaves_the_gallery_in_memory(found: House) -> None:
    """R7: a library that stays open drops the templates of people whose date has passed."""
    names(found, 7)
    found.pass_time(days=366)
    with found.store.read(now=found.now) as reading:
        assert found.matcher().galleries.at(reading).people == frozenset()
