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
KEY_FILE = (
    "It lies in that folder too, in a file that ends in .pub. A key that comes with what it signed proves nothing by "
    "itself: let those who keep the folder compare it once with one that came another way, as on a printed receipt."
)
KEY_ALONE = (
    "Give it to those who keep the file in another way than with it: on a printed receipt, on your web site, on paper."
)


@click.command("checkpoint", cls=Command, short_help="Sign the ledger as it stands, for others to keep.")
@click.option("--to", metavar="PATH", type=LocalPath(), help="A new file or a folder, on something that others keep.")
def checkpoint(*, to: Path | None) -> int:
    """Sign the number of entries and their root, for others to remember: nobody can change an entry then unnoticed.

    Without --to the signed note is printed. With it, it is written to a new file, or into a folder under a name of its
    own, and where it was written is recorded. A file has an ending, such as .checkpoint; anything else is a folder that
    must be there. It is also given the library's public key (.pub), with which others verify what the library signs;
    another key that lies there is an alarm. Nothing of this is secret.
    """
    if to is None:
        with open_library(whatever_policy=True) as library:
            note, public_key, verifier_key = library.checkpoint(), library.public_key(), library.verifier_key()
        answer(_shape(note, public_key, verifier_key), note.splitlines())
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
        _shape(done.note, done.public_key, done.verifier_key, file=str(done.file), entry=done.entry),
        [
            f"The checkpoint of {count(done.checkpoint.size, 'entry', 'entries')} is written to:",
            f"  {clean(done.file)}",
            wrapped(KEEP),
            "The public key, with which others verify it:",
            f"  {done.public_key.hex()}",
            wrapped(KEY_FILE if done.file != to.absolute() else KEY_ALONE),
        ],
    )
    return DONE


def _shape(
    note: str, public_key: bytes, verifier_key: str, *, file: str | None = None, entry: int | None = None
) -> dict[str, object]:
    return {
        "checkpoint": note,
        "public_key": public_key.hex(),
        "verifier_key": verifier_key,
        "file": file,
        "ledger_entry": entry,
    }
