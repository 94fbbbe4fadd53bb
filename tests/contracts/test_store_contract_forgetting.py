"""What every store must do when the evidence period ends: nothing stays but a tombstone; run on each store alike."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from countenance.consent import Hold, Purpose
from countenance.errors import PersonUnknown, ReleaseUsed
from countenance.ledger import EntryKind
from countenance.ports import PublicationState, Verdict
from countenance.seals import sha256_hex
from library_desk import POLICY, Desk, decision, entry, form

FIND_ME, BE_FOUND, BE_SHOWN = Purpose
INSTANT = timedelta(microseconds=1)
LONGEST_DAYS = 3000
LINK = sha256_hex(b"a private link")


def set_evidence(desk: Desk, days: int) -> None:
    """Put a policy in force that keeps evidence for so long."""
    with desk.store.write(now=desk.now) as unit:
        unit.set_policy(replace(POLICY, evidence_days=days))
        unit.record(entry(EntryKind.POLICY_SET, desk.now))


def evidence_days(desk: Desk) -> int:
    """Measure after how many whole days from now the only person is due to be forgotten, to the microsecond."""
    began = desk.now

    def is_due(days: int, off: timedelta = timedelta()) -> bool:
        desk.now = began + timedelta(days=days) + off
        return bool(desk.due().forgotten)

    found = bisect_left(range(LONGEST_DAYS), x=True, key=is_due)
    assert (is_due(found, -INSTANT), is_due(found)) == (False, True)
    desk.now = began
    return found


@pytest.fixture
def bygone(desk: Desk) -> Desk:
    """Give a desk with somebody of whom everything is kept that can be, and whose evidence period ends now."""
    desk.enrol("p-ann", "Ann Lee", days=10)
    desk.enrol("p-bo", days=300)
    desk.index("/photos/a.jpg", 2, {0: desk.permit("p-ann"), 1: desk.permit("p-bo")})
    desk.tag("/photos/a.jpg", "p-ann")
    desk.publish("c-1", [desk.permit("p-ann", BE_SHOWN), desk.permit("p-bo", BE_SHOWN)])
    desk.place("c-1")
    with desk.recorded() as unit:
        unit.add_link("p-ann", LINK)
        unit.note_act("p-ann")
    desk.later(days=10 + POLICY.evidence_days)
    return desk


def test_evidence_ends_so_many_days_after_the_consent(desk: Desk) -> None:
    """R7: until the last moment of the period all evidence stays; at its end the person is due to be forgotten."""
    desk.enrol("p-ann", days=10)
    assert evidence_days(desk) == 10 + POLICY.evidence_days


@pytest.mark.parametrize(
    ("given_under", "between", "now", "expected"),
    [
        (100, (), 100, 100),
        (100, (), 1000, 100),
        (1000, (), 50, 50),
        (200, (5,), 1000, 200),
        (1000, (5, 7), 300, 300),
    ],
)
def test_nobodys_evidence_is_kept_longer_than_they_were_told(
    desk: Desk, given_under: int, between: Sequence[int], now: int, expected: int
) -> None:
    """R7, R8: of the period told when the consent was given and the one told now the shorter counts, and no other."""
    set_evidence(desk, given_under)
    desk.later(days=1)
    desk.enrol("p-ann", days=30)
    given = desk.now
    for days in (*between, now):
        desk.later(days=1)
        set_evidence(desk, days)
    desk.now = given
    assert evidence_days(desk) == 30 + expected


def test_of_several_receipts_the_shortest_period_and_the_last_end_count(desk: Desk) -> None:
    """R7: the period is the shortest that was ever promised the person; it begins when the last consent has ended."""
    began = desk.now
    set_evidence(desk, 500)
    desk.later(days=1)
    desk.enrol("p-ann", days=20)
    desk.later(days=1)
    set_evidence(desk, 90)
    desk.renew("p-ann", purposes=(FIND_ME,), days=50)
    desk.later(days=1)
    set_evidence(desk, 800)
    desk.renew("p-ann", purposes=(BE_SHOWN,), days=7)
    desk.now = began
    assert evidence_days(desk) == 2 + 50 + 90


def test_a_withdrawal_begins_the_period(desk: Desk) -> None:
    """R7: what was withdrawn ended then; a purpose that stays keeps the evidence until it ends too."""
    desk.enrol("p-ann", days=200)
    began = desk.now
    desk.later(days=5)
    desk.withdraw("p-ann", [FIND_ME, BE_SHOWN])
    desk.now = began
    assert evidence_days(desk) == 200 + POLICY.evidence_days
    desk.later(days=6)
    desk.withdraw("p-ann")
    desk.now = began
    assert evidence_days(desk) == 6 + POLICY.evidence_days


def test_withdrawing_after_the_end_makes_nothing_last_longer(desk: Desk) -> None:
    """R7: a consent that ended by itself ended then, though it was withdrawn later."""
    desk.enrol("p-ann", days=10)
    began = desk.now
    desk.later(days=400)
    desk.withdraw("p-ann")
    desk.now = began
    assert evidence_days(desk) == 10 + POLICY.evidence_days


def test_what_waits_is_evidence_too(desk: Desk) -> None:
    """R31: a held enrolment is kept as evidence until the end that was signed, and the period after it."""
    desk.enrol("p-ann", days=10, held=dict.fromkeys(Purpose, Hold.FACE))
    assert evidence_days(desk) == 10 + POLICY.evidence_days


def test_of_who_is_forgotten_nothing_stays_but_a_tombstone(bygone: Desk) -> None:
    """R7: name, receipts, link, places, words and what the ledger told the person are gone; the copy is stale."""
    assert bygone.due().forgotten == ("p-ann",)
    with bygone.store.read(now=bygone.now) as reading:
        before, told = reading.roll(), list(reading.findings_about("p-ann"))
        assert told
    bygone.forget("p-ann")
    with bygone.store.read(now=bygone.now) as reading:
        assert reading.roll() > before
        assert reading.tombstones() == {"p-ann"}
        assert [person.id for person in reading.people()] == ["p-bo"]
        for named in ("p-ann", "Ann Lee"):
            with pytest.raises(PersonUnknown):
                reading.person(named)
        assert (reading.receipts("p-ann"), reading.consents("p-ann")) == ((), ())
        assert reading.linked(LINK) is None
        assert list(reading.findings_about("p-ann")) == []
        assert reading.enrolment_crops("p-ann") == ()
        (copy,) = reading.publications()
        assert copy.state is PublicationState.STALE
        assert len(reading.boxes_of(Path("/photos/a.jpg"))) == 2
    assert bygone.due().forgotten == ()
    assert bygone.store.wipe()
    assert bygone.problems() == []


def test_what_is_forgotten_is_gone_and_not_only_hidden(bygone: Desk) -> None:
    """R7: with the clock set back to when all was live, nothing of the person is there; the other is as before."""
    bygone.forget("p-ann")
    bygone.later(days=-POLICY.evidence_days - 10)
    assert (bygone.referenced(), bygone.appearances("p-ann"), bygone.appearances("p-bo")) == (
        ["p-bo"],
        [],
        ["/photos/a.jpg"],
    )
    with bygone.store.read(now=bygone.now) as reading:
        assert reading.decisions(decision("/photos/a.jpg", "p-ann", Verdict.TAGGED).fingerprint) == ()
        assert dict(reading.appearances_in(Path("/photos/a.jpg"))) == {1: "p-bo"}
        assert [copy.shown for copy in reading.publications()] == [("p-bo",)]


def test_who_is_forgotten_does_not_come_back(bygone: Desk) -> None:
    """R21: neither under the same id nor by the same form; the ledger stays whole, and tells the controller the id."""
    bygone.forget("p-ann")
    with bygone.store.write(now=bygone.now) as unit:
        with pytest.raises(ValueError, match="forgotten"):
            unit.add_person("p-ann", "Ann Lee")
        for refused in (unit.sweep, unit.forget, unit.note_act):
            with pytest.raises(PersonUnknown):
                refused("p-ann")
        assert unit.release_used(sha256_hex(form("p-ann")))
        with pytest.raises(ReleaseUsed):
            unit.add_release("p-bo", sha256_hex(form("p-ann")), form("p-ann"))
    with bygone.store.read(now=bygone.now) as reading:
        kinds = [finding.entry.kind for finding in reading.ledger_findings() if finding.entry is not None]
    assert kinds[-1] is EntryKind.FORGOTTEN
    bygone.enrol("p-new", "Ann Lee")
    with bygone.store.read(now=bygone.now) as reading:
        assert reading.person("Ann Lee").id == "p-new"
    assert bygone.problems() == []


def test_nobody_is_forgotten_before_the_time(desk: Desk) -> None:
    """R7: neither who is live, nor who withdrew, before the evidence period has ended, to the microsecond."""
    desk.enrol("p-ann", days=10)
    desk.enrol("p-bo", days=10)
    desk.withdraw("p-bo")
    end = desk.now + timedelta(days=POLICY.evidence_days)
    for moment in (desk.now, end - INSTANT):
        desk.now = moment
        for person in ("p-ann", "p-bo"):
            with pytest.raises(ValueError, match="evidence"), desk.recorded() as unit:
                unit.forget(person)
    desk.now = end
    desk.forget("p-bo")
    with desk.store.read(now=desk.now) as reading:
        assert [person.id for person in reading.people()] == ["p-ann"]
    with desk.store.write(now=desk.now) as unit, pytest.raises(PersonUnknown):
        unit.forget("p-nobody")


def test_nobody_is_forgotten_whom_a_pending_copy_shows(desk: Desk) -> None:
    """R6: a pending copy that lost the name of whom it shows could be placed by anybody; so it is settled first."""
    desk.enrol("p-ann", days=10)
    desk.publish("c-1", [desk.permit("p-ann", BE_SHOWN)])
    desk.later(days=10 + POLICY.evidence_days)
    assert desk.due().forgotten == ()
    with pytest.raises(ValueError, match="pending"), desk.recorded() as unit:
        unit.forget("p-ann")
    with desk.recorded() as unit:
        assert not unit.publication_permits_live("c-1")
        unit.drop_publication("c-1")
    assert desk.due().forgotten == ("p-ann",)
    desk.forget("p-ann")
    assert desk.problems() == []


def test_people_are_forgotten_in_the_order_of_enrolment(desk: Desk) -> None:
    """R7: everybody whose period has ended is told, in the order of enrolment."""
    for person, days in (("p-3", 10), ("p-1", 11), ("p-4", 300), ("p-2", 5)):
        desk.enrol(person, days=days)
    desk.later(days=11 + POLICY.evidence_days)
    assert desk.due().forgotten == ("p-3", "p-1", "p-2")


def test_what_the_ledger_tells_a_person_is_told_to_that_person(desk: Desk) -> None:
    """R28: place, kind, moment, role and facts of each entry about the person, and nothing of others; till the end."""
    desk.enrol("p-ann", days=300)
    desk.enrol("p-bo", days=300)
    desk.later(days=1)
    with desk.store.write(now=desk.now) as unit:
        place = unit.record(entry(EntryKind.SEARCHED, desk.now, "p-ann", reason="lost child"))
        unit.record(entry(EntryKind.SEARCHED, desk.now, "p-bo", reason="prize"))
    desk.withdraw("p-ann")
    with desk.store.read(now=desk.now) as reading:
        told = list(reading.findings_about("p-ann"))
        assert [one.kind for one in told] == ["enrolled", "searched", "withdrawn"]
        searched = told[1]
        assert (searched.index, searched.at, searched.role) == (place, desk.now, "steward")
        assert dict(searched.facts) == {"told": "p-ann"}
        assert [one.kind for one in reading.findings_about("p-bo")] == ["enrolled", "searched"]
        assert list(reading.findings_about("p-nobody")) == []
