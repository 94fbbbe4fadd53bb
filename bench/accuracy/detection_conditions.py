"""How many faces each look misses: by size, turn in the picture, blur, cover and light, in photos of 12 megapixels.

    ./run bench detection_conditions            or, for the file that ships with the weights as well,
    python -m bench.accuracy.detection_conditions --keep

A face counts as found if one cover, as it would be painted over a box, hides both eyes, the nose and the mouth. The
turn that landmarks tell is compared with the true one, and the time of each look with that of indexing.
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from bench.accuracy._scenes import COVERS, LIGHTS, Condition, Known, Marks, Sitter, composed
from bench.accuracy.ground import PROJECT, portraits, told

from countenance.faces import Face, Seeing
from countenance.measures import interval
from countenance.ports import Look, Pixels
from countenance.redaction import MARGIN
from countenance.vision._catalogue import card, verified
from countenance.vision._detector import detect
from countenance.vision._onnx import DETECTOR, POINTS, TILING
from countenance.vision._session import Session, load

COMMAND = "python -m bench.accuracy.detection_conditions"
KEPT = PROJECT / "src/countenance/vision/weights/centerface.measured.json"
SEED = 5
SIZES_PX = (16, 20, 24, 28, 32, 40, 48, 64, 96)
TURNED_PX = HIDDEN_PX = (24, 32, 48, 96)
SPOILT_PX = (32, 96)
TURNS = (15, 30, 45, 60, 75, 90, 120, 150, 180)
BLURS = (0.02, 0.04, 0.06, 0.08, 0.12)
# The exponent of the cover's outline (countenance.redaction), and how large a box may be in face heights.
ROUND, LARGEST = 2.5, 2.0
# The classes that a publication tells: least and greatest size in pixels. A size stands for those up to the next.
CLASSES = {
    Seeing.UPRIGHT: ((16, 23), (24, 31), (32, 39), (40, None)),
    Seeing.TURNED: ((24, 31), (32, 47), (48, 95), (96, None)),
    Seeing.HIDDEN: ((24, 31), (32, 47), (48, 95), (96, None)),
    Seeing.BLURRED: ((32, 95), (96, None)),
    Seeing.BADLY_LIT: ((32, 95), (96, None)),
}
TIMED_PHOTOS, TIMED_FACES = 7, 8


def main() -> None:
    """Compose the photos, look at each three times, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="keep the counts in the file that ships with the weights")
    parser.add_argument("--every", type=int, default=1, help="take only every so manieth person, to try something")
    options = parser.parse_args()
    session = load(verified(card("centerface")), threads=2)
    sitters = _sitters(session, options.every)
    found: dict[tuple[Condition, Look], list[bool]] = defaultdict(list)
    errors: dict[tuple[int, int], list[float]] = defaultdict(list)
    for pixels, known in composed(_wanted(sitters), seed=SEED):
        for look in Look:
            faces = detect(session, pixels, POINTS[look], TILING)
            for one in known:
                face = _found(one, faces)
                found[_sort(one.condition), look].append(face is not None)
                if face and look is Look.INDEXING and _seeing(one.condition) in {Seeing.UPRIGHT, Seeing.TURNED}:
                    error = _turn(np.array(face.landmarks)) - _turn(one.landmarks)
                    size, turn = one.condition.face_px, abs(round(one.condition.degrees))
                    errors[size, turn].append(abs((error + 180) % 360 - 180))
    conditions = [_row(condition, found) for condition in sorted({condition for condition, _ in found}, key=_order)]
    turns = [
        {"face_px": size, "degrees": turn, "faces": len(seen), "mean_error": round(statistics.fmean(seen), 1),
         "p90_error": round(float(np.quantile(seen, 0.9)), 1)}
        for (size, turn), seen in sorted(errors.items())
    ]  # fmt: skip
    seconds = _seconds(sitters)
    results = {"detector": DETECTOR, "people": len({one.portrait.person for one in sitters}), "conditions": conditions,
               "turn_told_by_landmarks": turns, "cpu_seconds_per_photo": seconds}  # fmt: skip
    told("detection_conditions", COMMAND, results, _table(conditions, turns, seconds))
    if options.keep:
        _keep(found, KEPT)


def _sitters(session: Session, every: int) -> list[Sitter]:
    """Give each portrait with the landmarks that the detector finds in it at full size, where it is at its surest."""
    shown = portraits("london")
    people = sorted({portrait.person for portrait in shown})[::every]
    sitters: list[Sitter] = []
    for portrait in shown:
        if portrait.person in people:
            face = max(
                detect(session, np.asarray(portrait.image), POINTS[Look.INDEXING], TILING),
                key=lambda face: face.box.area,
            )
            sitters.append(Sitter(portrait, np.array(face.landmarks)))
    return sitters


def _wanted(sitters: list[Sitter]) -> list[tuple[Sitter, Condition]]:
    """Give every person in every condition, smiling and not by turns; upright and clear in both portraits."""
    people: dict[str, list[Sitter]] = defaultdict(list)
    for sitter in sitters:
        people[sitter.portrait.person].append(sitter)
    wanted = [(sitter, Condition(px)) for sitter in sitters for px in SIZES_PX]
    for place, (_, own) in enumerate(sorted(people.items())):
        side = 1 if place % 2 else -1
        spoilt = [
            *(Condition(px, degrees=side * turn * (-1) ** n) for px in TURNED_PX for n, turn in enumerate(TURNS)),
            *(Condition(px, blur=blur) for px in SPOILT_PX for blur in BLURS),
            *(Condition(px, cover=cover) for px in HIDDEN_PX for cover in COVERS),
            *(Condition(px, light=light) for px in SPOILT_PX for light in LIGHTS if light),
        ]
        wanted += [(own[n % len(own)], condition) for n, condition in enumerate(spoilt, start=place)]
    return wanted


