"""How well the embedder tells people apart: pairs, and open-set searches at the shipped thresholds.

    ./run bench portraits

Gallery: the neutral London portraits, full size. Probes: the smiling ones, scaled until the face has the size given,
JPEG 60. Searches for people who are not in the gallery: each probe and neutral portrait against the gallery without its
own person; and the composites, which are averages of people who may be in the gallery. Says so and ends with 0 when
../shared is not there. Writes bench/accuracy/results/portraits.json.
"""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.faces import Box
from countenance.photos import open_photo
from countenance.ports import Pixels
from countenance.vision import OnnxVision

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
RESULTS = Path(__file__).parent / "results" / "portraits.json"
SIZES_PX = (0, 64, 48, 40, 32)
"""Face sizes of the probes, longer side; 0 is the portrait as it is."""
JPEG_QUALITY = 60
FALSE_MATCH_RATE = 1e-3

Rows: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Portraits:
    """Templates of the same people in the same order: full-size neutral ones, smiling ones by size; and composites."""

    people: tuple[str, ...]
    neutral: Rows
    smiling: dict[int, Rows]
    composites: Rows


def main() -> int:
    """Measure, print and write."""
    if not (SHARED / "london").is_dir():
        print("../shared/data/london is not there: nothing was measured.")
        return 0
    vision = OnnxVision.load(threads=2)
    shipped = _portraits(vision)
    # The templates are unit vectors of square roots, so their squares are the network's averages up to length.
    plain = Portraits(
        shipped.people,
        _cosine(shipped.neutral),
        {size: _cosine(rows) for size, rows in shipped.smiling.items()},
        _cosine(shipped.composites),
    )
    figures: dict[str, Any] = {"command": "./run bench portraits", "model": vision.model}
    for name, portraits in (("cosine", plain), ("shipped geometry", shipped)):
        figures[name] = {str(size): _pairs(portraits, size) for size in SIZES_PX}
        print(f"pairs, {name} (size: equal error rate, misses at {FALSE_MATCH_RATE:.1%} false matches)")
        for size, row in figures[name].items():
            print(f"  {_named(int(size)):>9}: {row['eer']:7.2%} {row['fnmr']:7.2%}")
    for name, threshold in (("search", vision.search_threshold), ("show", vision.show_threshold)):
        figures[name] = _open_set(shipped, float(threshold.score))
        print(f"open set at the {name} threshold {threshold.score}: {json.dumps(figures[name])}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _named(size: int) -> str:
    return f"{size} px" if size else "full size"


def _portraits(vision: OnnxVision) -> Portraits:
    people = tuple(sorted(path.name.split("_")[0] for path in (SHARED / "london").glob("*_neutral.jpg")))
    neutral: list[Rows] = []
    smiling: dict[int, list[Rows]] = {size: [] for size in SIZES_PX}
    for person in people:
        pixels, box = _found(SHARED / "london" / f"{person}_neutral.jpg", vision)
        neutral.append(_template(vision, pixels, box))
        pixels, box = _found(SHARED / "london" / f"{person}_smiling.jpg", vision)
        for size in SIZES_PX:
            smiling[size].append(_template(vision, *_shrunk(pixels, box, size)))
    composites = [_template(vision, *_found(path, vision)) for path in sorted((SHARED / "strangers").glob("*.jpg"))]
    return Portraits(
        people, np.stack(neutral), {size: np.stack(rows) for size, rows in smiling.items()}, np.stack(composites)
    )


def _found(path: Path, vision: OnnxVision) -> tuple[Pixels, Box]:
    pixels = open_photo(path).pixels
    return pixels, vision.detect(pixels)[0].box


def _shrunk(pixels: Pixels, box: Box, size: int) -> tuple[Pixels, Box]:
    if not size:
        return pixels, box
    scale = size / box.side
    picture = Image.fromarray(pixels)
    file = io.BytesIO()
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    small.save(file, "JPEG", quality=JPEG_QUALITY)
    x, y, w, h = (round(edge * scale) for edge in box.as_tuple())
    return np.asarray(Image.open(file).convert("RGB")), Box(x, y, w, h)


def _template(vision: OnnxVision, pixels: Pixels, box: Box) -> Rows:
    return vision.embed(pixels, [box])[0].values.astype(np.float64)


def _cosine(rows: Rows) -> Rows:
    squares = rows**2
    return np.asarray(squares / np.linalg.norm(squares, axis=1, keepdims=True))


def _pairs(portraits: Portraits, size: int) -> dict[str, float]:
    """Give the equal error rate, and the misses at the threshold that lets through one false match in a thousand."""
    scores = portraits.smiling[size] @ portraits.neutral.T
    same = np.diag(scores)
    other = np.sort(scores[~np.eye(len(scores), dtype=bool)])
    at = other[-max(1, int(FALSE_MATCH_RATE * len(other)))]
    thresholds = np.sort(scores.ravel())
    misses = np.array([(same < threshold).mean() for threshold in thresholds])
    false = np.array([(other >= threshold).mean() for threshold in thresholds])
    nearest = int(np.argmin(np.abs(misses - false)))
    return {
        "eer": round(float(misses[nearest] + false[nearest]) / 2, 4),
        "fnmr": round(float((same <= at).mean()), 4),
    }


def _open_set(portraits: Portraits, threshold: float) -> dict[str, Any]:
    """Give misses by probe size, and how many searches for people outside the gallery named somebody."""
    missed = {
        _named(size): int((np.diag(rows @ portraits.neutral.T) < threshold).sum())
        for size, rows in portraits.smiling.items()
    }
    outside = [portraits.neutral, *portraits.smiling.values()]
    strangers = [rows @ portraits.neutral.T - 2 * np.eye(len(rows)) for rows in outside]
    named = sum(int((scores.max(axis=1) >= threshold).sum()) for scores in strangers)
    composites = int(((portraits.composites @ portraits.neutral.T).max(axis=1) >= threshold).sum())
    return {
        "gallery": len(portraits.people),
        "missed": missed,
        "strangers' searches": sum(len(scores) for scores in strangers),
        "strangers named": named,
        "composites named, of 10": composites,
    }


if __name__ == "__main__":
    sys.exit(main())
