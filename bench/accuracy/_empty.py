"""Photos without a face: drawn by seed, and those of scikit-image in which nobody is to be seen."""

import random
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from countenance.ports import Pixels

Floats = npt.NDArray[np.float64]

# Where the second of three colours lies, and how often something is drawn that is not drawn each time.
HALF, SELDOM = 0.5, 0.3
# What scikit-image brings along and is left out, and why.
LEFT_OUT = {
    "astronaut.png": "a face",
    "camera.png": "a man from the side",
    "coins.png": "heads in relief",
    "lfw_subset.npy": "faces, of people who were not asked",
    "no_time_for_that_tiny.gif": "a person",
    "multipage.tif": "numbers, not a picture",
    "multipage_rgb.tif": "numbers, not a picture",
}


def drawn(count: int, size: tuple[int, int], *, seed: int) -> Iterator[tuple[str, Image.Image]]:
    """Draw so many pictures of this size without a face, each kind in turn; the same for the same seed."""
    kinds = list(KINDS.items())
    for place in range(count):
        name, draw = kinds[place % len(kinds)]
        yield f"{name} {place // len(kinds) + 1}", draw(size, np.random.default_rng([seed, place]))


def bundled() -> Iterator[tuple[str, Image.Image]]:
    """Open the pictures that lie in scikit-image's package, without those in `LEFT_OUT`; none if it is not there.

    Only what came with the package is opened: scikit-image would fetch others.
    """
    if find_spec("skimage") is None:
        return
    folder = Path(str(files("skimage") / "data"))
    for path in sorted(folder.iterdir()):
        if path.suffix in {".png", ".jpg", ".gif", ".tif"} and path.name not in LEFT_OUT:
            with Image.open(path) as image:
                flat = Image.new("RGB", image.size, (255, 255, 255))
                flat.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
                yield path.name, flat


def coloured(field: Floats, rng: np.random.Generator) -> Image.Image:
    """Turn a field into a picture between two or three colours drawn at random."""
    low, high = np.quantile(field, [0.01, 0.99])
    share = np.clip((field - low) / max(high - low, 1e-9), 0, 1)[..., None]
    stops = rng.integers(0, 256, (3, 3)).astype(float)
    picture = np.where(
        share < HALF, stops[0] + 2 * share * (stops[1] - stops[0]), stops[1] + (2 * share - 1) * (stops[2] - stops[1])
    )
    return Image.fromarray(picture.round().astype(np.uint8))


def spectral(size: tuple[int, int], falling: float, rng: np.random.Generator) -> Floats:
    """Make noise whose amplitude falls with frequency to this power: 0 is white, 1 is like nature, 2 like clouds."""
    width, height = size
    across, down = np.fft.rfftfreq(width), np.fft.fftfreq(height)
    frequency = np.hypot(down[:, None], across[None])
    frequency[0, 0] = np.inf
    waves = np.fft.rfft2(rng.normal(size=(height, width))) / np.maximum(frequency, 1 / max(size)) ** falling
    return np.fft.irfft2(waves, s=(height, width))


