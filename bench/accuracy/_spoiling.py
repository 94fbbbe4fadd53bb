"""Spoil a portrait in one way at a time, as bad enrolment photos are spoiled: `SPOILINGS` lists every way and degree.

Lengths are shares of the height of the face's box, so that a degree means the same for every photo. Light is changed
in linear light (gamma 2.2), as a scene's would, and seen by a sensor with noise (400 electrons at white, 2 of reading).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from countenance.faces import ENROL_MIN_PX, Face

GAMMA = 2.2
FULL_WELL, READING_NOISE = 400.0, 2.0

Light = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo of one face, where the face is, and the randomness of its sensor."""

    image: Image.Image
    face: Face
    rng: np.random.Generator

    @property
    def height(self) -> float:
        """The height of the face's box in pixels."""
        return float(self.face.box.h)

    @property
    def marks(self) -> npt.NDArray[np.float64]:
        """The five landmarks, `(5, 2)`."""
        return np.array(self.face.landmarks)


Spoil = Callable[[Scene], Image.Image]


@dataclass(frozen=True, slots=True)
class Spoiling:
    """One way of spoiling at one degree; `trouble` is the code that a refusal should give, empty if it should pass."""

    name: str
    trouble: str
    spoil: Spoil


def _as_is(scene: Scene) -> Image.Image:
    return scene.image


def _small(px: int) -> Spoil:
    def spoil(scene: Scene) -> Image.Image:
        scale = px / scene.face.box.side
        size = (round(scene.image.width * scale), round(scene.image.height * scale))
        return scene.image.resize(size, Image.Resampling.LANCZOS)

    return spoil


def _blurred(share: float) -> Spoil:
    return lambda scene: scene.image.filter(ImageFilter.GaussianBlur(share * scene.height))


