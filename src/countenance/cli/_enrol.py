"""`enrol`: take up a person who signed a form."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._forms import end_of, form_help, form_options, print_receipt, refuse_taken, tell_enrolment
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.consent import Purpose
from countenance.library import EnrolmentForm

HELP = form_help("Take up the person NAME, who signed the form and is alone in the photos.")


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
    receipt_page: Path | None,
    later: bool,
) -> int:
    """Enrol one person."""
    if bool(photo) == no_face:
        raise click.UsageError("Give either --photo FILE (one or more) or --no-face.", ctx)
    refuse_taken(receipt_page)
    with open_library() as library, progress() as show:
        end = end_of(expires, library.policy(), guardian=guardian)
        purposes = tuple(map(Purpose, purpose))
        form = EnrolmentForm(name, tuple(photo), release, purposes, end, guardian, language)
        enrolled = library.enrol(form, later=True)
        asked_of(
            ctx
        ).when_interrupted = (
            "Interrupted. The person is enrolled; the next run of index looks through the remaining photos."
        )
        printed = print_receipt(library, enrolled, receipt_page)
        rescan = None if later or not enrolled.face_data else library.catch_up(progress=show)
    tell_enrolment(form, enrolled, rescan, what="is enrolled as", printed=printed, later=later)
    return SOME_FAILED if printed.failed or (rescan and rescan.failed) else DONE
