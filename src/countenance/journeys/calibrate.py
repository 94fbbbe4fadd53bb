"""Calibrate: put thresholds in force that were measured for this library, with the model that it uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from countenance.errors import EvaluationInvalid, LibraryUnsuited, ModelMismatch
from countenance.faces import LEEWAY, MOST_FPIR, Calibration, Use
from countenance.journeys.matching import Matcher, leave_rescan
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.ports import Clock, Store, Unit


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What came into force: its number and SHA-256, the people enrolled, and for how many its thresholds hold now.

    `behind` counts the photos that were matched by other thresholds, and wait to be matched anew.
    """

    number: int
    sha256: str
    people: int
    up_to: int
    behind: int
    entry: int


def calibrate(calibration: Calibration, *, store: Store, matcher: Matcher, actor: Actor, clock: Clock) -> Calibrated:
    """Put a calibration in force in place of the one before, in one transaction with its entry and the work it leaves.

    Every photo is matched anew: what was found by other thresholds must not stay beside what is found by these.

    Raises:
        LibraryUnsuited: the library recognises nobody.
        ModelMismatch: it was measured with another model than the one in use.
        EvaluationInvalid: it contradicts itself, or names somebody wrongly too often by its own account.
        GalleryUnmeasured: it was measured with fewer people than are enrolled, so that nobody could be searched for.
    """
    model = matcher.vision.model
    if not model:
        raise LibraryUnsuited("this library recognises nobody", remedy="there is nothing to be calibrated")
    if calibration.model != model:
        raise ModelMismatch(
            f"these thresholds were measured with {calibration.model}, and this library uses {model}",
            remedy="measure with the model in use (`countenance evaluate`), and calibrate with that",
        )
    for wrong in _implausible(calibration):
        raise EvaluationInvalid(
            f"these thresholds are not put in force: {wrong}",
            remedy="measure with `countenance evaluate`, and calibrate with that folder",
        )
    with store.write(now=clock()) as unit:
        # Whoever waits to be re-embedded will be compared too.
        people = len(matcher.galleries.at(unit)) + len(unit.embedded_otherwise(model))
        up_to = calibration.step(people)
        number = unit.keep_calibration(calibration, people=people)
        leave_rescan(unit, matcher.seen_with)
        entry = unit.record(_entry(calibration, number, people, actor, unit))
        behind = unit.photos_behind_count(seen_with=matcher.seen_with)
    return Calibrated(number, calibration.sha256, people, up_to, behind, entry)


def _implausible(calibration: Calibration) -> Iterator[str]:
    """Say what `calibrated` never gives, so that somebody has written it by hand or changed it."""
    for rung in calibration.rungs:
        for threshold in (rung.search, rung.show):
            if threshold.fpir > MOST_FPIR:
                yield f"by their own account more than {MOST_FPIR:.0%} of searches name somebody wrongly"
            if rung.people > threshold.gallery_size * (1 + LEEWAY):
                yield f"a step for {rung.people:,} people was measured with {threshold.gallery_size:,}"
    for use in Use:
        by_people = (
            [calibration.threshold(use, people=n, px=px).score for n in calibration.steps] for px in calibration.sizes
        )
        if any(less > more for scores in by_people for less, more in pairwise(scores)):
            yield "more people are decided by less than fewer are"


def _entry(calibration: Calibration, number: int, people: int, actor: Actor, unit: Unit) -> Entry:
    searches = [rung.search for rung in calibration.rungs]
    body: dict[str, JSON] = {
        "number": number,
        "model": calibration.model,
        "data_set": calibration.data_set,
        "people": people,
        "steps": calibration.steps,
        "sizes": calibration.sizes,
        "searches": min(threshold.searches for threshold in searches),
        "fpir_per_million": round(max(threshold.fpir for threshold in searches) * 1_000_000),
        "calibration_sha256": calibration.sha256,
    }
    return Entry(kind=EntryKind.CALIBRATED, at=unit.now, actor=actor, body=body, concerns={})
