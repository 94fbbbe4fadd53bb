"""What every store must do when consent ends, and with publications; run on each store alike."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from countenance.consent import Permit, Purpose, State
from countenance.errors import (
    ConsentRefused,
)
from countenance.ledger import EntryKind
from countenance.ports import PhotoState, PublicationState
from library_desk import (
    SEEN_WITH,
    Desk,
    crop,
    entry,
    permit,
    publication,
    template,
)

FIND_ME, BE_FOUND, BE_SHOWN = Purpose


def test_withdrawing_everything_erases_what_was_made_of_the_face(desk: Desk) -> None:
    """R6: references and appearances go, and are counted truly; boxes, name, receipt and form stay."""
    desk.enrol("p-ann", "Ann Lee")
    desk.enrol("p-bo")
    with desk.store.write(now=desk.now) as unit:
        unit.add_reference(permit(unit, "p-ann"), template("another photo of ann"), [crop("p-ann", 1)])
        unit.record(entry(EntryKind.ENROLLED))
    for name in "abc":
        desk.index(f"/photos/{name}.jpg", 3, {0: desk.permit("p-ann"), 1: desk.permit("p-bo")})
    with desk.store.read(now=desk.now) as reading:
        roll = reading.roll()
    erased = desk.withdraw("p-ann")
    assert (erased.references, erased.appearances, erased.stale) == (2, 3, ())
    assert desk.referenced() == ["p-bo"]
    assert [desk.appearances("p-ann", purpose) for purpose in Purpose] == [[], [], []]
    assert len(desk.appearances("p-bo")) == 3
    with desk.store.read(now=desk.now) as reading:
        person = reading.person("p-ann")
        assert (person.name, person.state, person.purposes) == ("Ann Lee", State.WITHDRAWN, ())
        assert not person.has_template
        (stored,) = reading.receipts("p-ann")
        assert stored.state is State.WITHDRAWN
        assert dict(stored.consent.withdrawn) == dict.fromkeys(Purpose, desk.now)
        assert reading.roll() > roll
    desk.enrol("p-new")
    with desk.store.read(now=desk.now) as reading:
        assert {len(known.boxes) for known in reading.photos_behind(seen_with=SEEN_WITH, limit=9)} == {3}
    assert desk.problems() == []


def test_withdrawing_twice_erases_nothing_more(desk: Desk) -> None:
    """A second withdrawal finds nothing, and the first moment stands."""
    desk.enrol("p-ann")
    first = desk.now
    desk.withdraw("p-ann")
    desk.later(hours=1)
    erased = desk.withdraw("p-ann")
    assert (erased.references, erased.appearances, erased.stale) == (0, 0, ())
    with desk.store.read(now=desk.now) as reading:
        assert set(reading.consents("p-ann")[0].withdrawn.values()) == {first}


@pytest.mark.parametrize(
    ("withdrawn", "references", "appearances"),
    [
        ((FIND_ME,), 0, 0),
        ((BE_FOUND,), 0, 0),
        ((BE_SHOWN,), 0, 0),
        ((FIND_ME, BE_SHOWN), 0, 0),
        ((FIND_ME, BE_FOUND), 0, 1),
        ((FIND_ME, BE_FOUND, BE_SHOWN), 1, 1),
    ],
)
def test_withdrawing_some_purposes_erases_what_they_alone_needed(
    desk: Desk, withdrawn: tuple[Purpose, ...], references: int, appearances: int
) -> None:
    """R4: appearances go when neither finding purpose is left, references when nothing needs a template."""
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 1, {0: desk.permit("p-ann")})
    erased = desk.withdraw("p-ann", withdrawn)
    assert (erased.references, erased.appearances) == (references, appearances)
    left = [purpose for purpose in Purpose if purpose not in withdrawn]
    with desk.store.read(now=desk.now) as reading:
        assert list(reading.person("p-ann").purposes) == left
        assert reading.person("p-ann").has_template == bool(left)
    for purpose in Purpose:
        assert len(desk.appearances("p-ann", purpose)) == (purpose in left and not appearances)
    assert desk.problems() == []


def test_references_go_when_only_a_consent_without_template_is_left(desk: Desk) -> None:
    """R12: who stays for being shown, without face data, keeps no reference and no appearance."""
    desk.enrol("p-ann", purposes=(FIND_ME,))
    with desk.store.write(now=desk.now) as unit:
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann", purposes=(BE_FOUND, BE_SHOWN), face=False))
        unit.record(entry(EntryKind.ENROLLED))
    desk.index("/photos/a.jpg", 1, {0: desk.permit("p-ann", FIND_ME)})
    erased = desk.withdraw("p-ann", [FIND_ME])
    assert (erased.references, erased.appearances) == (1, 1)
    with desk.store.read(now=desk.now) as reading:
        assert reading.person("p-ann").state is State.GIVEN
    assert desk.problems() == []


def test_who_withdrew_can_be_enrolled_again(desk: Desk) -> None:
    """A new consent of the same person is sealed under a new key, and lives."""
    desk.enrol("p-ann")
    desk.withdraw("p-ann")
    with desk.store.write(now=desk.now) as unit:
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann"))
        unit.add_reference(permit(unit, "p-ann"), template("p-ann"), [crop("p-ann")])
        unit.record(entry(EntryKind.ENROLLED))
    assert desk.referenced() == ["p-ann"]
    with desk.store.read(now=desk.now) as reading:
        assert [stored.state for stored in reading.receipts("p-ann")] == [State.WITHDRAWN, State.GIVEN]
    assert desk.problems() == []


@pytest.fixture(params=["withdrawn", "expired", "not yet begun"])
def outdated(request: pytest.FixtureRequest, desk: Desk) -> tuple[Desk, dict[Purpose, Permit]]:
    """Give permits of a person whose consent has ended since the gate gave them."""
    desk.enrol("p-ann", days=10)
    permits = {purpose: desk.permit("p-ann", purpose) for purpose in Purpose}
    desk.index("/photos/before.jpg", 2, {0: permits[FIND_ME]})
    desk.publish("c-before", [permits[BE_SHOWN]])
    match request.param:
        case "withdrawn":
            desk.withdraw("p-ann")
        case "expired":
            desk.later(days=10)
        case _:
            desk.later(seconds=-1)
    return desk, permits


def test_a_template_is_refused_without_live_consent(outdated: tuple[Desk, dict[Purpose, Permit]]) -> None:
    """R3: between the gate and the insert the consent ended: no template is written."""
    desk, permits = outdated
    for held in permits.values():
        with pytest.raises(ConsentRefused) as caught, desk.store.write(now=desk.now) as unit:
            unit.add_reference(held, template("p-ann"), [crop("p-ann")])
        assert caught.value.reason in {"withdrawn", "expired", "not-yet"}
    assert desk.referenced() == []


def test_an_appearance_is_not_kept_without_live_consent(outdated: tuple[Desk, dict[Purpose, Permit]]) -> None:
    """R6: between the gate and the insert the consent ended: the photo is kept, the appearance is not."""
    desk, permits = outdated
    assert desk.index("/photos/a.jpg", 2, {0: permits[FIND_ME]}) == 0
    with desk.store.write(now=desk.now) as unit:
        known = unit.photo(Path("/photos/a.jpg"))
        assert known is not None
        assert known.state is PhotoState.DONE
        matched = {1: permits[BE_FOUND]}
        assert unit.keep_matches(known.id, fingerprint=known.fingerprint, roll=9, matched=matched) == 0
        unit.record(entry(EntryKind.RESCANNED))


def test_nothing_is_read_without_live_consent(outdated: tuple[Desk, dict[Purpose, Permit]]) -> None:
    """R15: references, appearances and who is shown are silent alike, whatever ended the consent."""
    desk, _ = outdated
    assert desk.referenced() == []
    assert [desk.appearances("p-ann", purpose) for purpose in Purpose] == [[], [], []]
    with desk.store.read(now=desk.now) as reading:
        person = reading.person("p-ann")
        assert (person.purposes, person.has_template) == ((), False)
        assert person.state in {State.WITHDRAWN, State.EXPIRED}
        assert [copy.shown for copy in reading.publications()] == [()]


def test_no_copy_shows_anybody_without_live_consent(outdated: tuple[Desk, dict[Purpose, Permit]]) -> None:
    """R6: a copy that shows the person is neither taken up nor placed."""
    desk, permits = outdated
    with pytest.raises(ConsentRefused), desk.store.write(now=desk.now) as unit:
        unit.add_publication(publication("c-after", [permits[BE_SHOWN]]), [permits[BE_SHOWN]])
    with desk.store.write(now=desk.now) as unit:
        assert not unit.publication_permits_live("c-before")
        with pytest.raises(ConsentRefused):
            unit.place_publication("c-before")
    with desk.store.read(now=desk.now) as reading:
        assert [(copy.id, copy.state) for copy in reading.publications()] == [("c-before", PublicationState.PENDING)]


def test_consent_lives_to_the_microsecond(desk: Desk) -> None:
    """R7: the last moment of a consent is the one before its end."""
    desk.enrol("p-ann", days=10)
    end = desk.now + timedelta(days=10)
    desk.now = end - timedelta(microseconds=1)
    assert desk.referenced() == ["p-ann"]
    desk.now = end
    assert desk.referenced() == []


def test_the_longer_of_two_consents_counts(desk: Desk) -> None:
    """A renewal carries references and appearances on, also when the older receipt ends."""
    desk.enrol("p-ann", days=10)
    desk.index("/photos/a.jpg", 1, {0: desk.permit("p-ann")})
    with desk.store.write(now=desk.now) as unit:
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann", purposes=(FIND_ME,), days=50))
        unit.record(entry(EntryKind.ENROLLED))
    desk.later(days=20)
    assert desk.referenced() == ["p-ann"]
    assert (desk.appearances("p-ann", FIND_ME), desk.appearances("p-ann", BE_FOUND)) == (["/photos/a.jpg"], [])
    desk.withdraw("p-ann", [FIND_ME])
    assert desk.referenced() == []


def test_a_copy_is_pending_then_placed_then_stale(desk: Desk) -> None:
    """R6: a copy in its place becomes stale when somebody it shows withdraws, and is told with the withdrawal."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    shown = [desk.permit("p-bo", BE_SHOWN), desk.permit("p-ann", BE_SHOWN)]
    copy = desk.publish("c-1", shown)
    desk.publish("c-2", shown[:1])
    with desk.store.read(now=desk.now) as reading:
        first, second = reading.publications()
        assert first == replace(copy, shown=("p-ann", "p-bo"))
        assert (second.shown, second.state) == (("p-bo",), PublicationState.PENDING)
    with desk.store.write(now=desk.now) as unit:
        assert unit.publication_permits_live("c-1")
        assert not unit.publication_permits_live("c-none")
    desk.place("c-1")
    desk.place("c-2")
    assert desk.withdraw("p-ann", [FIND_ME]).stale == ()
    assert desk.withdraw("p-ann").stale == (copy.target,)
    with desk.store.read(now=desk.now) as reading:
        states = {one.id: (one.state, one.shown) for one in reading.publications()}
    assert states == {"c-1": (PublicationState.STALE, ("p-bo",)), "c-2": (PublicationState.PLACED, ("p-bo",))}
    assert desk.withdraw("p-bo", [BE_SHOWN]).stale == (copy.target, Path("/out/c-2.jpg"))
    assert desk.problems() == []


