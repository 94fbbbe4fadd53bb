"""`reject`: say that a person is not in a photo."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._deciding import decide
from countenance.cli._options import Command
from countenance.library import Word
from countenance.ports import Verdict


@click.command("reject", cls=Command)
@click.argument("photo", metavar="PHOTO", type=LocalPath())
@click.argument("person", metavar="PERSON")
def reject(photo: Path, person: str) -> int:
    """Say that PERSON (a name or an id) is not in PHOTO.

    It takes back a match and a tag, and the machine never puts the person there again.
    """
    return decide(Word(photo, person, Verdict.REJECTED))
