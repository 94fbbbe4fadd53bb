"""Decide: what a human says about a person and a photo. It wins over what the machine thinks, from then on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from countenance.consent import Permit, Purpose, Reason, Refusal
from countenance.consent import decide as ask_gate
from countenance.errors import ConsentRefused, NoFace, PhotoUnreadable, SeveralFaces, UsageWrong
from countenance.faces import Box, faces_meant, same_face
from countenance.journeys.matching import APPEARANCE_PURPOSES, arranged, leave_rescan, permitted
from countenance.journeys.placing import overtaken
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.photos import fingerprint_file, open_photo
from countenance.ports import (
    Clock,
    Decision,
    Person,
    PhotoRecord,
    PhotoState,
    PublicationState,
    Reading,
    Store,
    Unit,
    Verdict,
)

# A photo matched with this roll is behind every enrolment: the next rescan matches it again.
NEVER_MATCHED = 0


@dataclass(frozen=True, slots=True)
class Word:
    """What a human says: this person is in this photo, is rightly matched, or is not in it.

    A tag says where: `box` in upright pixels, or `face` by its number (1 is the first known one), or neither if the
    photo has one known face. Confirming and rejecting need no place.
    """

    photo: Path
    person: str
    verdict: Verdict
    box: Box | None = None
    face: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is kept of it: the person, what is live of the person's consent, the photo, and the person's box there.

    `drawn` says that no known face was meant, so that the box was added. `copies` counts the indexed files of this
    content, for which it holds as well. `displaced` are the names of those who were placed at the face by hand before,
    and are not in the photo any more. `outdated` are the published copies that may show what was wrong. `behind` says
    that a face has lost its person, so that the photo is to be matched again.
    """

    person: str
    name: str
    purposes: tuple[Purpose, ...]
    photo: Path
    verdict: Verdict
    box: Box | None
    drawn: bool
    copies: int
    displaced: tuple[str, ...]
    outdated: tuple[Path, ...]
    behind: bool
    entry: int


def decide(word: Word, *, store: Store, actor: Actor, clock: Clock) -> Decided:
    """Keep a human's word about a person and a photo, and put it into effect, in one transaction with its entry.

    It is known by the photo's content, so it holds for every file of the same bytes, wherever it is moved. A face is
    one person's: whoever was placed at it by hand before is from now on not in the photo, until tagged elsewhere.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        ConsentRefused: the person has no live consent.
        UsageWrong: the photo is not indexed, or the person is not matched in it; the box lies outside it.
        SeveralFaces, NoFace: it is not clear which face is meant.
        PhotoProblem: the photo cannot be read, or has changed since it was indexed.
    """
    fingerprint, word = _opened(word)
    with store.write(now=clock()) as unit:
        person = unit.person(word.person)
        _refuse_without_consent(person, unit)
        boxes = _known_boxes(word.photo, fingerprint, unit)
        box = _chosen_box(word, person.id, fingerprint, boxes, unit)
        decision = Decision(fingerprint, person.id, word.verdict, box, unit.now)
        displaced = [
            replace(other, verdict=Verdict.REJECTED, box=None, at=unit.now)
            for other in unit.decisions(fingerprint)
            if other.person != person.id and box is not None and other.box is not None and _same(box, other.box, boxes)
        ]
        for kept in (*displaced, decision):
            unit.keep_decision(kept)
        same = unit.photos_of(fingerprint)
        freed = [_put_into_effect(one, unit) for one in same]
        if any(freed):
            leave_rescan(unit, next(one.seen_with for one in same))
        for kept in displaced:
            unit.record(_entry(kept, word.photo, actor))
        return Decided(
            person=person.id,
            name=person.name,
            purposes=person.purposes,
            photo=word.photo,
            verdict=word.verdict,
            box=box,
            drawn=box is not None and box not in boxes,
            copies=len(same),
            displaced=tuple(unit.person(kept.person).name for kept in displaced),
            outdated=_outdated(fingerprint, unit),
            behind=any(freed),
            entry=unit.record(_entry(decision, word.photo, actor)),
        )


def _opened(word: Word) -> tuple[str, Word]:
    """Give the content hash, and the word with its box cut to the photo."""
    if word.box is None:
        return fingerprint_file(word.photo), word
    photo = open_photo(word.photo)
    inside = word.box.within(photo.width, photo.height)
    if inside is None:
        raise UsageWrong(
            f"the box lies outside the photo, which is {photo.width} x {photo.height} pixels",
            remedy="give its left and top edge, width and height in pixels of the upright photo",
        )
    return photo.fingerprint, replace(word, box=inside)


