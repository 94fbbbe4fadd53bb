"""`search`: find a person by a photo."""

from collections.abc import Sequence
from pathlib import Path

import click

from countenance.cli._appearing import apart, shapes
from countenance.cli._arguments import REASON_CLASSES, LocalPath
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.errors import PhotoProblem
from countenance.ledger import ReasonClass
from countenance.library import Fit
from countenance.ports import Appearance


@click.command("search", cls=Command)
@click.argument("photo", metavar="PHOTO", type=LocalPath())
@click.option("--reason", metavar="TEXT", required=True, help="Why you search. The person who is found can read it.")
@click.option(
    "--reason-class",
    type=REASON_CLASSES,
    default=str(ReasonClass.OTHER),
    show_default=True,
    help="What kind of reason it is, so that reasons can be counted without being read.",
)
@click.option(
    "--face", metavar="N", type=int, help="Which face is meant, if the photo shows several: 1 is the first listed."
)
def search(photo: Path, *, reason: str, reason_class: str, face: int | None) -> int:
    """Find the person in PHOTO, and the photos they are in, among the people who let staff find them (be-found).

    PHOTO is compared in memory and not kept. Each search is noted in the ledger, with its reason. The policy says how
    many different people one account may find in a day.
    """
    with open_library() as library:
        try:
            found = library.search(photo, reason=reason, face=face, reason_class=ReasonClass(reason_class))
        except PhotoProblem as problem:
            raise type(problem)(f"{photo.name}: {problem.what}", remedy=problem.remedy) from problem
    lines: list[str] = []
    for one in found.answers:
        photos = count(len(one.appearances), "photo")
        lines += [wrapped(f"Possible match: {clean(one.name)} ({one.person}), in {photos}", then="  ").rstrip()]
        lines += _photos(one.appearances)
    lines += [
        wrapped("A possible match is no proof. Compare the faces yourself before you act on it.")
        if found.answers
        else "Nobody who asked to be found matches."
    ]
    if found.not_compared:
        lines += [wrapped(_not_compared(found.not_compared))]
    lines += [wrapped(text) for text in _misfits(found.fit)]
    answer(
        {
            "answers": [
                {
                    "person": one.person,
                    "name": one.name,
                    "photos": shapes(one.appearances),
                }
                for one in found.answers
            ],
            "not_compared": found.not_compared,
            "calibration": {
                "own": found.fit.own,
                "data_set": found.fit.data_set,
                "up_to": found.fit.up_to,
                "outgrown": found.fit.outgrown,
                "put_aside": found.fit.put_aside or None,
            },
            "ledger_entry": found.entry,
        },
        lines,
    )
    return 0


def _photos(appearances: Sequence[Appearance]) -> list[str]:
    """Give the photos of a possible match; where a human has confirmed some of them, those apart from the others."""
    confirmed, possible = apart(appearances)
    if not confirmed:
        return [f"  {photo}" for photo in possible]
    lines = ["  Confirmed by a person:", *(f"    {photo}" for photo in confirmed)]
    return [*lines, "  Possible matches:", *(f"    {photo}" for photo in possible)] if possible else lines


def _misfits(fit: Fit) -> list[str]:
    """Say where the thresholds in use are not those that were measured for the library as it is now."""
    again = "Measure and calibrate again: see `countenance doctor`."
    lines = []
    if fit.put_aside:
        measured = f"The thresholds measured for this library are of another model ({clean(fit.put_aside)})"
        lines.append(f"{measured}, so those that come with the model in use hold. {again}")
    if fit.outgrown is not None:
        grown = f"The library has grown beyond the {fit.outgrown:,} people that its thresholds were put in force for"
        lines.append(f"{grown}: stricter ones hold, for up to {fit.up_to:,}. {again}")
    return lines


def _not_compared(number: int) -> str:
    who = "One person was" if number == 1 else f"{number:,} people were"
    return f"{who} enrolled with an earlier model and cannot be found by anybody until you run: countenance reembed"
