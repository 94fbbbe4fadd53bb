"""R36: thresholds are chosen by the stated model, grow with the gallery, and come out the same from stored scores."""

import itertools
from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.errors import EvaluationInvalid, UsageWrong
from countenance.faces import Calibration, Use
from countenance.measures import (
    Kind,
    Protocol,
    calibrated,
    evaluation_from_bytes,
    evaluation_to_lines,
    upper_bound,
)
from countenance.measures._steps import steps
from countenance.measures._table import Table
from drawn_scores import drawn, evaluation, people, search

SIZES = (32, 40, 48, 64)


def _score(calibration: Calibration, use: Use, people: int, px: int) -> float:
    return float(calibration.threshold(use, people=people, px=px).score)


@settings(max_examples=40)
@given(
    st.integers(1, 40).flatmap(
        lambda m: st.tuples(st.just(m), st.integers(0, m), st.integers(1, m), st.floats(-0.9, 0.9))
    )
)
def test_a_smaller_gallery_is_reckoned_by_counting(drawn_: tuple[int, int, int, float]) -> None:
    """R36: 1 - C(M - k, N) / C(M, N), for every M, k and N, is what the formula on the page says."""
    compared, reached, gallery, threshold = drawn_
    scores = [threshold] * reached + [threshold - 0.1] * (compared - reached)
    table = Table.of([search("p001", others=scores)], nameable_px=32)
    exact = 1 - comb(compared - reached, gallery) / comb(compared, gallery)
    assert table.expected_fpir(gallery, threshold) == pytest.approx(exact, abs=1e-9)


def test_the_expectation_is_what_drawing_galleries_gives() -> None:
    """R36: galleries of 12 that are drawn from 200 people name somebody as often as is reckoned."""
    rng = np.random.default_rng(5)
    scores = [rng.normal(0.2, 0.1, 200).round(6) for _ in range(40)]
    table = Table.of([search("p001", others=list(row[:50] * 0 + np.sort(row)[::-1][:50]), compared=200)
                      for row in scores], nameable_px=32)  # fmt: skip
    named = [float(np.max(rng.choice(row, 12, replace=False)) >= 0.36) for row in scores for _ in range(500)]
    assert table.expected_fpir(12, 0.36) == pytest.approx(np.mean(named), abs=0.02)


def test_what_is_not_known_counts_as_named() -> None:
    """R36: where all scores that were kept reach the threshold and more were compared, the chance is taken as 1."""
    full = search("p001", others=[0.5] * 60)
    assert (len(full.others), full.compared) == (50, 60)
    assert Table.of([full], nameable_px=32).expected_fpir(1, 0.5) == 1.0
    whole = search("p001", others=[0.5] * 50)
    assert Table.of([whole], nameable_px=32).expected_fpir(1, 0.5) == 1.0
    part = search("p001", others=[0.5] * 49 + [0.4] * 11)
    assert Table.of([part], nameable_px=32).expected_fpir(1, 0.5) == pytest.approx(49 / 60)


@pytest.mark.parametrize(
    ("compared", "expected"),
    [
        (0, ()),
        (1, (1,)),
        (9, (9,)),
        (11, (10,)),
        (12, (10, 12)),
        (60, (10, 60)),
        (99, (10, 99)),
        (1090, (10, 100, 1000)),
        (9_999, (10, 100, 1_000, 9_999)),
        (10_300, (10, 100, 1_000, 10_000)),
    ],
)
def test_steps_end_with_what_was_compared(compared: int, expected: tuple[int, ...]) -> None:
    """R36: nothing is said about more people than were compared, and all that were are covered by the last step."""
    assert steps(compared) == expected