def _gradient(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    angle, bend = rng.uniform(0, 2 * np.pi), rng.uniform(-2, 2)
    slope = (columns * np.cos(angle) + rows * np.sin(angle)) / max(size)
    round_one = np.hypot(columns / size[0] - rng.random(), rows / size[1] - rng.random())
    return coloured(slope + bend * round_one, rng)


def _noise(falling: float) -> Callable[[tuple[int, int], np.random.Generator], Image.Image]:
    return lambda size, rng: coloured(spectral(size, falling, rng), rng)


def _blobs(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Draw ovals in colours of skin and cloth, some with darker spots: what most looks like a head and is none."""
    image = Image.new("RGB", size, _colour(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, side = (int(rng.integers(low, high)) for low, high in ((0, size[0]), (0, size[1]), (12, 160)))
        tone = rng.uniform(0.3, 1.0)
        skin = (int(235 * tone), int(190 * tone), int(160 * tone))
        draw.ellipse([x, y, x + side, y + int(side * rng.uniform(1, 1.5))], fill=skin)
        if rng.random() < SELDOM:
            spot = side // 8
            draw.ellipse([x + side // 2, y + side // 2, x + side // 2 + spot, y + side // 2 + spot], fill=_colour(rng))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 2))))


def _shapes(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", size, _colour(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(120):
        x, y = int(rng.integers(-50, size[0])), int(rng.integers(-50, size[1]))
        w, h = int(rng.integers(4, 200)), int(rng.integers(4, 200))
        match int(rng.integers(0, 4)):
            case 0:
                draw.rectangle([x, y, x + w, y + h], fill=_colour(rng), outline=_colour(rng))
            case 1:
                draw.ellipse([x, y, x + w, y + h], fill=_colour(rng), outline=_colour(rng))
            case 2:
                draw.polygon([(x, y), (x + w, y + h // 2), (x + w // 3, y + h)], fill=_colour(rng))
            case _:
                draw.line([x, y, x + w, y + h], fill=_colour(rng), width=int(rng.integers(1, 12)))
    return image


def _text(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    dark = rng.random() < SELDOM
    image = Image.new("RGB", size, (20, 24, 30) if dark else (250, 248, 240))
    draw = ImageDraw.Draw(image)
    height = int(rng.integers(10, 60))
    letters = random.Random(int(rng.integers(2**31)))  # noqa: S311 -- a drawing, not a secret
    font = ImageFont.load_default(height)
    for y in range(8, size[1], round(height * 1.4)):
        words = (
            "".join(letters.choices("abcdefghijklmnopqrstuvwxyzABO0%&", k=letters.randint(2, 9))) for _ in range(40)
        )
        draw.text((12, y), " ".join(words), font=font, fill=(230, 230, 220) if dark else (25, 25, 30))
    return image


def _foliage(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Draw leaves upon leaves, each layer lighter and smaller."""
    image = Image.new("RGB", size, (18, 30, 16))
    draw = ImageDraw.Draw(image)
    for layer in range(5):
        side = max(int(70 / (layer + 1)), 6)
        for _ in range(300 * (layer + 1)):
            x, y, turn = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(0, 2 * np.pi)
            long, wide = side * rng.uniform(0.5, 1.3), side * rng.uniform(0.15, 0.4)
            tip = (x + long * np.cos(turn), y + long * np.sin(turn))
            middle_x, middle_y = x + long / 2 * np.cos(turn), y + long / 2 * np.sin(turn)
            aside = (-wide * np.sin(turn), wide * np.cos(turn))
            green = int(rng.uniform(40, 90) + 28 * layer)
            draw.polygon(
                [(x, y), (middle_x + aside[0], middle_y + aside[1]), tip, (middle_x - aside[0], middle_y - aside[1])],
                fill=(int(green * rng.uniform(0.4, 0.9)), green, int(green * 0.4)),
            )
    return image


def _bricks(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", size, (190, 185, 175))
    draw = ImageDraw.Draw(image)
    long, high, joint = int(rng.integers(30, 140)), int(rng.integers(12, 50)), int(rng.integers(2, 6))
    for row, y in enumerate(range(0, size[1], high + joint)):
        for x in range(-long + (row % 2) * long // 2, size[0], long + joint):
            tone = rng.uniform(0.6, 1.1)
            draw.rectangle([x, y, x + long, y + high], fill=(int(170 * tone), int(90 * tone), int(70 * tone)))
    rough = spectral(size, 1.0, rng)
    return _mixed(image, rough / rough.std() * 12)


def _windows(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Draw the front of a house: pairs of dark windows, which a network may take for eyes."""
    image = Image.new("RGB", size, _colour(rng))
    draw = ImageDraw.Draw(image)
    w, h, gap = int(rng.integers(14, 70)), int(rng.integers(14, 90)), int(rng.integers(8, 60))
    for y in range(gap, size[1], h + gap):
        for x in range(gap, size[0], w + gap):
            lit = rng.random() < SELDOM
            draw.rectangle([x, y, x + w, y + h], fill=(240, 220, 150) if lit else (40, 50, 70), outline=(230, 230, 230))
            draw.line([x + w // 2, y, x + w // 2, y + h], fill=(230, 230, 230), width=2)
    rough = spectral(size, 1.0, rng)
    return _mixed(image, rough / rough.std() * 8)


def _weave(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    first, second = rng.uniform(0.02, 0.6, 2)
    turn = rng.uniform(0, np.pi)
    along, beside = columns * np.cos(turn) + rows * np.sin(turn), rows * np.cos(turn) - columns * np.sin(turn)
    field = np.sin(first * along) * np.sin(second * beside) + 0.2 * spectral(size, 0.5, rng)
    return coloured(field, rng)


def _rings(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Draw grain and knots of wood."""
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(float)
    soft = spectral(size, 1.8, rng)
    soft /= soft.std()
    field = np.zeros(rows.shape)
    for _ in range(int(rng.integers(1, 8))):
        away = np.hypot((columns - rng.uniform(0, size[0])) * rng.uniform(0.2, 1), rows - rng.uniform(0, size[1]))
        field += np.sin(away / rng.uniform(3, 20) + 2 * soft)
    return coloured(field, rng)


def _stars(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Draw lights out of focus on dark ground."""
    image = Image.new("RGB", size, (12, 12, 22))
    draw = ImageDraw.Draw(image)
    for _ in range(150):
        x, y, side = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(1, 45)
        draw.ellipse([x, y, x + side, y + side], fill=_colour(rng))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(1, 6))))


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(0, 256, 3))
    return red, green, blue


def _mixed(image: Image.Image, rough: Floats) -> Image.Image:
    pixels: Pixels = np.clip(np.asarray(image, float) + rough[..., None], 0, 255).round().astype(np.uint8)
    return Image.fromarray(pixels)


KINDS: dict[str, Callable[[tuple[int, int], np.random.Generator], Image.Image]] = {
    "gradient": _gradient,
    "white noise": _noise(0.0),
    "natural noise": _noise(1.0),
    "clouds": _noise(1.7),
    "ovals": _blobs,
    "shapes": _shapes,
    "text": _text,
    "foliage": _foliage,
    "bricks": _bricks,
    "windows": _windows,
    "weave": _weave,
    "wood": _rings,
    "lights": _stars,
}
