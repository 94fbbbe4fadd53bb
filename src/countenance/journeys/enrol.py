"""Enrol: from a signed form and a person's own photos to a receipt and a sealed reference."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from countenance.consent import (
    Consent,
    Permit,
    Purpose,
    Receipt,
    Refusal,
    decide,
    decide_template,
    draft_receipt,
    verify_receipt,
)
from countenance.errors import (
    ConsentRefused,
    FaceTooPoor,
    LibraryUnsuited,
    NoFace,
    PhotoProblem,
    ReleaseInvalid,
    SeveralFaces,
)
from countenance.faces import Face, Template
from countenance.journeys.matching import leave_rescan, seen_with
from countenance.ledger import JSON, Actor, Entry, EntryKind, spell_moment
from countenance.photos import Photo, crop, encode_crop, open_photo, sniff_release
from countenance.ports import Clock, Reading, Store, Vision
from countenance.seals import sha256_hex

# A face below this many pixels gives a template that misses its own person too often (docs/reference/accuracy.md).
ENROL_MIN_PX = 80
# Detections as weak as this are as often a pattern as a face; a reference must be a face beyond doubt.
ENROL_MIN_CONFIDENCE = 0.6
# The embedder sees 224 pixels; a larger face adds nothing to its template.
USEFUL_PX = 224
# A scan of a few pages; a larger file is something else.
RELEASE_MAX_BYTES = 20_000_000
# Room around the face in the crop that is kept (sealed) for embedding anew after a change of model.
CROP_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class EnrolmentForm:
    """What a steward hands in: name, the person's photos (none: no face data), the signed form, what it allows.

    `expires` of None means the policy's retention; `guardian` is the name of the one who signed for a child, or empty.
    """

    name: str
    photos: tuple[Path, ...]
    release: Path
    purposes: tuple[Purpose, ...]
    expires: datetime | None = None
    guardian: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person taken up: id, receipt id and its signed text, live purposes, when it ends, the ledger entry's place."""

    person: str
    receipt: str
    jws: str
    purposes: tuple[Purpose, ...]
    expires: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class _Portrait:
    face: Face
    crop: bytes
    template: Template


def enrol(form: EnrolmentForm, *, store: Store, vision: Vision, actor: Actor, clock: Clock) -> Enrolment:
    """Take up one person by that person's own signed form.

    Nothing about the face is computed before the gate permits it, and nothing is stored before all of it is in order.

    Raises:
        ReleaseInvalid, ReleaseUsed: the form is no PDF or image, or was used before.
        ConsentRefused: the policy or the receipt does not allow what is asked.
        PhotoProblem, NoFace, SeveralFaces, FaceTooPoor: a photo cannot serve; the message says why.
        LibraryUnsuited: photos were given, but the library recognises nobody.
    """
    now = clock()
    release = _read_release(form.release)
    with store.read(now=now) as reading:
        jws, receipt = _signed_receipt(form, reading, library=store.library, release=release)
    _refuse_unpermitted(receipt, now)
    portraits = [_portrait(path, vision) for path in form.photos]
    with store.write(now=now) as unit:
        unit.add_person(receipt.person, form.name)
        unit.add_release(receipt.person, receipt.release_sha256, release)
        unit.add_receipt(receipt.person, jws)
        if portraits:
            permit = _permit_for_template(unit.consents(receipt.person), now)
            unit.add_reference(permit, _combined(portraits), [portrait.crop for portrait in portraits])
            leave_rescan(unit, seen_with(vision))
        entry = unit.record(_entry(receipt, actor, now))
    return Enrolment(receipt.person, receipt.id, jws, receipt.purposes, receipt.valid_until, entry)


