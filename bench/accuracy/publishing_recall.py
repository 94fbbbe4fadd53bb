"""How many faces publication finds, by size, and how often it finds one where there is none.

    .venv/bin/python bench/accuracy/publishing_recall.py [--photos 40] [--seed 11]

On composed group photos with truth (../shared/tools/make_crowd.py; says so and ends with 0 when it is not there), faces
28 to 500 pixels high and stored turned by EXIF, and again with all faces 28 to 40 pixels high. Writes
bench/accuracy/results/publishing_recall.json and exits with 1 if a promise does not hold.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from countenance.faces import Box
from countenance.photos import open_photo
from countenance.ports import Look
from countenance.vision import OnnxVision

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT.parent / "shared"
RESULTS = Path(__file__).parent / "results" / "publishing_recall.json"
SETS = {"28-500": "28-500", "28-40": "28-40"}
# The promise: least share found by face height in pixels, and most false boxes per photo.
PROMISED = {"28-40 px": 0.95, "40 px and more": 0.99}
FALSE_BOXES_PER_PHOTO = 0.1
CLEAR_PX = 40.0
# A box of nobody: it covers less than this of every true face, as intersection over union.
TOUCHING = 0.1


def main() -> int:
    """Measure both sets; give 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    if not (SHARED / "data" / "london").is_dir():
        print("../shared/data/london is not there: nothing was measured.")
        return 0
    vision = OnnxVision.load(threads=2, recognises=False)
    figures: dict[str, Any] = {"detector": vision.detector, "seed": options.seed, "photos": options.photos}
    broken = False
    for name, faces in SETS.items():
        work = Path(tempfile.mkdtemp(prefix="recall-"))
        try:
            figures[name] = _measured(_composed(work, faces, options), vision)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        broken = _told(name, figures[name], options.photos) or broken
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(broken)


def _composed(folder: Path, faces: str, options: argparse.Namespace) -> Path:
    subprocess.run(  # noqa: S603  (the house's own tool)
        [sys.executable, str(SHARED / "tools/make_crowd.py"), str(SHARED / "data/london"),
         str(SHARED / "data/strangers"), "--out", str(folder), "--photos", str(options.photos),
         "--seed", str(options.seed), "--face", faces, "--rotate"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return folder


def _measured(folder: Path, vision: OnnxVision) -> dict[str, Any]:
    present: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false = 0
    seconds: list[float] = []
    for name, truth in sorted(json.loads((folder / "truth.json").read_text()).items()):
        pixels = open_photo(folder / name).pixels
        began = time.monotonic()
        boxes = [face.box for face in vision.detect(pixels, Look.PUBLISHING)]
        seconds.append(time.monotonic() - began)
        real = [_whole(face["box"]) for face in truth]
        for face, box in zip(truth, real, strict=True):
            group = "40 px and more" if face["face_px"] >= CLEAR_PX else "28-40 px"
            present[group] += 1
            found[group] += any(_middle_in(box, other) and _middle_in(other, box) for other in boxes)
        false += sum(all(box.overlap(other) < TOUCHING for other in real) for box in boxes)
    return {
        "present": dict(present),
        "found": dict(found),
        "false boxes": false,
        "seconds a photo, median": round(median(seconds), 2),
    }


def _whole(box: Sequence[float]) -> Box:
    x, y, w, h = (round(value) for value in box)
    return Box(x, y, w, h)


def _middle_in(box: Box, other: Box) -> bool:
    x, y = box.x + box.w / 2, box.y + box.h / 2
    return other.x <= x <= other.x + other.w and other.y <= y <= other.y + other.h


def _told(name: str, figures: dict[str, Any], photos: int) -> bool:
    """Print a set's figures; tell whether one is worse than promised."""
    broken = bool(figures["false boxes"] > FALSE_BOXES_PER_PHOTO * photos)
    print(f"faces {name} px: {figures['false boxes']} false boxes in {photos} photos, "
          f"{figures['seconds a photo, median']} s a photo")  # fmt: skip
    for group, present in sorted(figures["present"].items()):
        share = figures["found"].get(group, 0) / present
        broken = broken or bool(share < PROMISED[group])
        print(f"  {group:15} {figures['found'].get(group, 0):4} of {present:4}  {100 * share:6.2f} %")
    return broken


if __name__ == "__main__":
    sys.exit(main())
