"""Measure what each choice in the embedder's geometry is worth, on people who had no part in it.

python -m bench.accuracy.geometry

The people are halved. Whatever is learned (means, directions, cohorts) is learned from blends of two people of one
half, and measured on the other: a gallery of neutral portraits, one each; smiling ones as probes; everybody else's
portraits and blends of two (their parents taken out of the gallery) as searches for people who are not in it.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt
from bench.accuracy.ground import Portrait, pixels, portraits, told
from bench.accuracy.within import blended, directions, within_blends

from countenance.faces import Box
from countenance.measures import SCALED, WORN, worn
from countenance.ports import Pixels
from countenance.vision import OnnxVision, _embedder

COMMAND = "python -m bench.accuracy.geometry"
SIZES_PX = (64, 48, 40, 32)
WEARS = {wear.name: wear for wear in (SCALED, WORN)}
AS_TAKEN = "as taken"
CROPS = (1.3, 1.15)
REFERENCE_PX = _embedder.REFERENCE_PX
BLENDS, SEED, PROCESSES = 60, 11, 2
EVEN, UPPER = np.ones(7) / 7, np.array([1.0, 1.0, 1.0, 1.0, 0.25, 0.25, 0.25]) / 4.75
EXPRESSIONS = ("neutral", "smiling")

Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """One look at a face: whose (both parents of a blend), which expression, how it was made, and what the network saw.

    `features` has shape (crops, 1024, 7); `px` is the size it was made to, or the finest size of a reference.
    """

    people: tuple[str, ...]
    expression: str
    wear: str
    px: int
    features: npt.NDArray[np.float16]


@dataclass(frozen=True)
class Learned:
    """What a way may use of the other half: looks at blends, as taken and worn."""

    looks: list[Look]


Embedding = Callable[[list[Look]], Vectors]


@dataclass(frozen=True)
class Way:
    """A way to make templates from looks; `references` are the finest sizes of which a reference is the mean."""

    name: str
    made: Callable[[Learned], Embedding]
    references: tuple[int, ...] = (_embedder.FINEST_PX,)
    cohort: bool = False


def rooted(looks: list[Look], crop: int = 0, rows: Vectors = EVEN) -> Vectors:
    """Give roots of the features, of length one, `(looks, 1024)`."""
    vectors = np.sqrt(np.maximum(np.stack([look.features[crop] for look in looks]).astype(np.float64) @ rows, 0))
    return _unit(vectors)


def plain(looks: list[Look]) -> Vectors:
    """Give the features as they are, of length one."""
    return _unit(np.stack([look.features[0] for look in looks]).astype(np.float64) @ EVEN)


def centred(base: Embedding) -> Callable[[Learned], Embedding]:
    """Take off the mean of blends as taken."""

    def made(learned: Learned) -> Embedding:
        mean = base([look for look in learned.looks if look.wear == AS_TAKEN]).mean(axis=0)
        return lambda looks: _unit(base(looks) - mean)

    return made


def centred_by_size(learned: Learned) -> Embedding:
    """Take off the mean of blends of the same size."""
    means = {
        px: rooted([look for look in learned.looks if look.px == px]).mean(axis=0)
        for px in {look.px for look in learned.looks}
    }
    largest = means[0]
    return lambda looks: _unit(
        rooted(looks) - np.stack([means.get(look.px, largest) if look.wear in WEARS else largest for look in looks])
    )


def signs(base: Callable[[Learned], Embedding]) -> Callable[[Learned], Embedding]:
    """Keep only the signs: 1,024 bits; their inner product is the Hamming distance's complement."""

    def made(learned: Learned) -> Embedding:
        embedding = base(learned)
        return lambda looks: _unit(np.sign(embedding(looks)))

    return made


def whitened(base: Embedding) -> Callable[[Learned], Embedding]:
    """Take out of the directions in which photos of one blend differ what the shipped geometry takes out."""

    def made(learned: Learned) -> Embedding:
        by_blend: dict[tuple[str, ...], list[Look]] = {}
        for look in learned.looks:
            by_blend.setdefault(look.people, []).append(look)
        within = directions(*within_blends([base(looks) for looks in by_blend.values()]))

        def embedding(looks: list[Look]) -> Vectors:
            vectors = base(looks)
            return _unit(vectors - (vectors @ within.T) @ within)

        return embedding

    return made


def two_crops(looks: list[Look]) -> Vectors:
    """Give the mean direction of both crops."""
    return _unit(rooted(looks, 0) + rooted(looks, 1))