def _shaken(share: float, *, across: bool) -> Spoil:
    def spoil(scene: Scene) -> Image.Image:
        length = max(round(share * scene.height), 1)
        seen = np.asarray(scene.image, np.float64)
        moved = [np.roll(seen, step - length // 2, axis=1 if across else 0) for step in range(length)]
        return Image.fromarray(np.mean(moved, axis=0).round().astype(np.uint8))

    return spoil


def _lit(change: Callable[[Light, Scene], Light]) -> Spoil:
    def spoil(scene: Scene) -> Image.Image:
        light = change((np.asarray(scene.image, np.float64) / 255) ** GAMMA, scene)
        electrons = scene.rng.poisson(np.maximum(light, 0) * FULL_WELL) + scene.rng.normal(
            0, READING_NOISE, light.shape
        )
        seen = np.clip(electrons / FULL_WELL, 0, 1) ** (1 / GAMMA)
        return Image.fromarray((seen * 255).round().astype(np.uint8))

    return spoil


def _gain(times: float) -> Spoil:
    return _lit(lambda light, _: light * times)


def _veiled(share: float) -> Spoil:
    """Lay white light over all of it, as glare or a dirty lens does."""

    def spoil(scene: Scene) -> Image.Image:
        seen = np.asarray(scene.image, np.float64)
        return Image.fromarray((255 * share + seen * (1 - share)).round().astype(np.uint8))

    return spoil


def _one_sided(stops: float) -> Spoil:
    """Let the light fall off across the face by so many halvings, to a sixteenth more at most beyond it."""

    def change(light: Light, scene: Scene) -> Light:
        middle = scene.face.box.x + scene.face.box.w / 2
        across = (np.arange(light.shape[1]) - middle) / scene.face.box.w
        # A soft step: the nose parts the lit half from the shaded one.
        fall = stops / (1 + np.exp(-across / 0.08))
        return light * (2.0**-fall)[np.newaxis, :, np.newaxis]

    return _lit(change)


def _tilted(degrees: float) -> Spoil:
    def spoil(scene: Scene) -> Image.Image:
        box = scene.face.box
        middle = (box.x + box.w / 2, box.y + box.h / 2)
        return scene.image.rotate(degrees, Image.Resampling.BICUBIC, center=middle)

    return spoil


def _turned(degrees: float, *, across: bool) -> Spoil:
    """Turn the head by laying the photo over an ellipsoid with a nose; what would be hidden is squeezed to nothing."""

    def spoil(scene: Scene) -> Image.Image:
        seen, height, marks = np.asarray(scene.image), scene.height, scene.marks
        middle_x, middle_y = marks[[0, 1, 3, 4]].mean(axis=0)
        rows, columns = np.indices(seen.shape[:2])
        x, y = (columns - middle_x) / height, (rows - middle_y) / height
        inside = np.maximum(1 - (x / 0.42) ** 2 - (y / 0.68) ** 2, 0)
        nose = np.exp(-(((columns - marks[2, 0]) / height) ** 2 + ((rows - marks[2, 1]) / height) ** 2) / 2 / 0.07**2)
        depth = 0.42 * np.sqrt(inside) + 0.12 * nose - 0.38
        angle = np.radians(degrees)
        if across:
            place = x * np.cos(angle) + depth * np.sin(angle)
            laid = [_relaid(line, where, x[0]) for line, where in zip(seen, place, strict=True)]
            return Image.fromarray(np.stack(laid).astype(np.uint8))
        place = y * np.cos(angle) + depth * np.sin(angle)
        laid = [_relaid(seen[:, at], place[:, at], y[:, 0]) for at in range(seen.shape[1])]
        return Image.fromarray(np.stack(laid, axis=1).astype(np.uint8))

    return spoil


def _relaid(line: npt.NDArray[np.uint8], places: Light, wanted: Light) -> Light:
    """Resample one line whose pixels have moved to `places`; of two on one place the one further out is hidden."""
    rising = np.maximum.accumulate(places + 1e-9 * np.arange(len(places)))
    laid: Light = np.stack([np.interp(wanted, rising, line[:, channel]) for channel in range(3)], axis=1)
    return laid


def _cut(share: float, edge: str) -> Spoil:
    """Let the photo's edge cut off a share of the face's box."""

    def spoil(scene: Scene) -> Image.Image:
        box, (width, height) = scene.face.box, scene.image.size
        edges = {
            "left": (box.x + round(share * box.w), 0, width, height),
            "right": (0, 0, box.x + round((1 - share) * box.w), height),
            "top": (0, box.y + round(share * box.h), width, height),
            "bottom": (0, 0, width, box.y + round((1 - share) * box.h)),
        }
        return scene.image.crop(edges[edge])

    return spoil


def _sunglasses(colour: tuple[int, int, int], opacity: float, *, shining: float = 0.0) -> Spoil:
    """Put on dark glasses; `shining` is how white the window is that they mirror in the upper corner of each."""

    def lenses(scene: Scene) -> list[tuple[float, float, float, float]]:
        unit = scene.height
        return [(x - 0.14 * unit, y - 0.075 * unit, x + 0.14 * unit, y + 0.105 * unit) for x, y in scene.marks[:2]]

    def draw(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
        for lens in lenses(scene):
            pen.ellipse(lens, fill=255)
        (left, top), (right, bottom) = scene.marks[:2]
        bridge = 0.03 * scene.height
        pen.line((left, top - bridge, right, bottom - bridge), fill=255, width=max(round(bridge), 1))

    dark = _painted(draw, colour, opacity)

    def spoil(scene: Scene) -> Image.Image:
        image, unit = dark(scene), scene.height
        if shining:
            gleam = Image.new("L", image.size)
            pen = ImageDraw.Draw(gleam)
            for left, top, right, _ in lenses(scene):
                pen.rectangle((left + 0.05 * unit, top + 0.02 * unit, right - 0.13 * unit, top + 0.06 * unit), fill=255)
            gleam = gleam.filter(ImageFilter.GaussianBlur(0.008 * unit)).point(lambda value: value * shining)
            image.paste((225, 235, 245), mask=gleam)
        return image

    return spoil


def _bar(colour: tuple[int, int, int]) -> Spoil:
    def draw(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
        (left, top), (right, bottom) = scene.marks[:2]
        out = 0.15 * scene.height
        pen.line((left - out, top, right + out, bottom), fill=255, width=round(0.17 * scene.height))

    return _painted(draw, colour, 1.0)


def _spectacles(thickness: float, tint: float) -> Spoil:
    """Draw the dark rims of glasses without tint, or with as little as indoors remains of it, and a reflection each."""

    def draw(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
        unit, width = scene.height, max(round(thickness * scene.height), 1)
        for x, y in scene.marks[:2]:
            place = (x - 0.14 * unit, y - 0.075 * unit, x + 0.14 * unit, y + 0.105 * unit)
            pen.rounded_rectangle(place, radius=0.05 * unit, fill=round(255 * tint), outline=255, width=width)
        (left, top), (right, bottom) = scene.marks[:2]
        pen.line((left + 0.14 * unit, top, right - 0.14 * unit, bottom), fill=255, width=width)

    framed = _painted(draw, (25, 22, 20), 1.0)

    def spoil(scene: Scene) -> Image.Image:
        image, unit = framed(scene), scene.height
        gleam = Image.new("L", image.size)
        pen = ImageDraw.Draw(gleam)
        for x, y in scene.marks[:2]:
            pen.ellipse((x + 0.05 * unit, y - 0.05 * unit, x + 0.09 * unit, y - 0.02 * unit), fill=150)
        image.paste((255, 255, 255), mask=gleam)
        return image

    return spoil


def _mask(colour: tuple[int, int, int]) -> Spoil:
    """Put on a mask with three pleats, which is darker towards its sides."""

    def draw(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
        unit = scene.height
        x, y = scene.marks[2]
        down = scene.marks[3:].mean(axis=0)[1]
        outline = (
            (x - 0.38 * unit, y - 0.10 * unit),
            (x, y - 0.08 * unit),
            (x + 0.38 * unit, y - 0.10 * unit),
            (x + 0.33 * unit, down + 0.1 * unit),
            (x, down + 0.3 * unit),
            (x - 0.33 * unit, down + 0.1 * unit),
        )
        pen.polygon(outline, fill=255)

    def shade(light: Light, scene: Scene) -> Light:
        rows, columns = np.indices(light.shape[:2])
        across = (columns - scene.marks[2, 0]) / scene.height / 0.38
        down = (rows - scene.marks[2, 1]) / scene.height
        round_ = np.clip(1 - 0.45 * across**2, 0.3, 1)
        pleats = 1 - 0.18 * sum(np.exp(-(((down - at) / 0.008) ** 2)) for at in (0.04, 0.12, 0.20))
        shaded: Light = light * (round_ * pleats)[..., np.newaxis]
        return shaded

    cover = _painted(draw, (255, 255, 255), 1.0)

    def spoil(scene: Scene) -> Image.Image:
        plain = np.broadcast_to(np.array(colour, np.float64), (*scene.image.size[::-1], 3))
        cloth = Image.fromarray(shade(plain, scene).round().astype(np.uint8))
        black = Image.new("RGB", scene.image.size)
        # What a white cover leaves of a black photo is the cover itself.
        shape = cover(Scene(black, scene.face, scene.rng)).convert("L")
        image = scene.image.copy()
        image.paste(cloth, mask=shape)
        return image

    return spoil


def _after(*spoils: Spoil) -> Spoil:
    """Spoil in several ways, one after the other."""

    def spoil(scene: Scene) -> Image.Image:
        image = scene.image
        for one in spoils:
            image = one(Scene(image, scene.face, scene.rng))
        return image

    return spoil


def _painted(draw: Callable[[ImageDraw.ImageDraw, Scene], None], colour: tuple[int, int, int], opacity: float) -> Spoil:
    def spoil(scene: Scene) -> Image.Image:
        cover = Image.new("L", scene.image.size)
        draw(ImageDraw.Draw(cover), scene)
        cover = cover.filter(ImageFilter.GaussianBlur(0.004 * scene.height)).point(lambda value: value * opacity)
        image = scene.image.copy()
        image.paste(colour, mask=cover)
        return image

    return spoil


SPOILINGS = (
    Spoiling("as it is", "", _as_is),
    *(Spoiling(f"small, {px} px", "too-small" if px < ENROL_MIN_PX else "", _small(px)) for px in (100, 70, 48)),
    *(Spoiling(f"blurred, {s:.1%}", "blurred", _blurred(s)) for s in (0.01, 0.02, 0.03, 0.05)),
    *(Spoiling(f"shaken across, {s:.0%}", "blurred", _shaken(s, across=True)) for s in (0.06, 0.1)),
    *(Spoiling(f"shaken down, {s:.0%}", "blurred", _shaken(s, across=False)) for s in (0.06, 0.1)),
    *(Spoiling(f"dark, 1/{times}", "too-dark", _gain(1 / times)) for times in (4, 8, 16, 32)),
    *(Spoiling(f"bright, x{times}", "washed-out", _gain(times)) for times in (2, 3, 5, 8)),
    *(Spoiling(f"veiled, {s:.0%}", "washed-out", _veiled(s)) for s in (0.5, 0.7, 0.85)),
    *(Spoiling(f"one-sided, {n} stops", "lit-from-one-side", _one_sided(n)) for n in (2, 3, 4, 5)),
    *(Spoiling(f"tilted, {n} degrees", "tilted", _tilted(n)) for n in (15, 25, 35, 45)),
    *(Spoiling(f"turned, {n} degrees", "turned", _turned(n, across=True)) for n in (15, -25, 35)),
    *(Spoiling(f"nodding, {n} degrees", "turned-up-or-down", _turned(n, across=False)) for n in (-35, -25, 25, 35)),
    *(Spoiling(f"cut {e}, {s:.0%}", "cut-off", _cut(s, e)) for e in ("left", "bottom", "top") for s in (0.1, 0.25)),
    Spoiling("sunglasses, black", "eyes-covered", _sunglasses((12, 12, 14), 1.0)),
    Spoiling("sunglasses, brown, 85%", "eyes-covered", _sunglasses((50, 30, 18), 0.85)),
    Spoiling("sunglasses, mirroring", "eyes-covered", _sunglasses((18, 18, 22), 0.95, shining=0.8)),
    Spoiling("bar, black", "eyes-covered", _bar((0, 0, 0))),
    Spoiling("bar, grey", "eyes-covered", _bar((140, 140, 140))),
    Spoiling("glasses, thin rims", "", _spectacles(0.008, 0.0)),
    Spoiling("glasses, thick rims", "", _spectacles(0.025, 0.0)),
    Spoiling("glasses, 20% tint", "", _spectacles(0.012, 0.2)),
    Spoiling("mask, blue", "mouth-covered", _mask((120, 170, 205))),
    Spoiling("mask, white", "mouth-covered", _mask((235, 235, 235))),
    Spoiling("mask, black", "mouth-covered", _mask((22, 22, 24))),
    Spoiling("dark, 1/8, blurred, 3%", "blurred", _after(_blurred(0.03), _gain(1 / 8))),
)
