"""`evaluate` at the door: drawn people are measured, results go into a new folder, and come out of the scores again."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from countenance.faces import Calibration
from countenance.library import evaluate_again
from countenance.measures import calibrated, evaluation_to_lines
from countenance.ports import Vision
from countenance.vision import StubVision
from drawn_scores import drawn
from terminal import Terminal, Told

QUICK = ("--sizes", "64", "--blends", "2")
FILES = {"scores.jsonl", "thresholds.json", "evaluation.json", "report.html"}


def eyes(threads: int) -> Callable[[], Vision]:  # noqa: ARG001 - as the real ones are made
    """Give eyes for drawn patches."""
    return StubVision


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Give a terminal beside the photos of four people: by name, one without a label, one broken; with groups."""
    terminal = Terminal(tmp_path_factory.mktemp("school"))
    for identity, name in enumerate(("ada", "ben", "cleo", "dora"), start=1):
        for photo in ("a", "b"):
            terminal.photo(f"photos/{name}_{photo}.png", identity)
    terminal.photo("photos/nobody.png", 77)
    (terminal.folder / "photos/ben_c.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    (terminal.folder / "photos/people.csv").write_text("person,group\nada,x\nben,x\ncleo,y\nzoe,y\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("countenance.library._evaluating.measuring_vision", eyes)
        patch.setenv("COUNTENANCE_LIBRARY", str(terminal.folder / "no-library"))
        yield terminal


@pytest.fixture(scope="module")
def told(school: Terminal) -> Told:
    """Give what measuring says, and leave the results in `results`."""
    return school.run("evaluate", school.folder / "photos", *QUICK, "--to", school.folder / "results", COLUMNS="80")


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """Give stored scores of enough searches for thresholds."""
    path = tmp_path / "stored" / "scores.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"".join(evaluation_to_lines(drawn(20, searches=100, seed=1))))
    return path


def test_measuring_is_told_in_plain_words(school: Terminal, told: Told) -> None:
    """R35, R38: both rates in natural frequencies, a table by face size, within 80 columns; photos stay."""
    assert told.code == 3, told.err
    said = " ".join(told.out.split())
    assert "Of 1,000 searches for people who are not in the library, at most" in said
    assert "none named anybody" in said
    assert "Of 1,000 searches for people who are in it, at most" in said
    assert "as they are" in told.out
    assert "64 pixels, worn" in told.out
    assert "too few to say" in said
    assert max(map(len, told.out.splitlines())) <= max(80, len(str(school.folder / "photos/ben_c.png")) + 2)
    assert str(school.folder / "results") in told.out
    assert not (school.folder / "no-library").exists()
    assert len(list((school.folder / "photos").iterdir())) == 11


def test_photos_that_could_not_be_read_are_named(school: Terminal, told: Told) -> None:
    """R43: exit code 3, the file by its path; what was passed over is said; none of it is in the results."""
    assert str(school.folder / "photos/ben_c.png") in told.out
    assert "nobody.png" in told.out
    assert "zoe" in told.out
    for file in (school.folder / "results").iterdir():
        text = file.read_text(encoding="utf-8")
        assert not [name for name in ("ben_c", "nobody.png", "zoe", "dora", str(school.folder)) if name in text], file


def test_the_folder_of_results(school: Terminal, told: Told) -> None:
    """R35: scores, the thresholds they were judged by, figures and a page; with too few searches no calibration."""
    assert "No thresholds come out of this" in told.out
    results = school.folder / "results"
    assert {file.name for file in results.iterdir()} == FILES
    assert Calibration.from_json((results / "thresholds.json").read_bytes()) == StubVision().calibration
    figures = json.loads((results / "evaluation.json").read_text(encoding="utf-8"))
    assert figures["people"] == 4
    assert figures["photos"]["unreadable"] == 1
    (gallery,) = [one for one in figures["galleries"] if one["gallery"] == "one"]
    (plain,) = [row for row in gallery["rows"] if row["wear"] == "as-taken"]
    assert [point["fnir"]["errors"] for point in plain["points"]] == [0] * len(plain["points"])


def test_the_same_photos_give_the_same_bytes(school: Terminal, told: Told) -> None:
    """R35: measured again, and computed anew from the stored scores, every file is the same to the byte."""
    assert told.code == 3
    results = school.folder / "results"
    again, anew = school.folder / "again", school.folder / "anew"
    assert school.run("evaluate", school.folder / "photos", *QUICK, "--to", again).code == 3
    assert school.run("evaluate", "--from", results, "--to", anew).code == 0
    for folder in (again, anew):
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
            file.name: file.read_bytes() for file in results.iterdir()
        }


