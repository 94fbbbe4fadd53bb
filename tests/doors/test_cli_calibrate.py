"""`calibrate` at the door: measured thresholds come into force, in words that say what changes; or are refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from countenance.faces import Calibration, Score
from countenance.library import Asks, asked, promised
from countenance.measures import calibrated, evaluation_to_lines
from countenance.vision import StubVision
from drawn_scores import drawn
from terminal import Terminal

SHIPPED = StubVision.ladder()
STRICT, LAX = (100, 0.95, 0.97), (100, 0.7, 0.75)


@pytest.fixture
def measured(school: Terminal) -> Callable[..., Path]:
    """Give a way to write down thresholds that were measured on photos of ours."""
    number = count()

    def write(*steps: tuple[int, float, float], model: str = "stub-embedder/1") -> Path:
        path = school.folder / f"measured-{next(number)}" / "calibration.json"
        path.parent.mkdir()
        path.write_bytes(StubVision.ladder(*steps, model=model, data_set="our portraits").to_json())
        return path

    return write


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """Give a folder of an evaluation with the model that the school uses."""
    folder = tmp_path / "measured"
    folder.mkdir()
    made = replace(drawn(20, searches=310, seed=1), model="stub-embedder/1", data_set="our portraits")
    (folder / "scores.jsonl").write_bytes(b"".join(evaluation_to_lines(made)))
    return folder


def test_stricter_thresholds_come_into_force(school: Terminal, measured: Callable[..., Path]) -> None:
    """R36: they decide from now on, photos are matched anew, and it is said in words that more is asked for."""
    told = school.run("calibrate", measured(STRICT))
    assert told.code == 0, told.err
    said = " ".join(told.out.split())
    assert "measured on our portraits are in force. 2 people are enrolled, and they hold for up to 100" in said
    assert "must be more alike from now on" in said
    assert "3 photos were matched anew: 3 possible matches" in said
    assert "at most 1 name someone wrongly" in said
    assert max(map(len, told.out.splitlines())) <= 80
    shown = school.do("calibrate")
    assert (shown["own"], shown["data_set"], shown["up_to"], shown["ok"]) == (True, "our portraits", 100, True)
    assert [entry["kind"] for entry in school.do("ledger", "show")["entries"]][-2:] == ["calibrated", "rescanned"]


def test_before_calibrating_it_is_said_what_is_in_use(school: Terminal) -> None:
    """R36: without an evaluation, or with --show, nothing changes and it is said which thresholds hold how far."""
    before = school.do("ledger", "show")["entries"]
    told = school.run("calibrate", "--show")
    assert told.code == 0
    assert "Those that come with stub-embedder/1, on drawn patches" in " ".join(told.out.split())
    assert school.run("calibrate").out == told.out
    assert school.do("calibrate")["own"] is False
    assert school.do("ledger", "show")["entries"] == before


def test_photos_can_wait(school: Terminal, measured: Callable[..., Path]) -> None:
    """R36: with --later the photos indexed before are left, and jobs does them."""
    told = school.do("calibrate", measured(STRICT), "--later")
    assert (told["behind"], told["rescanned"], told["asks_for"]) == (3, 0, "more")
    again = school.run("calibrate", measured(LAX), "--later")
    assert "3 photos wait to be matched anew" in again.out
    assert "may be less alike" in again.out
    assert school.do("jobs", "run")["rescanned"] == 3


def test_thresholds_come_out_of_stored_scores(school: Terminal, scores: Path) -> None:
    """R36: the folder, its scores and its calibration give the same; another FPIR gives others."""
    made = replace(drawn(20, searches=310, seed=1), model="stub-embedder/1", data_set="our portraits")
    by_folder = school.do("calibrate", scores)
    assert by_folder["sha256"] == calibrated(made).sha256
    assert school.do("calibrate", scores / "scores.jsonl")["asks_for"] == "same"
    file = scores / "calibration.json"
    file.write_bytes(calibrated(made).to_json())
    assert school.do("calibrate", file)["sha256"] == by_folder["sha256"]
    other = school.do("calibrate", scores, "--fpir", "0.01")
    assert other["sha256"] == calibrated(made, fpir=0.01).sha256 != by_folder["sha256"]
    assert other["asks_for"] == "same"  # both lie below the least that is used with this model
    assert school.run("calibrate", file, "--fpir", "0.01").code == 2


def test_too_few_searches_are_refused(school: Terminal, scores: Path) -> None:
    """R35: an FPIR that the searches cannot show is refused with the number that it takes; nothing is changed."""
    before = len(school.do("ledger", "show")["entries"])
    told = school.run("calibrate", scores, "--fpir", "0.0001")
    assert told.code == 1
    said = " ".join(told.err.split())
    assert "1,240 searches for people who are not there cannot show that at most 0.01 % of them name somebody" in said
    assert "that takes 29,956" in said
    few = replace(drawn(20, searches=20, seed=1), model="stub-embedder/1")
    (scores / "scores.jsonl").write_bytes(b"".join(evaluation_to_lines(few)))
    assert "a threshold needs 100" in " ".join(school.run("calibrate", scores).err.split())
    assert len(school.do("ledger", "show")["entries"]) == before


def test_what_does_not_fit_is_refused(school: Terminal, measured: Callable[..., Path]) -> None:
    """R36: thresholds of another model or for fewer people, and what is no evaluation, change nothing."""
    for words, code, said in (
        ((measured(STRICT, model="other/1"),), 1, "measured with other/1"),
        ((measured((1, 0.9, 0.95)),), 1, "2 are enrolled now"),
        ((school.folder / "photos",), 1, "cannot be read"),
        ((school.folder / "photos/a.png",), 1, "measure anew"),
        ((measured(STRICT), "--show"), 2, "only be shown"),
        (("--later",), 2, "only be shown"),
        ((measured(STRICT), "--fpir", "0.02"), 2, "range"),
        ((school.folder, "--fpir", "0"), 2, "range"),
    ):
        told = school.run("calibrate", *words)
        assert told.code == code, words
        assert said in " ".join(told.err.split()), words
    assert school.do("calibrate")["own"] is False


def test_a_library_without_recognition_has_no_thresholds(terminal: Terminal, tmp_path: Path) -> None:
    """R12: where nobody is recognised there is nothing to be calibrated, and that is said."""
    terminal.make("--no-recognition")
    assert "recognises nobody" in terminal.run("calibrate").out
    (tmp_path / "calibration.json").write_bytes(SHIPPED.to_json())
    assert terminal.run("calibrate", tmp_path / "calibration.json").code == 1


def test_a_library_is_measured_by_its_own_thresholds(
    school: Terminal, measured: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R36: evaluate judges by the library's thresholds if it has its own of the model in use, else by the shipped."""
    monkeypatch.setattr("countenance.library._evaluating.measuring_vision", lambda _: StubVision)
    for identity, name in enumerate(("ada", "ben"), start=1):
        for photo in ("a", "b"):
            school.photo(f"known/{name}_{photo}.png", identity)
    quick = ("evaluate", school.folder / "known", "--sizes", "none", "--blends", "0")
    assert school.do(*quick)["figures"]["thresholds"]["data_set"] == "drawn patches"
    school.do("calibrate", measured(STRICT))
    assert school.do(*quick)["figures"]["thresholds"]["data_set"] == "our portraits"
    assert school.run(*quick, "--library", school.folder / "nowhere").code == 10
    elsewhere = school.do(*quick, COUNTENANCE_LIBRARY=str(school.folder / "nowhere"))
    assert elsewhere["figures"]["thresholds"]["data_set"] == "drawn patches"


