"""Taking away from the in-memory store: what no consent allows any more, and all that is left of a person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from countenance.ports import Erased, PublicationState
from countenance.stores import _lasting
from countenance.stores._memory_state import MemoryState


@dataclass(frozen=True, slots=True)
class Going:
    """What goes of a person: how many references, appearances by photo and place, decisions, copies that go stale."""

    person: str
    references: int
    appearances: tuple[tuple[int, int], ...]
    decisions: tuple[tuple[str, str], ...]
    stale: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether anything goes."""
        return bool(self.references or self.appearances or self.decisions or self.stale)


def going(state: MemoryState, person: str, now: datetime) -> Going:
    """Tell what is kept of a person that no consent allows any more."""
    allowed = _lasting.lasting(state.consents(person), now)
    enrolled = sum(reference.person == person for reference in state.references)
    stays_enrolled = enrolled and allowed.template
    return Going(
        person=person,
        references=0 if allowed.template else enrolled,
        appearances=tuple(
            (photo.id, place)
            for photo, place, who in state.seen()
            if who == person
            and not (allowed.appearances and (stays_enrolled or state.placed_by_hand(person, photo.fingerprint)))
        ),
        decisions=() if allowed.decisions else tuple(key for key in state.decisions if key[1] == person),
        stale=() if allowed.shown else tuple(_showing(state, person, PublicationState.PLACED)),
    )


def erase(state: MemoryState, person: str, now: datetime) -> Erased:
    """Take away what no consent of a person allows any more; copies that were stale before are told again."""
    goes = going(state, person, now)
    still_shown = _lasting.lasting(state.consents(person), now).shown
    if goes.references:
        state.references = tuple(one for one in state.references if one.person != person)
    for photo, place in goes.appearances:
        state.appearances[photo] = {at: who for at, who in state.appearances[photo].items() if at != place}
    for key in goes.decisions:
        del state.decisions[key]
    for name in goes.stale:
        state.publications[name] = replace(state.publications[name], state=PublicationState.STALE)
    return Erased(
        references=goes.references,
        appearances=len(goes.appearances),
        stale=() if still_shown else _targets(state, _showing(state, person, PublicationState.STALE)),
    )


def drop_matches(state: MemoryState, person: str) -> None:
    """Take a person out of all photos but those into which a human placed the person."""
    for photo, place, who in tuple(state.seen()):
        if who == person and not state.placed_by_hand(person, photo.fingerprint):
            state.appearances[photo.id] = {at: one for at, one in state.appearances[photo.id].items() if at != place}


def may_be_forgotten(state: MemoryState, person: str, now: datetime) -> bool:
    """Tell whether a person's evidence period has ended, and no pending copy waits for the person's word."""
    return evidence_ended(state, person, now) and not shown_in_pending(state, person)


def evidence_ended(state: MemoryState, person: str, now: datetime) -> bool:
    """Tell whether a person's evidence period has ended."""
    return _lasting.evidence_end(state.consents(person), state.policies) <= now


def shown_in_pending(state: MemoryState, person: str) -> bool:
    """Tell whether a copy that shows a person is pending."""
    return bool(_showing(state, person, PublicationState.PENDING))


def bury(state: MemoryState, person: str, now: datetime) -> None:
    """Take away everything of a person but a tombstone and the hashes of the signed forms."""
    state.references = tuple(one for one in state.references if one.person != person)
    for photo, kept in state.appearances.items():
        state.appearances[photo] = {place: who for place, who in kept.items() if who != person}
    for key in [key for key in state.decisions if key[1] == person]:
        del state.decisions[key]
    for name in _showing(state, person, PublicationState.PLACED) + _showing(state, person, PublicationState.STALE):
        copy = state.publications[name]
        shown = tuple(who for who in copy.shown if who != person)
        state.publications[name] = replace(copy, state=PublicationState.STALE, shown=shown)
    for receipt, _ in state.kept_of(person):
        del state.receipts[receipt]
    for fingerprint, release in state.releases.items():
        if release is not None and release[0] == person:
            state.releases[fingerprint] = None
    state.links.pop(person, None)
    state.acts.pop(person, None)
    del state.audit_keys[person]
    del state.people[person]
    state.forgotten[person] = now


def _showing(state: MemoryState, person: str, how: PublicationState) -> list[str]:
    return [copy.id for copy in state.publications.values() if person in copy.shown and copy.state is how]


def _targets(state: MemoryState, names: Iterable[str]) -> tuple[Path, ...]:
    return tuple(state.publications[name].target for name in names)
