"""Who is who in one photo: at most one face a person and one person a face, the best of all ways to assign them."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from countenance.errors import ModelMismatch
from countenance.faces._gallery import Gallery
from countenance.faces._values import Score, Template, Threshold

# What leaving a face without a name is worth: a little less than a match at the very threshold, and too little to
# outweigh the smallest difference that two scores can have (6e-8, in float32).
NOBODY: Final = -1e-9

Pair = tuple[int, str]
"""A face by its number, and a person."""


@dataclass(frozen=True, slots=True)
class Match:
    """A possible match: the face's place in the list of probes, and the person."""

    face: int
    person: str


def assign(
    probes: Sequence[Template | None],
    gallery: Gallery,
    thresholds: Sequence[Threshold],
    *,
    strict_thresholds: Sequence[Threshold] | None = None,
    taken: Collection[str] = (),
    lead: float = 0.0,
) -> tuple[Match, ...]:
    """Match the faces of one photo to the gallery: of all ways to do it, the one with the best total.

    `thresholds[i]` belongs to `probes[i]`: what a face must reach depends on its size. A pair that does not reach it is
    out of the question. The total is the sum of (score - threshold of that face), and not the number of matches. As
    evidence a score at the threshold is worth nothing, and whatever lies above it speaks for the person; so the best
    total is the likeliest truth about the whole photo. A clear match is not given up so that two weak ones fit in, and
    nobody loses a face because somebody else was more like it who has a face of their own.

    A face without a template (None) matches nobody; people in `taken` are left out: a human has placed them already.
    Those for whom the gallery is strict contend like everybody, but must reach `strict_thresholds[i]` too (without any
    they match nobody); a face that is theirs by its threshold alone is nobody's, and falls to no second. Equal totals
    are decided by places and ids, never by the order of the gallery. The matches come in the order of the faces.

    With a `lead` (0 to 1) a match must be beyond doubt too: its score is ahead of everybody else's at the face, and of
    the person's at every other face, by more than this share of the way from the face's threshold to full agreement
    (1). Whoever has a rival as close as that has no face, and neither falls to anybody.

    Raises:
        ModelMismatch: a probe or a threshold is of another model than the gallery.
    """
    for threshold in (*thresholds, *(strict_thresholds or ())):
        _refuse_foreign(threshold, gallery)
    asked = zip(range(len(probes)), probes, thresholds, strict=True)
    faces = [(place, template, threshold) for place, template, threshold in asked if template is not None]
    compared = gallery.scores([template for _, template, _ in faces])
    rows = {person: row for person, row in compared.items() if person not in taken}
    worth = {
        (column, person): score - threshold.score
        for person, row in rows.items()
        for column, ((_, _, threshold), score) in enumerate(zip(faces, row, strict=True))
        if threshold.reached_by(score)
    }
    matches: list[Match] = []
    for column, person in sorted(_best(worth)):
        place, _, threshold = faces[column]
        if person in gallery.strict and not _reached(strict_thresholds, place, rows[person][column]):
            continue
        if not lead or _ahead(rows, column, person) > lead * (1 - threshold.score):
            matches.append(Match(place, person))
    return tuple(matches)


def _reached(thresholds: Sequence[Threshold] | None, place: int, score: Score) -> bool:
    return thresholds is not None and thresholds[place].reached_by(score)


def _ahead(rows: Mapping[str, Sequence[Score]], column: int, person: str) -> float:
    """Tell by how much a pair is ahead of its closest rival: somebody else at the face, or the person at another."""
    others = (row[column] for other, row in rows.items() if other != person)
    elsewhere = (score for other, score in enumerate(rows[person]) if other != column)
    return rows[person][column] - max((*others, *elsewhere), default=-math.inf)


def _best(worth: Mapping[Pair, float]) -> Collection[Pair]:
    """Choose pairs that share neither face nor person, with the best total (Hungarian method)."""
    faces, people = sorted({face for face, _ in worth}), sorted({person for _, person in worth})
    if len(faces) == len(worth) == len(people):
        return worth.keys()  # nobody contends with anybody, as in most photos
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  (only where there is something to weigh)

    # One column a person, and one a face for nobody; a pair out of the question weighs minus infinity.
    table = np.full((len(faces), len(people) + len(faces)), NOBODY)
    table[:, : len(people)] = -np.inf
    row_of = {face: row for row, face in enumerate(faces)}
    column_of = {person: column for column, person in enumerate(people)}
    for (face, person), value in worth.items():
        table[row_of[face], column_of[person]] = value
    rows, columns = linear_sum_assignment(table, maximize=True)
    return [(faces[row], people[column]) for row, column in zip(rows, columns, strict=True) if column < len(people)]


def _refuse_foreign(threshold: Threshold, gallery: Gallery) -> None:
    if threshold.model != gallery.model:
        raise ModelMismatch(
            f"a threshold measured with {threshold.model} says nothing about a gallery of {gallery.model}",
            remedy="use the thresholds of the model in use",
        )
