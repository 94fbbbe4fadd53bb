"""Pictures of what happened: photos with boxes and names, and sheets of many of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from countenance.demo._group_photos import Boxed
from countenance.demo._lettering import broken, letters, line_height

Colour = tuple[int, int, int]

PAPER, INK, QUIET, WHITE = (246, 245, 242), (29, 35, 39), (92, 102, 109), (255, 255, 255)
# Letters at a face take this share of the picture's width, and never fewer pixels than can be read.
LETTERS_SHARE, LEAST_LETTERS_PX = 0.031, 15
# Upright pictures are shown in frames of this shape (width to height), and so become smaller than others.
FRAME = 1.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to draw on a photo (in the photo's own pixels), with a name and a colour."""

    name: str
    colour: Colour
    box: Boxed


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture of a sheet with a line of text below it."""

    picture: Image.Image
    caption: str


def upright(path: Path, width: int, height: int = 0) -> Image.Image:
    """Open a photo as it is held, and make it fit into `width` (and `height`) pixels."""
    with Image.open(path) as opened:
        opened.draft("RGB", (width, width))
        photo = ImageOps.exif_transpose(opened).convert("RGB")
    photo.thumbnail((width, height or 10 * width), Image.Resampling.LANCZOS)
    return photo


def marked(photo: Image.Image, marks: Sequence[Mark], original_width: int) -> Image.Image:
    """Draw boxes with names at them on a photo that was made smaller from `original_width`."""
    drawn = photo.copy()
    draw = ImageDraw.Draw(drawn)
    scale = drawn.width / original_width
    size = max(LEAST_LETTERS_PX, round(LETTERS_SHARE * max(drawn.width, FRAME * drawn.height)))
    line = max(2, size // 9)
    taken: list[tuple[float, float, float, float]] = []
    for mark in sorted(marks, key=lambda mark: mark.box[1]):
        x, y, w, h = (value * scale for value in mark.box)
        edge = [x - 2 * line, y - 2 * line, x + w + 2 * line, y + h + 2 * line]
        draw.rectangle([edge[0] - line, edge[1] - line, edge[2] + line, edge[3] + line], outline=WHITE, width=line)
        draw.rectangle(edge, outline=mark.colour, width=2 * line)
        tab = _free_tab(
            draw, mark.name, (x - 2 * line, y - 2 * line, w + 4 * line, h + 4 * line), size, drawn.size, taken
        )
        taken.append(tab)
        draw.rounded_rectangle(tab, size // 5, fill=mark.colour)
        draw.text(
            ((tab[0] + tab[2]) / 2, (tab[1] + tab[3]) / 2), mark.name, font=letters(size), fill=WHITE, anchor="mm"
        )
    return drawn


def _free_tab(
    draw: ImageDraw.ImageDraw,
    name: str,
    box: tuple[float, float, float, float],
    size: int,
    within: tuple[int, int],
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float, float, float]:
    """Find room for a name at its box, below it or above it, inside the picture and clear of other names."""
    x, y, w, h = box
    wide, high = draw.textlength(name, font=letters(size)) + 0.9 * size, 1.45 * size
    left = min(max(0.0, x + w / 2 - wide / 2), within[0] - wide)
    below, above = y + h, y - high
    places = [(left, top, left + wide, top + high) for top in (below, above)]
    free = [
        place
        for place in places
        if place[1] >= 0 and place[3] <= within[1] and not any(_meet(place, other) for other in taken)
    ]
    return (free or places)[0]


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def portrait(path: Path, box: tuple[float, float, float, float], size: int) -> Image.Image:
    """Cut a square around a face."""
    with Image.open(path) as opened:
        photo = ImageOps.exif_transpose(opened).convert("RGB")
    x, y, w, h = box
    half = 0.78 * max(w, h)
    middle_x, middle_y = x + w / 2, y + h / 2
    half = min(half, middle_x, middle_y, photo.width - middle_x, photo.height - middle_y)
    square = (round(middle_x - half), round(middle_y - half), round(middle_x + half), round(middle_y + half))
    return photo.crop(square).resize((size, size), Image.Resampling.LANCZOS)


def sheet(title: str, below: str, cells: Sequence[Cell], columns: int, cell: tuple[int, int]) -> Image.Image:
    """Lay pictures out in rows on one sheet with a title; each is fitted into `cell` (width, height) pixels."""
    gap, caption = 28, 44
    rows = -(-len(cells) // columns)
    head = 150
    size = (gap + columns * (cell[0] + gap), head + rows * (cell[1] + caption + gap) + gap)
    page = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((gap, 34), title, font=letters(44), fill=INK)
    draw.text((gap, 96), below, font=letters(24), fill=QUIET)
    for place, one in enumerate(cells):
        left = gap + (place % columns) * (cell[0] + gap)
        top = head + (place // columns) * (cell[1] + caption + gap)
        picture = ImageOps.contain(one.picture, cell, Image.Resampling.LANCZOS)
        page.paste(picture, (left + (cell[0] - picture.width) // 2, top + cell[1] - picture.height))
        draw.text((left + cell[0] / 2, top + cell[1] + 10), one.caption, font=letters(20), fill=INK, anchor="ma")
    return page


def side_by_side(before: Image.Image, after: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Put two pictures of one photo beside each other, each fitted into `size`."""
    gap = 6
    pair = [ImageOps.contain(picture, size, Image.Resampling.LANCZOS) for picture in (before, after)]
    joint = Image.new("RGB", (pair[0].width + gap + pair[1].width, pair[0].height), PAPER)
    joint.paste(pair[0], (0, 0))
    joint.paste(pair[1], (pair[0].width + gap, 0))
    return joint


def text_sheet(title: str, below: str, lines: Sequence[tuple[str, str, str]], width: int) -> Image.Image:
    """Write numbered, timed lines under a title; a rule runs down along them like a thread."""
    size, left, thread = 24, 40, 250
    step = line_height(size)
    measure = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    laid = [(number, at, broken(measure, text, width - thread - 70, size)) for number, at, text in lines]
    height = 170 + sum(len(text) * step + 16 for _, _, text in laid) + 30
    page = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((left, 34), title, font=letters(44), fill=INK)
    draw.text((left, 96), below, font=letters(24), fill=QUIET)
    draw.line([thread, 170, thread, height - 40], fill=(200, 200, 194), width=3)
    y = 165
    for number, at, text in laid:
        draw.text((thread - 28, y), number, font=letters(size), fill=INK, anchor="ra")
        draw.text((left, y + 2), at, font=letters(20), fill=QUIET)
        draw.ellipse([thread - 7, y + 9, thread + 7, y + 23], fill=(11, 122, 107))
        for line in text:
            draw.text((thread + 30, y), line, font=letters(size), fill=INK)
            y += step
        y += 16
    return page
