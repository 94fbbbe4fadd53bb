"""Measure the peak memory of looking at 12-megapixel photos, in a fresh process for each working point.

python -m bench.accuracy.memory
"""

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
from bench.accuracy.ground import crowd, opened, told

from countenance.ports import Look
from countenance.vision import OnnxVision

COMMAND = "python -m bench.accuracy.memory"
CROWD = "--photos 6 --seed 11 --face 28-500 --rotate"


def main() -> None:
    """Look at the same photos in one process for each working point; called with a folder, be such a process."""
    if len(sys.argv) > 1:
        _look_at(Path(sys.argv[1]), Look(sys.argv[2]))
        return
    peaks: dict[str, int] = {}
    with crowd(CROWD) as photos:
        for point in Look:
            command = [sys.executable, "-m", "bench.accuracy.memory", str(photos.folder), point]
            peaks[point] = int(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603 -- ourselves
    table = [f"{point:<10}{peak:>6} MB at most" for point, peak in peaks.items()]
    told("memory", COMMAND, {"crowd": CROWD, "peak_mb": peaks}, table)


def _look_at(folder: Path, look: Look) -> None:
    vision = OnnxVision.load(threads=1)
    for path in sorted(folder.glob("*.jpg")):
        pixels = np.asarray(opened(path))
        vision.embed(pixels, [face.box for face in vision.detect(pixels, look)])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
