"""Counting in fives: what is published of counts, so that no number of any report singles anybody out.

When five deeds of a kind have come together, five are shown, in the month of the fifth. Where the deeds are told apart
(by reason, say), the five go to the row that has the most waiting, so that the rows add up to the total. What is left
over at the end of a half-year is never shown; the next one begins at nothing.

So each number of each report is a sum of numbers of one table that never changes, whatever periods are reported, and a
difference of two reports tells nothing that the table does not. Of each number n of it, and each sum of such, all of
n, n + 1, n + 2, n + 3 and n + 4 stay possible. The proof, the sources, and what this does not protect, are in
docs/formats/report.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

# Counts under five are not published by statistical offices either; the sources are in docs/formats/report.md.
BATCH: Final = 5
# Half a year is the shortest time for which records of searches are kept, so each can be counted whole before they end.
FRAME_MONTHS: Final = 6
_YEAR_MONTHS: Final = 12


def in_fives(
    counts: Mapping[str, Mapping[str, int]], months: Sequence[str], rows: Sequence[str]
) -> Iterator[Mapping[str, int]]:
    """Give what is shown of each row in each of these months (`2026-03`), of which the first begins a half-year.

    `counts` has by month how many deeds of each row there were; of rows that have as many waiting the first is shown.

    Raises:
        ValueError: the first month begins no half-year; a caller's defect.
    """
    if months and months[0] != half_year(months[0]):
        raise ValueError(f"{months[0]} begins no half-year")
    waiting = dict.fromkeys(rows, 0)
    for month in months:
        if month == half_year(month):
            waiting = dict.fromkeys(rows, 0)
        for row, number in counts.get(month, {}).items():
            waiting[row] += number
        shown = dict.fromkeys(rows, 0)
        for _ in range(sum(waiting.values()) // BATCH):
            fullest = max(rows, key=waiting.__getitem__)
            waiting[fullest] -= BATCH
            shown[fullest] += BATCH
        yield shown


def half_year(month: str) -> str:
    """Give the month that begins the half-year of a month: January or July."""
    place = _place(month)
    return _month(place - place % FRAME_MONTHS)


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Give the months from one to another, both counted in."""
    return tuple(map(_month, range(_place(first), _place(last) + 1)))


def _place(month: str) -> int:
    year, number = map(int, month.split("-"))
    return year * _YEAR_MONTHS + number - 1


def _month(place: int) -> str:
    year, number = divmod(place, _YEAR_MONTHS)
    return f"{year:04}-{number + 1:02}"
