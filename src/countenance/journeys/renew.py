"""Renew: a new signed form of somebody known, for more purposes, a longer time or new photos; also after withdrawal."""

from collections.abc import Mapping

from countenance.consent import Hold, Purpose, Reason, Receipt, link_digest, live_purposes, new_link
from countenance.errors import ConsentRefused, ReleaseUsed, TooManyEnrolments
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
from countenance.journeys.portraits import Likeness, is_like, likeness, people_like
from countenance.ledger import Actor, EntryKind
from countenance.ports import Clock, Store, Unit


def renew(form: EnrolmentForm, *, store: Store, matcher: Matcher, actor: Actor, clock: Clock) -> Enrolment:
    """Keep a new signed receipt of the person with this name or id, beside the earlier ones.

    New photos take the place of the earlier ones. If they look like somebody else, or unlike the person as enrolled,
    the new consent is held and the earlier photos stay: else a stranger's face would come under a consent that is
    live. Without new photos the face data that there is goes on, or there is none.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        ReleaseInvalid, ReleaseUsed, TooManyEnrolments, ConsentRefused, PhotoProblem, NoFace, SeveralFaces,
        FaceTooPoor, LibraryUnsuited, LedgerBroken: as for an enrolment.
    """
    now = clock()
    release = read_release(form.release)
    known: str | None = None
    try:
        with store.write(now=now) as unit:
            person = unit.person(form.name)
            known = person.id
            refuse_before_signing(unit, release)
            jws, receipt = signed_receipt(
                form,
                unit,
                library=store.library,
                person=person.id,
                name=person.name,
                release=release,
                with_template=bool(form.photos) or person.has_template,
            )
        refuse_unpermitted(receipt, now)
        face = likeness(form.photos, matcher.vision)
        code = new_link()
        with store.write(now=now) as unit:
            refuse_before_signing(unit, release)
            _refuse_withdrawn_meanwhile(unit, person.id)
            held, entry = _keep(unit, receipt, jws, release, face, code, matcher, actor)
            face_data = unit.person(person.id).has_template
    except (ReleaseUsed, TooManyEnrolments) as problem:
        record_refused_form(store, problem, known, actor=actor, now=now)
        raise
    return Enrolment.by(receipt, jws, held=held, link_code=code, face_data=face_data, entry=entry)


def _refuse_withdrawn_meanwhile(unit: Unit, person: str) -> None:
    """Let a withdrawal that came in after the renewal began win over it."""
    if any(moment > unit.now for consent in unit.consents(person) for moment in consent.withdrawn.values()):
        raise ConsentRefused(
            "the person has withdrawn meanwhile", reason=Reason.WITHDRAWN, remedy="ask them whether they still want it"
        )


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
    person = receipt.person
    like = people_like(face, unit, matcher) - {person} if face else frozenset()
    doubtful = bool(like) or (face is not None and _may_be_another(face, person, unit, matcher))
    held = holds(receipt.purposes, unit.policy(), face=doubtful)
    unit.add_release(person, receipt.release_sha256, release)
    unit.add_receipt(person, jws, held=held)
    unit.add_link(person, link_digest(code))
    if face and not doubtful:
        unit.drop_references(person)
        unit.add_reference(permit_for_template(unit.consents(person), unit.now), face.template, face.crops)
    leave_rescan(unit, matcher.seen_with)
    entry = unit.record(receipt_entry(EntryKind.RENEWED, receipt, held, actor, unit.now))
    tell_the_enrolled(unit, person, like, actor)
    return held, entry


def _may_be_another(face: Likeness, person: str, unit: Unit, matcher: Matcher) -> bool:
    """Tell whether a face must be looked at before it comes under the consents that the person has given before."""
    theirs = is_like(face, person, unit, matcher)
    if theirs is not None:
        return not theirs
    if person in unit.embedded_otherwise(matcher.vision.model):
        return True
    # Nothing to compare with: then it matters whether being found, for which the policy is careful, is live already.
    waits = unit.policy().be_found_hold is not None
    return waits and Purpose.BE_FOUND in live_purposes(unit.consents(person), unit.now)
