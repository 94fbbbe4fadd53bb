"""R4 at the wall: purposes x operations x states, with permits that no store must trust; run on each store alike."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from countenance.consent import Hold, Permit, Purpose, Refusal, decide, decide_template
from countenance.errors import ConsentRefused
from countenance.ledger import EntryKind
from countenance.ports import Unit, Verdict
from library_desk import (
    Desk,
    crop,
    decision,
    entry,
    loose_permit,
    photo,
    publication,
    template,
)

FIND_ME, BE_FOUND, BE_SHOWN = Purpose
FINDING: Final = {FIND_ME, BE_FOUND}
GIVEN: Final = "given"
HELD: Final = {f"held for {hold}": hold for hold in Hold}
STATES: Final = ["never given", GIVEN, *HELD, "withdrawn", "expired", "not yet"]
SEEN: Final = "/photos/seen.jpg"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("asked", Purpose)
def test_an_operation_passes_for_its_own_live_purpose_alone(desk: Desk, asked: Purpose, state: str) -> None:
    """R4: two purposes are live, the third is in this state: what needs the third passes when it is given only."""
    others = [purpose for purpose in Purpose if purpose is not asked]
    desk.enrol("p-ann", purposes=others)
    desk.index(SEEN, 2, {0: desk.permit("p-ann", next(iter(FINDING - {asked})))})
    bring(desk, asked, state)
    live = state == GIVEN
    done = {name: passes(desk, asked, operation) for name, operation in OPERATIONS.items()}
    assert done == {name: live and asked in MAY_PASS[name] for name in OPERATIONS}
    with desk.store.read(now=desk.now) as reading:
        assert reading.person("p-ann").purposes == (tuple(Purpose) if live else tuple(others))
        assert isinstance(decide(reading.consents("p-ann"), asked, now=desk.now), Permit) is live
    assert desk.problems() == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("alone", Purpose)
def test_what_any_purpose_allows_passes_while_one_is_live(desk: Desk, alone: Purpose, state: str) -> None:
    """R3, R4: templates need a receipt that holds and no hold on the face, human decisions any live purpose."""
    desk.enrol("p-ann", face=False, days=1)
    desk.index(SEEN, 2)
    desk.later(days=2)
    bring(desk, alone, state)
    allowed = state in {GIVEN, *HELD} and HELD.get(state) is not Hold.FACE
    permit = _permit(desk, alone)
    assert (
        passes(desk, alone, lambda _, unit: unit.add_reference(permit, template("p-ann"), [crop("p-ann")])) is allowed
    )
    assert desk.referenced() == ["p-ann"] * allowed
    assert passes(desk, alone, lambda _, unit: unit.keep_decision(TAG)) is (state == GIVEN)
    with desk.store.read(now=desk.now) as reading:
        assert reading.decisions(TAG.fingerprint) == ((TAG,) if state == GIVEN else ())
        assert reading.enrolment_crops("p-ann") == ((crop("p-ann"),) if allowed else ())
        assert isinstance(decide_template(reading.consents("p-ann"), now=desk.now), Refusal) is not allowed
    assert desk.problems() == []


def bring(desk: Desk, asked: Purpose, state: str) -> None:
    """Bring one purpose of a person into a state, by a receipt of its own, and leave the others as they are."""
    match state:
        case "never given":
            return
        case "withdrawn":
            desk.renew("p-ann", purposes=[asked])
            desk.withdraw("p-ann", [asked])
        case "expired":
            desk.renew("p-ann", purposes=[asked], days=1)
            desk.later(days=1)
        case "not yet":
            desk.later(days=1)
            desk.renew("p-ann", purposes=[asked])
            desk.later(days=-1)
        case _:
            desk.renew("p-ann", purposes=[asked], held={asked: HELD[state]} if state in HELD else None)


def passes(desk: Desk, asked: Purpose, operation: Callable[[Permit, Unit], object]) -> bool:
    """Tell whether an operation lets somebody through who holds a permit of the gate on a receipt never kept."""
    permit = _permit(desk, asked)
    try:
        with desk.recorded() as unit:
            outcome = operation(permit, unit)
    except ConsentRefused:
        return False
    return outcome is None or bool(outcome)


def _permit(desk: Desk, purpose: Purpose) -> Permit:
    with desk.store.read(now=desk.now) as reading:
        return loose_permit(reading, "p-ann", purpose)


def _matched_anew(permit: Permit, unit: Unit) -> int:
    known = unit.photo(Path(SEEN))
    assert known is not None
    return unit.keep_matches(known.id, fingerprint=known.fingerprint, roll=unit.roll(), matched={1: permit})


def _placed(permit: Permit, unit: Unit) -> bool:
    known = unit.photo(Path(SEEN))
    assert known is not None
    return unit.keep_appearance(known.id, 1, permit)


def _published(permit: Permit, unit: Unit) -> bool:
    copy = publication(f"c-{permit.purpose}", [permit])
    unit.add_publication(copy, [permit])
    unit.record(entry(EntryKind.PUBLISHED, publication=copy.id, target_sha256=copy.target_fingerprint))
    return unit.publication_permits_live(f"c-{permit.purpose}")


TAG: Final = decision(SEEN, "p-ann", Verdict.TAGGED)
OPERATIONS: Final[dict[str, Callable[[Permit, Unit], object]]] = {
    "appearances_of": lambda permit, unit: unit.appearances_of("p-ann", permit.purpose),
    "keep_photo": lambda permit, unit: unit.keep_photo(photo("/photos/new.jpg", 1, {0: permit})),
    "keep_matches": _matched_anew,
    "keep_appearance": _placed,
    "add_publication": _published,
}
MAY_PASS: Final = {
    "appearances_of": set(Purpose),
    "keep_photo": FINDING,
    "keep_matches": FINDING,
    "keep_appearance": FINDING,
    "add_publication": {BE_SHOWN},
}
