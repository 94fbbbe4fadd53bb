"""Faces of nobody: two portraits laid over each other by their landmarks and averaged."""

from collections.abc import Iterable, Sequence

import numpy as np
from bench.accuracy.ground import SHARED, Portrait
from PIL import Image


def blends(gallery: Sequence[Portrait], pairs: Iterable[tuple[int, int]]) -> list[tuple[tuple[int, int], Portrait]]:
    """Blend pairs of neutral portraits half and half; each comes with the places of its two people."""
    places = SHARED / "data/london/landmarks"
    marks = [np.loadtxt(places / f"{face.person}_neutral.csv", delimiter=",", skiprows=1) for face in gallery]
    made: list[tuple[tuple[int, int], Portrait]] = []
    for one, other in pairs:
        onto = np.column_stack([marks[one], np.ones(len(marks[one]))])
        affine = np.linalg.lstsq(onto, marks[other], rcond=None)[0].T.ravel()
        base = gallery[one].image
        laid = gallery[other].image.transform(
            base.size, Image.Transform.AFFINE, tuple(float(v) for v in affine), Image.Resampling.BICUBIC
        )
        made.append(((one, other), Portrait("", "", Image.blend(base, laid, 0.5), gallery[one].box)))
    return made
