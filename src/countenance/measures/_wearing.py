"""Wear a labelled photo as life would: smaller, relit, blurred, tilted, kept as JPEG; for measuring alone.

The same photo, box and seed always give the same pixels.
"""

import io
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter
from PIL.JpegImagePlugin import JpegImageFile

from countenance.faces import Box
from countenance.ports import Pixels


@dataclass(frozen=True, slots=True)
class Wear:
    """How a photo is worn: ranges are drawn from evenly, once for each photo.

    `brightness`, `contrast` and `colour` are factors; `tilt_degrees` is the largest turn in the plane to either side;
    `blur` is the largest standard deviation of a Gaussian as a share of the face's side; `jpeg` is the range of
    qualities in which it is kept, None if it is not kept as JPEG.
    """

    name: str
    brightness: tuple[float, float] = (1.0, 1.0)
    contrast: tuple[float, float] = (1.0, 1.0)
    colour: tuple[float, float] = (1.0, 1.0)
    tilt_degrees: float = 0.0
    blur: float = 0.0
    jpeg: tuple[int, int] | None = (60, 60)


AS_TAKEN = Wear("as-taken", jpeg=None)
SCALED = Wear("scaled")
WORN = Wear(
    "worn",
    brightness=(0.7, 1.25),
    contrast=(0.75, 1.2),
    colour=(0.6, 1.2),
    tilt_degrees=12.0,
    blur=0.015,
    jpeg=(50, 90),
)


def worn(pixels: Pixels, box: Box, wear: Wear, *, face_px: int | None, seed: str) -> tuple[Pixels, Box]:
    """Give a worn photo and the face's box in it; `face_px` is the longer side of the box, None to keep its size.

    A photo is never enlarged: a face that is smaller than `face_px` keeps its size. A tilt is around the middle of the
    box, and what it brings in at the edges has the colour of the photo's upper edge.
    """
    rng = random.Random(seed)  # noqa: S311 -- no secret
    image = Image.fromarray(pixels)
    if wear.tilt_degrees:
        middle = (box.x + box.w / 2, box.y + box.h / 2)
        red, green, blue = (int(value) for value in np.median(pixels[0], axis=0))
        angle = rng.uniform(-wear.tilt_degrees, wear.tilt_degrees)
        image = image.rotate(angle, Image.Resampling.BICUBIC, center=middle, fillcolor=(red, green, blue))
    scale = 1.0 if face_px is None else min(face_px / box.side, 1.0)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    if wear.blur:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, wear.blur) * box.side * scale))
    for kind, factors in (
        (ImageEnhance.Brightness, wear.brightness),
        (ImageEnhance.Contrast, wear.contrast),
        (ImageEnhance.Color, wear.colour),
    ):
        if factors != (1.0, 1.0):
            image = kind(image).enhance(rng.uniform(*factors))
    x, y, w, h = (round(edge * scale) for edge in box.as_tuple())
    small = Box(x, y, max(w, 1), max(h, 1))
    if wear.jpeg is None:
        return np.asarray(image), small
    file = io.BytesIO()
    image.save(file, "JPEG", quality=rng.randint(*wear.jpeg))
    file.seek(0)
    return np.asarray(JpegImageFile(file).convert("RGB")), small
