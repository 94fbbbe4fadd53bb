"""`photos`: the photos that a person is in."""

from collections.abc import Sequence

import click

from countenance.cli._appearing import apart, shapes
from countenance.cli._arguments import REASON_CLASSES
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.ledger import ReasonClass
from countenance.ports import Appearance


@click.command("photos", cls=Command)
@click.argument("person", metavar="PERSON")
@click.option("--reason", metavar="TEXT", help="Why staff look. The person can read it.")
@click.option(
    "--reason-class",
    type=REASON_CLASSES,
    help="What kind of reason staff have, so that reasons can be counted without being read.  [default: other]",
)
@click.option("--for-person", is_flag=True, help="The person asks: the list goes to them, and to nobody else.")
@click.pass_context
def photos(ctx: click.Context, *, person: str, reason: str | None, reason_class: str | None, for_person: bool) -> int:
    """List the photos that PERSON (a name or an id) is in: first those that somebody has confirmed, then possible ones.

    With --reason it needs the person's consent to be found by staff (be-found); with --for-person, to find their own
    photos (find-me). Either way it is noted in the ledger, where the person can see it. With --reason the person counts
    among those whom the account finds that day.
    """
    if (reason is not None) == for_person:
        raise click.UsageError("Give either --reason TEXT or --for-person.", ctx)
    if for_person and reason_class:
        raise click.UsageError("With --for-person no reason is asked, and so none has a class.", ctx)
    with open_library() as library:
        listing = library.photos(person, reason=reason, reason_class=ReasonClass(reason_class or ReasonClass.OTHER))
    answer(
        {"person": listing.person, "photos": shapes(listing.appearances), "ledger_entry": listing.entry},
        _lines(clean(person), listing.appearances),
    )
    return 0


def _lines(name: str, appearances: Sequence[Appearance]) -> list[str]:
    """Say first what a human has confirmed, then what the machine takes for possible."""
    confirmed, possible = apart(appearances)
    lines: list[str] = []
    if confirmed:
        lines += [wrapped(f"{name} is in {count(len(confirmed), 'photo')}, confirmed by a person:")]
        lines += [f"  {photo}" for photo in confirmed]
    if possible:
        more = f"{len(possible):,} more" if confirmed else count(len(possible), "photo")
        lines += [wrapped(f"{name} is possibly in {more}:"), *(f"  {photo}" for photo in possible)]
    return lines or [wrapped(f"{name} was found in none of the photos that were indexed.")]
