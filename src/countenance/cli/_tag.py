"""`tag`: say where a person is in a photo."""

from pathlib import Path

import click

from countenance.cli._arguments import BoxInPixels, LocalPath
from countenance.cli._deciding import decide
from countenance.cli._options import Command
from countenance.faces import Box
from countenance.library import Word
from countenance.ports import Verdict


@click.command("tag", cls=Command)
@click.argument("photo", metavar="PHOTO", type=LocalPath())
@click.argument("person", metavar="PERSON")
@click.option(
    "--box",
    metavar="X,Y,W,H",
    type=BoxInPixels(),
    help="Where the face is, in pixels of the upright photo: left, top, width, height.",
)
@click.option("--face", metavar="N", type=int, help="Which of the known faces it is: 1 is the first listed.")
@click.pass_context
def tag(ctx: click.Context, *, photo: Path, person: str, box: Box | None, face: int | None) -> int:
    """Say that PERSON (a name or an id) is in PHOTO, and where.

    It needs no face data, only a consent of the person. A box over a known face means that face; elsewhere it is added.
    What you say counts for more than what the machine thinks, and stays with the photo wherever it is moved.
    """
    if box is not None and face is not None:
        raise click.UsageError("Give either --box X,Y,W,H or --face N.", ctx)
    return decide(Word(photo, person, Verdict.TAGGED, box, face))
