"""`evaluate`: measure on labelled photos how often people are missed and wrongly named."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._documents import document_lines
from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library, settings
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.errors import NoLibrary, UsageWrong
from countenance.faces import Calibration
from countenance.library import (
    Evaluated,
    Plan,
    Protocol,
    evaluate_again,
    evaluate_folder,
    evaluation_page,
    figures_object,
    give_evaluation,
    refuse_taken_folder,
)

_SIZES = re.compile(r"[1-9]\d{0,4}(,[1-9]\d{0,4})*", re.ASCII)
_USUAL = Plan()


class Sizes(click.ParamType[tuple[int, ...]]):
    """Face sizes in pixels, with commas between; `none` for none."""

    name = "sizes"

    def convert(
        self, value: str | tuple[int, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Give the sizes."""
        if isinstance(value, tuple):
            return value
        told = "".join(value.split())
        if told == "none":
            return ()
        if not _SIZES.fullmatch(told):
            return self.fail(f"{value} are no sizes; write them like 64,48,32, or none", param, ctx)
        return tuple(map(int, told.split(",")))


@click.command("evaluate", cls=Command)
@click.argument("folder", metavar="[FOLDER]", type=LocalPath(), required=False)
@click.option("--to", metavar="DIR", type=LocalPath(), help="A new folder for scores, figures, thresholds and a page.")
@click.option(
    "--from", metavar="DIR", type=LocalPath(), help="Compute all anew from the scores that were written to DIR."
)
@click.option(
    "--references",
    metavar="PATTERN",
    help="Which photos are enrolled: neutral* means anna_neutral.jpg.  [default: each person's first by name]",
)
@click.option(
    "--gallery",
    type=click.Choice([str(protocol) for protocol in Protocol]),
    multiple=True,
    help="Enrolled with one photo, several, or one and a poor copy.  [default: one, and several if there are]",
)
@click.option(
    "--sizes",
    metavar="PX,...",
    type=Sizes(),
    help=f"Face sizes to make photos smaller to, or none.  [default: {','.join(map(str, _USUAL.sizes_px))}]",
)
@click.option("--people", metavar="N", type=int, help="Fill the gallery up to N with generated faces of nobody.")
@click.option(
    "--blends", metavar="N", type=int, help=f"Search with N faces blended of two.  [default: {_USUAL.blends}]"
)
@click.option("--seed", metavar="TEXT", help=f"What chance is drawn from.  [default: {_USUAL.seed}]")
@click.pass_context
def evaluate(ctx: click.Context, /, *, folder: Path | None, to: Path | None, **chosen: Any) -> int:  # noqa: ANN401
    """Measure how often people are missed and wrongly named, on photos in FOLDER of which it is known whose they are.

    Photos are named PERSON_anything.jpg, or lie in a folder for each person; people.csv beside them may give groups.
    Nothing is enrolled, and no library is needed.
    """
    asked_of(ctx).when_interrupted = "Interrupted. Nothing was written."
    again: Path | None = chosen.pop("from")
    plan = {name: value for name, value in chosen.items() if value is not None and (name, value) != ("gallery", ())}
    if (folder is None) == (again is None) or (again and plan):
        raise UsageWrong(
            "give either a folder of photos, or stored scores with --from and nothing about how to measure",
            remedy="for instance: countenance evaluate PHOTOS --to RESULTS",
        )
    if to is not None:
        refuse_taken_folder(to)
    evaluated = evaluate_again(again) if again else _measured(folder or Path(), plan)
    if to is not None:
        give_evaluation(evaluated, to)
    answer(
        {
            "figures": figures_object(evaluated.figures),
            "calibration": evaluated.measured and evaluated.measured.to_object(),
            "why_no_calibration": evaluated.why_none,
            "remarks": list(evaluated.remarks),
            "failed": [str(photo) for photo in evaluated.failed],
            "written": str(to) if to else None,
        },
        _lines(evaluated, to),
    )
    return SOME_FAILED if evaluated.failed else DONE


def _measured(folder: Path, chosen: dict[str, Any]) -> Evaluated:
    names = {"gallery": "protocols", "sizes": "sizes_px"}
    plan = Plan(**{names.get(name, name): value for name, value in chosen.items() if name != "gallery"})
    if "gallery" in chosen:
        plan = replace(plan, protocols=tuple(map(Protocol, dict.fromkeys(chosen["gallery"]))))
    with progress() as show:
        return evaluate_folder(
            folder,
            plan,
            galleries_chosen="gallery" in chosen,
            own=_own_thresholds(),
            threads=settings().workers,
            progress=show,
        )


def _own_thresholds() -> Calibration | None:
    """Give the thresholds of the library that was asked for, or stands in this folder, if it has its own."""
    try:
        with open_library(whatever_policy=True, sweeping=False) as library:
            used = library.calibration()
    except NoLibrary:
        if asked_of(click.get_current_context()).library:
            raise
        return None
    return used.calibration if used.own else None


def _lines(evaluated: Evaluated, to: Path | None) -> Iterator[str]:
    yield from document_lines(evaluation_page(evaluated.figures, drawn=False))
    if evaluated.remarks:
        yield ""
        yield from (wrapped(f"{clean(remark)}.", first="  ", then="    ") for remark in evaluated.remarks)
    if evaluated.failed:
        yield ""
        yield "Could not be read:"
        yield from (wrapped(clean(photo), first="  ", then="    ") for photo in evaluated.failed)
    if evaluated.why_none:
        yield ""
        yield wrapped(f"No thresholds come out of this: {clean(evaluated.why_none)}.")
    if to is not None:
        yield ""
        yield wrapped("The page, the figures and the scores they are computed from are written to:")
        yield f"  {clean(to)}"
        if evaluated.measured is not None:
            yield wrapped("`countenance calibrate` lets a library decide by the thresholds that come out of this.")
