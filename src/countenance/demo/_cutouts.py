"""People cut out of their portraits: the head of the photo on a drawn jumper, in the light of the scene."""

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from countenance.demo._cast import PHOTOS, face_box

Floats = npt.NDArray[np.float32]

# A head is kept with its face this many pixels high; no face of a group photo is larger.
HEAD_FACE_PX = 340
# A head's crown, where the hair's own colour is measured, is this high in face heights.
CROWN, HALF = 0.16, 0.5
# How much of the portrait a head takes, in face heights and widths around the face box.
ABOVE, BESIDE, BELOW = 0.62, 0.75, 0.52
# The right half of a jumper's outline from the collar to the sleeve, in face heights from the middle of the face's top.
JUMPER = ((0.27, 0.98), (0.33, 1.1), (0.55, 1.22), (0.78, 1.32), (0.93, 1.49), (1.01, 1.8), (1.04, 2.3), (1.06, 3.2))
# The opening for the neck: middle below the face's top, half width, half height; then the collar's width.
NECK_V, NECK_U, NECK_DEEP, COLLAR = 1.0, 0.3, 0.19, 0.06

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Head:
    """A head with transparent surroundings (RGBA) and its face box (x, y, w, h) in its own pixels."""

    picture: Image.Image
    face: tuple[float, float, float, float]


@lru_cache(maxsize=32)
def head(portrait: str) -> Head:
    """Cut the head out of a portrait, given as `folder/file.jpg` of the bundled photos."""
    path = PHOTOS / portrait
    box = face_box(portrait)
    with Image.open(path) as opened:
        scale = HEAD_FACE_PX / box[3]
        size = (round(opened.width * scale), round(opened.height * scale))
        photo = opened.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    x, y, w, h = (value * scale for value in box)
    outlines = path.parent / "outlines.json"
    if outlines.exists():
        points = json.loads(outlines.read_text(encoding="utf-8"))[path.name]
        mask = _inside([(px * photo.width / 1000, py * photo.width / 1000) for px, py in points], photo.size, h)
        photo = _brightened(photo, (x, y, w, h))
    else:
        mask, photo = _before_plain_wall(photo, (x, y, w, h))
    photo.putalpha(mask)
    left, top = max(0, int(x - BESIDE * w)), max(0, int(y - ABOVE * h))
    right, bottom = min(photo.width, int(x + (1 + BESIDE) * w)), min(photo.height, int(y + (1 + BELOW) * h))
    return Head(photo.crop((left, top, right, bottom)), (x - left, y - top, w, h))


