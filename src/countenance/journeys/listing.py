"""Listing: the photos that a person is in, for staff with a reason or on the person's own behalf."""

from dataclasses import dataclass

from countenance.consent import Purpose, Refusal, decide
from countenance.errors import ConsentRefused, UsageWrong
from countenance.journeys.searchers import refuse_searcher
from countenance.ledger import JSON, Actor, Entry, EntryKind, ReasonClass, spell_moment
from countenance.ports import Appearance, Clock, Store


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
    kept. Both are entries that the person sees, committed before the list is given.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        ConsentRefused: the person has not allowed it, or no longer; or the policy leaves no search to the actor's role.
    """
    if reason is not None and not reason.strip():
        raise UsageWrong("a reason is needed", remedy="say why with --reason; the person will read it")
    now = clock()
    purpose = Purpose.FIND_ME if reason is None else Purpose.BE_FOUND
    with store.write(now=now) as unit:
        person = unit.person(named)
        if reason is not None:
            refuse_searcher(unit.policy(), actor.role)
        decision = decide(unit.consents(person.id), purpose, now=now)
        if isinstance(decision, Refusal):
            raise ConsentRefused(
                decision.what, reason=decision.reason, remedy=f"it needs the person's consent for {purpose}"
            )
        appearances = unit.appearances_of(person.id, purpose)
        if reason is None:
            unit.note_act(person.id)
        facts: dict[str, JSON] = {
            "began": spell_moment(now),
            "purpose": str(purpose),
            "reason": reason.strip() if reason is not None else None,
            "reason_class": str(ReasonClass(reason_class)) if reason is not None else None,
            "for_person": reason is None,
            "photos": [str(appearance.photo) for appearance in appearances],
        }
        entry = unit.record(
            Entry(
                kind=EntryKind.PHOTOS_LISTED,
                at=now,
                actor=actor,
                body={"person": person.id, **facts, "photos": len(appearances)},
                concerns={person.id: {**facts, "role": actor.role}},
            )
        )
    return Listing(person.id, appearances, entry)
