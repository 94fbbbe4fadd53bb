"""Photos of 12 megapixels composed of portraits, each face in a known condition: size, turn, blur, cover, light."""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from bench.accuracy._empty import drawn
from bench.accuracy.ground import Portrait
from PIL import Image, ImageDraw, ImageFilter

from countenance.ports import Pixels

Marks = npt.NDArray[np.float64]

PHOTO_PX = (4000, 3000)
JPEG_QUALITY = 88
# A cut-out is a square of so many face heights; in a photo its middle has a square of `PITCH` face heights to itself.
CUT_OUT, PITCH = 2.3, 2.5
# Faces of up to so many pixels share photos.
PITCHES = (24, 40, 64, 1000)
# No photo holds more faces than this, however small they are.
MOST_FACES = 250


@dataclass(frozen=True, slots=True)
class Condition:
    """How a face is shown: its height in pixels, its turn in degrees counter-clockwise, and what spoils it.

    `blur` is the sigma of a Gaussian as a share of the height; `cover` is one of `COVERS`, `light` one of `LIGHTS`.
    """

    face_px: int
    degrees: float = 0.0
    blur: float = 0.0
    cover: str = ""
    light: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A face in a composed photo: whose, how, its middle and its five landmarks `(5, 2)` in the photo's pixels."""

    person: str
    condition: Condition
    middle: tuple[float, float]
    landmarks: Marks


@dataclass(frozen=True, slots=True, eq=False)
class Sitter:
    """A portrait with the landmarks of its face `(5, 2)`, in its own pixels."""

    portrait: Portrait
    landmarks: Marks


