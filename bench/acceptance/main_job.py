"""The main job on real photos, by the command line: what the first milestone promises, measured.

    ./run bench main_job

Needs ../shared (the London portraits stay there), or the folder that COUNTENANCE_SHARED names; says so and ends with 0
when it is not there. Writes bench/acceptance/results/main_job.json and exits with 1 if a promise does not hold.
"""

import argparse
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from countenance.keys import KeyFile
from countenance.library import Library

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("COUNTENANCE_SHARED", str(PROJECT.parent / "shared")))
RESULTS = Path(__file__).parent / "results" / "main_job.json"
# A true and a found box are of the same face when the middle of the one lies in the other.
PURPOSES = ("find-me", "be-found", "be-shown")
FOUND_SHARE = 0.98
MEMORY_GB = 1.2
NOT_VERIFIED = 21
FLIPS = 12

Truth = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class Run:
    """The library under test, with a home of its own, and what was measured."""

    work: Path
    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.work / "library"

    def call(self, *arguments: object, expect: Sequence[int] = (0,)) -> Any:  # noqa: ANN401  (any JSON)
        """Run `countenance --json` with these arguments; give what it prints."""
        environment = {**os.environ, "HOME": str(self.work / "home"), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}
        command = [sys.executable, "-m", "countenance", "--library", str(self.library), "--json"]
        done = subprocess.run(  # noqa: S603  (our own command line)
            [*command, *map(str, arguments)], capture_output=True, text=True, env=environment, check=False
        )
        if done.returncode not in expect:
            sys.exit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def promise(self, name: str, figure: object, *, holds: bool) -> None:
        """Write down a figure, and whether what was promised of it holds."""
        self.figures[name] = figure
        print(f"{'ok    ' if holds else 'BROKEN'}  {name}: {figure}", flush=True)
        if not holds:
            self.broken.append(name)

    def verify(self, after: str) -> None:
        """Both verifications pass."""
        both = self.call("verify")["ok"], self.call("ledger", "verify")["ok"]
        self.promise(f"verified after {after}", "library and ledger", holds=all(both))


