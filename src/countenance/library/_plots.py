"""Plots as SVG to stand in a page: columns over time, and bars; colours and type are left to the page's own classes.

A plot shows what a table beside it says; who cannot see it reads the table.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

# Units of the plot's own, which fill whatever width the page has: letters are set in them too.
WIDTH: Final = 640
HEIGHT: Final = 250
LEFT: Final = 44
TOP: Final = 14
FOOT: Final = 52
# So many names of columns stand side by side on a telephone.
MOST_TICKS: Final = 12
# Between the lines across a plot, in counts; there are at most five lines.
STEPS: Final = (5, 10, 20, 25, 50)
MOST_LINES: Final = 5
# Of the room that a column's group has, the part that stays empty.
GAP: Final = 0.3
# A column that stands alone is no wall.
WIDEST: Final = 60


def columns(
    series: Sequence[Sequence[int | None]], ticks: Sequence[str], *, name: str, title: str, description: str
) -> str:
    """Draw columns side by side for each place; None has a dash. `ticks` name the places, in one line or two.

    By `name` the plot's title and description are known to programs that read the page aloud.
    """
    top = _top(max((number or 0 for numbers in series for number in numbers), default=0))
    room = (WIDTH - LEFT) / max(len(ticks), 1)
    drawn = [*_lines(top), *_columns(series, room, top), *_ticks(ticks, room)]
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-title {name}-about">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(description)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def bar(number: int, most: int) -> str:
    """Draw a bar as long as a number is to the largest one; programs that read aloud pass over it."""
    wide = round(100 * number / most, 1) if most else 0
    return (
        f'<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="s1" width="{wide:g}" height="8"/></svg>'
    )


def key(kind: int) -> str:
    """Draw the colour of a series, for a legend."""
    return f'<svg class="key" viewBox="0 0 8 8" aria-hidden="true"><rect class="s{kind}" width="8" height="8"/></svg>'


def _top(most: int) -> int:
    step = _step(most)
    return max(-(-most // step), 1) * step


def _step(most: int) -> int:
    scale = 1
    while True:
        for step in STEPS:
            if most <= step * scale * MOST_LINES:
                return step * scale
        scale *= 10


def _lines(top: int) -> Iterator[str]:
    for number in range(0, top + 1, _step(top)):
        y = _y(number, top)
        yield f'<line class="{"base" if number == 0 else "grid"}" x1="{LEFT}" x2="{WIDTH}" y1="{y:g}" y2="{y:g}"/>'
        yield f'<text class="end" x="{LEFT - 8}" y="{y + 4:g}">{number}</text>'


def _columns(series: Sequence[Sequence[int | None]], room: float, top: int) -> Iterator[str]:
    wide = min(room * (1 - GAP) / max(len(series), 1), WIDEST)
    begins = LEFT + (room - wide * len(series)) / 2
    for kind, numbers in enumerate(series, start=1):
        for place, number in enumerate(numbers):
            x = begins + room * place + wide * (kind - 1)
            if number is None:
                yield f'<text class="mid" x="{x + wide / 2:.1f}" y="{_y(0, top) - 5:g}">\N{EN DASH}</text>'
            elif number:
                y = _y(number, top)
                high = _y(0, top) - y
                yield f'<rect class="s{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide * 0.94:.1f}" height="{high:.1f}"/>'


def _ticks(ticks: Sequence[str], room: float) -> Iterator[str]:
    every = -(-len(ticks) // MOST_TICKS) if ticks else 1
    for place in range(0, len(ticks), every):
        kind = "mid odd" if place // every % 2 else "mid"  # every other one is left out where there is little room
        for line, text in enumerate(ticks[place].splitlines()):
            x, y = LEFT + room * (place + 0.5), HEIGHT - FOOT + 22 * (line + 1)
            yield f'<text class="{kind}" x="{x:.1f}" y="{y}">{escape(text)}</text>'


def _y(number: int, top: int) -> float:
    return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * number / top, 1)
