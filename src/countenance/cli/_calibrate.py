"""`calibrate`: decide by thresholds that were measured."""

from collections.abc import Iterator
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.errors import GalleryUnmeasured, UsageWrong
from countenance.faces import MOST_FPIR, Calibration
from countenance.library import Asks, Calibrated, InUse, Rescan, asked, calibration_from, promised

SAID = {
    Asks.MORE: "A possible match must be more alike from now on: fewer people are wrongly named, and more are missed.",
    Asks.LESS: "A possible match may be less alike from now on: fewer people are missed, and more are wrongly named.",
    Asks.BOTH: "A possible match must be more alike from now on for faces of some sizes, and less for others.",
    Asks.SAME: "They are the same as those before.",
    Asks.ANEW: "Those before said nothing about so many people: nobody could be searched for.",
}


@click.command("calibrate", cls=Command)
@click.argument("evaluation", metavar="[EVALUATION]", type=LocalPath(), required=False)
@click.option(
    "--fpir",
    metavar="SHARE",
    type=click.FloatRange(0, MOST_FPIR, min_open=True),
    help="The share of searches that may wrongly name somebody, at most 0.01.  [default: 0.001]",
)
@click.option("--later", is_flag=True, help="Leave the photos indexed before for the next run of index.")
@click.option("--show", is_flag=True, help="Only say which thresholds are in use, as without EVALUATION.")
@click.pass_context
def calibrate(ctx: click.Context, /, *, evaluation: Path | None, fpir: float | None, later: bool, show: bool) -> int:
    """Let the library decide by thresholds measured on your own photos: EVALUATION is what `evaluate --to` wrote.

    Every photo indexed before is matched by them anew. Without EVALUATION, say which thresholds are in use.
    """
    if evaluation is None or show:
        if evaluation is not None or fpir is not None or later:
            raise UsageWrong(
                "nothing can be put in force and only be shown",
                remedy="give an evaluation, or nothing at all to see what is in use",
            )
        return _show()
    asked_of(
        ctx
    ).when_interrupted = (
        "Interrupted. If the thresholds are in force, `countenance calibrate` says so; `countenance jobs run` goes on."
    )
    calibration = calibration_from(evaluation, fpir=fpir)
    with open_library() as library, progress() as tell:
        before = library.calibration()
        done = library.calibrate(calibration, later=True)
        rescan = Rescan(done.behind) if later else library.catch_up(progress=tell)
        # In force are those that were measured, or stricter ones.
        calibration = library.calibration().calibration
    asks = asked(before.calibration, calibration, people=done.people)
    answer(
        {
            "number": done.number,
            "sha256": done.sha256,
            "data_set": calibration.data_set,
            "people": done.people,
            "up_to": done.up_to,
            "measured_up_to": calibration.steps[-1],
            "wrongly_named_of_1000_at_most": promised(calibration, people=done.people),
            "asks_for": str(asks),
            "behind": done.behind,
            "rescanned": rescan.matched,
            "failed": [{"photo": str(known.path), "why": problem.what} for known, problem in rescan.failed],
            "ledger_entry": done.entry,
        },
        _lines(done, calibration, asks, rescan, later=later),
    )
    return SOME_FAILED if rescan.failed else DONE


def _lines(done: Calibrated, calibration: Calibration, asks: Asks, rescan: Rescan, *, later: bool) -> Iterator[str]:
    yield wrapped(
        f"The thresholds measured on {clean(calibration.data_set)} are in force. "
        f"{count(done.people, 'person is', 'people are')} enrolled, and they hold for up to {done.up_to:,}."
    )
    yield wrapped(SAID[asks])
    yield wrapped(_promise(calibration, done.people))
    if not done.behind:
        yield "No photo was matched by those before."
    elif later:
        photos = count(done.behind, "photo waits", "photos wait")
        yield wrapped(f"{photos} to be matched anew. Do it with `countenance jobs run`.")
    else:
        matches = count(rescan.appearances, "possible match", "possible matches")
        photos = count(rescan.matched, "photo was", "photos were")
        yield wrapped(f"{photos} matched anew: {matches}. What a person has confirmed or rejected stays.")
    if rescan.failed:
        yield ""
        yield "Could not be looked at (they are tried again next time):"
        yield from (
            wrapped(f"{clean(known.path)}: {clean(problem.what)}", first="  ", then="    ")
            for known, problem in rescan.failed
        )


def _show() -> int:
    with open_library(whatever_policy=True) as library:
        used, check = library.calibration(), library.thresholds()
    answer(
        {
            "own": used.own,
            "model": used.calibration.model,
            "data_set": used.calibration.data_set,
            "people": used.people,
            "up_to": _step(used),
            "measured_up_to": used.calibration.steps[-1],
            "put_aside": used.put_aside or None,
            "ok": check.ok,
            "detail": check.detail,
        },
        _told(used, check.detail, ok=check.ok),
    )
    return DONE


def _step(used: InUse) -> int | None:
    try:
        return used.step
    except GalleryUnmeasured:
        return None


def _told(used: InUse, detail: str, *, ok: bool) -> Iterator[str]:
    yield wrapped(clean(f"{detail[:1].upper()}{detail[1:]}."))
    if ok and used.calibration.model:
        yield wrapped(_promise(used.calibration, used.people))


def _promise(calibration: Calibration, people: int) -> str:
    most = promised(calibration, people=people)
    return (
        f"Of 1,000 searches for people who are not in the library, at most {most:,} name someone wrongly, with faces "
        "of the size of which least is known, as far as people and photos are like those that were measured."
    )
