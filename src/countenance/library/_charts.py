"""Drawn plots and tables of words in a document; what they show is decided by those who write it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

_ID = re.compile(r'\bid="')
_MEANT = re.compile(r'href="#|url\(#')


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells are written already: a row has a name and a cell for each further head.

    `wide` has more columns than a telephone shows at once: it can be moved sideways there. `name` is the table's name
    for programs.
    """

    name: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """SVG that is drawn: what stands in it, and its width and height in units of its own."""

    width: float
    height: float
    body: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with a caption, how it is to be read, and in words what it shows for those who cannot see it."""

    name: str
    caption: str
    reading: str
    shows: str
    drawing: Drawing


def chart_html(chart: Table | Plot) -> str:
    """Write a table or a plot for a page."""
    caption = f"<figcaption>{escape(chart.caption)}</figcaption>"
    if isinstance(chart, Plot):
        return f'<figure class="chart">{caption}<p>{escape(chart.reading)}</p>{_drawn(chart)}</figure>'
    return f'<figure class="told">{caption}{_scrolling(chart)}</figure>'


def chart_in_words(chart: Table | Plot) -> Iterator[tuple[str, str]]:
    """Give each row's name with its cells under their heads; of a plot its caption and what it shows."""
    if isinstance(chart, Plot):
        yield chart.caption, chart.shows
        return
    for name, *cells in chart.rows:
        yield name, "; ".join(map("{}: {}".format, chart.heads[1:], cells))


def _drawn(plot: Plot) -> str:
    """Give the SVG, named for programs that read aloud; its own names are made different from those of other plots."""
    body = _MEANT.sub(rf"\g<0>{plot.name}-", _ID.sub(rf"\g<0>{plot.name}-", plot.drawing.body))
    return (
        f'<svg class="drawn" viewBox="0 0 {plot.drawing.width:g} {plot.drawing.height:g}" role="img" '
        f'aria-labelledby="{plot.name}-title {plot.name}-shows"><title id="{plot.name}-title">{escape(plot.caption)}'
        f'</title><desc id="{plot.name}-shows">{escape(plot.shows)}</desc>{body}</svg>'
    )


def _scrolling(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for name, *cells in table.rows
    )
    written = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    if not table.wide:
        return written
    # It takes the keyboard's arrows only if the keyboard can come to it.
    return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(table.caption)}">{written}</div>'
