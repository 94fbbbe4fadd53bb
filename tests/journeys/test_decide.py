"""The journey decide: what a human says about a person and a photo wins over what the machine thinks, always."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from by_hand import decisions, face, index, places, publish, say, tag, without_face
from countenance.consent import Purpose
from countenance.errors import ConsentRefused, NoFace, PhotoMissing, PhotoUnreadable, SeveralFaces, UsageWrong
from countenance.faces import Box
from countenance.journeys.decide import Word
from countenance.journeys.enrol import EnrolmentForm
from countenance.ledger import EntryKind
from countenance.ports import JobState, Verdict
from countenance.vision import StubVision
from library_desk import BIRTH
from small_house import ALL, House


@pytest.fixture
def party(house: House) -> House:
    """Give a house with Ada (7), Ben (8) and Cleo, of whose face nothing is kept; a party of 7, 8 and 9 is indexed."""
    house.enrol("Ada Moss", 7)
    house.enrol("Ben Oak", 8)
    without_face(house, "Cleo Fern")
    house.photo("party.png", [7, 8, 9])
    index(house)
    return house


def test_a_tag_puts_a_person_where_no_machine_could(party: House) -> None:
    """R12: Cleo, without a template, is in the list of her photos once she is tagged, for herself and for staff."""
    decided = tag(party, "party.png", "Cleo Fern", face(2))
    assert (decided.box, decided.drawn) == (face(2), False)
    assert places(party, "Cleo Fern") == {"party.png": face(2)}
    listing = party.library.photos("Cleo Fern", reason="her parents asked")
    assert [one.box for one in listing.appearances] == [face(2)]


@pytest.mark.parametrize(
    "drawn",
    [face(2), Box(255, 33, 90, 88), Box(240, 0, 130, 160), Box(275, 60, 30, 30)],
    ids=["exact", "close", "whole head", "a stroke in it"],
)
def test_a_box_over_a_known_face_means_that_face(party: House, drawn: Box) -> None:
    """R12: however roughly it is drawn, a box over one known face is kept as that face."""
    assert tag(party, "party.png", "Cleo Fern", drawn).box == face(2)


def test_a_box_over_several_faces_means_none(party: House) -> None:
    """R12: a box around two faces is refused, and the faces to choose from are told."""
    with pytest.raises(SeveralFaces) as told:
        tag(party, "party.png", "Cleo Fern", Box(0, 0, 260, 170))
    assert [Box(*box) for box in told.value.boxes] == [face(0), face(1), face(2)]
    assert decisions(party, "party.png") == ()


def test_a_box_where_no_face_is_known_is_added(party: House) -> None:
    """R12: a face that the detector missed is added by hand, and stays when the photo is indexed again."""
    drawn = Box(2, 132, 40, 40)
    decided = tag(party, "party.png", "Cleo Fern", drawn)
    assert (decided.box, decided.drawn) == (drawn, True)
    for again in (False, True):
        index(party, again=again)
        assert places(party, "Cleo Fern") == {"party.png": drawn}
        assert places(party, "Ada Moss") == {"party.png": face(0)}


def test_a_box_is_cut_to_the_photo(party: House) -> None:
    """R12: a box that reaches over the edge is cut; one that lies outside is refused."""
    assert tag(party, "party.png", "Cleo Fern", Box(-30, 140, 60, 100)).box == Box(0, 140, 30, 36)
    with pytest.raises(UsageWrong, match="outside"):
        tag(party, "party.png", "Cleo Fern", Box(2000, 30, 60, 60))


def test_a_face_can_be_meant_by_its_number(party: House) -> None:
    """R12: a face is named by its number among the known ones; without number or box it must be the only one."""
    photo = party.folder / "photos" / "party.png"
    decided = party.library.decide(Word(photo, "Cleo Fern", Verdict.TAGGED, face=3))
    assert decided.box == face(2)
    for word in (Word(photo, "Cleo Fern", Verdict.TAGGED, face=4), Word(photo, "Cleo Fern", Verdict.TAGGED)):
        with pytest.raises(SeveralFaces):
            party.library.decide(word)
    party.photo("alone.png", [9])
    party.photo("nobody.png", [])
    index(party)
    alone = Word(photo.with_name("alone.png"), "Cleo Fern", Verdict.TAGGED)
    assert party.library.decide(alone).box == face(0)
    with pytest.raises(NoFace):
        party.library.decide(Word(photo.with_name("nobody.png"), "Cleo Fern", Verdict.TAGGED))


def test_a_tagged_face_is_nobody_elses(party: House) -> None:
    """R14: Ada's face, tagged as Cleo's, is not Ada's any more, also after indexing and a rescan."""
    tag(party, "party.png", "Cleo Fern", face(0))
    for step in (lambda: None, lambda: index(party, again=True), lambda: party.enrol("Dora Pine", 9)):
        step()
        assert places(party, "Ada Moss") == {}
        assert places(party, "Cleo Fern") == {"party.png": face(0)}


