"""Measure open-set search and choose the thresholds from it.

python -m bench.accuracy.thresholds [--write]

Gallery: one neutral portrait of each person. Searches for people who are not in it: everybody else's portraits, ten
composites, and blends of two people (both left out of the gallery). All are relit, tilted and made small.
The search threshold lies a margin above the highest score of all those searches, the one for showing above that.
With --write the calibration is stored beside the weights, for galleries of up to a hundred people.
"""

import argparse
import itertools
import math
import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from bench.accuracy.ground import PROJECT, SHARED, Portrait, pixels, portraits, relit, shrunk, told
from PIL import Image

from countenance.faces import Calibration, Rung, Threshold, Use
from countenance.measures import interval
from countenance.vision import OnnxVision

COMMAND = "python -m bench.accuracy.thresholds"
DATA_SET = "Face Research Lab London Set, relit, tilted and made small; composites and blends of it as strangers"
WEIGHTS = PROJECT / "src/countenance/vision/weights"
# None is full size as taken, not relit; the others are the longer side of the face's box in pixels.
SIZES_PX: tuple[int | None, ...] = (None, 200, 96, 64, 48)
JPEG_QUALITY = 75
BLENDS = 200
# The gallery of 61 people stands for these steps; faces are searched for from the least size that is named.
STEPS = (10, 100)
# Above the highest score of a stranger: enough for what the next hundred strangers may bring, little enough for recall.
SEARCH_MARGIN, SHOW_MARGIN = 0.003, 0.013
SEED = 7

Scores = npt.NDArray[np.float64]


@dataclass
class Searches:
    """The highest scores of searches at one size: with the right person's, or without any right person."""

    own: list[float] = field(default_factory=list)
    foreign: dict[str, list[float]] = field(default_factory=lambda: {"members": [], "composites": [], "blends": []})


def main() -> None:
    """Search with everything, choose the thresholds, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="store the thresholds beside the weights")
    arguments = parser.parse_args()
    vision = OnnxVision.load(threads=2)
    people = portraits("london")
    gallery = [face for face in people if face.expression == "neutral"]
    ids = [face.person for face in gallery]
    rows = np.stack([_values(vision, face) for face in gallery])
    rng = random.Random(SEED)  # noqa: S311 -- no secret
    blends = _blends(gallery, rng)
    composites = portraits("strangers")
    by_size: dict[str, Searches] = {}
    for px in SIZES_PX:
        searches = by_size.setdefault("full size" if px is None else f"{px} px", Searches())
        for face in people:
            if px is None and face.expression == "neutral":
                continue
            scores = rows @ _values(vision, _made(face, px, rng))
            place = ids.index(face.person)
            searches.own.append(float(scores[place]))
            searches.foreign["members"].append(float(np.delete(scores, place).max()))
        for face in composites:
            searches.foreign["composites"].append(float((rows @ _values(vision, _made(face, px, rng))).max()))
        for parents, face in blends:
            scores = rows @ _values(vision, _made(face, px, rng))
            searches.foreign["blends"].append(float(np.delete(scores, parents).max()))
    _report(by_size, len(ids), vision.model, write_from_px=vision.nameable_px if arguments.write else 0)


def _values(vision: OnnxVision, face: Portrait) -> npt.NDArray[np.float32]:
    return vision.embed(pixels(face.image), [face.box])[0].values


def _made(face: Portrait, px: int | None, rng: random.Random) -> Portrait:
    return face if px is None else shrunk(relit(face, rng), px, jpeg=JPEG_QUALITY)


def _blends(gallery: list[Portrait], rng: random.Random) -> list[tuple[list[int], Portrait]]:
    """Blend pairs of people half and half: the second is laid over the first by the affine map of their landmarks."""
    places = SHARED / "data/london/landmarks"
    marks = [np.loadtxt(places / f"{face.person}_neutral.csv", delimiter=",", skiprows=1) for face in gallery]
    blends: list[tuple[list[int], Portrait]] = []
    for one, other in rng.sample(list(itertools.combinations(range(len(gallery)), 2)), BLENDS):
        onto = np.column_stack([marks[one], np.ones(len(marks[one]))])
        affine = np.linalg.lstsq(onto, marks[other], rcond=None)[0].T.ravel()
        base = gallery[one].image
        laid = gallery[other].image.transform(
            base.size, Image.Transform.AFFINE, tuple(float(v) for v in affine), Image.Resampling.BICUBIC
        )
        blends.append(([one, other], Portrait("", "", Image.blend(base, laid, 0.5), gallery[one].box)))
    return blends


def _report(by_size: dict[str, Searches], people: int, model: str, *, write_from_px: int) -> None:
    own = np.array([score for searches in by_size.values() for score in searches.own])
    kinds = [kind for searches in by_size.values() for kind in searches.foreign.values()]
    foreign = np.array([score for kind in kinds for score in kind])
    thresholds: dict[str, dict[str, Any]] = {}
    for name, margin in (("search", SEARCH_MARGIN), ("show", SHOW_MARGIN)):
        score = math.ceil((float(foreign.max()) + margin) * 1000) / 1000
        thresholds[name] = {
            "score": score,
            "fpir": round(float((foreign >= score).mean()), 6),
            "fnir": round(float((own < score).mean()), 6),
            "gallery_size": people,
            "searches": len(foreign),
            "data_set": DATA_SET,
        }
    bound = interval(0, len(foreign))[1]
    results: dict[str, Any] = {"model": model, "thresholds": thresholds, "fpir_95_upper_bound": round(bound, 5)}
    lines = [f"{'':<10}{'members':>10}{'composites':>12}{'blends':>9}{'own, lowest':>13}{'FNIR search':>13}{'show':>8}"]
    sizes: dict[str, Any] = {}
    for name, searches in by_size.items():
        highest = {kind: round(max(scores), 3) for kind, scores in searches.foreign.items()}
        here = np.array(searches.own)
        rates = {kind: float((here < told_["score"]).mean()) for kind, told_ in thresholds.items()}
        sizes[name] = {"highest_foreign": highest, "lowest_own": round(float(here.min()), 3), "fnir": rates}
        cells = f"{highest['members']:>10.3f}{highest['composites']:>12.3f}{highest['blends']:>9.3f}{here.min():>13.3f}"
        lines.append(f"{name:<10}{cells}{100 * rates['search']:>12.1f}%{100 * rates['show']:>7.1f}%")
    lines.append(
        f"search {thresholds['search']['score']}, show {thresholds['show']['score']}: none of {len(foreign)} searches "
        f"for people not there named anybody"
    )
    lines.append(f"(FPIR at most {100 * bound:.2f} % with 95 % confidence, on data this easy)")
    told("thresholds", COMMAND, {**results, "sizes": sizes}, lines)
    if write_from_px:
        search, show = (Threshold(model=model, **thresholds[use]) for use in Use)
        rungs = tuple(Rung(people, write_from_px, search, show) for people in STEPS)
        (WEIGHTS / "faceres.measured.json").write_bytes(Calibration(model, DATA_SET, rungs).to_json())


if __name__ == "__main__":
    main()
