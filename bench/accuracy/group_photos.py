"""Measure what users meet: people enrolled from one portrait each, found in group photos and by another portrait.

python -m bench.accuracy.group_photos [--seed 12]

For several draws of twelve people: their true appearances found, appearances of anybody who is not there, strangers
named; then searches by each person's other portrait, by everybody else's portraits and by composites. A composite is an
average of four people, some of whom are enrolled: then a quarter of it is somebody who is there.
"""

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bench.accuracy.ground import SAME_FACE, TrueFace, crowd, pixels, portraits, told

from countenance.errors import NoFace
from countenance.faces import Box, Gallery, Template, Use, assign
from countenance.journeys.matching import SHOWN_LEAD
from countenance.measures import interval
from countenance.ports import Pixels
from countenance.vision import OnnxVision

COMMAND = "python -m bench.accuracy.group_photos"
CROWD = "--photos 40 --face 48-500 --seed"
# The seed of the acceptance run; any other one gives photos that no choice was made by.
SEED = 12
DRAWS, ENROLLED = 8, 12
# At least so large is the face in each portrait.
PORTRAIT_PX = 200


@dataclass(frozen=True)
class Looked:
    """One group photo as indexing sees it: a template for each nameable face, its pixels, and whose each truly is."""

    templates: list[Template | None]
    sides: list[int]
    whose: list[str | None]
    true: list[TrueFace]


def main() -> None:
    """Look at everything once, then draw twelve people again and again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=SEED, help="of the group photos")
    seed = parser.parse_args().seed
    vision = OnnxVision.load(threads=2)
    portrait = {
        (face.person, face.expression): only(vision, pixels(face.image))
        for folder in ("london", "strangers")
        for face in portraits(folder)
    }
    people = sorted({person for person, expression in portrait if expression})
    references = {
        face.person: kept(vision, pixels(face.image)) for face in portraits("london") if face.expression == "neutral"
    }
    with crowd(f"{CROWD} {seed}") as photos:
        looked = [looked_at(vision, photo, true) for photo, true in photos]
    first = people[:ENROLLED]
    draws = [first, *(sorted(random.Random(draw).sample(people, ENROLLED)) for draw in range(1, DRAWS))]  # noqa: S311 -- no secret
    draws.append(people)
    results = [
        _measured(vision, portrait, [(person, references[person]) for person in enrolled], looked) for enrolled in draws
    ]
    name = "group_photos" if seed == SEED else f"group_photos_seed_{seed}"
    told(name, f"{COMMAND} --seed {seed}", {"crowd": f"{CROWD} {seed}", "draws": results}, _table(results))


def only(vision: OnnxVision, photo: Pixels) -> Template:
    """Give the template of the one face in a portrait, as a search compares it."""
    return vision.embed(photo, [_box(vision, photo)])[0]


def kept(vision: OnnxVision, photo: Pixels) -> Template:
    """Give the template that enrolment keeps of the one face in a portrait."""
    return vision.reference(photo, _box(vision, photo))


def _box(vision: OnnxVision, photo: Pixels) -> Box:
    faces = vision.detect(photo)
    if len(faces) != 1:
        raise NoFace(f"a portrait shows {len(faces)} faces")
    return faces[0].box


def looked_at(vision: OnnxVision, photo: Pixels, true: list[TrueFace]) -> Looked:
    """Look at a group photo as indexing does, and tell whose each face truly is."""
    boxes = [face.box for face in vision.detect(photo)]
    large = [box for box in boxes if box.side >= vision.nameable_px]
    made = dict(zip(large, vision.embed(photo, large), strict=True))
    whose: list[str | None] = []
    for box in boxes:
        best = max(true, key=lambda face: face.overlap(box))
        whose.append(best.person if best.overlap(box) >= SAME_FACE else None)
    return Looked([made.get(box) for box in boxes], [box.side for box in boxes], whose, true)


def _measured(
    vision: OnnxVision,
    portrait: dict[tuple[str, str], Template],
    references: list[tuple[str, Template]],
    looked: list[Looked],
) -> dict[str, Any]:
    gallery, enrolled = Gallery(vision.model, references), [person for person, _ in references]
    portraits_reach = vision.calibration.threshold(Use.SEARCH, people=len(gallery), px=PORTRAIT_PX)
    count: Counter[str] = Counter()
    for photo in looked:
        there = {face.person for face in photo.true} & set(enrolled)
        count["present"] += len(there)
        search, show = (vision.calibration.thresholds(use, people=len(gallery), sides=photo.sides) for use in Use)
        for match in assign(photo.templates, gallery, search):
            count["found" if photo.whose[match.face] == match.person else "wrong"] += 1
        for match in assign(photo.templates, gallery, show, lead=SHOWN_LEAD):
            count["shown" if photo.whose[match.face] == match.person else "shown_wrongly"] += 1
    for (person, expression), template in portrait.items():
        if person in enrolled and expression == "neutral":
            continue
        named = [match.person for match in assign([template], gallery, [portraits_reach])]
        if person in enrolled:
            count["named"] += named == [person]
            count["named_wrongly"] += named not in ([], [person])
        else:
            count["foreign"] += 1
            count["foreign_named"] += len(named)
    missed = interval(count["present"] - count["found"], count["present"])
    return {"enrolled": enrolled, **{key: count[key] for key in KEYS}, "miss_rate_95": [round(b, 4) for b in missed]}


KEYS = ("present", "found", "wrong", "shown", "shown_wrongly", "named", "named_wrongly", "foreign", "foreign_named")


def _table(results: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'enrolled':<22}{'found':>11}{'wrong':>7}{'shown':>7}{'wrong':>7}{'by smile':>10}{'others named':>14}"]
    for draw in results:
        who = " ".join(draw["enrolled"][:4]) + " ..."
        share = f"{draw['found']}/{draw['present']}"
        smile, others = f"{draw['named']}/{len(draw['enrolled'])}", f"{draw['foreign_named']}/{draw['foreign']}"
        lines.append(
            f"{who:<22}{share:>11}{draw['wrong']:>7}{draw['shown']:>7}{draw['shown_wrongly']:>7}{smile:>10}{others:>14}"
        )
    return lines


if __name__ == "__main__":
    main()
