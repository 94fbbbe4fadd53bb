"""`receipts`: what a person signed."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import STATES, allowed, count, day, iso
from countenance.library import ReceiptFormat
from countenance.ports import StoredReceipt

ALL = "all"


@click.command("receipts", cls=Command)
@click.argument("person", metavar="PERSON")
@click.option("--to", metavar="DIR", type=LocalPath(), help="Write them into this folder as files to be given away.")
@click.option(
    "--format",
    type=click.Choice([*map(str, ReceiptFormat), ALL]),
    metavar="FORMAT",
    help="What to write: html, a page to print; jws, as it was signed; jsonld, ISO/IEC TS 27560; kantara, Kantara 1.1; "
    "or all.  [default: all]",
)
@click.pass_context
def receipts(ctx: click.Context, *, person: str, to: Path | None, format: str | None) -> int:  # noqa: A002  (as the option is called)
    """Show the receipts of PERSON (a name or an id): what was allowed, when, until when, and what was withdrawn since.

    With --json each comes in full as it was signed. With --to the files are written that a person is given, and the
    public key that anybody can check them with, without this program.
    """
    if format and not to:
        raise click.UsageError("Give the folder for the files with --to DIR.", ctx)
    formats = [ReceiptFormat(format)] if format and format != ALL else list(ReceiptFormat)
    with open_library(whatever_policy=True) as library:
        found, stored = library.receipts(person)
        written = library.write_receipts(found.id, to, formats) if to else ()
    lines = [f"{clean(found.name)} ({found.id})"]
    for one in stored:
        lines += ["", *_lines(one)]
    if written:
        lines += ["", "Written:", *(f"  {clean(path)}" for path in written)]
    answer(
        {
            "person": found.id,
            "name": found.name,
            "receipts": [
                {
                    "receipt": one.id,
                    "state": str(one.state),
                    "purposes": [str(purpose) for purpose in one.consent.receipt.purposes],
                    "withdrawn": {str(purpose): iso(at) for purpose, at in one.consent.withdrawn.items()},
                    "given": iso(one.consent.receipt.given),
                    "expires": iso(one.consent.receipt.valid_until),
                    "guardian": one.consent.receipt.guardian,
                    "ledger_checkpoint": one.consent.receipt.checkpoint or None,
                    "signed": one.jws,
                }
                for one in stored
            ],
            "files": [str(path) for path in written],
        },
        lines,
    )
    return 0


def _lines(one: StoredReceipt) -> list[str]:
    receipt = one.consent.receipt
    rows = [
        ("Receipt", one.id),
        ("Consent", STATES[one.state]),
        ("Allowed", allowed(receipt.purposes)),
        ("Given", day(receipt.given)),
        ("Until", day(receipt.valid_until)),
    ]
    rows += [("Signed by", clean(receipt.guardian))] if receipt.guardian else []
    if ledger := receipt.ledger:
        rows.append(("Ledger", f"{count(ledger.size, 'entry', 'entries')} when it was signed, root {ledger.root}"))
    rows += [("Withdrawn", f"{allowed([purpose])}, on {day(at)}") for purpose, at in one.consent.withdrawn.items()]
    return [wrapped(text, first=f"  {head:<11}", then=" " * 13) for head, text in rows]
