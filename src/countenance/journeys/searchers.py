"""Who may search, and for how many people a day: what every journey that looks for people asks first."""

from collections.abc import Mapping

from countenance.accounts import Allowance, day_began
from countenance.consent import Policy, Purpose
from countenance.errors import ConsentRefused, TooManyFound
from countenance.ledger import JSON, Actor, Entry, EntryKind, ReasonClass
from countenance.ports import Reading, Unit

# What a search beyond the day's number is called, in the error and in the ledger.
TOO_MANY_PEOPLE = "too-many-people"


def refuse_searcher(policy: Policy, role: str) -> None:
    """Refuse a staff search that the policy switches off, or does not leave to this role.

    Raises:
        ConsentRefused: it does.
    """
    if not policy.staff_search:
        raise ConsentRefused(
            "this library's policy does not allow staff to search by a photo",
            reason="no-staff-search",
            remedy="a library is made for it with `init --staff-search`, and people are asked for be-found",
        )
    if role not in policy.searchers:
        raise ConsentRefused(
            f"this library's policy does not let a {role} search",
            reason="not-a-searcher",
            remedy=f"ask a {' or '.join(policy.searchers)}",
        )


def stated(reason: str, reason_class: ReasonClass) -> Mapping[str, JSON]:
    """Give why staff search as the ledger keeps it; a class that is not on the list is a caller's defect."""
    return {"reason": reason.strip(), "reason_class": str(ReasonClass(reason_class))}


def allowance_of(reading: Reading, account: str) -> Allowance:
    """Give how many people the account may find today, and whom it has found: so far, as this transaction sees it."""
    found = reading.people_found(account, day_began(reading.now))
    return Allowance(reading.policy().people_found_per_day, found.people, found.refused_at)


def record_too_many(unit: Unit, limit: int, why: Mapping[str, JSON], *, actor: Actor) -> None:
    """Record that a search was refused because it is one too many for the day: whoever it was for, in the same bytes.

    Nobody is concerned, since nobody was found; `why` is what `stated` gave.
    """
    unit.record(
        Entry(
            kind=EntryKind.SEARCH_REFUSED,
            at=unit.now,
            actor=actor,
            body={
                "purpose": str(Purpose.BE_FOUND),
                "reason": TOO_MANY_PEOPLE,
                "limit": limit,
                "stated_reason": why["reason"],
                "reason_class": why["reason_class"],
            },
            concerns={},
        )
    )


def too_many_found(limit: int) -> TooManyFound:
    """Give the error for a search that is one too many, in the same words whoever would have been found."""
    who = "one person" if limit == 1 else f"{limit} different people"
    return TooManyFound(
        f"the policy lets one account find {who} in a day, and nobody else is found for this account today",
        reason=TOO_MANY_PEOPLE,
        remedy="go on tomorrow (the day ends at midnight UTC), or ask for a policy that allows more",
    )
