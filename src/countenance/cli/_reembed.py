"""`reembed`: make the face templates anew that are of an earlier model."""

import click

from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.library import Reembedding

WHEN_INTERRUPTED = "Interrupted. Whoever was done is kept; run the same command again and it goes on from there."


@click.command("reembed", cls=Command)
def reembed() -> int:
    """Make the face templates anew that are of an earlier model than the one in use, from the enrolment photos.

    Templates of different models cannot be compared. After an update that brings a new model, people are found again
    when this is done and their photos are indexed again. Nobody has to enrol again, but those whose enrolment photo
    does not serve the new model: they are listed.
    """
    asked_of(click.get_current_context()).when_interrupted = WHEN_INTERRUPTED
    with open_library() as library, progress() as show:
        done = library.reembed(progress=show)
    answer(
        {
            "people": done.people,
            "renewed": len(done.renewed),
            "failed": [{"person": one.person, "name": one.name, "why": one.why} for one in done.failed],
        },
        _lines(done),
    )
    return SOME_FAILED if done.failed else DONE


def _lines(done: Reembedding) -> list[str]:
    if not done.people:
        return ["Everybody enrolled can be compared by the model in use. There is nothing to do."]
    people = count(done.people, "person was", "people were")
    lines = [wrapped(f"{people} enrolled with an earlier model; {len(done.renewed):,} can be found again.")]
    if done.renewed:
        lines.append(wrapped("Index the photos again, so that they are looked at with the new model as well."))
    if done.failed:
        lines += ["", "Ask these for a new photo, and renew their consent with it:"]
        lines += [
            wrapped(f"{clean(one.name)} ({one.person}): {clean(one.why)}", first="  ", then="    ")
            for one in done.failed
        ]
    return lines
