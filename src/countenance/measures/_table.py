"""Searches as columns of numbers, so that counting and drawing thresholds over many of them is quick."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from countenance.measures._evaluation import KEPT, Kind, Search
from countenance.measures._intervals import Rate

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Yes = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One row a search. `own` is NaN where there is none, `others` has the kept scores and -inf where there are fewer.

    `px` is 0 where the face was not found, `acquired` says that it was, and large enough to be named in life; `subject`
    numbers the people and blends; `more` says that more people were compared than scores were kept of.
    """

    kind: npt.NDArray[np.str_]
    subject: Places
    px: Places
    acquired: Yes
    mated: Yes
    own: Numbers
    others: Numbers
    compared: Places
    more: Yes

    @classmethod
    def of(cls, searches: Sequence[Search], *, nameable_px: int) -> "Table":
        """Make columns of searches."""
        subjects: dict[tuple[str, ...], int] = {}
        others = np.full((len(searches), KEPT), -np.inf)
        for place, search in enumerate(searches):
            subjects.setdefault(search.people, len(subjects))
            others[place, : len(search.others)] = search.others
        px = np.array([search.px or 0 for search in searches], np.int64)
        compared = np.array([search.compared for search in searches], np.int64)
        return cls(
            kind=np.array([search.kind.value for search in searches], np.str_),
            subject=np.array([subjects[search.people] for search in searches], np.int64),
            px=px,
            acquired=px >= nameable_px,
            mated=np.array([search.mated for search in searches], np.bool_),
            own=np.array([np.nan if search.own is None else search.own for search in searches], np.float64),
            others=others,
            compared=compared,
            more=compared > KEPT,
        )

    def __len__(self) -> int:
        """Count the searches."""
        return len(self.px)

    def where(self, rows: Yes) -> "Table":
        """Give some of the searches."""
        return Table(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def highest(self) -> Numbers:
        """The highest score of anybody else in each search; -inf if nobody was compared."""
        return self.others[:, 0]

    @property
    def nonmated(self) -> Yes:
        """Which searches could have named somebody who is not there."""
        return self.acquired & (self.compared > 0)

    @property
    def kinds(self) -> Mapping[Kind, int]:
        """How many of the non-mated searches are of each kind."""
        return {kind: int((self.nonmated & (self.kind == kind.value)).sum()) for kind in Kind}

    def rate(self, errors: Yes, trials: Yes) -> Rate:
        """Count errors among trials, and over people."""
        wrong = errors & trials
        return Rate(
            int(wrong.sum()),
            int(trials.sum()),
            len(np.unique(self.subject[wrong])),
            len(np.unique(self.subject[trials])),
        )

    def missed(self, thresholds: Numbers | float) -> Rate:
        """Count the mated searches that miss their person, faces that were not acquired among them."""
        return self.rate(~(self.acquired & (self.own >= thresholds)), self.mated)

    def missed_of_acquired(self, thresholds: Numbers | float) -> Rate:
        """Count the mated searches that miss their person though the face was acquired."""
        return self.rate(~(self.own >= thresholds), self.mated & self.acquired)

    def wrongly_named(self, thresholds: Numbers | float) -> Rate:
        """Count the non-mated searches in which somebody reaches the threshold."""
        return self.rate(self.highest >= thresholds, self.nonmated)

    def expected_fpir(self, people: int, threshold: float) -> float | None:
        """Give the FPIR to be expected in a gallery of so many people; None without a non-mated search."""
        chances = self.chances(people, threshold)
        return float(chances.mean()) if len(chances) else None

    def chances(self, people: int, threshold: float) -> Numbers:
        """Give for each non-mated search the probability that a gallery of `people`, drawn by chance, names somebody.

        Of the M compared, k reach the threshold: 1 - C(M - k, N) / C(M, N), the hypergeometric probability that N drawn
        without return hold at least one of the k. It is 1 where k is not known, all scores that were kept being above.
        """
        from scipy.special import gammaln  # noqa: PLC0415  (a second of loading: only for those who measure)

        chances = np.zeros(len(self), np.float64)
        rows = self.nonmated & (self.highest >= threshold)  # in the others nobody can be named
        compared = self.compared[rows].astype(np.float64)
        reached = (self.others[rows] >= threshold).sum(axis=1)
        drawn = np.minimum(float(people), compared)
        left = compared - reached - drawn
        logarithm = (
            gammaln(compared - reached + 1)
            - gammaln(np.maximum(left, 0) + 1)
            - gammaln(compared + 1)
            + gammaln(compared - drawn + 1)
        )
        unknown = self.more[rows] & (reached == KEPT)
        chances[rows] = np.where((left < 0) | unknown, 1.0, -np.expm1(np.minimum(logarithm, 0.0)))
        return chances[self.nonmated]
