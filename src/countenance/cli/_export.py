"""`export`: everything that is kept about a person, for that person."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count


@click.command("export", cls=Command)
@click.argument("person", metavar="PERSON")
@click.option(
    "--to",
    metavar="DIR|FILE.zip",
    type=LocalPath(),
    required=True,
    help="A new folder, or a new file that ends in .zip.",
)
def export(person: str, *, to: Path) -> int:
    """Write down everything that is kept about PERSON (a name or an id), to be given to that person.

    A page to read, the same as JSON, the signed receipts and forms, the enrolment photos, the list of photos the person
    is in, and every search about them, each with a proof that can be checked without this program. Nothing of anybody
    else is in it. The face template is not: it leaves the library for nobody.
    """
    with open_library(whatever_policy=True) as library:
        done = library.export(person, to)
    dossier = done.dossier
    answer(
        {
            "person": dossier.person.id,
            "to": str(done.to),
            "files": list(done.files),
            "receipts": len(dossier.receipts),
            "photos": [str(place.photo) for place in dossier.places],
            "ledger_entries": len(dossier.told),
            "searches": len(dossier.searches),
            "proofs": len(dossier.told),
            "ledger_entry": dossier.entry,
        },
        [
            wrapped(f"Everything that is kept about {clean(dossier.person.name)} is in:"),
            f"  {clean(done.to)}",
            wrapped(
                f"{count(len(dossier.receipts), 'receipt')}, {count(len(dossier.places), 'photo')}, "
                f"{count(len(dossier.told), 'ledger entry', 'ledger entries')} about the person "
                f"({count(len(dossier.searches), 'search or listing', 'searches and listings')}), each with a proof. "
                "Begin with index.html. Give it to that person, and to nobody else."
            ),
        ],
    )
    return 0
