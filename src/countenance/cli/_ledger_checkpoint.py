"""`ledger checkpoint`: sign the ledger as it stands, for others to remember."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE
from countenance.cli._opening import open_library, settings
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.errors import UsageWrong

KEEP = (
    "Whoever keeps this file can show it if an entry is changed or taken out later. Do not change, move or remove it: "
    "`countenance ledger anchor check` looks for it here."
)


@click.command("checkpoint", cls=Command, short_help="Sign the ledger as it stands, for others to keep.")
@click.option("--to", metavar="PATH", type=LocalPath(), help="A new file or a folder, on something that others keep.")
def checkpoint(*, to: Path | None) -> int:
    """Sign the number of entries and their root, for others to remember: nobody can change an entry then unnoticed.

    Without --to the signed note is printed. With it, it is written to a new file, or into a folder under a name of its
    own, and where it was written is recorded. A file has an ending, such as .checkpoint; anything else is a folder that
    must be there. What is in it is no secret.
    """
    if to is None:
        with open_library(whatever_policy=True) as library:
            note = library.checkpoint()
        answer({"checkpoint": note, "file": None, "ledger_entry": None}, note.splitlines())
        return DONE
    if not to.suffix and not to.is_dir():
        # A disk that is not connected must not be taken for the name of a file.
        raise UsageWrong(
            f"{to} is no folder",
            remedy="connect the disk or make the folder; to name a file, give it an ending such as .checkpoint",
        )
    if to.resolve().is_relative_to(settings().library.resolve()):
        raise UsageWrong(
            "a checkpoint in the library's own folder is remembered by nobody else",
            remedy="give a place outside it, best on something that another person keeps",
        )
    with open_library(whatever_policy=True) as library:
        done = library.write_checkpoint(to)
    answer(
        {"checkpoint": done.note, "file": str(done.file), "ledger_entry": done.entry},
        [
            f"The checkpoint of {count(done.checkpoint.size, 'entry', 'entries')} is written to:",
            f"  {clean(done.file)}",
            wrapped(KEEP),
        ],
    )
    return DONE
