"""The pictures of the page, and the three sheets, written into the demo's folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from countenance.demo._cast import MEMBERS, PHOTOS, STRANGER, face_box
from countenance.demo._drawing import Cell, Mark, marked, portrait, sheet, side_by_side, text_sheet, upright
from countenance.demo._group_photos import GroupPhoto
from countenance.demo._story import Covered, Story
from countenance.demo._words import Line, count, listed

# Pictures of the page: wide enough for two columns on a dense screen, small enough to be mailed.
PAGE_PX, FACE_PX = 1100, 320
JPEG_QUALITY = 84
FOUND_COLUMNS, FOUND_CELL_PX = 4, (520, 390)
PAIR_COLUMNS, PAIR_CELL_PX, HALF_PX = 3, (760, 300), (377, 300)
RECORD_WIDTH_PX = 1300
GLANCE_PX = (797, 1000)


@dataclass(frozen=True, slots=True)
class Pair:
    """A photo before and after it was covered: the pictures, relative to the folder, and the copy."""

    before: str
    after: str
    copy: Covered


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where the page's pictures are, relative to the folder; by member, photo or portrait.

    `glance` is the photo that says most by itself: with the names that the library knows, and as it was published.
    """

    people: dict[str, str]
    probes: dict[str, str]
    found: dict[str, str]
    glance: Pair
    pairs: tuple[Pair, ...]
    again: tuple[Pair, ...]


def make_pictures(story: Story, record: Sequence[Line]) -> Pictures:
    """Draw all of it from what happened."""
    folder = story.folder / "pictures"
    folder.mkdir()
    small = {photo.path: upright(photo.path, PAGE_PX, PAGE_PX) for photo in story.group_photos}
    drawn = {
        photo.path: marked(small[photo.path], marks(story, photo.path), photo.size[0]) for photo in story.group_photos
    }
    found = {path.name: _save(picture, folder / f"found-{path.stem}.jpg") for path, picture in drawn.items()}
    pairs = tuple(_pair(copy, small[copy.source], folder, "") for copy in story.copies)
    again = tuple(_pair(copy, small[copy.source], folder, "again-") for copy in story.again)
    _write_sheets(story, record, drawn, small)
    telling = max(story.copies, key=lambda copy: _tells(story, copy, small[copy.source]))
    published = upright(telling.target, PAGE_PX, PAGE_PX)
    _save(side_by_side(drawn[telling.source], published, GLANCE_PX), folder / "at-a-glance.jpg")
    return Pictures(
        people={member.name: _face(member.portraits[0], folder, member.slug) for member in MEMBERS},
        probes={
            probe: _face(probe, folder, f"asked-{Path(probe).stem}")
            for probe in {member.probe for member in MEMBERS} | {STRANGER}
        },
        found=found,
        glance=Pair(found[telling.source.name], f"pictures/after-{telling.source.stem}.jpg", telling),
        pairs=pairs,
        again=again,
    )


def _tells(story: Story, copy: Covered, photo: Image.Image) -> tuple[int, int, int, str]:
    """Rank photos by what they tell: many names, some faces covered and some shown, and a photo that is not narrow."""
    crowd = 5  # more covered faces than this say no more
    found = len(marks(story, copy.source))
    return (found, min(len(copy.shown), 1) + min(len(copy.covered), crowd), photo.height, copy.source.name)


def marks(story: Story, photo: Path) -> list[Mark]:
    """Give the boxes of those who were found in a photo."""
    return [
        Mark(member.first_name, member.colour, found.box)
        for member in MEMBERS
        for found in story.found[member.name]
        if found.photo == photo
    ]


def found_in(story: Story, photo: GroupPhoto) -> list[str]:
    """Give the names of those who were found in a photo."""
    return [member.name for member in MEMBERS if any(one.photo == photo.path for one in story.found[member.name])]


def _pair(copy: Covered, before: Image.Image, folder: Path, prefix: str) -> Pair:
    stem = f"{prefix}{copy.source.stem}"
    after = upright(copy.target, PAGE_PX, PAGE_PX)
    return Pair(_save(before, folder / f"before-{stem}.jpg"), _save(after, folder / f"after-{stem}.jpg"), copy)


def _face(of: str, folder: Path, name: str) -> str:
    return _save(portrait(PHOTOS / of, face_box(of), FACE_PX), folder / f"face-{name}.jpg")


def _write_sheets(
    story: Story, record: Sequence[Line], drawn: dict[Path, Image.Image], small: dict[Path, Image.Image]
) -> None:
    cells = [
        Cell(drawn[photo.path], f"{photo.path.name}: {listed(found_in(story, photo)) or 'none of them'}")
        for photo in story.group_photos
    ]
    title = f"Who was found where in {count(len(cells), 'photo')}"
    _save(
        sheet(title, "Only those who signed have a name. Everybody else is nobody here.", cells, *_FOUND),
        story.folder / "sheet-found.png",
    )
    cells = [
        Cell(
            side_by_side(small[copy.source], upright(copy.target, PAGE_PX, PAGE_PX), HALF_PX),
            f"{copy.source.name}: {len(copy.covered)} covered, {len(copy.shown)} shown",
        )
        for copy in story.copies
    ]
    _save(
        sheet("Before and after publication", "Shown: who allowed it. Covered: everybody else.", cells, *_PAIRS),
        story.folder / "sheet-published.png",
    )
    lines = [(line.number, line.clock, line.text) for line in record]
    below = f"{count(story.ledger_size, 'entry', 'entries')}; changed afterwards, the record no longer verifies."
    _save(text_sheet("What was done", below, lines, RECORD_WIDTH_PX), story.folder / "sheet-record.png")


_FOUND = (FOUND_COLUMNS, FOUND_CELL_PX)
_PAIRS = (PAIR_COLUMNS, PAIR_CELL_PX)


def _save(picture: Image.Image, path: Path) -> str:
    """Write a picture, and give its path as the page refers to it."""
    if path.suffix == ".jpg":
        picture.save(path, quality=JPEG_QUALITY)
    else:
        picture.save(path, compress_level=4)
    return f"pictures/{path.name}"
