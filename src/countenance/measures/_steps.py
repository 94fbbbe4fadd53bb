"""The sizes for which thresholds are given: of galleries, and of faces."""

from typing import Final

from countenance.faces import LEEWAY

# A library outgrows a step seldom; between two, the threshold of the larger one is used.
STEPS: Final = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
# Classes of the found face's longer side. Above the last one nothing changes: the embedder then sees all it can use.
CLASSES_PX: Final = (32, 40, 48, 64)


def steps(compared: int) -> tuple[int, ...]:
    """Give the gallery sizes about which something can be said when so many people were compared with each search."""
    within = [step for step in STEPS if step <= compared]
    if not within or compared > within[-1] * (1 + LEEWAY):
        within.append(compared)
    return tuple(within) if compared else ()


def classes_px(nameable_px: int) -> tuple[int, ...]:
    """Give the least face sizes of the classes, the smallest one that of faces that are named at all."""
    return (nameable_px, *(px for px in CLASSES_PX if px > nameable_px))
