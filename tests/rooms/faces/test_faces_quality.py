"""R32: the measures of a photo's quality, on a portrait that comes along, its landmarks written down."""

import math
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from countenance.faces import Box, Face, Quality, Trouble, quality_of
from countenance.ports import Pixels

PORTRAIT = Path(__file__).resolve().parents[3] / "src/countenance/demo/photos/lisa/45cm.jpg"
LISA = Face(
    Box(406, 405, 427, 621), 0.93, ((515.7, 676.2), (716.2, 669.5), (611.9, 791.9), (525.7, 876.5), (699.1, 869.4))
)
# Degrees of turning, and the other measures that differ in sign when a photo is mirrored.
SIGNED = ("yaw", "roll", "side")


@cache
def portrait() -> Image.Image:
    """Give the volunteer's portrait, half as large, so that the face is 310 pixels high."""
    with Image.open(PORTRAIT) as photo:
        return photo.convert("RGB").reduce(2)


def scaled(face: Face, times: float, *, across: float = 0.0, down: float = 0.0) -> Face:
    """Move a face as its photo was scaled and cut."""
    box = face.box
    edges = (box.x * times - across, box.y * times - down, box.w * times, box.h * times)
    marks = tuple((x * times - across, y * times - down) for x, y in face.landmarks)
    return Face(Box(*(round(edge) for edge in edges)), face.confidence, marks)


FACE = scaled(LISA, 0.5)


def measured(image: Image.Image, face: Face = FACE) -> Quality:
    """Measure the face of an image."""
    return quality_of(np.asarray(image), face)


def lit(times: float) -> Image.Image:
    """Give the portrait in so many times the light."""
    return portrait().point([min(255, round(255 * (value / 255 * times ** (1 / 2.2)))) for value in range(256)] * 3)


def test_a_good_portrait_has_no_trouble() -> None:
    """R32: the volunteer's portrait serves, with full weight."""
    quality = measured(portrait())
    assert quality.troubles == ()
    assert quality.weight == pytest.approx(1)
    assert abs(quality.yaw) < 5
    assert abs(quality.pitch) < 10
    assert quality.roll == pytest.approx(-2, abs=0.5)


def test_more_blur_is_less_sharp() -> None:
    """R32: each further blur takes sharpness and weight, until the photo is refused as blurred."""
    series = [measured(portrait().filter(ImageFilter.GaussianBlur(radius))) for radius in (0, 1, 2, 4, 8, 16)]
    sharpness = [quality.sharpness for quality in series]
    weights = [quality.weight for quality in series]
    assert sharpness == sorted(sharpness, reverse=True)
    assert len(set(sharpness)) == len(sharpness)
    assert weights == sorted(weights, reverse=True)
    assert [Trouble.BLURRED in quality.troubles for quality in series] == [False, False, False, True, True, True]


def test_a_shaken_camera_is_seen_in_either_direction() -> None:
    """R32: a photo that is sharp in one direction and smeared in the other is blurred."""
    pixels = np.asarray(portrait())
    for axis in (0, 1):
        smeared = np.mean([np.roll(pixels, step, axis=axis) for step in range(-20, 21, 2)], axis=0).astype(np.uint8)
        assert quality_of(smeared, FACE).troubles == (Trouble.BLURRED,)


def test_a_mirrored_photo_is_as_good() -> None:
    """R32: mirroring changes the signs of turning, tilting and the light's side, and nothing else."""
    plain = asdict(measured(portrait()))
    width = portrait().width
    marks = [(width - 1 - x, y) for x, y in FACE.landmarks]
    turned = Face(FACE.box, FACE.confidence, tuple(marks[place] for place in (1, 0, 2, 4, 3)))
    mirrored = asdict(measured(portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT), turned))
    for name, value in plain.items():
        assert mirrored[name] == pytest.approx(-value if name in SIGNED else value, rel=0.02, abs=0.02), name


def test_a_larger_copy_is_as_good() -> None:
    """R32: what is measured does not depend on how large the photo is, once the embedder has all it looks at."""
    with Image.open(PORTRAIT) as photo:
        large = asdict(measured(photo.convert("RGB"), LISA))
    small = asdict(measured(portrait()))
    assert (large.pop("px"), small.pop("px")) == (621, 310)
    for name, value in small.items():
        assert large[name] == pytest.approx(value, rel=0.08, abs=0.1), name


@pytest.mark.parametrize("times", [0.5, 0.25, 0.12])
def test_dark_skin_is_as_good_as_light_skin(times: float) -> None:
    """R32: a face that sends back an eighth of the light is as sharp, its eyes as visible, and it is not refused."""
    light, dark = measured(portrait()), measured(lit(times))
    assert dark.troubles == ()
    for name in ("sharpness", "eyes", "eyes_lit", "mouth", "side"):
        assert getattr(dark, name) == pytest.approx(getattr(light, name), rel=0.08, abs=0.03), name


