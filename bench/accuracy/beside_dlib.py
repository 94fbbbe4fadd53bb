"""Measure the shipped embedder and dlib's ResNet side by side: the same photos, the same searches, the same counting.

python -m bench.accuracy.beside_dlib [--jitters 10] [--keep FOLDER]

Gallery: one neutral portrait of each person. Searched with: smiling portraits of the same people; and, nobody of them
being in the gallery, every portrait with the person's own reference taken out, and blends of two people with both out.
All at full size, and made small in two ways: scaled, and worn (relit, blurred and tilted as well). dlib has the same
boxes, its references made from several sizes as the shipped ones are, and its own detector in the two ways that are
documented; whatever it does best is what it is compared with.
What the shipped embedder takes out of templates was learned from blends of these people, so it is also measured held
out: each half of the people with what was learned from the other.
"""

import argparse
import hashlib
import itertools
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.accuracy._blends import blends
from bench.accuracy._dlib import Dlib, Fitted
from bench.accuracy._held_out import halves, learned_from
from bench.accuracy._keeping import MISSING, Kept, Vector
from bench.accuracy._pairs import PairRates, pair_rates
from bench.accuracy._side_by_side import drawn, figures_told, summed_up, tables
from bench.accuracy.ground import PROJECT, Portrait, pixels, portraits, told

from countenance.faces import Box
from countenance.measures import (
    AS_TAKEN,
    GOOD,
    KEPT,
    SCALED,
    WORN,
    Evaluation,
    Kind,
    PhotoCounts,
    Plan,
    Protocol,
    Search,
    Subject,
    Wear,
    figures,
    worn,
)
from countenance.ports import Pixels
from countenance.vision import OnnxVision
from countenance.vision._embedder import REFERENCE_PX, Embedder

COMMAND = "python -m bench.accuracy.beside_dlib"
PICTURE = PROJECT / "docs/pictures/beside-dlib.svg"
SIZES_PX = (64, 48, 40, 32)
WEARS = (SCALED, WORN)
BLENDS = 100
SEED = 7
FALSE_MATCH_RATE = 0.001
# Each doubling halves the smallest face that HOG finds: 80 px in the photo as it is.
DOCUMENTED_DOUBLINGS, MOST_DOUBLINGS = 1, 3
# With ten jitters a descriptor takes ten times as long: only where faces are so small that it could matter.
JITTERED_PX = (40, 32)
SCORE_DIGITS = 6


Halves = tuple[frozenset[str], frozenset[str]]


class Photo(NamedTuple):
    """A photo that is searched with: whose places in the gallery it shows (two for a blend), and how it was worn."""

    people: tuple[int, ...]
    kind: Kind
    mated: bool
    wear: Wear
    face_px: int | None
    pixels: Pixels
    box: Box


@dataclass(frozen=True, slots=True)
class Way:
    """A way to compare faces. `probe` gives None where the face is not found; `distance` says that less is more alike.

    `sizes_px` are the sizes at which it is measured. None is full size, where every detector finds every face, so that
    nothing but the boxes that are given is measured there. `people` are the places in the gallery of those who may be
    searched with, None for all.
    """

    name: str
    reference: Callable[[Pixels, Box], Vector]
    probe: Callable[[Pixels, Box], Vector | None]
    distance: bool
    sizes_px: tuple[int | None, ...] = (None, *SIZES_PX)
    people: frozenset[int] | None = None

    def scores(self, gallery: Vector, probe: Vector) -> Vector:
        """Compare a probe with each row of the gallery: higher is more alike."""
        scores: Vector = -np.linalg.norm(gallery - probe, axis=1) if self.distance else gallery @ probe
        return np.round(scores, SCORE_DIGITS)


@dataclass
class Scored:
    """What came out of one way: the searches, and the pairs by how the photo was worn."""

    searches: list[Search] = field(default_factory=list)
    own: dict[tuple[str, int | None], list[float]] = field(default_factory=dict)
    foreign: dict[tuple[str, int | None], list[float]] = field(default_factory=dict)