def _found(known: Known, faces: Iterable[Face]) -> Face | None:
    """Give the face whose cover hides all that makes the known one a face; None if there is none."""
    height = known.condition.face_px
    for face in faces:
        box = face.box
        middle = np.array([box.x + box.w / 2, box.y + box.h / 2])
        # As `countenance.redaction` paints it; where a cover is widened to its least margin, it hides more.
        half = np.array([box.w + MARGIN * (box.w + box.side), box.h + MARGIN * (box.h + box.side)]) / 2
        hidden = (np.abs((known.landmarks - middle) / half) ** ROUND).sum(axis=1) <= 1
        if bool(hidden.all()) and box.side <= LARGEST * height:
            return face
    return None


def _turn(marks: Marks) -> float:
    """Give how far a face is turned, in degrees, by the line from between the eyes to the middle of the mouth."""
    across, down = marks[3:].mean(axis=0) - marks[:2].mean(axis=0)
    return float(np.degrees(np.arctan2(across, down)))


def _sort(condition: Condition) -> Condition:
    """Take both directions of a turn as one."""
    return Condition(condition.face_px, abs(condition.degrees), condition.blur, condition.cover, condition.light)


def _seeing(condition: Condition) -> Seeing:
    if condition.light:
        return Seeing.BADLY_LIT
    if condition.cover:
        return Seeing.HIDDEN
    if condition.blur:
        return Seeing.BLURRED
    return Seeing.TURNED if condition.degrees else Seeing.UPRIGHT


def _order(condition: Condition) -> tuple[Any, ...]:
    return (
        list(Seeing).index(_seeing(condition)),
        condition.cover,
        condition.light,
        condition.blur,
        condition.degrees,
        condition.face_px,
    )


def _what(condition: Condition) -> str:
    if condition.degrees:
        return f"{condition.degrees:.0f} degrees"
    return condition.light or condition.cover or (f"blur {condition.blur:.2f}" if condition.blur else "upright")


def _row(condition: Condition, found: dict[tuple[Condition, Look], list[bool]]) -> dict[str, Any]:
    row: dict[str, Any] = {"seeing": str(_seeing(condition)), "what": _what(condition), "face_px": condition.face_px}
    for look in Look:
        seen = found[condition, look]
        low, high = interval(len(seen) - sum(seen), len(seen))
        row["faces"] = len(seen)
        row[str(look)] = {"found": sum(seen), "miss_rate_95": [round(low, 4), round(high, 4)]}
    return row


def _seconds(sitters: list[Sitter]) -> dict[str, Any]:
    """Time each look on photos with a few faces, in turn, on one thread."""
    session = load(verified(card("centerface")), threads=1)
    wanted = [(sitter, Condition(200)) for sitter in sitters]
    spent: dict[Look, list[float]] = defaultdict(list)
    for photo in range(TIMED_PHOTOS):
        few = wanted[photo * TIMED_FACES : (photo + 1) * TIMED_FACES] or wanted[:TIMED_FACES]
        for pixels, _ in composed(few, seed=SEED + photo):
            for look in Look:
                spent[look].append(_spent(session, pixels, look))
    return {
        str(look): {
            "median": round(statistics.median(seconds), 2),
            "times_indexing": round(
                statistics.median(one / first for one, first in zip(seconds, spent[Look.INDEXING], strict=True)), 2
            ),
        }
        for look, seconds in spent.items()
    }


def _spent(session: Session, pixels: Pixels, look: Look) -> float:
    began = time.process_time()
    detect(session, pixels, POINTS[look], TILING)
    return time.process_time() - began


def _table(conditions: list[dict[str, Any]], turns: list[dict[str, Any]], seconds: dict[str, Any]) -> list[str]:
    lines = [f"{'seen':<10} {'how':<16} {'px':>3} {'faces':>5}  " + "  ".join(f"{look:>10}" for look in Look)]
    lines += [
        f"{row['seeing']:<10} {row['what']:<16} {row['face_px']:>3} {row['faces']:>5}  "
        + "  ".join(f"{row[look]['found']:>10}" for look in Look)
        for row in conditions
    ]
    lines += ["", "turn told by landmarks, degrees: mean error and what 9 of 10 stay below"]
    lines += [
        f"{one['face_px']:>3} px, {one['degrees']:>3} degrees: {one['mean_error']:>6} {one['p90_error']:>6} "
        f"({one['faces']})"
        for one in turns
    ]
    lines += [
        "",
        *(f"{look}: {one['median']} s on one thread, {one['times_indexing']} x" for look, one in seconds.items()),
    ]
    return lines


def _keep(found: dict[tuple[Condition, Look], list[bool]], file: Path) -> None:
    """Write the counts by class beside the weights that they were measured with."""
    looks: dict[str, list[dict[str, Any]]] = {}
    for look in (Look.PUBLISHING, Look.THOROUGH):
        rates = looks.setdefault(str(look), [])
        for seeing, classes in CLASSES.items():
            for low, high in classes:
                seen = [
                    one
                    for (condition, at), all_seen in found.items()
                    if at is look and _seeing(condition) is seeing and low <= condition.face_px <= (high or 10**6)
                    for one in all_seen
                ]
                rates.append({"seeing": str(seeing), "from_px": low, "to_px": high,
                              "missed": len(seen) - sum(seen), "faces": len(seen)})  # fmt: skip
    content = {
        "detector": DETECTOR,
        "sha256": card("centerface").sha256,
        "data_set": "Face Research Lab London Set, set into photos of 12 megapixels",
        "looks": looks,
    }
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