def _refuse_without_consent(person: Person, reading: Reading) -> None:
    """Ask the gate: about whom nothing is allowed, nothing is kept."""
    consents = reading.consents(person.id)
    answers = [ask_gate(consents, purpose, now=reading.now) for purpose in Purpose]
    if any(isinstance(answer, Permit) for answer in answers):
        return
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    telling = max(refusals, key=lambda refusal: list(Reason).index(refusal.reason))
    raise ConsentRefused(
        f"nothing about this person may be kept: {telling.what}",
        reason=telling.reason,
        remedy="ask the person for a new signed form",
    )


def _known_boxes(path: Path, fingerprint: str, reading: Reading) -> tuple[Box, ...]:
    record = reading.photo(path)
    if record is None or record.state is not PhotoState.DONE:
        raise UsageWrong(f"{path.name} is not indexed", remedy="index it first, with `countenance index`")
    if record.fingerprint != fingerprint:
        raise PhotoUnreadable(f"{path.name} has changed since it was indexed", remedy="index it again")
    return reading.boxes_of(path)


def _chosen_box(word: Word, person: str, fingerprint: str, boxes: tuple[Box, ...], reading: Reading) -> Box | None:
    match word.verdict:
        case Verdict.TAGGED:
            return _tagged_box(word, boxes)
        case Verdict.CONFIRMED:
            return _matched_box(word, person, fingerprint, boxes, reading)
        case Verdict.REJECTED:
            return None


def _tagged_box(word: Word, boxes: tuple[Box, ...]) -> Box:
    """Give the known face that is meant, or the box itself if it lies over none."""
    if word.box is not None:
        meant = faces_meant(word.box, boxes)
        if len(meant) <= 1:
            return boxes[meant[0]] if meant else word.box
        raise _unclear(f"the box lies over {len(meant)} faces", boxes)
    if word.face is not None:
        if 1 <= word.face <= len(boxes):
            return boxes[word.face - 1]
        raise _unclear(f"there is no face {word.face} in this photo: {len(boxes)} are known", boxes)
    if not boxes:
        raise NoFace("no face was found in this photo", remedy="draw its box with --box X,Y,W,H")
    if len(boxes) > 1:
        raise _unclear(f"{len(boxes)} faces are known in this photo", boxes)
    return boxes[0]


def _unclear(what: str, boxes: Sequence[Box]) -> SeveralFaces:
    return SeveralFaces(
        what, boxes=[box.as_tuple() for box in boxes], remedy="say which is meant with --face N or a closer --box"
    )


def _matched_box(word: Word, person: str, fingerprint: str, boxes: tuple[Box, ...], reading: Reading) -> Box:
    for decision in reading.decisions(fingerprint):
        if decision.person == person and decision.box is not None:
            return decision.box
    for place, who in reading.appearances_in(word.photo).items():
        if who == person:
            return boxes[place]
    raise UsageWrong(
        f"there is no possible match of this person in {word.photo.name} to be confirmed",
        remedy="say where the person is, with `countenance tag`",
    )


def _same(box: Box, other: Box, boxes: tuple[Box, ...]) -> bool:
    """Tell whether two boxes are of one face, the first of them being known or new."""
    known = boxes if box in boxes else (*boxes, box)
    return same_face(other, known) == same_face(box, known)


def _put_into_effect(record: PhotoRecord, unit: Unit) -> bool:
    """Place people in one file by all that humans decided about it; True if a face has lost its person by that."""
    before = dict(unit.appearances_in(record.path))
    boxes = unit.boxes_of(record.path)
    placing = arranged(unit.decisions(record.fingerprint), boxes)
    for box in placing.boxes[len(boxes) :]:
        unit.add_box(record.id, box)
    staying = {place: who for place, who in before.items() if who not in placing.decided}
    after = {**staying, **placing.placed}
    freed = any(after.get(place) != who for place, who in before.items())
    unit.keep_matches(
        record.id,
        fingerprint=record.fingerprint,
        roll=NEVER_MATCHED if freed else record.roll,
        matched=permitted(after, unit, APPEARANCE_PURPOSES),
    )
    return freed


def _outdated(fingerprint: str, reading: Reading) -> tuple[Path, ...]:
    return tuple(
        one.target
        for one in reading.publications()
        if one.source_fingerprint == fingerprint
        and one.state is not PublicationState.PENDING
        and overtaken(one, reading)
    )


def _entry(decision: Decision, photo: Path, actor: Actor) -> Entry:
    facts: dict[str, JSON] = {"verdict": str(decision.verdict), "photo_sha256": decision.fingerprint}
    box = None if decision.box is None else list(decision.box.as_tuple())
    return Entry(
        kind=EntryKind.DECIDED,
        at=decision.at,
        actor=actor,
        body={"person": decision.person, **facts},
        concerns={decision.person: {**facts, "photo": str(photo), "box": box}},
    )
