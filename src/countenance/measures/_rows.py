"""From searches to a row of figures: working points, the trade-off between both errors, and histograms."""

import math
from collections.abc import Mapping

import numpy as np

from countenance.faces import Calibration, Use
from countenance.measures._evaluation import Kind
from countenance.measures._figures import By, Histogram, Point, Row, Trade, Working
from countenance.measures._table import Numbers, Table

# Scores are kept with six digits, so the next score above one is this much higher.
SCORE_STEP = 1e-6
SCORE_DIGITS = 6
# Wide enough for a few hundred scores, narrow enough to show two humps.
BIN_WIDTH = 0.02
_TARGETS: Mapping[Working, float] = {
    Working.ONE_PERCENT: 0.01,
    Working.ONE_PERMILLE: 0.001,
    Working.NONE_NAMED: 0.0,
}
_USES: Mapping[Working, Use] = {Working.SEARCH: Use.SEARCH, Working.SHOW: Use.SHOW}


def row(
    table: Table,
    by: By,
    *,
    wear: str = "",
    asked_px: int | None = None,
    from_px: int | None = None,
    below_px: int | None = None,
    deciding: Mapping[Working, Numbers],
) -> Row:
    """Compute a row; `deciding` has the calibration's threshold of each search, for each use, if there is one."""
    portraits = table.kind == Kind.PORTRAIT.value
    trades = _trades(table)
    return Row(
        by=by,
        wear=wear,
        asked_px=asked_px,
        from_px=from_px,
        below_px=below_px,
        mated=int(table.mated.sum()),
        nonmated=dict(table.kinds),
        acquisition=table.rate(~table.acquired, portraits),
        rank_one=table.rate(table.highest >= table.own, table.mated & table.acquired),
        points=tuple(
            [_point(table, working, thresholds) for working, thresholds in deciding.items()]
            + [
                _point(table, working, lowest)
                for working, target in _TARGETS.items()
                if (lowest := lowest_threshold(table, target)) is not None
            ]
        ),
        trades=tuple(trades),
        crossing=_crossing(trades),
        histogram=_histogram(table),
    )


def deciding_by(calibration: Calibration, table: Table, *, people: int) -> dict[Working, Numbers]:
    """Give the calibration's threshold of each search, in a gallery of so many people, for each use.

    Raises:
        GalleryUnmeasured: it was not measured with so many.
    """
    decided: dict[Working, Numbers] = {}
    for working, use in _USES.items():
        of_size = {px: calibration.threshold(use, people=people, px=px).score for px in {*map(int, table.px), 1}}
        decided[working] = np.array([of_size[int(px)] for px in table.px], np.float64)
    return decided


def lowest_threshold(table: Table, target: float) -> float | None:
    """Give the lowest threshold with at most that share of the non-mated searches wrong; None if there are none."""
    highest = np.sort(table.highest[table.nonmated])[::-1]
    if not len(highest):
        return None
    return round(float(highest[math.floor(target * len(highest))]) + SCORE_STEP, SCORE_DIGITS)


def _point(table: Table, working: Working, thresholds: Numbers | float) -> Point:
    # What was not acquired is decided by no threshold.
    different = np.unique(thresholds if isinstance(thresholds, float) else thresholds[table.acquired])
    return Point(
        working,
        float(different[0]) if len(different) == 1 else None,
        table.missed(thresholds),
        table.missed_of_acquired(thresholds),
        table.wrongly_named(thresholds),
    )


def _trades(table: Table) -> list[Trade]:
    """Give the corners of the DET curve, by ascending threshold."""
    own = np.sort(table.own[table.mated & table.acquired])
    highest = np.sort(table.highest[table.nonmated])
    mated = int(table.mated.sum())
    if not mated or not len(highest):
        return []
    unacquired = mated - len(own)
    scores = np.unique(np.concatenate([own, highest]))
    thresholds = np.append(scores, round(float(scores[-1]) + SCORE_STEP, SCORE_DIGITS))
    named = len(highest) - np.searchsorted(highest, thresholds, side="left")
    missed = unacquired + np.searchsorted(own, thresholds, side="left")
    # Between two corners only one of the errors moves.
    fewer_named, more_missed = np.diff(named) != 0, np.diff(missed) != 0
    straight = (fewer_named[:-1] == fewer_named[1:]) & (more_missed[:-1] == more_missed[1:])
    straight &= fewer_named[:-1] != more_missed[:-1]
    corners = np.flatnonzero(np.concatenate([[True], ~straight, [True]]))
    return [Trade(float(thresholds[i]), int(named[i]) / len(highest), int(missed[i]) / mated) for i in corners.tolist()]


def _crossing(trades: list[Trade]) -> float | None:
    if not trades:
        return None
    nearest = min(trades, key=lambda trade: (abs(trade.fpir - trade.fnir), trade.threshold))
    return (nearest.fpir + nearest.fnir) / 2


def _histogram(table: Table) -> Histogram:
    own = table.own[table.mated & table.acquired]
    others = table.highest[table.nonmated]
    both = np.concatenate([own, others])
    if not len(both):
        return Histogram((), (), ())
    first, last = math.floor(both.min() / BIN_WIDTH), math.floor(both.max() / BIN_WIDTH) + 1
    edges = np.arange(first, last + 1) * BIN_WIDTH
    counted = [tuple(int(count) for count in np.histogram(scores, edges)[0]) for scores in (own, others)]
    return Histogram(tuple(round(float(edge), 2) for edge in edges), counted[0], counted[1])
