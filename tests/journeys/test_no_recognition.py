"""R12, a way without face data: no embedder, people tagged by hand, and publish still covers everyone else."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from by_hand import index, keep_word, places, publish, say, tag, visible, without_face
from countenance.consent import Policy, Purpose
from countenance.errors import UsageWrong
from countenance.faces import Box, Face
from countenance.journeys import placing
from countenance.journeys.enrol import EnrolmentForm
from countenance.library._opening import default_vision
from countenance.ports import Look, Pixels, Verdict
from countenance.seals import sha256_hex
from countenance.vision import StubVision, _session, catalogue
from small_house import House, references

# So far apart that no cover reaches over the next face.
FIRST, SECOND, THIRD = Box(40, 60, 96, 96), Box(300, 60, 96, 96), Box(560, 60, 96, 96)


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> House:
    """Give a house that recognises nobody, with Ada and Ben, who may be shown: a party of three is indexed."""
    made = House(tmp_path, now, staff_search=False, vision=StubVision(recognises=False))
    without_face(made, "Ada Moss", [Purpose.BE_SHOWN])
    without_face(made, "Ben Oak", [Purpose.BE_SHOWN])
    drawn(made, "party.png")
    index(made)
    return made


@pytest.fixture
def mixed(tmp_path: Path, now: datetime) -> House:
    """Give a house that recognises Ada (7); of Ben and Cleo it keeps no face, and Cleo may not be shown."""
    made = House(tmp_path, now)
    made.enrol("Ada Moss", 7)
    without_face(made, "Ben Oak")
    without_face(made, "Cleo Fern", [Purpose.FIND_ME])
    drawn(made, "party.png")
    index(made)
    return made


def drawn(house: House, name: str) -> Path:
    """Draw a photo with three faces."""
    path = house.folder / "photos" / name
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(StubVision.draw((700, 220), [(FIRST, 7), (SECOND, 8), (THIRD, 9)])).save(path)
    return path


def test_no_embedder_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """R12: a library without recognition makes a session of the detector's weights, and none of the embedder's."""
    loaded: list[str] = []
    load = _session.load

    def noted(content: bytes, *, threads: int) -> _session.Session:
        loaded.append(sha256_hex(content))
        return load(content, threads=threads)

    monkeypatch.setattr(_session, "load", noted)
    detector, embedder = (card.sha256 for card in catalogue())
    without, with_faces = (
        Policy.draft(controller="Hollybank School", contact="office@hollybank.example", recognition=recognition)
        for recognition in (False, True)
    )
    assert default_vision(without)().model == ""
    assert loaded == [detector]
    assert default_vision(with_faces)().model
    assert loaded == [detector, detector, embedder]


def test_people_are_enrolled_without_a_face_and_never_with_one(house: House) -> None:
    """R12: a portrait is refused before it is looked at, and there is no template of anybody."""
    portrait = drawn(house, "../portrait.png")
    with pytest.raises(UsageWrong, match="no face templates"):
        house.library.enrol(EnrolmentForm("Dora Pine", (portrait,), house.release("Dora"), (Purpose.BE_SHOWN,)))
    assert references(house) == 0
    assert [person.has_template for person in house.library.people()] == [False] * 2


def test_nobody_is_shown_who_was_not_tagged(house: House) -> None:
    """R12, R16: without tags every face is covered, whoever allowed what."""
    copy = publish(house, "party.png")
    assert (copy.shown, visible(house, copy.target)) == ((), [])


def test_the_tagged_are_shown_and_everybody_else_is_covered(house: House) -> None:
    """R12: Ada and Ben, tagged, can be seen in the file, a stranger can not."""
    tag(house, "party.png", "Ada Moss", FIRST)
    assert visible(house, publish(house, "party.png").target) == [FIRST]
    tag(house, "party.png", "Ben Oak", THIRD)
    assert visible(house, publish(house, "party.png").target) == [FIRST, THIRD]


def test_a_rejected_or_withdrawn_person_is_covered_again(house: House) -> None:
    """R6, R12: who was tagged and is rejected, and who was tagged and withdraws, is covered in the next copy."""
    tag(house, "party.png", "Ada Moss", FIRST)
    tag(house, "party.png", "Ben Oak", THIRD)
    say(house, Verdict.REJECTED, "party.png", "Ada Moss")
    assert visible(house, publish(house, "party.png").target) == [THIRD]
    house.library.withdraw("Ben Oak")
    assert visible(house, publish(house, "party.png").target) == []


def test_no_tag_outlasts_its_consent(house: House) -> None:
    """R7, R12: a tagged person whose consent has ended is covered, swept or not."""
    tag(house, "party.png", "Ada Moss", FIRST)
    house.pass_time(days=400)
    assert visible(house, publish(house, "party.png").target) == []


class Shifting:
    """Detections that lie elsewhere when looked at thoroughly, as another working point of a detector gives them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *boxes: Box) -> None:
        self.boxes = boxes
        self._detect = StubVision.detect
        monkeypatch.setattr(StubVision, "detect", self._found)

    def _found(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        seen = {face.box for face in self._detect(StubVision(), pixels, look)}
        # Only where a patch can still be seen: a face that is covered is found by nobody.
        return tuple(
            Face(box, 1.0)
            for box in self.boxes
            if any(box.overlap(patch) > 0 for patch in seen) or pixels.shape[1] != 700
        )


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (FIRST, True),
        (Box(50, 70, 96, 96), True),
        (Box(40, 60, 70, 80), True),
        (Box(90, 110, 96, 96), False),
        (Box(40, 60, 40, 40), False),
        (Box(20, 20, 200, 200), False),
    ],
    ids=["same", "a little aside", "smaller", "far aside", "a quarter of it", "much larger"],
)
def test_a_tag_shows_a_face_that_is_clearly_of_its_box(
    house: House, monkeypatch: pytest.MonkeyPatch, found: Box, *, shown: bool
) -> None:
    """R12, R16: a face that overlaps the tag's box too loosely is covered."""
    tag(house, "party.png", "Ada Moss", FIRST)
    Shifting(monkeypatch, found)
    assert publish(house, "party.png").shown == ((found,) if shown else ())


