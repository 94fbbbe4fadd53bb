"""Faces of nobody: photos of several people brought upon each other by their landmarks, and averaged."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.faces import Box, Face
from countenance.photos import crop
from countenance.ports import Pixels

# Room around the face, as a share of its longer side: hair and shoulders, which the detector looks at too.
MARGIN = 1.0
# The embedder sees 224 pixels, so that larger faces only take longer.
FACE_PX = 224
# A face may be turned and scaled onto another by this many landmarks; with fewer, its box is taken.
_LEAST_LANDMARKS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A face cut out of its photo with room around it, at most `FACE_PX` large."""

    pixels: Pixels
    face: Face


def cut_out(pixels: Pixels, face: Face) -> Cut:
    """Cut a face out of its photo and make it smaller if it is large."""
    around = crop(pixels, face.box.as_tuple(), margin=MARGIN)
    by = round(face.box.side * MARGIN)
    left, top = face.box.x - by, face.box.y - by
    scale = min(FACE_PX / face.box.side, 1.0)
    size = (max(round(around.shape[1] * scale), 1), max(round(around.shape[0] * scale), 1))
    image = Image.fromarray(np.ascontiguousarray(around))
    small = image if scale == 1 else image.resize(size, Image.Resampling.LANCZOS)
    box = Box(
        round(by * scale), round(by * scale), max(round(face.box.w * scale), 1), max(round(face.box.h * scale), 1)
    )
    landmarks = tuple(((x - left) * scale, (y - top) * scale) for x, y in face.landmarks)
    return Cut(np.asarray(small), Face(box, face.confidence, landmarks))


def blended(cuts: Sequence[Cut]) -> tuple[Pixels, Box]:
    """Give the average of several people's faces in the place of the first one, and its box."""
    base = cuts[0]
    size = (base.pixels.shape[1], base.pixels.shape[0])
    layers = [base.pixels.astype(np.float64)]
    for other in cuts[1:]:
        onto, from_ = _marks(base.face, other.face)
        affine = np.linalg.lstsq(np.column_stack([onto, np.ones(len(onto))]), from_, rcond=None)[0].T.ravel()
        laid = Image.fromarray(other.pixels).transform(
            size, Image.Transform.AFFINE, tuple(float(value) for value in affine), Image.Resampling.BICUBIC
        )
        layers.append(np.asarray(laid, np.float64))
    return np.mean(layers, axis=0).round().astype(np.uint8), base.face.box


def combinations(people: int, size: int, seed: str) -> Iterator[tuple[int, ...]]:
    """Give all ways to choose so many of the people, by their places, in a random order that the seed decides."""
    rng = random.Random(seed)  # noqa: S311 -- no secret
    seen: set[tuple[int, ...]] = set()
    while len(seen) < comb(people, size):
        drawn = tuple(rng.sample(range(people), size))
        if (one := tuple(sorted(drawn))) not in seen:
            seen.add(one)
            yield drawn


def _marks(one: Face, other: Face) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give points of two faces that belong together: landmarks, or without them the corners of their boxes."""
    if len(one.landmarks) == len(other.landmarks) >= _LEAST_LANDMARKS:
        return np.array(one.landmarks), np.array(other.landmarks)
    boxes = (one.box, other.box)
    corners = [[(b.x, b.y), (b.x + b.w, b.y), (b.x, b.y + b.h), (b.x + b.w, b.y + b.h)] for b in boxes]
    return np.array(corners[0], np.float64), np.array(corners[1], np.float64)