def test_too_little_and_too_much_light_are_told_apart() -> None:
    """R32: with hardly any light the face is too dark, with ten times as much, or under a veil, washed out."""
    veil = Image.blend(portrait(), Image.new("RGB", portrait().size, "white"), 0.9)
    assert measured(lit(1 / 200)).troubles == (Trouble.TOO_DARK,)
    assert measured(lit(10)).troubles == (Trouble.WASHED_OUT,)
    assert measured(veil).troubles == (Trouble.WASHED_OUT,)


def test_light_from_one_side() -> None:
    """R32: the side that is lit more has the positive sign, and a half in deep shade is refused."""
    width = portrait().width
    across = np.arange(width) > (FACE.landmarks[0][0] + FACE.landmarks[1][0]) / 2
    pixels = np.asarray(portrait()).astype(float)

    def shaded(halvings: float) -> Quality:
        falls = np.where(across, 2.0 ** (-halvings / 2.2), 1.0)
        return quality_of((pixels * falls[np.newaxis, :, np.newaxis]).astype(np.uint8), FACE)

    sides = [shaded(halvings).side for halvings in (0, 1, 2, 4)]
    assert sides == sorted(sides)
    assert sides[2] - sides[0] == pytest.approx(2, abs=0.2)
    assert shaded(2).troubles == ()
    assert shaded(4).troubles == (Trouble.LIT_FROM_ONE_SIDE,)


def eyes_under(colour: str, *, both: bool = True) -> Quality:
    """Measure the portrait with a patch before its eyes, or before the left one."""
    image = portrait().copy()
    pen = ImageDraw.Draw(image)
    for x, y in FACE.landmarks[: 2 if both else 1]:
        pen.ellipse((x - 42, y - 24, x + 42, y + 32), fill=colour)
    return measured(image)


def test_covered_eyes() -> None:
    """R32: dark, pale and coloured lenses are refused; one eye is enough, and rims alone cover nothing."""
    for colour in ("black", "#402818", "#9a9a9a", "#3050a0"):
        assert eyes_under(colour).troubles == (Trouble.EYES_COVERED,), colour
        assert eyes_under(colour, both=False).troubles == (), colour
    image = portrait().copy()
    pen = ImageDraw.Draw(image)
    for x, y in FACE.landmarks[:2]:
        pen.rounded_rectangle((x - 42, y - 24, x + 42, y + 32), radius=12, outline="#181614", width=6)
    assert measured(image).troubles == ()


def test_a_covered_mouth_is_told_if_the_detector_missed_it_too() -> None:
    """R32: smooth cloth over the mouth is refused, but a smooth face that was found beyond doubt is not."""
    image = portrait().copy()
    (left, top), (right, _) = FACE.landmarks[3:]
    ImageDraw.Draw(image).rectangle((left - 40, top - 45, right + 40, top + 60), fill="#8fb4d0")
    assert measured(image, Face(FACE.box, 0.8, FACE.landmarks)).troubles == (Trouble.MOUTH_COVERED,)
    assert measured(image).troubles == ()


@pytest.mark.parametrize(
    ("cut", "refused"),
    [((0, 0, 0, 0), False), ((150, 0, 0, 0), False), ((270, 0, 0, 0), True), ((0, 0, 0, 330), True)],
)
def test_a_face_that_the_edge_cuts_off(cut: tuple[int, int, int, int], refused: bool) -> None:  # noqa: FBT001
    """R32: what counts is the face that must be there by its landmarks, not the box, which ends at the edge."""
    left, top, right, bottom = cut
    width, height = portrait().size
    image = portrait().crop((left, top, width - right, height - bottom))
    quality = measured(image, scaled(LISA, 0.5, across=left, down=top))
    assert (Trouble.CUT_OFF in quality.troubles) is refused
    assert (quality.inside < 1) is refused


