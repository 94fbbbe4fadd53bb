"""A nursery of processes that can be killed at any moment: each does one deed after the other, and says what it did."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import pytest

SUPPORT: Final = Path(__file__).resolve().parent
ENDING_SECONDS: Final = 60.0

# Loads everything once, then forks a worker for each line that it reads, tells its number, and waits until it is dead.
# A worker does one deed after the other and says after each what it was: what it said is acknowledged.
BEGINNING: Final = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from countenance.consent import Purpose
from countenance.stores import _migrate
from library_desk import Desk, make_sql, open_sql

def say(*words):
    # One write, so that no line is cut off or mixed with another's.
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())
"""
END: Final = """
for line in sys.stdin:
    what, folder, run = line.rstrip().split("\\t")
    child = os.fork()
    if child == 0:
        globals()[what](Path(folder), run)
        os._exit(0)
    say("child", child)
    os.waitpid(child, 0)
    say("dead", run)
"""


class Nursery:
    """Workers that can be killed; `deeds` is the source of the functions that they run, each of a folder and a run."""

    def __init__(self, deeds: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", BEGINNING + deeds + END, str(SUPPORT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=ENDING_SECONDS)

    def ended(self, what: str, folder: Path, run: str) -> list[list[str]]:
        """Let a worker work until it ends, or kills itself, and give what it said."""
        self._sent(what, folder, run)
        return [words for words in iter(self._heard, ["dead", run]) if words[0] != "child"]

    def killed(self, what: str, folder: Path, run: str, after_seconds: float) -> list[list[str]]:
        """Let a worker work, kill it so long after it has begun, and give what it said."""
        self._sent(what, folder, run)
        said: list[list[str]] = []
        child = 0
        while ["begun"] not in said or not child:
            words = self._heard()
            if words[0] == "child":
                child = int(words[1])
            else:
                said.append(words)
        time.sleep(after_seconds)
        with suppress(ProcessLookupError):  # it has done its work already
            os.kill(child, signal.SIGKILL)
        while (words := self._heard()) != ["dead", run]:
            said.append(words)
        return said

    def _sent(self, what: str, folder: Path, run: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\t{folder}\t{run}\n")
        self._process.stdin.flush()

    def _heard(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery has ended"
        return line.split()


def workers(deeds: str) -> Iterator[Nursery]:
    """Give workers, for a fixture to yield from; the test is skipped where nothing can be killed so."""
    if not hasattr(os, "fork"):
        pytest.skip("there is no kill -9 here")
    with Nursery(deeds) as started:
        yield started
