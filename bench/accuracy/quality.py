"""Measure what enrolment refuses: good portraits, spoiled ones, and whether those would have done harm.

python -m bench.accuracy.quality

False refusals: every portrait as taken, and every portrait made smaller. Then each person's neutral portrait is spoiled
in every way of `_spoiling.py`; it should be refused with the right words, and as a reference it should really miss its
person's smiling portrait (at the threshold that ships, for a gallery of 100). The limits of `faces/_quality.py` were
first chosen on every second person, and four of them set anew on all (docs/reference/accuracy.md); the table is of the
others.
"""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from bench.accuracy._spoiling import SPOILINGS, Scene, Spoiling
from bench.accuracy.ground import SHARED, Portrait, pixels, portraits, shrunk, told
from PIL import Image

from countenance.faces import Box, GoodFace, Quality, Template, Unfit, Use, combined, good_face
from countenance.measures import interval
from countenance.vision import OnnxVision

COMMAND = "python -m bench.accuracy.quality"
# The face in the portraits that are spoiled, and around it as much again; as much as an identity photo has.
FACE_PX, AROUND = 240, 0.85
PROBES_PX = (64, 40)
GALLERY = 100
JPEG_QUALITY, PROBE_QUALITY = 85, 75
# So many troubles are told of a photo: the right one must be among them.
TOLD = 2


@dataclass(frozen=True)
class Row:
    """A spoiled portrait: whose, how, what enrolment says, its quality and template if it is one face, and misses."""

    person: str
    spoiling: Spoiling
    troubles: tuple[str, ...]
    quality: Quality | None
    reference: Template | None

    @property
    def right(self) -> bool:
        """Whether it was refused for what was done to it."""
        return self.spoiling.trouble in self.troubles[:TOLD]


def main() -> None:
    """Measure, and report."""
    vision = OnnxVision.load(threads=2)
    everybody = portraits("london")
    groups = _groups()
    checked = {person for place, person in enumerate(sorted(groups)) if place % 2}
    as_taken = {f"{one.person} {one.expression}": _judged(vision, one.image)[0] for one in everybody}
    small = [_cut(one) for one in everybody]
    cut_out = {f"{one.person} {one.expression}": _judged(vision, one.image)[0] for one in small}
    probes = {
        px: {
            one.person: vision.embed(pixels(tiny.image), [tiny.box])[0]
            for one, tiny in ((one, shrunk(one, px, jpeg=PROBE_QUALITY)) for one in small)
            if one.expression == "smiling"
        }
        for px in PROBES_PX
    }
    rows = list(_spoiled(vision, [one for one in small if one.expression == "neutral"]))
    missed = {px: _missed(vision, rows, probes[px], px) for px in PROBES_PX}
    others = {
        f"{folder}/{one.person}": list(_judged(vision, one.image)[0])
        for folder in ("lisa", "strangers")
        for one in portraits(folder)
    }
    refused = {"as taken": _by_group(as_taken, groups), f"face of {FACE_PX} px": _by_group(cut_out, groups)}
    spoiled = {
        name: {
            who: _figures(rows, missed, name, people) for who, people in (("checked", checked), ("all", set(groups)))
        }
        for name in (spoiling.name for spoiling in SPOILINGS)
    }
    dark = {
        name: {who: _figures(rows, missed, name, people) for who, people in _people(groups, "ethnicity").items()}
        for name in spoiled
        if name.startswith(("dark", "bright", "veiled")) and "blurred" not in name
    }
    results = {
        "model": vision.model,
        "chosen_on": len(groups) - len(checked),
        "checked_on": len(checked),
        "good_refused": refused,
        "spoiled": spoiled,
        "light_by_ethnicity": dark,
        "several_photos": _several(vision, rows, probes),
        "troubles_of_others": others,
    }
    told("quality", COMMAND, results, _table(results))