def main() -> None:
    """Search with every photo in every way, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jitters", type=int, default=0, help="another way of dlib's, with so many jitters (slow)")
    parser.add_argument("--keep", type=Path, help="keep in this folder what takes long and need not be done again")
    options = parser.parse_args()
    keep: Path | None = options.keep
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    kept = Kept(keep and keep / "seen.npz")
    peer = Dlib(kept)
    people = portraits("london")
    gallery = [face for face in people if face.expression == "neutral"]
    vision = OnnxVision.load(threads=2)
    fitted = _fitted(peer, gallery)
    halved = halves([face.person for face in gallery], SEED)
    ways = [
        *_ours(vision, kept),
        *_held_out(vision, kept, gallery, halved, keep),
        *_dlibs(peer, fitted, options.jitters),
    ]
    references = [np.stack([way.reference(pixels(face.image), face.box) for face in gallery]) for way in ways]
    scored = {way.name: Scored() for way in ways}
    for photo in _photos(people, gallery, halved):
        for way, rows in zip(ways, references, strict=True):
            if photo.face_px in way.sizes_px and (way.people is None or way.people.issuperset(photo.people)):
                _search(photo, way, rows, scored[way.name])
    kept.write()
    results = {name: _figures(name, one, len(gallery)) for name, one in scored.items()}
    PICTURE.write_bytes(drawn(results, [wear.name for wear in WEARS], SIZES_PX))
    versions = {"model": vision.model, "detector": vision.detector, "dlib": peer.version}
    box = {"across": round(fitted.across, 4), "down": round(fitted.down, 4), "side": round(fitted.side, 4)}
    content = {**versions, "box_for_dlib": box, "ways": results, "beside": summed_up(results)}
    told("beside_dlib", COMMAND, content, tables(results))


def _fitted(peer: Dlib, faces: Sequence[Portrait]) -> Fitted:
    own = [(face.box, peer.found(pixels(face.image), face.box, doublings=0)) for face in faces]
    return Fitted([(given, box) for given, box in own if box is not None])


def _ours(vision: OnnxVision, kept: Kept) -> list[Way]:
    """Give the shipped embedder on the boxes that are given, and on those that the shipped detector finds."""
    shipped = vision._embedder  # noqa: SLF001 -- only to know it again: what is kept is of these directions alone
    how = f"{vision.model} {_digest(shipped)}"

    def reference(photo: Pixels, box: Box) -> Vector:
        return kept.seen(f"reference {how}", photo, box, lambda: vision.reference(photo, box).values)

    def given(photo: Pixels, box: Box) -> Vector:
        return kept.seen(f"probe {how}", photo, box, lambda: vision.embed(photo, [box])[0].values)

    def nearest(photo: Pixels, box: Box) -> Vector:
        boxes = [face.box for face in vision.detect(photo)]
        return np.array(max(boxes, key=box.overlap).as_tuple(), np.float64) if boxes else MISSING

    def found(photo: Pixels, box: Box) -> Vector | None:
        edges = kept.seen(vision.detector, photo, box, lambda: nearest(photo, box))
        return None if np.isnan(edges).any() else given(photo, Box(*(int(edge) for edge in edges)))

    return [
        Way("ours, same boxes", reference, given, distance=False),
        Way("ours, own boxes", reference, found, distance=False, sizes_px=SIZES_PX),
    ]


def _held_out(
    vision: OnnxVision, kept: Kept, gallery: Sequence[Portrait], halved: Halves, keep: Path | None
) -> Iterator[Way]:
    """Give a way for each half; they have one name, so that their searches are counted together by one threshold."""
    for number, (half, other) in enumerate((halved, halved[::-1])):
        learned = keep and keep / f"{vision.model.replace('/', '-')}-{number}.npy"
        embedder = learned_from(other, vision, SEED, learned)
        how = f"{vision.model} {_digest(embedder)}"

        def reference(photo: Pixels, box: Box, embedder: Embedder = embedder, how: str = how) -> Vector:
            return kept.seen(f"reference {how}", photo, box, lambda: embedder.reference(photo, box))

        def probe(photo: Pixels, box: Box, embedder: Embedder = embedder, how: str = how) -> Vector:
            return kept.seen(f"probe {how}", photo, box, lambda: embedder.probe(photo, box))

        places = frozenset(place for place, face in enumerate(gallery) if face.person in half)
        yield Way("ours held out, same boxes", reference, probe, distance=False, people=places)


def _digest(embedder: Embedder | None) -> str:
    return "" if embedder is None else hashlib.sha256(embedder.within.tobytes()).hexdigest()


def _dlibs(peer: Dlib, fitted: Fitted, jitters: int) -> list[Way]:
    def given(photo: Pixels, box: Box) -> Vector:
        return peer.descriptor(photo, fitted(box))

    def as_ours_keeps(photo: Pixels, box: Box) -> Vector:
        smaller = (worn(photo, box, AS_TAKEN, face_px=px, seed="") for px in REFERENCE_PX)
        mean: Vector = np.mean([given(*one) for one in smaller], axis=0)
        return mean

    def jittered(photo: Pixels, box: Box) -> Vector:
        return peer.descriptor(photo, fitted(box), jitters=jitters)

    def once(photo: Pixels, box: Box) -> Vector | None:
        found = peer.found(photo, box, doublings=DOCUMENTED_DOUBLINGS)
        return None if found is None else peer.descriptor(photo, found)

    def until_found(photo: Pixels, box: Box) -> Vector | None:
        for doublings in range(DOCUMENTED_DOUBLINGS, MOST_DOUBLINGS + 1):
            found = peer.found(photo, box, doublings=doublings)
            if found is not None:
                return peer.descriptor(photo, found)
        return None

    def by_itself(photo: Pixels, box: Box) -> Vector:
        found = once(photo, box)
        return given(photo, box) if found is None else found

    ways = [
        Way("dlib, same boxes", given, given, distance=True),
        Way("dlib kept as ours, same boxes", as_ours_keeps, given, distance=True),
        Way("dlib, own boxes", by_itself, until_found, distance=True, sizes_px=SIZES_PX),
        Way("dlib as face_recognition has it", by_itself, once, distance=True, sizes_px=SIZES_PX),
    ]
    if jitters:
        ways.insert(
            1, Way(f"dlib, same boxes, {jitters} jitters", jittered, jittered, distance=True, sizes_px=JITTERED_PX)
        )
    return ways


def _photos(people: Sequence[Portrait], gallery: Sequence[Portrait], halved: Halves) -> Iterator[Photo]:
    """Give every photo that is searched with; the same in each run. Both people of a blend are of one half."""
    places = {face.person: place for place, face in enumerate(gallery)}
    known = [((places[face.person],), Kind.PORTRAIT, face.expression == "smiling", face) for face in people]
    pairs = [
        (places[one], places[other])
        for half in halved
        for one, other in random.Random(SEED).sample(list(itertools.combinations(sorted(half), 2)), BLENDS // 2)  # noqa: S311 -- no secret
    ]
    nobody = blends(gallery, pairs)
    sources = [*known, *((parents, Kind.BLEND, False, face) for parents, face in nobody)]
    for wear, face_px in ((AS_TAKEN, None), *((wear, px) for wear in WEARS for px in SIZES_PX)):
        print(f"searching with photos {wear.name}, {face_px or 'all'} px", file=sys.stderr)
        for number, (whose, kind, mated, face) in enumerate(sources):
            made, box = worn(pixels(face.image), face.box, wear, face_px=face_px, seed=f"{SEED} {number} {face_px}")
            yield Photo(whose, kind, mated, wear, face_px, made, box)


def _search(photo: Photo, way: Way, rows: Vector, into: Scored) -> None:
    key = (photo.wear.name, photo.face_px)
    probe = way.probe(photo.pixels, photo.box)
    scores = np.full(len(rows), -np.inf) if probe is None else way.scores(rows, probe)
    others = np.sort(np.delete(scores, list(photo.people)))[::-1].tolist()
    own = float(scores[photo.people[0]]) if photo.mated else None
    if photo.kind is Kind.PORTRAIT:
        into.foreign.setdefault(key, []).extend(others)
    if own is not None:
        into.own.setdefault(key, []).append(own)
    into.searches.append(
        Search(
            probe=str(len(into.searches)),
            people=tuple(f"p{place:02}" for place in photo.people),
            kind=photo.kind,
            protocol=Protocol.ONE,
            wear=photo.wear.name,
            asked_px=photo.face_px,
            px=None if probe is None else photo.box.side,
            mated=photo.mated,
            own=None if probe is None else own,
            others=() if probe is None else tuple(others[:KEPT]),
            compared=0 if probe is None else len(others),
        )
    )


def _figures(name: str, scored: Scored, people: int) -> dict[str, dict[str, Any]]:
    """Reckon as `countenance evaluate` does, and give the figures of each size and of all small ones together."""
    evaluation = Evaluation(
        software="",
        model=name,
        detector="",
        nameable_px=1,
        data_set="",
        plan=Plan(sizes_px=SIZES_PX, wears=WEARS, mirrored=False, blends=BLENDS),
        photos=PhotoCounts(opened=2 * people, unreadable=0, unlabelled=0, duplicates=0, faceless=0, crowded=0),
        filled=0,
        subjects=tuple(Subject(f"p{place:02}", 2, {}, {Protocol.ONE: (GOOD,)}) for place in range(people)),
        searches=tuple(scored.searches),
    )
    (searched,) = figures(evaluation).galleries
    pairs: dict[tuple[str, int | None], PairRates] = {
        key: pair_rates(np.array(own), np.array(scored.foreign[key]), false_match_rate=FALSE_MATCH_RATE)
        for key, own in scored.own.items()
    }
    return figures_told(searched, pairs)


if __name__ == "__main__":
    main()
