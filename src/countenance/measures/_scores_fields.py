"""The parts of a header of `scores.jsonl`: the plan, the counts of photos and the people, told and read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from dataclasses import fields as attributes
from functools import partial
from typing import Any, Final, NoReturn

from countenance.errors import UsageWrong
from countenance.measures._evaluation import PhotoCounts, Subject
from countenance.measures._plan import Plan, Protocol
from countenance.measures._strict import WrongField, count, each, fields, number, text, word, yes
from countenance.measures._wearing import Wear

FORMAT: Final = "countenance evaluation 1"
# A pseudonym; and the word for how a reference photo served.
_PSEUDONYM: Final = r"p\d{3,}"
_OUTCOME: Final = r"[a-z]+(?:-[a-z]+)*"
_COUNTS: Final = tuple(field.name for field in attributes(PhotoCounts))
_PLAN: Final = (
    *("galleries", "references", "sizes_px", "wears", "mirrored"),
    *("blends", "people", "worn_reference_px", "seed"),
)
_WEAR: Final = tuple(field.name for field in attributes(Wear))


def plan_told(plan: Plan) -> dict[str, Any]:
    """Tell a plan, with all the numbers of its wears."""
    return {
        "galleries": list(plan.protocols),
        "references": plan.references,
        "sizes_px": list(plan.sizes_px),
        "wears": [_wear_told(wear) for wear in plan.wears],
        "mirrored": plan.mirrored,
        "blends": plan.blends,
        "people": plan.people,
        "worn_reference_px": plan.worn_reference_px,
        "seed": plan.seed,
    }


def plan_of(told: object) -> Plan:
    """Read a plan."""
    plan = fields(told, _PLAN)
    try:
        return Plan(
            protocols=each(plan, "galleries", partial(word, words=Protocol)),
            references=text(plan, "references", form="(?s).*"),
            sizes_px=each(plan, "sizes_px", partial(count, least=1)),
            wears=each(plan, "wears", _wear),
            mirrored=yes(plan, "mirrored"),
            blends=count(plan, "blends"),
            people=count(plan, "people"),
            worn_reference_px=count(plan, "worn_reference_px", least=1),
            seed=text(plan, "seed"),
        )
    except UsageWrong as problem:
        raise WrongField("plan", f"cannot be meant: {problem.what}") from problem


def counts_told(counts: PhotoCounts) -> dict[str, int]:
    """Tell the counts of photos."""
    return asdict(counts)


def counts_of(told: object) -> PhotoCounts:
    """Read the counts of photos."""
    counts = fields(told, _COUNTS)
    return PhotoCounts(**{name: count(counts, name) for name in _COUNTS})


def subject_told(subject: Subject) -> dict[str, Any]:
    """Tell a person."""
    references = {protocol.value: list(outcomes) for protocol, outcomes in subject.references.items()}
    return {"id": subject.id, "photos": subject.photos, "groups": dict(subject.groups), "references": references}


def subject_of(told: Mapping[str, Any], name: str, *, plan: Plan) -> Subject:
    """Read a person."""
    subject = fields(told[name], ("id", "photos", "groups", "references"))
    if not isinstance(subject["groups"], dict):
        raise WrongField("groups", "is no object")
    outcomes = fields(subject["references"], plan.protocols)
    return Subject(
        text(subject, "id", form=_PSEUDONYM),
        count(subject, "photos"),
        {name: text(subject["groups"], name) for name in subject["groups"]},
        {protocol: each(outcomes, protocol, partial(text, form=_OUTCOME)) for protocol in plan.protocols},
    )


def _wear(told: Mapping[str, Any], name: str) -> Wear:
    wear = fields(told[name], _WEAR)
    qualities = None if wear["jpeg"] is None else each(wear, "jpeg", count)
    return Wear(
        text(wear, "name"),
        brightness=_range(wear, "brightness"),
        contrast=_range(wear, "contrast"),
        colour=_range(wear, "colour"),
        tilt_degrees=number(wear, "tilt_degrees"),
        blur=number(wear, "blur"),
        jpeg=None
        if qualities is None
        else (qualities[0], qualities[-1])
        if _is_range(qualities)
        else _no_range("jpeg"),
    )


def _range(wear: Mapping[str, Any], name: str) -> tuple[float, float]:
    numbers = each(wear, name, number)
    return (numbers[0], numbers[1]) if _is_range(numbers) else _no_range(name)


def _is_range(numbers: Sequence[float]) -> bool:
    return len(numbers) == 2 and 0 <= numbers[0] <= numbers[1]  # noqa: PLR2004 - from and to


def _no_range(name: str) -> NoReturn:
    raise WrongField(name, "is no range")


def _wear_told(wear: Wear) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(wear).items()}
