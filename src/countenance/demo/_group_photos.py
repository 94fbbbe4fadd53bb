"""Group photos for the demo: who stands where in which place; the photos on disk and the truth about them."""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.demo._cutouts import Figure, figure
from countenance.demo._scenes import Colour, Place, Scene, courtyard, evening, hall, library, meadow, stage

Boxed = tuple[int, int, int, int]

JUMPERS: tuple[Colour, ...] = (
    (58, 82, 128),
    (142, 58, 62),
    (74, 112, 84),
    (196, 172, 130),
    (84, 86, 94),
    (186, 130, 62),
    (112, 76, 116),
    (64, 116, 126),
    (206, 202, 194),
    (48, 54, 66),
    (168, 96, 106),
)
EXIF_ORIENTATION = 0x0112
# EXIF orientation: how the stored pixels come from the upright ones.
STORED = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
JPEG_QUALITY = 90
# Distances within a group, in face heights: from person to person, from row to row, and above the top row's faces.
APART, ROW_STEP, HEADROOM = 1.72, 1.5, 1.15
# How far the front row's bodies reach below the top of their faces before a table or the photo's edge hides them.
FRONT_BODY = 1.95
# The grain of a camera repeats after this many pixels; drawing it for millions of pixels would take seconds.
GRAIN_TILE_PX = 509
# This share of the damaged file's bytes arrived.
ARRIVED = 0.55


@dataclass(frozen=True, slots=True)
class Plan:
    """A group photo to be made: file name, place, upright size in pixels, rows of portraits from back to front."""

    name: str
    place: Place
    size: tuple[int, int]
    rows: tuple[tuple[str, ...], ...]
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody in a group photo: the portrait's name, and the face box (x, y, w, h) in upright pixels."""

    portrait: str
    box: Boxed


@dataclass(frozen=True, slots=True)
class GroupPhoto:
    """A group photo on disk: its upright size in pixels and who is in it."""

    path: Path
    size: tuple[int, int]
    present: tuple[Present, ...]


AA, EA, WA, WH = "strangers/f_african.jpg", "strangers/f_easian.jpg", "strangers/f_wasian.jpg", "strangers/f_white.jpg"
MA, ME, MW, MH = "strangers/m_african.jpg", "strangers/m_easian.jpg", "strangers/m_wasian.jpg", "strangers/m_white.jpg"
L2, L15, L30, L60 = "lisa/lisa2.jpg", "lisa/15cm.jpg", "lisa/30cm.jpg", "lisa/60cm.jpg"

# Lisa's photos in the groups are others than those that enrol her and the one that searches for her.
PLANS: tuple[Plan, ...] = (
    Plan("assembly.jpg", hall, (2400, 1600), ((MA, WA, ME, AA), (EA, L60, MH))),
    Plan("bookshop-visit.png", library, (1600, 1067), ((L15, MW),)),
    Plan("choir.jpg", stage, (3000, 2000), ((EA, MA, WH, ME, AA), (MW, WA, MH, L60)), orientation=3),
    Plan("courtyard.jpg", courtyard, (2400, 1600), ((WH, MH, AA, ME, EA),)),
    Plan("garden-party.jpg", evening, (2400, 1600), ((MW, L30, AA, MA), (WA, ME, WH, EA))),
    Plan("meadow-games.jpg", meadow, (4000, 3000), ((ME, WA, MA, L60), (AA, MH, WH))),
    Plan("open-day.jpg", hall, (1600, 2000), ((MA, WH), (MH, EA)), orientation=6),
    Plan("outing.webp", meadow, (2000, 1333), ((EA, MW, L2, WA, ME),)),
    Plan("prize-giving.jpg", stage, (2000, 1333), ((WH, MH, MA),)),
    Plan("reading-group.jpg", library, (1800, 1200), ((AA, L2), (WA, ME, MH))),
    Plan("summer-evening.avif", evening, (2000, 1333), ((L60, WH, MW, MH),)),
    Plan("two-friends.jpg", courtyard, (1600, 2000), ((WA, AA),), orientation=8),
)
DAMAGED = "torn-file.jpg"

Making = Callable[[int, int], None]


def make_group_photos(folder: Path, plans: Sequence[Plan], seed: int, making: Making) -> tuple[GroupPhoto, ...]:
    """Write the planned photos and one damaged file; the same seed gives the same photos.

    `making(done, of)` is told after each.
    """
    folder.mkdir(parents=True)
    made: list[GroupPhoto] = []
    for plan in plans:
        rng = random.Random(f"{seed}/{plan.name}")  # noqa: S311  (pictures, not secrets)
        picture, present = compose(plan, rng)
        _save(picture, folder / plan.name, plan.orientation)
        made.append(GroupPhoto(folder / plan.name, plan.size, present))
        making(len(made), len(plans))
        if plan is plans[0]:
            _tear(picture, folder / DAMAGED)
    return tuple(made)


