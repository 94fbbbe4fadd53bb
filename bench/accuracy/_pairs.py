"""What pairs of photos say about an embedder; pure arithmetic on scores, higher is more alike.

Only `beside_dlib` needs it: the program itself searches, and reckons in searches (`countenance.measures`).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairRates:
    """Of pairs of one person's photos and pairs of different people's.

    `missed` of `own` pairs lie below the lowest threshold with a false match rate of at most the one asked for, which
    `matched` of `foreign` pairs reach. `equal_error` is the share at which both errors are equal. `apart` is the
    distance of both means in standard deviations (d'), which tells ways apart that make no error. The last two are of
    pairs that could be made.
    """

    own: int
    missed: int
    foreign: int
    matched: int
    equal_error: float
    apart: float


def pair_rates(own: Scores, foreign: Scores, *, false_match_rate: float) -> PairRates:
    """Count errors; a pair that could not be made, its face not being found, has the score -inf.

    Such a pair of one person is a miss; of different people it is left out.

    Raises:
        ValueError: there is not one pair of each kind that could be made.
    """
    made, foreign = own[np.isfinite(own)], foreign[np.isfinite(foreign)]
    if not len(made) or not len(foreign):
        raise ValueError("errors are counted over pairs of one person and pairs of two")
    highest = np.sort(foreign)[::-1]
    # The highest score that is not to be matched; what lies above it are at most so many as are allowed.
    barred = highest[min(math.floor(false_match_rate * len(highest)), len(highest) - 1)]
    steps = np.unique(np.concatenate([made, foreign, [np.inf]]))
    missed = np.searchsorted(np.sort(made), steps) / len(made)
    matched = 1 - np.searchsorted(np.sort(foreign), steps) / len(foreign)
    equal = int(np.argmin(np.abs(missed - matched)))
    spread = math.sqrt((float(made.var()) + float(foreign.var())) / 2)
    return PairRates(
        own=len(own),
        missed=int((own <= barred).sum()),
        foreign=len(foreign),
        matched=int((foreign > barred).sum()),
        equal_error=float(missed[equal] + matched[equal]) / 2,
        apart=float(made.mean() - foreign.mean()) / spread if spread else math.nan,
    )
