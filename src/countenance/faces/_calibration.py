"""Which threshold holds: measured thresholds by the size of the gallery and the size of the face compared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NoReturn, Self

from countenance.errors import EvaluationInvalid, GalleryUnmeasured, SealBroken
from countenance.faces._values import Score, Threshold
from countenance.seals import canonical, read_canonical, sha256_hex

# A gallery may be this much larger than the one that was measured before the next step is needed.
LEEWAY = 0.10
# Naming somebody wrongly more often than once in a hundred searches is guessing: no calibration may aim there.
MOST_FPIR = 0.01
# The first version of the format (docs/formats/evaluation.md).
CALIBRATION_SCHEMA: Final = "urn:countenance:calibration:1"
# Inner products of unit templates end at 1: what no comparison reaches.
_UNREACHED: Final = Score(2.0)
_SHARES: Final = ("fpir", "fnir")
_COUNTS: Final = ("gallery_size", "searches")
_REMEDY: Final = "write it anew with `countenance calibrate`"


class Use(StrEnum):
    """What a threshold is for."""

    SEARCH = "search"
    """From where a comparison is a possible match."""
    SHOW = "show"
    """From where a face may be left uncovered in a publication: stricter, because an error hurts most."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The thresholds for galleries of up to `people` and for faces of `from_px` (longer side of the box) and more."""

    people: int
    from_px: int
    search: Threshold
    show: Threshold

    def __post_init__(self) -> None:
        """Refuse what cannot be a measurement."""
        if self.people < 1 or self.from_px < 1:
            raise ValueError("a rung holds for at least one person and one pixel")
        if self.show.score < self.search.score:
            raise ValueError("what may be shown is never decided by less than what may be found")

    def of(self, use: Use) -> Threshold:
        """Give the threshold for a use."""
        return self.search if use is Use.SEARCH else self.show