def _tear(picture: Image.Image, path: Path) -> None:
    """Write a photo of which only the beginning arrived."""
    whole = io.BytesIO()
    picture.save(whole, "JPEG", quality=JPEG_QUALITY)
    path.write_bytes(whole.getvalue()[: int(whole.tell() * ARRIVED)])


def compose(plan: Plan, rng: random.Random) -> tuple[Image.Image, tuple[Present, ...]]:
    """Draw the place and put the people into it; gives the upright photo and where each face is."""
    scene = plan.place(plan.size, rng)
    picture = scene.behind
    present: list[Present] = []
    jumpers = rng.sample(JUMPERS, len(JUMPERS))
    for portrait, (middle, top, face_px) in zip(
        (portrait for row in plan.rows for portrait in row), _places(plan, scene, rng), strict=True
    ):
        standing = figure(
            portrait,
            face_px=face_px,
            tall=(plan.size[1] - top) / face_px + 0.1,
            colour=jumpers[len(present) % len(jumpers)],
            tilt=rng.uniform(-7, 7),
            light=scene.light,
        )
        present.append(Present(portrait, _stand(standing, picture, middle, top)))
    if scene.front is not None:
        w, h = plan.size
        strip = scene.front.resize((w, round(scene.front.height * w / scene.front.width)), Image.Resampling.BILINEAR)
        picture.paste(strip, (0, round(scene.front_top * h)), strip)
    return _grained(picture), tuple(present)


def _places(plan: Plan, scene: Scene, rng: random.Random) -> Iterator[tuple[float, float, float]]:
    """Give for each person, back row first: the middle, the face's top and its height, in pixels."""
    w, h = plan.size
    widest = max(len(row) for row in plan.rows)
    across = w / (APART * (widest - 1) + 2.9)
    floor = scene.front_top * h
    down = floor / (HEADROOM + ROW_STEP * (len(plan.rows) - 1) + FRONT_BODY)
    face = min(across, down, 0.21 * h)
    # A group smaller than the photo allows stands a little below the middle, its bodies running down to the edge.
    front_top = min(floor - FRONT_BODY * face, 0.4 * h + ROW_STEP * face * (len(plan.rows) - 1) * 0.62)
    for depth, row in enumerate(plan.rows):
        behind = len(plan.rows) - 1 - depth
        size = face * 0.95**behind
        for place in range(len(row)):
            middle = w / 2 + (place - (len(row) - 1) / 2) * APART * face + rng.uniform(-0.07, 0.07) * face
            top = front_top - behind * ROW_STEP * face + rng.uniform(-0.13, 0.13) * face
            yield middle, top, size * rng.uniform(0.95, 1.04)


def _stand(standing: Figure, picture: Image.Image, middle: float, top: float) -> Boxed:
    """Put a figure into the picture, and give its face box there."""
    fx, fy, fw, fh = standing.face
    x, y = round(middle - standing.picture.width / 2), round(top - fy)
    picture.paste(standing.picture, (x, y), standing.picture)
    return round(x + fx), round(y + fy), round(fw), round(fh)


def _grained(picture: Image.Image) -> Image.Image:
    """Add the fine grain that a camera adds."""
    pixels = np.asarray(picture)
    grain = _grain()
    rows, columns = -(-pixels.shape[0] // GRAIN_TILE_PX), -(-pixels.shape[1] // GRAIN_TILE_PX)
    noise = np.tile(grain, (rows, columns))[: pixels.shape[0], : pixels.shape[1], None]
    return Image.fromarray(np.clip(pixels.astype(np.int16) + noise, 0, 255).astype(np.uint8))


@lru_cache(maxsize=1)
def _grain() -> npt.NDArray[np.int16]:
    drawn = np.random.default_rng(7).normal(0, 3.2, (GRAIN_TILE_PX, GRAIN_TILE_PX))
    return np.round(drawn).astype(np.int16)


def _save(upright: Image.Image, path: Path, orientation: int) -> None:
    """Store a photo as cameras do: turned, with a note in its EXIF saying how it was held."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    stored = upright.transpose(STORED[orientation]) if orientation in STORED else upright
    match path.suffix:
        case ".avif":
            stored.save(path, quality=80, speed=9)
        case ".png":
            stored.save(path, compress_level=3)
        case ".webp":
            stored.save(path, quality=86, method=2)
        case _:
            stored.save(path, quality=JPEG_QUALITY, exif=exif)
