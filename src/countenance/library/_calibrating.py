"""Thresholds of a library's own: out of an evaluation, what they promise, and what they change."""

import math
from enum import StrEnum
from pathlib import Path
from typing import Final

from countenance.errors import EvaluationInvalid, GalleryUnmeasured, UsageWrong
from countenance.faces import Calibration, Use
from countenance.library._evaluating import MAX_CALIBRATION_BYTES, SCORES_FILE, read_stored
from countenance.measures import (
    GOAL_FPIR,
    Evaluation,
    Protocol,
    calibrated,
    evaluation_from_bytes,
    interval,
    upper_bound,
)

_OF: Final = 1000


class Asks(StrEnum):
    """What thresholds ask of a possible match, beside those before."""

    MORE = "more"
    LESS = "less"
    BOTH = "both"
    """More for faces of some sizes, less for others."""
    SAME = "same"
    ANEW = "anew"
    """Those before said nothing about so many people."""


def calibration_from(path: Path, *, fpir: float | None = None) -> Calibration:
    """Give the thresholds of an evaluation: from the scores in its folder or file, or from its `calibration.json`.

    Raises:
        EvaluationInvalid: there are none, or too few searches to show the FPIR that is asked for.
        UsageWrong: another FPIR is asked for than that of a finished `calibration.json`.
    """
    file = path / SCORES_FILE if path.is_dir() else path
    if file.suffix.lower() != ".json":
        evaluation = evaluation_from_bytes(read_stored(file))
        if fpir is not None:
            _refuse_too_few(evaluation, fpir)
        return calibrated(evaluation, fpir=GOAL_FPIR if fpir is None else fpir)
    if fpir is not None:
        raise UsageWrong(
            f"the thresholds in {file.name} are chosen already", remedy=f"give the evaluation's folder or {SCORES_FILE}"
        )
    return Calibration.from_json(read_stored(file, MAX_CALIBRATION_BYTES))


def _refuse_too_few(evaluation: Evaluation, fpir: float) -> None:
    searches = min(_nonmated(evaluation, protocol) for protocol in evaluation.plan.protocols)
    if upper_bound(0, searches) > fpir:
        needed = math.ceil(math.log(0.05) / math.log1p(-fpir))
        raise EvaluationInvalid(
            f"{searches:,} searches for people who are not there cannot show that at most {100 * fpir:g} % of them "
            f"name somebody: that takes {needed:,}, without an error",
            remedy="evaluate with more photos, more --blends or more --sizes, or ask for a larger --fpir",
        )


def _nonmated(evaluation: Evaluation, protocol: Protocol) -> int:
    return sum(
        one.protocol is protocol and (one.px or 0) >= evaluation.nameable_px and one.compared > 0
        for one in evaluation.searches
    )


def asked(before: Calibration, after: Calibration, *, people: int) -> Asks:
    """Tell whether a possible match must be more alike from now on, in a library of so many people."""
    differences: set[bool] = set()
    for px in sorted({*before.sizes, *after.sizes}):
        try:
            one = before.threshold(Use.SEARCH, people=people, px=px).score
        except GalleryUnmeasured:
            return Asks.ANEW
        other = after.threshold(Use.SEARCH, people=people, px=px).score
        if one != other:
            differences.add(other > one)
    if not differences:
        return Asks.SAME
    return Asks.BOTH if len(differences) > 1 else Asks.MORE if differences == {True} else Asks.LESS


def promised(calibration: Calibration, *, people: int) -> int:
    """Give how many of 1,000 searches for people who are not there name someone at most, for faces of the worst size.

    It is the upper end of the exact interval of what was measured.

    Raises:
        GalleryUnmeasured: more people are enrolled than were measured.
    """
    worst = 0.0
    for px in calibration.sizes:
        threshold = calibration.threshold(Use.SEARCH, people=people, px=px)
        worst = max(worst, interval(threshold.fpir * threshold.searches, threshold.searches)[1])
    return math.ceil(_OF * worst)
