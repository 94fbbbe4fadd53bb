"""Measure how often people are missed and wrongly named; seeing is left to `vision`, and words are left to the doors.

Labelled photos give an `Evaluation` (comparison scores under pseudonyms, `scores.jsonl`); from it alone come the
`Figures` and a `Calibration`. Nothing here knows a library, and no photo, name, path or template is in what it gives.
"""

from countenance.measures._calibrating import SEARCH_MARGIN, SHOW_MARGIN, calibrated
from countenance.measures._choosing import galleries_possible
from countenance.measures._evaluating import evaluate
from countenance.measures._evaluation import GOOD, KEPT, Evaluation, Kind, PhotoCounts, Search, Subject
from countenance.measures._figures import (
    GOAL_FPIR,
    GOAL_SEARCHES,
    By,
    Detection,
    Figures,
    Frequencies,
    GalleryFigures,
    Goal,
    Group,
    Grouping,
    Growth,
    Histogram,
    Point,
    Ratio,
    Row,
    Trade,
    Working,
)
from countenance.measures._intervals import Rate, interval, upper_bound
from countenance.measures._labelled import Labelled, LabelledPerson, LabelledPhoto, read_labelled
from countenance.measures._plan import Plan, Protocol
from countenance.measures._reckoning import figures, frequencies
from countenance.measures._scores_file import evaluation_from_bytes, evaluation_to_lines
from countenance.measures._wearing import AS_TAKEN, SCALED, WORN, Wear, worn

__all__ = [
    "AS_TAKEN",
    "GOAL_FPIR",
    "GOAL_SEARCHES",
    "GOOD",
    "KEPT",
    "SCALED",
    "SEARCH_MARGIN",
    "SHOW_MARGIN",
    "WORN",
    "By",
    "Detection",
    "Evaluation",
    "Figures",
    "Frequencies",
    "GalleryFigures",
    "Goal",
    "Group",
    "Grouping",
    "Growth",
    "Histogram",
    "Kind",
    "Labelled",
    "LabelledPerson",
    "LabelledPhoto",
    "PhotoCounts",
    "Plan",
    "Point",
    "Protocol",
    "Rate",
    "Ratio",
    "Row",
    "Search",
    "Subject",
    "Trade",
    "Wear",
    "Working",
    "calibrated",
    "evaluate",
    "evaluation_from_bytes",
    "evaluation_to_lines",
    "figures",
    "frequencies",
    "galleries_possible",
    "interval",
    "read_labelled",
    "upper_bound",
    "worn",
]
