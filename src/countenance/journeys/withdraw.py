"""Withdraw: end a person's consent, and erase what was made of the face when none is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from countenance.consent import Purpose
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.ports import Clock, Erased, Store


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What went, which published copies still show the person, and whether the bytes are wiped from every file."""

    person: str
    name: str
    purposes: tuple[Purpose, ...]
    references_erased: int
    appearances_erased: int
    published_to_recover: tuple[Path, ...]
    wiped: bool | Literal["pending"]
    entry: int


def withdraw(named: str, purposes: Sequence[Purpose] | None, *, store: Store, actor: Actor, clock: Clock) -> Withdrawal:
    """End the consent of the person with this id or name, for all purposes (None) or those given; no reason is asked.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
    """
    now = clock()
    with store.write(now=now) as unit:
        person = unit.person(named)
        left = {purpose for consent in unit.consents(person.id) for purpose in consent.left}
        ended = tuple(purpose for purpose in Purpose if purpose in left and (purposes is None or purpose in purposes))
        # All that was asked for is ended, so that a purpose that looks ended already stays so.
        erased = unit.withdraw(person.id, tuple(Purpose) if purposes is None else purposes)
        unit.note_act(person.id)
        entry = unit.record(_entry(person.id, ended, erased, actor, now))
    wiped = store.wipe()
    return Withdrawal(
        person=person.id,
        name=person.name,
        purposes=ended,
        references_erased=erased.references,
        appearances_erased=erased.appearances,
        published_to_recover=erased.stale,
        wiped=wiped or "pending",
        entry=entry,
    )


def _entry(person: str, ended: Sequence[Purpose], erased: Erased, actor: Actor, now: datetime) -> Entry:
    facts: dict[str, JSON] = {
        "purposes": [str(purpose) for purpose in ended],
        "references_erased": erased.references,
        "appearances_erased": erased.appearances,
        "stale": [str(path) for path in erased.stale],
    }
    return Entry(
        kind=EntryKind.WITHDRAWN, at=now, actor=actor, body={"person": person, **facts}, concerns={person: facts}
    )