def composed(
    wanted: Sequence[tuple[Sitter, Condition]], *, seed: int, size: tuple[int, int] = PHOTO_PX
) -> Iterator[tuple[Pixels, list[Known]]]:
    """Compose photos that hold every sitter in the condition wanted; faces of one photo are of like size and light."""
    groups: dict[tuple[str, int], list[tuple[Sitter, Condition]]] = {}
    for sitter, condition in wanted:
        pitch = next(px for px in PITCHES if condition.face_px <= px) if not condition.light else PITCHES[-1]
        groups.setdefault((condition.light, pitch), []).append((sitter, condition))
    rng = random.Random(seed)  # noqa: S311 -- where faces stand, not a secret
    grounds = drawn(10**6, (size[0] // 4, size[1] // 4), seed=seed)
    for (light, _), group in sorted(groups.items()):
        rng.shuffle(group)
        pitch = round(PITCH * max(condition.face_px for _, condition in group))
        columns, rows = size[0] // pitch, size[1] // pitch
        photos = -(-len(group) // min(columns * rows, MOST_FACES))
        for place in range(photos):
            _, ground = next(grounds)
            yield _photo(group[place::photos], ground, light, (columns, rows), size, rng)


def _photo(
    group: Sequence[tuple[Sitter, Condition]],
    ground: Image.Image,
    light: str,
    grid: tuple[int, int],
    size: tuple[int, int],
    rng: random.Random,
) -> tuple[Pixels, list[Known]]:
    photo = ground.resize(size, Image.Resampling.BICUBIC)
    columns, rows = grid
    known: list[Known] = []
    for cell, (sitter, condition) in zip(rng.sample(range(columns * rows), len(group)), group, strict=True):
        cut, mask, marks = _cut_out(sitter, condition)
        free = size[0] / columns - cut.width, size[1] / rows - cut.height
        x = round((cell % columns) * size[0] / columns + rng.random() * max(free[0], 0))
        y = round((cell // columns) * size[1] / rows + rng.random() * max(free[1], 0))
        photo.paste(cut, (x, y), mask)
        known.append(
            Known(sitter.portrait.person, condition, (x + cut.width / 2, y + cut.height / 2), marks + np.array([x, y]))
        )
    grain = np.random.default_rng(rng.randrange(2**31)).normal(0, 3, (size[1], size[0], 1)).astype(np.float32)
    lit = LIGHTS[light](np.asarray(photo, np.float32)) + grain
    file = io.BytesIO()
    Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=JPEG_QUALITY)
    return np.asarray(Image.open(file).convert("RGB")), known


def _cut_out(sitter: Sitter, condition: Condition) -> tuple[Image.Image, Image.Image, Marks]:
    """Give head and shoulders in their condition, a soft mask for them, and the landmarks in them."""
    portrait, box = sitter.portrait, sitter.portrait.box
    image = portrait.image.copy()
    if condition.cover:
        COVERS[condition.cover](ImageDraw.Draw(image), sitter.landmarks, float(box.h))
    mask = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(mask)
    draw.ellipse([box.x - 0.4 * box.w, box.y - 0.45 * box.h, box.x + 1.4 * box.w, box.y + 1.25 * box.h], fill=255)
    draw.rounded_rectangle(
        [box.x - 0.6 * box.w, box.y + 1.15 * box.h, box.x + 1.6 * box.w, image.height + 400], radius=100, fill=255
    )
    side = round(CUT_OUT * box.h)
    middle = (box.x + box.w / 2, box.y + box.h / 2)
    left, top = round(middle[0] - side / 2), round(middle[1] - side / 2)
    small = max(round(side * condition.face_px / box.h), 8)
    # Turned at twice the size that is wanted: sharp enough, and much quicker than at full size.
    cut, cut_mask = (
        layer.crop((left, top, left + side, top + side))
        .resize((2 * small, 2 * small), Image.Resampling.LANCZOS, reducing_gap=3.0)
        .rotate(condition.degrees, Image.Resampling.BICUBIC)
        .resize((small, small), Image.Resampling.LANCZOS)
        for layer in (image, mask)
    )
    if condition.blur:
        cut = cut.filter(ImageFilter.GaussianBlur(condition.blur * condition.face_px))
    soft = cut_mask.filter(ImageFilter.GaussianBlur(max(0.6, 0.03 * condition.face_px)))
    angle = np.radians(condition.degrees)  # counter-clockwise as seen; rows grow downwards
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    marks = (sitter.landmarks - middle) @ turn * (small / side) + small / 2
    return cut, soft, marks


def _sunglasses(draw: ImageDraw.ImageDraw, marks: Marks, _: float) -> None:
    apart = float(np.linalg.norm(marks[1] - marks[0]))
    for x, y in marks[:2]:
        draw.rounded_rectangle(
            [x - 0.4 * apart, y - 0.27 * apart, x + 0.4 * apart, y + 0.3 * apart], 0.15 * apart, (12, 12, 16)
        )
    draw.line([tuple(marks[0]), tuple(marks[1])], fill=(12, 12, 16), width=round(0.08 * apart))


def _mask(draw: ImageDraw.ImageDraw, marks: Marks, height: float) -> None:
    eyes, nose = marks[:2].mean(axis=0), marks[2]
    mouth = marks[3:].mean(axis=0)
    apart = float(np.linalg.norm(marks[1] - marks[0]))
    bridge = eyes + 0.45 * (nose - eyes)
    chin = mouth + 0.55 * (mouth - nose) + (0, 0.08 * height)
    points = [
        (bridge[0], bridge[1]),
        (bridge[0] + 1.05 * apart, nose[1] - 0.1 * apart),
        (mouth[0] + 0.95 * apart, mouth[1]),
        (chin[0] + 0.35 * apart, chin[1]),
        (chin[0] - 0.35 * apart, chin[1]),
        (mouth[0] - 0.95 * apart, mouth[1]),
        (bridge[0] - 1.05 * apart, nose[1] - 0.1 * apart),
    ]
    draw.polygon(points, fill=(150, 190, 215))


def _cap(draw: ImageDraw.ImageDraw, marks: Marks, height: float) -> None:
    eyes = marks[:2].mean(axis=0)
    apart = float(np.linalg.norm(marks[1] - marks[0]))
    brim = eyes[1] - 0.22 * apart
    draw.ellipse(
        [eyes[0] - 1.25 * apart, brim - 0.75 * height, eyes[0] + 1.25 * apart, brim + 0.1 * apart], fill=(40, 50, 90)
    )
    draw.ellipse(
        [eyes[0] - 1.3 * apart, brim - 0.25 * apart, eyes[0] + 1.3 * apart, brim + 0.12 * apart], fill=(28, 36, 66)
    )


def _side(draw: ImageDraw.ImageDraw, marks: Marks, height: float) -> None:
    """Put somebody's sleeve over the left part of the face as seen, up to the nose."""
    nose, mouth = marks[2], marks[3:].mean(axis=0)
    edge = nose[0] - 0.02 * height
    draw.rounded_rectangle(
        [edge - 1.2 * height, nose[1] - height, edge, mouth[1] + height], 0.1 * height, (110, 70, 60)
    )


def _hand(draw: ImageDraw.ImageDraw, marks: Marks, height: float) -> None:
    """Put four fingers over mouth and nose."""
    mouth, nose = marks[3:].mean(axis=0), marks[2]
    for finger in range(4):
        y = nose[1] - 0.02 * height + finger * 0.095 * height
        draw.rounded_rectangle(
            [mouth[0] - 0.55 * height, y, mouth[0] + 0.28 * height, y + 0.085 * height], 0.04 * height, (205, 155, 130)
        )


COVERS = {
    "sunglasses": _sunglasses,
    "mask": _mask,
    "cap": _cap,
    "one side": _side,
    "hand over mouth": _hand,
}
LIGHTS = {
    "": lambda pixels: pixels,
    "dark": lambda pixels: pixels * 0.2,
    "very dark": lambda pixels: pixels * 0.08,
    "too bright": lambda pixels: pixels * 2.0 + 30,
    "far too bright": lambda pixels: pixels * 3.5 + 50,
}
