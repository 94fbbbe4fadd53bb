"""Signed release forms for the people of the demo: a page with ticks and a scrawl, as a PDF like a scanner makes."""

import math
import random
from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw

from countenance import Purpose
from countenance.demo._cast import Member
from countenance.demo._lettering import broken, letters, line_height

SIZE_PX = (840, 1188)  # A4 at about 100 dots per inch
DOTS_PER_INCH = 101.6
PAPER, INK, PRINT, PEN = (252, 251, 247), (40, 44, 48), (96, 104, 112), (34, 50, 120)
LEFT, RIGHT = 90, 750

SAID = {
    Purpose.FIND_ME: "I may find the photos that I am in.",
    Purpose.BE_FOUND: "Staff may find me by a photo, giving a reason that I can read.",
    Purpose.BE_SHOWN: "My face may be seen in photos that are published.",
}


def write_form(member: Member, controller: str, path: Path, *, signed: date) -> None:
    """Write the member's signed form as a PDF of one scanned page."""
    page = _page(member, controller, signed)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path, "PDF", resolution=DOTS_PER_INCH, title=f"Photo consent of {member.name}", author=controller)


def _page(member: Member, controller: str, signed: date) -> Image.Image:
    page = Image.new("RGB", SIZE_PX, PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((LEFT, 90), controller, font=letters(24), fill=PRINT)
    draw.text((LEFT, 126), "Photos: what I allow", font=letters(46), fill=INK)
    draw.line([LEFT, 200, RIGHT, 200], fill=INK, width=2)
    draw.text((LEFT, 232), "Name", font=letters(20), fill=PRINT)
    draw.text((LEFT + 90, 222), member.name, font=letters(32), fill=PEN)
    y = 310
    for purpose in Purpose:
        draw.rectangle([LEFT, y, LEFT + 40, y + 40], outline=INK, width=2)
        if purpose in member.purposes:
            draw.line([(LEFT + 6, y + 20), (LEFT + 17, y + 33), (LEFT + 44, y - 8)], fill=PEN, width=6, joint="curve")
        y = _paragraph(draw, SAID[purpose], (LEFT + 64, y - 2), 25) + 34
    y = _paragraph(
        draw,
        "I was told what is kept and for how long. I can take this back at any time, for any of these purposes, "
        "without giving a reason. Nobody may be found or shown who has not signed.",
        (LEFT, y + 20),
        22,
    )
    y += 60
    draw.text((LEFT, y), f"{signed.day} {signed:%B %Y}", font=letters(26), fill=PEN)
    _signature(draw, member.name, (LEFT + 300, y + 10))
    draw.line([LEFT, y + 44, RIGHT, y + 44], fill=PRINT, width=1)
    draw.text((LEFT, y + 52), "date", font=letters(18), fill=PRINT)
    draw.text((LEFT + 300, y + 52), "signature", font=letters(18), fill=PRINT)
    draw.text((LEFT, 1090), "A form of the demo, signed by nobody.", font=letters(18), fill=PRINT)
    return page


def _paragraph(draw: ImageDraw.ImageDraw, text: str, at: tuple[int, int], size: int) -> int:
    """Set a text within the page's margins; gives where it ends."""
    x, y = at
    for line in broken(draw, text, RIGHT - x, size):
        draw.text((x, y), line, font=letters(size), fill=INK)
        y += line_height(size)
    return y


def _signature(draw: ImageDraw.ImageDraw, name: str, at: tuple[int, int]) -> None:
    """Scrawl: a loop for each letter, high for the capitals, never the same for two names."""
    rng = random.Random(name)  # noqa: S311  (a scrawl, not a secret)
    x, y = at
    points: list[tuple[float, float]] = []
    for letter in name.replace(" ", ""):
        high = 52 if letter.isupper() else rng.choice((13, 15, 18, 30))
        wide, loop = rng.uniform(13, 19), rng.uniform(5, 8)
        for step in range(16):
            turn = 2 * math.pi * step / 16
            up = high * (1 - math.cos(turn)) / 2
            points.append((x + wide * step / 16 - loop * math.sin(turn) + 0.3 * up, y + 24 - up))
        x += round(wide)
    draw.line(points, fill=PEN, width=3, joint="curve")
    draw.line([(at[0] - 6, y + 36), (x + 34, y + 28)], fill=PEN, width=2)
