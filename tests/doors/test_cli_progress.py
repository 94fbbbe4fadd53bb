"""How far a long piece of work is: the lines that are said where there is no terminal, and where they go."""

from pathlib import Path

import pytest

from countenance.cli._boxes import places
from countenance.cli._progress import Lines, spell_rate, spell_time
from countenance.ports import Step
from terminal import Terminal


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        """Begin at an odd hour."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_lines_are_few_and_say_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    """A line every five seconds, however many photos; with how many failed, how fast it goes, how long it will take."""
    clock = Clock()
    lines = Lines(clock)
    for done in range(1, 121):
        clock.now += 0.1
        lines.show(Step(done, 600, done // 50, Path("a.jpg")))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "50 of 600 photos, 1 could not be read, 10 a second, about 55 s left",
        "100 of 600 photos, 2 could not be read, 10 a second, about 50 s left",
    ]


def test_work_that_begins_anew_has_a_pace_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """When earlier photos are looked at again the count starts again, and so does the rate."""
    clock = Clock()
    lines = Lines(clock)
    lines.show(Step(500, 500, 0, Path("a.jpg")))
    for done in range(1, 4):
        clock.now += 4
        lines.show(Step(done, 10, 0, Path("a.jpg")))
    assert capsys.readouterr().err.splitlines()[-1] == "2 of 10 photos, 0.2 a second, about 32 s left"


def test_short_work_says_nothing(school: Terminal) -> None:
    """What is done within seconds has no progress lines."""
    assert school.run("index", school.folder / "photos", "--again").err == ""


def test_lines_go_to_stderr_and_results_to_stdout(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is on stderr alone: with --json stdout is one JSON object and nothing else."""
    monkeypatch.setattr("countenance.cli._progress.LINE_SECONDS", 0.0)
    told = school.run("index", school.folder / "photos", "--again", "--json")
    published = school.run("publish", school.folder / "photos", "--to", school.folder / "out", "--json")
    assert told.json["indexed"] == 3
    assert told.err.splitlines()[-1].startswith("3 of 3 photos")
    assert len(published.json["published"]) == 3
    assert " of 3 photos" in published.err


@pytest.mark.parametrize(
    ("seconds", "spelt"), [(0, "about 1 s"), (59, "about 59 s"), (90, "about 2 min"), (5400, "about 1.5 h")]
)
def test_times_are_rough(seconds: float, spelt: str) -> None:
    """A time left is an estimate and reads like one."""
    assert spell_time(seconds) == spelt


def test_rates_are_rough() -> None:
    """A rate has two digits at most."""
    assert [spell_rate(rate) for rate in (0.24, 9.96, 12.6)] == ["0.2 a second", "10 a second", "13 a second"]


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ([(0, 0, 50, 50), (400, 0, 50, 50)], ["left", "right"]),
        ([(400, 0, 50, 50), (0, 0, 50, 50), (200, 5, 50, 50)], ["right", "left", "middle"]),
        ([(0, 0, 50, 50), (0, 300, 50, 50)], ["top", "bottom"]),
        ([(0, 0, 50, 50), (300, 300, 50, 50)], ["left, top", "right, bottom"]),
        ([(10, 10, 50, 50)], [""]),
    ],
)
def test_places_in_words(boxes: list[tuple[int, int, int, int]], words: list[str]) -> None:
    """Where a face is, seen from the others: left or right, top or bottom, and nothing where it makes no difference."""
    assert places(boxes) == words
