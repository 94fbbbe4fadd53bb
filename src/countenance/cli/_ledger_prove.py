"""`ledger prove`: a proof that an entry is in the ledger, or that the ledger only grew."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.errors import UsageWrong
from countenance.library import Proved

VERIFIES = "It can be verified without this program, with tools/verify_ledger.py and the library's public key."


@click.command("prove", cls=Command, short_help="Prove an entry, or that nothing was changed since.")
@click.argument("entry", metavar="[N]", type=click.IntRange(min=0), required=False)
@click.option("--to", metavar="FILE", type=LocalPath(), required=True, help="A new file for the proof.")
@click.option("--for", metavar="PERSON", help="Show what the entry tells this person, to be given to them.")
@click.option("--open", is_flag=True, help="Show what the entry says to the controller.")
@click.option("--since", metavar="FILE", type=LocalPath(), help="Prove growth since the checkpoint in this file.")
def prove(
    *,
    entry: int | None,
    to: Path,
    since: Path | None,
    open: bool,  # noqa: A002  (the option's name)
    **of: str | None,
) -> int:
    """Write a proof that entry N is in the ledger, or (--since) that nothing was changed since an earlier checkpoint.

    By itself the proof of an entry shows that it is there, and not what it says. With --for it also shows what it tells
    one person concerned; with --open what it says to the controller: who did it, why, and the ids of all people
    concerned. Each opens this part of this entry, and nothing else.
    """
    person = of["for"]
    if (entry is None) == (since is None):
        raise UsageWrong("say what to prove: an entry, or growth", remedy="give the entry's number, or --since FILE")
    if sum((since is not None, person is not None, open)) > 1:
        raise UsageWrong("--for, --open and --since exclude each other", remedy="give one of them")
    with open_library(whatever_policy=True) as library:
        if since is not None:
            done = library.prove_growth(since, to)
        else:
            done = library.prove_entry(entry or 0, to, person=person, opened=open)
    shown = "person" if person is not None else "controller" if open else None
    answer(
        {
            "file": str(done.file),
            "entry": done.entry,
            "shows": shown,
            "since_size": done.since.size if done.since else None,
            "size": done.checkpoint.size,
            "root": done.checkpoint.root.hex(),
        },
        [f"The proof is written to:\n  {clean(done.file)}", wrapped(f"{_what(done, shown)} {VERIFIES}")],
    )
    return DONE


def _what(done: Proved, shown: str | None) -> str:
    of = f"the ledger of {count(done.checkpoint.size, 'entry', 'entries')}"
    if done.since:
        return f"It shows that {of} begins with the {count(done.since.size, 'entry', 'entries')} remembered there."
    what = {
        None: "It does not show what the entry says.",
        "person": "It shows what the entry tells that person: give it to them, and to nobody else.",
        "controller": "It shows what the entry says to the controller, with the ids of the people concerned.",
    }
    return f"It shows that entry {done.entry} is in {of}. {what[shown]}"
