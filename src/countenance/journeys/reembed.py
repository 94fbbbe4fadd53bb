"""Re-embed: after a change of model, make each person's template anew from the enrolment photos that were kept sealed.

Nobody is asked for anything, and no consent is stretched: it is the same face, from the same photos, for the same
purposes, under the consent that is live. Whoever cannot be re-embedded is named, to be asked for a new photo.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from countenance.consent import Permit, decide_template
from countenance.errors import LibraryUnsuited, PhotoProblem
from countenance.faces import Box, Face, Quality, Template, combined
from countenance.journeys.matching import Matcher
from countenance.ledger import Actor, Entry, EntryKind
from countenance.photos import read_photo
from countenance.ports import Clock, Pixels, Progress, Step, Store, Vision

# An enrolment crop has half of the face's longer side around it (journeys/enrol.py): a quarter of its own.
CROP_MARGIN_SHARE = 0.25
# A face that overlaps the place where the enrolled one must be by less than this is another one, seen at its edge.
SAME_PLACE = 0.3


@dataclass(frozen=True, slots=True)
class Unrenewed:
    """Somebody whose template could not be made anew, and why."""

    person: str
    name: str
    why: str


@dataclass(slots=True)
class Reembedding:
    """What a run did: how many people had only templates of other models, who was renewed, and who could not be."""

    people: int
    renewed: list[str] = field(default_factory=list)
    failed: list[Unrenewed] = field(default_factory=list)


def reembed(*, store: Store, matcher: Matcher, actor: Actor, clock: Clock, progress: Progress) -> Reembedding:
    """Renew the template of everybody whom the model in use cannot compare; an interruption leaves the rest.

    Raises:
        LibraryUnsuited: the library recognises nobody.
        GalleryUnmeasured: with all of them there would be more people than the thresholds were measured with.
    """
    vision = matcher.vision
    if not vision.model:
        raise LibraryUnsuited("this library recognises nobody", remedy="there are no templates to be made anew")
    with store.read(now=clock()) as reading:
        people = reading.embedded_otherwise(vision.model)
        matcher.refuse_unmeasured(reading, joining=len(people))
    result = Reembedding(len(people))
    for done, person in enumerate(people, start=1):
        _renew(person, result, store, vision, actor, clock)
        progress(Step(done, len(people), len(result.failed), Path(person)))
    return result


def _renew(person: str, result: Reembedding, store: Store, vision: Vision, actor: Actor, clock: Clock) -> None:
    """Renew one person in a transaction of its own; somebody who has left meanwhile is passed over."""
    with store.read(now=clock()) as reading:
        if not isinstance(decide_template(reading.consents(person), now=reading.now), Permit):
            return
        name, crops = reading.person(person).name, reading.enrolment_crops(person)
    template = _template(crops, vision)
    if not isinstance(template, Template):
        result.failed.append(Unrenewed(person, name, template))
        return
    with store.write(now=clock()) as unit:
        permit = decide_template(unit.consents(person), now=unit.now)
        # Withdrawn, or enrolled with new photos, while the old ones were looked at.
        if not isinstance(permit, Permit) or unit.enrolment_crops(person) != crops:
            return
        unit.renew_reference(permit, template)
        unit.record(_entry(person, vision.model, actor, unit.now))
    result.renewed.append(name)


def _template(crops: Sequence[bytes], vision: Vision) -> Template | str:
    """Combine the templates of the enrolment photos that serve; or say why none does."""
    why = "no photo was kept of the enrolment"
    templates: list[Template] = []
    qualities: list[Quality] = []
    for crop in crops:
        try:
            pixels = read_photo(crop, name="the photo kept of the enrolment").pixels
        except PhotoProblem as problem:
            why = problem.what
            continue
        face = _enrolled_face(pixels, vision)
        if face is None:
            why = "no face was found in the photo kept of the enrolment"
        elif face.box.side < vision.nameable_px:
            why = (
                f"the face in the photo kept of the enrolment is {face.box.side} pixels high, too small for this model"
            )
        else:
            templates.append(vision.reference(pixels, face.box))
            qualities.append(vision.quality(pixels, face))
    return combined(qualities, templates) if templates else why


def _enrolled_face(pixels: Pixels, vision: Vision) -> Face | None:
    """Give the face that is where the enrolled one must be; somebody at the crop's edge is none of ours."""
    height, width = pixels.shape[:2]
    margin = round(max(width, height) * CROP_MARGIN_SHARE)
    if min(width, height) <= 2 * margin:
        return None
    place = Box(margin, margin, width - 2 * margin, height - 2 * margin)
    face = max(vision.detect(pixels), key=lambda one: one.box.overlap(place), default=None)
    return face if face and face.box.overlap(place) >= SAME_PLACE else None


def _entry(person: str, model: str, actor: Actor, at: datetime) -> Entry:
    return Entry(
        kind=EntryKind.REEMBEDDED,
        at=at,
        actor=actor,
        body={"person": person, "model": model},
        concerns={person: {"model": model}},
    )