def test_a_copy_that_shows_nobody_needs_nobody(desk: Desk) -> None:
    """R16: a copy in which everybody is covered is placed without anybody's consent."""
    desk.publish("c-1")
    desk.place("c-1")
    with desk.store.read(now=desk.now) as reading:
        assert [(one.state, one.shown) for one in reading.publications()] == [(PublicationState.PLACED, ())]


def test_a_new_copy_takes_the_place_of_the_old_one(desk: Desk) -> None:
    """A copy at the same target forgets the earlier one once it is placed, and no earlier."""
    desk.enrol("p-ann")
    shown = [desk.permit("p-ann", BE_SHOWN)]
    desk.publish("c-1", shown, target="/out/a.jpg")
    desk.place("c-1")
    desk.withdraw("p-ann")
    desk.publish("c-2", target="/out/a.jpg")
    with desk.store.read(now=desk.now) as reading:
        assert [one.id for one in reading.publications()] == ["c-1", "c-2"]
    desk.place("c-2")
    with desk.store.read(now=desk.now) as reading:
        assert [(one.id, one.state) for one in reading.publications()] == [("c-2", PublicationState.PLACED)]
    assert desk.problems() == []


def test_a_copy_that_was_not_placed_is_dropped(desk: Desk) -> None:
    """Only a pending copy is dropped or placed; dropping another changes nothing, placing another is a defect."""
    desk.publish("c-1")
    with desk.store.write(now=desk.now) as unit:
        unit.drop_publication("c-1")
        unit.record(entry(EntryKind.PUBLICATION_SETTLED, placed=False))
    desk.publish("c-2")
    desk.place("c-2")
    with desk.store.write(now=desk.now) as unit:
        for name in ("c-1", "c-2", "c-none"):
            assert not unit.publication_permits_live(name)
            unit.drop_publication(name)
            with pytest.raises(ValueError, match="pending"):
                unit.place_publication(name)
    with desk.store.read(now=desk.now) as reading:
        assert [(one.id, one.state) for one in reading.publications()] == [("c-2", PublicationState.PLACED)]


def test_everybody_shown_needs_a_permit_for_it(desk: Desk) -> None:
    """R16: a copy shows nobody whose permit is missing, for another purpose, or of somebody else."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    ann = publication("c-1", [desk.permit("p-ann", BE_SHOWN)])
    with desk.store.write(now=desk.now) as unit:
        for held in ([], [permit(unit, "p-ann", FIND_ME)], [permit(unit, "p-bo", BE_SHOWN)]):
            with pytest.raises(ConsentRefused):
                unit.add_publication(ann, held)
    with desk.store.read(now=desk.now) as reading:
        assert reading.publications() == ()
