"""`republish`: cover published copies again that show who must not be seen any more."""

import click

from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._publish import not_recognised
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.library import Recovered, Republishing


@click.command("republish", cls=Command)
@click.option("--dry-run", is_flag=True, help="Only say which copies those are, and what would be done.")
@click.pass_context
def republish(ctx: click.Context, *, dry_run: bool) -> int:
    """Cover again those published copies that show a face which may not be shown any more.

    The person has withdrawn, the consent has ended, or somebody said since that it is another person.

    Each new copy takes the place of the old one. Nobody is seen in it who was not seen before. It is made from the
    original; if that is gone, from the old copy, where this is safe.
    """
    asked_of(
        ctx
    ).when_interrupted = "Interrupted. Some copies may still show who must not be seen: run the same command again."
    with open_library(whatever_policy=True) as library, progress() as show:
        done = library.republish(dry_run=dry_run, progress=show)
    answer(
        {
            "recovered": [
                {
                    "copy": str(one.copy.target),
                    "from": str(one.copy.target if one.from_copy else one.copy.source),
                    "covered": len(one.copy.covered),
                    "shown": len(one.copy.shown),
                    "reviewed_before": one.reviewed_before,
                }
                for one in done.recovered
            ],
            "taken_down": [str(path) for path in done.taken_down],
            "failed": [{"copy": str(one.copy), "why": one.why} for one in done.failed],
            "dry_run": dry_run,
            "unmeasured": done.unmeasured or None,
        },
        _lines(done, dry_run=dry_run),
    )
    return SOME_FAILED if done.failed else DONE


def _lines(done: Republishing, *, dry_run: bool) -> list[str]:
    if not (done.recovered or done.failed):
        return [wrapped("No published copy shows anybody who must not be seen.")]
    lines: list[str] = []
    if done.recovered:
        copies = count(len(done.recovered), "published copy", "published copies")
        alone = len(done.recovered) == 1
        places = "in its place" if alone else "in their places"
        would = "would be covered again; nothing was written" if dry_run else f"covered again, {places}"
        lines += [wrapped(f"{copies} {would}:"), *(_line(one) for one in done.recovered)]
        lines += [wrapped(not_recognised(done.unmeasured))] if done.unmeasured else []
        if not dry_run:
            opened = "it since. Open it" if alone else "them since. Open each one"
            lines += ["", wrapped(f"Nobody has looked at {opened} before you leave it where it is.")]
    if done.failed:
        lines += ["", wrapped("Take these down by hand, they still show who must not be seen:")]
        lines += [wrapped(f"{clean(one.copy)}: {clean(one.why)}", first="  ", then="    ") for one in done.failed]
    return lines


def _line(one: Recovered) -> str:
    source = " (from the old copy: the original is gone or has changed)" if one.from_copy else ""
    return wrapped(f"{clean(one.copy.target)}{source}", first="  ", then="    ")
