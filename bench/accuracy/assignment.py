"""Measure what the assignment within a photo changes: the best total against the best pair first, and the lead.

python -m bench.accuracy.assignment

Everybody enrolled from a neutral portrait, then group photos with larger and with smaller faces. At the thresholds in
use nobody is named wrongly, so they are also lowered, as if they had been chosen too low.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench.accuracy.ground import crowd, pixels, portraits, told
from bench.accuracy.group_photos import Looked, kept, looked_at

from countenance.faces import Calibration, Gallery, Match, Score, Threshold, Use, assign
from countenance.journeys.matching import SHOWN_LEAD
from countenance.vision import OnnxVision

COMMAND = "python -m bench.accuracy.assignment"
CROWDS = ("--photos 40 --face 48-500 --seed 12", "--photos 40 --face 32-64 --seed 5")
# By how much of the way from the threshold to full agreement the threshold is lowered.
LOWERED = (0.0, 0.125, 0.25, 0.5)


def main() -> None:
    """Look at each crowd once, then assign by each threshold in each way."""
    vision = OnnxVision.load(threads=2)
    enrolled = [(one.person, pixels(one.image)) for one in portraits("london") if one.expression == "neutral"]
    gallery = Gallery(vision.model, [(person, kept(vision, photo)) for person, photo in enrolled])
    results: list[dict[str, Any]] = []
    for options in CROWDS:
        with crowd(options) as photos:
            looked = [looked_at(vision, photo, true) for photo, true in photos]
        for lowered in LOWERED:
            counted = _counted(looked, gallery, vision.calibration, lowered)
            results.append({"crowd": options, "lowered": lowered, **counted})
    told("assignment", COMMAND, {"lead": SHOWN_LEAD, "runs": results}, _table(results))


def _counted(looked: list[Looked], gallery: Gallery, calibration: Calibration, lowered: float) -> dict[str, int]:
    """Count who is named rightly and wrongly in each way, and the photos in which the ways differ."""
    count: Counter[str] = Counter()
    for photo in looked:
        asked = calibration.thresholds(Use.SHOW, people=len(gallery), sides=photo.sides)
        thresholds = [replace(one, score=Score(one.score - lowered * (1 - one.score))) for one in asked]
        ways = {
            "pair_by_pair": _pair_by_pair(photo, gallery, thresholds),
            "best_total": assign(photo.templates, gallery, thresholds),
            "with_lead": assign(photo.templates, gallery, thresholds, lead=SHOWN_LEAD),
        }
        count["differing"] += ways["pair_by_pair"] != ways["best_total"]
        for way, matches in ways.items():
            right = sum(photo.whose[match.face] == match.person for match in matches)
            count[f"{way}_right"] += right
            count[f"{way}_wrong"] += len(matches) - right
    return {key: count[key] for key in KEYS}


KEYS = (
    "differing",
    *(f"{way}_{how}" for way in ("pair_by_pair", "best_total", "with_lead") for how in ("right", "wrong")),
)


def _pair_by_pair(photo: Looked, gallery: Gallery, thresholds: Sequence[Threshold]) -> tuple[Match, ...]:
    """Assign from the best pair down, as it was done before."""
    named = [(place, template) for place, template in enumerate(photo.templates) if template is not None]
    rows = gallery.scores([template for _, template in named]) if named else {}
    pairs = sorted(
        (-score, place, person)
        for person, row in rows.items()
        for (place, _), score in zip(named, row, strict=True)
        if thresholds[place].reached_by(score)
    )
    chosen: dict[int, str] = {}
    for _, place, person in pairs:
        if place not in chosen and person not in chosen.values():
            chosen[place] = person
    return tuple(Match(place, person) for place, person in sorted(chosen.items()))


def _table(results: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'crowd':<38}{'lowered by':>11}{'pair by pair':>14}{'best total':>12}{'with lead':>11}{'differing':>11}"]
    for run in results:
        ways = [f"{run[f'{way}_right']}/{run[f'{way}_wrong']}" for way in ("pair_by_pair", "best_total", "with_lead")]
        lines.append(
            f"{run['crowd']:<38}{run['lowered']:>11.1%}{ways[0]:>14}{ways[1]:>12}{ways[2]:>11}{run['differing']:>11}"
        )
    return [*lines, "right/wrong; differing: photos in which the first two ways do"]


if __name__ == "__main__":
    main()
