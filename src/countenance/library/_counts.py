"""Counts in a document: a few figures that matter most, and tables with their plots."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from countenance.library._plots import bar, columns, key


@dataclass(frozen=True, slots=True)
class Figures:
    """The few numbers that matter most: each as it is written, with what it counts."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """A table of numbers and a plot of it: a row has a name and a number for each column (None: not to be had).

    `heads` are of the names, then of the numbers. `zero`, `missing` and `thousands` are how numbers are written. Rows
    that follow one another in time have `ticks`, their names in short, and `about`, what the plot shows. `name` is the
    table's name for programs.
    """

    name: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    zero: str
    missing: str
    thousands: str
    ticks: tuple[str, ...] = ()
    about: str = ""

    def written(self, number: int | None) -> str:
        """Give a number as it is written."""
        if not number:
            return self.missing if number is None else self.zero
        return f"{number:,}".replace(",", self.thousands)

    @property
    def most(self) -> int:
        """The largest number in it."""
        return max((number or 0 for _, numbers in self.rows for number in numbers), default=0)


def numbers_html(numbers: Figures | Counts) -> str:
    """Write figures side by side, or a table with its plot: columns over time above it, or a bar in each row."""
    match numbers:
        case Figures(rows):
            shown = "".join(
                f"<div><dt>{escape(what)}</dt><dd{_few(not said[:1].isdigit())}>{escape(said)}</dd></div>"
                for said, what in rows
            )
            return f'<dl class="figures">{shown}</dl>'
        case Counts():
            return _over_time(numbers) if numbers.ticks else _bars(numbers)


def numbers_in_words(numbers: Figures | Counts) -> Iterator[tuple[str, str]]:
    """Give what each figure counts and the figure; or each row of a table and its numbers, with heads if several."""
    match numbers:
        case Figures(rows):
            yield from ((what, said) for said, what in rows)
        case Counts(heads=(_, _)):
            yield from ((name, numbers.written(number)) for name, (number,) in numbers.rows)
        case Counts(heads=(_, *heads)):
            for name, row in numbers.rows:
                yield name, "; ".join(map("{}: {}".format, heads, map(numbers.written, row)))


def _bars(counts: Counts) -> str:
    """Write a table with a bar in the row of each number."""
    rows = (
        f'{_row(counts, name, numbers)}<td class="bars">{bar(numbers[0] or 0, counts.most)}</td>'
        for name, numbers in counts.rows
    )
    table = _table(counts, rows, head='<td class="bars"></td>')
    return f'<figure class="lines"><figcaption>{escape(counts.caption)}</figcaption>{table}</figure>'


def _over_time(counts: Counts) -> str:
    """Write a plot of columns with its table below it; where there is nothing to be seen the table is alone."""
    names = counts.heads[1:]
    legend = "".join(f"<span>{key(kind)} {escape(head)}</span>" for kind, head in enumerate(names, 1))
    plot = columns(
        list(zip(*(numbers for _, numbers in counts.rows), strict=True)),
        counts.ticks,
        name=counts.name,
        title=counts.caption,
        description=counts.about,
    )
    table = _table(counts, (_row(counts, name, numbers) for name, numbers in counts.rows))
    return (
        f'<figure class="time"><figcaption>{escape(counts.caption)}'
        + (f'<div class="legend">{legend}</div>' if counts.most and len(names) > 1 else "")
        + f"</figcaption>{plot if counts.most else ''}{table}</figure>"
    )


def _table(counts: Counts, rows: Iterable[str], *, head: str = "") -> str:
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in counts.heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(counts: Counts, name: str, numbers: Sequence[int | None]) -> str:
    cells = "".join(f"<td{_few(not number)}>{escape(counts.written(number))}</td>" for number in numbers)
    return f'<th scope="row">{escape(name)}</th>{cells}'


def _few(words: bool) -> str:  # noqa: FBT001  (the one thing it is told)
    return ' class="few"' if words else ""
