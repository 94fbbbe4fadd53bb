"""The command line as a process: exit codes, closed pipes, Ctrl-C and going on after it, a terminal's bar."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from terminal import Terminal

PROGRAM = Path(__file__).resolve().parent.parent / "support/drawn_program.py"
# Longer than any of these takes; a machine with much else to do is not a failure.
PATIENCE_SECONDS = 60


def start(*words: object, **variables: str) -> "subprocess.Popen[str]":
    """Start a command in a process of its own."""
    return subprocess.Popen(  # noqa: S603  (our own interpreter and program)
        [sys.executable, "-B", str(PROGRAM), *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Wait for a process; gives exit code, stdout and stderr."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out, err


def wait_for(there: Callable[[], bool]) -> None:
    """Wait until something is there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def photographed(school: Terminal, number: int) -> Path:
    """Draw so many photos of Ada into a folder of their own."""
    for place in range(number):
        school.photo(f"more/{place:03}.png", 1)
    return school.folder / "more"


def test_exit_codes_reach_the_shell(school: Terminal) -> None:
    """What a process ends with is what is promised: done, misuse, no library, refused."""
    commands: Mapping[int, tuple[object, ...]] = {
        0: ("people",),
        2: ("people", "--nothing"),
        10: ("people", "--library", school.folder),
        20: ("photos", "Ben Carter", "--reason", "r"),
    }
    running = {code: start(*words) for code, words in commands.items()}
    assert {code: finish(process)[0] for code, process in running.items()} == {code: code for code in commands}


def test_the_module_is_the_command() -> None:
    """`python -m countenance` is the same program as `countenance`."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "countenance", "--version"], check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("countenance ")


@pytest.mark.parametrize("command", [("people", "--json"), ("--help",)])
def test_a_closed_pipe_is_no_traceback(command: Sequence[str], school: Terminal) -> None:
    """A reader that has read enough (`| head`) leaves no traceback and no message behind."""
    assert school.library.exists()
    process = start(*command)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(PATIENCE_SECONDS), said) == (1, "")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_index_is_interrupted_and_goes_on(workers: str, school: Terminal) -> None:
    """R43: Ctrl-C ends index with 130, one line and no traceback; the next run does the rest, and nothing twice."""
    folder = photographed(school, 24)
    looking = school.folder / "looking"
    process = start("index", folder, "--workers", workers, DRAWN_SECONDS="0.1", DRAWN_MARK=str(looking))
    wait_for(looking.exists)
    process.send_signal(signal.SIGINT)
    code, out, err = finish(process)
    assert (code, out) == (130, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("countenance: Interrupted. What was finished is kept")
    rest = school.do("index", folder)
    assert rest["indexed"] + rest["unchanged"] == 24
    assert school.do("index", folder)["unchanged"] == 24
    assert len(school.do("photos", "Ada Byron", "--for-person")["photos"]) == 26
    assert school.do("verify")["ok"]


def test_impatience_changes_nothing(school: Terminal) -> None:
    """Ctrl-C again and again ends index with 130 as well, and without a traceback."""
    folder = photographed(school, 24)
    looking = school.folder / "looking"
    process = start("index", folder, "--workers", "2", DRAWN_SECONDS="0.4", DRAWN_MARK=str(looking))
    wait_for(looking.exists)
    for _ in range(4):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    code, _, err = finish(process)
    assert code == 130
    assert "Traceback" not in err
    assert school.do("index", folder)["photos"] == 24


def test_workers_end_with_the_one_who_started_them(school: Terminal) -> None:
    """R39: when index is killed its workers end, too, and what they had in memory with them; the next run goes on."""
    folder = photographed(school, 24)
    looking = school.folder / "looking"
    process = start("index", folder, "--workers", "2", DRAWN_SECONDS="0.2", DRAWN_MARK=str(looking))
    wait_for(looking.exists)
    process.kill()
    finish(process)  # returns when nobody holds its pipes any more: the workers have them, too
    rest = school.do("index", folder)
    assert rest["indexed"] + rest["unchanged"] == 24
    assert school.do("verify")["ok"]


def test_what_was_finished_before_an_interrupt_is_kept(school: Terminal) -> None:
    """R43: photos that were looked at before Ctrl-C are not looked at again."""
    folder = photographed(school, 48)
    process = start("index", folder, "--workers", "1", DRAWN_SECONDS="0.05")
    wait_for(lambda: school.do("ledger", "show")["entries"][-1]["body"].get("photos") == 24)
    process.send_signal(signal.SIGINT)
    assert finish(process)[0] == 130
    assert school.do("index", folder)["unchanged"] >= 24


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows")
def test_a_terminal_shows_a_bar_with_rate_and_time_left(school: Terminal) -> None:
    """On a terminal a bar shows how many photos are done, how fast, and how long it will take; then it goes away."""
    import pty  # noqa: PLC0415  (there is none on Windows)

    folder = photographed(school, 12)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and program)
        [sys.executable, "-B", str(PROGRAM), "index", str(folder), "--workers", "1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        env={**os.environ, "DRAWN_SECONDS": "0.1", "COLUMNS": "80", "TERM": "xterm", "NO_COLOR": "1"},
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert out.startswith("12 photos: 12 looked at")
    assert b" of 12" in seen
    assert b"a second" in seen
    assert b" left" in seen