def test_thresholds_grow_with_the_gallery() -> None:
    """R36: a larger gallery and showing each ask for at least as much; some of it is more."""
    calibration = calibrated(drawn(60, searches=100, seed=1, others=1100, filled=1041))
    assert calibration.steps == (10, 100, 1000)
    assert calibration.sizes == SIZES
    for use, px in itertools.product(Use, SIZES):
        scores = [_score(calibration, use, step, px) for step in calibration.steps]
        assert scores == sorted(scores)
        assert scores[0] < scores[-1]
    for step, px in itertools.product(calibration.steps, SIZES):
        assert _score(calibration, Use.SHOW, step, px) > _score(calibration, Use.SEARCH, step, px)


@settings(max_examples=3)
@given(st.integers(0, 10**6), st.integers(5, 30), st.integers(300, 320), st.sampled_from([0.001, 0.005, 0.01]))
def test_every_calibration_is_monotone_and_comes_out_again(seed: int, count: int, searches: int, fpir: float) -> None:
    """R36: whatever the scores, thresholds never fall with N, and the stored scores give the same bytes."""
    made = drawn(count, searches=searches, seed=seed, others=count + 30)
    calibration = calibrated(made, fpir=fpir)
    for use, px in itertools.product(Use, calibration.sizes):
        scores = [_score(calibration, use, step, px) for step in calibration.steps]
        assert scores == sorted(scores)
    for rung in calibration.rungs:
        assert rung.search.score <= rung.show.score
    legal = drawn(count, searches=searches, seed=seed)
    again = evaluation_from_bytes(b"".join(evaluation_to_lines(legal)))
    assert calibrated(again, fpir=fpir).to_json() == calibrated(legal, fpir=fpir).to_json()


@pytest.mark.parametrize("fpir", [0.0, -0.1, 0.0101, 1.0, float("nan"), float("inf")])
def test_too_high_an_aim_is_refused(fpir: float) -> None:
    """R35, R36: with an FPIR of 1 everybody would be like everybody; no more than 1 % can be aimed at."""
    with pytest.raises(UsageWrong, match="no aim"):
        calibrated(drawn(5, searches=100, seed=7), fpir=fpir)


def test_the_target_is_shown_and_no_threshold_lower_would_show_it() -> None:
    """R35, R36: with enough searches the FPIR's one-sided bound is at the target, and one step lower it is above."""
    made = drawn(40, searches=1500, seed=3, sizes=SIZES)
    calibration = calibrated(made, fpir=0.01)
    for px in SIZES:
        table = Table.of([one for one in made.searches if one.px == px], nameable_px=32)
        score = _score(calibration, Use.SEARCH, 39, px)
        errors = sum(search.highest >= score for search in made.searches if search.px == px)
        assert upper_bound(errors, 1500) <= 0.01
        threshold = calibration.threshold(Use.SEARCH, people=39, px=px)
        assert threshold.fpir == pytest.approx(errors / 1500, abs=1e-8)
        assert threshold.searches == 1500
        assert threshold.gallery_size == 39
        lower = float(table.chances(39, round(score - 1e-4, 4)).sum())
        assert upper_bound(lower, 1500) > 0.01


def test_without_enough_searches_nobody_that_was_seen_is_named() -> None:
    """R35: too few searches to show 0.1 %: the threshold lies above the highest score, and the bound can be told."""
    made = drawn(40, searches=400, seed=4)
    calibration = calibrated(made)
    for px in SIZES:
        threshold = calibration.threshold(Use.SEARCH, people=39, px=px)
        highest = [one.highest for one in made.searches if one.px == px]
        assert threshold.score > max(highest) + 0.09 * np.std(highest)
        assert threshold.fpir == 0
        assert upper_bound(0, threshold.searches) == pytest.approx(0.0075, abs=1e-4)
        assert calibration.threshold(Use.SHOW, people=39, px=px).score > max(highest) + 0.49 * np.std(highest)