@settings(max_examples=15)
@given(st.floats(-170, 170))
def test_roll_is_what_the_photo_is_turned_by(degrees: float) -> None:
    """R32: turning the landmarks around their middle changes roll by as much, and neither yaw nor pitch."""
    turn = complex(math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
    marks = [(complex(x, y) - 300 - 400j) * turn + 300 + 400j for x, y in FACE.landmarks]
    turned = quality_of(_GREY, Face(FACE.box, 0.9, tuple((mark.real, mark.imag) for mark in marks)))
    upright = quality_of(_GREY, FACE)
    assert turned.yaw == pytest.approx(upright.yaw)
    assert turned.pitch == pytest.approx(upright.pitch)
    assert math.cos(math.radians(turned.roll - upright.roll - degrees)) == pytest.approx(1)


def test_turning_moves_the_nose() -> None:
    """R32: a nose nearer to one eye is a turned head, with the sign of the side; higher or lower, a nodding one."""

    def nose_moved(across: float, down: float) -> Quality:
        marks = list(FACE.landmarks)
        marks[2] = (marks[2][0] + across, marks[2][1] + down)
        return measured(portrait(), Face(FACE.box, 0.93, tuple(marks)))

    assert nose_moved(30, 0).yaw > 25 > -25 > nose_moved(-30, 0).yaw
    assert nose_moved(30, 0).troubles == nose_moved(-30, 0).troubles == (Trouble.TURNED,)
    assert nose_moved(0, 18).pitch > 32 > -32 > nose_moved(0, -18).pitch
    assert nose_moved(0, 18).troubles == nose_moved(0, -18).troubles == (Trouble.TURNED_UP_OR_DOWN,)


_GREY: Pixels = np.full((60, 60, 3), 127, np.uint8)
MARKS = st.lists(st.tuples(st.floats(-50, 150), st.floats(-50, 150)), min_size=5, max_size=5).map(tuple)


@settings(max_examples=25)
@given(MARKS | st.just(()), st.floats(0, 1))
def test_no_landmarks_are_too_odd_to_be_measured(marks: tuple[tuple[float, float], ...], confidence: float) -> None:
    """R32: whatever a detector says, every measure is a number and the weight is above 0 and at most 1."""
    quality = quality_of(_GREY, Face(Box(5, 5, 40, 50), confidence, marks))
    assert all(map(math.isfinite, asdict(quality).values()))
    assert 0 < quality.weight <= 1


GOOD = Quality(
    px=200,
    confidence=0.95,
    inside=1.0,
    sharpness=1.45,
    contrast=90.0,
    level=120.0,
    clipped=0.0,
    side=0.0,
    yaw=0.0,
    pitch=0.0,
    roll=0.0,
    eyes=0.3,
    eyes_lit=0.5,
    mouth=0.2,
)


@pytest.mark.parametrize(
    ("name", "worse"),
    [
        ("px", [112, 100, 80, 40]),
        ("confidence", [0.8, 0.7, 0.6]),
        ("inside", [0.95, 0.9, 0.84]),
        ("sharpness", [1.3, 1.25, 1.2]),
        ("contrast", [50.0, 30.0, 22.0]),
        ("clipped", [0.1, 0.3, 0.5]),
        ("side", [1.5, -2.0, 3.0]),
        ("yaw", [-12.0, 15.0, -25.0]),
        ("pitch", [24.0, -28.0, 32.0]),
        ("roll", [16.0, -20.0, 30.0]),
    ],
)
def test_a_worse_measure_never_weighs_more(name: str, worse: list[float]) -> None:
    """R32: each measure by itself takes weight, down to 0.4 at the limit beyond which a photo is refused."""
    series = [replace(GOOD, **{name: value}) for value in worse]  # type: ignore[arg-type]  # all are numbers
    weights = [quality.weight for quality in series]
    assert weights == sorted(weights, reverse=True)
    assert all(weight < 1 for weight in weights[1:])
    (limit,) = [quality for quality in series if quality.weight == pytest.approx(0.4)]
    assert limit.troubles == ()


@pytest.mark.parametrize(
    ("measures", "troubles"),
    [
        ({"sharpness": 1.1, "eyes": 0.02, "mouth": 0.02, "confidence": 0.7}, (Trouble.BLURRED,)),
        ({"clipped": 0.9, "eyes": 0.02, "mouth": 0.02, "confidence": 0.7}, (Trouble.WASHED_OUT,)),
        ({"inside": 0.8, "yaw": 50.0, "pitch": 60.0}, (Trouble.CUT_OFF,)),
        ({"inside": 0.9, "yaw": 50.0, "pitch": 60.0}, ()),
    ],
)
def test_what_explains_the_rest_is_told_alone(measures: dict[str, float], troubles: tuple[Trouble, ...]) -> None:
    """R32: a blurred or washed-out face is not called covered, nor one whose chin is outside a nodding one."""
    assert replace(GOOD, **measures).troubles == troubles  # type: ignore[arg-type]  # all are numbers


def test_a_lens_that_mirrors_a_window_covers_the_eye() -> None:
    """R32: dark for the most part and full of structure: it is a lens, for an eye is not that dark beside its cheek."""
    image = portrait().copy()
    pen = ImageDraw.Draw(image)
    for x, y in FACE.landmarks[:2]:
        pen.ellipse((x - 42, y - 24, x + 42, y + 32), fill="#101012")
        pen.rectangle((x - 22, y - 14, x + 4, y - 2), fill="#e8eef4")
    quality = measured(image)
    assert quality.eyes > eyes_under("black").eyes + 0.1
    assert quality.troubles == (Trouble.EYES_COVERED,)
