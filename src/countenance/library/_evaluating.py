"""Measuring without a library: labelled photos or stored scores become figures, thresholds and a folder of results."""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

from countenance.errors import EvaluationInvalid, EvaluationNotWritten, GalleryUnmeasured, UsageWrong
from countenance.faces import Calibration
from countenance.library._documents import document_html
from countenance.library._evaluation_object import figures_object
from countenance.library._evaluation_page import evaluation_page
from countenance.library._opening import measuring_vision
from countenance.measures import (
    Evaluation,
    Figures,
    Plan,
    calibrated,
    evaluate,
    evaluation_from_bytes,
    evaluation_to_lines,
    figures,
    galleries_possible,
    read_labelled,
)
from countenance.ports import Progress, Step, Vision

# The files of an evaluation's folder (docs/formats/evaluation.md).
SCORES_FILE: Final = "scores.jsonl"
USED_FILE: Final = "thresholds.json"
FIGURES_FILE: Final = "evaluation.json"
CALIBRATION_FILE: Final = "calibration.json"
PAGE_FILE: Final = "report.html"
# A calibration of six steps takes some kilobytes; scores of 10,000 people in three galleries, hundreds of megabytes.
MAX_CALIBRATION_BYTES: Final = 1_000_000
MAX_SCORES_BYTES: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation with what is computed from it.

    `used` are the thresholds in use that it was judged by, if they say something about so many people; `measured` are
    those that it gives itself, and `why_none` says why it gives none. `failed` are photos that could not be read, and
    `remarks` say what was passed over; both may name people, and are in no file.
    """

    evaluation: Evaluation
    figures: Figures
    used: Calibration | None
    measured: Calibration | None
    why_none: str
    failed: tuple[Path, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Watch:
    """Note which photos failed while their progress is told on."""

    progress: Progress
    failed: list[Path] = field(default_factory=list)
    count: int = 0

    def see(self, step: Step) -> None:
        if step.failed > self.count:
            self.failed.append(step.photo)
        self.count = step.failed
        self.progress(step)


def evaluate_folder(
    folder: Path,
    plan: Plan,
    *,
    galleries_chosen: bool = True,
    own: Calibration | None = None,
    threads: int = 1,
    load_vision: Callable[[], Vision] | None = None,
    progress: Progress = lambda _: None,
) -> Evaluated:
    """Measure on a folder of labelled photos; where no galleries were chosen, all are measured that the photos allow.

    It is judged by a library's `own` thresholds if they are of the model in use, else by those that come with it.

    Raises:
        EvaluationInvalid: nothing can be measured with these photos.
    """
    labelled = read_labelled(folder)
    if not galleries_chosen:
        plan = replace(plan, protocols=galleries_possible(labelled, plan.references))
    vision = (load_vision or measuring_vision(threads))()
    watch = _Watch(progress)
    photos = sum(len(person.photos) for person in labelled.people)
    evaluation = evaluate(
        labelled,
        vision,
        plan,
        data_set=f"{folder.name or 'photos'} ({len(labelled.people)} people, {photos} photos)",
        software=version("countenance"),
        progress=watch.see,
    )
    used = own if own is not None and own.model == vision.model else vision.calibration
    told = judged(evaluation, used)
    return replace(told, failed=tuple(watch.failed), remarks=labelled.remarks)


def evaluate_again(path: Path) -> Evaluated:
    """Compute everything anew from stored scores: a folder of results, or its `scores.jsonl`.

    The thresholds that it was judged by are read from beside it.

    Raises:
        EvaluationInvalid: there are none, or they are not what they must be.
    """
    scores = path / SCORES_FILE if path.is_dir() else path
    beside = scores.with_name(USED_FILE)
    used = Calibration.from_json(read_stored(beside, MAX_CALIBRATION_BYTES)) if beside.exists() else None
    return judged(evaluation_from_bytes(read_stored(scores)), used)


def judged(evaluation: Evaluation, used: Calibration | None) -> Evaluated:
    """Compute the figures, by the thresholds in use or, if they say nothing here, by those that come out of it."""
    measured: Calibration | None = None
    why_none = ""
    try:
        measured = calibrated(evaluation)
    except EvaluationInvalid as problem:
        why_none = f"{problem.what}; {problem.remedy}"
    if used is not None:
        same = measured is not None and used.to_json() == measured.to_json()
        chosen_here = same or used.data_set == evaluation.data_set
        try:
            told = figures(evaluation, calibration=used, tuned_here=chosen_here)
        except GalleryUnmeasured:
            used = None
        else:
            if told.calibration is not None:
                return Evaluated(evaluation, told, used, measured, why_none)
            used = None
    return Evaluated(evaluation, figures(evaluation, calibration=measured, tuned_here=True), used, measured, why_none)


def refuse_taken_folder(to: Path) -> None:
    """Refuse a place where something is: an empty folder is nothing.

    Raises:
        UsageWrong: there is.
    """
    if os.path.lexists(to) and not (to.is_dir() and not to.is_symlink() and not any(to.iterdir())):
        raise UsageWrong(f"there is something at {to} already", remedy="name a new folder with --to")


def give_evaluation(evaluated: Evaluated, to: Path) -> tuple[str, ...]:
    """Write the results into a new folder, whole or not at all; gives the names of the files.

    Raises:
        UsageWrong: something is there already.
        EvaluationNotWritten: the disk refuses; nothing is left of the attempt.
    """
    refuse_taken_folder(to)
    files = evaluation_files(evaluated)
    temporary = to.with_name(f".{to.name}.{secrets.token_hex(6)}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        for name, content in files.items():
            with (temporary / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        if to.exists():
            to.rmdir()
        temporary.rename(to)
    except OSError as problem:
        raise EvaluationNotWritten(
            f"the results could not be written to {to}: {problem.strerror or 'the disk refuses'}",
            remedy="name another folder with --to",
        ) from problem
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return tuple(files)


def evaluation_files(evaluated: Evaluated) -> Mapping[str, bytes]:
    """Give the files of the results by their names; the same evaluation always gives the same bytes."""
    files = {SCORES_FILE: b"".join(evaluation_to_lines(evaluated.evaluation))}
    if evaluated.used is not None:
        files[USED_FILE] = evaluated.used.to_json()
    told = json.dumps(figures_object(evaluated.figures), indent=1, ensure_ascii=False)
    files[FIGURES_FILE] = told.encode() + b"\n"
    if evaluated.measured is not None:
        files[CALIBRATION_FILE] = evaluated.measured.to_json()
    files[PAGE_FILE] = document_html(evaluation_page(evaluated.figures)).encode("utf-8", "backslashreplace")
    return files


def read_stored(path: Path, most_bytes: int = MAX_SCORES_BYTES) -> bytes:
    """Read a file of an evaluation.

    Raises:
        EvaluationInvalid: it is not there, cannot be read, or is larger than any of ours.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as problem:
        raise EvaluationInvalid(
            f"{path} cannot be read: {problem.strerror or 'the disk refuses'}",
            remedy=f"give a folder that `countenance evaluate --to` wrote, or its {SCORES_FILE}",
        ) from problem
    if len(data) > most_bytes:
        raise EvaluationInvalid(
            f"{path} is larger than {most_bytes:,} bytes: it is none of ours",
            remedy=f"give a folder that `countenance evaluate --to` wrote, or its {SCORES_FILE}",
        )
    return data
