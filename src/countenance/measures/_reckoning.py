"""From stored scores to figures; nothing else is looked at."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from countenance.errors import GalleryUnmeasured
from countenance.faces import Calibration, Use
from countenance.measures._evaluation import GOOD, Evaluation, Kind, Search
from countenance.measures._figures import (
    GOAL_FPIR,
    GOAL_SEARCHES,
    By,
    Detection,
    Figures,
    Frequencies,
    GalleryFigures,
    Goal,
    Growth,
    Point,
    Row,
    Working,
)
from countenance.measures._groups import groupings
from countenance.measures._intervals import Rate
from countenance.measures._plan import Protocol
from countenance.measures._rows import deciding_by, lowest_threshold, row
from countenance.measures._steps import classes_px, steps
from countenance.measures._table import Numbers, Table, Yes

# R38: natural frequencies are of so many searches.
OF = 1000


def figures(evaluation: Evaluation, *, calibration: Calibration | None = None, tuned_here: bool = False) -> Figures:
    """Compute all figures of an evaluation; without a calibration nothing is said at `search` and `show`.

    `tuned_here` is handed on: it says that the calibration was made from this very evaluation.

    Raises:
        GalleryUnmeasured: the calibration was not measured with as many people as were compared here.
    """
    if calibration is not None and calibration.model != evaluation.model:
        calibration = None
    return Figures(
        software=evaluation.software,
        model=evaluation.model,
        detector=evaluation.detector,
        data_set=evaluation.data_set,
        people=len(evaluation.subjects),
        photos=evaluation.photos,
        nameable_px=evaluation.nameable_px,
        calibration=calibration,
        tuned_here=tuned_here and calibration is not None,
        detection=_detection(evaluation),
        galleries=tuple(_gallery(evaluation, protocol, calibration) for protocol in evaluation.plan.protocols),
    )


def frequencies(point: Point) -> Frequencies:
    """Say the rates at a working point in natural frequencies (R38)."""
    return Frequencies(OF, *_of_thousand(point.fpir), *_of_thousand(point.fnir))


def _of_thousand(rate: Rate) -> tuple[float | None, int]:
    return None if rate.share is None else OF * rate.share, math.ceil(OF * rate.interval[1])


def _gallery(evaluation: Evaluation, protocol: Protocol, calibration: Calibration | None) -> GalleryFigures:
    searches = [search for search in evaluation.searches if search.protocol is protocol]
    table = Table.of(searches, nameable_px=evaluation.nameable_px)
    people = evaluation.enrolled(protocol) + evaluation.filled
    deciding = {} if calibration is None else deciding_by(calibration, table, people=people)
    made = _made(searches)
    total = row(table, By.ALL, deciding=deciding)
    compared = table.compared[table.nonmated]
    outcomes = [list(subject.references.get(protocol, ())) for subject in evaluation.subjects]
    refused = [[outcome != GOOD for outcome in each] for each in outcomes if each]
    search_point = next((point for point in total.points if point.working is Working.SEARCH), None)
    by_row = {key: table.where(rows) for key, rows in made.items()}
    asked = [
        row(some, By.ASKED, wear=wear, asked_px=px, deciding=_some(deciding, made[wear, px]))
        for (wear, px), some in by_row.items()
    ]
    percent = np.full(len(table), np.inf)
    for key, rows in made.items():
        percent[rows] = np.inf if (lowest := lowest_threshold(by_row[key], 0.01)) is None else lowest
    return GalleryFigures(
        protocol=protocol,
        people=evaluation.enrolled(protocol),
        filled=evaluation.filled,
        compared=(int(compared.min()), int(compared.max())) if len(compared) else (0, 0),
        photos_refused=Rate(sum(map(sum, refused)), sum(map(len, refused)), sum(map(any, refused)), len(refused)),
        people_refused=Rate(*(2 * (sum(map(all, refused)), len(refused)))),
        refusals=_counted([outcome for each in outcomes for outcome in each if outcome != GOOD]),
        rows=(*asked, *_found(table, evaluation, calibration, deciding)),
        total=total,
        growth=() if calibration is None else _growth(table, calibration),
        goal=None if search_point is None else _goal(search_point.fpir),
        frequencies=None if search_point is None else frequencies(search_point),
        groupings=groupings(
            evaluation.subjects,
            searches,
            table,
            {key: deciding[key] for key in (Working.SEARCH,) if key in deciding} | {Working.ONE_PERCENT: percent},
        ),
    )


def _made(searches: Sequence[Search]) -> Mapping[tuple[str, int | None], Yes]:
    """Tell which searches are of each wear and size: as taken first, then by wear, from the largest size down."""
    keys = [(search.wear, search.asked_px) for search in searches]
    places = {wear: place for place, (wear, _) in reversed(list(enumerate(keys)))}
    order = sorted(set(keys), key=lambda key: (key[1] is not None, places[key[0]], -(key[1] or 0)))
    return {key: np.array([one == key for one in keys], np.bool_) for key in order}


def _some(deciding: Mapping[Working, Numbers], rows: Yes) -> dict[Working, Numbers]:
    return {working: thresholds[rows] for working, thresholds in deciding.items()}


def _found(
    table: Table, evaluation: Evaluation, calibration: Calibration | None, deciding: Mapping[Working, Numbers]
) -> list[Row]:
    """Give a row for each class of found face size in which anything was found."""
    sizes = classes_px(evaluation.nameable_px) if calibration is None else calibration.sizes
    rows: list[Row] = []
    for from_px, below_px in zip(sizes, (*sizes[1:], None), strict=True):
        within = table.acquired & (table.px >= from_px) & (table.px < (below_px or np.inf))
        if within.any():
            some = _some(deciding, within)
            rows.append(row(table.where(within), By.FOUND, from_px=from_px, below_px=below_px, deciding=some))
    return rows


def _growth(table: Table, calibration: Calibration) -> tuple[Growth, ...]:
    most = int(table.compared[table.nonmated].max(initial=0))
    grown: list[Growth] = []
    for people in steps(most):
        try:
            of_size = {px: calibration.threshold(Use.SEARCH, people=people, px=px).score for px in calibration.sizes}
        except GalleryUnmeasured:
            break
        ends = zip(calibration.sizes, (*calibration.sizes[1:], math.inf), strict=True)
        fpir = {
            px: table.where((table.px >= px) & (table.px < below)).expected_fpir(people, of_size[px])
            for px, below in ends
        }
        grown.append(Growth(people, people >= most, fpir))
    return tuple(grown)


def _goal(fpir: Rate) -> Goal:
    return Goal(fpir.errors, fpir.trials, fpir.bound, reached=fpir.trials >= GOAL_SEARCHES and fpir.bound <= GOAL_FPIR)


def _detection(evaluation: Evaluation) -> tuple[Detection, ...]:
    """Count the photos in which the face was not found; each is looked at once, however many galleries there are."""
    first = evaluation.plan.protocols[0]
    searches = [s for s in evaluation.searches if s.protocol is first and s.kind is not Kind.BLEND]
    table = Table.of(searches, nameable_px=evaluation.nameable_px)
    return tuple(Detection(wear, px, table.rate(table.px == 0, rows)) for (wear, px), rows in _made(searches).items())


def _counted(words: Sequence[str]) -> dict[str, int]:
    return {word: words.count(word) for word in sorted(set(words))}
