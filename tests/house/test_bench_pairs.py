"""The arithmetic of the run that is beside dlib: it is counted right, whoever is measured by it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def pairs(project: Path) -> ModuleType:
    """Load the module that counts pairs; it needs neither dlib nor a portrait."""
    spec = importlib.util.spec_from_file_location("bench_pairs", project / "bench/accuracy/_pairs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_misses_are_counted_at_the_lowest_threshold_with_few_enough_false_matches(pairs: ModuleType) -> None:
    """R35: of 1,000 pairs of strangers one may match at 0.1 %; what is not above the second highest is missed."""
    foreign = np.linspace(0, 0.5, 1000)
    foreign[[7, 8]] = 0.8, 0.7
    rates = pairs.pair_rates(np.array([0.9, 0.75, 0.7, 0.6]), foreign, false_match_rate=0.001)
    assert (rates.missed, rates.own, rates.matched, rates.foreign) == (2, 4, 1, 1000)
    none = pairs.pair_rates(np.array([0.9, 0.75, 0.7, 0.6]), foreign, false_match_rate=0.0)
    assert (none.missed, none.matched) == (3, 0)


def test_a_face_that_was_not_found_is_a_miss_and_no_chance_of_a_false_match(pairs: ModuleType) -> None:
    """R35: who finds fewer faces does not seem the better for it, in either error."""
    lost = -np.inf
    found = pairs.pair_rates(np.array([0.9, 0.8]), np.array([0.1, 0.2]), false_match_rate=0.0)
    rates = pairs.pair_rates(np.array([0.9, 0.8, lost]), np.array([0.1, 0.2, lost, lost]), false_match_rate=0.0)
    assert (rates.missed, rates.own, rates.foreign) == (1, 3, 2)
    assert (rates.equal_error, rates.apart) == (found.equal_error, found.apart)


def test_the_equal_error_rate_is_where_both_errors_are_equal(pairs: ModuleType) -> None:
    """R35: one of four pairs of one person is below, and one of four of strangers above: a quarter each."""
    rates = pairs.pair_rates(np.array([0.9, 0.8, 0.7, 0.3]), np.array([0.5, 0.2, 0.1, 0.0]), false_match_rate=0.0)
    assert rates.equal_error == 0.25
    apart = pairs.pair_rates(np.array([4.0, 6.0]), np.array([-1.0, 1.0]), false_match_rate=0.0)
    assert (apart.equal_error, apart.apart) == (0.0, 5.0)


def test_nothing_is_said_about_no_pairs(pairs: ModuleType) -> None:
    """R35: a rate of nothing is refused, also when no face at all was found."""
    with pytest.raises(ValueError, match="pairs"):
        pairs.pair_rates(np.array([-np.inf]), np.array([0.1]), false_match_rate=0.001)
    with pytest.raises(ValueError, match="pairs"):
        pairs.pair_rates(np.array([0.9]), np.array([]), false_match_rate=0.001)
