"""Evaluations whose scores are drawn, so that the rates behind them are known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from countenance.measures import (
    KEPT,
    SCALED,
    Evaluation,
    Kind,
    PhotoCounts,
    Plan,
    Protocol,
    Search,
    Subject,
)

MODEL: Final = "drawn/1"
NAMEABLE_PX: Final = 32


def evaluation(searches: Sequence[Search], subjects: Sequence[Subject], **changes: object) -> Evaluation:
    """Give an evaluation of these searches."""
    made = Evaluation(
        software="0.1.0",
        model=MODEL,
        detector="drawn-detector/1",
        nameable_px=NAMEABLE_PX,
        data_set="drawn scores",
        plan=Plan(sizes_px=(64, 48, 40, 32), wears=(SCALED,)),
        photos=PhotoCounts(opened=2 * len(subjects), unreadable=0, unlabelled=0, duplicates=0, faceless=0, crowded=0),
        filled=0,
        subjects=tuple(subjects),
        searches=tuple(searches),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields of an evaluation


def people(count: int, *, protocol: Protocol = Protocol.ONE) -> tuple[Subject, ...]:
    """Give so many people with a reference."""
    return tuple(Subject(f"p{number:03}", 2, {}, {protocol: ("good",)}) for number in range(1, count + 1))


def search(  # noqa: PLR0913 - a search is known by much
    person: str,
    *,
    own: float | None = None,
    others: Sequence[float] = (),
    px: int | None = 64,
    asked_px: int | None = 64,
    compared: int | None = None,
    kind: Kind = Kind.PORTRAIT,
    protocol: Protocol = Protocol.ONE,
    parents: Sequence[str] = (),
    mated: bool | None = None,
) -> Search:
    """Give one search; it is mated if it has an own score."""
    kept = tuple(sorted(others, reverse=True)[:KEPT]) if px else ()
    return Search(
        probe=f"s-{person}",
        people=tuple(parents) or (person,),
        kind=kind,
        protocol=protocol,
        wear="as-taken" if asked_px is None else "scaled",
        asked_px=asked_px,
        px=px,
        mated=(own is not None) if mated is None else mated,
        own=own if px else None,
        others=kept,
        compared=(len(others) if compared is None else compared) if px else 0,
    )


def drawn(
    count: int,
    *,
    searches: int,
    seed: int,
    sizes: Sequence[int] = (64, 48, 40, 32),
    others: int | None = None,
    filled: int = 0,
) -> Evaluation:
    """Draw searches of each size: own scores around 0.8 (0.7 for smaller faces), others around 0.2; none above 1."""
    rng = np.random.default_rng(seed)
    compared = count - 1 + filled if others is None else others
    subjects = people(count)
    made = [
        search(
            subjects[number % count].id,
            own=round(1 - abs(1 - float(rng.normal(0.8 if px > NAMEABLE_PX else 0.7, 0.08))), 6),
            others=np.sort(rng.normal(0.2, 0.1, compared).round(6))[-KEPT:].tolist(),
            compared=compared,
            px=px,
            asked_px=px,
        )
        for px in sizes
        for number in range(searches)
    ]
    return evaluation(made, subjects, filled=filled)
