"""How often each look finds a face where there is none: 200 pictures, drawn ones and those that scikit-image brings.

    ./run bench false_boxes

Nothing is fetched: of scikit-image only what lies in its package is opened. Without it, all pictures are drawn ones,
and that is said.
"""

from collections import Counter
from typing import Any

import numpy as np
from bench.accuracy._empty import KINDS, LEFT_OUT, bundled, drawn
from bench.accuracy.ground import told

from countenance.measures import interval
from countenance.ports import Look
from countenance.vision._catalogue import card, verified
from countenance.vision._detector import detect
from countenance.vision._onnx import DETECTOR, POINTS, TILING
from countenance.vision._session import load

COMMAND = "python -m bench.accuracy.false_boxes"
PICTURES = 200
# One picture of each kind is large, as photos are; the others are small, so that many can be looked at.
LARGE, SMALL = (2400, 1800), (640, 480)


def main() -> None:
    """Look at every picture three times and count what is taken for a face."""
    session = load(verified(card("centerface")), threads=2)
    real = list(bundled())
    large = list(drawn(len(KINDS), LARGE, seed=1))
    small = list(drawn(PICTURES - len(real) - len(large), SMALL, seed=2))
    boxes: dict[Look, Counter[str]] = {look: Counter() for look in Look}
    sources = [("scikit-image", real), ("drawn, large", large), ("drawn, small", small)]
    for _, pictures in sources:
        for name, image in pictures:
            for look in Look:
                boxes[look][name] += len(detect(session, np.asarray(image), POINTS[look], TILING))
    looks: dict[str, Any] = {}
    lines = [
        f"{len(real)} pictures of scikit-image, {len(large)} large and {len(small)} small drawn ones"
        if real
        else f"scikit-image is not installed: {PICTURES} drawn pictures, and none from a camera"
    ]
    for look in Look:
        where = {name: count for name, count in boxes[look].items() if count}
        bounds = [round(bound, 4) for bound in interval(len(where), PICTURES)]
        looks[str(look)] = {
            "boxes": sum(where.values()),
            "pictures": len(where),
            "pictures_95": bounds,
            "where": where,
        }
        lines.append(f"{look:<10} {sum(where.values())} boxes in {len(where)} of {PICTURES} pictures: {where}")
    told(
        "false_boxes",
        COMMAND,
        {"detector": DETECTOR, "from_scikit_image": [name for name, _ in real], "left_out": LEFT_OUT, "looks": looks},
        lines,
    )


if __name__ == "__main__":
    main()
