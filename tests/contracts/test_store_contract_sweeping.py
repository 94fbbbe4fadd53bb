"""What every store must do when time is up, and nothing is allowed any more; run on each store alike."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from countenance.consent import Hold, Purpose, State
from countenance.errors import PersonUnknown
from countenance.ports import Erased, PublicationState, Verdict
from library_desk import SEEN_WITH, Desk, crop, decision, loose_permit, template

FIND_ME, BE_FOUND, BE_SHOWN = Purpose
NOTHING = Erased(0, 0, ())


def live_in(desk: Desk, person: str = "p-ann", *, purposes: Sequence[Purpose] = tuple(Purpose), days: int = 10) -> None:
    """Let somebody be enrolled, found, tagged, and shown in a copy that is in its place."""
    desk.enrol(person, purposes=purposes, days=days)
    with desk.store.read(now=desk.now) as reading:
        permits = {purpose: loose_permit(reading, person, purpose) for purpose in Purpose}
    desk.index(f"/photos/{person}.jpg", 2, {0: permits[purposes[0]]})
    desk.decide(f"/photos/{person}.jpg", person, Verdict.CONFIRMED)
    if BE_SHOWN in purposes:
        desk.publish(f"c-{person}", [permits[BE_SHOWN]])
        desk.place(f"c-{person}")


def told(desk: Desk, path: str = "/photos/p-ann.jpg") -> int:
    """Count the decisions that are told about a photo."""
    with desk.store.read(now=desk.now) as reading:
        return len(reading.decisions(decision(path, "p-ann", Verdict.TAGGED).fingerprint))


def roll(desk: Desk) -> int:
    """Read the roll number."""
    with desk.store.read(now=desk.now) as reading:
        return reading.roll()


def test_what_has_expired_is_swept(desk: Desk) -> None:
    """R7: references, crops, appearances and decisions go, copies are told as stale; name, receipt and boxes stay."""
    live_in(desk)
    live_in(desk, "p-bo", days=90)
    desk.later(days=10)
    assert (desk.due().unfounded, desk.due().forgotten) == (("p-ann",), ())
    before = roll(desk)
    assert desk.sweep("p-ann") == Erased(1, 1, (Path("/out/c-p-ann.jpg"),))
    assert roll(desk) > before
    assert desk.due().unfounded == ()
    assert (desk.referenced(), desk.appearances("p-bo")) == (["p-bo"], ["/photos/p-bo.jpg"])
    with desk.store.read(now=desk.now) as reading:
        ann = reading.person("p-ann")
        assert (ann.name, ann.state, ann.has_template) == ("Name of p-ann", State.EXPIRED, False)
        assert [stored.state for stored in reading.receipts("p-ann")] == [State.EXPIRED]
        assert len(reading.boxes_of(Path("/photos/p-ann.jpg"))) == 2
        states = {copy.id: copy.state for copy in reading.publications()}
    assert states == {"c-p-ann": PublicationState.STALE, "c-p-bo": PublicationState.PLACED}
    assert desk.store.wipe()
    assert desk.problems() == []


def test_what_was_swept_is_gone_and_not_only_hidden(desk: Desk) -> None:
    """R7: a new consent after the sweep brings nothing back: what there was is to be given and made anew."""
    live_in(desk)
    desk.later(days=10)
    desk.sweep("p-ann")
    desk.renew("p-ann")
    with desk.store.read(now=desk.now) as reading:
        assert not reading.person("p-ann").has_template
        assert reading.enrolment_crops("p-ann") == ()
    assert (desk.referenced(), desk.appearances("p-ann"), told(desk)) == ([], [], 0)
    with desk.recorded() as unit:
        unit.add_reference(loose_permit(unit, "p-ann", FIND_ME), template("p-ann"), [crop("p-ann")])
    assert desk.referenced() == ["p-ann"]
    assert desk.problems() == []


def test_what_is_hidden_before_the_sweep_comes_back_with_a_renewal(desk: Desk) -> None:
    """R7: so the test before this one does prove something: without a sweep, a renewal finds all as it was."""
    live_in(desk)
    desk.later(days=10)
    assert (desk.referenced(), desk.appearances("p-ann"), told(desk)) == ([], [], 0)
    desk.renew("p-ann")
    assert (desk.referenced(), desk.appearances("p-ann"), told(desk)) == (["p-ann"], ["/photos/p-ann.jpg"], 1)


def test_a_sweep_with_nothing_to_erase_changes_nothing(desk: Desk) -> None:
    """R24: sweeping who is live, or was swept, needs no entry and raises no roll; sweeping nobody is refused."""
    live_in(desk, days=90)
    live_in(desk, "p-bo")
    desk.later(days=20)
    desk.sweep("p-bo")
    before = roll(desk)
    with desk.store.write(now=desk.now) as unit:
        assert unit.sweep("p-ann") == NOTHING
        assert unit.sweep("p-bo") == Erased(0, 0, (Path("/out/c-p-bo.jpg"),))
        with pytest.raises(PersonUnknown):
            unit.sweep("p-nobody")
    assert roll(desk) == before
    assert desk.referenced() == ["p-ann"]


@pytest.mark.parametrize(
    ("ended", "references", "appearances", "stale", "decisions"),
    [
        ((), 0, 0, 0, 1),
        ((FIND_ME,), 0, 0, 0, 1),
        ((BE_SHOWN,), 0, 0, 1, 1),
        ((FIND_ME, BE_FOUND), 0, 1, 0, 1),
        ((FIND_ME, BE_SHOWN), 0, 0, 1, 1),
        ((FIND_ME, BE_FOUND, BE_SHOWN), 1, 1, 1, 0),
    ],
)
def test_a_sweep_erases_what_the_ended_purposes_alone_allowed(
    desk: Desk, ended: tuple[Purpose, ...], references: int, appearances: int, stale: int, decisions: int
) -> None:
    """R4, R7: each purpose has its own receipt; when some end, what they alone allowed goes, as by withdrawal."""
    live_in(desk, purposes=(FIND_ME, BE_SHOWN), days=1)
    for purpose in Purpose:
        desk.renew("p-ann", purposes=(purpose,), days=5 if purpose in ended else 50)
    desk.later(days=5)
    goes = bool(references or appearances or stale)
    assert desk.due().unfounded == ("p-ann",) * goes
    erased = desk.sweep("p-ann")
    assert (erased.references, erased.appearances, len(erased.stale)) == (references, appearances, stale)
    assert told(desk) == decisions
    assert desk.due().unfounded == ()
    assert desk.problems() == []


def test_without_a_template_only_what_a_human_placed_stays(desk: Desk) -> None:
    """R12: when the consent for a template ends, matches go with it; where a human tagged the person, they stay."""
    desk.enrol("p-ann", days=10)
    desk.renew("p-ann", purposes=(FIND_ME,), face=False, days=50)
    for name, verdict in (("a", None), ("b", Verdict.TAGGED), ("c", Verdict.CONFIRMED), ("d", Verdict.REJECTED)):
        desk.index(f"/photos/{name}.jpg", 1, {0: desk.permit("p-ann")})
        if verdict is not None:
            desk.decide(f"/photos/{name}.jpg", "p-ann", verdict)
    desk.later(days=10)
    assert desk.due().unfounded == ("p-ann",)
    assert desk.sweep("p-ann") == Erased(1, 2, ())
    assert desk.appearances("p-ann") == ["/photos/b.jpg", "/photos/c.jpg"]
    assert (told(desk, "/photos/d.jpg"), desk.due().unfounded) == (1, ())
    assert desk.problems() == []


def test_withdrawing_erases_as_a_sweep_does(desk: Desk) -> None:
    """R6: a withdrawal takes decisions and untagged appearances at once; nothing is left for a sweep."""
    live_in(desk)
    desk.renew("p-ann", purposes=(BE_FOUND,), face=False)
    desk.index("/photos/other.jpg", 1, {0: desk.permit("p-ann", FIND_ME)})
    assert desk.withdraw("p-ann", [FIND_ME, BE_SHOWN]).appearances == 0
    assert desk.withdraw("p-ann", [BE_FOUND]) == Erased(1, 2, (Path("/out/c-p-ann.jpg"),))
    assert desk.due().unfounded == ()
    desk.renew("p-ann")
    assert told(desk) == 0
    assert desk.problems() == []


def test_a_hold_allows_nothing_to_be_kept_but_a_template(desk: Desk) -> None:
    """R31: while all waits for a link, a reference stays for later; places, words and copies from before do not."""
    live_in(desk)
    desk.renew("p-ann", held=dict.fromkeys(Purpose, Hold.LINK))
    desk.later(days=10)
    assert desk.sweep("p-ann") == Erased(0, 1, (Path("/out/c-p-ann.jpg"),))
    assert (desk.referenced(), told(desk)) == (["p-ann"], 0)
    desk.enrol("p-bo", days=10)
    desk.renew("p-bo", held=dict.fromkeys(Purpose, Hold.FACE))
    desk.later(days=10)
    assert desk.due().unfounded == ("p-bo",)
    assert desk.sweep("p-bo") == Erased(1, 0, ())
    assert desk.problems() == []


def test_who_has_nothing_to_erase_is_not_due(desk: Desk) -> None:
    """R7: who was held without face data and is nowhere to be seen leaves nothing to erase when the consent ends."""
    desk.enrol("p-ann", face=False, purposes=(BE_SHOWN,), days=10)
    desk.enrol("p-bo", days=10, held=dict.fromkeys(Purpose, Hold.FACE))
    desk.later(days=10)
    assert desk.due().unfounded == ()


def test_a_pending_copy_is_not_stale(desk: Desk) -> None:
    """R6: a copy that is not in its place shows nobody yet; it is settled by what holds then, and not swept."""
    desk.enrol("p-ann", face=False, days=10)
    desk.publish("c-1", [desk.permit("p-ann", BE_SHOWN)])
    desk.later(days=10)
    assert desk.due().unfounded == ()
    assert desk.sweep("p-ann") == NOTHING
    with desk.store.read(now=desk.now) as reading:
        assert [copy.state for copy in reading.publications()] == [PublicationState.PENDING]


def test_people_are_due_in_the_order_of_enrolment(desk: Desk) -> None:
    """R7: whose time is up is told, everybody once, in the order of enrolment."""
    for person, days in (("p-3", 5), ("p-1", 5), ("p-4", 50), ("p-2", 5)):
        live_in(desk, person, days=days)
    desk.renew("p-1", days=5)
    assert desk.due().unfounded == ()
    desk.later(days=5)
    assert desk.due().unfounded == ("p-3", "p-1", "p-2")


def test_what_is_due_is_due_to_the_microsecond(desk: Desk) -> None:
    """R7: at its last moment a consent ends, and not before."""
    live_in(desk)
    end = desk.now + timedelta(days=10)
    desk.now = end - timedelta(microseconds=1)
    assert desk.due().unfounded == ()
    desk.now = end
    assert desk.due().unfounded == ("p-ann",)


def test_a_clock_set_back_erases_nothing(desk: Desk) -> None:
    """R7: with a clock from before everybody's consent nothing is read, and nothing is lost when it is put right."""
    live_in(desk)
    right = desk.now
    desk.now = right - timedelta(days=9000)
    assert (desk.referenced(), desk.due().unfounded, desk.due().forgotten) == ([], (), ())
    assert desk.sweep("p-ann") == NOTHING
    desk.now = right
    assert (desk.referenced(), desk.appearances("p-ann"), told(desk)) == (["p-ann"], ["/photos/p-ann.jpg"], 1)


def test_a_sweep_leaves_the_photos_matched(desk: Desk) -> None:
    """R14: whoever leaves leaves no work: no photo is matched again because somebody was swept."""
    live_in(desk)
    desk.later(days=10)
    desk.sweep("p-ann")
    with desk.store.read(now=desk.now) as reading:
        assert reading.photos_behind_count(seen_with=SEEN_WITH) == 0
