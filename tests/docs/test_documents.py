"""What the documents for users say is what happens: every command in them is typed, and its output compared."""

import hashlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from PIL import Image

from countenance.cli import door
from countenance.consent import Policy
from countenance.demo import PLANS, lay_out
from countenance.demo._group_photos import Plan
from countenance.faces import Box, Calibration, Face, MissRate, Quality, Template
from countenance.ports import Look, Pixels, Vision
from countenance.vision import OnnxVision

PROJECT = Path(__file__).resolve().parent.parent.parent
DOCS = PROJECT / "docs"
FOLLOWED = (PROJECT / "README.md", DOCS / "tutorial.md")
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
LARGEST_PICTURE_BYTES = 400_000
FEWEST_COMMANDS = 8
# Two photos of half the size stand for the dozen, so that following a document takes seconds: nine people, and two.
PHOTOS_FOLLOWED = ("choir.jpg", "two-friends.jpg")
# Where the documents say that the reader works.
WRITTEN_PLACE = "/srv/countenance"
# What a reader does before, or beside; other tests run the first three.
DONE_ELSEWHERE = re.compile(r"\./run (?:setup|demo|test)|git clone |cd |\. \.venv/bin/activate")
# Done; and done, but for photos that could not be read.
FINE = (0, 3)
PLAIN_TOOLS = ("cp", "ls", "mkdir", "mv", "rm")
SHELL = re.compile(r"^```sh\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run, and with the number of photos.
MASKED = (
    (
        re.compile(
            r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
        ),
        "DAY",
    ),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?: \d\d:\d\d)?"), "DAY"),
    (re.compile(r"\b(?:[a-z]-)?[0-9a-f]{16,64}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{8}(?=-\d+-\d{9}\.checkpoint\b)"), "ID"),
    (re.compile(r"\d[\d,.]*"), "#"),
    (
        re.compile(
            r"\b(photo|face|match|template|reference|row|entr|cop|receipt|form|key|appearance)(?:ies|es|s|y)?\b"
        ),
        r"\1",
    ),
    (re.compile(r"\bha(?:s|ve)\b"), "have"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A command of a document and what the document says that it prints."""

    command: str
    printed: str


def commands(document: Path) -> list[Typed]:
    """Give the commands in a document's `console` blocks, in order."""
    found: list[Typed] = []
    for block in CONSOLE.finditer(document.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
            command, _, printed = re.sub(r"\\\n\s*", "", part).partition("\n")
            found.append(Typed(command.strip(), printed.strip()))
    return found


def pattern(printed: str) -> re.Pattern[str]:
    """Give what a command's output must look like: as written, but for what differs; `...` stands for anything."""
    parts = [
        re.escape(masked(part).strip()) for part in re.split(r"^\s*\.\.\.\s*$|\.\.\.", printed, flags=re.MULTILINE)
    ]
    return re.compile(r"\s*(?:.*?)\s*".join(parts))


def masked(text: str) -> str:
    """Take out what differs from run to run."""
    for what, by in MASKED:
        text = what.sub(by, text)
    return text.strip()


@dataclass(slots=True)
class Remembering:
    """The real models, asked once about the same pixels: several documents show the same photos."""

    real: Vision
    seen: dict[tuple[str, object], object] = field(default_factory=dict)

    @property
    def detector(self) -> str:
        """As the real one."""
        return self.real.detector

    @property
    def model(self) -> str:
        """As the real one."""
        return self.real.model

    @property
    def nameable_px(self) -> int:
        """As the real one."""
        return self.real.nameable_px

    @property
    def calibration(self) -> Calibration:
        """As the real one."""
        return self.real.calibration

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Detect, or remember."""
        key = (_hash(pixels), look)
        if key not in self.seen:
            self.seen[key] = self.real.detect(pixels, look)
        return self.seen[key]  # type: ignore[return-value]  # what was put under this key

    def misses(self, look: Look) -> tuple[MissRate, ...]:
        """As the real one."""
        return self.real.misses(look)

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Embed, or remember."""
        key = (_hash(pixels), tuple(boxes))
        if key not in self.seen:
            self.seen[key] = self.real.embed(pixels, boxes)
        return self.seen[key]  # type: ignore[return-value]  # what was put under this key

    def reference(self, pixels: Pixels, box: Box) -> Template:
        """Make a reference, or remember."""
        key = (_hash(pixels), box)
        if key not in self.seen:
            self.seen[key] = self.real.reference(pixels, box)
        return self.seen[key]  # type: ignore[return-value]  # what was put under this key

    def quality(self, pixels: Pixels, face: Face) -> Quality:
        """As the real one."""
        return self.real.quality(pixels, face)


def _hash(pixels: Pixels) -> str:
    return hashlib.sha256(pixels.tobytes() + repr(pixels.shape).encode()).hexdigest()


@pytest.fixture(scope="session")
def eyes() -> Vision:
    """Give the real models, loaded once."""
    return Remembering(OnnxVision.load(threads=2))


@pytest.fixture(scope="session")
def demo_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder as the demo leaves it for trying things out, with fewer and smaller photos."""
    folder = tmp_path_factory.mktemp("demo") / "demo-output"
    lay_out(folder, [_smaller(plan) for plan in PLANS if plan.name in PHOTOS_FOLLOWED])
    return folder


def _smaller(plan: Plan) -> Plan:
    width, height = plan.size
    return replace(plan, size=(width // 2, height // 2))


@dataclass(frozen=True, slots=True)
class Told:
    """What a command printed, and how it ended."""

    text: str
    code: int


@dataclass(slots=True)
class Reader:
    """Somebody who follows a document, command by command."""

    folder: Path

    def follow(self, document: Path) -> Iterator[tuple[Typed, Told]]:
        """Type each command; gives it with what it printed."""
        for typed in commands(document):
            if not DONE_ELSEWHERE.match(typed.command):
                yield typed, self._do(shlex.split(typed.command))

    def _do(self, words: Sequence[str]) -> Told:
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            os.environ[name] = value
            return Told("", 0)
        if words[0] == "python":
            # A tool of ours, which stands by itself: it needs no more than what is installed.
            words = [sys.executable, "-I", *words[1:]]
        if words[0] in {sys.executable, *PLAIN_TOOLS}:
            done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False)  # noqa: S603  (as the document says)
            return Told(done.stdout + done.stderr, done.returncode)
        assert words[0] == "countenance", f"the documents use no command {words[0]}"
        result = CliRunner().invoke(door, words[1:])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        # Of what goes to stderr a reader is shown an error; progress is a bar that disappears.
        text = result.stdout + (result.stderr if result.exit_code not in FINE else "")
        return Told(text.replace(str(self.folder), WRITTEN_PLACE), result.exit_code)


@pytest.fixture
def reader(tmp_path: Path, demo_output: Path, eyes: Vision, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Give a reader at a desk of their own, with the folder that the demo made."""
    for name in [name for name in os.environ if name.startswith(("COUNTENANCE", "XDG_"))]:
        monkeypatch.delenv(name)
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "demo-output").symlink_to(demo_output)
    (desk / "tools").symlink_to(PROJECT / "tools")

    def remembered(policy: Policy) -> Callable[[], Vision]:  # noqa: ARG001  (every document's library recognises)
        return lambda: eyes

    monkeypatch.setattr("countenance.library._library.default_vision", remembered)
    monkeypatch.chdir(desk)
    for name, value in {
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_HOME": str(tmp_path / "home/data"),
        "LOGNAME": "office",
        "COLUMNS": "80",
        "COUNTENANCE_WORKERS": "1",
        # Written by the documents themselves; named here so that it ends with the test.
        "COUNTENANCE_LIBRARY": "",
    }.items():
        monkeypatch.setenv(name, value)
    return Reader(desk)


@pytest.mark.parametrize("document", FOLLOWED, ids=lambda path: path.name)
def test_documents_say_what_happens(document: Path, reader: Reader) -> None:
    """Each command of README and tutorial, typed in order with the real models, prints what the document says.

    None fails but those whose message the document shows.
    """
    wrong: list[str] = []
    for typed, told in reader.follow(document):
        failed = told.code not in FINE
        if failed != typed.printed.startswith("countenance:") or (
            typed.printed and not pattern(typed.printed).fullmatch(masked(told.text))
        ):
            wrong.append(f"$ {typed.command}\n--- written\n{typed.printed}\n--- printed ({told.code})\n{told.text}")
    assert not wrong, "\n\n".join(wrong)
    assert len(commands(document)) >= FEWEST_COMMANDS


def test_the_comparison_can_fail() -> None:
    """What differs is let pass, what does not is seen."""
    written = "Lisa is enrolled as p-a80304e5d1539672.\n  ...\nUntil 22 November 2027, 3 photos"
    same = "Lisa is enrolled as p-0011223344556677.\n  Receipt 1\nUntil 1 May 2030, 1 photo"
    assert pattern(written).fullmatch(masked(same))
    assert not pattern(written).fullmatch(masked(same.replace("Lisa", "Ada")))
    assert not pattern("Nobody matches.").fullmatch(masked("Possible match: Ada"))


@pytest.mark.parametrize("document", [*FOLLOWED, *HOW_TO], ids=lambda path: path.name)
def test_commands_are_spelt_right(document: Path) -> None:
    """Every `countenance` command in any block is one that the command line understands, with options that it has."""
    text = document.read_text(encoding="utf-8")
    lines = [
        line.removeprefix("$ ").strip()
        for block in (*SHELL.finditer(text), *CONSOLE.finditer(text))
        for line in re.sub(r"\\\n\s*", "", block["text"]).splitlines()
    ]
    typed = [line for line in lines if line.startswith("countenance ")]
    assert typed
    for line in typed:
        _parse(shlex.split(line)[1:])


@pytest.mark.parametrize("wrong", [["serch", "x"], ["search", "x"], ["index", "x", "--reason", "y"]])
def test_wrong_spelling_is_seen(wrong: list[str]) -> None:
    """A command that there is not, an option left out and one too many are seen."""
    with pytest.raises((click.UsageError, AssertionError)):
        _parse(wrong)


def _parse(words: list[str]) -> None:
    """Parse a command as the command line does, down to the last word, without doing it."""
    command: click.Command = door
    context = click.Context(door, info_name="countenance", **door.context_settings)
    while isinstance(command, click.Group):
        _, words, _ = command.make_parser(context).parse_args(words)
        if not words and command.invoke_without_command:
            return
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command, context = found, click.Context(found, parent=context, info_name=name)
    command.make_context(command.name, words, parent=context.parent)


def test_the_two_commands_stand_in_the_readme() -> None:
    """The README has the two commands word for word, each in a block of its own."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert "```sh\n./run demo\n```" in text
    assert "```sh\n./run test\n```" in text


@pytest.mark.parametrize(
    "said",
    [
        "Misses happen",
        "Clothes, hair, company and place",
        "photos collected on the web",
        "None of this is legal advice",
        "AGPL-3.0-or-later",
        "No scraping",
        "10.6084/m9.figshare.4055130",
    ],
)
def test_the_readme_states_limits_and_licence(said: str) -> None:
    """R18: the README says what it cannot do, that misses happen, what it refuses, and under which licence it is."""
    assert said in (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_index_names_every_page() -> None:
    """docs/README.md leads to each page of the documentation; single decisions are listed by their own index."""
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#]+)", text)}
    pages = {path for path in DOCS.rglob("*.md") if path.parent.name != "adr"} - {DOCS / "README.md"}
    assert pages | {DOCS / "adr/README.md"} <= linked


def test_pictures_are_small_and_open() -> None:
    """Each picture of the documentation opens and is small enough for a slow line."""
    pictures = [path for path in (DOCS / "pictures").iterdir() if path.suffix in {".png", ".jpg"}]
    assert pictures
    for path in pictures:
        assert path.stat().st_size < LARGEST_PICTURE_BYTES
        with Image.open(path) as picture:
            picture.verify()


def test_the_pictured_report_is_what_is_said_of_it(tmp_path: Path) -> None:
    """R30: the made-up year that is pictured gives, today too, the numbers with which its picture is described."""
    spec = importlib.util.spec_from_file_location("picture_report", PROJECT / "tools/picture_report.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tool.write_page(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    told = re.findall(r"<dt>([^<,]*)[^<]*</dt><dd>([^<]*)</dd>", page.partition('<section id="searches">')[0])
    described = " ".join((DOCS / "how-to/publish-a-transparency-report.md").read_text(encoding="utf-8").split())
    assert told
    assert [what for what, number in told if f"{number} {what}" not in described] == []
