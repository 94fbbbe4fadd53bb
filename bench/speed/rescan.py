"""How much of the time of a fresh index a re-scan takes, when somebody joins after the photos were indexed.

    .venv/bin/python -m bench.speed.rescan [--rounds 3]

On the group photos of the demo, composed anew (no other photos are needed), with the real models and one worker: two
people are enrolled and the photos indexed; then a third one joins, and the job that this leaves is run. Both find the
same. Writes bench/speed/results/rescan.json, and exits with 1 if the re-scan is not the faster one.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import onnxruntime
from PIL import Image

from countenance import EnrolmentForm, Library, Policy, Purpose
from countenance.demo import PLANS, lay_out

RESULTS = Path(__file__).parent / "results" / "rescan.json"
PURPOSES = (Purpose.FIND_ME,)
PORTRAITS = {"Robin Vale": ["robin.jpg"], "Toni Marsh": ["toni.jpg"], "Lisa": ["lisa-1.jpg", "lisa-2.jpg"]}
LATE = "Lisa"


def main() -> int:
    """Measure so many rounds; give 1 if a re-scan is not faster, or does not find the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rounds: list[dict[str, Any]] = []
    names = {plan.name for plan in PLANS}  # beside them lies a torn file, which is not looked at
    with tempfile.TemporaryDirectory() as work:
        desk = Path(work)
        os.environ["XDG_DATA_HOME"] = str(desk / "keys")
        lay_out(desk, PLANS)
        for number in range(options.rounds):
            rounds.append(_round(desk, number))
            print(json.dumps(rounds[-1]))
        sizes = [Image.open(path).size for path in (desk / "photos").iterdir() if path.name in names]
    ratio = median(one["rescan_seconds"] / one["index_seconds"] for one in rounds)
    same = all(one["found_late"] == one["found_fresh"] for one in rounds)
    figures = {
        "command": " ".join(["python -m bench.speed.rescan", *sys.argv[1:]]),
        "machine": f"{platform.machine()}, one worker",
        "onnxruntime": onnxruntime.__version__,
        "photos": len(sizes),
        "megapixels_a_photo": round(sum(width * height for width, height in sizes) / len(sizes) / 1e6, 1),
        "rounds": rounds,
        "median_index_seconds": median(one["index_seconds"] for one in rounds),
        "median_rescan_seconds": median(one["rescan_seconds"] for one in rounds),
        "median_ratio": round(ratio, 3),
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"re-scan / fresh index: {ratio:.2f} of the time")
    return int(ratio >= 1 or not same)


def _round(desk: Path, number: int) -> dict[str, Any]:
    """Index with two people, let the third one join, and index anew with all three."""
    late, fresh = _library(desk, f"late-{number}"), _library(desk, f"fresh-{number}")
    with late, fresh:
        for name in PORTRAITS:
            _enrol(fresh, desk, name)
            if name != LATE:
                _enrol(late, desk, name)
        index_seconds = _seconds(lambda: fresh.index([desk / "photos"]))
        faces = late.index([desk / "photos"]).indexing.faces
        _enrol(late, desk, LATE)
        rescan_seconds = _seconds(late.run_jobs)
        return {
            "faces": faces,
            "index_seconds": index_seconds,
            "rescan_seconds": rescan_seconds,
            "found_late": len(late.photos(LATE, reason=None).appearances),
            "found_fresh": len(fresh.photos(LATE, reason=None).appearances),
        }


def _library(desk: Path, name: str) -> Library:
    return Library.make(desk / name, Policy.draft(controller="A school", contact="office@school.example"))


def _enrol(library: Library, desk: Path, name: str) -> None:
    portraits = tuple(desk / "portraits" / portrait for portrait in PORTRAITS[name])
    (form,) = (desk / "releases").glob(f"form-{name.lower().replace(' ', '-')}.pdf")
    library.enrol(EnrolmentForm(name, portraits, form, PURPOSES), later=True)


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return round(time.monotonic() - began, 2)


if __name__ == "__main__":
    sys.exit(main())