def _read_release(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > RELEASE_MAX_BYTES:
            raise ReleaseInvalid(
                f"the signed form {path.name} is no file of at most {RELEASE_MAX_BYTES // 10**6} megabytes",
                remedy="give the scan or PDF of the form that was signed",
            )
        content = path.read_bytes()
    except OSError as problem:
        raise ReleaseInvalid(
            f"the signed form {path.name} cannot be read", remedy="give the scan or PDF of the form that was signed"
        ) from problem
    sniff_release(content)
    return content


def _signed_receipt(form: EnrolmentForm, reading: Reading, *, library: str, release: bytes) -> tuple[str, Receipt]:
    drafted = draft_receipt(
        reading.policy(),
        person="p-" + secrets.token_hex(8),
        name=form.name,
        purposes=form.purposes,
        now=reading.now,
        expires=form.expires,
        release_sha256=sha256_hex(release),
        guardian=form.guardian,
        with_template=bool(form.photos),
        library=library,
    )
    jws = reading.sign_receipt(drafted)
    return jws, verify_receipt(jws, public_key=reading.public_key(), library=library)


def _refuse_unpermitted(receipt: Receipt, now: datetime) -> None:
    """Ask the gate about every purpose of the receipt, before anything is computed from a face."""
    consents = (Consent(receipt),)
    decisions = [decide(consents, purpose, now=now) for purpose in receipt.purposes]
    if receipt.with_template:
        decisions.append(decide_template(consents, now=now))
    for decision in decisions:
        if isinstance(decision, Refusal):
            raise ConsentRefused(decision.what, reason=decision.reason, remedy="ask the person to sign for it")
    if not decisions:
        raise ConsentRefused("the form allows nothing", reason="no-consent", remedy="give at least one --purpose")


def _permit_for_template(consents: Sequence[Consent], now: datetime) -> Permit:
    """Ask the gate once more, about what the store holds in this transaction."""
    match decide_template(consents, now=now):
        case Permit() as permit:
            return permit
        case Refusal(reason=reason, what=what):
            raise ConsentRefused(what, reason=reason, remedy="ask the person to sign for it")


def _portrait(path: Path, vision: Vision) -> _Portrait:
    """Open one photo of the person and make a template of the one good face in it."""
    if not vision.model:
        raise LibraryUnsuited(
            "this library recognises nobody, so it takes no photos of faces", remedy="enrol with --no-face"
        )
    try:
        photo = open_photo(path)
    except PhotoProblem as problem:
        raise type(problem)(f"{path.name}: {problem.what}", remedy=problem.remedy) from problem
    face = _only_face(photo, vision.detect(photo.pixels), path.name)
    picture = encode_crop(crop(photo.pixels, face.box.as_tuple(), margin=CROP_MARGIN))
    return _Portrait(face, picture, vision.embed(photo.pixels, [face.box])[0])


def _only_face(photo: Photo, faces: Sequence[Face], name: str) -> Face:
    if not faces:
        raise NoFace(
            f"no face was found in {name}", remedy="give a photo with the face well lit and towards the camera"
        )
    if len(faces) > 1:
        raise SeveralFaces(
            f"{len(faces)} faces are in {name}, and one person is enrolled at a time",
            boxes=[face.box.as_tuple() for face in faces],
            remedy="give a photo that shows this person alone, or cut it out",
        )
    face = faces[0]
    if face.box.side < ENROL_MIN_PX:
        raise FaceTooPoor(
            f"the face in {name} is {face.box.side} pixels high in a photo of {photo.width} x {photo.height}",
            remedy=f"go closer or give a larger photo: {ENROL_MIN_PX} pixels are needed",
        )
    if face.confidence < ENROL_MIN_CONFIDENCE:
        raise FaceTooPoor(
            f"the face in {name} is not clear enough",
            remedy="turn towards the camera and the light, without sunglasses or a mask",
        )
    return face


def _combined(portraits: Sequence[_Portrait]) -> Template:
    """Weigh each photo by the pixels of its face that the embedder can use and by the detector's confidence."""
    weights = [min(portrait.face.box.side, USEFUL_PX) * portrait.face.confidence for portrait in portraits]
    return Template.combined([portrait.template for portrait in portraits], weights)


def _entry(receipt: Receipt, actor: Actor, now: datetime) -> Entry:
    facts: dict[str, JSON] = {
        "receipt": receipt.id,
        "purposes": [str(purpose) for purpose in receipt.purposes],
        "expires": spell_moment(receipt.valid_until),
        "release_sha256": receipt.release_sha256,
        "with_template": receipt.with_template,
    }
    return Entry(
        kind=EntryKind.ENROLLED,
        at=now,
        actor=actor,
        body={"person": receipt.person, **facts},
        concerns={receipt.person: facts},
    )
