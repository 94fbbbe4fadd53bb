"""Publish: write a copy of a photo in which every face without consent for being shown is covered."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np

from countenance.consent import Permit
from countenance.errors import ConsentRefused, CoverIncomplete, PhotoNotWritten, PhotoProblem, UsageWrong
from countenance.faces import Box, Face
from countenance.journeys.matching import Matcher
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.photos import Photo, discard, fingerprint_file, open_photo, place, publishable_format, write_clean
from countenance.ports import Clock, Pixels, Publication, PublicationState, Store, Unit, Vision
from countenance.redaction import Style, check_cover, cover, leaks

# Covering one face can bring another to light for the detector; more rounds than this mean that something is wrong.
COVER_ROUNDS = 3
# How often a copy is made anew because somebody withdrew while it was being written.
WITHDRAWN_MEANWHILE = 3
# A face found again in a turned photo is the same face from this overlap on.
SAME_FACE_OVERLAP = 0.4


@dataclass(frozen=True, slots=True)
class Order:
    """How copies are made: into which folder, in which style, by whom they were looked at (empty: by nobody yet)."""

    style: Style = Style.FILL
    thorough: bool = False
    reviewed_by: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A covered copy: from where, to where, the boxes covered and shown in upright pixels, and the photo's size."""

    source: Path
    target: Path
    covered: tuple[Box, ...]
    shown: tuple[Box, ...]
    width: int
    height: int
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class _Plan:
    photo: Photo
    faces: tuple[Face, ...]
    permits: Mapping[int, Permit]

    @property
    def covered(self) -> tuple[Box, ...]:
        return tuple(face.box for place, face in enumerate(self.faces) if place not in self.permits)

    @property
    def shown(self) -> tuple[Box, ...]:
        return tuple(face.box for place, face in enumerate(self.faces) if place in self.permits)


def publish(
    source: Path, folder: Path, order: Order, *, store: Store, matcher: Matcher, actor: Actor, clock: Clock
) -> Copy:
    """Write a covered copy of one photo into a folder; the original is only read. On any doubt a face is covered.

    The copy is written under a temporary name, opened again and looked at again. It is recorded as pending before it
    gets its name, and gets it in a transaction that reads the permits once more, so that a withdrawal wins.

    Raises:
        PhotoProblem: the photo cannot be read, or the copy not written.
        CoverIncomplete: a face could still be seen in the finished copy; nothing was left behind.
    """
    order = replace(order, reviewed_by=order.reviewed_by.strip())
    photo = open_photo(source)
    target = _target(source, photo, folder, order)
    faces = _all_faces(photo.pixels, matcher.vision, thorough=order.thorough)
    for _ in range(WITHDRAWN_MEANWHILE):
        plan = _plan(photo, faces, store, matcher, clock)
        copy = Copy(source, target, plan.covered, plan.shown, photo.width, photo.height, order.reviewed_by)
        if order.dry_run:
            return copy
        _refuse_foreign_target(target, source, store, clock)
        _make_folder(target.parent)
        temporary = target.with_name(f".{target.stem}.{secrets.token_hex(6)}.part{target.suffix}")
        try:
            plan, fingerprint = _written(plan, temporary, order, matcher.vision)
            copy = replace(copy, covered=plan.covered, shown=plan.shown)
            publication = _publication(copy, plan, order, temporary, fingerprint, clock())
            if _recorded(publication, plan, store, actor, clock) and _placed(publication, store, actor, clock):
                return copy
        finally:
            discard(temporary)
    raise ConsentRefused(
        "people kept withdrawing while the copy was made", reason="withdrawn", remedy="publish this photo again"
    )


