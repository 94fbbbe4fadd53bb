"""An evaluation as a page for everybody who answers for a library: first what it means in plain words, then the plots.

No photo and no name is on it, and nothing in it depends on when it is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from countenance.library._charts import Table
from countenance.library._counts import Figures as Glance
from countenance.library._documents import Block, Document, Facts, Items, Paragraph, Section
from countenance.library._evaluation_charts import (
    asked_rows,
    gain_table,
    growth_charts,
    score_charts,
    size_plot,
    trade_charts,
)
from countenance.library._evaluation_words import (
    ENROLLED_WITH,
    NOT_MEASURED,
    WORKINGS,
    allowed,
    count,
    counted,
    enrolment_said,
    faces_of,
    found_said,
    goal_said,
    group_cells,
    kinds,
    missed,
    named,
    often,
    photos_said,
    point_of,
    ratio_said,
    refused,
    wrongly_named,
)
from countenance.measures import WORN, Figures, GalleryFigures, Point, Rate, Row, Working

_LIMITS: Final = (
    (
        "The rates are those of these people and these photos. A library with other people, younger or older, darker "
        "or more turned in the picture, errs more or less often: measure it with photos of its own."
    ),
    (
        "Portraits that people posed for, taken on one day, are easier than life. Photos that were made smaller, "
        "darker, tilted or blurred come nearer to it, and are not the same as photos from life."
    ),
    (
        "Several searches with one person are not independent of each other, so that the truth may lie further away "
        "than “at most” says. The table for engineers counts people beside searches."
    ),
    "Mirrored photos and faces blended from two people stand in for strangers. They are not the same as strangers.",
    "A result is a possible match, for a person to look at. Never let anything follow from it by itself.",
)


def evaluation_page(figures: Figures, *, drawn: bool = True) -> Document:
    """Write the page; without `drawn` it has no plots and no table that needs the width of a page."""
    page = _Page(figures, figures.galleries[0], drawn)
    return Document(
        language="en",
        title="How well people are recognised",
        lead=(
            f"Measured with photos of which it is known whose they are: {figures.data_set}. How often somebody is "
            "wrongly named, how often somebody is missed, and how far these numbers can be trusted."
        ),
        sections=tuple(page.sections()),
        foot=(
            f"Computed by Countenance {figures.software} from stored comparison scores. This page names nobody and "
            "shows no photo."
        ),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """Figures, the gallery that is spoken of first, and whether there is room for plots."""

    figures: Figures
    gallery: GalleryFigures
    drawn: bool

    def sections(self) -> Iterator[Section]:
        """Give the sections of the page."""
        yield Section("answer", "The answer", tuple(self.answer()))
        yield Section("meaning", "What this was measured with", tuple(self.meaning()))
        yield Section("sizes", "Small faces", tuple(self.sizes()))
        if self.drawn:
            yield Section("found", "Faces that are not found", tuple(self.found()))
        yield Section("enrolment", "Photos that do not serve for enrolment", tuple(self.enrolment()))
        yield Section("groups", "Groups of people", tuple(self.groups()))
        yield Section("limits", "What these numbers do not say", (Items(_LIMITS if self.drawn else _LIMITS[-1:]),))
        if self.drawn:
            yield Section("curves", "For those who want to see more", tuple(self.curves()))
            yield Section("details", "For engineers", tuple(self.details()))

    def answer(self) -> Iterator[Block]:
        """Give both rates in natural frequencies, over all searches and for photos as they are."""
        point = point_of(self.gallery.total, self.figures)
        if point is None:
            yield Paragraph("There was no search for anybody who is not in the library: nothing can be said.")
            return
        plain = [row for row in asked_rows(self.gallery) if row.asked_px is None]
        if self.drawn:
            yield Glance(tuple(_glance(point, plain, self.figures)))
        yield Items((wrongly_named(point.fpir), *self.misses(point, plain)))
        yield Paragraph(
            "“At most” is what chance still allows, with 95 % certainty: the fewer searches, the further it is from "
            "what was seen."
        )
        if self.gallery.goal is not None:
            yield Paragraph(goal_said(self.gallery.goal, chosen_here=self.figures.tuned_here))
        yield Paragraph(self.deciding())

    def misses(self, point: Point, plain: list[Row]) -> Iterator[str]:
        """Say what is missed of photos as they are, and of all."""
        if len(plain) == len(asked_rows(self.gallery)):
            yield missed(point.fnir)
            return
        for row in plain:
            if (of_plain := point_of(row, self.figures)) is not None:
                yield f"Photos as they are. {missed(of_plain.fnir)}"
        yield f"All photos, those that were made smaller and worse among them. {missed(point.fnir)}"

    def deciding(self) -> str:
        """Say by which thresholds it was decided."""
        used = self.figures.calibration
        if used is None:
            return (
                "No thresholds fit this model and this many people. So the rates are those at the lowest threshold at "
                "which 1 % of these same searches name somebody wrongly: they show what is possible, and no library "
                "works by them."
            )
        if self.figures.tuned_here:
            return (
                "The thresholds were chosen on these same searches. Other photos will do somewhat worse: measure again "
                "with photos that were not used for choosing."
            )
        return (
            f"The thresholds are those in use, which were measured on {used.data_set}. If none of these people were "
            "among those, these photos are a real test of them; if they were, other people will do somewhat worse."
        )

    def meaning(self) -> Iterator[Block]:
        """Say how many photos, people and searches there were."""
        gallery = self.gallery
        fillers = f", and {count(gallery.filled, 'generated face')} of nobody" if gallery.filled else ""
        yield Paragraph(
            f"{count(gallery.people, 'person was', 'people were')} enrolled with {ENROLLED_WITH[gallery.protocol]}"
            f"{fillers}. Then it was searched {count(gallery.total.mated, 'time', 'times')} for somebody who is "
            f"enrolled, and {count(sum(gallery.total.nonmated.values()), 'time', 'times')} for somebody who is not: "
            f"{kinds(gallery.total.nonmated) or 'with nothing'}."
        )
        if remarks := tuple(photos_said(self.figures.photos)):
            yield Items(remarks)

    def sizes(self) -> Iterator[Block]:
        """Tell both rates by the size of the face."""
        yield Paragraph(
            "The smaller a face is in a photo, the less there is to know it by. Size is the longer side of the box "
            f"around the face, in pixels. Faces of fewer than {self.figures.nameable_px} pixels are never named."
        )
        wears = {row.wear for row in asked_rows(self.gallery)}
        if WORN.name in wears:
            yield Paragraph(
                "“Worn” photos were also made darker or lighter, tilted, a little blurred, and saved as JPEG."
            )
        if self.drawn:
            yield from size_plot(self.figures)
        yield self.rates("by-size", "Of 1,000 searches, so many go wrong", asked_rows(self.gallery))
        yield from gain_table(self.figures)

    def rates(self, name: str, caption: str, rows: tuple[Row, ...]) -> Table:
        """Give both rates of rows in natural frequencies."""
        told: list[tuple[str, ...]] = []
        for row in rows:
            point = point_of(row, self.figures)
            cells = (
                (NOT_MEASURED,) * 4
                if point is None
                else (often(point.fnir), allowed(point.fnir), often(point.fpir), allowed(point.fpir))
            )
            told.append((named(row), *cells))
        return Table(name, caption, ("Faces", "Missed", "At most", "Wrongly named", "At most"), tuple(told))

    def found(self) -> Iterator[Block]:
        """Tell how often the detector saw no face."""
        yield Paragraph(found_said(self.figures.detection))
        rows = tuple(
            (faces_of(one.wear, one.asked_px), f"{one.missed.trials:,}", often(one.missed), allowed(one.missed))
            for one in self.figures.detection
        )
        yield Table("not-found", "Not found, of 1,000", ("Faces", "Pictures", "Not found", "At most"), rows)
        yield Paragraph(
            "This is how searching and indexing look. Before photos are published they are looked through more "
            "thoroughly, but a face that is not found then is not covered either: look at covered copies before you "
            "give them away."
        )

    def enrolment(self) -> Iterator[Block]:
        """Tell which photos enrolment would have refused."""
        yield Paragraph(enrolment_said(self.gallery))
        if self.gallery.refusals:
            rows = tuple((refused(outcome), f"{number:,}") for outcome, number in self.gallery.refusals.items())
            yield Table("refusals", "Why, and what helps", ("What was wrong", "Photos"), rows)

    def groups(self) -> Iterator[Block]:
        """Tell the rates of groups, and where they are far apart."""
        wanted = Working.ONE_PERCENT if self.figures.calibration is None else Working.SEARCH
        groupings = [one for one in self.gallery.groupings if one.working is wanted]
        if not groupings:
            yield Paragraph(
                "Nothing is known about groups: the photos came without labels (people.csv). Errors may fall on some "
                "groups of people more than on others."
            )
        for number, grouping in enumerate(groupings, start=1):
            by = f"By {grouping.label}. "
            yield Items(
                (by + ratio_said(grouping.fnir, erred="missed"), by + ratio_said(grouping.fpir, erred="wrongly named"))
            )
            yield Table(
                f"groups-{number}",
                f"Of 1,000 searches, by {grouping.label}",
                ("Group", "People", "Missed", "At most", "Wrongly named", "At most"),
                tuple(map(group_cells, grouping.groups)),
            )
        if groupings:
            yield Paragraph(
                "A group with too few people or searches is not told: its rate would be that of a few faces. The "
                "labels are used for measuring alone; the program never guesses to which group anybody belongs."
            )

    def curves(self) -> Iterator[Block]:
        """Draw the trade-off, the scores and the growth."""
        yield from trade_charts(self.gallery)
        yield from score_charts(self.gallery, self.figures)
        yield from growth_charts(self.gallery, self.figures)

    def details(self) -> Iterator[Block]:
        """Give counts, exact intervals, thresholds and gallery sizes."""
        figures = self.figures
        used = "none" if figures.calibration is None else f"{figures.calibration.data_set}"
        yield Facts(
            (
                ("Model", figures.model),
                ("Detector", figures.detector),
                ("Thresholds", used),
                ("Data set", figures.data_set),
            )
        )
        yield Paragraph(
            "FNIR counts faces that were not found, or were too small to be named, as misses; “of those found” leaves "
            "them out. FPIR is of searches whose face was found. In brackets: the exact interval of Clopper and "
            "Pearson, 95 %, over searches, as if they were independent. People: how many different ones met an error "
            "at least once."
        )
        for gallery in figures.galleries:
            yield _details(gallery)


def _glance(point: Point, plain: list[Row], figures: Figures) -> Iterator[tuple[str, str]]:
    yield _said(point.fpir), "of 1,000 searches for people who are not there name someone wrongly"
    for row in plain:
        if (of_plain := point_of(row, figures)) is not None:
            yield (
                _said(of_plain.fnir),
                "of 1,000 searches for people who are there miss them: photos as they are",
            )
    if point.fnir.trials > sum(row.mated for row in plain):
        yield _said(point.fnir), "of 1,000 miss them: all photos, small and worn ones among them"
    yield f"{point.fpir.trials + point.fnir.trials:,}", "searches were made to find this out"


def _said(rate: Rate) -> str:
    """Say a rate by itself, where no count stands beside it: without an error, what chance allows."""
    if rate.share is None:
        return "not known"
    return f"about {often(rate)}" if rate.errors else f"at most {allowed(rate)}"


def _details(gallery: GalleryFigures) -> Table:
    low, high = gallery.compared
    compared = f"{high:,}" if low == high else f"{low:,} to {high:,}"
    rows = [
        (
            named(row),
            WORKINGS[point.working],
            "by size" if point.threshold is None else f"{point.threshold:.4f}",
            counted(point.fnir),
            counted(point.fnir_acquired),
            _people(point),
            counted(point.fpir),
        )
        for row in (*gallery.rows, gallery.total)
        for point in row.points
    ]
    return Table(
        f"details-{gallery.protocol}",
        f"Enrolled with {ENROLLED_WITH[gallery.protocol]}: N = {compared} compared",
        ("Faces", "At", "T", "FNIR", "of those found", "people: missed, wrongly named", "FPIR"),
        tuple(rows),
        wide=True,
    )


def _people(point: Point) -> str:
    one, other = point.fnir, point.fpir
    return f"{one.people_with_error:,} of {one.people:,}, {other.people_with_error:,} of {other.people:,}"