@dataclass(frozen=True, slots=True)
class Calibration:
    """The thresholds measured for one model on one data set, in steps of the gallery's size.

    Each step has the same classes of face size. The chance that somebody is wrongly named grows with everybody who is
    compared, so a larger gallery needs a higher threshold; nothing is said about galleries larger than measured.
    """

    model: str
    data_set: str
    rungs: tuple[Rung, ...]

    def __post_init__(self) -> None:
        """Refuse thresholds of another model, and steps that differ in their classes of face size."""
        if not self.rungs:
            raise ValueError("a calibration has at least one rung")
        thresholds = [rung.of(use) for rung in self.rungs for use in Use]
        if any(threshold.model != self.model or threshold.data_set != self.data_set for threshold in thresholds):
            raise ValueError("a calibration holds for one model, and was measured on one data set")
        grid = {(rung.people, rung.from_px) for rung in self.rungs}
        if len(grid) != len(self.rungs) or len(grid) != len(self.steps) * len(self.sizes):
            raise ValueError("every step has one threshold for each class of face size")

    @property
    def sha256(self) -> str:
        """The SHA-256 of its canonical JSON, hexadecimal."""
        return sha256_hex(self.to_json())

    @property
    def steps(self) -> tuple[int, ...]:
        """The gallery sizes that were measured, ascending."""
        return tuple(sorted({rung.people for rung in self.rungs}))

    @property
    def sizes(self) -> tuple[int, ...]:
        """The least face sizes in pixels of the classes, ascending; about a smaller face nothing was measured."""
        return tuple(sorted({rung.from_px for rung in self.rungs}))

    def step(self, people: int) -> int:
        """Give the step that holds for a gallery of so many people.

        Raises:
            GalleryUnmeasured: the gallery is larger than the largest that was measured, by more than the leeway.
        """
        for step in self.steps:
            if people <= step * (1 + LEEWAY):
                return step
        raise GalleryUnmeasured(
            f"the thresholds were measured with galleries of up to {self.steps[-1]:,} people, and {people:,} are "
            "enrolled now: how often somebody would be wrongly named is not known",
            remedy="measure with more people (`countenance evaluate --people`), then run `countenance calibrate`",
        )

    def threshold(self, use: Use, *, people: int, px: int) -> Threshold:
        """Give the threshold for a gallery of so many people and a face of so many pixels on its longer side.

        A face smaller than any that was measured gets one that no comparison reaches: it can be nobody's.

        Raises:
            GalleryUnmeasured: as `step`.
        """
        step = self.step(people)
        size = max((size for size in self.sizes if size <= px), default=self.sizes[0])
        measured = next(rung.of(use) for rung in self.rungs if (rung.people, rung.from_px) == (step, size))
        return measured if px >= size else replace(measured, score=_UNREACHED, fpir=0.0, fnir=1.0)

    def raised(self, least: Self) -> Self:
        """Give it with no threshold below what another calibration of the model asks for among the fewest people."""
        ends = dict(zip(self.sizes, (*self.sizes[1:], None), strict=True))
        rungs = tuple(
            Rung(
                rung.people,
                rung.from_px,
                *(_not_below(rung.of(use), least._least(use, rung.from_px, ends[rung.from_px])) for use in Use),
            )
            for rung in self.rungs
        )
        return self if rungs == self.rungs else replace(self, rungs=rungs)

    def _least(self, use: Use, from_px: int, below_px: int | None) -> Threshold:
        """Give the highest threshold for the fewest people among the classes that faces of these sizes are in."""
        first = max(from_px, self.sizes[0])
        within = [first, *(px for px in self.sizes if px > first and (below_px is None or px < below_px))]
        of_class = (self.threshold(use, people=self.steps[0], px=px) for px in within)
        return max(of_class, key=lambda threshold: threshold.score)

    def to_object(self) -> dict[str, Any]:
        """Give the fields of `calibration.json`, rungs in the order of people and face size."""
        return {
            "schema": CALIBRATION_SCHEMA,
            "model": self.model,
            "data_set": self.data_set,
            "rungs": [
                {"people": rung.people, "from_px": rung.from_px, **{use.value: _told(rung.of(use)) for use in Use}}
                for rung in sorted(self.rungs, key=lambda rung: (rung.people, rung.from_px))
            ],
        }

    def to_json(self) -> bytes:
        """Give the calibration as canonical JSON (RFC 8785): the same calibration always gives the same bytes."""
        return canonical(self.to_object())

    @classmethod
    def from_object(cls, fields: object) -> Self:
        """Read the fields of `calibration.json`.

        Raises:
            EvaluationInvalid: a field is missing, unknown or wrong; the error names it.
        """
        told = _fields(fields, "calibration", ("schema", "model", "data_set", "rungs"))
        if told["schema"] != CALIBRATION_SCHEMA:
            _refuse("schema", f"is not {CALIBRATION_SCHEMA}")
        model, data_set = _text(told, "model"), _text(told, "data_set")
        if not isinstance(told["rungs"], list):
            _refuse("rungs", "is no list")
        try:
            return cls(model, data_set, tuple(_rung(one, model, data_set) for one in told["rungs"]))
        except ValueError as problem:
            raise EvaluationInvalid(f"the calibration does not hold together: {problem}", remedy=_REMEDY) from problem

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read a calibration from its canonical bytes.

        Raises:
            EvaluationInvalid: it is no canonical JSON, or as `from_object`.
        """
        try:
            return cls.from_object(read_canonical(data))
        except SealBroken as problem:
            raise EvaluationInvalid(f"this is no calibration: {problem.what}", remedy=_REMEDY) from problem

    def thresholds(self, use: Use, *, people: int, sides: Sequence[int]) -> tuple[Threshold, ...]:
        """Give the threshold of each of several faces of one photo.

        Raises:
            GalleryUnmeasured: as `step`.
        """
        return tuple(self.threshold(use, people=people, px=side) for side in sides)


def _not_below(threshold: Threshold, least: Threshold) -> Threshold:
    """Raise a threshold; at a higher one no fewer are missed than was measured at either."""
    if threshold.score >= least.score:
        return threshold
    return replace(threshold, score=least.score, fnir=max(threshold.fnir, least.fnir))


def _told(threshold: Threshold) -> dict[str, Any]:
    return {name: getattr(threshold, name) for name in ("score", *_SHARES, *_COUNTS)}


def _rung(told: object, model: str, data_set: str) -> Rung:
    fields = _fields(told, "rungs", ("people", "from_px", *Use))
    found = {use: _threshold(fields[use], use, model, data_set) for use in Use}
    return Rung(_count(fields, "people"), _count(fields, "from_px"), found[Use.SEARCH], found[Use.SHOW])


def _threshold(told: object, use: Use, model: str, data_set: str) -> Threshold:
    fields = _fields(told, use, ("score", *_SHARES, *_COUNTS))
    for name in ("score", *_SHARES):
        # Canonical JSON writes 1.0 as 1; true is a number in Python and none in JSON.
        if isinstance(fields[name], bool) or not isinstance(fields[name], int | float):
            _refuse(f"{use}.{name}", "is no number")
    for name in _SHARES:
        if not 0 <= fields[name] <= 1:
            _refuse(f"{use}.{name}", "is not between 0 and 1")
    return Threshold(
        Score(float(fields["score"])),
        model,
        fpir=float(fields["fpir"]),
        fnir=float(fields["fnir"]),
        gallery_size=_count(fields, "gallery_size"),
        searches=_count(fields, "searches"),
        data_set=data_set,
    )


def _fields(told: object, name: str, expected: Sequence[str]) -> dict[str, Any]:
    if not isinstance(told, dict) or set(told) != set(expected):
        _refuse(name, f"does not have just these fields: {', '.join(expected)}")
    return told


def _text(fields: dict[str, Any], name: str) -> str:
    if not isinstance(fields[name], str) or not fields[name].strip():
        _refuse(name, "is no text")
    return str(fields[name])


def _count(fields: dict[str, Any], name: str) -> int:
    if type(fields[name]) is not int or fields[name] < 1:
        _refuse(name, "is no number of 1 or more")
    return int(fields[name])


def _refuse(name: str, why: str) -> NoReturn:
    raise EvaluationInvalid(f"the calibration's field {name} {why}", remedy=_REMEDY)
