"""Sweep: erase what no consent allows any more, end the evidence and the record of searches whose time is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from countenance.consent import State, deadline
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.ports import Clock, Erased, Reading, Store

# A month is time enough to ask people again; a child's family, with a school holiday between, needs longer.
NOTICE = timedelta(days=30)
CHILD_NOTICE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Swept:
    """A person of whom something was erased, because no consent allowed it any more."""

    person: str
    references_erased: int
    appearances_erased: int
    published_to_recover: tuple[Path, ...]
    entry: int


@dataclass(frozen=True, slots=True)
class ComingDue:
    """Somebody whose consent ends soon; a child (R34) is to be enrolled again with new photos, as the face changes."""

    person: str
    name: str
    ends: datetime
    child: bool


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was erased, how many people were forgotten for good, whether the bytes are wiped, and what comes due.

    `searches_ended` are the months (`2026-03`) of which nobody can read any more who searched, and why.
    """

    swept: tuple[Swept, ...]
    forgotten: int
    wiped: bool | Literal["pending"]
    coming: tuple[ComingDue, ...] = ()
    searches_ended: tuple[str, ...] = ()


def sweep(*, store: Store, actor: Actor, clock: Clock) -> Sweep:
    """Erase and forget what is due, each person in a transaction of their own; with nothing due it costs one look."""
    with store.read(now=clock()) as reading:
        due = reading.due()
    erased = [_sweep(person, store, actor, clock) for person in due.unfounded]
    swept = tuple(one for one in erased if one)
    forgotten = sum(_forget(person, store, actor, clock) for person in due.forgotten)
    months = _end_searches(store, actor, clock) if due.searches else ()
    wiped = not (swept or forgotten or months) or store.wipe()
    return Sweep(swept, forgotten, wiped or "pending", searches_ended=months)


def coming_due(reading: Reading) -> tuple[ComingDue, ...]:
    """Give whose consent ends within 30 days, children's within 60, the first to end first."""
    coming = [
        ComingDue(person.id, person.name, ends, person.child)
        for person in reading.people()
        if person.state in {State.GIVEN, State.WAITING}
        and (ends := deadline(person.expires, person.last_act)) - reading.now
        <= (CHILD_NOTICE if person.child else NOTICE)
    ]
    return tuple(sorted(coming, key=lambda one: (one.ends, one.person)))


def _sweep(person: str, store: Store, actor: Actor, clock: Clock) -> Swept | None:
    """Erase, unless the person has signed again since: under the lock it is looked up once more."""
    with store.write(now=clock()) as unit:
        if person not in unit.due().unfounded:
            return None
        erased = unit.sweep(person)
        facts = _facts(erased)
        entry = unit.record(
            Entry(
                kind=EntryKind.SWEPT,
                at=unit.now,
                actor=actor,
                body={"person": person, **facts},
                concerns={person: facts},
            )
        )
    return Swept(person, erased.references, erased.appearances, erased.stale, entry)


def _facts(erased: Erased) -> dict[str, JSON]:
    return {
        "references_erased": erased.references,
        "appearances_erased": erased.appearances,
        "stale": [str(path) for path in erased.stale],
    }


def _forget(person: str, store: Store, actor: Actor, clock: Clock) -> bool:
    """End the evidence; the entry concerns nobody, because the key to what the person was told has gone."""
    with store.write(now=clock()) as unit:
        if person not in unit.due().forgotten:
            return False
        unit.forget(person)
        unit.record(Entry(kind=EntryKind.FORGOTTEN, at=unit.now, actor=actor, body={"person": person}, concerns={}))
    return True


def _end_searches(store: Store, actor: Actor, clock: Clock) -> tuple[str, ...]:
    """End the controller's record of searches of all months that are due; gives those that nobody else ended before."""
    with store.write(now=clock()) as unit:
        months = tuple(month for month in unit.due().searches if unit.forget_searches(month))
        if months:
            body: dict[str, JSON] = {"months": list(months)}
            unit.record(Entry(kind=EntryKind.SEARCHES_ENDED, at=unit.now, actor=actor, body=body, concerns={}))
    return months
