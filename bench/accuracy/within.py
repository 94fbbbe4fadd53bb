"""Learn in which directions photos of one face differ, from faces of nobody, for the embedder's geometry.

python -m bench.accuracy.within [--write]

Faces of nobody are blends of two people half and half, of their neutral and of their smiling portraits. Each is looked
at as it is, made smaller, relit, blurred and tilted; the covariance of what changes within one blend gives the
directions (within-class covariance normalisation). No template of anybody goes into it.
With --write the directions are stored beside the weights and their SHA-256 on the model's card.
"""

import argparse
import hashlib
import io
import itertools
import json
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt
from bench.accuracy.ground import PROJECT, Portrait, pixels, portraits
from PIL import Image

from countenance.faces import Box
from countenance.measures import SCALED, WORN, worn
from countenance.ports import Pixels
from countenance.vision import OnnxVision
from countenance.vision._embedder import identity, root

COMMAND = "python -m bench.accuracy.within"
WEIGHTS = PROJECT / "src/countenance/vision/weights"
FILE = "faceres.within.npy"
BLENDS, SEED, PROCESSES = 360, 5, 2
SIZES_PX = (96, 64, 48, 40, 32)
# How much of the mean variance is added to each direction's before it is divided out, and how many directions are kept:
# more of the one and less of the other changed little on people who were held out.
SMOOTHING, DIRECTIONS = 10.0, 64

Vectors = npt.NDArray[np.float64]


def main() -> None:
    """Look at all blends, and report how much of what differs within a face lies in how few directions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="store the directions beside the weights")
    arguments = parser.parse_args()
    people = sorted({portrait.person for portrait in portraits("london")})
    pairs = random.Random(SEED).sample(list(itertools.combinations(people, 2)), BLENDS)  # noqa: S311 -- no secret
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        looks = list(pool.map(renditions, pairs, chunksize=6))
    variances, axes = within_blends(looks)
    content = as_file(directions(variances, axes))
    shares = np.cumsum(variances) / variances.sum()
    print(f"{BLENDS} blends of {len(people)} people, {sum(map(len, looks))} looks")
    for count in (1, 4, 16, DIRECTIONS):
        print(f"{count:>4} of {len(variances)} directions hold {100 * shares[count - 1]:.0f} % of what differs")
    print(f"SHA-256 {hashlib.sha256(content).hexdigest()}")
    if arguments.write:
        _write(content)


def renditions(pair: tuple[str, str]) -> Vectors:
    """Give the roots of all looks at one blend of two people, `(looks, 1024)`."""
    eyes, faces = _loaded()
    network = eyes._embedder.network  # type: ignore[union-attr]  # noqa: SLF001 -- what its geometry is made from
    rows: list[Vectors] = []
    for expression in ("neutral", "smiling"):
        one, other = (faces[person, expression] for person in pair)
        for photo, box in _looks(blended(one, other, eyes), one.box, f"{pair} {expression}"):
            rows.append(root(identity(network, photo, box)))
    return np.stack(rows)


def _looks(photo: Pixels, box: Box, seed: str) -> Iterator[tuple[Pixels, Box]]:
    yield photo, box
    for px in SIZES_PX:
        yield worn(photo, box, WORN, face_px=px, seed=f"{seed} {px}")
    px = random.Random(seed).choice(SIZES_PX[1:])  # noqa: S311 -- no secret
    yield worn(photo, box, SCALED, face_px=px, seed=seed)


def blended(one: Portrait, other: Portrait, eyes: OnnxVision) -> Pixels:
    """Lay the second face over the first by the affine map of their five landmarks, half and half."""
    marks = [np.array(_face(portrait, eyes)) for portrait in (one, other)]
    onto = np.column_stack([marks[0], np.ones(len(marks[0]))])
    affine = np.linalg.lstsq(onto, marks[1], rcond=None)[0].T.ravel()
    laid = other.image.transform(
        one.image.size, Image.Transform.AFFINE, tuple(float(value) for value in affine), Image.Resampling.BICUBIC
    )
    return pixels(Image.blend(one.image, laid, 0.5))


def _face(portrait: Portrait, eyes: OnnxVision) -> tuple[tuple[float, float], ...]:
    key = (portrait.person, portrait.expression)
    if key not in _marks:
        faces = eyes.detect(pixels(portrait.image))
        _marks[key] = max(faces, key=lambda face: face.box.overlap(portrait.box)).landmarks
    return _marks[key]


def within_blends(looks: list[Vectors]) -> tuple[Vectors, Vectors]:
    """Give variances, descending, and axes `(1024, 1024)` of what differs within the looks at one face each."""
    apart = np.concatenate([rows - rows.mean(axis=0) for rows in looks])
    variances, axes = np.linalg.eigh(apart.T @ apart / len(apart))
    return variances[::-1].clip(0.0), axes[:, ::-1].T


def directions(variances: Vectors, axes: Vectors) -> Vectors:
    """Scale the first axes so that taking them out leaves of each what smoothed whitening would."""
    smooth = SMOOTHING * variances.mean()
    left = np.sqrt(smooth / (variances[:DIRECTIONS] + smooth))
    kept = np.sqrt(1 - left)[:, None] * axes[:DIRECTIONS]
    # An axis has no sign of its own: the largest number is made positive, so that a rerun gives the same bytes.
    largest = np.abs(kept).argmax(axis=1)
    signed: Vectors = kept * np.sign(kept[np.arange(len(kept)), largest])[:, None]
    return signed


def as_file(rows: Vectors) -> bytes:
    """Give the bytes of a .npy file in half precision."""
    file = io.BytesIO()
    np.save(file, rows.astype(np.float16), allow_pickle=False)
    return file.getvalue()


def _write(content: bytes) -> None:
    (WEIGHTS / FILE).write_bytes(content)
    card = json.loads((WEIGHTS / "faceres.json").read_text(encoding="utf-8"))
    card["beside"] = {FILE: hashlib.sha256(content).hexdigest()}
    (WEIGHTS / "faceres.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


# Each portrait is in many blends, and finding its landmarks takes longer than looking at a blend.
_marks: dict[tuple[str, str], tuple[tuple[float, float], ...]] = {}
_here: list[tuple[OnnxVision, dict[tuple[str, str], Portrait]]] = []


def _loaded() -> tuple[OnnxVision, dict[tuple[str, str], Portrait]]:
    """Load models and portraits once in each process."""
    if not _here:
        faces = {(face.person, face.expression): face for face in portraits("london")}
        _here.append((OnnxVision.load(), faces))
    return _here[0]


if __name__ == "__main__":
    main()
