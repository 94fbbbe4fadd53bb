"""Search: from a photo to the people in the library who may be found by it, and the photos they are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from countenance.consent import Permit, Purpose, decide
from countenance.errors import FaceTooPoor, LibraryUnsuited, ModelMismatch, NoFace, SeveralFaces, UsageWrong
from countenance.faces import Face, Template, Trouble, Use
from countenance.journeys.matching import Placing, arranged
from countenance.journeys.searchers import allowance_of, record_too_many, refuse_searcher, stated, too_many_found
from countenance.journeys.thresholds import Fit, fit, in_use
from countenance.ledger import JSON, Actor, Entry, EntryKind, ReasonClass, spell_moment
from countenance.photos import Photo
from countenance.ports import Appearance, Clock, Galleries, Reading, Store, Vision


@dataclass(frozen=True, slots=True)
class Question:
    """A staff search: the probe, the stated reason and its class, which face is meant.

    `face` is 1 for the first listed, and None for the only one.
    """

    probe: Photo
    reason: str
    face: int | None = None
    reason_class: ReasonClass = ReasonClass.OTHER


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible match: a person with live consent for being found, and the photos the person is in."""

    person: str
    name: str
    appearances: tuple[Appearance, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """Everybody who possibly matches, by name and never by rank, and the place of the ledger entry.

    `fit` says by which thresholds, and whether they fit the library; it is the same whoever is searched for.
    `not_compared` is how many people nobody can find until they are re-embedded, whoever is searched for.
    """

    answers: tuple[Answer, ...]
    entry: int
    fit: Fit
    not_compared: int = 0


def search(
    question: Question, *, store: Store, vision: Vision, galleries: Galleries, actor: Actor, clock: Clock
) -> Answers:
    """Find the people who asked to be found, and nobody else.

    The probe's template lives for the length of this call. The entry is committed before the answer is given: if
    recording fails, there is no answer. A stranger, a withdrawn and an expired person give the same empty answer.
    Once the account has found as many people as it may in a day, nothing is compared (`accounts` says why so).
    What humans decided about a photo of the probe's content comes before what the machine thinks of it.

    Raises:
        ConsentRefused: the policy switches staff search off, or does not leave it to the actor's role.
        TooManyFound: the account has found as many people today as the policy allows, or would find more.
        ModelMismatch: everybody was enrolled with another model, so that nobody could be compared.
        GalleryUnmeasured: more people are enrolled than the thresholds were measured with, whoever is searched for.
        NoFace, SeveralFaces, FaceTooPoor: the probe cannot serve.
    """
    began = clock()
    with store.read(now=began) as reading:
        refuse_searcher(reading.policy(), actor.role)
        _refuse_idle(question, vision)
        _refuse_without_templates(reading, galleries, vision)
        thresholds = in_use(reading, vision, galleries)
        _ = thresholds.step  # before the face is looked at: the same for every face
        allowance = allowance_of(reading, actor.account)
    why = stated(question.reason, question.reason_class)
    if allowance.is_spent:
        with store.write(now=began) as unit:
            record_too_many(unit, allowance.limit, why, actor=actor)
        raise too_many_found(allowance.limit)
    faces = vision.detect(question.probe.pixels)
    face = _chosen_face(faces, question.face)
    _refuse_small(face, max(vision.nameable_px, thresholds.least_px))
    template = vision.embed(question.probe.pixels, [face.box])[0]
    ended = clock()
    with store.write(now=ended) as unit:
        refuse_searcher(unit.policy(), actor.role)  # it may have changed while the face was looked at
        # Counted here, so that of two searches at once the later one counts what the other found.
        allowance = allowance_of(unit, actor.account)
        said = arranged(unit.decisions(question.probe.fingerprint), [one.box for one in faces])
        answers = () if allowance.is_spent else _answers(template, face, said, unit, galleries, vision)
        if allowance.covers(answer.person for answer in answers):
            asked: dict[str, JSON] = {
                "began": spell_moment(began),
                "ended": spell_moment(ended),
                "purpose": str(Purpose.BE_FOUND),
                **why,
                "probe_digest": unit.keyed_digest(bytes.fromhex(question.probe.fingerprint)),
                "model": vision.model,
                "roll": unit.roll(),
                "ledger_size": unit.ledger_edge().size,
                "confirmed_by": None,
            }
            entry = unit.record(_entry(asked, answers, actor, ended))
            fitting = fit(unit, vision, galleries)
            return Answers(answers, entry, fitting, len(unit.embedded_otherwise(vision.model)))
        record_too_many(unit, allowance.limit, why, actor=actor)
    raise too_many_found(allowance.limit)


def _refuse_idle(question: Question, vision: Vision) -> None:
    if not vision.model:
        raise LibraryUnsuited("this library recognises nobody", remedy="use a library made with recognition")
    if not question.reason.strip():
        raise UsageWrong("a search needs a reason", remedy="say why with --reason; the person will read it")


def _refuse_without_templates(reading: Reading, galleries: Galleries, vision: Vision) -> None:
    """Refuse to say that nobody matches when nobody could be compared."""
    if reading.embedded_otherwise(vision.model) and not len(galleries.at(reading)):
        raise ModelMismatch(
            f"everybody was enrolled with another model than {vision.model}, so nobody can be compared",
            remedy="run `countenance reembed` once, then index the photos again",
        )


def _chosen_face(faces: Sequence[Face], chosen: int | None) -> Face:
    if not faces:
        raise NoFace("no face was found in this photo", remedy="give a photo with the face larger or better lit")
    boxes = [face.box.as_tuple() for face in faces]
    if chosen is None:
        if len(faces) > 1:
            raise SeveralFaces(
                f"{len(faces)} faces are in this photo", boxes=boxes, remedy="choose one with --face N (1 is the first)"
            )
        return faces[0]
    if not 1 <= chosen <= len(faces):
        raise SeveralFaces(
            f"there is no face {chosen} in this photo: it has {len(faces)}", boxes=boxes, remedy="choose one of these"
        )
    return faces[chosen - 1]


def _refuse_small(face: Face, least_px: int) -> None:
    if face.box.side < least_px:
        raise FaceTooPoor(
            f"the face is {face.box.side} pixels high, too small to be compared",
            troubles=[Trouble.TOO_SMALL],
            remedy=f"give a photo in which it has at least {least_px} pixels",
        )


def _answers(
    template: Template, face: Face, said: Placing, reading: Reading, galleries: Galleries, vision: Vision
) -> tuple[Answer, ...]:
    """Compare with everybody enrolled, and keep those whom the gate lets be found, read in this same transaction.

    What humans `said` about a photo of this content stands here too: whom they rejected or placed at another face is
    not at this one, and at a face where they placed somebody is nobody else.
    """
    here = {who for place, who in said.placed.items() if said.boxes[place] == face.box}
    gallery, thresholds = galleries.at(reading), in_use(reading, vision, galleries)
    usual, strict = (thresholds.threshold(use, face.box) for use in (Use.SEARCH, Use.SHOW))
    candidates = [
        person
        for person, (score,) in gallery.scores([template]).items()
        if (strict if person in gallery.strict else usual).reached_by(score)
        and (person in here if here else person not in said.decided)
    ]
    answers = [
        Answer(person, reading.person(person).name, reading.appearances_of(person, Purpose.BE_FOUND))
        for person in candidates
        if isinstance(decide(reading.consents(person), Purpose.BE_FOUND, now=reading.now), Permit)
    ]
    return tuple(sorted(answers, key=lambda answer: (answer.name.casefold(), answer.person)))


def _entry(asked: Mapping[str, JSON], answers: Sequence[Answer], actor: Actor, at: datetime) -> Entry:
    return Entry(
        kind=EntryKind.SEARCHED,
        at=at,
        actor=actor,
        body={
            **asked,
            "answered": [{"person": answer.person, "photos": len(answer.appearances)} for answer in answers],
        },
        concerns={
            answer.person: {
                **asked,
                "role": actor.role,
                "outcome": "possible match",
                "photos": [str(appearance.photo) for appearance in answer.appearances],
            }
            for answer in answers
        },
    )