def main() -> int:
    """Do the job from init to withdrawal; give 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=12, help="of the group photos and of the choice of people")
    parser.add_argument("--people", type=int, default=12, help="how many are enrolled")
    parser.add_argument("--photos", type=int, default=40, help="how many group photos")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    options = parser.parse_args()
    if not (SHARED / "data" / "london").is_dir():
        print(f"{SHARED}/data/london is not there: nothing was measured.")
        return 0
    work = options.keep or Path(tempfile.mkdtemp(prefix="main-job-"))
    try:
        run = Run(work.absolute())
        _job(run, options)
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"broken": run.broken, **run.figures}, indent=1) + "\n", encoding="utf-8")
    return 1 if run.broken else 0


def _job(run: Run, options: argparse.Namespace) -> None:
    photos, truth = _group_photos(run.work / "photos", options)
    everybody = sorted({path.name.split("_")[0] for path in (SHARED / "data/london").glob("*_neutral.jpg")})
    enrolled = sorted(random.Random(options.seed).sample(everybody, options.people))  # noqa: S311  (a draw, not a secret)
    run.call("init", run.library, "--controller", "Bench", "--contact", "bench@example.org", "--staff-search")
    for person in enrolled:
        _enrol(run, person)
    run.verify("enrolment")
    began = time.monotonic()
    indexed = run.call("index", photos)
    run.figures["seconds to index"] = round(time.monotonic() - began, 1)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    run.promise("peak memory of a process, GB", round(memory, 2), holds=memory < MEMORY_GB)
    run.promise("photos indexed", indexed["indexed"], holds=indexed["indexed"] == len(truth) and not indexed["failed"])
    run.verify("indexing")
    again = run.call("index", photos)
    run.promise("unchanged in a second run", again["unchanged"], holds=again["unchanged"] == len(truth))
    _appearances(run, enrolled, truth)
    _searches(run, enrolled, everybody)
    _late_opt_in(run, enrolled[0])
    _withdrawal(run, enrolled[1])
    _publication(run, photos, truth)
    _tampering(run)


def _group_photos(folder: Path, options: argparse.Namespace) -> tuple[Path, Truth]:
    if not (folder / "truth.json").is_file():
        subprocess.run(  # noqa: S603  (the house's own tool)
            [sys.executable, str(SHARED / "tools/make_crowd.py"), str(SHARED / "data/london"),
             str(SHARED / "data/strangers"), "--out", str(folder), "--photos", str(options.photos),
             "--seed", str(options.seed), "--face", "48-500"],
            check=True,
        )  # fmt: skip
    return folder, json.loads((folder / "truth.json").read_text())


def _enrol(run: Run, person: str, suffix: str = "") -> None:
    release = run.work / "releases" / f"{person}{suffix}.pdf"
    release.parent.mkdir(exist_ok=True)
    release.write_bytes(b"%PDF-1.4\n% signed by " + (person + suffix).encode() + b"\n%%EOF\n")
    purposes = [word for purpose in PURPOSES for word in ("--purpose", purpose)]
    portrait = SHARED / "data/london" / f"{person}_neutral.jpg"
    run.call("enrol", f"person {person}", "--photo", portrait, "--release", release, *purposes)


def _whereabouts(run: Run, person: str) -> list[tuple[str, list[int]]]:
    answer = run.call("photos", f"person {person}", "--for-person")
    return sorted((Path(one["photo"]).name, one["box"]) for one in answer["photos"])


def _appearances(run: Run, enrolled: Sequence[str], truth: Truth) -> None:
    """Each true appearance is found, and each one found is true."""
    wanted = {(name, face["person"]): face["box"] for name, faces in truth.items() for face in faces}
    due = {key: box for key, box in wanted.items() if key[1] in enrolled}
    found = {(name, person): box for person in enrolled for name, box in _whereabouts(run, person)}
    hits = [key for key, box in found.items() if key in due and _same_face(box, due[key])]
    run.figures["true appearances"] = len(due)
    run.promise("found, share", round(len(hits) / len(due), 4), holds=len(hits) >= FOUND_SHARE * len(due))
    run.promise("false appearances", len(found) - len(hits), holds=len(found) == len(hits))


def _same_face(box: Sequence[float], other: Sequence[float]) -> bool:
    middle = box[0] + box[2] / 2, box[1] + box[3] / 2
    return other[0] <= middle[0] <= other[0] + other[2] and other[1] <= middle[1] <= other[1] + other[3]


def _search(run: Run, probe: Path) -> list[str]:
    answer = run.call("search", probe, "--reason", "a measurement")
    return [one["name"] for one in answer["answers"]]


def _search_many(run: Run, probes: Sequence[Path]) -> dict[str, list[str]]:
    """Search in this process, which is quicker for many: give who was named for each probe."""
    (key,) = (run.work / "home").rglob("*.key")
    with Library.open(run.library, key=KeyFile(key), mirror=key.parent.parent / "mirrors", account="bench") as library:
        answers = {probe: library.search(probe, reason="a measurement") for probe in probes}
    return {probe.name: [one.name for one in given.answers] for probe, given in answers.items()}


def _searches(run: Run, enrolled: Sequence[str], everybody: Sequence[str]) -> None:
    """Smiling portraits name their person; everybody else names nobody."""
    london = SHARED / "data/london"
    right = [person for person in enrolled if _search(run, london / f"{person}_smiling.jpg") == [f"person {person}"]]
    run.promise(
        "right person by smiling portrait", f"{len(right)} of {len(enrolled)}", holds=len(right) == len(enrolled)
    )
    others = [london / f"{person}_{face}.jpg" for person in everybody for face in ("neutral", "smiling")]
    others = [path for path in others if path.name.split("_")[0] not in enrolled]
    composites = sorted((SHARED / "data/strangers").glob("*.jpg"))
    answers = _search_many(run, [*others, *composites])
    named = [name for name, people in answers.items() if people]
    run.promise(f"strangers named, of {len(answers)} searches", len(named), holds=not named)
    run.verify("searches")


def _late_opt_in(run: Run, person: str) -> None:
    """Withdraw and enrol anew after indexing: the same photos and boxes as before."""
    before = _whereabouts(run, person)
    run.call("withdraw", f"person {person}")
    _enrol(run, person, suffix="-late")
    late = _whereabouts(run, person)
    run.promise("late opt-in: photos", f"{len(late)}, before {len(before)}", holds=late == before)
    run.verify("late opt-in")


def _withdrawal(run: Run, person: str) -> None:
    """After a withdrawal the search is silent, and neither sealed template nor key is in the folder's bytes."""
    planted = list(_secrets(run.library / "library.db"))
    gone = run.call("withdraw", f"person {person}")
    run.promise("wiped", gone["wiped"], holds=gone["wiped"] is True)
    run.promise("silent after withdrawal", "yes", holds=not _search(run, SHARED / f"data/london/{person}_smiling.jpg"))
    kept = list(_secrets(run.library / "library.db"))
    erased = [secret for secret in planted if secret not in kept]
    content = b"".join(path.read_bytes() for path in run.library.rglob("*") if path.is_file())
    left = sum(secret in content for secret in erased)
    run.promise(
        "erased secrets still in the folder's bytes", f"{left} of {len(erased)}", holds=not left and bool(erased)
    )
    run.figures["bytes scanned"] = len(content)
    run.verify("withdrawal")


def _secrets(database: Path) -> Iterator[bytes]:
    """Give every sealed template, enrolment crop and wrapped key in the database, as bytes."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table in {"refs", "crops", "keys"}:
                for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608  (three fixed names)
                    yield from (cell for cell in row if isinstance(cell, bytes) and len(cell) > 32)  # noqa: PLR2004
    finally:
        connection.close()


def _publication(run: Run, photos: Path, truth: Truth) -> None:
    some = sorted(truth)[:3]
    began = time.monotonic()
    done = run.call("publish", *(photos / name for name in some), "--to", run.work / "published", "--reviewed-by", "B")
    run.figures["seconds to publish a photo"] = round((time.monotonic() - began) / len(some), 1)
    faces = sum(len(truth[name]) for name in some)
    seen = sum(one["covered"] + one["shown"] for one in done["published"])
    run.promise("faces covered or shown, of present", f"{seen} of {faces}", holds=seen >= faces and not done["failed"])
    run.verify("publication")


def _tampering(run: Run) -> None:
    """Change one byte at several places of the database: both verifications notice."""
    database = run.library / "library.db"
    original = database.read_bytes()
    places = random.Random(1).sample(range(100, len(original)), FLIPS)  # noqa: S311  (a draw, not a secret)
    noticed = [0, 0]
    for place in places:
        changed = bytearray(original)
        changed[place] ^= 0x20
        database.write_bytes(changed)
        for which, command in enumerate((("verify",), ("ledger", "verify"))):
            answer = run.call(*command, expect=(0, 1, NOT_VERIFIED))
            noticed[which] += not answer.get("ok", False)
        database.write_bytes(original)
    run.promise(f"changed bytes noticed by verify, of {FLIPS}", noticed[0], holds=noticed[0] == FLIPS)
    run.promise(f"changed bytes noticed by ledger verify, of {FLIPS}", noticed[1], holds=noticed[1] == FLIPS)
    run.verify("putting the bytes back")


if __name__ == "__main__":
    sys.exit(main())
