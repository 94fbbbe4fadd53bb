"""`renew`: a new signed form of somebody known."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from countenance.cli._forms import Deed, form_help, form_options, hand_in
from countenance.cli._options import Command
from countenance.consent import Purpose
from countenance.library import EnrolmentForm

HELP = form_help(
    "Keep a new consent of PERSON (a name or an id), who signed another form: for more, for longer, with new photos, "
    "or after a withdrawal. What was allowed before goes on as it was signed. New photos take the place of old ones."
)
DEED = Deed(
    do=lambda library, form: library.renew(form, later=True),
    what="has signed anew, as",
    done="The consent is renewed",
    concerns_photos=lambda _: True,
)


@click.command("renew", cls=Command, help=HELP)
@click.argument("person", metavar="PERSON")
@form_options()
@click.pass_context
def renew(  # noqa: PLR0913  (each is an option of the command)
    ctx: click.Context,
    *,
    person: str,
    photo: Sequence[Path],
    release: Path,
    purpose: Sequence[str],
    expires: datetime | None,
    guardian: str,
    language: str,
    receipt: Path | None,
    later: bool,
) -> int:
    """Renew one person's consent."""
    form = EnrolmentForm(person, tuple(photo), release, tuple(map(Purpose, purpose)), expires, guardian, language)
    return hand_in(ctx, form, DEED, receipt=receipt, later=later)
