"""Exact intervals of rates (Clopper and Pearson, Biometrika 26, 1934): what a count of errors still allows.

Errors may be a fraction, as expectations are: the quantiles of the beta distribution are defined for them as well.
"""

from dataclasses import dataclass

# How sure an interval or a bound is.
CONFIDENCE = 0.95


def interval(errors: float, trials: int) -> tuple[float, float]:
    """Give the two-sided 95 % interval of a rate, as shares; (0, 1) if nothing was tried.

    Raises:
        ValueError: there are less than no errors, or more than trials.
    """
    tail = (1 - CONFIDENCE) / 2
    return _quantile(tail, errors, trials, below=True), _quantile(1 - tail, errors, trials, below=False)


def upper_bound(errors: float, trials: int) -> float:
    """Give the rate that is exceeded with less than 5 %: the one-sided bound, about 3 / trials without an error.

    Raises:
        ValueError: as `interval`.
    """
    return _quantile(CONFIDENCE, errors, trials, below=False)


def _quantile(probability: float, errors: float, trials: int, *, below: bool) -> float:
    if not 0 <= errors <= trials:
        raise ValueError(f"{errors} errors in {trials} trials")
    if trials == 0 or (below and errors == 0) or (not below and errors == trials):
        return 0.0 if below else 1.0
    from scipy.stats import beta  # noqa: PLC0415  (a second of loading: only for those who measure)

    return float(beta.ppf(probability, errors + (not below), trials - errors + below))


@dataclass(frozen=True, slots=True)
class Rate:
    """Errors of trials, and the same over people: how many met an error at least once, of how many different ones.

    Searches of one person are not independent of each other, so that the interval over trials is too narrow; the one
    over people takes each once. A blend counts as one person of its own.
    """

    errors: int
    trials: int
    people_with_error: int
    people: int

    @property
    def share(self) -> float | None:
        """The share of trials that were errors, 0 to 1; None if nothing was tried."""
        return self.errors / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float]:
        """The exact two-sided 95 % interval of the share."""
        return interval(self.errors, self.trials)

    @property
    def bound(self) -> float:
        """The exact one-sided 95 % upper bound of the share."""
        return upper_bound(self.errors, self.trials)

    @property
    def people_interval(self) -> tuple[float, float]:
        """The exact two-sided 95 % interval of the share of people who meet an error at least once in such a run."""
        return interval(self.people_with_error, self.people)
