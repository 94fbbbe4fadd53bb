"""Approve: a second steward looks at what one alone entered, and lets go of what waits for that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from countenance.accounts import is_another
from countenance.consent import Consent, Hold, Purpose, Reason, State, live_purposes, state_of
from countenance.errors import ConsentRefused, UsageWrong
from countenance.journeys.forms import permit_for_template, record_refusal
from countenance.journeys.matching import Matcher, leave_rescan
from countenance.journeys.portraits import FACE_ENROLLED, Likeness, likeness, people_like
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.ports import Clock, Reading, Store, Unit

# What a steward's word lets go of; of a face too, when its photos are handed in again.
STEWARDS = frozenset({Hold.STEWARD, Hold.LINK_OR_STEWARD})
# What a refused attempt is called in the ledger.
OWN_APPROVAL = "own-approval"


@dataclass(frozen=True, slots=True)
class Approval:
    """What was let go, and what still waits and what for."""

    person: str
    name: str
    released: tuple[Purpose, ...]
    held: Mapping[Purpose, Hold]
    entry: int


@dataclass(frozen=True, slots=True)
class _Written:
    """What the ledger says of a person: who entered each receipt and where, and where their link was opened last."""

    entered: Mapping[str, tuple[str, int]]
    link_opened: int


def approve(
    named: str, photos: Sequence[Path], *, store: Store, matcher: Matcher, actor: Actor, clock: Clock
) -> Approval:
    """Let go of what waits for a second steward, by another account than the one that entered it.

    Where the face is to be looked at, the photos are handed in again: nothing was kept of it. Whoever approves says
    that it is the person on the form, also if it looks like somebody enrolled (a twin, or the same person twice); that
    one is told.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        UsageWrong: nothing waits, or photos are missing, or too many.
        ConsentRefused: by the account that entered it, or what waits is the person's own to let go.
        PhotoProblem, NoFace, SeveralFaces, FaceTooPoor: a photo cannot serve; the message says why.
    """
    now = clock()
    with store.read(now=now) as reading:
        person = reading.person(named)
        waiting = _waiting(reading, person.id)
        written = _written(reading, person.id)
        link_first = reading.policy().be_found_hold is Hold.LINK
        found = Purpose.BE_FOUND in live_purposes(reading.consents(person.id), now)
    kinds = {hold for held in waiting.values() for hold in held.values()}
    _refuse_nothing_to_approve(kinds)
    if not _by_another(waiting, written, actor):
        record_refusal(store, OWN_APPROVAL, person.id, actor=actor, now=now)
        raise ConsentRefused(
            "whoever entered it cannot approve it",
            reason=OWN_APPROVAL,
            remedy="ask another steward to approve it with their own account",
        )
    if link_first and Hold.FACE in kinds:
        _refuse_before_link(waiting, written, found=found)
    if bool(photos) != (Hold.FACE in kinds):
        raise UsageWrong(
            "photos are needed when a face is to be looked at, and only then",
            remedy="leave --photo out" if photos else "give the person's photos again with --photo",
        )
    face = likeness(photos, matcher.vision)
    with store.write(now=now) as unit:
        if _waiting(unit, person.id) != waiting:
            raise ConsentRefused(
                "what waits has changed meanwhile", reason=Reason.HELD, remedy="look at it, and approve it again"
            )
        return _let_go(unit, person.id, face, matcher, actor)


def _waiting(reading: Reading, person: str) -> dict[str, dict[Purpose, Hold]]:
    """Give what waits of each of a person's receipts that is neither over nor withdrawn."""
    return {
        consent.receipt.id: held
        for consent in reading.consents(person)
        if state_of(consent, reading.now) in {State.GIVEN, State.WAITING} and (held := _held(consent))
    }


def _held(consent: Consent) -> dict[Purpose, Hold]:
    return {purpose: consent.held[purpose] for purpose in consent.left if purpose in consent.held}


def _written(reading: Reading, person: str) -> _Written:
    entered: dict[str, tuple[str, int]] = {}
    link_opened = -1
    for finding in reading.ledger_findings():
        entry = finding.entry
        if entry is None or entry.body.get("person") != person:
            continue
        if entry.kind in {EntryKind.ENROLLED, EntryKind.RENEWED}:
            entered[str(entry.body["receipt"])] = (entry.actor.account, finding.index)
        elif entry.kind is EntryKind.RELEASED and entry.body["by"] == "link":
            link_opened = finding.index
    return _Written(entered, link_opened)


def _refuse_nothing_to_approve(kinds: set[Hold]) -> None:
    if not kinds:
        raise UsageWrong("nothing of this person waits", remedy="see `countenance people` for who does")
    if not kinds & {*STEWARDS, Hold.FACE}:
        raise ConsentRefused(
            "this waits until the person opens their own link", reason=Reason.HELD, remedy="see `countenance open-link`"
        )


def _by_another(waiting: Mapping[str, Mapping[Purpose, Hold]], written: _Written, actor: Actor) -> bool:
    """Tell whether somebody else entered each receipt that waits for a steward; by whom must be known."""
    return all(
        receipt in written.entered and is_another(actor.account, written.entered[receipt][0])
        for receipt, held in waiting.items()
        if {*STEWARDS, Hold.FACE} & set(held.values())
    )


def _refuse_before_link(waiting: Mapping[str, Mapping[Purpose, Hold]], written: _Written, *, found: bool) -> None:
    """Keep a second steward from standing in for the person's link where the policy asks for just that.

    A face's hold is laid over the one on being found, so the link must have been opened since. Where being found is
    live already (`found`), another face would be found by it at once, so that a hold on any purpose counts.
    """
    unopened = [
        receipt
        for receipt, held in waiting.items()
        if (held.get(Purpose.BE_FOUND) is Hold.FACE or (found and Hold.FACE in held.values()))
        and written.entered[receipt][1] > written.link_opened
    ]
    if unopened:
        raise ConsentRefused(
            "the policy asks for the person's own link before they can be found",
            reason=Reason.HELD,
            remedy="let the person open it with `countenance open-link`, and approve it then",
        )


def _let_go(unit: Unit, person: str, face: Likeness | None, matcher: Matcher, actor: Actor) -> Approval:
    like = people_like(face, unit, matcher) - {person} if face else frozenset()
    released = unit.let_go(person, STEWARDS | {Hold.FACE} if face else STEWARDS)
    if face:
        unit.drop_references(person)
        unit.add_reference(permit_for_template(unit.consents(person), unit.now), face.template, face.crops)
    leave_rescan(unit, matcher.seen_with)
    facts: dict[str, JSON] = {"purposes": [str(purpose) for purpose in released], "by": "steward"}
    told: dict[str, JSON] = {"reason": FACE_ENROLLED, "by": "steward", "held": False}
    entry = unit.record(
        Entry(
            kind=EntryKind.RELEASED,
            at=unit.now,
            actor=actor,
            body={"person": person, **facts},
            concerns={person: facts, **dict.fromkeys(like, told)},
        )
    )
    kept = unit.person(person)
    return Approval(person, kept.name, released, kept.held, entry)
