"""The shipped embedder as it would be had half of the people had no part in it.

What it takes out of templates was learned from blends of the same people that it is measured with; dlib's network has
never seen them. So it is measured a second time: each half of the people with what blends of the other half teach.
"""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from bench.accuracy.within import as_file, directions, renditions, within_blends

from countenance.vision import OnnxVision, _embedder

# Far fewer than the shipped ones: half of the people make fewer different blends, and this takes long.
BLENDS = 60


def halves(people: Sequence[str], seed: int) -> tuple[frozenset[str], frozenset[str]]:
    """Halve the people by chance."""
    drawn = random.Random(seed).sample(sorted(people), len(people))  # noqa: S311 -- no secret
    return frozenset(drawn[: len(drawn) // 2]), frozenset(drawn[len(drawn) // 2 :])


def learned_from(people: frozenset[str], vision: OnnxVision, seed: int, kept: Path | None) -> _embedder.Embedder:
    """Give the shipped embedder with directions learned from blends of these people alone; `kept` has them if it is."""
    shipped = vision._embedder  # noqa: SLF001 -- measured as it would be, which no port is for
    if shipped is None:
        raise ValueError("loaded without recognition")
    if kept is not None and kept.is_file():
        return replace(shipped, within=_embedder.directions(kept.read_bytes()))
    pairs = random.Random(seed).sample(list(itertools.combinations(sorted(people), 2)), BLENDS)  # noqa: S311 -- the same
    looks: list[npt.NDArray[np.float64]] = [renditions(pair) for pair in pairs]
    content = as_file(directions(*within_blends(looks)))
    if kept is not None:
        kept.write_bytes(content)
    return replace(shipped, within=_embedder.directions(content))
