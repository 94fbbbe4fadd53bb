"""`receipts`: what a person signed."""

import click

from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import STATES, allowed, day, iso
from countenance.ports import StoredReceipt


@click.command("receipts", cls=Command)
@click.argument("person", metavar="PERSON")
def receipts(person: str) -> int:
    """Show the receipts of PERSON (a name or an id): what was allowed, when, until when, and what was withdrawn since.

    With --json each comes in full as it was signed, to be checked by anybody without this program.
    """
    with open_library() as library:
        found, stored = library.receipts(person)
    lines = [f"{clean(found.name)} ({found.id})"]
    for one in stored:
        lines += ["", *_lines(one)]
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
                    "signed": one.jws,
                }
                for one in stored
            ],
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
    rows += [("Withdrawn", f"{allowed([purpose])}, on {day(at)}") for purpose, at in one.consent.withdrawn.items()]
    return [wrapped(text, first=f"  {head:<11}", then=" " * 13) for head, text in rows]
