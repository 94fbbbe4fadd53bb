"""What the accuracy runs stand on: labelled portraits beside the project, degraded as wanted, and where results go.

The portraits are not part of the project (docs/reference/accuracy.md says where they come from). They are looked for in
the folder that COUNTENANCE_SHARED names, else in `shared` beside the project.
"""

import io
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image, ImageEnhance

from countenance.faces import Box
from countenance.photos import open_photo
from countenance.ports import Pixels

PROJECT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).resolve().parent / "results"
SHARED = Path(os.environ.get("COUNTENANCE_SHARED", str(PROJECT.parent / "shared")))
# A detected box is a face's when it overlaps the true one by this much (intersection over union).
SAME_FACE = 0.4


@dataclass(frozen=True, slots=True)
class Portrait:
    """One labelled portrait: whose it is, which expression, its pixels and the face's box."""

    person: str
    expression: str
    image: Image.Image
    box: Box


def portraits(folder: str) -> list[Portrait]:
    """Read `london`, `lisa` or `strangers`, in the order of their names.

    Raises:
        SystemExit: the photos are not there.
    """
    place = SHARED / "data" / folder
    if not (place / "boxes.json").is_file():
        raise SystemExit(
            f"{place} is not there: this run needs the labelled portraits named in docs/reference/accuracy.md. "
            "Put them beside the project or name their folder in COUNTENANCE_SHARED."
        )
    found: list[Portrait] = []
    for name, entry in sorted(json.loads((place / "boxes.json").read_text(encoding="utf-8")).items()):
        person, _, expression = Path(name).stem.partition("_") if folder == "london" else (Path(name).stem, "", "")
        x, y, w, h = (round(edge) for edge in entry["box"])
        found.append(Portrait(person, expression, opened(place / name), Box(x, y, w, h)))
    return found


def opened(path: Path) -> Image.Image:
    """Open a photo upright and in colour, as the library does."""
    return Image.fromarray(open_photo(path).pixels)


def pixels(image: Image.Image) -> Pixels:
    """Give a photo's pixels."""
    return np.asarray(image)


def shrunk(portrait: Portrait, face_px: int, *, jpeg: int) -> Portrait:
    """Scale a portrait so that the longer side of its box is `face_px`, and keep it as JPEG of that quality."""
    scale = face_px / portrait.box.side
    size = (round(portrait.image.width * scale), round(portrait.image.height * scale))
    file = io.BytesIO()
    portrait.image.resize(size, Image.Resampling.LANCZOS).save(file, "JPEG", quality=jpeg)
    box = Box(*(max(round(edge * scale), 1) for edge in portrait.box.as_tuple()))
    return Portrait(portrait.person, portrait.expression, Image.open(file).convert("RGB"), box)


def relit(portrait: Portrait, rng: random.Random) -> Portrait:
    """Change brightness, contrast and colour, and tilt the head by up to 12 degrees, as a room full of people would."""
    image = portrait.image
    for kind, low, high in (
        (ImageEnhance.Brightness, 0.75, 1.2),
        (ImageEnhance.Contrast, 0.8, 1.15),
        (ImageEnhance.Color, 0.7, 1.2),
    ):
        image = kind(image).enhance(rng.uniform(low, high))
    box = portrait.box
    middle = (box.x + box.w / 2, box.y + box.h / 2)
    image = image.rotate(rng.uniform(-12, 12), Image.Resampling.BICUBIC, center=middle)
    return Portrait(portrait.person, portrait.expression, image, box)


@dataclass(frozen=True, slots=True)
class TrueFace:
    """A face in a composed photo: whose, where, how high in pixels."""

    person: str
    box: tuple[float, float, float, float]
    face_px: float

    def overlap(self, box: Box) -> float:
        """Give intersection over union with a detected box."""
        x, y, w, h = self.box
        width = min(x + w, box.x + box.w) - max(x, box.x)
        height = min(y + h, box.y + box.h) - max(y, box.y)
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / (w * h + box.area - width * height)


@contextmanager
def crowd(options: str) -> Iterator["CrowdPhotos"]:
    """Compose group photos with these options of the composer; give pixels and truth of each, one after the other.

    Raises:
        SystemExit: the composer or the portraits are not there.
    """
    composer, data = SHARED / "tools/make_crowd.py", SHARED / "data"
    if not composer.is_file():
        raise SystemExit(f"{composer} is not there: this run composes group photos with it")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(composer), str(data / "london"), str(data / "strangers"), "--out", folder]
        subprocess.run([*command, *options.split()], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our command
        yield CrowdPhotos(Path(folder))


class CrowdPhotos:
    """Composed photos in a folder, opened one after the other, each with its truth."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._truth: dict[str, list[dict[str, Any]]] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))

    def __iter__(self) -> Iterator[tuple[Pixels, list[TrueFace]]]:
        """Give pixels and truth of each photo."""
        for name, faces in sorted(self._truth.items()):
            true = [TrueFace(face["person"], tuple(face["box"]), face["face_px"]) for face in faces]
            yield open_photo(self.folder / name).pixels, true


def told(name: str, command: str, results: dict[str, Any], table: Sequence[str]) -> None:
    """Print a table, and write the results with their command where the reference page quotes them from."""
    print("\n".join(table))
    RESULTS.mkdir(parents=True, exist_ok=True)
    machine = {"onnxruntime": onnxruntime.__version__, "numpy": np.__version__, "machine": platform.machine()}
    content = json.dumps({"command": command, **machine, **results}, indent=1)
    (RESULTS / f"{name}.json").write_text(content + "\n", encoding="utf-8")
