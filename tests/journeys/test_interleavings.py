"""R6: a withdrawal holds from the moment it is answered, wherever it falls into what others are doing."""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from countenance.consent import Purpose
from countenance.errors import ConsentRefused
from countenance.faces import Box, Face, Template
from countenance.journeys.publish import Order
from countenance.journeys.search import Answers
from countenance.journeys.withdraw import Withdrawal
from countenance.ledger import EntryKind
from countenance.library import Library
from countenance.photos import open_photo
from countenance.ports import Check, Look, Pixels, Reading, Store, Unit
from countenance.stores import MemoryStore
from countenance.vision import StubVision
from small_house import STEWARD, House

RUNS: Final = int(os.environ.get("COUNTENANCE_TEST_INTERLEAVINGS", "1000"))
# So many tests share the runs, so that two workers of pytest can.
PORTIONS: Final = 10
ADA: Final = 1
BEN: Final = 2
NOW: Final = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

Deed = Callable[[House], object]


@dataclass(slots=True)
class Moments:
    """The moments between which something else can happen: at the chosen one it does."""

    chosen: int = -1
    happens: Callable[[], None] = lambda: None
    passed: int = 0

    def pass_by(self) -> None:
        """Let one moment go by."""
        if self.passed == self.chosen:
            self.happens()
        self.passed += 1


@dataclass(frozen=True, slots=True)
class WatchedStore:
    """A store with a moment before and after each of its transactions."""

    inner: Store
    moments: Moments

    @property
    def library(self) -> str:
        """The id of the library."""
        return self.inner.library

    @contextmanager
    def read(self, *, now: datetime) -> Iterator[Reading]:
        """Give a snapshot."""
        self.moments.pass_by()
        with self.inner.read(now=now) as reading:
            yield reading
        self.moments.pass_by()

    @contextmanager
    def write(self, *, now: datetime) -> Iterator[Unit]:
        """Give a transaction."""
        self.moments.pass_by()
        with self.inner.write(now=now) as unit:
            yield unit
        self.moments.pass_by()

    def wipe(self) -> bool:
        """Push erased bytes out."""
        return self.inner.wipe()

    def verify(self, *, now: datetime) -> tuple[Check, ...]:
        """Check what is stored."""
        return self.inner.verify(now=now)

    def close(self) -> None:
        """Let go of the files."""
        self.inner.close()


class WatchedVision(StubVision):
    """Eyes with a moment before and after each look."""

    moments = Moments()

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Give the patches of a photo."""
        self.moments.pass_by()
        faces = super().detect(pixels, look)
        self.moments.pass_by()
        return faces

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give the template of each box."""
        self.moments.pass_by()
        templates = super().embed(pixels, boxes)
        self.moments.pass_by()
        return templates


def search(house: House) -> Answers:
    """Search by Ada's photo."""
    return house.library.search(house.folder / "probes/ada.png", reason="her mother asks")


def list_photos(house: House) -> object:
    """List Ada's photos, unless that is refused."""
    try:
        return house.library.photos("Ada Moss", reason=None)
    except ConsentRefused:
        return None


def index_again(house: House) -> object:
    """Look through all photos once more."""
    return house.library.index([house.folder / "photos"], again=True)


def enrol_another(house: House) -> object:
    """Enrol somebody, and match every photo anew."""
    return house.enrol("Cal Reed", 3)


def publish(house: House) -> object:
    """Make copies of all photos."""
    return house.library.publish([house.folder / "photos"], house.folder / "out", Order())


DEEDS: Final[tuple[Deed, ...]] = (search, list_photos, index_again, enrol_another, publish)


