"""Calibrate: put thresholds in force that were measured for this library, with the model that it uses."""

from dataclasses import dataclass

from countenance.errors import LibraryUnsuited, ModelMismatch
from countenance.faces import Calibration
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
    with store.write(now=clock()) as unit:
        # Whoever waits to be re-embedded will be compared too.
        people = len(matcher.galleries.at(unit)) + len(unit.embedded_otherwise(model))
        up_to = calibration.step(people)
        number = unit.keep_calibration(calibration, people=people)
        leave_rescan(unit, matcher.seen_with)
        entry = unit.record(_entry(calibration, number, people, actor, unit))
        behind = unit.photos_behind_count(seen_with=matcher.seen_with)
    return Calibrated(number, calibration.sha256, people, up_to, behind, entry)


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
