"""`enrol`: take up a person who signed a form."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from countenance.cli._forms import Deed, form_help, form_options, hand_in
from countenance.cli._options import Command
from countenance.consent import Purpose
from countenance.library import EnrolmentForm

HELP = form_help("Take up the person NAME, who signed the form and is alone in the photos.")
DEED = Deed(
    do=lambda library, form: library.enrol(form, later=True),
    what="is enrolled as",
    done="The person is enrolled",
    concerns_photos=lambda enrolled: enrolled.face_data,
)


@click.command("enrol", cls=Command, help=HELP)
@click.argument("name", metavar="NAME")
@form_options(click.option("--no-face", is_flag=True, help="Keep no face data: the person is never recognised."))
@click.pass_context
def enrol(  # noqa: PLR0913  (each is an option of the command)
    ctx: click.Context,
    *,
    name: str,
    photo: Sequence[Path],
    no_face: bool,
    release: Path,
    purpose: Sequence[str],
    expires: datetime | None,
    guardian: str,
    language: str,
    receipt: Path | None,
    later: bool,
) -> int:
    """Enrol one person."""
    if bool(photo) == no_face:
        raise click.UsageError("Give either --photo FILE (one or more) or --no-face.", ctx)
    form = EnrolmentForm(name, tuple(photo), release, tuple(map(Purpose, purpose)), expires, guardian, language)
    return hand_in(ctx, form, DEED, receipt=receipt, later=later)
