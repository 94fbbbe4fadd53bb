"""All that is said about an evaluation, as values: what the terminal, the JSON and the page show.

Everything is computed from stored scores by `figures`. A share is 0 to 1.
"""

from dataclasses import dataclass
from enum import StrEnum

from countenance.faces import Calibration
from countenance.measures._evaluation import Kind, PhotoCounts
from countenance.measures._intervals import Rate
from countenance.measures._plan import Protocol

# R35: the share of searches that may wrongly name somebody, and the error-free searches that show it.
GOAL_FPIR = 0.001
GOAL_SEARCHES = 3000


class By(StrEnum):
    """By what searches are brought together in a row."""

    ASKED = "asked"
    """By wear and by the face size that they were made to."""
    FOUND = "found"
    """By the size of the box in which the face was found, whatever the wear: the classes that thresholds have."""
    ALL = "all"
    """All of a gallery."""


class Working(StrEnum):
    """A working point: by which threshold it is decided."""

    SEARCH = "search"
    """The calibration's, for finding."""
    SHOW = "show"
    """The calibration's, for leaving uncovered."""
    ONE_PERCENT = "fpir-1%"
    """The lowest at which at most 1 % of the row's own searches wrongly name somebody."""
    ONE_PERMILLE = "fpir-0.1%"
    """The same for 0.1 %."""
    NONE_NAMED = "none-named"
    """The lowest at which none of the row's own searches wrongly names anybody."""


@dataclass(frozen=True, slots=True)
class Point:
    """The rates at one working point.

    `threshold` is the score, None where it differs from search to search (the calibration's, in a row of several face
    sizes). `fnir` counts a face that was not found, or was too small to be named, as a miss; `fnir_acquired` leaves
    these out. `fpir` is of the searches whose face was found large enough: the others can name nobody.
    """

    working: Working
    threshold: float | None
    fnir: Rate
    fnir_acquired: Rate
    fpir: Rate


@dataclass(frozen=True, slots=True)
class Trade:
    """One point of the DET curve: at this threshold so many are wrongly named (share), and so many missed (share)."""

    threshold: float
    fpir: float
    fnir: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often scores fall between `edges[i]` and `edges[i + 1]`: of the own reference, and the best of others'."""

    edges: tuple[float, ...]
    own: tuple[int, ...]
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What came out of the searches that belong together.

    `wear` and `asked_px` (None: as taken) are set by `By.ASKED`; `from_px` and `below_px` (None: no end) by `By.FOUND`.
    `mated` and `nonmated` count the searches, `acquisition` those whose face was not found or too small to be named
    (in a row by found size the former are missing). `rank_one` counts as errors the mated searches that were acquired
    in which somebody else scores as high as the right person or higher. `crossing` is the share at which FNIR and FPIR
    are equal. A row without mated searches has no trade-off and no crossing.
    """

    by: By
    wear: str
    asked_px: int | None
    from_px: int | None
    below_px: int | None
    mated: int
    nonmated: dict[Kind, int]
    acquisition: Rate
    rank_one: Rate
    points: tuple[Point, ...]
    trades: tuple[Trade, ...]
    crossing: float | None
    histogram: Histogram

    def point(self, working: Working) -> Point:
        """Give the rates at a working point.

        Raises:
            KeyError: it was not computed: there was no calibration.
        """
        for point in self.points:
            if point.working is working:
                return point
        raise KeyError(working)


@dataclass(frozen=True, slots=True)
class Growth:
    """The FPIR to be expected in a gallery of `people`, by the calibration's thresholds for so many, by found size.

    `fpir` has a share for each class of the calibration (`from_px`), None where nothing was searched; `measured` says
    that so many people were compared, and nothing is drawn.
    """

    people: int
    measured: bool
    fpir: dict[int, float | None]


@dataclass(frozen=True, slots=True)
class Goal:
    """R35: FPIR <= 0.1 % at the threshold of searching. `bound` is the exact one-sided 95 % upper bound reached."""

    errors: int
    searches: int
    bound: float
    reached: bool


@dataclass(frozen=True, slots=True)
class Frequencies:
    """R38: in natural frequencies. Of `of` searches for people who are not there, about so many name someone wrongly.

    `_at_most` is the two-sided interval's upper end, rounded up; `missed` is of searches for people who are there.
    """

    of: int
    wrongly_named: float | None
    wrongly_named_at_most: int
    missed: float | None
    missed_at_most: int


@dataclass(frozen=True, slots=True)
class Group:
    """The rates of the people with one value of a label. A blend counts for a value that all its parents share."""

    value: str
    people: int
    fnir: Rate
    fpir: Rate
    enough_fnir: bool
    enough_fpir: bool


@dataclass(frozen=True, slots=True)
class Ratio:
    """The highest rate of a label's values over the lowest, among those with enough people and searches.

    `ratio` is None if fewer than two values have enough, or if the lowest has no error: no ratio can be computed of
    nothing. Then `at_least` is still known: the lower end of the highest rate's interval over the upper end of the
    lowest rate's. `hangs_on` are the errors of the highest and of the lowest. `flagged`: the ratio is above 1.5, or
    would be if the lowest had one error instead of none. `apart`: the two intervals do not overlap. `too_few`: fewer
    than two values have enough.
    """

    highest: str
    lowest: str
    ratio: float | None
    at_least: float
    hangs_on: tuple[int, int]
    flagged: bool
    apart: bool
    too_few: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    """R37: the groups of one label at one working point, with the ratio of misses and of wrong names."""

    label: str
    working: Working
    groups: tuple[Group, ...]
    fnir: Ratio
    fpir: Ratio


@dataclass(frozen=True, slots=True)
class GalleryFigures:
    """What came out of one protocol.

    `people` have a reference, `filled` generated faces are beside them, `compared` is the least and the most people a
    search was compared with. `photos_refused` and `people_refused` are failures to enrol: reference photos, and people
    none of whose reference photos served.
    """

    protocol: Protocol
    people: int
    filled: int
    compared: tuple[int, int]
    photos_refused: Rate
    people_refused: Rate
    refusals: dict[str, int]
    rows: tuple[Row, ...]
    total: Row
    growth: tuple[Growth, ...]
    goal: Goal | None
    frequencies: Frequencies | None
    groupings: tuple[Grouping, ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """Labelled photos and mirrored ones in which the face was not found, of those worn like this."""

    wear: str
    asked_px: int | None
    missed: Rate


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything computed from one evaluation; `calibration` is the one that `search` and `show` decide by, if any.

    `tuned_here` says that these thresholds were chosen on the very scores they are judged by here.
    """

    software: str
    model: str
    detector: str
    data_set: str
    people: int
    photos: PhotoCounts
    nameable_px: int
    calibration: Calibration | None
    tuned_here: bool
    detection: tuple[Detection, ...]
    galleries: tuple[GalleryFigures, ...]
