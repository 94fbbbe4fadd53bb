"""`publish`: make covered copies of photos."""

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
from countenance.library import Order, Publishing, Style, misses_in_words


@click.command("publish", cls=Command)
@click.argument("places", metavar="PHOTO|FOLDER...", type=LocalPath(), nargs=-1, required=True)
@click.option(
    "--to", metavar="DIR", type=LocalPath(), required=True, help="Where the copies go: a folder of their own."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done; the ledger says that it was asked.")
@click.option(
    "--style",
    type=click.Choice([str(style) for style in Style]),
    default=str(Style.FILL),
    show_default=True,
    help="How faces are covered; blur and mosaic lie on top of a fill.",
)
@click.option(
    "--thorough",
    is_flag=True,
    help="Look more closely, also for faces that lie or are upside down: slower, misses fewer.",
)
@click.option("--reviewed-by", metavar="NAME", default="", help="Who has looked at every copy and found it right.")
@click.pass_context
def publish(
    ctx: click.Context,
    *,
    places: Sequence[Path],
    to: Path,
    dry_run: bool,
    style: str,
    thorough: bool,
    reviewed_by: str,
) -> int:
    """Make copies of photos in which every face is covered, except those of people who allow it (be-shown).

    The originals are not changed. No photo leaves the house before a person has looked at its copy: the contact sheet
    beside the copies shows them all.
    """
    asked_of(ctx).when_interrupted = "Interrupted. The copies that were finished are in their place."
    order = Order(style=Style(style), thorough=thorough, reviewed_by=reviewed_by, dry_run=dry_run)
    with open_library() as library, progress() as show:
        done = library.publish(places, to, order, progress=show)
    answer(
        {
            "published": [
                {
                    "from": str(copy.source),
                    "to": str(copy.target),
                    "covered": len(copy.covered),
                    "shown": len(copy.shown),
                }
                for copy in done.copies
            ],
            "failed": [{"photo": str(one.photo), "why": one.why} for one in done.failed],
            "contact_sheet": str(done.contact_sheet) if done.contact_sheet else None,
            "reviewed_by": reviewed_by,
            "dry_run": dry_run,
            "unmeasured": done.unmeasured or None,
            "misses": [
                {
                    "faces": str(rate.seeing),
                    "from_px": rate.from_px,
                    "to_px": rate.to_px,
                    "missed": rate.missed,
                    "of": rate.faces,
                }
                for rate in done.misses
            ],
        },
        _lines(done, to, order),
    )
    return SOME_FAILED if done.failed else DONE


def _lines(done: Publishing, to: Path, order: Order) -> list[str]:
    copies = count(len(done.copies), "copy", "copies")
    covered, shown = sum(len(copy.covered) for copy in done.copies), sum(len(copy.shown) for copy in done.copies)
    faces = f"{count(covered, 'face')} covered, {shown:,} shown with consent"
    if order.dry_run:
        lines = [wrapped(f"{copies} would be made in {clean(to)}: {faces}. No copy was made.")]
    else:
        lines = [wrapped(f"{copies} made in {clean(to)}: {faces}.")]
    if done.unmeasured:
        lines.append(wrapped(not_recognised(done.unmeasured)))
    if done.contact_sheet:
        lines += ["", "Contact sheet:", f"  {clean(done.contact_sheet)}", "", *_about_review(order)]
        lines += _about_misses(done)
    if done.failed:
        lines += ["", "No copy was made of:"]
        lines += [wrapped(f"{clean(one.photo)}: {clean(one.why)}", first="  ", then="    ") for one in done.failed]
    return lines


def not_recognised(why: str) -> str:
    """Say why people are covered who might be shown."""
    return f"Nobody was recognised, so only who was placed by hand is shown: {clean(why)}. See `countenance doctor`."


def _about_misses(done: Publishing) -> list[str]:
    if not done.misses:
        return []
    told = "Of 100 faces, so many were missed when this was measured, on posed portraits set into photos:"
    lines = [wrapped(line, first="  ", then="    ") for line in misses_in_words(done.misses)]
    return ["", wrapped(told), *lines, wrapped("Heads seen from the side or from behind are missed more often.")]


def _about_review(order: Order) -> list[str]:
    if order.reviewed_by:
        return [wrapped(f"Looked at by {clean(order.reviewed_by)}, who answers for it: a face can always be missed.")]
    return [
        wrapped(
            "A face can always be missed, most likely one that is small, turned away or half hidden. Open the contact "
            "sheet and look at every picture before any leaves the house. Until somebody has, the names of the copies "
            "end in .unreviewed; then run the same command again with --reviewed-by NAME."
        )
    ]
