"""R37: rates by group with intervals and ratio, and silence where there are too few."""

from collections.abc import Sequence

import pytest

from countenance.measures import Evaluation, Grouping, Kind, Protocol, Search, Subject, Working, figures
from countenance.measures._groups import LEAST_PEOPLE, LEAST_SEARCHES
from drawn_scores import evaluation, search


def _people(**sizes: int) -> tuple[Subject, ...]:
    values = [value for value, size in sizes.items() for _ in range(size)]
    return tuple(
        Subject(f"p{place:03}", 2, {"house": value} if value != "none" else {}, {Protocol.ONE: ("good",)})
        for place, value in enumerate(values, start=1)
    )


def _searches(subject: Subject, good: int, missed: int, wrong: int) -> list[Search]:
    return [
        *[search(subject.id, own=0.9, others=[0.1])] * good,
        *[search(subject.id, own=0.01, others=[0.1])] * missed,
        *[search(subject.id, own=0.9, others=[0.8])] * wrong,
    ]


def _grouping(made: Evaluation) -> Grouping:
    (grouping,) = figures(made).galleries[0].groupings
    assert (grouping.label, grouping.working) == ("house", Working.ONE_PERCENT)
    return grouping


def _made(subjects: Sequence[Subject], counts: dict[str, tuple[int, int, int]], *extra: Search) -> Evaluation:
    searches = [
        one
        for subject in subjects
        for one in _searches(subject, *counts.get(subject.groups.get("house", ""), (9, 0, 0)))
    ]
    return evaluation([*searches, *extra], subjects)


def test_each_group_has_its_rates() -> None:
    """R37: misses and wrong names are counted by the label of who is searched for; without a label, nowhere."""
    subjects = _people(blue=12, green=10, none=5)
    grouping = _grouping(_made(subjects, {"blue": (9, 1, 0), "green": (8, 2, 0)}))
    blue, green = grouping.groups
    assert (blue.value, blue.people, blue.fnir.errors, blue.fnir.trials) == ("blue", 12, 12, 120)
    assert (green.value, green.fnir.people_with_error, green.fnir.people) == ("green", 10, 10)
    ratio = grouping.fnir
    assert (ratio.highest, ratio.lowest, ratio.hangs_on) == ("green", "blue", (20, 12))
    assert ratio.ratio == pytest.approx(2)
    assert (ratio.flagged, ratio.apart, ratio.too_few) == (True, False, False)


def test_groups_that_are_far_apart_are_told_so() -> None:
    """R37: when the intervals do not overlap it is no accident of few searches."""
    grouping = _grouping(_made(_people(blue=20, green=20), {"blue": (19, 1, 0), "green": (10, 10, 0)}))
    assert grouping.fnir.apart
    assert grouping.fnir.ratio == pytest.approx(10)
    assert grouping.fnir.at_least > 4


def test_equal_groups_are_not_flagged() -> None:
    """R37: the same rate is a ratio of 1, below the flag."""
    grouping = _grouping(_made(_people(blue=15, green=15), {"blue": (8, 2, 0), "green": (8, 2, 0)}))
    assert (grouping.fnir.ratio, grouping.fnir.flagged, grouping.fnir.apart) == (1, False, False)


def test_a_little_more_is_not_flagged_and_more_than_half_is() -> None:
    """R37: 3 errors over 2 is not above 1.5; 16 over 10 is."""
    grouping = _grouping(_made(_people(blue=10, green=10), {"blue": (8, 2, 0), "green": (7, 3, 0)}))
    assert not grouping.fnir.flagged
    grouping = _grouping(_made(_people(blue=10, green=10), {"blue": (10, 10, 0), "green": (4, 16, 0)}))
    assert grouping.fnir.flagged


def test_nothing_over_nothing_and_something_over_nothing_are_no_ratio() -> None:
    """R37: without an error in the lowest there is no ratio; one more says nothing, three more are flagged."""
    subjects = _people(blue=12, green=12)
    none = _grouping(_made(subjects, {})).fnir
    assert (none.ratio, none.at_least, none.flagged, none.hangs_on) == (None, 0.0, False, (0, 0))
    one = _grouping(_made(subjects, {}, search("p013", own=0.0, others=[0.1]))).fnir
    assert (one.ratio, one.flagged, one.apart, one.hangs_on) == (None, False, False, (1, 0))
    three = _grouping(_made(subjects, {}, *[search("p013", own=0.0, others=[0.1])] * 3)).fnir
    assert (three.ratio, three.flagged, three.hangs_on) == (None, True, (3, 0))
    assert (one.highest, one.lowest) == ("green", "blue")
    assert 0 < one.at_least < 1


def test_too_few_people_or_searches_say_nothing() -> None:
    """R37: below the stated number a group has rates but no part in the ratio."""
    few = LEAST_PEOPLE - 1
    grouping = _grouping(_made(_people(blue=20, green=few), {"green": (0, 20, 0)}))
    assert [group.enough_fnir for group in grouping.groups] == [True, False]
    assert [group.enough_fpir for group in grouping.groups] == [True, False]
    assert (grouping.fnir.too_few, grouping.fnir.ratio, grouping.fnir.flagged) == (True, None, False)
    once = {"green": (1, 0, 0)}
    assert LEAST_SEARCHES > LEAST_PEOPLE
    grouping = _grouping(_made(_people(blue=20, green=LEAST_PEOPLE), once))
    assert [group.enough_fnir for group in grouping.groups] == [True, False]
    assert grouping.fnir.too_few


def test_a_blend_counts_where_its_parents_agree() -> None:
    """R37: a blend of two of one group is searched for as one of it; of two groups it is of none."""
    subjects = _people(blue=10, green=10)
    blends = [
        search("", parents=parents, others=[0.1], kind=Kind.BLEND)
        for parents in (("p001", "p002"), ("p001", "p011"), ("p011", "p012"))
    ]
    blue, green = _grouping(_made(subjects, {}, *blends)).groups
    assert (blue.fpir.trials, green.fpir.trials) == (91, 91)
    assert (blue.fpir.people, blue.fnir.people) == (11, 10)


def test_wrong_names_are_counted_at_one_threshold_for_all() -> None:
    """R37: the threshold is chosen for all together, without labels: all wrong names may fall into one group."""
    subjects = _people(blue=50, green=50)
    wrong = [search("p001", others=[0.85 + place / 1000]) for place in range(12)]
    grouping = _grouping(_made(subjects, {"blue": (10, 0, 0), "green": (10, 0, 0)}, *wrong))
    blue, green = grouping.groups
    assert (blue.fpir.errors, green.fpir.errors) == (10, 0)
    assert grouping.fpir.flagged
    assert grouping.fpir.hangs_on == (10, 0)
