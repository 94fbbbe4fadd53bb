"""`scores.jsonl`: an evaluation as lines of canonical JSON, read strictly (docs/formats/evaluation.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any, Final

from countenance.errors import EvaluationInvalid, SealBroken
from countenance.measures._evaluation import KEPT, Evaluation, Kind, Search, Subject
from countenance.measures._plan import Protocol
from countenance.measures._scores_fields import (
    FORMAT,
    counts_of,
    counts_told,
    plan_of,
    plan_told,
    subject_of,
    subject_told,
)
from countenance.measures._strict import WrongField, count, each, fields, number, text, word, yes
from countenance.measures._wearing import AS_TAKEN
from countenance.seals import canonical, read_canonical

_HEADER: Final = (
    *("format", "software", "model", "detector", "nameable_px", "data_set"),
    *("kept", "plan", "photos", "filled", "people", "searches"),
)
_SEARCH: Final = (
    *("probe", "people", "kind", "gallery", "wear", "asked_px"),
    *("px", "mated", "own", "others", "compared"),
)
# How many parents a blend has at least and at most.
_PARENTS: Final = (2, 3)
# Inner products of templates of length one, which may be off by rounding.
_MOST_SCORE: Final = 1.01
_REMEDY: Final = "measure anew with `countenance evaluate FOLDER`"


def evaluation_to_lines(evaluation: Evaluation) -> Iterator[bytes]:
    """Give the lines of `scores.jsonl`, each with its end; the same evaluation always gives the same bytes."""
    yield _line(
        {
            "format": FORMAT,
            "software": evaluation.software,
            "model": evaluation.model,
            "detector": evaluation.detector,
            "nameable_px": evaluation.nameable_px,
            "data_set": evaluation.data_set,
            "kept": KEPT,
            "plan": plan_told(evaluation.plan),
            "photos": counts_told(evaluation.photos),
            "filled": evaluation.filled,
            "people": [subject_told(subject) for subject in evaluation.subjects],
            "searches": len(evaluation.searches),
        }
    )
    for search in evaluation.searches:
        yield _line(
            {
                "probe": search.probe,
                "people": list(search.people),
                "kind": search.kind,
                "gallery": search.protocol,
                "wear": search.wear,
                "asked_px": search.asked_px,
                "px": search.px,
                "mated": search.mated,
                "own": search.own,
                "others": list(search.others),
                "compared": search.compared,
            }
        )


def evaluation_from_bytes(data: bytes) -> Evaluation:
    """Read `scores.jsonl`.

    Raises:
        EvaluationInvalid: a line is not what it must be; the error names its number and what is wrong with it.
    """
    first, *lines = data.split(b"\n")
    place = 1
    try:
        evaluation = _header(first, len(lines) - 1)
        known = {subject.id: subject for subject in evaluation.subjects}
        searches: list[Search] = []
        for line in lines[:-1]:
            place += 1
            searches.append(_search(fields(_read(line), _SEARCH), evaluation, known))
    except WrongField as wrong:
        raise EvaluationInvalid(f"line {place} of the scores cannot be used: {wrong}", remedy=_REMEDY) from wrong
    if not lines or lines[-1]:
        raise EvaluationInvalid("the scores do not end with the end of a line: they are cut short", remedy=_REMEDY)
    return replace(evaluation, searches=tuple(searches))


def _header(line: bytes, following: int) -> Evaluation:
    told = fields(_read(line), _HEADER)
    if told["format"] != FORMAT:
        raise WrongField("format", f"is not {FORMAT}")
    if told["kept"] != KEPT:
        raise WrongField("kept", f"is not {KEPT}")
    if count(told, "searches") != following:
        raise WrongField("searches", f"is {told['searches']}, and {following} follow")
    plan = plan_of(told["plan"])
    subjects = each(told, "people", partial(subject_of, plan=plan))
    if len({subject.id for subject in subjects}) != len(subjects):
        raise WrongField("people", "has somebody twice")
    return Evaluation(
        software=text(told, "software"),
        model=text(told, "model"),
        detector=text(told, "detector"),
        nameable_px=count(told, "nameable_px", least=1),
        data_set=text(told, "data_set"),
        plan=plan,
        photos=counts_of(told["photos"]),
        filled=count(told, "filled"),
        subjects=subjects,
        searches=(),
    )


def _search(told: Mapping[str, Any], evaluation: Evaluation, known: Mapping[str, Subject]) -> Search:
    plan = evaluation.plan
    kind, protocol = word(told, "kind", Kind), word(told, "gallery", Protocol)
    if protocol not in plan.protocols:
        raise WrongField("gallery", "is not in the plan")
    people = each(told, "people", text)
    _hold_people(people, kind, known)
    wear, asked = text(told, "wear"), _perhaps(told, "asked_px")
    if (wear, asked) != (AS_TAKEN.name, None) and (
        wear not in {one.name for one in plan.wears} or asked not in plan.sizes_px
    ):
        raise WrongField("wear", "and asked_px are not in the plan")
    px, mated, compared = _perhaps(told, "px"), yes(told, "mated"), count(told, "compared")
    own = None if told["own"] is None else _score(told, "own")
    others = each(told, "others", _score)
    if len(others) != min(compared, KEPT) or any(one < two for one, two in pairwise(others)):
        raise WrongField("others", f"are not the {KEPT} highest of those compared, from the highest down")
    if px is None and compared:
        raise WrongField("compared", "is not 0, though no face was found")
    if mated and (kind is not Kind.PORTRAIT or not known[people[0]].enrolled(protocol)):
        raise WrongField("mated", "is true, though the person has no reference there")
    if (own is not None) != (mated and px is not None):
        raise WrongField("own", "is there, or is not, against what mated and px say")
    if compared > len(known) + evaluation.filled - len(people):
        raise WrongField("compared", "is more than there are")
    return Search(text(told, "probe"), people, kind, protocol, wear, asked, px, mated, own, others, compared)


def _hold_people(people: tuple[str, ...], kind: Kind, known: Mapping[str, Subject]) -> None:
    least, most = _PARENTS if kind is Kind.BLEND else (1, 1)
    if not least <= len(people) <= most or len(set(people)) != len(people):
        raise WrongField("people", f"are not as many as a {kind} shows")
    if not known.keys() >= set(people):
        raise WrongField("people", "are not among those of the header")


def _perhaps(told: Mapping[str, Any], name: str) -> int | None:
    return None if told[name] is None else count(told, name, least=1)


def _score(told: Mapping[str, Any], name: str) -> float:
    score = number(told, name)
    if abs(score) > _MOST_SCORE:
        raise WrongField(name, "is no score: it is beyond 1")
    return score


def _read(line: bytes) -> object:
    try:
        return read_canonical(line)
    except SealBroken as problem:
        raise WrongField("", problem.what) from problem


def _line(value: object) -> bytes:
    return canonical(value) + b"\n"
