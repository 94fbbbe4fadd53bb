"""The journeys index and rescan: once, resumable, everybody who opted in and nobody else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from countenance.consent import Purpose
from countenance.errors import PhotoProblem
from countenance.faces import Face, Seen
from countenance.journeys.index import index
from countenance.ledger import EntryKind
from countenance.library._eyes import OwnEyes
from countenance.ports import KnownPhoto, Look, Pixels
from countenance.vision import StubVision
from small_house import STEWARD, House


def whereabouts(house: House, named: str) -> set[tuple[str, tuple[int, int, int, int]]]:
    """Give the photos a person is in, by name, with the box."""
    listing = house.library.photos(named, reason=None)
    return {(one.photo.name, one.box.as_tuple()) for one in listing.appearances}


def test_only_the_opted_in_appear(house: House) -> None:
    """R13: of three faces in a photo, the one that opted in is kept as an appearance, all three as boxes."""
    house.enrol("Ada Moss", 7)
    house.photo("party.png", [7, 8, 9])
    result = house.library.index([house.folder / "photos"]).indexing
    assert (result.photos, result.indexed, result.faces, result.appearances) == (1, 1, 3, 1)
    assert {name for name, _ in whereabouts(house, "Ada Moss")} == {"party.png"}


def test_a_second_run_does_nothing_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R43: unchanged photos are not opened again, and what was found stays."""
    house.enrol("Ada Moss", 7)
    for number in range(5):
        house.photo(f"{number}.png", [7, 8])
    house.library.index([house.folder / "photos"])
    before = whereabouts(house, "Ada Moss")
    monkeypatch.setattr(StubVision, "detect", lambda *_, **__: pytest.fail("looked again"))
    result = house.library.index([house.folder / "photos"]).indexing
    assert (result.indexed, result.unchanged, result.appearances) == (0, 5, 0)
    assert whereabouts(house, "Ada Moss") == before


def test_again_looks_again_and_comes_to_the_same(house: House) -> None:
    """`--again` looks at everything anew without doubling anything."""
    house.enrol("Ada Moss", 7)
    house.photo("a.png", [7])
    house.library.index([house.folder / "photos"])
    before = whereabouts(house, "Ada Moss")
    assert house.library.index([house.folder / "photos"], again=True).indexing.indexed == 1
    assert whereabouts(house, "Ada Moss") == before


def test_changed_content_is_looked_at_again(house: House) -> None:
    """R43: a file whose content changed loses what was known of the old one."""
    house.enrol("Ada Moss", 7)
    house.photo("a.png", [7])
    house.library.index([house.folder / "photos"])
    house.photo("a.png", [8])
    assert house.library.index([house.folder / "photos"]).indexing.indexed == 1
    assert whereabouts(house, "Ada Moss") == set()


def test_a_bad_photo_is_reported_and_disturbs_nothing(house: House) -> None:
    """R43, R44: a broken file is failed with its reason, tried again next time, and the others are done."""
    house.enrol("Ada Moss", 7)
    good = house.photo("good.png", [7])
    bad = house.folder / "photos" / "bad.jpg"
    bad.write_bytes(good.read_bytes()[:100])
    (house.folder / "photos" / "empty.png").touch()
    first = house.library.index([house.folder / "photos"])
    assert {failure.photo.name for failure in first.failed} == {"bad.jpg", "empty.png"}
    assert all(failure.why for failure in first.failed)
    assert first.indexing.indexed == 1
    second = house.library.index([house.folder / "photos"])
    assert len(second.failed) == 2
    assert second.indexing.unchanged == 1


def test_nobody_appears_twice_in_a_photo(house: House) -> None:
    """At most one appearance a person and photo: of two faces that match Ada, one is hers."""
    house.enrol("Ada Moss", 7)
    house.photo("twins.png", [7, 7])
    assert house.library.index([house.folder / "photos"]).indexing.appearances == 1


@dataclass(slots=True)
class TiringEyes:
    """Eyes that are interrupted after some photos, as by Ctrl-C."""

    eyes: OwnEyes
    after: int

    def look(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Seen | PhotoProblem]]:
        """Look until interrupted."""
        for place, seen in enumerate(self.eyes.look(paths)):
            if place == self.after:
                raise KeyboardInterrupt
            yield seen

    def look_again(self, photos: Iterable[KnownPhoto]) -> Iterator[tuple[KnownPhoto, Seen | PhotoProblem]]:
        """Look as the eyes do."""
        return self.eyes.look_again(photos)


def test_an_interrupted_run_is_resumed(house: House) -> None:
    """R43: what was finished before Ctrl-C is kept, and the next run does only the rest."""
    house.enrol("Ada Moss", 7)
    for number in range(30):
        house.photo(f"{number:02}.png", [7])
    with pytest.raises(KeyboardInterrupt):
        index(
            [house.folder / "photos"],
            again=False,
            store=house.store,
            eyes=TiringEyes(OwnEyes(house.vision), after=27),
            matcher=house.matcher(),
            actor=STEWARD,
            clock=house.clock,
            progress=house.steps.append,
        )
    result = house.library.index([house.folder / "photos"]).indexing
    assert (result.unchanged, result.indexed) == (27, 3)
    assert len(whereabouts(house, "Ada Moss")) == 30


