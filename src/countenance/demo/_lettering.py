"""Letters for drawn pictures: the typeface that comes with Pillow, so that no machine needs one."""

from functools import lru_cache

from PIL import ImageDraw, ImageFont

# Distance of lines of text, in heights of the letters.
LEADING = 1.4


@lru_cache(maxsize=64)
def letters(size_px: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """Give the typeface in a size."""
    return ImageFont.load_default(size_px)


def line_height(size_px: int) -> int:
    """Give the distance from line to line."""
    return round(size_px * LEADING)


def broken(draw: ImageDraw.ImageDraw, text: str, width: float, size_px: int) -> list[str]:
    """Break a text into lines of at most this width in pixels."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and draw.textlength(longer, font=letters(size_px)) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]
