"""R35: `evaluation.json` has the fields that `docs/formats/evaluation.md` promises, and the folder its files."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countenance.faces import Calibration
from countenance.library import figures_object
from countenance.library._evaluating import evaluation_files, judged
from countenance.measures import GOOD, Evaluation, Figures, Kind, Protocol, calibrated, figures
from drawn_scores import drawn, evaluation, people, search

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs/formats/evaluation.md").read_text(encoding="utf-8")


def _made() -> Evaluation:
    made = drawn(24, searches=100, seed=9)
    first, *others = made.subjects
    subjects = [replace(first, references={Protocol.ONE: (GOOD, "too-dark")}), *others]
    grouped = [replace(one, groups={"house": "red" if place % 2 else "blue"}) for place, one in enumerate(subjects)]
    blend = search("", parents=("p001", "p002"), kind=Kind.BLEND, others=[0.1] * 22)
    return replace(made, subjects=tuple(grouped), searches=(*made.searches, blend))


@pytest.fixture(scope="module")
def made() -> Evaluation:
    """Give an evaluation with something in every list."""
    return _made()


@pytest.fixture(scope="module")
def told(made: Evaluation) -> Mapping[str, Any]:
    """Give its figures as they are read back from JSON."""
    counted: Figures = figures(made, calibration=calibrated(made))
    read: Mapping[str, Any] = json.loads(json.dumps(figures_object(counted)))
    return read


def promised(head: str) -> set[str]:
    """Give the fields of the table under a head, or after a line, of the section on `evaluation.json`."""
    section = PAGE.split("\n## evaluation.json\n")[1].split("\n## ")[0]
    table = section.split(f"\n{head}:\n")[1] if head else section
    rows = table.split("|---|---|\n")[1].split("\n\n")[0]
    return {field for row in rows.splitlines() for field in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_each_object_has_the_fields_of_its_table(told: Mapping[str, Any]) -> None:
    """The tables name every field of every object, and no other."""
    (gallery,) = told["galleries"]
    (grouping, *_) = gallery["groups"]
    assert promised("") == set(told)
    assert promised("A gallery") == set(gallery)
    assert promised("A row") == set(gallery["total"])
    assert promised("A working point") == set(gallery["total"]["points"][0])
    assert promised("A label at a working point") == set(grouping)
    rates = [told["detection"][0]["not_found"], gallery["photos_refused"], grouping["values"][0]["fnir"]]
    assert all(promised("A rate") == set(rate) for rate in rates)


def test_what_has_no_table_is_named_in_the_row_of_its_field(told: Mapping[str, Any]) -> None:
    """Small objects are described where they stand."""
    section = PAGE.split("\n## evaluation.json\n")[1].split("\n## ")[0]
    (gallery,) = told["galleries"]
    small = {
        "`thresholds`": told["thresholds"],
        "`detection`": told["detection"][0],
        "`refusals`": gallery["refusals"][0],
        "`growth`": {**gallery["growth"][0], **gallery["growth"][0]["fpir"][0]},
        "`goal`": gallery["goal"],
        "`of_1000`": gallery["of_1000"],
        "`histogram`": gallery["total"]["histogram"],
        "`values`": gallery["groups"][0]["values"][0],
        "`fnir`, `fpir`": gallery["groups"][0]["fnir"],
    }
    for name, fields in small.items():
        (row,) = [row for row in section.splitlines() if row.startswith(f"| {name} |")]
        assert set(fields) <= set(re.findall(r"`([^`]+)`", row)), name


def test_shares_are_rounded_and_curves_are_short(told: Mapping[str, Any]) -> None:
    """Rates have six digits, and a curve at most 101 corners, both ends among them."""
    mixed = [search("p001", own=place / 1000, others=[place / 1000 + 0.0005]) for place in range(300)]
    counted = figures(evaluation(mixed, people(2)))
    trades = counted.galleries[0].total.trades
    curve = figures_object(counted)["galleries"][0]["total"]["trade_off"]
    assert len(trades) > 500
    assert len(curve) == 101
    assert [curve[0], curve[-1]] == [[round(one.fpir, 6), round(one.fnir, 6)] for one in (trades[0], trades[-1])]
    assert sorted(curve, key=lambda corner: (-corner[0], corner[1])) == curve
    assert all(number == round(number, 6) for number in _numbers(told))


def test_what_is_too_few_to_say_is_null(made: Evaluation) -> None:
    """R37: a group of a few people has no rate, and without two that are large enough there is no ratio."""
    subjects = tuple(
        replace(one, groups={"house": "red" if place < 3 else "blue"}) for place, one in enumerate(made.subjects)
    )
    (grouping, *_) = figures_object(figures(replace(made, subjects=subjects)))["galleries"][0]["groups"]
    blue, red = grouping["values"]
    assert (red["people"], red["fnir"], red["fpir"]) == (3, None, None)
    assert blue["fnir"]["trials"] > 0
    assert (grouping["fnir"], grouping["fpir"]) == (None, None)


def test_without_thresholds_it_is_null(made: Evaluation) -> None:
    """What the thresholds in use would say is null where there are none."""
    told = figures_object(figures(made))
    assert (told["thresholds"], told["galleries"][0]["goal"], told["galleries"][0]["of_1000"]) == (None, None, None)


def test_the_folder_has_the_files_of_its_table(made: Evaluation) -> None:
    """Each file of the table is written, and no other."""
    section = PAGE.split("\n## The folder of results\n")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))
    assert named == set(evaluation_files(judged(made, _from_elsewhere(made))))


def _from_elsewhere(made: Evaluation) -> Calibration:
    """Give thresholds that were measured on something else."""
    return calibrated(replace(made, data_set="others"))


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, float):
        yield value
