"""The figures of an evaluation said in plain words: natural frequencies, with what chance allows (R38)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from countenance.faces import Trouble
from countenance.measures import (
    AS_TAKEN,
    GOAL_FPIR,
    GOAL_SEARCHES,
    SCALED,
    WORN,
    Detection,
    Figures,
    GalleryFigures,
    Goal,
    Group,
    Kind,
    PhotoCounts,
    Point,
    Protocol,
    Rate,
    Ratio,
    Row,
    Working,
)

OF: Final = 1000
# Below this share of a thousand a whole number would hide the difference.
_TENTHS_BELOW: Final = 10
NOT_MEASURED: Final = "-"
# Written with one digit, a smaller ratio is 1.0.
_ALIKE: Final = 1.05
ENROLLED_WITH: Final[Mapping[Protocol, str]] = MappingProxyType(
    {
        Protocol.ONE: "one photo of each person",
        Protocol.SEVERAL: "several photos of each person",
        Protocol.WITH_WORN: "a good photo of each person and a poor copy of it",
    }
)
SHORTLY: Final[Mapping[Protocol, str]] = MappingProxyType(
    {
        Protocol.ONE: "one photo enrolled",
        Protocol.SEVERAL: "several enrolled",
        Protocol.WITH_WORN: "one and a poor copy enrolled",
    }
)
WEARS: Final[Mapping[str, str]] = MappingProxyType({SCALED.name: "made smaller", WORN.name: "made smaller and worn"})
WORKINGS: Final[Mapping[Working, str]] = MappingProxyType(
    {
        Working.SEARCH: "threshold for searching",
        Working.SHOW: "threshold for showing",
        Working.ONE_PERCENT: "1 % wrongly named",
        Working.ONE_PERMILLE: "0.1 % wrongly named",
        Working.NONE_NAMED: "nobody wrongly named",
    }
)
KINDS: Final[Mapping[Kind, tuple[str, str]]] = MappingProxyType(
    {
        Kind.PORTRAIT: ("with a photo of somebody whose own reference was left out", "of that kind"),
        Kind.MIRRORED: ("with a mirrored photo", "mirrored"),
        Kind.BLEND: ("with two people blended into a face of nobody", "blended"),
    }
)


def count(number: int, thing: str, things: str = "") -> str:
    """Give a number with its thing: 1 photo, 2 photos."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def listed(words: Sequence[str]) -> str:
    """Join words as a person would: a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def thousandths(share: float) -> str:
    """Say a share as so many of a thousand."""
    of = OF * share
    if of == 0 or of >= _TENTHS_BELOW:
        return f"{round(of):,}"
    return f"{of:.1f}".removesuffix(".0") if of >= 0.1 else "fewer than 0.1"  # noqa: PLR2004 - what one digit can say


def at_most(rate: Rate) -> int:
    """Give what chance allows of a thousand: the upper end of the interval, rounded up."""
    return math.ceil(OF * rate.interval[1])


def often(rate: Rate) -> str:
    """Say a rate in a cell: so many of a thousand, or that none was seen."""
    if rate.share is None:
        return NOT_MEASURED
    return thousandths(rate.share) if rate.errors else "none seen"


def allowed(rate: Rate) -> str:
    """Say in a cell what chance allows of a thousand."""
    return NOT_MEASURED if rate.share is None else f"{at_most(rate):,}"


def wrongly_named(rate: Rate) -> str:
    """Say how often somebody is named who should not be."""
    return _frequency(
        rate, "searches for people who are not in the library", "name someone wrongly", "named anybody", "would"
    )


def missed(rate: Rate) -> str:
    """Say how often somebody who is there is not found."""
    return _frequency(rate, "searches for people who are in it", "miss them", "missed the person", "would")


def _frequency(rate: Rate, searches: str, errs: str, none_erred: str, would: str) -> str:
    if rate.share is None:
        return f"Nothing is known about {searches}: there was none."
    if not rate.errors:
        return (
            f"Of 1,000 {searches}, at most {at_most(rate):,} {would} {errs}: of the {rate.trials:,} that were made, "
            f"none {none_erred}."
        )
    return f"Of 1,000 {searches}, about {thousandths(rate.share)} {errs} (at most {at_most(rate):,})."


def percent(share: float | None) -> str:
    """Say a share in per cent, with enough digits to tell it from nothing."""
    if share is None:
        return NOT_MEASURED
    if share in {0.0, 1.0}:
        return f"{share:.0%}".replace("%", " %")
    return f"{100 * share:.2f} %" if share < 0.1 else f"{100 * share:.1f} %"  # noqa: PLR2004 - three digits at least


def counted(rate: Rate) -> str:
    """Give errors of trials with their exact interval, for engineers."""
    if rate.share is None:
        return NOT_MEASURED
    # In a narrow column the interval stands below, and is not torn.
    between = " to ".join(map(percent, rate.interval)).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{rate.errors:,} of {rate.trials:,} ({between})"


def faces_of(wear: str, px: int | None) -> str:
    """Say which photos a row is about."""
    if px is None or wear == AS_TAKEN.name:
        return "as they are"
    return f"{px} pixels" if wear == SCALED.name else f"{px} pixels, {wear}"


def found_between(row: Row) -> str:
    """Say which found faces a row is about."""
    if row.from_px is None:
        return "all searches"
    if row.below_px is None:
        return f"found {row.from_px} pixels and more"
    return f"found {row.from_px} to {row.below_px - 1} pixels"


def named(row: Row) -> str:
    """Say what a row is about."""
    return faces_of(row.wear, row.asked_px) if row.wear else found_between(row)


def kinds(nonmated: Mapping[Kind, int]) -> str:
    """Say what was searched with for people who are not there."""
    return listed([f"{nonmated[kind]:,} {KINDS[kind][0]}" for kind in Kind if nonmated.get(kind)])


def point_of(row: Row, figures: Figures) -> Point | None:
    """Give the working point that is spoken of: the threshold for searching, or that of 1 % if none is in use."""
    wanted = Working.ONE_PERCENT if figures.calibration is None else Working.SEARCH
    return next((point for point in row.points if point.working is wanted), None)


def goal_said(goal: Goal, *, chosen_here: bool) -> str:
    """Say whether the goal is reached, and if not, how far it is known."""
    asked = f"The goal is that at most {thousandths(GOAL_FPIR)} of 1,000 such searches names anybody"
    seen = f"{'none' if not goal.errors else f'{goal.errors:,}'} of {goal.searches:,} did"
    bound = f"the rate is below {percent(goal.bound)} with 95 % certainty"
    if goal.reached and chosen_here:
        return f"{asked}. On these searches it is reached, but the thresholds were chosen on them: {seen}."
    if goal.reached:
        return f"{asked}. It is reached: {seen}, so that {bound}."
    if goal.errors > GOAL_FPIR * goal.searches:
        return f"{asked}. It is not reached: {seen}; {bound}."
    return (
        f"{asked}. It is not shown: {seen}, so that {bound}, and no more can be said. It takes {GOAL_SEARCHES:,} "
        "searches without an error: measure with more photos, or more blends."
    )


def photos_said(photos: PhotoCounts) -> Iterator[str]:
    """Say what became of the photos, where there is something to say."""
    if photos.unreadable:
        yield f"{count(photos.unreadable, 'photo')} could not be read, and {_is(photos.unreadable)} in no rate."
    if photos.faceless:
        yield (
            f"In {count(photos.faceless, 'photo')} no face was found as they are; each search with one is counted as a "
            "miss."
        )
    if photos.crowded:
        yield (
            f"{count(photos.crowded, 'photo')} showed several faces; the largest nearest to the middle was taken for "
            "the labelled person's."
        )
    if photos.duplicates:
        yield f"{count(photos.duplicates, 'file')} had the same bytes as another of the same person, and counted once."
    if photos.unlabelled:
        yield f"{count(photos.unlabelled, 'photo')} did not say who is in them, and went unused."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def found_said(detection: Sequence[Detection]) -> str:
    """Say how often the face was not found at all."""
    errors, trials = (sum(getattr(one.missed, name) for one in detection) for name in ("errors", "trials"))
    if not errors:
        return f"In each of the {trials:,} pictures, of whatever size, the face was found."
    return f"In {errors:,} of {trials:,} pictures, most of them small or worn, the face was not found."


def enrolment_said(gallery: GalleryFigures) -> str:
    """Say how many photos and people enrolment would have refused."""
    photos, people = gallery.photos_refused, gallery.people_refused
    if not photos.errors:
        if photos.trials == 1:
            return "The one reference photo would not be refused at enrolment."
        return f"None of the {photos.trials:,} reference photos would be refused at enrolment."
    lost = "Nobody was left out by that: each had another photo that served."
    if people.errors:
        whom = f"{people.errors:,} of {count(people.trials, 'person', 'people')}"
        lost = f"{whom} could not be enrolled at all, and no search was for them."
    return f"{photos.errors:,} of {count(photos.trials, 'reference photo')} would be refused at enrolment. {lost}"


def refused(outcome: str) -> str:
    """Say why a reference photo would be refused, and what to do about it."""
    if outcome in set(Trouble):
        trouble = Trouble(outcome)
        return f"The face {trouble.seen}: {trouble.advice}"
    return f"The photo was {outcome.replace('-', ' ')}"


def ratio_said(ratio: Ratio, *, erred: str) -> str:
    """Say how far the groups are apart; `erred` is what happened to people: missed, wrongly named."""
    if ratio.too_few:
        return f"Who is {erred} more often: too few to say."
    most, least = ratio.hangs_on
    seen = f"{count(most, 'error')} against {least:,}"
    if not most:
        return f"Nobody of any group was {erred}: no difference was seen."
    overlap = (
        "chance alone does not explain it"
        if ratio.apart
        else "with so few errors chance alone may have made the difference"
    )
    if ratio.ratio is None:
        people = "Attention: people" if ratio.flagged else "People"
        return (
            f"{people} of the group “{ratio.highest}” were {erred}, and nobody of “{ratio.lowest}” "
            f"({seen}): how many times as often cannot be said; {overlap}."
        )
    if ratio.ratio < _ALIKE:
        return f"People of all groups were {erred} about as often: no difference to speak of."
    times = f"{ratio.ratio:.1f} times as often as “{ratio.lowest}” ({seen})"
    if ratio.flagged:
        return f"Attention: people of the group “{ratio.highest}” were {erred} {times}; {overlap}."
    return f"The group “{ratio.highest}” was {erred} most: {times}. Below 1.5 times it is not pointed out."


def group_cells(group: Group) -> tuple[str, ...]:
    """Give the cells of a group's row: people, missed and what chance allows, wrongly named and what chance allows."""
    cells = [group.value, f"{group.people:,}"]
    for enough, rate in ((group.enough_fnir, group.fnir), (group.enough_fpir, group.fpir)):
        cells += [often(rate), allowed(rate)] if enough else ["too few", NOT_MEASURED]
    return tuple(cells)