def _inside(points: list[Point], size: tuple[int, int], face_px: float) -> Image.Image:
    """Give a soft mask of the inside of an outline drawn by hand."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon(_rounded(points), fill=255)
    soft = mask.filter(ImageFilter.GaussianBlur(0.014 * face_px))
    # Inwards by half the softness, so that no rim of the old background comes along.
    return soft.point(lambda value: max(0, min(255, int((value - 110) * 1.9))))


def _rounded(points: list[Point], steps: int = 6) -> list[Point]:
    """Give a closed outline through the points with curves between them (Catmull-Rom)."""
    known = np.array(points)
    before, after, beyond = np.roll(known, 1, 0), np.roll(known, -1, 0), np.roll(known, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2 * known
        + (after - before) * t
        + (2 * before - 5 * known + 4 * after - beyond) * t**2
        + (3 * known - before - 3 * after + beyond) * t**3
    )
    return [(float(px), float(py)) for px, py in curve.transpose(1, 0, 2).reshape(-1, 2)]


def _brightened(photo: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    """Bring a dim portrait to the light of the others."""
    x, y, w, h = box
    grey = np.asarray(photo.crop((int(x), int(y), int(x + w), int(y + h))).convert("L"), np.float32)
    gamma = float(np.clip(np.log(150 / 255) / np.log(max(30.0, float(grey.mean())) / 255), 0.5, 1.0))
    table = [round(255 * (value / 255) ** gamma) for value in range(256)]
    return photo.point(table * 3)


def _before_plain_wall(photo: Image.Image, box: tuple[float, float, float, float]) -> tuple[Image.Image, Image.Image]:
    """Give mask and unmixed colours of a head before a plain wall, by how far each pixel is from the wall's colour."""
    x, y, w, h = box
    pixels = np.asarray(photo, np.float32)
    rows, columns = np.mgrid[0 : photo.height, 0 : photo.width].astype(np.float32)
    u, v = (columns - (x + w / 2)) / w, (rows - y) / h
    wall = _wall(pixels, u, v)
    away = (wall - pixels).max(axis=2) / 150
    warm = (pixels[..., 0] - pixels[..., 2] - wall[..., 0] + wall[..., 2]) / 40
    above_jaw = _step(as_floats(0.95 - v), 0.0, 0.1)
    near = _step(1.0 - np.hypot(u / 0.68, (v - 0.42) / 0.74), 0.0, 0.08) * above_jaw
    hair = np.clip((away - 0.38) / 0.2, 0, 1) * near
    ears = np.clip((warm - 0.3) / 0.3, 0, 1) * near * _step(v, 0.3, 0.35)
    skull = _step(1.0 - np.hypot(u / 0.47, (v - 0.46) / 0.6), 0.0, 0.08)
    skin = np.clip((np.maximum(away, warm) - 0.2) / 0.2, 0, 1)
    neck = skin * _step(0.42 - np.abs(u), 0.0, 0.02) * _step(v, 0.75, 0.85)
    matte = np.maximum(np.maximum(hair, ears), np.maximum(skull, neck))
    soft = np.asarray(Image.fromarray((matte * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2)), np.float32)
    alpha = np.clip((soft / 255 - 0.3) / 0.6, 0, 1)[..., None]
    own = pixels * _darker_mist(pixels, as_floats(warm * 2.5), skull, above_jaw)[..., None]
    # What is mixed with the wall at the rim gets the colour that remains without the wall.
    unmixed = np.clip((own - (1 - alpha) * wall) / np.maximum(alpha, 0.3), 20, 255)
    colours = own + (unmixed - own) * above_jaw[..., None]
    return (
        Image.fromarray((alpha[..., 0] * 255).astype(np.uint8)),
        Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)),
    )


def _darker_mist(pixels: Floats, warm: Floats, skull: Floats, above_jaw: Floats) -> Floats:
    """Give by how much to dim each pixel: composites carry the hair of four people like mist around their own."""
    light = pixels.mean(axis=2)
    top = int(np.argmax(skull.max(axis=1) > HALF))
    crown = light[top : top + round(CROWN * HEAD_FACE_PX)][skull[top : top + round(CROWN * HEAD_FACE_PX)] > HALF]
    hair_light = np.float32(np.percentile(crown, 40))
    mist = np.clip(1.2 - warm, 0, 1) * np.clip((1.0 - skull) * 1.5, 0, 1) * above_jaw
    return as_floats(1 - mist * (1 - np.minimum(1, hair_light * 1.25 / np.maximum(light, 1))))


def _wall(pixels: Floats, u: Floats, v: Floats) -> Floats:
    """Fit the wall behind a portrait as a smooth surface through the pixels that are surely wall."""
    beside, shoulders, over = 1.0, 1.1, -0.42  # in face widths and heights around the face box
    clear = ((np.abs(u) > beside) & (v < shoulders)) | (v < over)
    sample = np.zeros_like(clear)
    sample[::8, ::8] = True
    clear &= sample
    terms = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], axis=-1)
    fitted, *_ = np.linalg.lstsq(terms[clear], pixels[clear], rcond=None)
    return as_floats(terms @ fitted)


def as_floats(values: npt.ArrayLike) -> Floats:
    """Give numbers as float32."""
    return np.asarray(values, np.float32)


def _step(values: Floats, low: float, high: float) -> Floats:
    t = np.clip((values - low) / (high - low), 0, 1)
    return as_floats(t * t * (3 - 2 * t))


@dataclass(frozen=True, slots=True)
class Light:
    """What falls on people in a scene: gains for red, green, blue, and how much more from the left (-1 to 1)."""

    colour: tuple[float, float, float]
    from_left: float


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody as they will stand in a photo (RGBA), with the face box (x, y, w, h) in the figure's own pixels."""

    picture: Image.Image
    face: tuple[float, float, float, float]


