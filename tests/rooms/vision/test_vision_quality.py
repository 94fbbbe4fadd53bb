"""R32 with the real detector: portraits that come along serve, and spoiled they are refused for what was done.

The portraits are made smaller first, for detection takes time.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from countenance.faces import GoodFace, Trouble, Unfit, good_face
from countenance.vision import OnnxVision

PHOTOS = Path(__file__).resolve().parents[3] / "src/countenance/demo/photos"
# Where the volunteer's face is in her portrait, made smaller: around her eyes, and around her mouth.
EYES, MOUTH = (152, 220, 284, 256), (150, 282, 286, 366)


@pytest.fixture(scope="module")
def vision() -> OnnxVision:
    """Give the eyes, which need no recognition here."""
    return OnnxVision.load(threads=2, recognises=False)


def small(name: str, face_px: int) -> Image.Image:
    """Open a portrait, its longer side three times `face_px`."""
    with Image.open(PHOTOS / name) as photo:
        photo.thumbnail((3 * face_px, 3 * face_px), Image.Resampling.LANCZOS)
        return photo.convert("RGB")


def judged(vision: OnnxVision, image: Image.Image) -> GoodFace | Unfit:
    """Say what enrolment says."""
    pixels = np.asarray(image)
    return good_face(vision.detect(pixels), partial(vision.quality, pixels))


@pytest.mark.parametrize(
    "name",
    ["lisa/30cm.jpg", "lisa/lisa2.jpg", "lisa/lisa3.jpg", "strangers/m_african.jpg", "strangers/f_easian.jpg"],
)
def test_good_portraits_serve(vision: OnnxVision, name: str) -> None:
    """R32: in bright light and in dim, tilted a little, of light and of dark skin: nobody is refused."""
    assert isinstance(judged(vision, small(name, 160)), GoodFace)


def _covered(place: tuple[int, int, int, int], colour: str, image: Image.Image) -> Image.Image:
    ImageDraw.Draw(image).rounded_rectangle(place, radius=8, fill=colour)
    return image


SPOILED: list[tuple[Trouble, Callable[[Image.Image], Image.Image]]] = [
    (Trouble.TOO_SMALL, lambda image: image.resize((image.width // 3, image.height // 3))),
    (Trouble.CUT_OFF, lambda image: image.crop((185, 0, *image.size))),
    (Trouble.TOO_DARK, lambda image: ImageEnhance.Brightness(image).enhance(0.08)),
    (Trouble.WASHED_OUT, lambda image: ImageEnhance.Brightness(image).enhance(3.0)),
    (Trouble.BLURRED, lambda image: image.filter(ImageFilter.GaussianBlur(6))),
    (Trouble.EYES_COVERED, partial(_covered, EYES, "#101012")),
    (Trouble.MOUTH_COVERED, partial(_covered, MOUTH, "#7fb0d0")),
    (Trouble.TILTED, lambda image: image.rotate(50)),
    (Trouble.NO_FACE, lambda image: Image.new("RGB", image.size, "grey")),
    (Trouble.SEVERAL_FACES, lambda image: Image.fromarray(np.hstack([np.asarray(image)] * 2))),
]


@pytest.mark.parametrize(("trouble", "spoil"), SPOILED, ids=[str(trouble) for trouble, _ in SPOILED])
def test_a_spoiled_portrait_is_refused_for_what_was_done(
    vision: OnnxVision, trouble: Trouble, spoil: Callable[[Image.Image], Image.Image]
) -> None:
    """R32: of the two troubles that are told, one is the one that was made."""
    verdict = judged(vision, spoil(small("lisa/45cm.jpg", 180)))
    assert isinstance(verdict, Unfit)
    assert trouble in verdict.troubles[:2]
