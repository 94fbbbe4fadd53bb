"""What every store must do with transactions and the ledger, and that it verifies; run on each store alike."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from countenance.consent import Hold, Purpose
from countenance.errors import (
    ConsentRefused,
    CountenanceError,
    DeedUnrecorded,
    LibraryBusy,
)
from countenance.ledger import EntryKind, verify
from countenance.ports import Store, Unit, Verdict
from countenance.seals import sha256_hex
from countenance.stores import MemoryStore, _rules
from library_desk import (
    POLICY,
    Desk,
    boxes,
    crop,
    decision,
    entry,
    first_entry,
    permit,
    photo,
    publication,
    template,
)

FIND_ME, BE_FOUND, BE_SHOWN = Purpose
LINK = sha256_hex(b"a private link")

Deed = Callable[[Desk, Unit], object]
DEEDS: dict[str, Deed] = {
    "add_person": lambda desk, unit: desk.take_up(unit, "p-new", "Bo Ray", face=False),
    "add_receipt": lambda desk, unit: unit.add_receipt("p-ann", desk.receipt(unit, "p-ann")),
    "add_release": lambda _, unit: unit.add_release("p-ann", sha256_hex(b"form"), b"form"),
    "add_reference": lambda _, unit: unit.add_reference(permit(unit, "p-ann"), template("p-ann"), [crop("p-ann")]),
    "keep_photo": lambda _, unit: unit.keep_photo(photo("/photos/new.jpg")),
    "keep_photo again": lambda _, unit: unit.keep_photo(photo("/photos/a.jpg", 1)),
    "keep_failure": lambda _, unit: unit.keep_failure(
        Path("/photos/a.jpg"), fingerprint="", size_bytes=0, modified_ns=0, why="empty"
    ),
    "keep_missing": lambda _, unit: unit.keep_missing(Path("/photos/a.jpg")),
    "keep_matches": lambda _, unit: unit.keep_matches(
        1, fingerprint=photo("/photos/a.jpg").fingerprint, roll=9, matched={0: permit(unit, "p-ann", FIND_ME)}
    ),
    "renew_reference": lambda _, unit: unit.renew_reference(permit(unit, "p-ann"), template("ann with new glasses")),
    "drop_references": lambda _, unit: unit.drop_references("p-ann"),
    "let_go": lambda _, unit: unit.let_go("p-hal", [Hold.LINK]),
    "add_link": lambda _, unit: unit.add_link("p-ann", LINK),
    "note_act": lambda _, unit: unit.note_act("p-old"),
    "set_policy": lambda _, unit: unit.set_policy(replace(POLICY, retention_days=30, child_retention_days=30)),
    "add_box": lambda _, unit: unit.add_box(1, boxes(1)[0]),
    "keep_appearance": lambda _, unit: unit.keep_appearance(1, 0, permit(unit, "p-ann", FIND_ME)),
    "drop_appearance": lambda _, unit: unit.drop_appearance(1, "p-ann"),
    "keep_decision": lambda _, unit: unit.keep_decision(decision("/photos/a.jpg", "p-ann", Verdict.CONFIRMED)),
    "sweep": lambda _, unit: unit.sweep("p-old"),
    "forget": lambda _, unit: unit.forget("p-old"),
    "queue_job": lambda _, unit: unit.queue_job("rescan", total=1),
    "keep_job": lambda _, unit: unit.keep_job(replace(unit.jobs()[0], done=2)),
    "withdraw": lambda _, unit: unit.withdraw("p-ann", [FIND_ME]),
    "add_publication": lambda _, unit: unit.add_publication(
        publication("c-new", [permit(unit, "p-ann", BE_SHOWN)]), [permit(unit, "p-ann", BE_SHOWN)]
    ),
    "place_publication": lambda _, unit: unit.place_publication("c-1"),
    "drop_publication": lambda _, unit: unit.drop_publication("c-1"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
def test_no_deed_is_kept_without_its_entry(busy_desk: Desk, deed: Deed) -> None:
    """R24: a unit that changed something and recorded nothing does not commit, whatever it changed."""
    before = everything(busy_desk)
    with pytest.raises(DeedUnrecorded), busy_desk.store.write(now=busy_desk.now) as unit:
        deed(busy_desk, unit)
    assert everything(busy_desk) == before


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
def test_an_exception_leaves_neither_deed_nor_entry(busy_desk: Desk, deed: Deed) -> None:
    """R24: deed and entry are one transaction; an error after both leaves none of them."""
    before = everything(busy_desk)
    with suppress(KeyboardInterrupt), busy_desk.store.write(now=busy_desk.now) as unit:
        deed(busy_desk, unit)
        unit.record(entry(EntryKind.INDEXED))
        raise KeyboardInterrupt
    assert everything(busy_desk) == before
    assert busy_desk.problems() == []


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
def test_each_deed_is_kept_with_its_entry(busy_desk: Desk, deed: Deed) -> None:
    """The same deeds are kept when they are recorded: so the tests before this one do prove something."""
    before = everything(busy_desk)
    with busy_desk.store.write(now=busy_desk.now) as unit:
        deed(busy_desk, unit)
        unit.record(entry(EntryKind.INDEXED))
    edge, *rest = everything(busy_desk)
    assert edge != before[0]
    assert rest != list(before[1:])


def everything(desk: Desk) -> tuple[object, ...]:
    """Read all that can be read, the ledger's edge first."""
    with desk.store.read(now=desk.now) as reading:
        return (
            reading.ledger_edge(),
            reading.roll(),
            reading.people(),
            [reading.receipts(person.id) for person in reading.people()],
            [reading.enrolment_crops(person.id) for person in reading.people()],
            [list(reading.findings_about(person.id)) for person in reading.people()],
            [reading.appearances_of(person.id, purpose) for person in reading.people() for purpose in Purpose],
            [(reference.person, reference.template.values.tolist()) for reference in reading.references()],
            [(reading.boxes_of(photo.path), reading.appearances_in(photo.path)) for photo in reading.photos()],
            [reading.decisions(photo.fingerprint) for photo in reading.photos()],
            list(reading.photos()),
            reading.publications(),
            reading.release_used(sha256_hex(b"form")),
            reading.linked(LINK),
            reading.policies(),
            reading.jobs(),
            reading.due(),
            reading.tombstones(),
        )


