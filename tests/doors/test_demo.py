"""The demo does what it promises, leaves what it promises, and says so when it does not come out."""

import hashlib
import io
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image, ImageOps

from countenance.consent import Policy
from countenance.demo import PLANS, Teller, run_demo
from countenance.demo._group_photos import DAMAGED, compose, make_group_photos
from countenance.demo._outsider import Outsider
from countenance.faces import Box, Calibration, Face, MissRate, Quality, Rung, Score, Template
from countenance.ports import Look, Pixels, Vision
from countenance.vision import OnnxVision

# Of half the size: looking for faces takes most of the time, and these are still large enough to be known.
FEW = tuple(
    replace(plan, size=(plan.size[0] // 2, plan.size[1] // 2))
    for plan in PLANS
    if plan.name in {"prize-giving.jpg", "two-friends.jpg", "bookshop-visit.png"}
)
REFERENCE = re.compile(r'(?:src|href)="([^"#]+)"')
COLUMNS = 80
VERIFIER = Path(__file__).parent.parent.parent / "tools/verify_ledger.py"
CREDULOUS = "print('holds: whatever it is')"


@dataclass(frozen=True, slots=True)
class QuickEyes:
    """The real models, but for publication they look only as closely as for indexing: the demo's faces are large."""

    real: Vision
    calibration: Calibration
    seen: dict[str, tuple[Face, ...]]

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

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:  # noqa: ARG002  (see above)
        """Find large faces, or remember: both runs look at the same portraits."""
        key = hashlib.sha256(pixels.tobytes()).hexdigest()
        if key not in self.seen:
            self.seen[key] = self.real.detect(pixels)
        return self.seen[key]

    def misses(self, look: Look) -> tuple[MissRate, ...]:
        """As the real one."""
        return self.real.misses(look)

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """As the real one."""
        return self.real.embed(pixels, boxes)

    def reference(self, pixels: Pixels, box: Box) -> Template:
        """As the real one."""
        return self.real.reference(pixels, box)

    def quality(self, pixels: Pixels, face: Face) -> Quality:
        """As the real one."""
        return self.real.quality(pixels, face)


def _never_reached(rung: Rung) -> Rung:
    """Give a rung that no comparison reaches."""
    search, show = (replace(threshold, score=Score(2.0)) for threshold in (rung.search, rung.show))
    return replace(rung, search=search, show=show)


@contextmanager
def eyes_of_the_library(eyes: Vision) -> Iterator[None]:
    """Let libraries see with these eyes."""

    def given(policy: Policy) -> Callable[[], Vision]:  # noqa: ARG001  (the demo's library recognises)
        return lambda: eyes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("countenance.library._library.default_vision", given)
        yield


@pytest.fixture(scope="module")
def eyes() -> QuickEyes:
    """Give the real models, loaded once."""
    real = OnnxVision.load(threads=2)
    return QuickEyes(real, real.calibration, {})


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, eyes: QuickEyes) -> tuple[Path, int, str]:
    """Play the demo with three photos; gives its folder, its exit code and what it said."""
    folder = tmp_path_factory.mktemp("played") / "demo-output"
    said = io.StringIO()
    with eyes_of_the_library(eyes):
        code = run_demo(folder, FEW, teller=Teller(said), workers=1, verifier=VERIFIER)
    return folder, code, said.getvalue()


def test_everything_comes_out(played: tuple[Path, int, str]) -> None:
    """R15 R17 R19: the volunteer is found, strangers are not, nobody is shown unasked, no original is changed."""
    _, code, said = played
    assert code == 0, said
    assert "expectations were met" in said


@pytest.mark.parametrize(
    "promised",
    [
        "index.html",
        "sheet-found.png",
        "sheet-published.png",
        "sheet-record.png",
        "pictures/at-a-glance.jpg",
        "photos/prize-giving.jpg",
        f"photos/{DAMAGED}",
        "portraits/lisa-new.jpg",
        "releases/form-robin-vale.pdf",
        "library/library.db",
        "keys/library.key",
        "published/contact-sheet.html",
        "published/two-friends.unreviewed.jpg",
        "published-again/prize-giving.unreviewed.jpg",
        "given/receipt-of-lisa.html",
        "given/kept-about-lisa/index.html",
        "given/policy.html",
        "given/for-the-parents-council.checkpoint",
        "tampered/library/library.db",
        "tampered/ledger-copy.jsonl",
    ],
)
def test_what_is_promised_is_there(played: tuple[Path, int, str], promised: str) -> None:
    """The demo leaves page, sheets, photos, forms, library, key, covered copies and what people are given."""
    assert (played[0] / promised).stat().st_size > 0


def test_the_page_refers_to_what_is_there(played: tuple[Path, int, str]) -> None:
    """R10: all that index.html refers to lies in the folder; nothing comes from the web, and no script runs."""
    folder = played[0]
    page = (folder / "index.html").read_text(encoding="utf-8")
    references = {unquote(reference) for reference in REFERENCE.findall(page)}
    assert [reference for reference in references if not (folder / reference).is_file()] == []
    assert len([reference for reference in references if reference.startswith("pictures/")]) > len(FEW)
    assert "://" not in page
    assert "<script" not in page
    assert "$" not in page, "a place of the page was not filled in"


def test_pictures_open(played: tuple[Path, int, str]) -> None:
    """Every picture that the demo draws opens, and is wide enough to be read."""
    folder = played[0]
    drawn = [*folder.glob("sheet-*.png"), *(folder / "pictures").iterdir()]
    narrow = []
    for path in drawn:
        with Image.open(path) as picture:
            picture.load()
            if picture.width < 300:
                narrow.append(path.name)
    assert len(drawn) > 10
    assert narrow == []


def test_it_says_it_in_eighty_columns(played: tuple[Path, int, str]) -> None:
    """R38: the summary fits 80 columns, ends with the page to open, and has no score in it."""
    folder, _, said = played
    *lines, last = said.splitlines()
    assert [line for line in lines if len(line) > COLUMNS] == []
    assert last == str(folder / "index.html")
    assert not re.search(r"0\.\d|%", said)


def test_nothing_of_the_demo_names_a_stranger(played: tuple[Path, int, str]) -> None:
    """The record on the page has an answer with a name for those two only who allowed staff to search."""
    page = (played[0] / "index.html").read_text(encoding="utf-8")
    answers = re.findall(r'<p class="answer">([^<]*)</p>', page)
    assert [answer.split(",")[0] for answer in answers] == [
        "A possible match: Lisa",
        "A possible match: Robin Vale",
        "Nobody",
        "Nobody",
    ]


def test_the_page_shows_who_watches(played: tuple[Path, int, str]) -> None:
    """R25 R27: the page has the council's checkpoint as it is, what the verifier said, and that it noticed."""
    folder, _, said = played
    page = unescape((folder / "index.html").read_text(encoding="utf-8"))
    checkpoint = (folder / "given/for-the-parents-council.checkpoint").read_text(encoding="utf-8")
    assert checkpoint.strip() in page
    assert "The kind of reason: request" in page
    assert "The reason given: asked the office for the photos of the year" in page
    assert "DOES NOT HOLD: changed-entry-" in page
    assert "DOES NOT HOLD: for-the-parents-council.checkpoint" in page
    assert "The past was changed: noticed." in page
    assert "what the parents' council keeps shows it" in " ".join(said.split())


def test_our_own_code_says_what_the_verifier_says(tmp_path: Path, played: tuple[Path, int, str]) -> None:
    """R25: without the verifier our own code stands in, and finds the same of proofs, a changed one, and both pasts."""
    folder = played[0]
    given, tampered = folder / "given", folder / "tampered"
    proofs = sorted((given / "kept-about-lisa/proofs").iterdir())
    key = bytes.fromhex((given / "kept-about-lisa/receipts/library.pub").read_text(encoding="ascii"))
    copy, remembered = tampered / "ledger-copy.jsonl", given / "for-the-parents-council.checkpoint"
    own = tmp_path / "own.checkpoint"
    own.write_text(json.loads(copy.read_text(encoding="utf-8").partition("\n")[0])["checkpoint"], encoding="utf-8")
    for outsider in (Outsider(VERIFIER), Outsider(None)):
        assert outsider.proofs(proofs, key=key).holds
        assert not outsider.proofs([*tampered.glob("changed-*")], key=key).holds
        assert not outsider.copy(copy, against=remembered, key=key).holds
        assert outsider.copy(copy, against=own, key=key).holds


def test_a_run_that_fails_says_so(tmp_path: Path, eyes: QuickEyes) -> None:
    """If anything fails, the demo says which expectation it was, on the page too, and ends with 1.

    Here the volunteer is not found, and whoever checks from outside believes everything.
    """
    credulous = tmp_path / "credulous.py"
    credulous.write_text(CREDULOUS, encoding="utf-8")
    unreachable = replace(eyes.calibration, rungs=tuple(map(_never_reached, eyes.calibration.rungs)))
    said = io.StringIO()
    with eyes_of_the_library(QuickEyes(eyes.real, unreachable, eyes.seen)):
        code = run_demo(tmp_path / "out", FEW[:1], teller=Teller(said), workers=1, verifier=credulous)
    assert code == 1
    page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert "did not come out as it must" in page
    assert "Nobody noticed." in page
    told = " ".join(said.getvalue().split())
    for failed in (
        "A photo of Lisa that the library never saw finds Lisa",
        "With one letter changed the proof holds no more",
        "So does, from a sealed copy alone, credulous.py",
    ):
        assert f"- {failed}" in told


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder that the demo did not make is not touched, and the demo ends with 2."""
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    said = io.StringIO()
    assert run_demo(tmp_path, FEW, teller=Teller(said)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert "left alone" in said.getvalue()


def _tell_nobody(done: int, of: int) -> None:
    """Take what is told after each photo."""


def test_group_photos_are_the_same_each_time(tmp_path: Path) -> None:
    """The same seed gives the same photos to the byte; another seed others."""
    plans = FEW[:1]
    hashes = []
    for run, seed in enumerate((5, 5, 6)):
        (photo,) = make_group_photos(tmp_path / str(run), plans, seed, _tell_nobody)
        hashes.append(hashlib.sha256(photo.path.read_bytes()).hexdigest())
    assert hashes[0] == hashes[1] != hashes[2]


def test_group_photos_are_held_as_planned(played: tuple[Path, int, str]) -> None:
    """Opened as they are held, the photos have the planned size, whatever way they are stored."""
    sizes = {}
    for plan in FEW:
        with Image.open(played[0] / "photos" / plan.name) as stored:
            sizes[plan.name] = ImageOps.exif_transpose(stored).size
    assert sizes == {plan.name: plan.size for plan in FEW}
    assert any(plan.orientation != 1 for plan in FEW)


def test_the_dozen_is_as_promised() -> None:
    """A dozen photos, 1600 to 4000 pixels wide, with 2 to 9 faces; several formats, some stored turned."""
    assert len(PLANS) == 12
    assert all(1600 <= max(plan.size) <= 4000 for plan in PLANS)
    counts = [sum(len(row) for row in plan.rows) for plan in PLANS]
    assert min(counts) == 2
    assert max(counts) == 9
    assert {Path(plan.name).suffix for plan in PLANS} == {".jpg", ".png", ".webp", ".avif"}
    assert len([plan for plan in PLANS if plan.orientation != 1]) >= 3


def test_faces_lie_inside_and_apart() -> None:
    """In a composed photo each face lies inside, is large enough to be named, and none covers another."""
    plan = min(PLANS, key=lambda plan: plan.size[0] * plan.size[1])
    _, present = compose(plan, random.Random(3))  # noqa: S311  (pictures, not secrets)
    boxes = [Box(*one.box) for one in present]
    assert all(box.within(*plan.size) == box and box.side >= 60 for box in boxes)
    assert all(one.overlap(other) == 0 for place, one in enumerate(boxes) for other in boxes[:place])