def test_a_face_that_a_human_gave_away_is_not_the_machines_first_choice(house: House) -> None:
    """R14: of two faces that match Ada the machine takes the one that no human has given to somebody else."""
    house.enrol("Ada Moss", 7)
    without_face(house, "Cleo Fern")
    house.photo("twins.png", [7, 7])
    index(house)
    (taken,) = places(house, "Ada Moss").values()
    tag(house, "twins.png", "Cleo Fern", taken)
    (left,) = places(house, "Ada Moss").values()
    assert {taken, left} == {face(0), face(1)}


def test_rejecting_keeps_a_person_out(party: House) -> None:
    """R14: Ada, rejected, is in the photo no more, whatever is indexed or enrolled afterwards."""
    say(party, Verdict.REJECTED, "party.png", "Ada Moss")
    for step in (lambda: None, lambda: index(party, again=True), lambda: party.enrol("Dora Pine", 9)):
        step()
        assert places(party, "Ada Moss") == {}
        assert places(party, "Ben Oak") == {"party.png": face(1)}


def test_who_was_second_gets_the_face_of_who_was_rejected(house: House) -> None:
    """R14: of twins in one photo the machine takes the first; once that is rejected, the photo is matched again."""
    first, second = "Ada Moss", "Ida Moss"
    house.enrol(first, 7)
    house.enrol_twin(second, 7)
    house.photo("twin.png", [7])
    index(house)
    taken, other = (first, second) if places(house, first) else (second, first)
    assert not say(house, Verdict.REJECTED, "twin.png", taken).behind
    assert (places(house, taken), places(house, other)) == ({}, {"twin.png": face(0)})
    assert [job.state for job in house.library.jobs()] == [JobState.DONE]


def test_a_word_does_not_wait_for_the_work_that_others_left(house: House) -> None:
    """R43: if other photos wait to be matched, the freed face is left to the job with them, and that is said."""
    house.enrol("Ada Moss", 7)
    house.photo("twins.png", [7, 7, 9])
    house.photo("other.png", [9])
    index(house)
    portrait = house.photo("../portraits/dora.png", [9])
    house.library.enrol(EnrolmentForm("Dora Pine", (portrait,), house.release("Dora"), ALL), later=True)
    assert say(house, Verdict.REJECTED, "twins.png", "Ada Moss").behind
    assert [job.state for job in house.library.jobs()] == [JobState.QUEUED] * 2
    house.library.run_jobs()
    assert [job.state for job in house.library.jobs()] == [JobState.DONE] * 2
    assert set(places(house, "Dora Pine")) == {"other.png", "twins.png"}


