"""Which plots a page about an evaluation has, each with how it is read and the same in a table beside it."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from countenance.faces import Use
from countenance.library._charts import Plot, Table
from countenance.library._evaluation_plots import Line, by_people, by_size, humps, trade_off
from countenance.library._evaluation_words import (
    ENROLLED_WITH,
    NOT_MEASURED,
    SHORTLY,
    WEARS,
    WORKINGS,
    allowed,
    faces_of,
    named,
    often,
    percent,
    point_of,
    thousandths,
)
from countenance.measures import AS_TAKEN, By, Figures, GalleryFigures, Growth, Histogram, Rate, Row, Working

# Of the histogram's narrow bins so many make one line of its table.
_BINS_A_LINE: Final = 5
_TARGETS: Final = (Working.ONE_PERCENT, Working.ONE_PERMILLE, Working.NONE_NAMED)


def asked_rows(gallery: GalleryFigures) -> tuple[Row, ...]:
    """Give the rows by the size that faces were made to."""
    return tuple(row for row in gallery.rows if row.by is By.ASKED)


def size_plot(figures: Figures) -> Iterator[Plot]:
    """Draw how many are missed by the face's size; nothing if photos were measured as they are alone."""
    rows = [row for gallery in figures.galleries for row in asked_rows(gallery)]
    sizes = sorted({row.asked_px for row in rows if row.asked_px is not None})
    if not sizes or not any(_missed(row, figures) for row in rows):
        return
    places: list[int | None] = [*sizes, *([None] if any(row.asked_px is None for row in rows) else [])]
    ticks = ["as is" if px is None else f"{px}" for px in places]
    lines = [
        _size_line(gallery, wear, places, figures)
        for gallery in figures.galleries
        for wear in dict.fromkeys(row.wear for row in asked_rows(gallery) if row.asked_px is not None)
    ]
    yield Plot(
        "missed-by-size",
        "Who is missed, by the size of the face",
        "Further to the right the faces are larger. The higher a point, the more often somebody who is in the library "
        "is not found. The upright strokes are what chance allows: the truth lies on them with 95 % certainty.",
        "; ".join(f"{line.name}: {_told(line, ticks)}" for line in lines) + ".",
        by_size(lines, ticks, x_label="size of the face in pixels", y_label="searches that miss"),
    )


def _size_line(gallery: GalleryFigures, wear: str, places: Sequence[int | None], figures: Figures) -> Line:
    rates: list[Rate | None] = []
    for px in places:
        worn = AS_TAKEN.name if px is None else wear
        found = (row for row in asked_rows(gallery) if (row.wear, row.asked_px) == (worn, px))
        rates.append(next((_missed(row, figures) for row in found), None))
    name = WEARS.get(wear, wear)
    if len(figures.galleries) > 1:
        name = f"{name}; {SHORTLY[gallery.protocol]}"
    return Line(
        name,
        range(len(rates)),
        [None if rate is None else rate.share for rate in rates],
        [(0.0, 0.0) if rate is None else rate.interval for rate in rates],
    )


def _missed(row: Row, figures: Figures) -> Rate | None:
    point = point_of(row, figures)
    return None if point is None or point.fnir.share is None else point.fnir


def _told(line: Line, ticks: Sequence[str]) -> str:
    said = (f"{percent(y)} at {tick}" for tick, y in zip(ticks, line.ys, strict=True) if y is not None)
    return ", ".join(said)


def trade_charts(gallery: GalleryFigures) -> Iterator[Plot | Table]:
    """Draw what a lower threshold costs and gains (DET): for photos as they are, and each size in the hardest way."""
    rows = [row for row in asked_rows(gallery) if row.trades]
    if not rows:
        return
    hardest = rows[-1].wear
    chosen = [row for row in rows if row.wear in {AS_TAKEN.name, hardest}]
    floor = 0.5 / max(sum(row.nonmated.values()) for row in rows)
    lines = [
        Line(faces_of(row.wear, row.asked_px), [t.fpir for t in row.trades], [t.fnir for t in row.trades])
        for row in chosen
    ]
    table = Table(
        "trade-off-table",
        "Missed, where the threshold is as low as so many wrong names allow",
        ("Faces", *(WORKINGS[working] for working in _TARGETS), "both alike"),
        tuple((named(row), *(_missed_at(row, working) for working in _TARGETS), percent(row.crossing)) for row in rows),
        wide=True,
    )
    yield Plot(
        "trade-off",
        "Missing people against naming them wrongly",
        "Each line is all that a threshold can give: the further left, the fewer people are wrongly named, the further "
        "down, the fewer are missed. The nearer a line is to the lower left corner, the better; one that runs along "
        "the lower edge misses nobody. Each mark of the scale is ten times the one before it.",
        "The same at three thresholds is in the table below.",
        trade_off(lines, x_label="wrongly named (FPIR)", y_label="missed (FNIR)", floor=floor),
    )
    yield table


