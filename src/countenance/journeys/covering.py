"""Covering: which faces of one photo are covered, and the bytes of the copy, for publishing and publishing again.

The copy is encoded, opened again and looked at again, in memory; nothing of it is written before it holds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from countenance.consent import Permit
from countenance.errors import CoverIncomplete
from countenance.faces import SAME_FACE_OVERLAP, Box, Face, same_face
from countenance.journeys.matching import Faces, Matcher, may_be_shown
from countenance.photos import Photo, encode_clean, publishable_format, read_photo
from countenance.ports import Clock, Decision, Look, Pixels, Reading, Store, Vision
from countenance.redaction import Style, check_cover, cover, leaks

# Covering one face can bring another to light for the detector; more rounds than this mean that something is wrong.
COVER_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Order:
    """How copies are made: into which folder, in which style, by whom they were looked at (empty: by nobody yet)."""

    style: Style = Style.FILL
    thorough: bool = False
    reviewed_by: str = ""
    dry_run: bool = False

    @property
    def look(self) -> Look:
        """How closely photos and copies are looked at."""
        return Look.THOROUGH if self.thorough else Look.PUBLISHING


@dataclass(frozen=True, slots=True)
class Copy:
    """A covered copy: from where, to where, the boxes covered and shown in upright pixels, and the photo's size.

    `unmeasured` says why nobody was recognised but by hand, if that is so: more people are enrolled than the thresholds
    were measured with.
    """

    source: Path
    target: Path
    covered: tuple[Box, ...]
    shown: tuple[Box, ...]
    width: int
    height: int
    reviewed_by: str
    unmeasured: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What a copy is made of, and where it goes.

    `source` and `fingerprint` are those of the original, by whose content humans' decisions are known; `photo` has its
    pixels, or those of an earlier copy that `covered_before` faces are covered in. `may_show` narrows who may be seen
    (None: whoever the gate permits). A box in `judged` is covered unless somebody who may be seen is found in it.
    `replaces` is the id of the publication whose place it takes, or empty.
    """

    photo: Photo
    source: Path
    fingerprint: str
    target: Path
    may_show: frozenset[str] | None = None
    judged: tuple[Box, ...] = ()
    covered_before: int = 0
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which faces are covered and which are shown, by whose permit, and what humans had decided by then.

    `unmeasured` says why nobody was recognised but by hand, if that is so.
    """

    photo: Photo
    faces: tuple[Face, ...]
    permits: Mapping[int, Permit]
    decisions: frozenset[Decision]
    unmeasured: str

    @property
    def covered(self) -> tuple[Box, ...]:
        """The boxes to be covered."""
        return tuple(face.box for place, face in enumerate(self.faces) if place not in self.permits)

    @property
    def shown(self) -> tuple[Box, ...]:
        """The boxes that may be seen."""
        return tuple(face.box for place, face in enumerate(self.faces) if place in self.permits)


def plan(draft: Draft, faces: Sequence[Face], store: Store, matcher: Matcher, clock: Clock) -> Plan:
    """Look for everybody's permit in one snapshot; whoever is in doubt has none."""
    vision = matcher.vision
    nameable = [place for place, face in enumerate(faces) if vision.model and face.box.side >= vision.nameable_px]
    boxes = [faces[place].box for place in nameable]
    templates = dict(zip(nameable, vision.embed(draft.photo.pixels, boxes) if boxes else (), strict=True))
    seen = Faces(
        draft.fingerprint,
        tuple(face.box for face in faces),
        tuple(templates.get(place) for place in range(len(faces))),
    )
    with store.read(now=clock()) as reading:
        decisions = reading.decisions(draft.fingerprint)
        showing = matcher.shown(seen, reading)
        permits = {
            place: permit
            for place, permit in showing.permits.items()
            if draft.may_show is None or permit.person in draft.may_show
        }
        # Where a human says that somebody is who may not be shown, there is a face, also if the detector sees none.
        hidden = [
            one.box
            for one in decisions
            if one.box is not None and same_face(one.box, seen.boxes) is None and not may_be_shown(one.person, reading)
        ]
        hidden += _left_over(draft, decisions, seen.boxes, reading)
    hidden += _unvouched(draft.judged, seen.boxes, permits)
    every = (*faces, *(Face(box, 0.0) for box in hidden))
    return Plan(draft.photo, every, permits, frozenset(decisions), showing.unmeasured)


def encoded(plan: Plan, name: str, order: Order, vision: Vision) -> tuple[Plan, bytes]:
    """Cover, encode, open again and look again; a face that comes to light is covered in another round.

    Raises:
        CoverIncomplete: a face could still be seen after so many rounds.
    """
    file_format = publishable_format(plan.photo.format)[0]
    for _ in range(COVER_ROUNDS):
        pixels = cover(plan.photo.pixels, plan.covered, style=order.style)
        data = encode_clean(pixels, format=file_format)
        after = read_photo(data, name=name).pixels
        if leaks(plan.photo.pixels, after, plan.covered, style=order.style):
            break
        found = vision.detect(after, order.look)
        try:
            check_cover(after, plan.covered, detect=partial(_already, found), shown=plan.shown)
        except CoverIncomplete:
            plan = replace(plan, faces=(*plan.faces, *_news(found, plan)))
        else:
            return plan, data
    raise CoverIncomplete(
        "a face could still be seen in the copy, so it was not published", remedy="leave it out, or cover it by hand"
    )


def _left_over(draft: Draft, decisions: Sequence[Decision], boxes: Sequence[Box], reading: Reading) -> list[Box]:
    """Give the boxes known of the original at which nothing is seen now and no human places anybody.

    A box that was drawn by hand stays when the person whom it was drawn for withdraws: the tag goes, the face does not.
    A copy needs none of them: whatever is visible in it is judged already.
    """
    if draft.photo.fingerprint != draft.fingerprint:
        return []
    known = {box for record in reading.photos_of(draft.fingerprint) for box in reading.boxes_of(record.path)}
    known -= {decision.box for decision in decisions}
    return [box for box in sorted(known) if all(box.overlap(other) < SAME_FACE_OVERLAP for other in boxes)]


def _unvouched(judged: Sequence[Box], boxes: Sequence[Box], permits: Collection[int]) -> list[Box]:
    """Give the boxes in which nobody is found who may be seen; each such face stands for one of them."""
    vouching = set(permits)
    hidden: list[Box] = []
    for box in judged:
        place = same_face(box, boxes)
        if place in vouching:
            vouching.discard(place)
        elif box not in boxes:  # a face found at the very place is covered already
            hidden.append(box)
    return hidden


def _already(found: Sequence[Face], _: Pixels) -> Sequence[Face]:
    """Give the check the faces that were just found, instead of looking a second time."""
    return found


def _news(found: Sequence[Face], plan: Plan) -> tuple[Face, ...]:
    """Give the faces that were not known before; they have no permit, so the next round covers them."""
    return tuple(face for face in found if all(face.box.overlap(known.box) < SAME_FACE_OVERLAP for known in plan.faces))
