"""Measure the embedder on pairs: each person's neutral portrait at full size against smiling ones made small.

python -m bench.accuracy.pairs

The first rows are the preprocessing of the shipped embedder; the others show what each choice in it is worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from bench.accuracy.ground import Portrait, pixels, portraits, shrunk, told

from countenance.vision import _embedder, _session
from countenance.vision._catalogue import card, verified

COMMAND = "python -m bench.accuracy.pairs"
FACES_PX = (64, 48, 40, 32)
JPEG_QUALITY = 60
# Strangers' scores are compared with the threshold that this share of them reaches.
FALSE_MATCH_RATE = 0.001
UNBOUNDED_PX = 10_000
EVEN = np.ones(7)

Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """A way to make templates: the crop, the finest size looked at, the rows' weights, and whether roots are taken."""

    name: str
    crop: float
    finest_px: int
    rows: Vectors
    rooted: bool


SHIPPED = Way("shipped", _embedder.CROP, _embedder.FINEST_PX, _embedder.ROW_WEIGHTS, rooted=True)
WAYS = (
    SHIPPED,
    Way("crop 1.3, flip, cosine", 1.3, UNBOUNDED_PX, EVEN, rooted=False),
    Way("  with roots", 1.3, UNBOUNDED_PX, EVEN, rooted=True),
    Way("  with roots, upper rows", 1.3, UNBOUNDED_PX, _embedder.ROW_WEIGHTS, rooted=True),
    Way("crop 1.15, roots", 1.15, UNBOUNDED_PX, EVEN, rooted=True),
    Way("  upper rows", 1.15, UNBOUNDED_PX, _embedder.ROW_WEIGHTS, rooted=True),
)


def main() -> None:
    """Embed every portrait at every size in every way, and report."""
    session = _session.load(verified(card("faceres")), threads=2)
    people = portraits("london")
    neutral = [portrait for portrait in people if portrait.expression == "neutral"]
    smiling = [portrait for portrait in people if portrait.expression == "smiling"]
    strangers = portraits("strangers")
    small = {px: [shrunk(face, px, jpeg=JPEG_QUALITY) for face in smiling] for px in FACES_PX}
    small_strangers = {px: [shrunk(face, px, jpeg=JPEG_QUALITY) for face in strangers] for px in FACES_PX}
    features: dict[tuple[float, int], list[Vectors]] = {}
    results: dict[str, dict[str, dict[str, float]]] = {}
    for way in WAYS:
        key = (way.crop, way.finest_px)
        if key not in features:
            everyone = [neutral, *small.values(), smiling, *small_strangers.values(), strangers]
            features[key] = [_features(session, faces, way) for faces in everyone]
        gallery, *probes = (_templates(stack, way) for stack in features[key])
        mated, foreign = probes[: len(FACES_PX) + 1], probes[len(FACES_PX) + 1 :]
        names = [*(f"{px} px" for px in FACES_PX), "full size"]
        results[way.name.strip()] = {
            name: _rates(gallery, probe, stranger) for name, probe, stranger in zip(names, mated, foreign, strict=True)
        }
    told("pairs", COMMAND, {"people": len(neutral), "composites": len(strangers), "ways": results}, _table(results))


def _features(session: _session.Session, faces: Sequence[Portrait], way: Way) -> Vectors:
    with patch.object(_embedder, "CROP", way.crop), patch.object(_embedder, "FINEST_PX", way.finest_px):
        return np.stack([_embedder.identity(session, pixels(face.image), face.box) for face in faces])


def _templates(features: Vectors, way: Way) -> Vectors:
    vectors = features @ way.rows
    vectors = np.sqrt(vectors) if way.rooted else vectors
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _rates(gallery: Vectors, probes: Vectors, strangers: Vectors) -> dict[str, float]:
    """Compare all with all, and tell how far own and foreign scores overlap; all but two values are shares."""
    scores = probes @ gallery.T
    own, foreign = np.diag(scores), scores[~np.eye(len(scores), dtype=bool)]
    steps = np.sort(np.concatenate([own, foreign]))
    missed = np.searchsorted(np.sort(own), steps) / len(own)
    matched = 1 - np.searchsorted(np.sort(foreign), steps) / len(foreign)
    equal = int(np.argmin(np.abs(missed - matched)))
    at = np.quantile(foreign, 1 - FALSE_MATCH_RATE, method="higher")
    named = (strangers @ gallery.T).max()
    return {
        "eer": float(missed[equal] + matched[equal]) / 2,
        "fnmr_at_fmr_0.1%": float((own < at).mean()),
        "fnir_with_nobody_wrongly_named": float((own <= max(foreign.max(), named)).mean()),
        "lowest_own_score": float(own.min()),
        "highest_other_score": float(foreign.max()),
        "highest_composite_score": float(named),
    }


def _table(results: dict[str, Any]) -> list[str]:
    lines = ["EER / FNMR at FMR 0.1 % / FNIR with no other person and no composite named, in %"]
    lines.append(f"{'':<25}" + "".join(f"{name:>15}" for name in next(iter(results.values()))))
    for way in WAYS:
        cells = [
            "/".join(f"{100 * rates[kind]:.1f}" for kind in tuple(rates)[:3])
            for rates in results[way.name.strip()].values()
        ]
        lines.append(f"{way.name:<25}" + "".join(f"{cell:>15}" for cell in cells))
    return lines


if __name__ == "__main__":
    main()
