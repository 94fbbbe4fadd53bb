"""Measure the detector: found of present by face size, and false boxes, at each look.

python -m bench.accuracy.detection
"""

import resource
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.accuracy.ground import SAME_FACE, TrueFace, crowd, told

from countenance.faces import Face
from countenance.measures import interval
from countenance.ports import Look, Pixels
from countenance.vision import OnnxVision

COMMAND = "python -m bench.accuracy.detection"
CROWDS = {
    "28-500 px": "--photos 40 --seed 11 --face 28-500 --rotate",
    "28-40 px": "--photos 40 --seed 11 --face 28-40 --rotate",
}
# Upper ends of the size classes in pixels of face height.
SIZES_PX = (32, 40, 48, 64, 128, 512)


@dataclass
class Tally:
    """What one working point found in one crowd."""

    photos: int = 0
    present: Counter[int] = field(default_factory=Counter)
    found: Counter[int] = field(default_factory=Counter)
    false_boxes: int = 0
    least_sure: float = 1.0
    seconds: float = 0.0

    def take(self, faces: tuple[Face, ...], true: list[TrueFace]) -> None:
        """Count one photo: a true face is found by the box that overlaps it most; every box left over is false."""
        self.photos += 1
        used: set[int] = set()
        for face in true:
            size = next(size for size in SIZES_PX if face.face_px < size)
            self.present[size] += 1
            overlaps = [(face.overlap(seen.box), place) for place, seen in enumerate(faces)]
            best, place = max(overlaps, default=(0.0, -1))
            if best >= SAME_FACE:
                used.add(place)
                self.found[size] += 1
                self.least_sure = min(self.least_sure, faces[place].confidence)
        self.false_boxes += len(faces) - len(used)

    def recall(self, low: int, high: int) -> dict[str, Any]:
        """Give found of present for the classes that end above `low` and not above `high`, with the 95 % interval."""
        found = sum(self.found[size] for size in SIZES_PX if low < size <= high)
        present = sum(self.present[size] for size in SIZES_PX if low < size <= high)
        missed = interval(present - found, present) if present else (0.0, 1.0)
        return {"found": found, "present": present, "miss_rate_95": [round(bound, 4) for bound in missed]}


def main() -> None:
    """Compose the crowds, look at each photo three times, and report."""
    vision = OnnxVision.load(threads=2, recognises=False)
    tallies: dict[tuple[str, str], Tally] = {}
    for name, options in CROWDS.items():
        with crowd(options) as photos:
            for pixels, true in photos:
                for look in Look:
                    tally = tallies.setdefault((name, str(look)), Tally())
                    tally.take(_timed(vision, pixels, tally, look), true)
    rows, results = [], {}
    for (name, point), tally in tallies.items():
        classes = {f"<{size}": tally.recall(size - 1, size) for size in SIZES_PX}
        cells = " ".join(f"{cell['found']:>4}/{cell['present']:<4}" for cell in classes.values())
        rows.append(f"{name:>9} {point:<10} {cells} {tally.false_boxes:>3} {tally.seconds / tally.photos:>5.2f}")
        results[f"{name}, {point}"] = {
            "photos": tally.photos,
            "under 40 px": tally.recall(0, 40),
            "40 px and more": tally.recall(40, 512),
            "classes": classes,
            "false_boxes": tally.false_boxes,
            "least_confidence_of_a_true_face": tally.least_sure,
            "cpu_seconds_per_photo": round(tally.seconds / tally.photos, 2),
        }
    head = f"{'faces':>9} {'point':<10} " + " ".join(f"{'<' + str(size):^9}" for size in SIZES_PX) + " false cpu s"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told("detection", COMMAND, {"crowds": results, "peak_mb": peak}, [head, *rows, f"peak memory {peak} MB"])


def _timed(vision: OnnxVision, pixels: Pixels, tally: Tally, look: Look) -> tuple[Face, ...]:
    began = time.process_time()
    faces = vision.detect(pixels, look)
    tally.seconds += time.process_time() - began
    return faces


if __name__ == "__main__":
    main()