def test_each_class_of_face_size_stands_by_its_own_scores() -> None:
    """R36: small faces score lower: a large face that comes near somebody raises their threshold for showing only."""
    made = drawn(40, searches=150, seed=5)
    near = [search("p001", others=[0.9] * 39, px=64, asked_px=None)]
    before, after = calibrated(made), calibrated(evaluation([*near, *made.searches], made.subjects))
    assert _score(after, Use.SEARCH, 39, 64) > _score(before, Use.SEARCH, 39, 64)
    for px in (32, 40, 48):
        assert _score(after, Use.SEARCH, 39, px) == _score(before, Use.SEARCH, 39, px)
        assert _score(after, Use.SHOW, 39, px) >= _score(after, Use.SHOW, 39, 64)


def test_the_worst_gallery_decides() -> None:
    """R36: measured with galleries of one and of several photos, a threshold holds for both."""
    one = drawn(30, searches=120, seed=6)
    several = [
        search(s.people[0], own=s.own, others=[score + 0.1 for score in s.others], px=s.px, asked_px=s.asked_px,
               protocol=Protocol.SEVERAL)
        for s in one.searches
    ]  # fmt: skip
    both = replace(
        one,
        plan=replace(one.plan, protocols=(Protocol.ONE, Protocol.SEVERAL)),
        searches=(*one.searches, *several),
    )
    worse = replace(one, plan=replace(one.plan, protocols=(Protocol.SEVERAL,)), searches=tuple(several))
    scores = [[rung.search.score for rung in calibrated(made).rungs] for made in (one, worse, both)]
    assert scores[2] == scores[1]
    assert all(higher > lower for lower, higher in zip(scores[0], scores[1], strict=True))


def test_rates_of_misses_come_along() -> None:
    """R36: each threshold carries the share of acquired mated searches that miss at it; without any, everything."""
    made = drawn(30, searches=200, seed=7)
    threshold = calibrated(made).threshold(Use.SEARCH, people=29, px=48)
    own = [one.own for one in made.searches if one.px == 48]
    assert threshold.fnir == pytest.approx(
        np.mean([score is not None and score < threshold.score for score in own]), abs=1e-8
    )
    strangers = [search("p001", others=one.others, px=one.px, asked_px=one.asked_px) for one in made.searches]
    assert calibrated(evaluation(strangers, people(30))).rungs[0].search.fnir == 1.0


def test_faces_that_were_not_acquired_say_nothing_about_thresholds() -> None:
    """R36: a face below the least size that is named, or not found, takes no part."""
    made = drawn(30, searches=150, seed=8)
    tiny = [search("p001", own=0.1, others=[0.99] * 29, px=px, asked_px=32) for px in (31, None) for _ in range(50)]
    assert calibrated(replace(made, searches=(*made.searches, *tiny))) == calibrated(made)


def test_too_few_searches_of_a_size_are_refused() -> None:
    """R36: no threshold is told from fewer than 100 searches; the error says of which faces."""
    made = drawn(30, searches=99, seed=9, sizes=(40,))
    rest = drawn(30, searches=100, seed=9, sizes=(64, 48, 32))
    with pytest.raises(EvaluationInvalid, match="40 to 47 pixels there are 99 searches") as refused:
        calibrated(evaluation([*made.searches, *rest.searches], made.subjects))
    assert "--blends" in refused.value.remedy
    with pytest.raises(EvaluationInvalid, match="64 pixels and more there are 0"):
        calibrated(drawn(30, searches=100, seed=9, sizes=(48, 40, 32)))


def test_mirrored_photos_and_blends_count_as_searches_for_nobody() -> None:
    """R35: they raise thresholds as portraits do."""
    made = drawn(30, searches=150, seed=10)
    alike = [
        search("p001", others=[0.9] * 20, px=64, kind=Kind.MIRRORED),
        search("", parents=("p001", "p002"), others=[0.95] * 20, px=48, kind=Kind.BLEND),
    ]
    calibration = calibrated(evaluation([*made.searches, *alike], made.subjects))
    assert _score(calibration, Use.SEARCH, 29, 64) > 0.9
    assert _score(calibration, Use.SEARCH, 29, 48) > 0.95