def _missed_at(row: Row, working: Working) -> str:
    found = next((point for point in row.points if point.working is working), None)
    return NOT_MEASURED if found is None else percent(found.fnir.share)


def score_charts(gallery: GalleryFigures, figures: Figures) -> Iterator[Plot | Table]:
    """Draw how alike people are to their own reference, and to the most alike of everybody else's."""
    told = gallery.total.histogram
    if not told.edges:
        return
    own, others = "the person's own reference", "the most alike of the others"
    yield Plot(
        "scores",
        "How alike: one's own reference, and the most alike of the others",
        "The further right, the more alike. The less the two heaps run into each other, the better people are told "
        "apart. Whoever is to the right of the dashed line is a possible match; where there are two lines, it lies "
        "between them, and each size of face has its own.",
        "The same in numbers is in the table below.",
        humps(
            told.edges,
            {own: told.own, others: told.others},
            _deciding(gallery, figures),
            x_label="comparison score",
            y_label="of the searches",
        ),
    )
    yield Table("scores-table", "Searches by their comparison score", ("Score", own, others), tuple(_heaps(told)))


def _deciding(gallery: GalleryFigures, figures: Figures) -> tuple[str, float, float] | None:
    if figures.calibration is None:
        point = point_of(gallery.total, figures)
        return None if point is None or point.threshold is None else ("threshold", point.threshold, point.threshold)
    people = gallery.people + gallery.filled
    scores = [figures.calibration.threshold(Use.SEARCH, people=people, px=px).score for px in figures.calibration.sizes]
    return "threshold for searching", min(scores), max(scores)


def _heaps(told: Histogram) -> Iterator[tuple[str, ...]]:
    first, last = (math.floor(round(edge * 10, 6)) for edge in (told.edges[0], told.edges[-2]))
    for tenth in range(first, last + 1):
        within = [place for place, edge in enumerate(told.edges[:-1]) if math.floor(round(edge * 10, 6)) == tenth]
        counts = (sum(heap[place] for place in within) for heap in (told.own, told.others))
        yield f"{tenth / 10:.1f}\N{EN DASH}{(tenth + 1) / 10:.1f}", *(f"{number:,}" for number in counts)


def growth_charts(gallery: GalleryFigures, figures: Figures) -> Iterator[Plot | Table]:
    """Draw how often somebody is wrongly named as the library grows."""
    if figures.calibration is None or not gallery.growth:
        return
    sizes = [px for px in figures.calibration.sizes if any(one.fpir.get(px) is not None for one in gallery.growth)]
    if not sizes:
        return
    people = [one.people for one in gallery.growth]
    lines = [Line(f"{px} px and more", people, [one.fpir.get(px) for one in gallery.growth]) for px in sizes]
    if len(people) > 1:
        yield Plot(
            "growth",
            "Who is wrongly named, as more people are enrolled",
            "Everybody who is enrolled is one more who can be taken for somebody else. So the threshold rises with "
            "their number, in steps; each point is at the threshold of its step. A flat line says that this makes up "
            "for it.",
            "The same in numbers is in the table below.",
            by_people(lines, x_label="people enrolled", y_label="of 1,000, wrongly named"),
        )
    yield Table(
        "growth-table",
        "Wrongly named of 1,000, by the number of people enrolled and the size of the face found",
        ("People", *(f"{px} px" for px in sizes)),
        tuple((_people(one), *(_share(one.fpir.get(px)) for px in sizes)) for one in gallery.growth),
    )


def _people(grown: Growth) -> str:
    return f"{grown.people:,}" if grown.measured else f"{grown.people:,} (drawn from more)"


def _share(share: float | None) -> str:
    return NOT_MEASURED if share is None else thousandths(share)


def gain_table(figures: Figures) -> Iterator[Table]:
    """Give what several photos of a person gain, where several galleries were measured."""
    if len(figures.galleries) < 2:  # noqa: PLR2004 - to compare takes two
        return
    names = dict.fromkeys(named(row) for gallery in figures.galleries for row in asked_rows(gallery))
    rates = {
        (gallery.protocol, named(row)): _missed(row, figures)
        for gallery in figures.galleries
        for row in asked_rows(gallery)
    }
    yield Table(
        "gain",
        "Missed of 1,000 (at most), by what people were enrolled with",
        ("Faces", *(ENROLLED_WITH[gallery.protocol] for gallery in figures.galleries)),
        tuple(
            (name, *(_with_bound(rates.get((gallery.protocol, name))) for gallery in figures.galleries))
            for name in names
        ),
    )


def _with_bound(rate: Rate | None) -> str:
    return NOT_MEASURED if rate is None else f"{often(rate)} ({allowed(rate)})"
