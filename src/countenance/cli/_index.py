"""`index`: look through photos, or go on with it."""

from collections.abc import Sequence
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.library import Indexed


@click.command("index", cls=Command)
@click.argument("folders", metavar="FOLDER...", type=LocalPath(), nargs=-1, required=True)
@click.option(
    "--workers",
    metavar="N",
    type=int,
    help="How many photos are looked at side by side.  [default: one for each processor]",
)
@click.option("--again", is_flag=True, help="Look at every photo again, also at those done before.")
@click.pass_context
def index(ctx: click.Context, *, folders: Sequence[Path], workers: int | None, again: bool) -> int:
    """Look through the photos in each FOLDER (a single photo will do) and note where people are who asked to be found.

    What was done before is not done again. It can be stopped with Ctrl-C at any time: run the same command again and
    it goes on from there.
    """
    asked_of(
        ctx
    ).when_interrupted = "Interrupted. What was finished is kept; run the same command again and it goes on from there."
    with open_library(workers=workers) as library, progress() as show:
        indexed = library.index(folders, again=again, progress=show)
        recognition = library.recognition()
    run, rescan = indexed.indexing, indexed.rescan
    appearances = run.appearances + rescan.appearances
    answer(
        {
            "photos": run.photos,
            "indexed": run.indexed,
            "unchanged": run.unchanged,
            "failed": [{"photo": str(one.photo), "why": one.why} for one in indexed.failed],
            "faces": run.faces,
            "appearances": appearances,
            "rescanned": rescan.matched,
        },
        [*_lines(indexed, appearances), *([] if recognition.ok else ["", wrapped(recognition.detail)])],
    )
    return SOME_FAILED if indexed.failed else DONE


def _lines(indexed: Indexed, appearances: int) -> list[str]:
    run, rescan, failed = indexed.indexing, indexed.rescan, indexed.failed
    parts = [f"{run.indexed:,} looked at", f"{run.unchanged:,} done before"]
    parts += [f"{len(run.failed):,} could not be read"] if run.failed else []
    lines = [wrapped(f"{count(run.photos, 'photo')}: {', '.join(parts)}.")]
    if run.indexed:
        lines.append(wrapped(f"{count(run.faces, 'face')} found in the new photos. Only their places are kept."))
    if rescan.matched:
        lines.append(
            wrapped(f"{count(rescan.matched, 'earlier photo')} looked through again for people who joined since.")
        )
    if run.indexed or rescan.matched:
        lines.append(
            wrapped(f"{count(appearances, 'possible match', 'possible matches')} with people who asked to be found.")
        )
    if failed:
        lines += ["", "Could not be read (they are tried again next time):"]
        lines += [wrapped(f"{clean(one.photo)}: {clean(one.why)}", first="  ", then="    ") for one in failed]
    return lines