@dataclass(slots=True)
class Town:
    """A library with Ada and Ben in three photos, of which copies can be made as it was at the beginning."""

    house: House
    made: MemoryStore
    steps: dict[Deed, int] = field(default_factory=dict)

    def again(self, folder: Path, moments: Moments) -> House:
        """Give the library as it was at the beginning, with moments to be met."""
        vision = WatchedVision()
        vision.moments = moments
        house = replace(self.house, folder=folder, vision=vision)
        for name in ("photos", "probes", "portraits"):
            (folder / name).symlink_to(self.house.folder / name)
        house.use(WatchedStore(MemoryStore(self.made._keys, self.made._state.copied()), moments))
        return house

    def count_steps(self, deed: Deed, folder: Path) -> int:
        """Give how many moments a deed has when nothing happens in between."""
        if deed not in self.steps:
            moments = Moments()
            deed(self.again(folder, moments))
            self.steps[deed] = moments.passed
        return self.steps[deed]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Give the town."""
    house = House(tmp_path_factory.mktemp("town"), NOW)
    house.enrol("Ada Moss", ADA)
    house.enrol("Ben Vale", BEN)
    house.photo("a.png", [ADA, BEN])
    house.photo("b.png", [BEN, 9])
    house.photo("c.png", [9, ADA])
    house.photo("../probes/ada.png", [ADA])
    house.library.index([house.folder / "photos"])
    assert isinstance(house.store, MemoryStore)
    return Town(house, house.store)


def interleaved(town: Town, folder: Path, chance: random.Random) -> tuple[House, object, Withdrawal, Deed]:
    """Do a random deed, and let Ada withdraw in another process at a random moment of it."""
    deed = chance.choice(DEEDS)
    (folder / "dry").mkdir()
    steps = town.count_steps(deed, folder / "dry")
    moments = Moments()
    (folder / "wet").mkdir()
    house = town.again(folder / "wet", moments)
    assert isinstance(house.store, WatchedStore)
    other = Library(house.store.inner, StubVision, actor=STEWARD, clock=house.clock)
    done: list[Withdrawal] = []
    moments.chosen = chance.randrange(steps)
    moments.happens = lambda: done.append(other.withdraw("Ada Moss"))
    told = deed(house)
    assert len(done) == 1
    moments.chosen = -1
    return house, told, done[0], deed


def showing(folder: Path) -> set[Path]:
    """Give the files that show Ada's face."""
    found = set()
    for path in folder.glob("*.png"):
        pixels = open_photo(path).pixels
        faces = StubVision().detect(pixels)
        if any(
            template.compare(StubVision.template(ADA)) > 0.8
            for template in StubVision().embed(pixels, [face.box for face in faces])
        ):
            found.add(path)
    return found


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_a_withdrawal_wins_over_everything_under_way(portion: int, town: Town, tmp_path: Path) -> None:
    """R6: in 1,000 random interleavings, 0 answers and 0 uncovered copies after the withdrawal's answer.

    A copy that was in place before is in the withdrawal's list of copies to cover again.
    """
    for number in range(portion, RUNS, PORTIONS):
        folder = tmp_path / str(number)
        folder.mkdir()
        house, told, withdrawal, deed = interleaved(town, folder, random.Random(number))  # noqa: S311  (the same each time)
        case = f"run {number}: {deed.__name__}"
        if isinstance(told, Answers) and told.entry > withdrawal.entry:
            assert not told.answers, case
        placed_before = set(withdrawal.published_to_recover)
        assert showing(house.folder / "out") <= placed_before, case
        with house.store.read(now=house.now) as reading:
            assert not [one for one in reading.references() if one.person == withdrawal.person], case
            assert not reading.appearances_of(withdrawal.person, Purpose.FIND_ME), case
        assert not search(house).answers, case
        assert list_photos(house) is None, case
        assert [check for check in house.store.verify(now=house.now) if not check.ok] == [], case


def test_each_deed_meets_the_withdrawal_before_and_after_its_last_transaction(town: Town, tmp_path: Path) -> None:
    """R6: the interleavings are real: in some a search still answers and a copy still shows Ada, in others not."""
    seen: set[tuple[str, bool]] = set()
    for number in range(200):
        folder = tmp_path / str(number)
        folder.mkdir()
        house, told, withdrawal, deed = interleaved(town, folder, random.Random(number))  # noqa: S311  (the same each time)
        if isinstance(told, Answers):
            seen.add((deed.__name__, bool(told.answers)))
        elif deed is publish:
            seen.add((deed.__name__, bool(withdrawal.published_to_recover)))
        elif deed is list_photos:
            seen.add((deed.__name__, told is not None))
        kinds = [entry.kind for finding in house.library.ledger_findings() if (entry := finding.entry)]
        assert EntryKind.WITHDRAWN in kinds
    assert seen == {(name, either) for name in ("search", "publish", "list_photos") for either in (True, False)}