def test_a_unit_that_only_reads_needs_no_entry(busy_desk: Desk) -> None:
    """Looking, and things that turn out to change nothing, need no entry."""
    with busy_desk.store.write(now=busy_desk.now) as unit:
        assert unit.people()
        assert unit.keep_matches(99, fingerprint="", roll=1, matched={}) == 0
        unit.keep_missing(Path("/photos/never-seen.jpg"))
    with busy_desk.store.read(now=busy_desk.now) as reading:
        assert reading.photo(Path("/photos/never-seen.jpg")) is None


def test_an_entry_alone_is_kept(desk: Desk) -> None:
    """A search changes nothing but the ledger."""
    with desk.store.write(now=desk.now) as unit:
        assert unit.record(entry(EntryKind.SEARCHED, reason="lost child")) == 1
        assert unit.ledger_edge().size == 2
    with desk.store.read(now=desk.now) as reading:
        assert reading.ledger_edge().size == 2


def test_the_ledger_gives_back_what_was_recorded(desk: Desk) -> None:
    """Entries come back in order, opened for the controller, and give the tree whose edge is kept."""
    desk.enrol("p-ann")
    with desk.store.write(now=desk.now) as unit:
        first = unit.record(entry(EntryKind.SEARCHED, desk.now, "p-ann", reason="lost child"))
        second = unit.record(entry(EntryKind.SEARCHED, desk.now, reason="prize"))
    assert (first, second) == (2, 3)
    with desk.store.read(now=desk.now) as reading:
        findings = list(reading.ledger_findings(start=2))
        assert [finding.index for finding in findings] == [2, 3]
        opened = [finding.entry for finding in findings if finding.entry is not None]
        assert [one.body["reason"] for one in opened] == ["lost child", "prize"]
        assert list(opened[0].concerns) == ["p-ann"]
        rows = list(reading.ledger_rows())
        assert [place for place, _ in rows] == [0, 1, 2, 3]
        assert verify([sealed for _, sealed in rows], reading.ledger_edge()).ok
        assert [place for place, _ in reading.ledger_rows(start=3)] == [3]
        assert list(reading.ledger_rows(start=4)) == []


def test_an_entry_about_somebody_unknown_is_refused(desk: Desk) -> None:
    """R24: an entry that cannot be sealed for whom it concerns takes its deed with it."""
    before = everything(desk)
    about = entry(EntryKind.INDEXED, desk.now, "p-nobody")
    with suppress(ValueError, CountenanceError), desk.store.write(now=desk.now) as unit:
        unit.keep_photo(photo("/photos/a.jpg"))
        unit.record(about)
    assert everything(desk) == before


