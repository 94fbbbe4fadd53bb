"""Enrol: from a signed form and a person's own photos to a receipt and a sealed reference."""

import secrets
from collections.abc import Mapping

from countenance.consent import Hold, Purpose, Receipt, link_digest, new_link
from countenance.errors import ReleaseUsed, TooManyEnrolments
from countenance.journeys.forms import (
    Enrolment,
    EnrolmentForm,
    holds,
    permit_for_template,
    read_release,
    receipt_entry,
    record_refused_form,
    refuse_before_signing,
    refuse_unpermitted,
    signed_receipt,
    tell_the_enrolled,
)
from countenance.journeys.matching import Matcher, leave_rescan
from countenance.journeys.portraits import Likeness, likeness, people_like
from countenance.ledger import Actor, EntryKind
from countenance.ports import Clock, Store, Unit

__all__ = ["Enrolment", "EnrolmentForm", "enrol"]

# 64 random bits: in a library of ten million people two ids meet once in 400,000 libraries.
PERSON_ID_BYTES = 8


def enrol(form: EnrolmentForm, *, store: Store, matcher: Matcher, actor: Actor, clock: Clock) -> Enrolment:
    """Take up one person by that person's own signed form.

    Nothing about the face is computed before the gate permits it, and nothing is stored before all of it is in order.
    A face that is enrolled for somebody else is held: name, receipt and form are kept, nothing of the face is, and the
    one who is enrolled is told.

    Raises:
        ReleaseInvalid, ReleaseUsed: the form is no PDF or image, or was used before.
        TooManyEnrolments: more in a day than the policy allows.
        ConsentRefused: the policy or the receipt does not allow what is asked.
        PhotoProblem, NoFace, SeveralFaces, FaceTooPoor: a photo cannot serve; the message says why.
        LibraryUnsuited: photos were given, but the library recognises nobody.
        LedgerBroken: the ledger was changed, so no receipt may vouch for it.
    """
    now = clock()
    release = read_release(form.release)
    try:
        with store.write(now=now) as unit:
            refuse_before_signing(unit, release)
            jws, receipt = signed_receipt(
                form,
                unit,
                library=store.library,
                person="p-" + secrets.token_hex(PERSON_ID_BYTES),
                name=form.name,
                release=release,
                with_template=bool(form.photos),
            )
        refuse_unpermitted(receipt, now)
        face = likeness(form.photos, matcher.vision)
        code = new_link()
        with store.write(now=now) as unit:
            refuse_before_signing(unit, release)
            held, entry = _keep(unit, receipt, jws, release, face, code, matcher, actor)
    except (ReleaseUsed, TooManyEnrolments) as problem:
        record_refused_form(store, problem, None, actor=actor, now=now)
        raise
    face_data = face is not None and Hold.FACE not in held.values()
    return Enrolment.by(receipt, jws, held=held, link_code=code, face_data=face_data, entry=entry)


def _keep(
    unit: Unit,
    receipt: Receipt,
    jws: str,
    release: bytes,
    face: Likeness | None,
    code: str,
    matcher: Matcher,
    actor: Actor,
) -> tuple[Mapping[Purpose, Hold], int]:
    like = people_like(face, unit, matcher) if face else frozenset()
    held = holds(receipt.purposes, unit.policy(), face=bool(like))
    unit.add_person(receipt.person, receipt.person_name)
    unit.add_release(receipt.person, receipt.release_sha256, release)
    unit.add_receipt(receipt.person, jws, held=held)
    unit.add_link(receipt.person, link_digest(code))
    if face and not like:
        unit.add_reference(permit_for_template(unit.consents(receipt.person), unit.now), face.template, face.crops)
        leave_rescan(unit, matcher.seen_with)
    entry = unit.record(receipt_entry(EntryKind.ENROLLED, receipt, held, actor, unit.now))
    tell_the_enrolled(unit, receipt.person, like, actor)
    return held, entry
