"""`approve`: a second steward's word."""

from collections.abc import Sequence
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._forms import failed_shape, held_shape, rescanned, waiting
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import MAY, listed


@click.command("approve", cls=Command)
@click.argument("person", metavar="PERSON")
@click.option(
    "--photo",
    metavar="FILE",
    type=LocalPath(),
    multiple=True,
    help="The person's photos again, if the face is to be looked at. May be repeated.",
)
@click.pass_context
def approve(ctx: click.Context, *, person: str, photo: Sequence[Path]) -> int:
    """Let that take effect which waits for a second steward: you saw PERSON (a name or an id) and the signed form.

    Whoever entered the form cannot approve it. Your account (--account) goes into the ledger, and the person reads that
    it was approved. If the face looks like somebody's who is enrolled, you say that they are twins, or one person
    enrolled twice; that somebody is told.
    """
    with open_library() as library, progress() as show:
        approval = library.approve(person, photo, later=True)
        asked_of(
            ctx
        ).when_interrupted = "Interrupted. It is approved; the next run of index looks through the remaining photos."
        rescan = library.catch_up(progress=show)
    may = listed([MAY[purpose] for purpose in approval.released]) or "do nothing more"
    answer(
        {
            "person": approval.person,
            "released": [str(purpose) for purpose in approval.released],
            "held": held_shape(approval.held),
            "rescanned": rescan.matched,
            "failed": failed_shape(rescan),
            "ledger_entry": approval.entry,
        },
        [
            wrapped(f"{clean(approval.name)} may now {may}."),
            *(wrapped(text, first="  Still waits: ", then="    ") for text in waiting(approval.held)),
            *rescanned(rescan),
        ],
    )
    return SOME_FAILED if rescan.failed else DONE