def as_before(looks: list[Look]) -> Vectors:
    """Give the geometry before: the closer crop, its upper rows weighing more."""
    return rooted(looks, 1, UPPER)


def always(base: Embedding) -> Callable[[Learned], Embedding]:
    """Learn nothing."""
    return lambda _: base


WAYS = (
    Way("cosine", always(plain)),
    Way("mean of nobody subtracted", centred(plain)),
    Way("square root", always(rooted)),
    Way("  mean subtracted", centred(rooted)),
    Way("  signs of that, 1,024 bits", signs(centred(rooted))),
    Way("  mean of its size subtracted", centred_by_size),
    Way("  cohort of blends (S-norm)", always(rooted), cohort=True),
    Way("  crop 1.15, upper rows (before)", always(as_before)),
    Way("  references of three sizes", always(rooted), REFERENCE_PX),
    Way("  within-class directions", whitened(rooted)),
    Way("  both: as shipped", whitened(rooted), REFERENCE_PX),
    Way("  as shipped, with two crops", whitened(two_crops), REFERENCE_PX),
    Way("  as shipped, upper rows", whitened(lambda looks: rooted(looks, 0, UPPER)), REFERENCE_PX),
)


def main() -> None:
    """Look at everybody, then measure every way on both halves."""
    people = sorted({portrait.person for portrait in portraits("london")})
    order = random.Random(SEED).sample(people, len(people))  # noqa: S311 -- no secret
    halves = (tuple(sorted(order[: len(order) // 2])), tuple(sorted(order[len(order) // 2 :])))
    faces: list[tuple[str, ...]] = [(person,) for person in people]
    for half in halves:
        pairs = list(itertools.combinations(half, 2))
        faces += random.Random(SEED).sample(pairs, BLENDS)  # noqa: S311 -- no secret
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        looks = list(itertools.chain.from_iterable(pool.map(looked_at, faces, chunksize=4)))
    results = {way.name.strip(): _measured(way, looks, halves) for way in WAYS}
    told("geometry", COMMAND, {"people": len(people), "blends": 2 * BLENDS, "ways": results}, _table(results))


def looked_at(face: tuple[str, ...]) -> list[Look]:
    """Look at one person's portraits, or at a blend of two, in every size and wear."""
    found: list[Look] = []
    for expression in EXPRESSIONS:
        photo, box = _photo(face, expression)
        finest = REFERENCE_PX if len(face) == 1 and expression == "neutral" else (_embedder.FINEST_PX,)
        found += [
            Look(face, expression, AS_TAKEN, px if len(face) == 1 else 0, _features(photo, box, px)) for px in finest
        ]
        for wear, px in itertools.product(WEARS.values(), SIZES_PX):
            small, small_box = worn(photo, box, wear, face_px=px, seed=f"{face} {expression} {wear.name} {px}")
            features = _features(small, _box(small, small_box), _embedder.FINEST_PX)
            found.append(Look(face, expression, wear.name, px, features))
    return found


def _photo(face: tuple[str, ...], expression: str) -> tuple[Pixels, Box]:
    eyes, everybody = _loaded()
    first = everybody[face[0], expression]
    if len(face) == 1:
        return pixels(first.image), first.box
    return blended(first, everybody[face[1], expression], eyes), first.box


def _box(photo: Pixels, true: Box) -> Box:
    """Give the detector's box as in life; the true one where it finds none, so that only the embedder is measured."""
    eyes, _ = _loaded()
    best = max(eyes.detect(photo), key=lambda face: face.box.overlap(true), default=None)
    return best.box if best and best.box.overlap(true) > 0.4 else true  # noqa: PLR2004 -- as ground.SAME_FACE


def _features(photo: Pixels, box: Box, finest_px: int) -> npt.NDArray[np.float16]:
    eyes, _ = _loaded()
    network = eyes._embedder.network  # type: ignore[union-attr]  # noqa: SLF001 -- what every geometry is made from
    seen = []
    shipped = _embedder.CROP
    for crop in CROPS:
        _embedder.CROP = crop
        seen.append(_embedder.identity(network, photo, box, finest_px=finest_px))
    _embedder.CROP = shipped
    return np.stack(seen).astype(np.float16)


@cache
def _loaded() -> tuple[OnnxVision, dict[tuple[str, str], Portrait]]:
    """Load models and portraits once in each process."""
    return OnnxVision.load(), {(face.person, face.expression): face for face in portraits("london")}


def _measured(way: Way, looks: list[Look], halves: tuple[tuple[str, ...], ...]) -> dict[str, dict[str, float | int]]:
    """Measure a way on each half with what it learned from the other, and pool the searches."""
    counts: dict[str, list[tuple[int, int, int, int]]] = {}
    for half, other in (halves, halves[::-1]):
        theirs = [look for look in looks if set(look.people) <= set(half)]
        learned = Learned([look for look in looks if len(look.people) > 1 and set(look.people) <= set(other)])
        embedding = way.made(learned)
        gallery = _gallery(way, embedding, theirs, half)
        normed = _normed(embedding, learned, gallery) if way.cohort else None
        for name, (mated, foreign) in _conditions(theirs):
            own, others = _scores(embedding, gallery, half, mated, foreign, normed)
            one_percent = np.quantile(others, 0.99, method="higher")
            counts.setdefault(name, []).append(
                (int((own <= one_percent).sum()), int((own <= others.max()).sum()), len(own), len(others))
            )
    return {
        name: {
            "missed_at_fpir_1%": sum(row[0] for row in rows),
            "missed_with_nobody_named": sum(row[1] for row in rows),
            "mated_searches": sum(row[2] for row in rows),
            "non_mated_searches": sum(row[3] for row in rows),
        }
        for name, rows in counts.items()
    }


def _gallery(way: Way, embedding: Embedding, looks: list[Look], half: tuple[str, ...]) -> Vectors:
    kept = {
        (look.people[0], look.px): look
        for look in looks
        if len(look.people) == 1 and look.expression == "neutral" and look.wear == AS_TAKEN
    }
    total: Vectors = np.sum([embedding([kept[person, px] for person in half]) for px in way.references], axis=0)
    return _unit(total)


def _conditions(looks: list[Look]) -> Iterator[tuple[str, tuple[list[Look], list[Look]]]]:
    for wear, px in itertools.product(WEARS, SIZES_PX):
        here = [look for look in looks if (look.wear, look.px) == (wear, px)]
        yield f"{wear} {px}", ([one for one in here if one.expression == "smiling" and len(one.people) == 1], here)


def _scores(
    embedding: Embedding,
    gallery: Vectors,
    half: tuple[str, ...],
    mated: list[Look],
    foreign: list[Look],
    normed: Callable[[Vectors, Vectors], Vectors] | None,
) -> tuple[Vectors, Vectors]:
    """Give the scores with one's own reference, and the highest with somebody else's of each search."""

    def compared(looks: list[Look]) -> Vectors:
        probes = embedding(looks)
        scores: Vectors = probes @ gallery.T
        return scores if normed is None else normed(probes, scores)

    place = {person: column for column, person in enumerate(half)}
    own = compared(mated)[np.arange(len(mated)), [place[look.people[0]] for look in mated]]
    others = compared(foreign)
    for row, look in enumerate(foreign):
        others[row, [place[person] for person in look.people]] = -np.inf
    return own, others.max(axis=1)


def _normed(embedding: Embedding, learned: Learned, gallery: Vectors) -> Callable[[Vectors, Vectors], Vectors]:
    """Measure each score in the spread of both sides' scores with a cohort of nobody (S-norm)."""
    cohort = embedding([look for look in learned.looks if look.wear == AS_TAKEN])
    theirs = gallery @ cohort.T

    def normed(probes: Vectors, scores: Vectors) -> Vectors:
        ours = probes @ cohort.T
        left = (scores - ours.mean(axis=1)[:, None]) / ours.std(axis=1)[:, None]
        right = (scores - theirs.mean(axis=1)[None, :]) / theirs.std(axis=1)[None, :]
        mean: Vectors = (left + right) / 2
        return mean

    return normed


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _table(results: dict[str, dict[str, dict[str, float | int]]]) -> list[str]:
    first = next(iter(results.values()))
    lines = ["% missed at FPIR 1 % / with nobody wrongly named"]
    lines.append(f"{'':<32}" + "".join(f"{name:>13}" for name in first))
    for way in WAYS:
        cells = [
            f"{100 * rates['missed_at_fpir_1%'] / rates['mated_searches']:.1f}/"
            f"{100 * rates['missed_with_nobody_named'] / rates['mated_searches']:.1f}"
            for rates in results[way.name.strip()].values()
        ]
        lines.append(f"{way.name:<32}" + "".join(f"{cell:>13}" for cell in cells))
    searches = {(rates["mated_searches"], rates["non_mated_searches"]) for rates in first.values()}
    lines.append(f"mated and non-mated searches behind each figure: {sorted(searches)}")
    return lines


if __name__ == "__main__":
    main()
