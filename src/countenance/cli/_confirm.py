"""`confirm`: say that a possible match is right."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._deciding import decide
from countenance.cli._options import Command
from countenance.library import Word
from countenance.ports import Verdict


@click.command("confirm", cls=Command)
@click.argument("photo", metavar="PHOTO", type=LocalPath())
@click.argument("person", metavar="PERSON")
def confirm(photo: Path, person: str) -> int:
    """Say that PERSON (a name or an id) is rightly matched in PHOTO.

    The match stays, whatever the machine thinks later; and if being shown is allowed, published copies show the face,
    also where the machine alone would not be certain enough.
    """
    return decide(Word(photo, person, Verdict.CONFIRMED))
