"""Forms: what a steward hands in for one person, read and checked, and what of it must wait; for enrol and renew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from countenance.accounts import day_began
from countenance.consent import (
    Consent,
    Hold,
    Permit,
    Policy,
    Purpose,
    Receipt,
    Refusal,
    decide,
    decide_template,
    draft_receipt,
    verify_receipt,
)
from countenance.errors import ConsentRefused, ReceiptInvalid, ReleaseInvalid, ReleaseUsed, TooManyEnrolments
from countenance.journeys.portraits import FACE_ENROLLED
from countenance.ledger import JSON, Actor, Entry, EntryKind, spell_moment
from countenance.photos import sniff_release
from countenance.ports import Reading, Store, Unit
from countenance.seals import sha256_hex

# A scan of a few pages; a larger file is something else.
RELEASE_MAX_BYTES = 20_000_000
# What a refused attempt is called in the ledger.
RELEASE_USED, TOO_MANY = "release-used", "too-many"


@dataclass(frozen=True, slots=True)
class EnrolmentForm:
    """What a steward hands in: name, the person's photos (none: no face data), the signed form, what it allows.

    To renew a consent, `name` is the name or id of somebody known. `expires` of None means the policy's retention;
    `guardian` is the name of the one who signed for a child, or empty; `language` is the one that the person reads,
    or empty for that of the policy's first notice.
    """

    name: str
    photos: tuple[Path, ...]
    release: Path
    purposes: tuple[Purpose, ...]
    expires: datetime | None = None
    guardian: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person taken up or a consent renewed: ids, the signed receipt, what it allows, when it ends, the entry's place.

    `held` are those of the purposes that wait, each with what for. `notice_language` is that of the notice the receipt
    carries. `link_code` is the person's private link, which is given out this once.
    """

    person: str
    name: str
    receipt: str
    jws: str
    purposes: tuple[Purpose, ...]
    expires: datetime
    held: Mapping[Purpose, Hold]
    notice_language: str
    link_code: str = field(repr=False)
    face_data: bool
    entry: int

    @classmethod
    def by(
        cls, receipt: Receipt, jws: str, *, held: Mapping[Purpose, Hold], link_code: str, face_data: bool, entry: int
    ) -> Self:
        """Give what a signed receipt came to."""
        return cls(
            person=receipt.person,
            name=receipt.person_name,
            receipt=receipt.id,
            jws=jws,
            purposes=receipt.purposes,
            expires=receipt.valid_until,
            held=held,
            notice_language=receipt.notice_language,
            link_code=link_code,
            face_data=face_data,
            entry=entry,
        )


def read_release(path: Path) -> bytes:
    """Read the signed form.

    Raises:
        ReleaseInvalid: it cannot be read, is too large, or is no PDF and no image.
    """
    remedy = "give the scan or PDF of the form that was signed"
    try:
        if not path.is_file() or path.stat().st_size > RELEASE_MAX_BYTES:
            raise ReleaseInvalid(
                f"the signed form {path.name} is no file of at most {RELEASE_MAX_BYTES // 10**6} megabytes",
                remedy=remedy,
            )
        content = path.read_bytes()
    except OSError as problem:
        raise ReleaseInvalid(f"the signed form {path.name} cannot be read", remedy=remedy) from problem
    sniff_release(content)
    return content


def refuse_before_signing(reading: Reading, release: bytes) -> None:
    """Refuse what is known without looking at a face: a form used before, or one too many today.

    Enrolments are counted by their receipts, whatever became of them since, in the day that UTC has.

    Raises:
        ReleaseUsed: the form was used before, for anybody.
        TooManyEnrolments: the policy's number is reached.
    """
    if reading.release_used(sha256_hex(release)):
        raise ReleaseUsed(
            "this signed form was used for an enrolment before", remedy="each enrolment needs its own form"
        )
    cap = reading.policy().enrolments_per_day
    if reading.receipts_since(day_began(reading.now)) >= cap:
        raise TooManyEnrolments(
            f"{cap} forms were entered today, and the policy allows no more in a day",
            reason=TOO_MANY,
            remedy="go on tomorrow; the day ends at midnight UTC",
        )


