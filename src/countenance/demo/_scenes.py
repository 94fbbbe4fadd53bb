"""Places for people to stand in, drawn from nothing and out of focus: a hall, a meadow, a stage and so on."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from countenance.demo._cutouts import Light

Colour = tuple[int, int, int]
Size = tuple[int, int]

# Backgrounds are out of focus, so they are drawn at this height and blown up.
DRAWN_HEIGHT_PX = 500

# Shares of what is drawn at random: leaves among blossoms, books among gaps.
LEAVES, LEAVES_ON_STAGE, BOOKS = 0.86, 0.7, 0.93


@dataclass(frozen=True, slots=True)
class Scene:
    """A place: what lies behind the people, what stands before them from `front_top` (0 to 1) down, and its light."""

    behind: Image.Image
    front: Image.Image | None
    front_top: float
    light: Light


Place = Callable[[Size, random.Random], Scene]


def hall(size: Size, rng: random.Random) -> Scene:
    """Draw an assembly hall: tall windows, a wooden floor."""
    picture, draw = _canvas(size, (206, 190, 164), (233, 222, 201))
    w, h = picture.size
    bays = max(3, round(w / h * 3))
    for bay in range(bays):
        x, broad = (bay + 0.5) * w / bays, 0.5 * w / bays
        draw.rounded_rectangle([x - broad / 2, 0.05 * h, x + broad / 2, 0.47 * h], 0.06 * h, fill=(247, 247, 238))
        draw.rectangle([x - broad / 2, 0.3 * h, x + broad / 2, 0.34 * h], fill=(214, 206, 190))
        draw.rectangle([x - 0.006 * w, 0.05 * h, x + 0.006 * w, 0.47 * h], fill=(220, 212, 197))
    draw.rectangle([0, 0.54 * h, w, 0.69 * h], fill=(167, 126, 83))
    for panel in range(bays * 2):
        draw.line([panel * w / bays / 2, 0.54 * h, panel * w / bays / 2, 0.69 * h], fill=(132, 96, 60), width=3)
    _floor(draw, (w, h), 0.69, (186, 141, 94), (151, 109, 68), rng)
    return Scene(_finish(picture, size, 0.011, rng), None, 1.0, Light((1.04, 1.0, 0.94), 0.5))


def meadow(size: Size, rng: random.Random) -> Scene:
    """Draw a meadow before a wood, with flowers in front."""
    picture, draw = _canvas(size, (133, 178, 219), (226, 236, 240))
    w, h = picture.size
    for _ in range(7):
        _cloud(draw, rng.uniform(0, w), rng.uniform(0.03, 0.24) * h, rng.uniform(0.05, 0.1) * h, rng)
    for layer, (top, colour) in enumerate((((0.3), (104, 140, 108)), ((0.38), (72, 112, 70)))):
        for _ in range(70):
            x, r = rng.uniform(-0.05, 1.05) * w, rng.uniform(0.04, 0.1) * h
            y = (top + rng.uniform(0.0, 0.08)) * h
            draw.ellipse([x - r, y - r, x + r, y + 3 * r], fill=_varied(colour, 16 + 6 * layer, rng))
    draw.rectangle([0, 0.54 * h, w, h], fill=(121, 158, 78))
    for _ in range(900):
        x, y = rng.uniform(0, w), 0.54 * h + 0.46 * h * rng.random() ** 0.8
        draw.line(
            [x, y, x + rng.uniform(-4, 4), y - rng.uniform(3, 14)], fill=_varied((124, 160, 76), 34, rng), width=2
        )
    front = _strip(size, 0.26)
    leaves = ImageDraw.Draw(front)
    for _ in range(1500):
        x, depth = rng.uniform(-10, front.width + 10), rng.random()
        y, r = (0.25 + 0.75 * depth) * front.height, rng.uniform(4, 11)
        colour = _varied((84, 126, 58), 36, rng) if rng.random() < LEAVES else rng.choice(BLOSSOMS)
        leaves.ellipse([x - r, y - r * 0.8, x + r, y + r * 0.8], fill=(*colour, 255))
    front = front.filter(ImageFilter.GaussianBlur(1.2))
    return Scene(_finish(picture, size, 0.009, rng), front, 0.74, Light((1.02, 1.03, 1.0), -0.6))


def stage(size: Size, rng: random.Random) -> Scene:
    """Draw a stage: a red curtain in spotlights, flowers along its edge."""
    picture, draw = _canvas(size, (74, 16, 22), (118, 24, 30))
    w, h = picture.size
    folds = np.linspace(0, np.pi * 2 * w / h * 7, w)
    shade = 0.62 + 0.3 * np.sin(folds) + 0.1 * np.sin(folds * 0.37 + rng.uniform(0, 6))
    cloth = np.asarray(picture, np.float32) * shade[None, :, None]
    glow = np.zeros((h, w), np.float32)
    rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
    for centre in (0.2, 0.5, 0.8):
        glow += np.exp(-(((columns / w - centre) / 0.16) ** 2) - (((rows / h - 0.42) / 0.4) ** 2))
    cloth *= (0.72 + 0.9 * glow)[..., None]
    picture = Image.fromarray(np.clip(cloth, 0, 255).astype(np.uint8))
    _floor(ImageDraw.Draw(picture), (w, h), 0.78, (112, 74, 46), (74, 46, 28), rng)
    front = _strip(size, 0.2)
    draw = ImageDraw.Draw(front)
    draw.rectangle([0, 0.45 * front.height, front.width, front.height], fill=(38, 27, 24, 255))
    for _ in range(420):
        x, y, r = rng.uniform(0, front.width), rng.uniform(0.16, 0.6) * front.height, rng.uniform(4, 10)
        colour = _varied((52, 92, 48), 20, rng) if rng.random() < LEAVES_ON_STAGE else rng.choice(BLOSSOMS)
        draw.ellipse([x - r, y - r, x + r, y + r], fill=(*colour, 255))
    front = front.filter(ImageFilter.GaussianBlur(1.2))
    return Scene(_finish(picture, size, 0.008, rng), front, 0.8, Light((1.1, 0.99, 0.9), 0.2))


def library(size: Size, rng: random.Random) -> Scene:
    """Draw shelves full of books."""
    picture, draw = _canvas(size, (92, 66, 44), (70, 48, 32))
    w, h = picture.size
    shelves = 5
    for shelf in range(shelves):
        bottom, x = (shelf + 1) * h / shelves - 0.018 * h, 0.0
        while x < w:
            broad = rng.uniform(0.012, 0.034) * h * 1.4
            top = bottom - rng.uniform(0.1, 0.165) * h
            if rng.random() < BOOKS:
                draw.rectangle([x, top, x + broad - 1, bottom], fill=_varied(rng.choice(SPINES), 18, rng))
                draw.rectangle([x, top + 0.02 * h, x + broad - 1, top + 0.028 * h], fill=(214, 196, 150))
            x += broad
        draw.rectangle([0, bottom, w, bottom + 0.018 * h], fill=(128, 92, 60))
    return Scene(_finish(picture, size, 0.014, rng), None, 1.0, Light((1.03, 1.0, 0.95), -0.4))


def courtyard(size: Size, rng: random.Random) -> Scene:
    """Draw a brick wall with ivy and a window."""
    picture, draw = _canvas(size, (196, 172, 152), (186, 160, 140))
    w, h = picture.size
    rows = 24
    tall = h / rows
    for row in range(rows):
        x = -rng.random() * tall * 2.2
        while x < w:
            broad = tall * 2.2
            draw.rectangle([x, row * tall, x + broad - 3, (row + 1) * tall - 3], fill=_varied((164, 98, 76), 15, rng))
            x += broad
    for centre in (0.16, 0.84):
        left, right = (centre - 0.09) * w, (centre + 0.09) * w
        draw.rectangle([left - 7, 0.04 * h, right + 7, 0.5 * h], fill=(232, 226, 214))
        draw.rectangle([left, 0.06 * h, right, 0.48 * h], fill=(112, 136, 152))
        draw.rectangle([(left + right) / 2 - 3, 0.06 * h, (left + right) / 2 + 3, 0.48 * h], fill=(232, 226, 214))
    for _ in range(900):
        x, y = rng.betavariate(0.4, 0.4) * w, (1 - rng.random() ** 1.8 * 0.9) * h
        r = rng.uniform(3, 9)
        draw.ellipse([x - r, y - r, x + r, y + r], fill=_varied((74, 112, 58), 26, rng))
    return Scene(_finish(picture, size, 0.007, rng), None, 1.0, Light((1.0, 1.0, 1.0), 0.8))


def evening(size: Size, rng: random.Random) -> Scene:
    """Draw an evening in the garden under strings of lights, with a long table in front."""
    picture, draw = _canvas(size, (22, 30, 58), (52, 52, 72))
    w, h = picture.size
    for _ in range(60):
        x, r = rng.uniform(0, w), rng.uniform(0.05, 0.13) * h
        y = rng.uniform(0.35, 0.6) * h
        draw.ellipse([x - r, y - r, x + r, y + 4 * r], fill=_varied((28, 44, 46), 10, rng))
    picture = picture.filter(ImageFilter.GaussianBlur(7))
    lights = Image.new("RGB", picture.size, 0)
    draw = ImageDraw.Draw(lights)
    for string in range(5):
        base, sag, bulbs = (0.05 + 0.085 * string) * h, rng.uniform(0.05, 0.12) * h, max(8, round(w / h * 9))
        for bulb in range(bulbs + 1):
            t = bulb / bulbs
            x, y = t * w, base + sag * (1 - (2 * t - 1) ** 2)
            r = rng.uniform(0.011, 0.02) * h
            draw.ellipse([x - r, y - r, x + r, y + r], fill=_varied((238, 182, 104), 18, rng))
    soft = np.asarray(lights.filter(ImageFilter.GaussianBlur(2.2)), np.float32)
    wide = np.asarray(lights.filter(ImageFilter.GaussianBlur(22)), np.float32)
    mixed = np.clip(np.asarray(picture, np.float32) + soft * 0.9 + wide * 1.1, 0, 255)
    front = _strip(size, 0.17)
    cloth = ImageDraw.Draw(front)
    cloth.rectangle([0, 0.3 * front.height, front.width, front.height], fill=(222, 206, 180, 255))
    cloth.rectangle([0, 0.3 * front.height, front.width, 0.4 * front.height], fill=(238, 224, 200, 255))
    for _ in range(max(5, front.width // 90)):
        x = rng.uniform(0, front.width)
        cloth.rounded_rectangle(
            [x - 8, 0.04 * front.height, x + 8, 0.37 * front.height], 5, fill=(*rng.choice(GLASSES), 255)
        )
    return Scene(
        _finish(Image.fromarray(mixed.astype(np.uint8)), size, 0.004, rng), front, 0.83, Light((1.0, 0.88, 0.74), 0.3)
    )


BLOSSOMS: tuple[Colour, ...] = ((232, 200, 84), (226, 120, 110), (240, 236, 224), (176, 128, 186))
SPINES: tuple[Colour, ...] = ((126, 52, 46), (44, 74, 96), (62, 92, 66), (166, 128, 74), (88, 60, 92), (188, 176, 150))
GLASSES: tuple[Colour, ...] = ((206, 170, 110), (150, 60, 62), (190, 206, 200))


def _canvas(size: Size, top: Colour, bottom: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Give a small canvas of the photo's shape with a gradient from top to bottom."""
    h = DRAWN_HEIGHT_PX
    w = round(h * size[0] / size[1])
    t = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    sky = (1 - t) * np.array(top, np.float32) + t * np.array(bottom, np.float32)
    picture = Image.fromarray(np.broadcast_to(sky, (h, w, 3)).astype(np.uint8))
    return picture, ImageDraw.Draw(picture)