def _groups() -> dict[str, dict[str, str]]:
    with (SHARED / "data/london/people.csv").open(encoding="utf-8") as file:
        return {row["id"]: {kind: row[kind] for kind in ("gender", "ethnicity")} for row in csv.DictReader(file)}


def _people(groups: dict[str, dict[str, str]], kind: str) -> dict[str, set[str]]:
    values = sorted({group[kind] for group in groups.values()})
    return {value: {person for person, group in groups.items() if group[kind] == value} for value in values}


def _judged(vision: OnnxVision, image: Image.Image) -> tuple[tuple[str, ...], GoodFace | Unfit, Quality | None]:
    """Give the troubles that enrolment would tell, its verdict, and the quality if there is one face."""
    seen = pixels(image)
    faces = vision.detect(seen)
    verdict = good_face(faces, partial(vision.quality, seen))
    troubles = tuple(map(str, verdict.troubles)) if isinstance(verdict, Unfit) else ()
    return troubles, verdict, vision.quality(seen, faces[0]) if len(faces) == 1 else None


def _cut(portrait: Portrait) -> Portrait:
    """Make a portrait smaller and cut it to head and shoulders, so that thousands can be looked at."""
    small = shrunk(portrait, FACE_PX, jpeg=92)
    box, reach = small.box, round(AROUND * FACE_PX)
    across, down = box.x + box.w // 2, box.y + box.h // 2
    left, top = max(across - reach, 0), max(down - reach, 0)
    edges = (left, top, min(across + reach, small.image.width), min(down + reach, small.image.height))
    return Portrait(
        portrait.person, portrait.expression, small.image.crop(edges), Box(box.x - left, box.y - top, box.w, box.h)
    )


def _spoiled(vision: OnnxVision, faces: Sequence[Portrait]) -> Iterator[Row]:
    """Spoil each portrait in every way, and judge it; a reference is made of it whether it would be refused or not."""
    for place, portrait in enumerate(faces):
        print(f"{place} of {len(faces)}", file=sys.stderr)
        (face,) = vision.detect(pixels(portrait.image))
        for spoiling in SPOILINGS:
            file = io.BytesIO()
            scene = Scene(portrait.image, face, np.random.default_rng(place))
            spoiling.spoil(scene).save(file, "JPEG", quality=JPEG_QUALITY)
            image = Image.open(file).convert("RGB")
            troubles, verdict, quality = _judged(vision, image)
            box = verdict.face.box if isinstance(verdict, GoodFace) else next((one.box for one in verdict.faces), None)
            reference = vision.reference(pixels(image), box) if box else None
            yield Row(portrait.person, spoiling, troubles, quality, reference)


def _missed(
    vision: OnnxVision, rows: Sequence[Row], probes: dict[str, Template], px: int
) -> dict[tuple[str, str], bool]:
    """Tell of each spoiled portrait with a face whether, as the only reference, it misses its own person."""
    threshold = vision.calibration.threshold(Use.SEARCH, people=GALLERY, px=px)
    return {
        (row.person, row.spoiling.name): not threshold.reached_by(row.reference.compare(probes[row.person]))
        for row in rows
        if row.reference
    }


def _rate(count: int, of: int) -> dict[str, Any]:
    low, high = interval(count, of) if of else (0.0, 1.0)
    return {"count": count, "of": of, "from": round(low, 4), "to": round(high, 4)}