def test_late_opt_in_finds_what_a_fresh_index_finds(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14: enrolling after indexing gives the photos and boxes of a fresh index, and detects nothing again."""
    for number in range(4):
        house.photo(f"{number}.png", [7, 8, 9][: number % 3 + 1])
    house.library.index([house.folder / "photos"])
    house.enrol("Ben Oak", 8)
    portrait = house.photo("../portraits/Ada Moss.png", [7])
    detect = StubVision.detect
    looked: list[tuple[int, ...]] = []

    def counted(self: StubVision, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        looked.append(pixels.shape)
        return detect(self, pixels, look)

    monkeypatch.setattr(StubVision, "detect", counted)
    house.enrol("Ada Moss", 7)
    assert len(looked) == 1, f"only the portrait {portrait.name} is detected"
    monkeypatch.undo()
    late = whereabouts(house, "Ada Moss")
    fresh = House(house.folder / "fresh", house.now)
    fresh.enrol("Ada Moss", 7)
    fresh.enrol("Ben Oak", 8)
    fresh.library.index([house.folder / "photos"])
    assert late == whereabouts(fresh, "Ada Moss")
    assert len(late) == 4


def test_a_rescan_forgets_nothing_of_a_disk_that_is_away(house: House) -> None:
    """R43: a photo that is not there while somebody opts in keeps what is known, and is caught up with when back."""
    house.enrol("Ada Moss", 7)
    photo = house.photo("away.png", [7, 8])
    house.library.index([house.folder / "photos"])
    content = photo.read_bytes()
    photo.unlink()
    house.enrol("Ben Oak", 8)
    assert {name for name, _ in whereabouts(house, "Ada Moss")} == {"away.png"}
    assert whereabouts(house, "Ben Oak") == set()
    photo.write_bytes(content)
    house.library.catch_up()
    assert {name for name, _ in whereabouts(house, "Ben Oak")} == {"away.png"}


def test_an_empty_folder_forgets_nothing(house: House) -> None:
    """R43: a folder in which nothing is left is taken for a disk that is not mounted."""
    house.enrol("Ada Moss", 7)
    house.photo("a.png", [7])
    house.library.index([house.folder / "photos"])
    (house.folder / "photos" / "a.png").unlink()
    house.library.index([house.folder / "photos"])
    assert {name for name, _ in whereabouts(house, "Ada Moss")} == {"a.png"}


def test_a_photo_that_breaks_the_models_fails_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R43: whatever goes wrong while looking at one photo is that photo's failure."""
    house.photo("a.png", [7])
    house.photo("b.png", [8, 9])
    detect = StubVision.detect

    def breaking(self: StubVision, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        if pixels.shape[1] > 220:
            raise MemoryError
        return detect(self, pixels, look)

    monkeypatch.setattr(StubVision, "detect", breaking)
    result = house.library.index([house.folder / "photos"])
    assert [(failure.photo.name, "MemoryError" in failure.why) for failure in result.failed] == [("b.png", True)]
    assert result.indexing.indexed == 1


def test_a_photo_that_is_gone_is_in_no_answer_until_it_is_back(house: House) -> None:
    """R43: indexing a folder again forgets where people were in files that are there no more."""
    house.enrol("Ada Moss", 7)
    photo = house.photo("a.png", [7])
    house.photo("b.png", [7])
    house.library.index([house.folder / "photos"])
    content = photo.read_bytes()
    photo.unlink()
    house.library.index([house.folder / "photos"])
    assert {name for name, _ in whereabouts(house, "Ada Moss")} == {"b.png"}
    photo.write_bytes(content)
    house.library.index([house.folder / "photos"])
    assert {name for name, _ in whereabouts(house, "Ada Moss")} == {"a.png", "b.png"}


def test_a_person_who_may_only_be_shown_has_no_appearances(house: House) -> None:
    """R4: who allowed neither find-me nor be-found is in no list of photos."""
    house.enrol("Ada Moss", 7, [Purpose.BE_SHOWN])
    house.photo("party.png", [7])
    assert house.library.index([house.folder / "photos"]).indexing.appearances == 0


def test_each_run_is_in_the_ledger(house: House) -> None:
    """R24: a run with its counts is an entry, and a run that found nothing new is one too."""
    house.photo("a.png", [7])
    house.library.index([house.folder / "photos"])
    house.library.index([house.folder / "photos"])
    bodies = [entry.body for entry in house.entries(EntryKind.INDEXED)]
    assert [(body["indexed"], body["unchanged"]) for body in bodies] == [(1, 0), (0, 1)]


def test_progress_counts_to_the_end(house: House) -> None:
    """Progress ends with all photos done."""
    for number in range(3):
        house.photo(f"{number}.png", [7])
    house.library.index([house.folder / "photos"], progress=house.steps.append)
    assert (house.steps[-1].done, house.steps[-1].total) == (3, 3)
