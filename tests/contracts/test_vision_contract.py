"""What every Vision must do, whatever sees for it: run for the package's own and for the twin without weights."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from countenance.errors import LibraryUnsuited
from countenance.faces import Box, Face, Threshold, Trouble, Use
from countenance.ports import Look, Pixels, Vision
from countenance.vision import OnnxVision, StubVision

PHOTOS = Path(__file__).resolve().parents[2] / "src/countenance/demo/photos"
# Face boxes in the portraits used, as drawn by hand.
PORTRAITS = {
    0: ("strangers/f_easian.jpg", Box(328, 270, 350, 442)),
    1: ("strangers/m_white.jpg", Box(327, 269, 340, 430)),
    2: ("lisa/lisa1.jpg", Box(126, 183, 334, 459)),
}


@dataclass(frozen=True)
class Subject:
    """A Vision under test, one like it without recognition, and how to make a photo that it can see faces in."""

    vision: Vision
    blind: Vision
    photo: Callable[[tuple[int, int], Sequence[tuple[Box, int]]], Pixels]


def pasted(size: tuple[int, int], faces: Sequence[tuple[Box, int]]) -> Pixels:
    """Paste portraits onto grey so that their faces fill the boxes' heights."""
    scene = Image.new("RGB", size, (128, 128, 128))
    for box, who in faces:
        name, face = PORTRAITS[who]
        with Image.open(PHOTOS / name) as portrait:
            head = portrait.convert("RGB").crop(face.grown(0.25).as_tuple()[:2] + _corner(face.grown(0.25)))
        scale = box.h / face.h
        small = head.resize((round(head.width * scale), round(head.height * scale)), Image.Resampling.LANCZOS)
        scene.paste(small, (box.x - round(0.25 * face.side * scale), box.y - round(0.25 * face.side * scale)))
    return np.asarray(scene)


def _corner(box: Box) -> tuple[int, int]:
    return (box.x + box.w, box.y + box.h)