def settle(store: Store, *, actor: Actor, clock: Clock) -> int:
    """Finish or undo the copies that were pending when a process ended; gives how many."""
    with store.read(now=clock()) as reading:
        pending = [one for one in reading.publications() if one.state is PublicationState.PENDING]
    for publication in pending:
        with store.write(now=clock()) as unit:
            if not _still_pending(publication, unit):
                continue
            in_place = _is_there(publication)
            if in_place and not unit.publication_permits_live(publication.id):
                discard(publication.target)
                in_place = False
            discard(publication.temporary)
            _settled(unit, publication.id, actor, placed=in_place)
    return len(pending)


def _target(source: Path, photo: Photo, folder: Path, order: Order) -> Path:
    """Name the copy after its original, marked as long as nobody has looked at it.

    A copy in another format keeps the original's whole name, so that a.heic and a.jpg have copies of their own.
    """
    file_format, suffix = publishable_format(photo.format)
    stem = source.stem if file_format == photo.format else source.name
    mark = "" if order.reviewed_by else ".unreviewed"
    return folder / f"{stem}{mark}{source.suffix if file_format == photo.format else suffix}"


def _all_faces(pixels: Pixels, vision: Vision, *, thorough: bool) -> tuple[Face, ...]:
    """Look for everybody; `thorough` looks at the photo lying on each side and upside down as well."""
    faces = list(vision.detect(pixels, thoroughly=True))
    height, width = pixels.shape[:2]
    for quarter_turns in (1, 2, 3) if thorough else ():
        turned = np.ascontiguousarray(np.rot90(pixels, quarter_turns))
        for face in vision.detect(turned, thoroughly=True):
            box = _turned_back(face.box, quarter_turns, width, height)
            if all(box.overlap(other.box) < SAME_FACE_OVERLAP for other in faces):
                faces.append(Face(box, face.confidence))
    return tuple(faces)


def _turned_back(box: Box, quarter_turns: int, width: int, height: int) -> Box:
    """Give a box found in a photo turned counter-clockwise by quarter turns in the photo's own pixels."""
    match quarter_turns:
        case 1:
            return Box(width - box.y - box.h, box.x, box.h, box.w)
        case 2:
            return Box(width - box.x - box.w, height - box.y - box.h, box.w, box.h)
        case _:
            return Box(box.y, height - box.x - box.w, box.h, box.w)


def _plan(photo: Photo, faces: Sequence[Face], store: Store, matcher: Matcher, clock: Clock) -> _Plan:
    vision = matcher.vision
    nameable = [place for place, face in enumerate(faces) if vision.model and face.box.side >= vision.nameable_px]
    boxes = [faces[place].box for place in nameable]
    templates = dict(zip(nameable, vision.embed(photo.pixels, boxes) if boxes else (), strict=True))
    with store.read(now=clock()) as reading:
        permits = matcher.shown([templates.get(place) for place in range(len(faces))], reading)
    return _Plan(photo, tuple(faces), permits)


def _written(plan: _Plan, temporary: Path, order: Order, vision: Vision) -> tuple[_Plan, str]:
    """Cover, write, open again and look again; a face that comes to light is covered in another round."""
    file_format = publishable_format(plan.photo.format)[0]
    for _ in range(COVER_ROUNDS):
        pixels = cover(plan.photo.pixels, plan.covered, style=order.style)
        fingerprint = write_clean(pixels, temporary, format=file_format)
        written = open_photo(temporary).pixels
        if leaks(plan.photo.pixels, written, plan.covered, style=order.style):
            break
        found = _all_faces(written, vision, thorough=order.thorough)
        try:
            check_cover(written, plan.covered, detect=partial(_already, found), shown=plan.shown)
        except CoverIncomplete:
            discard(temporary)
            plan = replace(plan, faces=(*plan.faces, *_news(found, plan)))
        else:
            return plan, fingerprint
    raise CoverIncomplete(
        "a face could still be seen in the copy, so it was not published", remedy="leave it out, or cover it by hand"
    )


def _already(found: Sequence[Face], _: Pixels) -> Sequence[Face]:
    """Give the check the faces that were just found, instead of looking a second time."""
    return found