def _by_group(troubles: dict[str, tuple[str, ...]], groups: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Count refusals of good portraits: all, and by what people said of themselves."""
    told_of = {name: found for name, found in troubles.items() if found}
    result: dict[str, Any] = {
        "all": _rate(len(told_of), len(troubles)),
        "troubles": {name: list(found) for name, found in told_of.items()},
    }
    for kind in ("gender", "ethnicity"):
        for value, people in _people(groups, kind).items():
            mine = [name for name in troubles if name.split()[0] in people]
            result[f"{kind} {value}"] = _rate(len(told_of.keys() & set(mine)), len(mine))
    return result


def _figures(
    rows: Sequence[Row], missed: dict[int, dict[tuple[str, str], bool]], name: str, people: set[str]
) -> dict[str, Any]:
    """Count for one way of spoiling: refused, for the right reason, and misses among the refused and the accepted."""
    mine = [row for row in rows if row.spoiling.name == name and row.person in people]
    refused = [row for row in mine if row.troubles]
    figures: dict[str, Any] = {
        "refused": _rate(len(refused), len(mine)),
        "rightly": sum(row.right for row in refused),
        "no_face": sum("no-face" in row.troubles for row in mine),
        "troubles": dict(Counter(trouble for row in mine for trouble in row.troubles[:TOLD])),
    }
    for px, misses in missed.items():
        for kind, some in (("refused", refused), ("accepted", [row for row in mine if not row.troubles])):
            with_face = [misses[row.person, name] for row in some if row.reference]
            figures[f"missed_{px}px_{kind}"] = _rate(sum(with_face), len(with_face))
    return figures


def _several(vision: OnnxVision, rows: Sequence[Row], probes: dict[int, dict[str, Template]]) -> dict[str, Any]:
    """Tell what weighing is worth: a good photo alone, and with a spoiled one, plain and weighed by quality."""
    good = {row.person: row for row in rows if row.spoiling.name == SPOILINGS[0].name}
    result: dict[str, Any] = {}
    for px in PROBES_PX:
        threshold = vision.calibration.threshold(Use.SEARCH, people=GALLERY, px=px)
        for kind in ("accepted", "refused"):
            scores: dict[str, list[float]] = {"good alone": [], "plain mean": [], "weighed": [], "spoiled alone": []}
            for row in rows:
                best = good[row.person]
                if row is best or not row.reference or not row.quality or bool(row.troubles) != (kind == "refused"):
                    continue
                if not best.reference or not best.quality:
                    continue
                both = [best.reference, row.reference]
                probe = probes[px][row.person]
                scores["good alone"].append(best.reference.compare(probe))
                scores["spoiled alone"].append(row.reference.compare(probe))
                scores["plain mean"].append(Template.combined(both, [1.0, 1.0]).compare(probe))
                scores["weighed"].append(combined([best.quality, row.quality], both).compare(probe))
            result[f"{px} px, {kind}"] = {
                way: {
                    "missed": sum(value < threshold.score for value in values),
                    "of": len(values),
                    "mean": round(float(np.mean(values)), 4),
                }
                for way, values in scores.items()
            }
    return result


def _table(results: dict[str, Any]) -> list[str]:
    lines = ["good portraits refused:"]
    for kind, groups in results["good_refused"].items():
        counts = {name: f"{rate['count']} of {rate['of']}" for name, rate in groups.items() if name != "troubles"}
        lines += [f"  {kind}: {counts}", f"    {groups['troubles']}"]
    sizes = " / ".join(f"{px} px" for px in PROBES_PX)
    lines.append(
        f"spoiled, {results['checked_on']} people: refused, rightly, no face; missed of refused | accepted at {sizes}"
    )
    for name, spoiled in results["spoiled"].items():
        one = spoiled["checked"]
        cells = [
            " ".join(f"{rate['count']}/{rate['of']}" for rate in (one[f"missed_{px}px_{kind}"] for px in PROBES_PX))
            for kind in ("refused", "accepted")
        ]
        refused = f"{one['refused']['count']:>3} {one['rightly']:>3} {one['no_face']:>3}"
        lines.append(f"{name:<26}{refused}   {cells[0]:<16}| {cells[1]:<16}{one['troubles']}")
    lines += [f"{kind}: {ways}" for kind, ways in results["several_photos"].items()]
    lines += [f"{name}: {troubles}" for name, troubles in results["troubles_of_others"].items()]
    return lines


if __name__ == "__main__":
    main()
