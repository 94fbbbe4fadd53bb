"""The galleries that are searched: the references of each protocol, and generated faces of nobody beside them."""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from countenance.faces import Gallery, Template, combined
from countenance.measures._blending import blended, combinations
from countenance.measures._choosing import face_at
from countenance.measures._evaluation import KEPT
from countenance.measures._plan import Plan, Protocol
from countenance.measures._subjects import Measured, Reference, good
from countenance.ports import Vision

# Scores are kept with six digits: more than single precision tells apart.
SCORE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Compared:
    """What a probe scored against everybody but the people it shows and the faces made of them: highest first."""

    own: float | None
    others: tuple[float, ...]
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A generated face of nobody: of whom it was made, and its template."""

    parents: frozenset[str]
    template: Template


class Opponents:
    """One protocol's gallery, with the generated faces."""

    def __init__(self, protocol: Protocol, people: Sequence[Measured], filled: Sequence[Filled], model: str) -> None:
        """Enrol everybody whose references serve."""
        self._protocol = protocol
        self._enrolled: dict[str, Template] = {}
        for one in people:
            template = enrolled(one.reference_of(protocol))
            if template is not None:
                self._enrolled[one.id] = template
        # Of whom a generated face was made; everybody else is of themselves.
        self._made_of = {f"g{place}": one.parents for place, one in enumerate(filled)}
        made = zip(self._made_of, (one.template for one in filled), strict=True)
        self._gallery = Gallery(model, [*self._enrolled.items(), *made])

    def own(self, one: Measured, place: int) -> Template | None:
        """Give the reference with which a person's photo is compared as their own: that photo is not part of it."""
        if self._protocol is Protocol.SEVERAL and one.chosen.in_turn:
            return enrolled(one.reference_of(self._protocol, without=place))
        return self._enrolled.get(one.id)

    def compare(self, probes: Sequence[Template], people: Sequence[str], own: Template | None) -> list[Compared]:
        """Compare probes that show the same people with everybody else."""
        scores = self._gallery.scores(probes)
        shown = frozenset(people)
        others = [row for person, row in scores.items() if not shown & self._made_of.get(person, {person})]
        return [
            Compared(
                None if own is None else _rounded(own.compare(probe)),
                tuple(heapq.nlargest(KEPT, (_rounded(row[place]) for row in others))),
                len(others),
            )
            for place, probe in enumerate(probes)
        ]


def enrolled(references: tuple[Reference, ...]) -> Template | None:
    """Combine references as enrolment does; None if none serves."""
    serving = list(good(references))
    return combined([quality for quality, _ in serving], [template for _, template in serving]) if serving else None


def fill(
    people: Sequence[Measured], plan: Plan, vision: Vision, step: Callable[[Measured], None]
) -> tuple[Filled, ...]:
    """Generate faces of nobody until everybody is compared with as many others as the plan asks for, if so many can be.

    Blends of two people come first, then of three. A blend in which no face is found is left out.
    """
    least = min(sum(enrolled(one.reference_of(protocol)) is not None for one in people) for protocol in plan.protocols)
    able = [(one, one.cut) for one in people if one.cut is not None]
    made: list[Filled] = []
    of_person: Counter[str] = Counter()
    for places in chain(*(combinations(len(able), size, f"{plan.seed}/fill/{size}") for size in (2, 3))):
        if least - 1 + len(made) - max(of_person.values(), default=0) >= plan.people:
            break
        parents = [able[place] for place in places]
        pixels, box = blended([cut for _, cut in parents])
        face = face_at(vision.detect(pixels), box)
        if face is not None:
            made.append(Filled(frozenset(one.id for one, _ in parents), vision.reference(pixels, face.box)))
            of_person.update(one.id for one, _ in parents)
            step(parents[0][0])
    return tuple(made)


def _rounded(score: float) -> float:
    return round(float(score), SCORE_DIGITS) + 0.0