def test_an_entry_about_who_has_withdrawn_can_still_be_recorded(desk: Desk) -> None:
    """The audit key stays after withdrawal, so that the withdrawal itself can be told to the person."""
    desk.enrol("p-ann")
    desk.withdraw("p-ann")
    with desk.store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.SEARCHED, desk.now, "p-ann"))


def test_a_snapshot_does_not_move(desk: Desk) -> None:
    """What a reading sees stays the same while others write."""
    with desk.store.read(now=desk.now) as reading:
        before = (reading.roll(), reading.ledger_edge(), reading.people())
        desk.enrol("p-ann")
        assert (reading.roll(), reading.ledger_edge(), reading.people()) == before
    with desk.store.read(now=desk.now) as reading:
        assert reading.roll() > 0


def test_a_second_writer_waits_and_then_says_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for another writer too long is told so, and nothing is broken."""
    monkeypatch.setattr(_rules, "BUSY_SECONDS", 0.1)
    desk = Desk(store)
    caught: list[BaseException] = []

    def intrude() -> None:
        try:
            desk.enrol("p-late")
        except LibraryBusy as problem:
            caught.append(problem)

    with store.write(now=desk.now) as unit:
        other = threading.Thread(target=intrude)
        other.start()
        other.join(timeout=20)
        unit.record(entry(EntryKind.SEARCHED))
    assert len(caught) == 1
    desk.enrol("p-late")


def test_threads_write_one_after_the_other(desk: Desk) -> None:
    """Entries of several threads are all there, and the tree is whole."""

    def work(number: int) -> None:
        for turn in range(5):
            with desk.store.write(now=desk.now) as unit:
                unit.keep_photo(photo(f"/photos/{number}-{turn}.jpg"))
                unit.record(entry(EntryKind.INDEXED, photos=number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with desk.store.read(now=desk.now) as reading:
        assert reading.ledger_edge().size == 21
        assert len({record.id for record in reading.photos()}) == 20
        assert verify([sealed for _, sealed in reading.ledger_rows()], reading.ledger_edge()).ok


def test_keyed_digests_are_the_librarys_own(desk: Desk) -> None:
    """The same data gives the same digest here, and another in another library."""
    with desk.store.read(now=desk.now) as reading:
        digest = reading.keyed_digest(b"probe")
        assert digest == reading.keyed_digest(b"probe")
        assert len(digest) == 64
        assert digest not in {reading.keyed_digest(b"Probe"), sha256_hex(b"probe")}
    other = MemoryStore.make(policy=POLICY, entry=first_entry())
    with other.read(now=desk.now) as reading:
        assert reading.keyed_digest(b"probe") != digest


def test_a_library_in_use_verifies(busy_desk: Desk) -> None:
    """After all that was done, every check holds and says what it looked at."""
    desk = busy_desk
    desk.place("c-1")
    desk.enrol("p-bo", face=False, purposes=(BE_SHOWN,))
    desk.enrol("p-cy", days=1)
    desk.withdraw("p-ann", [BE_SHOWN])
    desk.later(days=2)
    checks = desk.store.verify(now=desk.now)
    assert [one for one in checks if not one.ok] == []
    assert all(one.name and one.detail for one in checks)
    assert "ledger" in {one.name for one in checks}


def test_erased_bytes_are_wiped(busy_desk: Desk) -> None:
    """R21: wiping says that nothing is left; and again, when there was nothing."""
    busy_desk.withdraw("p-ann")
    assert busy_desk.store.wipe()
    assert busy_desk.store.wipe()
    assert busy_desk.problems() == []


def test_a_caught_refusal_leaves_the_rest_of_the_unit_whole(desk: Desk) -> None:
    """A refusal that the caller swallows takes nothing half-done into the commit."""
    desk.enrol("p-ann", face=False, purposes=(FIND_ME,))
    held = desk.permit("p-ann", FIND_ME)
    with desk.store.write(now=desk.now) as unit:
        with suppress(ConsentRefused):
            unit.add_reference(held, template("p-ann"), [crop("p-ann")])
        with suppress(ConsentRefused):
            unit.add_publication(publication("c-1", [held]), [held])
        unit.record(entry(EntryKind.SEARCHED))
    with desk.store.read(now=desk.now) as reading:
        assert reading.publications() == ()
    assert desk.referenced() == []
    assert desk.problems() == []
