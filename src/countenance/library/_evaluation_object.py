"""The figures of an evaluation for programs; docs/formats/evaluation.md says what each field holds."""

from typing import Any, Final

from countenance.measures import Figures, GalleryFigures, Grouping, Histogram, Point, Rate, Ratio, Row

FIGURES_SCHEMA: Final = "urn:countenance:figures:1"
# Shares and bounds: what differs beyond is the machine's arithmetic.
_DIGITS: Final = 6
# A curve has a corner for each search; so many are enough to draw it.
_MOST_CORNERS: Final = 101


def figures_object(figures: Figures) -> dict[str, Any]:
    """Give all figures: rates, thresholds and counts, and no score of a single comparison."""
    used = figures.calibration
    return {
        "schema": FIGURES_SCHEMA,
        "software": figures.software,
        "model": figures.model,
        "detector": figures.detector,
        "data_set": figures.data_set,
        "people": figures.people,
        "nameable_px": figures.nameable_px,
        "photos": {name: getattr(figures.photos, name) for name in figures.photos.__slots__},
        "thresholds": used and {"data_set": used.data_set, "chosen_here": figures.tuned_here},
        "detection": [
            {"wear": one.wear, "asked_px": one.asked_px, "not_found": _rate(one.missed)} for one in figures.detection
        ],
        "galleries": [_gallery(gallery) for gallery in figures.galleries],
    }


def _gallery(gallery: GalleryFigures) -> dict[str, Any]:
    goal, said = gallery.goal, gallery.frequencies
    return {
        "gallery": gallery.protocol,
        "people": gallery.people,
        "filled": gallery.filled,
        "compared": list(gallery.compared),
        "photos_refused": _rate(gallery.photos_refused),
        "people_refused": _rate(gallery.people_refused),
        "refusals": [{"outcome": outcome, "photos": number} for outcome, number in gallery.refusals.items()],
        "rows": [_row(row) for row in gallery.rows],
        "total": _row(gallery.total),
        "growth": [
            {
                "people": one.people,
                "measured": one.measured,
                "fpir": [{"from_px": px, "share": _short(share)} for px, share in one.fpir.items()],
            }
            for one in gallery.growth
        ],
        "goal": goal
        and {
            "errors": goal.errors,
            "searches": goal.searches,
            "bound": _short(goal.bound),
            "reached": goal.reached,
        },
        "of_1000": said
        and {
            "wrongly_named": _short(said.wrongly_named),
            "wrongly_named_at_most": said.wrongly_named_at_most,
            "missed": _short(said.missed),
            "missed_at_most": said.missed_at_most,
        },
        "groups": [_grouping(grouping) for grouping in gallery.groupings],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "by": row.by,
        "wear": row.wear,
        "asked_px": row.asked_px,
        "from_px": row.from_px,
        "below_px": row.below_px,
        "mated": row.mated,
        "nonmated": {kind.value: number for kind, number in row.nonmated.items()},
        "not_acquired": _rate(row.acquisition),
        "not_first": _rate(row.rank_one),
        "points": [_point(point) for point in row.points],
        "trade_off": [[_short(trade.fpir), _short(trade.fnir)] for trade in _corners(row)],
        "crossing": _short(row.crossing),
        "histogram": _histogram(row.histogram),
    }


def _corners(row: Row) -> list[Any]:
    trades = row.trades
    if len(trades) <= _MOST_CORNERS:
        return list(trades)
    last = len(trades) - 1
    return [trades[round(place * last / (_MOST_CORNERS - 1))] for place in range(_MOST_CORNERS)]


def _point(point: Point) -> dict[str, Any]:
    return {
        "at": point.working,
        "threshold": point.threshold,
        "fnir": _rate(point.fnir),
        "fnir_acquired": _rate(point.fnir_acquired),
        "fpir": _rate(point.fpir),
    }


def _histogram(told: Histogram) -> dict[str, Any]:
    return {"edges": list(told.edges), "own": list(told.own), "others": list(told.others)}


def _grouping(grouping: Grouping) -> dict[str, Any]:
    return {
        "label": grouping.label,
        "at": grouping.working,
        "values": [
            {
                "value": group.value,
                "people": group.people,
                "fnir": _rate(group.fnir) if group.enough_fnir else None,
                "fpir": _rate(group.fpir) if group.enough_fpir else None,
            }
            for group in grouping.groups
        ],
        "fnir": _ratio(grouping.fnir),
        "fpir": _ratio(grouping.fpir),
    }


def _ratio(ratio: Ratio) -> dict[str, Any] | None:
    if ratio.too_few:
        return None
    return {
        "highest": ratio.highest,
        "lowest": ratio.lowest,
        "ratio": _short(ratio.ratio),
        "at_least": _short(ratio.at_least),
        "errors": list(ratio.hangs_on),
        "flagged": ratio.flagged,
        "apart": ratio.apart,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {
        "errors": rate.errors,
        "trials": rate.trials,
        "share": _short(rate.share),
        "from": _short(low),
        "to": _short(high),
        "people_with_error": rate.people_with_error,
        "people": rate.people,
    }


def _short(share: float | None) -> float | None:
    return None if share is None else round(share, _DIGITS)
