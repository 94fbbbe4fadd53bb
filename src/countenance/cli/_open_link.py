"""`open-link`: the person's own private link."""

import sys
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE
from countenance.cli._forms import held_shape, rescanned, waiting
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._withdraw import tell_withdrawal
from countenance.cli._words import allowed, count, day, iso
from countenance.errors import UsageWrong
from countenance.library import Opened

# A code has 34 letters with its dashes; what is longer than a page of text is another file.
LONGEST_FILE_BYTES = 4096


@click.command("open-link", cls=Command)
@click.option(
    "--code-file", metavar="FILE", type=LocalPath(), help="A file with the code.  [default: it is asked for, or stdin]"
)
@click.option("--withdraw", is_flag=True, help="Take everything back, at once; no reason is asked.")
@click.pass_context
def open_link(ctx: click.Context, *, code_file: Path | None, withdraw: bool) -> int:
    """Open a person's private link, in their presence and for them, with the code on their receipt.

    It makes live what waits for the person, and shows them what is kept. It is in the ledger as their own act. The code
    is a secret of theirs: it is never an argument, because arguments can be seen by every user of a machine.
    """
    code = _code(code_file)
    with open_library(whatever_policy=withdraw) as library, progress() as show:
        if withdraw:
            tell_withdrawal(library.withdraw_by_link(code), library)
            return DONE
        opened = library.open_link(code, later=True)
        asked_of(ctx).when_interrupted = "Interrupted. It is open; the next run of index looks through the photos."
        rescan = library.catch_up(progress=show) if opened.released else None
    answer(_shape(opened), [*_lines(opened), *rescanned(rescan)])
    return DONE


def _code(file: Path | None) -> str:
    if file:
        try:
            with file.open("rb") as opened:
                return opened.read(LONGEST_FILE_BYTES).decode("utf-8", "replace").strip()
        except OSError as problem:
            raise UsageWrong(f"{file.name} cannot be read", remedy="give the file with the code") from problem
    if sys.stdin.isatty():
        return str(click.prompt("Code on the receipt", hide_input=True, err=True))
    return sys.stdin.buffer.readline(LONGEST_FILE_BYTES).decode("utf-8", "replace").strip()


def _shape(opened: Opened) -> dict[str, object]:
    return {
        "person": opened.person,
        "name": opened.name,
        "released": [str(purpose) for purpose in opened.released],
        "purposes": [str(purpose) for purpose in opened.purposes],
        "held": held_shape(opened.held),
        "expires": iso(opened.expires),
        "face_data": opened.face_data,
        "evidence_days": opened.evidence_days,
        "contact": opened.contact,
        "ledger_entry": opened.entry,
    }


def _lines(opened: Opened) -> list[str]:
    rows = [
        ("You may", allowed(opened.purposes)),
        *(("Waits", text) for text in waiting(opened.held)),
        ("Until", day(opened.expires)),
        ("Face data", "kept encrypted" if opened.face_data else "none"),
        ("After that", f"name, form and receipt are kept as evidence, at most {count(opened.evidence_days, 'day')}"),
        ("Withdraw", f"open this link with --withdraw, or tell {opened.contact}"),
    ]
    lines = [wrapped(f"This is the private link of {clean(opened.name)} ({opened.person}).")]
    if opened.released:
        lines.append(wrapped(f"From now on: {allowed(opened.released)}."))
    return [*lines, *(wrapped(clean(text), first=f"  {head:<12}", then=" " * 14) for head, text in rows)]
