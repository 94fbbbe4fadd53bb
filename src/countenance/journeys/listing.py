"""Listing: the photos that a person is in, for staff with a reason or on the person's own behalf."""

from collections.abc import Mapping
from dataclasses import dataclass

from countenance.consent import Purpose, Refusal, decide
from countenance.errors import ConsentRefused, UsageWrong
from countenance.journeys.searchers import allowance_of, record_too_many, refuse_searcher, stated, too_many_found
from countenance.ledger import JSON, Actor, Entry, EntryKind, ReasonClass, spell_moment
from countenance.ports import Appearance, Clock, Store, Unit


@dataclass(frozen=True, slots=True)
class Listing:
    """A person's id, the photos the person is in, and the place of the ledger entry."""

    person: str
    appearances: tuple[Appearance, ...]
    entry: int


def list_photos(
    named: str,
    reason: str | None,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
    reason_class: ReasonClass = ReasonClass.OTHER,
) -> Listing:
    """List the photos of the person with this id or name; a `reason` of None means on the person's own behalf.

    Staff need the purpose be-found and a reason, of a class; on the person's behalf it is find-me, and neither is
    kept. Both are entries that the person sees, committed before the list is given. Whom staff list is found by the
    account, and counts for the day; once that is spent nobody is even looked up.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        ConsentRefused: the person has not allowed it, or no longer; or the policy leaves no search to the actor's role.
        TooManyFound: the account has found as many people today as the policy allows.
    """
    if reason is None:
        with store.write(now=clock()) as unit:
            unit.note_act(unit.person(named).id)
            return _listed(named, Purpose.FIND_ME, {"reason": None, "reason_class": None}, unit, actor)
    if not reason.strip():
        raise UsageWrong("a reason is needed", remedy="say why with --reason; the person will read it")
    why = stated(reason, reason_class)
    with store.write(now=clock()) as unit:
        refuse_searcher(unit.policy(), actor.role)
        allowance = allowance_of(unit, actor.account)
        if not allowance.is_spent:  # so one more person is covered
            return _listed(named, Purpose.BE_FOUND, why, unit, actor)
        record_too_many(unit, allowance.limit, why, actor=actor)
    raise too_many_found(allowance.limit)


def _listed(named: str, purpose: Purpose, why: Mapping[str, JSON], unit: Unit, actor: Actor) -> Listing:
    person = unit.person(named)
    decision = decide(unit.consents(person.id), purpose, now=unit.now)
    if isinstance(decision, Refusal):
        raise ConsentRefused(
            decision.what, reason=decision.reason, remedy=f"it needs the person's consent for {purpose}"
        )
    appearances = unit.appearances_of(person.id, purpose)
    facts: dict[str, JSON] = {
        "began": spell_moment(unit.now),
        "purpose": str(purpose),
        **why,
        "for_person": purpose is Purpose.FIND_ME,
        "photos": [str(appearance.photo) for appearance in appearances],
    }
    entry = unit.record(
        Entry(
            kind=EntryKind.PHOTOS_LISTED,
            at=unit.now,
            actor=actor,
            body={"person": person.id, **facts, "photos": len(appearances)},
            concerns={person.id: {**facts, "role": actor.role}},
        )
    )
    return Listing(person.id, appearances, entry)
