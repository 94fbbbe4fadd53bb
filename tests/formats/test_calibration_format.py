"""R36: `calibration.json` is written and read as `docs/formats/evaluation.md` promises, to the byte."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import EvaluationInvalid
from countenance.faces import Calibration, Rung, Score, Threshold
from countenance.seals import canonical

FOLDER = Path(__file__).resolve().parent
GOLDEN = (FOLDER / "golden/calibration-1.json").read_bytes()
PAGE = (FOLDER.parents[1] / "docs/formats/evaluation.md").read_text(encoding="utf-8")


def _threshold(score: float, fpir: float, fnir: float) -> Threshold:
    return Threshold(Score(score), "drawn/1", fpir, fnir, gallery_size=100, searches=3000, data_set="drawn faces")


FIRST = Calibration(
    "drawn/1",
    "drawn faces",
    tuple(
        Rung(people, px, _threshold(score, 0.0005, 0.0625), _threshold(score + 0.125, 0.0, 0.25))
        for people, px, score in ((10, 32, 0.5), (10, 48, 0.375), (100, 32, 0.625), (100, 48, 0.5))
    ),
)


def test_the_bytes_of_version_1_are_for_good() -> None:
    """The golden bytes are read, and are what is written."""
    assert Calibration.from_json(GOLDEN) == FIRST
    assert FIRST.to_json() == GOLDEN


def test_the_page_lists_every_field_and_no_other() -> None:
    """The tables of the page name the fields of the calibration, of a rung and of a threshold."""
    section = PAGE.split("\n## calibration.json\n")[1].split("\n## ")[0]
    named = {
        cell for row in section.splitlines() if row.startswith("| `") for cell in row.split("|")[1].split("`")[1::2]
    }
    told = json.loads(GOLDEN)
    assert named == {*told, *told["rungs"][0], *told["rungs"][0]["search"]}


_scores = st.floats(-1, 1.001, allow_nan=False)
_shares = st.floats(0, 1)


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    """Draw a calibration with up to three steps and three classes of face size."""
    steps = draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=3))
    sizes = draw(st.sets(st.integers(1, 400), min_size=1, max_size=3))
    model, data_set = draw(st.text(min_size=1).filter(str.strip)), draw(st.text(min_size=1).filter(str.strip))

    def threshold(score: float) -> Threshold:
        counts = draw(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)))
        return Threshold(Score(score), model, draw(_shares), draw(_shares), *counts, data_set)

    def rung(people: int, px: int) -> Rung:
        lower, higher = sorted((draw(_scores), draw(_scores)))
        return Rung(people, px, threshold(lower), threshold(higher))

    return Calibration(model, data_set, tuple(rung(people, px) for people in sorted(steps) for px in sorted(sizes)))


@given(calibrations())
def test_what_is_written_is_read_back(calibration: Calibration) -> None:
    """Every calibration survives being written and read, and gives the same bytes again."""
    again = Calibration.from_json(calibration.to_json())
    assert again == calibration
    assert again.to_json() == calibration.to_json()


def _without(told: dict[str, Any], *path: str | int) -> None:
    for step in path[:-1]:
        told = told[step]  # type: ignore[index]  # a path through lists and objects
    del told[path[-1]]  # type: ignore[arg-type]


def _with(value: object, *path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(told: Any) -> None:  # noqa: ANN401 - any JSON
        for step in path[:-1]:
            told = told[step]
        told[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _with("urn:countenance:calibration:2", "schema"),
        _with("", "model"),
        _with(7, "data_set"),
        _with([], "rungs"),
        _with({}, "rungs"),
        _with(None, "rungs", 0),
        _with("more", "note"),
        _with(1, "rungs", 0, "note"),
        _with(True, "rungs", 0, "people"),  # noqa: FBT003 - a JSON value
        _with(0, "rungs", 0, "people"),
        _with(32.5, "rungs", 0, "from_px"),
        _with(33, "rungs", 0, "from_px"),
        _with("0.5", "rungs", 0, "search", "score"),
        _with(False, "rungs", 0, "search", "score"),  # noqa: FBT003 - a JSON value
        _with(1.5, "rungs", 0, "search", "fpir"),
        _with(-0.5, "rungs", 0, "show", "fnir"),
        _with(0, "rungs", 0, "show", "searches"),
        _with(0.25, "rungs", 0, "show", "score"),
        lambda told: _without(told, "model"),
        lambda told: _without(told, "rungs", 1),
        lambda told: _without(told, "rungs", 1, "show"),
        lambda told: _without(told, "rungs", 1, "show", "searches"),
    ],
)
def test_a_wrong_field_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    """R36: a field that is missing, unknown or wrong makes no calibration, and the error says what to do."""
    told = copy.deepcopy(json.loads(GOLDEN))
    change(told)
    with pytest.raises(EvaluationInvalid) as refused:
        Calibration.from_json(canonical(told))
    assert "countenance calibrate" in refused.value.remedy


@pytest.mark.parametrize("data", [b"", b"{", b"[]", GOLDEN + b"\n", b"\xff", GOLDEN.replace(b",", b", ", 1)])
def test_other_bytes_are_no_calibration(data: bytes) -> None:
    """What is not canonical JSON of that shape is refused."""
    with pytest.raises(EvaluationInvalid):
        Calibration.from_json(data)
