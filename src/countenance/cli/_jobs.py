"""`jobs`: the work that was left for later, and doing it."""

from collections.abc import Sequence

import click

from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library
from countenance.cli._options import Command, Group, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, table, wrapped
from countenance.cli._words import count, iso, minute
from countenance.library import Rescan
from countenance.ports import Job, JobState

# How many finished jobs are still told; --json tells all.
FINISHED_TOLD = 5
WORDS = {
    JobState.QUEUED: "waits",
    JobState.RUNNING: "begun",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
}


@click.group("jobs", cls=Group, invoke_without_command=True)
@click.pass_context
def jobs(ctx: click.Context) -> int:
    """Show the work that was left for later, such as looking again through photos for somebody who joined late."""
    if ctx.invoked_subcommand is not None:
        return DONE
    with open_library() as library:
        left = library.jobs()
    answer({"jobs": [_shape(job) for job in left]}, _lines(left))
    return DONE


@jobs.command("run", cls=Command)
@click.option(
    "--workers",
    metavar="N",
    type=int,
    help="How many photos are looked at side by side.  [default: one for each processor]",
)
@click.pass_context
def run(ctx: click.Context, *, workers: int | None) -> int:
    """Do the work that is left. It can be stopped at any time, and goes on from there with the next run."""
    asked_of(
        ctx
    ).when_interrupted = "Interrupted. What was finished is kept; run the same command again and it goes on from there."
    with open_library(workers=workers) as library, progress() as show:
        done = library.run_jobs(progress=show)
    answer(
        {
            "photos": done.photos,
            "rescanned": done.matched,
            "appearances": done.appearances,
            "failed": [{"photo": str(known.path), "why": problem.what} for known, problem in done.failed],
        },
        _told(done),
    )
    return SOME_FAILED if done.failed else DONE


def _shape(job: Job) -> dict[str, object]:
    return {
        "job": job.number,
        "kind": job.kind,
        "state": str(job.state),
        "queued": iso(job.queued_at),
        "began": iso(job.began_at) if job.began_at else None,
        "ended": iso(job.ended_at) if job.ended_at else None,
        "photos": job.total,
        "done": job.done,
        "failed": job.failed,
    }


def _lines(left: Sequence[Job]) -> list[str]:
    finished = [job for job in left if job.state is JobState.DONE]
    waiting = [job for job in left if job.state is not JobState.DONE]
    told = [*finished[-FINISHED_TOLD:], *waiting]
    if not told:
        return ["No work is left."]
    rows = [
        (
            f"{job.number}: match photos again",
            f"{job.done:,} of {count(job.total, 'photo')}" + (f", {job.failed:,} failed" if job.failed else ""),
            WORDS[job.state],
            minute(job.queued_at),
        )
        for job in told
    ]
    lines = table(("Job", "Done", "State", "Left at (UTC)"), rows)
    if len(finished) > FINISHED_TOLD:
        lines.append(wrapped(f"{len(finished) - FINISHED_TOLD:,} more were done before."))
    return [*lines, *(["", "Do what is left with `countenance jobs run`."] if waiting else [])]


def _told(done: Rescan) -> list[str]:
    if not done.photos:
        return ["No work is left."]
    matches = count(done.appearances, "possible match", "possible matches")
    lines = [
        wrapped(
            f"{count(done.matched, 'earlier photo')} looked through again: {matches} with people who asked to be found."
        )
    ]
    if done.failed:
        lines += ["", "Could not be looked at (they are tried again next time):"]
        lines += [
            wrapped(f"{clean(known.path)}: {clean(problem.what)}", first="  ", then="    ")
            for known, problem in done.failed
        ]
    return lines
