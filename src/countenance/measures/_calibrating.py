"""R36: thresholds from stored scores, in steps of the gallery's size and classes of the face's.

The model is stated in docs/formats/evaluation.md; the same evaluation always gives the same bytes.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from countenance.errors import EvaluationInvalid, UsageWrong
from countenance.faces import MOST_FPIR, Calibration, Rung, Score, Threshold, Use
from countenance.measures._evaluation import Evaluation
from countenance.measures._figures import GOAL_FPIR
from countenance.measures._intervals import CONFIDENCE, upper_bound
from countenance.measures._steps import classes_px, steps
from countenance.measures._table import Table

# In standard deviations of the highest score of each search for somebody who is not there. Above all that was seen:
# enough for what the next hundred strangers may bring, little enough for recall. What is shown is wrong most dearly.
SEARCH_MARGIN, SHOW_MARGIN = 0.1, 0.5
# With fewer searches of a class even "none was named" allows an FPIR of 3 %.
LEAST_SEARCHES = 100
# Thresholds are given with four digits; they lie between that of no likeness at all and what no score reaches.
_GRID: Final = 10_000
_LOWEST, _HIGHEST = -_GRID, 2 * _GRID
_SHARE_DIGITS: Final = 8

_Classes = Mapping[int, Table]
"""The searches of one gallery by the class of the found face's size."""


@dataclass(frozen=True, slots=True)
class _Aim:
    """What is aimed at: the FPIR that must be shown for searching, and the margins above all that was seen."""

    fpir: float
    margins: Mapping[Use, float]


def calibrated(
    evaluation: Evaluation,
    *,
    fpir: float = GOAL_FPIR,
    search_margin: float = SEARCH_MARGIN,
    show_margin: float = SHOW_MARGIN,
) -> Calibration:
    """Choose thresholds: for searching the lowest that show an FPIR of at most `fpir`, for showing above all seen.

    With several galleries in the evaluation the highest of their thresholds is taken.

    Raises:
        EvaluationInvalid: there are too few searches for people who are not there, in some class of face size.
        UsageWrong: so high an FPIR is no aim, or it is none at all.
    """
    if not 0 < fpir <= MOST_FPIR:
        raise UsageWrong(
            f"an FPIR of {fpir:.3g} is no aim: above 0, and at most {MOST_FPIR}",
            remedy=f"the usual one is {GOAL_FPIR}: of 1,000 searches for people who are not there, one names somebody",
        )
    aim = _Aim(fpir, {Use.SEARCH: search_margin, Use.SHOW: show_margin})
    sizes = classes_px(evaluation.nameable_px)
    galleries = [_by_class(table, sizes) for table in _tables(evaluation)]
    compared = min(
        max(int(table.compared[table.nonmated].max()) for table in gallery.values()) for gallery in galleries
    )
    scores: dict[tuple[Use, int, int], int] = {}
    for people, px, use in product(steps(compared), reversed(sizes), Use):
        # A larger gallery is decided by no less than a smaller one, and what may be shown by no less than what may be
        # found. For searching each class of face size stands by itself: small faces score lower, with their own person
        # and others. For showing a smaller face needs no less than a larger one: there an error hurts most.
        least = [
            score
            for (other, fewer, size), score in scores.items()
            if (fewer <= people and size == px and (other is use or use is Use.SHOW))
            or (fewer == people and size > px and other is use is Use.SHOW)
        ]
        chosen = [_chosen(gallery[px], people, use, aim) for gallery in galleries]
        scores[use, people, px] = max([*least, *chosen])
    return Calibration(
        evaluation.model,
        evaluation.data_set,
        tuple(
            Rung(people, px, *(_threshold(evaluation, galleries, px, people, scores[use, people, px]) for use in Use))
            for people, px in product(steps(compared), sizes)
        ),
    )


def _tables(evaluation: Evaluation) -> list[Table]:
    return [
        Table.of(
            [search for search in evaluation.searches if search.protocol is protocol],
            nameable_px=evaluation.nameable_px,
        )
        for protocol in evaluation.plan.protocols
    ]


def _by_class(table: Table, sizes: Sequence[int]) -> _Classes:
    classes: dict[int, Table] = {}
    for from_px, below_px in zip(sizes, (*sizes[1:], None), strict=True):
        some = table.where(table.acquired & (table.px >= from_px) & (table.px < (below_px or math.inf)))
        searches = int(some.nonmated.sum())
        if searches < LEAST_SEARCHES:
            faces = f"{from_px} pixels and more" if below_px is None else f"{from_px} to {below_px - 1} pixels"
            raise EvaluationInvalid(
                f"with faces of {faces} there are {searches} searches for people who are not there, and a threshold "
                f"needs {LEAST_SEARCHES}",
                remedy="evaluate with more photos, more --blends or more --sizes",
            )
        classes[from_px] = some
    return classes


def _chosen(table: Table, people: int, use: Use, aim: _Aim) -> int:
    """Give the threshold of one class in one gallery, in steps of the grid."""
    if use is Use.SEARCH and (shown := _shown(table, people, aim.fpir)) is not None:
        return shown
    return _none_named(table, people, aim.margins[use])


def _shown(table: Table, people: int, fpir: float) -> int | None:
    """Give the lowest threshold that shows the FPIR: its one-sided bound is not above. None with too few searches."""
    searches = int(table.nonmated.sum())
    if upper_bound(0, searches) > fpir:
        return None

    def holds(score: float) -> bool:
        errors = float(table.chances(people, score).sum())
        return upper_bound(min(errors, searches), searches) <= fpir

    return _lowest(holds)


def _none_named(table: Table, people: int, margin: float) -> int:
    """Give the threshold at which a gallery of so many, drawn by chance, names nobody in any search, with 95 %.

    By the sum of the chances, which is not less than the chance of any; in the whole gallery it is the highest score.
    The margin comes on top.
    """
    spread = float(np.std(table.highest[table.nonmated]))
    lowest = _lowest(lambda score: float(table.chances(people, score).sum()) <= 1 - CONFIDENCE)
    return lowest + math.ceil(margin * spread * _GRID)


def _lowest(holds: Callable[[float], bool]) -> int:
    """Give the lowest step of the grid at which something holds that holds at all higher ones."""
    low, high = _LOWEST, _HIGHEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle / _GRID) else (middle + 1, high)
    return low


def _threshold(evaluation: Evaluation, galleries: Sequence[_Classes], px: int, people: int, score: int) -> Threshold:
    """Give the threshold with the rates of the gallery that does worst at it."""
    tables = [gallery[px] for gallery in galleries]
    at = score / _GRID
    misses = [table.missed_of_acquired(at).share for table in tables]
    return Threshold(
        Score(at),
        evaluation.model,
        fpir=round(max(table.expected_fpir(people, at) or 0.0 for table in tables), _SHARE_DIGITS),
        fnir=round(max(1.0 if miss is None else miss for miss in misses), _SHARE_DIGITS),
        gallery_size=min(int(table.compared[table.nonmated].max()) for table in tables),
        searches=min(int(table.nonmated.sum()) for table in tables),
        data_set=evaluation.data_set,
    )