def test_confirming_keeps_a_possible_match(party: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14: Ada, confirmed, stays at her face, even if the embedder gives something else from then on."""
    assert say(party, Verdict.CONFIRMED, "party.png", "Ada Moss").box == face(0)
    embed = StubVision.embed
    monkeypatch.setattr(StubVision, "embed", lambda self, pixels, boxes: tuple(reversed(embed(self, pixels, boxes))))
    index(party, again=True)
    assert places(party, "Ada Moss") == {"party.png": face(0)}
    with pytest.raises(UsageWrong, match="no possible match"):
        say(party, Verdict.CONFIRMED, "party.png", "Cleo Fern")


def test_the_last_word_counts(party: House) -> None:
    """R14: a tag that was wrong is put right by another word; a face tagged anew loses who was tagged before."""
    tag(party, "party.png", "Cleo Fern", face(2))
    tag(party, "party.png", "Cleo Fern", face(0))
    assert places(party, "Cleo Fern") == {"party.png": face(0)}
    assert tag(party, "party.png", "Ada Moss", face(0)).displaced == ("Cleo Fern",)
    assert (places(party, "Ada Moss"), places(party, "Cleo Fern")) == ({"party.png": face(0)}, {})
    assert {one.person: one.verdict for one in decisions(party, "party.png")} == {
        party.library.receipts("Ada Moss")[0].id: Verdict.TAGGED,
        party.library.receipts("Cleo Fern")[0].id: Verdict.REJECTED,
    }
    say(party, Verdict.REJECTED, "party.png", "Ada Moss")
    tag(party, "party.png", "Cleo Fern", face(2))
    assert (places(party, "Ada Moss"), places(party, "Cleo Fern")) == ({}, {"party.png": face(2)})


def test_a_displaced_tag_never_comes_back(party: House) -> None:
    """R6: Cleo's tag, displaced by Ada's, does not take the face again when Ada withdraws."""
    tag(party, "party.png", "Cleo Fern", face(0))
    tag(party, "party.png", "Ada Moss", face(0))
    party.library.withdraw("Ada Moss")
    index(party, again=True)
    assert places(party, "Cleo Fern") == {}
    assert publish(party, "party.png").shown == (face(1),)  # Ben


def test_a_decision_follows_the_content(party: House) -> None:
    """R12: moved, copied or renamed, a file of the same bytes keeps what humans said; every copy has it at once."""
    photos = party.folder / "photos"
    shutil.copy(photos / "party.png", photos / "copy.png")
    index(party)
    drawn = Box(2, 132, 40, 40)
    assert tag(party, "party.png", "Cleo Fern", drawn).copies == 2
    say(party, Verdict.REJECTED, "copy.png", "Ada Moss")
    assert places(party, "Cleo Fern") == {"copy.png": drawn, "party.png": drawn}
    assert places(party, "Ada Moss") == {}
    (photos / "moved").mkdir()
    (photos / "party.png").rename(photos / "moved/elsewhere.png")
    shutil.copy(photos / "copy.png", photos / "third.png")
    index(party)
    assert places(party, "Cleo Fern") == {"copy.png": drawn, "elsewhere.png": drawn, "third.png": drawn}
    assert places(party, "Ada Moss") == {}


def test_a_photo_must_be_indexed_as_it_is(party: House) -> None:
    """R43: a photo that is not indexed, or has changed since, is refused with what to do."""
    party.photo("new.png", [9])
    with pytest.raises(UsageWrong, match="not indexed"):
        tag(party, "new.png", "Cleo Fern", face(0))
    party.photo("party.png", [9])
    with pytest.raises(PhotoUnreadable, match="changed"):
        tag(party, "party.png", "Cleo Fern", face(0))
    with pytest.raises(PhotoMissing):
        say(party, Verdict.REJECTED, "nothing.png", "Cleo Fern")
    assert party.entries(EntryKind.DECIDED) == []


def test_nothing_is_decided_about_somebody_without_consent(party: House) -> None:
    """R3: about who has withdrawn, or whose consent has ended, nothing is kept and nothing is noted."""
    party.library.withdraw("Ada Moss")
    for verdict, box in ((Verdict.TAGGED, face(0)), (Verdict.REJECTED, None)):
        with pytest.raises(ConsentRefused, match="nothing about this person may be kept: the person withdrew"):
            say(party, verdict, "party.png", "Ada Moss", box)
    party.pass_time(days=800)
    with pytest.raises(ConsentRefused, match="the consent ended"):
        tag(party, "party.png", "Cleo Fern", face(2))
    assert party.entries(EntryKind.DECIDED) == []


def test_the_person_reads_what_was_decided(party: House) -> None:
    """R28: each word is an entry; its person is told verdict, photo and box, nobody else is told anything."""
    tag(party, "party.png", "Cleo Fern", face(0))
    tag(party, "party.png", "Ada Moss", face(0))
    cleo, ada, ben = (party.library.receipts(name)[0].id for name in ("Cleo Fern", "Ada Moss", "Ben Oak"))
    with party.store.read(now=party.now) as reading:
        told = {
            person: [one.facts for one in reading.findings_about(person) if one.kind == EntryKind.DECIDED]
            for person in (cleo, ada, ben)
        }
    assert [(facts["verdict"], facts["box"]) for facts in told[cleo]] == [
        ("tagged", [20, 30, 96, 96]),
        ("rejected", None),
    ]
    assert [(facts["verdict"], Path(str(facts["photo"])).name) for facts in told[ada]] == [("tagged", "party.png")]
    assert told[ben] == []
    bodies = [entry.body for entry in party.entries(EntryKind.DECIDED)]
    assert [(body["person"], body["verdict"]) for body in bodies] == [
        (cleo, "tagged"),
        (cleo, "rejected"),
        (ada, "tagged"),
    ]


def test_a_purpose_that_was_not_given_is_not_given_by_a_tag(party: House) -> None:
    """R4: who may only be shown is shown when tagged, and is in no list."""
    without_face(party, "Dan Elm", [Purpose.BE_SHOWN])
    tag(party, "party.png", "Dan Elm", face(2))
    with pytest.raises(ConsentRefused):
        party.library.photos("Dan Elm", reason=None)
    assert face(2) in publish(party, "party.png").shown


def test_a_withdrawal_takes_the_tags(party: House) -> None:
    """R5, R6: tags and decisions of a person go with the last consent; nothing brings them back."""
    tag(party, "party.png", "Cleo Fern", face(2))
    assert party.library.withdraw("Cleo Fern").appearances_erased == 1
    assert decisions(party, "party.png") == ()
    index(party, again=True)
    assert publish(party, "party.png").shown == (face(0), face(1))


def test_a_tag_in_another_photo_changes_nothing_here(party: House) -> None:
    """R14: a decision is about one photo."""
    party.photo("other.png", [7, 9])
    index(party)
    say(party, Verdict.REJECTED, "party.png", "Ada Moss")
    assert set(places(party, "Ada Moss")) == {"other.png"}


DEEDS = (
    "index",
    "index again",
    "look-alike enrols",
    "another withdraws",
    "another is tagged",
    "copy",
    "move",
    "rescan",
)


@settings(max_examples=30)
@given(
    deeds=st.lists(st.sampled_from(DEEDS), min_size=1, max_size=5),
    verdict=st.sampled_from(Verdict),
    at=st.integers(0, 2),
    expires=st.booleans(),
)
def test_nothing_but_the_person_ends_a_decision(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[str], verdict: Verdict, at: int, *, expires: bool
) -> None:
    """R12, R14: whatever is done, also by others, what was decided about Ada stands until she ends it."""
    house = House(tmp_path_factory.mktemp("house"), BIRTH)
    house.enrol("Ada Moss", 7)
    house.enrol("Ben Oak", 8)
    house.photo("party.png", [7, 8, 9])
    index(house)
    at = 0 if verdict is Verdict.CONFIRMED else at
    say(house, verdict, "party.png", "Ada Moss", face(at) if verdict is Verdict.TAGGED else None)
    (decided,) = decisions(house, "party.png")
    where = set() if verdict is Verdict.REJECTED else {face(at)}
    names = {"party.png"}
    for number, deed in enumerate(deeds):
        _do(house, deed, number, names, elsewhere=face((at + 1) % 3))
        assert decided in decisions(house, min(names))
        found = places(house, "Ada Moss")
        assert set(found.values()) == where, deed
        assert set(found) == (names if where else set()), deed
    if expires:
        house.pass_time(days=400)
    else:
        house.library.withdraw("Ada Moss")
    assert decided not in decisions(house, min(names))
    with pytest.raises(ConsentRefused):
        places(house, "Ada Moss")


def _do(house: House, deed: str, number: int, names: set[str], *, elsewhere: Box) -> None:
    """Do something that is not Ada's own; `names` are those of the photo's files."""
    photos = house.folder / "photos"
    name = f"{number}.png"
    match deed:
        case "index" | "index again":
            index(house, again=deed == "index again")
        case "look-alike enrols":
            house.enrol(f"Look-alike {number}", 7)
        case "another withdraws":
            house.library.withdraw("Ben Oak")
        case "another is tagged":
            without_face(house, f"Somebody {number}")
            tag(house, min(names), f"Somebody {number}", elsewhere)
        case "copy":
            shutil.copy(photos / min(names), photos / name)
            names.add(name)
            index(house)
        case "move":
            old = min(names)
            (photos / old).rename(photos / name)
            names.remove(old)
            names.add(name)
            index(house)
        case _:
            house.library.run_jobs()
