"""`renew`: a new signed form of somebody known."""

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

HELP = form_help(
    "Keep a new consent of PERSON (a name or an id), who signed another form: for more, for longer, with new photos, "
    "or after a withdrawal. What was allowed before goes on as it was signed. New photos take the place of old ones."
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
    receipt_page: Path | None,
    later: bool,
) -> int:
    """Renew one person's consent."""
    refuse_taken(receipt_page)
    with open_library() as library, progress() as show:
        end = end_of(expires, library.policy(), guardian=guardian)
        purposes = tuple(map(Purpose, purpose))
        form = EnrolmentForm(person, tuple(photo), release, purposes, end, guardian, language)
        renewed = library.renew(form, later=True)
        asked_of(
            ctx
        ).when_interrupted = (
            "Interrupted. The consent is renewed; the next run of index looks through the remaining photos."
        )
        printed = print_receipt(library, renewed, receipt_page)
        rescan = None if later else library.catch_up(progress=show)
    tell_enrolment(form, renewed, rescan, what="has signed anew, as", printed=printed, later=later)
    return SOME_FAILED if printed.failed or (rescan and rescan.failed) else DONE