def _news(found: Sequence[Face], plan: _Plan) -> tuple[Face, ...]:
    """Give the faces that were not known before; they have no permit, so the next round covers them."""
    return tuple(face for face in found if all(face.box.overlap(known.box) < SAME_FACE_OVERLAP for known in plan.faces))


def _publication(copy: Copy, plan: _Plan, order: Order, temporary: Path, fingerprint: str, at: datetime) -> Publication:
    return Publication(
        id="c-" + secrets.token_hex(8),
        source=copy.source,
        source_fingerprint=plan.photo.fingerprint,
        temporary=temporary,
        target=copy.target,
        target_fingerprint=fingerprint,
        style=str(order.style),
        reviewed_by=order.reviewed_by,
        at=at,
        covered=len(copy.covered),
        shown=tuple(sorted({permit.person for permit in plan.permits.values()})),
        state=PublicationState.PENDING,
    )


def _recorded(publication: Publication, plan: _Plan, store: Store, actor: Actor, clock: Clock) -> bool:
    """Transaction 1: the entry and the pending copy. False when somebody shown has withdrawn meanwhile."""
    facts: dict[str, JSON] = {
        "publication": publication.id,
        "source_sha256": publication.source_fingerprint,
        "target_sha256": publication.target_fingerprint,
        "style": publication.style,
        "reviewed_by": publication.reviewed_by,
    }
    body: dict[str, JSON] = {**facts, "covered": publication.covered, "shown": list(publication.shown)}
    concerns: dict[str, dict[str, JSON]] = {
        person: {**facts, "target": str(publication.target)} for person in publication.shown
    }
    try:
        with store.write(now=clock()) as unit:
            unit.add_publication(publication, list(plan.permits.values()))
            unit.record(Entry(kind=EntryKind.PUBLISHED, at=unit.now, actor=actor, body=body, concerns=concerns))
    except ConsentRefused:
        return False
    return True


def _placed(publication: Publication, store: Store, actor: Actor, clock: Clock) -> bool:
    """Transaction 2, under the lock that withdraw takes too: permits once more, then the name."""
    with store.write(now=clock()) as unit:
        live = unit.publication_permits_live(publication.id)
        if live:
            place(publication.temporary, publication.target)
        _settled(unit, publication.id, actor, placed=live)
    return live


def _settled(unit: Unit, publication: str, actor: Actor, *, placed: bool) -> None:
    if placed:
        unit.place_publication(publication)
    else:
        unit.drop_publication(publication)
    unit.record(
        Entry(
            kind=EntryKind.PUBLICATION_SETTLED,
            at=unit.now,
            actor=actor,
            body={"publication": publication, "placed": placed},
            concerns={},
        )
    )


def _still_pending(publication: Publication, unit: Unit) -> bool:
    """Look again, now under the lock: the process that made the copy may have placed it meanwhile."""
    return any(one.id == publication.id and one.state is PublicationState.PENDING for one in unit.publications())


def _is_there(publication: Publication) -> bool:
    """Tell whether the file at the target is this copy, and not an earlier one."""
    try:
        return fingerprint_file(publication.target) == publication.target_fingerprint
    except PhotoProblem:
        return False


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise PhotoNotWritten(
            f"the folder {folder.name} cannot be made", remedy="give another folder with --to"
        ) from problem


def _refuse_foreign_target(target: Path, source: Path, store: Store, clock: Clock) -> None:
    """Let a copy replace only an earlier copy of ours, never a file that somebody else put there."""
    if target == source:
        raise UsageWrong("the copy would replace its original", remedy="give another folder with --to")
    if not target.exists():
        return
    with store.read(now=clock()) as reading:
        ours = any(one.target == target and one.source == source for one in reading.publications())
    if not ours:
        raise PhotoNotWritten(
            f"there is a file {target.name} already that is no copy of this photo",
            remedy="give another folder with --to",
        )