def test_a_tag_shows_no_second_face(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R12, R16: of two faces in one tag's box the clearly closest is shown; if neither is, none is."""
    tag(house, "party.png", "Ada Moss", FIRST)
    close, aside = Box(42, 62, 96, 96), Box(100, 60, 96, 96)
    Shifting(monkeypatch, close, aside)
    assert publish(house, "party.png").shown == (close,)
    left, right = Box(20, 60, 96, 96), Box(60, 60, 96, 96)
    monkeypatch.undo()
    Shifting(monkeypatch, left, right)
    assert publish(house, "party.png").shown == ()


def test_a_face_that_two_tags_mean_is_nobodys(mixed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R16: if one face is found where two people were tagged, it is covered, though one of them may be shown."""
    left, right = Box(40, 60, 96, 96), Box(75, 60, 96, 96)
    Shifting(monkeypatch, left, right)
    index(mixed, again=True)
    tag(mixed, "party.png", "Ben Oak", left)
    tag(mixed, "party.png", "Cleo Fern", right)
    monkeypatch.undo()
    Shifting(monkeypatch, Box(55, 60, 96, 96))
    assert publish(mixed, "party.png").shown == ()


def test_a_face_claimed_by_two_or_in_doubt_is_covered_also_from_the_machine(mixed: House) -> None:
    """R16: the machine's match is not shown where a tag means that face in doubt; nor are two people of one face."""
    ben, cleo = (mixed.library.receipts(name)[0].id for name in ("Ben Oak", "Cleo Fern"))
    assert publish(mixed, "party.png").shown == (FIRST,)
    keep_word(mixed, "party.png", cleo, Box(40, 60, 50, 50))
    assert publish(mixed, "party.png").shown == ()
    for person in (ben, cleo):
        keep_word(mixed, "party.png", person, SECOND)
    assert publish(mixed, "party.png").shown == (FIRST,)


def test_a_tag_where_nothing_is_found_uncovers_nothing(house: House) -> None:
    """R12, R16: a box over no detected face leaves every face as it was."""
    tag(house, "party.png", "Ada Moss", Box(420, 20, 60, 60))
    assert visible(house, publish(house, "party.png").target) == []


def test_where_a_human_sees_somebody_unshown_there_is_a_cover(mixed: House) -> None:
    """R16: a face that the detector misses is covered where a human tagged somebody who may not be shown."""
    missed = Box(420, 20, 60, 60)
    tag(mixed, "party.png", "Cleo Fern", missed)
    copy = publish(mixed, "party.png")
    assert missed in copy.covered
    pixels = np.asarray(Image.open(copy.target).convert("RGB"))[20:80, 420:480]
    assert np.ptp(pixels.reshape(-1, 3), axis=0).max() <= 2


def test_in_a_library_that_recognises_a_human_wins_too(mixed: House) -> None:
    """R12, R16: tags show people without a template; a face tagged as another's is not shown as the machine's match."""
    assert visible(mixed, publish(mixed, "party.png").target) == [FIRST]
    tag(mixed, "party.png", "Ben Oak", THIRD)
    assert visible(mixed, publish(mixed, "party.png").target) == [FIRST, THIRD]
    tag(mixed, "party.png", "Cleo Fern", FIRST)
    assert visible(mixed, publish(mixed, "party.png").target) == [THIRD]
    assert places(mixed, "Cleo Fern") == {"party.png": FIRST}
    say(mixed, Verdict.REJECTED, "party.png", "Cleo Fern")
    assert visible(mixed, publish(mixed, "party.png").target) == [FIRST, THIRD]
    tag(mixed, "party.png", "Ada Moss", SECOND)
    assert visible(mixed, publish(mixed, "party.png").target) == [SECOND, THIRD]


def test_a_confirmed_match_is_shown_though_it_is_unclear(tmp_path: Path, now: datetime) -> None:
    """R16: between the two thresholds a face is covered until a human confirms it."""
    house = House(tmp_path, now)
    house.enrol("Ada Moss", 7)
    house.photo("dim.png", [7], unclear=[7])
    index(house)
    assert publish(house, "dim.png").shown == ()
    say(house, Verdict.CONFIRMED, "dim.png", "Ada Moss")
    assert len(publish(house, "dim.png").shown) == 1


def test_a_human_who_speaks_while_a_copy_is_made_is_heard(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R16: a rejection between the look at the faces and the name of the copy makes the copy anew."""
    tag(house, "party.png", "Ada Moss", FIRST)
    record = placing._recorded
    spoken: list[int] = []

    def recorded(*arguments: object) -> bool:
        kept = record(*arguments)  # type: ignore[arg-type]  # passed through
        if not spoken:
            spoken.append(1)
            say(house, Verdict.REJECTED, "party.png", "Ada Moss")
        return kept

    monkeypatch.setattr(placing, "_recorded", recorded)
    copy = publish(house, "party.png")
    assert (spoken, copy.shown, visible(house, copy.target)) == ([1], (), [])
