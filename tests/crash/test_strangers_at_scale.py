"""R13: a thousand photos of strangers, indexed by a process that is killed halfway, leave no template anywhere."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from countenance.faces import Box
from countenance.vision import StubVision
from template_traces import files_below, traces

PROGRAM: Final = (sys.executable, "-B", str(Path(__file__).resolve().parents[1] / "support/drawn_program.py"))
PHOTOS: Final = 1000
ADA: Final = 1
# Each stranger comes back in some fifty photos: enough that one that was kept once is kept somewhere.
STRANGERS: Final = tuple(range(100, 140))
SIDE: Final = 48
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108  (looked through, never written to)
PATIENCE_SECONDS: Final = 240


class Village:
    """A home, a folder for temporary files, one to work in, and a thousand photos."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = tuple(folder / name for name in ("library", "home", "temporary", "desk"))
        self._shared_before = set(files_below([SHARED_MEMORY]))
        for place in (*self.places[1:], folder / "photos"):
            place.mkdir()

    @property
    def searched(self) -> list[Path]:
        """Everywhere where something could have been left: the logs are in the desk."""
        return [*self.places, *(set(files_below([SHARED_MEMORY])) - self._shared_before)]

    def start(self, *words: object, slowly: float = 0) -> "subprocess.Popen[bytes]":
        """Start a command that may leave a core file of any size where it works; what it says is a log there."""
        with (self.folder / "desk/log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  (our own interpreter and program)
                ["/bin/sh", "-c", 'ulimit -c unlimited; exec "$0" "$@"', *PROGRAM, *map(str, words), "--json"],
                cwd=self.folder / "desk",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                env={
                    **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
                    "HOME": str(self.folder / "home"),
                    "XDG_DATA_HOME": str(self.folder / "home/data"),
                    "XDG_CACHE_HOME": str(self.folder / "home/cache"),
                    "TMPDIR": str(self.folder / "temporary"),
                    "COUNTENANCE_LIBRARY": str(self.folder / "library"),
                    "COUNTENANCE_ACCOUNT": "m.holt",
                    "DRAWN_SECONDS": str(slowly),
                },
            )

    def do(self, *words: object) -> dict[str, object]:
        """Run a command to its end, and give its result."""
        out, _ = self.start(*words).communicate(timeout=PATIENCE_SECONDS)
        done: dict[str, object] = json.loads(out)
        return done

    def indexed(self) -> int:
        """Count the photos that are kept, behind the door: asking the library would hold it up."""
        with closing(sqlite3.connect(f"file:{self.folder}/library/library.db?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM photos").fetchone()[0])

    def draw(self, name: str, *identities: int, height: int = SIDE + 20, side: int = SIDE) -> Path:
        """Draw a photo of these people."""
        patches = [(Box(6 + place * (side + 8), 8, side, side), one) for place, one in enumerate(identities)]
        path = self.folder / name
        Image.fromarray(StubVision.draw((12 + len(patches) * (side + 8), height), patches)).save(path, compress_level=1)
        return path


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """Give a village where Ada is enrolled and nobody else, with a thousand photos of everybody."""
    village = Village(tmp_path_factory.mktemp("village"))
    library, school = village.folder / "library", ("--controller", "Hill School", "--contact", "office@hill.example")
    assert "error" not in village.do("init", library, *school, "--staff-search")
    form = village.folder / "form.pdf"
    form.write_bytes(b"%PDF-1.4\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    portrait = village.draw("portrait.png", ADA, side=120, height=160)
    purposes = [word for purpose in ("find-me", "be-found", "be-shown") for word in ("--purpose", purpose)]
    assert "error" not in village.do("enrol", "Ada Moss", "--photo", portrait, "--release", form, *purposes)
    for number in range(PHOTOS):
        first, second = STRANGERS[number % len(STRANGERS)], STRANGERS[(number * 7 + 3) % len(STRANGERS)]
        people = (first, ADA) if number % 5 == 0 else (first, second)
        village.draw(f"photos/{number:04}.png", *people, height=SIDE + 20 + number // len(STRANGERS))
    return village


def until(there: Iterator[bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not next(there):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def halfway(village: Village) -> Iterator[bool]:
    """Tell, again and again, whether half of the photos are kept."""
    while True:
        yield village.indexed() >= PHOTOS // 2


def test_nothing_of_a_stranger_is_left_when_indexing_is_killed_halfway(village: Village) -> None:
    """R13, R39: kill -9 with 500 of 1,000 photos kept, then the rest, a search and a publication: no stranger's vector.

    Looked for in the library's folder with its log, the temporary folder, home and caches, the folder that was worked
    in with logs and core files, and shared memory; as f32, f64, f16 and int8, raw, in hexadecimal and in base64.
    """
    process = village.start("index", village.folder / "photos", "--workers", "2")
    until(halfway(village))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = village.indexed()
    assert PHOTOS // 2 <= kept < PHOTOS, "it was killed too late"
    assert traces(village.searched, STRANGERS) == []

    rest = village.do("index", village.folder / "photos", "--workers", "2")
    assert (rest["photos"], rest["unchanged"]) == (PHOTOS, kept)
    probe = village.draw("probe.png", STRANGERS[0], side=120, height=160)
    assert village.do("search", probe, "--reason", "a coat was found")["answers"] == []
    village.do("publish", village.folder / "photos/0000.png", "--to", village.folder / "desk/out")
    assert len(village.do("photos", "Ada Moss", "--for-person")["photos"]) == PHOTOS // 5  # type: ignore[arg-type]  # a list
    assert traces(village.searched, STRANGERS) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of another process are read from /proc")
def test_a_process_that_dies_leaves_no_core_file(village: Village) -> None:
    """R13: no process that looks at photos can leave its memory in a core file, whatever the shell allows."""
    process = village.start("index", village.folder / "photos", "--workers", "2", "--again", slowly=0.05)
    until(len(_family(process.pid)) >= 3 for _ in count())
    family = _family(process.pid)
    limits = [Path(f"/proc/{one}/limits").read_text(encoding="ascii") for one in family]
    os.killpg(process.pid, signal.SIGABRT)
    process.communicate()
    said = [line.split()[4] for text in limits for line in text.splitlines() if line.startswith("Max core file size")]
    assert said == ["0"] * len(family)
    assert traces(village.searched, STRANGERS) == []


def _family(pid: int) -> list[int]:
    """Give a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *map(int, children)]