def _classed(small: float, large: float) -> Calibration:
    made = StubVision.ladder((100, small, 0.99))
    (rung,) = made.rungs
    larger = replace(rung, from_px=64, search=replace(rung.search, score=Score(large)))
    return replace(made, rungs=(rung, larger))


@pytest.mark.parametrize(
    ("before", "after", "people", "asks"),
    [
        (SHIPPED, SHIPPED, 10, Asks.SAME),
        (_classed(0.8, 0.7), _classed(0.85, 0.7), 10, Asks.MORE),
        (_classed(0.8, 0.7), _classed(0.8, 0.6), 10, Asks.LESS),
        (_classed(0.8, 0.7), _classed(0.85, 0.6), 10, Asks.BOTH),
        (_classed(0.8, 0.7), StubVision.ladder((1000, 0.8, 0.9)), 111, Asks.ANEW),
        (_classed(0.8, 0.7), StubVision.ladder((1000, 0.8, 0.9)), 110, Asks.MORE),
    ],
)
def test_what_changes_is_said_by_face_size(before: Calibration, after: Calibration, people: int, asks: Asks) -> None:
    """R36: more, less, both or the same, for so many people; beyond what was measured there was nothing."""
    assert asked(before, after, people=people) is asks


def test_a_promise_is_what_the_worst_size_has_shown() -> None:
    """R38: the upper end of the exact interval of the worst class, of a thousand, rounded up."""
    made = _classed(0.8, 0.7)
    small, large = made.rungs
    assert promised(made, people=10) == 1
    worse = replace(large, search=replace(large.search, fpir=0.002, searches=1000))
    assert promised(replace(made, rungs=(small, worse)), people=10) == 8


def test_scripts_are_given_no_score(school: Terminal, measured: Callable[..., Path]) -> None:
    """R23: neither putting thresholds in force nor showing them tells a score."""
    text = json.dumps([school.do("calibrate", measured(STRICT)), school.do("calibrate")])
    assert "0.9" not in text
    assert "score" not in text