def figure(
    portrait: str, *, face_px: float, tall: float, colour: tuple[int, int, int], tilt: float, light: Light
) -> Figure:
    """Dress a head: `face_px` high, the body down to `tall` face heights below its top, the head tilted by degrees."""
    cut = head(portrait)
    scale = face_px / cut.face[3]
    picture = cut.picture.resize(
        (max(8, round(cut.picture.width * scale)), max(8, round(cut.picture.height * scale))),
        Image.Resampling.LANCZOS,
        reducing_gap=2.0,
    )
    fx, fy, fw, fh = (value * scale for value in cut.face)
    middle = (fx + fw / 2, fy + 1.1 * fh)
    picture = _lit(picture.rotate(tilt, Image.Resampling.BILINEAR, center=middle), light)
    reach, above = round(1.35 * face_px), round(0.75 * face_px)
    whole = Image.new("RGBA", (2 * reach, above + round(tall * face_px)), (0, 0, 0, 0))
    whole.paste(picture, (round(reach - middle[0]), round(above - fy)), picture)
    jumper = _jumper(face_px, tall, colour, light)
    whole.alpha_composite(jumper, (reach - jumper.width // 2, above))
    turned = np.deg2rad(tilt) * 0.6 * fh  # the face's middle lies this far above the point it turns about
    return Figure(whole, (reach - fw / 2 - turned, above, fw, fh))


def _jumper(face_px: float, tall: float, colour: tuple[int, int, int], light: Light) -> Image.Image:
    """Draw a body in a jumper, with its top at the top of the face."""
    unit = min(face_px, 130.0)  # cloth is soft: large ones are drawn smaller and blown up
    width, height = round(2.6 * unit), round(tall * unit)
    half = [(u, v) for u, v in JUMPER if v < tall] + [(1.07, tall + 0.3)]
    side = _rounded([(0.0, tall + 0.3), (0.0, 0.98), *half])
    shape = Image.new("L", (2 * width, 2 * height), 0)
    draw = ImageDraw.Draw(shape)
    for mirror in (-1, 1):
        draw.polygon([(width + mirror * u * 2 * unit, v * 2 * unit) for u, v in side], fill=255)
    mask = np.asarray(shape.resize((width, height), Image.Resampling.BOX), np.float32) / 255
    v, u = np.mgrid[0:height, 0:width].astype(np.float32) / unit
    u -= width / unit / 2
    opening = np.hypot(u / NECK_U, (v - NECK_V) / NECK_DEEP) - 1
    mask *= np.where(v > NECK_V, np.clip(opening * unit * 0.12, 0, 1), np.abs(u) > NECK_U)
    inner = np.asarray(
        Image.fromarray((mask * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.16 * unit)), np.float32
    )
    shade = 0.62 + 0.42 * inner / 255
    sleeve = 0.76 + 0.05 * (v - 1.7)
    shade -= 0.2 * np.exp(-(((np.abs(u) - sleeve) / 0.045) ** 2)) * _step(v, 1.6, 1.9)
    folds = np.sin(5.0 * v + 3.2 * np.sin(2.1 * u + 1.3) + 1.2 * np.abs(u)) * np.sin(3.7 * u + 1.1 * v)
    shade += 0.045 * folds * _step(v, 1.3, 1.9)
    band = np.hypot(u / (NECK_U + COLLAR), (v - NECK_V) / (NECK_DEEP + COLLAR)) - 1
    shade *= 1 - 0.16 * (1 - _step(np.abs(band), 0.0, 0.12)) + 0.06 * (band < 0)
    cloth = np.empty((height, width, 4), np.uint8)
    cloth[..., :3] = np.clip(shade[..., None] * np.array(colour, np.float32), 0, 255)
    cloth[..., 3] = mask * 255
    size = (round(width * face_px / unit), round(height * face_px / unit))
    return _lit(Image.fromarray(cloth), light).resize(size, Image.Resampling.BILINEAR)


def _lit(person: Image.Image, light: Light) -> Image.Image:
    """Put the scene's light on a person."""
    pixels = np.asarray(person, np.float32)
    ramp = 1 + light.from_left * 0.16 * np.linspace(1, -1, person.width, dtype=np.float32)[None, :, None]
    lit = np.clip(pixels[..., :3] * ramp * np.array(light.colour, np.float32), 0, 255)
    return Image.fromarray(np.concatenate([lit, pixels[..., 3:]], axis=2).astype(np.uint8))