def test_stored_scores_give_thresholds(tmp_path: Path, scores: Path, terminal: Terminal) -> None:
    """R36: with enough searches the calibration is written; from a folder or its file, with a word about its use."""
    told = terminal.run("evaluate", "--from", scores, "--to", tmp_path / "out", COLUMNS="80")
    assert told.code == 0, told.err
    assert "countenance calibrate" in told.out
    assert {file.name for file in (tmp_path / "out").iterdir()} == (FILES | {"calibration.json"}) - {"thresholds.json"}
    made = calibrated(drawn(20, searches=100, seed=1))
    assert (tmp_path / "out/calibration.json").read_bytes() == made.to_json()
    assert terminal.do("evaluate", "--from", scores.parent) == terminal.do("evaluate", "--from", scores)


def test_scripts_get_rates_and_no_score_of_anybody(terminal: Terminal, scores: Path) -> None:
    """R23, R35: the figures as JSON have rates, counts and thresholds; no single comparison, no pseudonym."""
    told = terminal.do("evaluate", "--from", scores)
    text = json.dumps(told["figures"])
    made = evaluate_again(scores).evaluation
    singles = {repr(score) for search in made.searches for score in (search.own, *search.others[1:])}
    assert len(singles) > 1000
    assert not singles & set(map(repr, _numbers(told["figures"])))
    assert '"p001"' not in text
    assert '"s-p' not in text


def _numbers(value: Any) -> Iterator[float]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, float):
        yield value


def test_nothing_is_written_over(terminal: Terminal, scores: Path, tmp_path: Path) -> None:
    """R19: a folder with anything in it, a file and a link are refused before anything is measured; exit 2."""
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for to in (taken, tmp_path / "file", tmp_path / "link", scores.parent):
        told = terminal.run("evaluate", tmp_path / "no-photos", "--to", to)
        assert told.code == 2
        assert "already" in told.err
    assert [file.name for file in taken.iterdir()] == ["mine.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert terminal.run("evaluate", "--from", scores, "--to", empty).code == 0
    assert len(list(empty.iterdir())) == 4


def test_a_disk_that_refuses_leaves_nothing(
    terminal: Terminal, scores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R40: results are written whole or not at all."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    told = terminal.run("evaluate", "--from", scores, "--to", tmp_path / "out")
    assert told.code == 1
    assert "No space left" in told.err
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == []


def test_ctrl_c_leaves_nothing(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """R43: interrupted while it measures, it ends with 130 and writes nothing."""

    def interrupted(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("countenance.library._evaluating.evaluate", interrupted)
    told = school.run("evaluate", school.folder / "photos", "--to", school.folder / "stopped")
    assert told.code == 130
    assert told.err.strip() == "countenance: Interrupted. Nothing was written."
    assert not [path for path in school.folder.iterdir() if "stopped" in path.name]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "either a folder of photos, or stored scores"),
        (("photos", "--from", "results"), 2, "either a folder of photos, or stored scores"),
        (("--from", "results", "--people", "5"), 2, "either a folder of photos, or stored scores"),
        (("photos", "--sizes", "64,big"), 2, "write them like 64,48,32"),
        (("photos", "--gallery", "two"), 2, "one"),
        (("photos", "--references", "x*"), 1, "nobody has a photo that matches x*"),
        (("nowhere",), 1, "is not a folder"),
        (("--from", "nowhere"), 1, "cannot be read"),
        (("--from", "photos/nobody.png"), 1, "measure anew"),
        (("http://a.example/photos",), 2, "nothing is ever fetched"),
        (("photos", "--people", "-1"), 2, "cannot be less than nothing"),
    ],
)
def test_what_cannot_be_measured_is_said(
    school: Terminal, words: tuple[str, ...], code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R35: each mistake has its sentence and its exit code, and nothing is written."""
    monkeypatch.chdir(school.folder)
    told = school.run("evaluate", *words)
    assert told.code == code, told.err
    assert said in " ".join(told.err.split())


def test_galleries_are_those_that_the_photos_allow(school: Terminal) -> None:
    """R35: with three photos of somebody both galleries are measured, unless one is asked for."""
    school.photo("three/ada_a.png", 1)
    school.photo("three/ada_b.png", 1)
    school.photo("three/ben_a.png", 2)
    quick = ("--sizes", "none", "--blends", "0")
    few = school.do("evaluate", school.folder / "three", *quick)
    assert [one["gallery"] for one in few["figures"]["galleries"]] == ["one"]
    school.photo("three/ada_c.png", 1)
    both = school.do("evaluate", school.folder / "three", *quick)
    assert [one["gallery"] for one in both["figures"]["galleries"]] == ["one", "several"]
    chosen = school.do("evaluate", school.folder / "three", *quick, "--gallery", "several")
    assert [one["gallery"] for one in chosen["figures"]["galleries"]] == ["several"]
    by_pattern = school.do("evaluate", school.folder / "three", *quick, "--references", "[ab]")
    assert [one["gallery"] for one in by_pattern["figures"]["galleries"]] == ["one", "several"]