@pytest.fixture(scope="module", params=["onnx", "stub"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Give each implementation in turn."""
    if request.param == "stub":
        return Subject(StubVision(), StubVision(recognises=False), StubVision.draw)
    return Subject(OnnxVision.load(), OnnxVision.load(recognises=False), pasted)


def thresholds_of(vision: Vision) -> list[Threshold]:
    """Give what a large face must reach among a few people, for searching and for showing."""
    return [vision.calibration.threshold(use, people=3, px=90) for use in (Use.SEARCH, Use.SHOW)]


FACES = [(Box(90, 80, 100, 130), 0), (Box(330, 90, 120, 150), 1), (Box(520, 240, 70, 90), 2)]
SQUARE = [(Box(box.x, box.y, box.h, box.h), who) for box, who in FACES]
SIZE = (720, 420)


@pytest.fixture(scope="module")
def photo(subject: Subject) -> Pixels:
    """Give a photo of three faces."""
    return subject.photo(SIZE, SQUARE if isinstance(subject.vision, StubVision) else FACES)


def test_every_face_is_found_once_at_both_working_points(subject: Subject, photo: Pixels) -> None:
    """Each face is found by one box inside the photo, and the thorough look finds what the quick one finds."""
    for look in Look:
        faces = subject.vision.detect(photo, look)
        assert len(faces) == len(FACES)
        for face in faces:
            assert 0 < face.confidence <= 1
            assert face.box.within(*SIZE) == face.box
            assert len(face.landmarks) == 5
        for box, _ in FACES:
            assert max(face.box.overlap(box) for face in faces) > 0.5


def test_the_same_photo_gives_the_same_faces_in_the_same_order(subject: Subject, photo: Pixels) -> None:
    """Detection is a function of the pixels: the same again, also from a read-only copy laid out differently."""
    copy = np.asfortranarray(photo)
    copy.flags.writeable = False
    before = photo.copy()
    assert subject.vision.detect(photo) == subject.vision.detect(copy)
    assert np.array_equal(photo, before)


@pytest.mark.parametrize("size", [(1, 1), (9, 3), (40, 700), (300, 200)])
def test_a_photo_without_faces_gives_none(subject: Subject, size: tuple[int, int]) -> None:
    """Nothing is found in plain grey, however small or long the photo is."""
    grey = np.full((size[1], size[0], 3), 127, np.uint8)
    for look in Look:
        assert subject.vision.detect(grey, look) == ()


def test_a_template_depends_on_its_own_face_alone(subject: Subject, photo: Pixels) -> None:
    """R14: a box gives bit for bit the same template whichever boxes come with it, so a rescan equals an index."""
    boxes = [face.box for face in subject.vision.detect(photo)]
    together = subject.vision.embed(photo, boxes)
    backwards = subject.vision.embed(photo, boxes[::-1])[::-1]
    alone = [subject.vision.embed(photo.copy(), [box])[0] for box in boxes]
    for one, other, third in zip(together, backwards, alone, strict=True):
        assert one.values.tobytes() == other.values.tobytes() == third.values.tobytes()
        assert one.model == subject.vision.model
    assert subject.vision.embed(photo, []) == ()


def test_a_reference_is_compared_with_the_probes_of_the_same_model(subject: Subject, photo: Pixels) -> None:
    """R35: what is kept of a face is most like that face, of the model in use, and always the same for the same."""
    boxes = [face.box for face in subject.vision.detect(photo)]
    probes = subject.vision.embed(photo, boxes)
    references = [subject.vision.reference(photo, box) for box in boxes]
    for place, reference in enumerate(references):
        assert reference.model == subject.vision.model
        assert reference.values.tobytes() == subject.vision.reference(photo.copy(), boxes[place]).values.tobytes()
        scores = [reference.compare(probe) for probe in probes]
        assert scores.index(max(scores)) == place


def test_the_quality_of_a_face_is_a_function_of_its_photo(subject: Subject, photo: Pixels) -> None:
    """R32: good faces are without trouble, a larger one weighs no less, and asking again changes nothing."""
    faces = sorted(subject.vision.detect(photo), key=lambda face: face.box.side)
    qualities = [subject.vision.quality(photo, face) for face in faces]
    assert qualities == [subject.vision.quality(photo.copy(), face) for face in faces]
    assert [quality.px for quality in qualities] == [face.box.side for face in faces]
    assert [quality.confidence for quality in qualities] == [face.confidence for face in faces]
    assert [quality.troubles for quality in qualities] == [(), (), ()]
    assert 0 < qualities[0].weight <= qualities[-1].weight <= 1
    assert subject.blind.quality(photo, faces[0]) == qualities[0]
    small = Face(Box(90, 80, 40, 50), 0.9, faces[0].landmarks)
    assert Trouble.TOO_SMALL in subject.vision.quality(photo, small).troubles


def test_one_person_twice_is_a_match_and_two_people_are_not(subject: Subject, photo: Pixels) -> None:
    """The thresholds part people: the same person again reaches both, anybody else neither."""
    again = io.BytesIO()
    Image.fromarray(photo).save(again, "JPEG", quality=85)
    with Image.open(again) as reopened:
        other = np.asarray(reopened.convert("RGB"))
    search, show = thresholds_of(subject.vision)
    boxes = [face.box for face in subject.vision.detect(photo)]
    first, second = subject.vision.embed(photo, boxes), subject.vision.embed(other, boxes)
    for row, one in enumerate(first):
        for column, two in enumerate(second):
            score = one.compare(two)
            assert search.reached_by(score) == (row == column)
            assert show.reached_by(score) == (row == column)


def test_showing_asks_for_more_than_searching(subject: Subject) -> None:
    """R16: both thresholds hold for this model, and the one for leaving a face uncovered is stricter."""
    calibration = subject.vision.calibration
    assert calibration.model == subject.vision.model
    for rung in calibration.rungs:
        assert rung.show.score > rung.search.score
        assert rung.search.searches > 0
        assert rung.search.gallery_size > 0


def test_a_box_over_the_edge_is_embedded(subject: Subject, photo: Pixels) -> None:
    """A box that reaches over the photo's edge, or is one pixel large, still gives a template."""
    boxes = [Box(-30, -20, 90, 120), Box(SIZE[0] - 20, SIZE[1] - 10, 60, 60), Box(5, 5, 1, 1)]
    assert len(subject.vision.embed(photo, boxes)) == len(boxes)


def test_without_recognition_nothing_is_embedded_or_matched(subject: Subject, photo: Pixels) -> None:
    """R12: without recognition the same faces are seen, no template is given, and no score reaches a threshold."""
    assert subject.blind.model == ""
    assert subject.blind.detect(photo) == subject.vision.detect(photo)
    with pytest.raises(LibraryUnsuited):
        subject.blind.embed(photo, [Box(90, 80, 100, 130)])
    with pytest.raises(LibraryUnsuited):
        subject.blind.reference(photo, Box(90, 80, 100, 130))
    (template,) = subject.vision.embed(photo, [Box(90, 80, 100, 130)])
    for people in (0, 10**7):
        for use in Use:
            never = subject.blind.calibration.threshold(use, people=people, px=200)
            assert not never.reached_by(template.compare(template))