def _floor(draw: ImageDraw.ImageDraw, size: Size, top: float, light: Colour, dark: Colour, rng: random.Random) -> None:
    """Draw boards that run towards the viewer."""
    w, h = size
    draw.rectangle([0, top * h, w, h], fill=light)
    for board in range(-30, 31):
        near, far = w / 2 + board * w / 9, w / 2 + board * w / 26
        shade = _varied(light, 10, rng)
        draw.polygon([(far, top * h), (far + w / 26, top * h), (near + w / 9, h), (near, h)], fill=shade, outline=dark)


def _cloud(draw: ImageDraw.ImageDraw, x: float, y: float, r: float, rng: random.Random) -> None:
    for _ in range(7):
        dx, dy, s = rng.uniform(-2.4, 2.4) * r, rng.uniform(-0.3, 0.3) * r, rng.uniform(0.5, 1.0) * r
        draw.ellipse([x + dx - s, y + dy - s * 0.6, x + dx + s, y + dy + s * 0.6], fill=(240, 244, 246))


def _strip(size: Size, share: float) -> Image.Image:
    """Give an empty strip for what stands in front, as wide as the drawn photo and a share of its height."""
    h = DRAWN_HEIGHT_PX
    return Image.new("RGBA", (round(h * size[0] / size[1]), round(share * h)), (0, 0, 0, 0))


def _finish(picture: Image.Image, size: Size, blur: float, rng: random.Random) -> Image.Image:
    """Put a drawn background out of focus and blow it up, with a slight fall of light towards the corners."""
    picture = picture.filter(ImageFilter.GaussianBlur(blur * picture.height))
    w, h = picture.size
    rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
    fall = 1 - 0.28 * (((columns / w - 0.5) * 1.3) ** 2 + ((rows / h - 0.5) * 1.1) ** 2)
    patches = np.array([[rng.uniform(0.93, 1.05) for _ in range(5)] for _ in range(4)], np.float32)
    light = np.asarray(Image.fromarray(patches).resize((w, h), Image.Resampling.BICUBIC), np.float32)
    lit = np.asarray(picture, np.float32) * (fall * light)[..., None]
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)


def _varied(colour: Colour, by: int, rng: random.Random) -> Colour:
    together = rng.randint(-by, by)
    r, g, b = (max(0, min(255, value + together + rng.randint(-by // 3, by // 3))) for value in colour)
    return r, g, b