def signed_receipt(
    form: EnrolmentForm,
    unit: Unit,
    *,
    library: str,
    person: str,
    name: str,
    release: bytes,
    with_template: bool,
) -> tuple[str, Receipt]:
    """Draw up the receipt, sign it, and read it back; gives the compact JWS and what it says.

    It remembers the ledger as it stands: nothing may be recorded in this transaction, and the receipt may be used when
    it has committed.

    Raises:
        UsageWrong, ReceiptInvalid: the form asks for what the policy does not offer, or a field is wrong.
        LedgerBroken: the ledger does not go on from the checkpoint signed last.
    """
    try:
        drafted = draft_receipt(
            unit.policy(),
            library=library,
            person=person,
            name=name,
            purposes=form.purposes,
            now=unit.now,
            expires=form.expires,
            release_sha256=sha256_hex(release),
            guardian=form.guardian,
            language=form.language,
            with_template=with_template,
            checkpoint=unit.checkpoint(),
        )
    except ReceiptInvalid as problem:  # nobody has it yet: what was typed is wrong
        raise ReceiptInvalid(problem.what, remedy="write it as it is on the signed form") from problem
    jws = unit.sign_receipt(drafted)
    return jws, verify_receipt(jws, public_key=unit.public_key(), library=library)


def refuse_unpermitted(receipt: Receipt, now: datetime) -> None:
    """Ask the gate about every purpose of the receipt, before anything is computed from a face.

    Raises:
        ConsentRefused: it says no to one of them, or there is none.
    """
    consents = (Consent(receipt),)
    decisions = [decide(consents, purpose, now=now) for purpose in receipt.purposes]
    if receipt.with_template:
        decisions.append(decide_template(consents, now=now))
    for decision in decisions:
        if isinstance(decision, Refusal):
            raise ConsentRefused(decision.what, reason=decision.reason, remedy="ask the person to sign for it")
    if not decisions:
        raise ConsentRefused("the form allows nothing", reason="no-consent", remedy="give at least one --purpose")


def permit_for_template(consents: Sequence[Consent], now: datetime) -> Permit:
    """Ask the gate once more, about what the store holds in this transaction.

    Raises:
        ConsentRefused: it says no.
    """
    match decide_template(consents, now=now):
        case Permit() as permit:
            return permit
        case Refusal(reason=reason, what=what):
            raise ConsentRefused(what, reason=reason, remedy="ask the person to sign for it")


def holds(purposes: Sequence[Purpose], policy: Policy, *, face: bool) -> dict[Purpose, Hold]:
    """Tell what of a new consent must wait: all of it for a face to be looked at, else be-found as the policy says."""
    if face:
        return dict.fromkeys(purposes, Hold.FACE)
    hold = policy.be_found_hold
    return {Purpose.BE_FOUND: hold} if hold and Purpose.BE_FOUND in purposes else {}


def receipt_entry(kind: EntryKind, receipt: Receipt, held: Mapping[Purpose, Hold], actor: Actor, at: datetime) -> Entry:
    """Write the entry of a new receipt; the person is told all of it."""
    facts: dict[str, JSON] = {
        "receipt": receipt.id,
        "purposes": [str(purpose) for purpose in receipt.purposes],
        "expires": spell_moment(receipt.valid_until),
        "release_sha256": receipt.release_sha256,
        "with_template": receipt.with_template,
        "held": {str(purpose): str(hold) for purpose, hold in held.items()},
    }
    return Entry(
        kind=kind, at=at, actor=actor, body={"person": receipt.person, **facts}, concerns={receipt.person: facts}
    )


def tell_the_enrolled(unit: Unit, person: str, like: frozenset[str], actor: Actor) -> None:
    """Record that the face of somebody was handed in for `person`, if any is alike: those enrolled are told.

    They learn when, by which role, and that it is held; never for whom.
    """
    if like:
        facts: dict[str, JSON] = {"reason": FACE_ENROLLED, "held": True}
        unit.record(
            Entry(
                kind=EntryKind.ENROLMENT_REFUSED,
                at=unit.now,
                actor=actor,
                body={"person": person, **facts},
                concerns=dict.fromkeys(like, facts),
            )
        )


def record_refused_form(
    store: Store, problem: ReleaseUsed | TooManyEnrolments, person: str | None, *, actor: Actor, now: datetime
) -> None:
    """Record that a form was refused, because it was used before or is one too many for the day."""
    reason = RELEASE_USED if isinstance(problem, ReleaseUsed) else TOO_MANY
    record_refusal(store, reason, person, actor=actor, now=now)


def record_refusal(store: Store, reason: str, person: str | None, *, actor: Actor, now: datetime) -> None:
    """Record an attempt that was refused, so that whoever tries often is seen; it concerns the person, if known."""
    with store.write(now=now) as unit:
        unit.record(
            Entry(
                kind=EntryKind.ENROLMENT_REFUSED,
                at=now,
                actor=actor,
                body={"reason": reason, "person": person},
                concerns={person: {"reason": reason}} if person else {},
            )
        )
