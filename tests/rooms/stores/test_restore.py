"""Restoring: everything comes back but what was withdrawn since, whole or not at all, and never over a library."""

import errno
import os
import shutil
from datetime import timedelta

import pytest

from copies import (
    House,
    contents,
    everything,
    opened_by_anything,
    restored_entry,
    rows,
    sql,
    tables,
    template_keys,
    wrapped_anywhere,
)
from countenance.consent import Hold, Purpose, State
from countenance.errors import (
    NoLibrary,
)
from countenance.ledger import EntryKind
from countenance.seals import sha256_hex
from countenance.stores import Restoration, SqlStore, _installing, _placing
from library_desk import BIRTH, MODEL, Desk, calibration, crop, entry, permit, template, vault_for

CHANGES_BY_ITSELF = {"ledger", "nodes", "rest", "standing", "tallies"}
"""What restoring writes: the entry is added, the roll rises, the digest is taken. The keys are back, to the byte."""


def states(desk: Desk) -> dict[str, State]:
    """Tell how everybody stands."""
    with desk.store.read(now=desk.now) as reading:
        return {person.id: person.state for person in reading.people()}


def purposes(desk: Desk, person: str) -> tuple[Purpose, ...]:
    """Tell what a person still allows."""
    with desk.store.read(now=desk.now) as reading:
        return reading.person(person).purposes


def close(*desks: Desk) -> None:
    """Close the stores."""
    for desk in desks:
        sql(desk).close()


def test_everything_comes_back_elsewhere(house: House, housed: Desk) -> None:
    """R41: restored elsewhere, every row is as it was, every template and crop opens to the same bits, it verifies."""
    made = house.back_up(housed)
    restored, restoration = house.restore(made.folder)
    assert restored.problems() == []
    with housed.store.read(now=housed.now) as here, restored.store.read(now=housed.now) as there:
        assert there.people() == here.people()
        assert there.policies() == here.policies()
        assert there.calibrations() == here.calibrations()
        assert there.calibration() == calibration(0.75)
        assert there.publications() == here.publications()
        assert list(there.photos()) == list(here.photos())
        assert there.jobs() == here.jobs()
        assert [(one.person, one.template.values.tobytes()) for one in there.references()] == [
            (one.person, one.template.values.tobytes()) for one in here.references()
        ]
        assert there.enrolment_crops("p-ann") == here.enrolment_crops("p-ann") == (crop("p-ann"),)
        for person in ("p-ann", "p-bo"):
            assert there.appearances_of(person, Purpose.FIND_ME) == here.appearances_of(person, Purpose.FIND_ME)
            assert there.receipts(person) == here.receipts(person)
        was = list(here.ledger_findings())[: made.ledger_size]
        assert list(there.ledger_findings())[: made.ledger_size] == was
        assert there.linked("cd" * 32) == "p-ann"
    close(housed, restored)
    live, copy = house.library / "library.db", house.root / "restored/library.db"
    assert {table for table in tables(copy) if contents(copy, table) != contents(live, table)} == CHANGES_BY_ITSELF
    assert template_keys(copy) == template_keys(live)
    assert (restoration.people, restoration.photos, restoration.dropped) == (5, 6, ())
    assert (restoration.agrees, restoration.older) == (True, False)


def test_the_restored_library_is_a_library(house: House, housed: Desk) -> None:
    """R41: it opens again, goes on where it was, is alone in its folder, and its file verifies to the last byte."""
    made = house.back_up(housed)
    restored, _ = house.restore(made.folder)
    close(housed, restored)
    assert [path.name for path in (house.root / "restored").iterdir()] == ["library.db"]
    assert (house.root / "restored/library.db").stat().st_mode & 0o777 == 0o600
    with house.opened(house.root / "restored") as again:
        checks = {check.name: check.detail for check in again.store.verify(now=again.now)}
        assert checks["file"] == "every byte is as it was when the library was closed"
        again.enrol("p-new")
        again.index("/photos/new.jpg", 3, {1: again.permit("p-new")})
        again.withdraw("p-ann")
        assert sql(again).wipe()
        assert again.problems() == []
        assert house.key_set().keys() == {"p-bo", "p-cy", "p-new"}


def test_nobody_who_withdrew_comes_back(house: House, housed: Desk) -> None:
    """R21: with folder, log, mirror, every backup and the master key in hand, no template of who withdrew opens.

    Every wrapped key that is anywhere in these files is tried on every sealed template that is anywhere in them.
    """
    backups = [house.back_up(housed)]
    housed.later(days=1)
    backups.append(house.back_up(housed))
    sealed = dict(rows(backups[0].folder / "library.db", "SELECT person, template FROM refs"))
    hands = everything(house.root)
    assert len(hands) >= 2 * 2 + 2 + 1
    before = wrapped_anywhere(hands, house.root.parent)
    # With the key set of that day, the trial opens it: it can succeed.
    assert all(opened_by_anything(sealed[person], person, MODEL, before) for person in ("p-ann", "p-bo", "p-cy"))

    housed.withdraw("p-bo")
    assert sql(housed).wipe()
    backups.append(house.back_up(housed))
    restored = [house.restore(made.folder, f"restored-{number}")[0] for number, made in enumerate(backups)]
    for desk in restored:
        assert desk.referenced() == ["p-ann", "p-cy"]
        assert desk.appearances("p-bo") == []
        assert states(desk)["p-bo"] is State.WITHDRAWN
        assert desk.problems() == []
    hands = everything(house.root)  # while all of them are open: logs and all
    assert any(path.name == "library.db-wal" for path in hands)
    wrapped = wrapped_anywhere(hands, house.root.parent)
    assert len(wrapped) >= 12
    assert not opened_by_anything(sealed["p-bo"], "p-bo", MODEL, wrapped)
    assert opened_by_anything(sealed["p-ann"], "p-ann", MODEL, wrapped)
    # And by bytes: neither its key nor, in what was restored, the sealed template itself.
    gone = before - wrapped
    assert gone
    clear = template("p-bo").values.tobytes()
    for path, content in hands.items():
        assert not [needle for needle in (*gone, clear[:16]) if needle in content or needle.hex().encode() in content]
        if "restored" in str(path.parent):
            assert sealed["p-bo"][:32] not in content
    close(*restored)


def test_a_part_that_was_withdrawn_stays_withdrawn(house: House, housed: Desk) -> None:
    """R4: who withdrew one purpose since keeps the others, template and all, and copies that show them are stale."""
    made = house.back_up(housed)
    housed.withdraw("p-ann", [Purpose.BE_SHOWN])
    restored, restoration = house.restore(made.folder)
    assert restoration.ended == {"p-ann": (Purpose.BE_SHOWN,)}
    assert purposes(restored, "p-ann") == (Purpose.FIND_ME, Purpose.BE_FOUND)
    assert "p-ann" in restored.referenced()
    with restored.store.read(now=restored.now) as reading:
        assert {str(copy.state) for copy in reading.publications()} == {"stale", "pending"}
        told = [one for one in reading.findings_about("p-ann") if one.kind == "restored"]
    assert len(told) == 1
    assert restored.problems() == []
    close(restored)


def test_what_expired_meanwhile_is_swept(house: House, housed: Desk) -> None:
    """R7: a consent that ran out between backup and restoring leaves no template, and its key is not put back."""
    housed.enrol("p-fay", days=2)
    made = house.back_up(housed)
    house.now = BIRTH + timedelta(days=3)
    restored, restoration = house.restore(made.folder)
    assert "p-fay" not in restored.referenced()
    assert restoration.dropped == ()
    assert states(restored)["p-fay"] is State.EXPIRED
    assert restored.problems() == []
    close(restored)
    assert template_keys(house.root / "restored/library.db").keys() == {"p-ann", "p-bo", "p-cy"}
    assert "p-fay" not in house.key_set()


def test_who_was_forgotten_since_is_forgotten_again(house: House, housed: Desk) -> None:
    """R21: a tombstone keeps an old backup from bringing a name back whose evidence had ended."""
    made = house.back_up(housed)
    housed.withdraw("p-cy")
    housed.later(days=1500)
    with housed.recorded() as unit:
        unit.forget("p-cy")
    close(housed)
    house.now = housed.now
    restored, restoration = house.restore(made.folder)
    assert restoration.forgotten == ("p-cy",)
    assert "p-cy" not in states(restored)
    with restored.store.read(now=restored.now) as reading:
        assert reading.tombstones() >= {"p-cy"}
        assert reading.release_used(sha256_hex(b"%PDF-1.4 signed by p-cy"))
    assert restored.problems() == []
    close(restored)


def test_without_its_mirror_every_template_goes(house: House, housed: Desk) -> None:
    """R41: without a key set nobody has a template, everybody has their receipts, and new photos may be given."""
    made = house.back_up(housed)
    close(housed)
    shutil.rmtree(house.mirror)
    restored, restoration = house.restore(made.folder)
    assert restoration.checkpoint is None
    assert restoration.dropped == ("p-ann", "p-bo", "p-cy")
    assert restored.referenced() == []
    assert restored.appearances("p-ann") == []
    assert states(restored)["p-ann"] is State.GIVEN
    assert restored.problems() == []
    assert house.key_set() == {}
    with restored.recorded() as unit:
        unit.add_reference(permit(unit, "p-ann"), template("p-ann"), [crop("p-ann")])
    assert restored.referenced() == ["p-ann"]
    assert house.key_set().keys() == {"p-ann"}
    close(restored)
    assert rows(house.root / "restored/library.db", "PRAGMA freelist_count") == [(0,)]
    sealed = [bytes(one) for (one,) in rows(made.folder / "library.db", "SELECT template FROM refs")]
    file = (house.root / "restored/library.db").read_bytes()
    assert not [one for one in sealed if one[:32] in file]


def test_a_store_without_a_mirror_restores_without_one(house: House, housed: Desk) -> None:
    """R41: a store that is given no place for a mirror drops every template, and writes no mirror."""
    made = house.back_up(housed)
    close(housed)
    before = everything(house.mirror)
    restored, restoration = house.restore(made.folder, mirror=False)
    assert restoration.dropped == ("p-ann", "p-bo", "p-cy")
    assert restored.problems() == []
    close(restored)
    assert everything(house.mirror) == before


def test_an_older_mirror_is_told(house: House, housed: Desk) -> None:
    """R41: with a mirror from before the backup, who was enrolled in between gives photos again, and it is said."""
    old = everything(house.mirror)
    housed.enrol("p-new")
    made = house.back_up(housed)
    close(housed)
    for path, content in old.items():
        path.write_bytes(content)
    restored, restoration = house.restore(made.folder)
    assert restoration.older
    assert restoration.dropped == ("p-new",)
    assert restored.referenced() == ["p-ann", "p-bo", "p-cy"]
    assert restored.problems() == []
    close(restored)


def test_what_was_lost_is_told(house: House, housed: Desk) -> None:
    """R27: the entries between the backup and the mirror's checkpoint are known to be lost, by their places."""
    made = house.back_up(housed)
    for number in range(3):
        housed.index(f"/late/{number}.jpg")
    close(housed)
    restored, restoration = house.restore(made.folder)
    assert restoration.lost == range(made.ledger_size, made.ledger_size + 4)
    assert restoration.checkpoint == made.ledger_size + 4
    close(restored)


def test_a_mirror_of_a_copy_that_went_another_way_is_told(house: House, housed: Desk) -> None:
    """R26: when the mirror's root is not one that the backup's ledger ever had, it is said."""
    close(housed)
    copy = shutil.copytree(house.library, house.root / "copy")
    with house.opened() as mine:
        for number in range(4):
            mine.index(f"/mine/{number}.jpg")
        made = house.back_up(mine)
    with house.opened(copy) as other:
        other.withdraw("p-bo")
    restored, restoration = house.restore(made.folder)
    assert not restoration.agrees
    assert states(restored)["p-bo"] is State.WITHDRAWN
    assert restored.problems() == []
    close(restored)


def test_what_waits_still_waits(house: House, housed: Desk) -> None:
    """R31: purposes that were held when the backup was made are held in what is restored."""
    with housed.store.write(now=housed.now) as unit:
        unit.add_person("p-held", "Held")
        content = b"%PDF-1.4 signed by p-held"
        unit.add_release("p-held", sha256_hex(content), content)
        jws = housed.receipt(unit, "p-held")
        unit.add_receipt("p-held", jws, held=dict.fromkeys(Purpose, Hold.FACE))
        unit.record(entry(EntryKind.ENROLLED, housed.now, "p-held", person="p-held"))
    made = house.back_up(housed)
    restored, _ = house.restore(made.folder)
    assert states(restored)["p-held"] is State.WAITING
    assert restored.problems() == []
    close(restored)


def test_a_key_that_opens_nothing_is_not_put_back(house: House, housed: Desk) -> None:
    """R20: when somebody was enrolled anew since the backup, today's key does not open yesterday's template."""
    made = house.back_up(housed)
    housed.withdraw("p-cy")
    with housed.store.write(now=housed.now) as unit:
        content = b"%PDF-1.4 signed again by p-cy"
        unit.add_release("p-cy", sha256_hex(content), content)
        unit.add_receipt("p-cy", housed.receipt(unit, "p-cy"))
        unit.add_reference(permit(unit, "p-cy"), template("p-cy"), [])
        unit.record(entry(EntryKind.RENEWED, housed.now, "p-cy", person="p-cy"))
    assert "p-cy" in house.key_set()
    restored, restoration = house.restore(made.folder)
    assert states(restored)["p-cy"] is State.WITHDRAWN
    assert restored.referenced() == ["p-ann", "p-bo"]
    assert restoration.dropped == ()
    assert restored.problems() == []
    close(restored)


def test_a_new_key_of_the_same_consent_does_not_open_the_old_template(house: House, housed: Desk) -> None:
    """R20: whoever gave new photos since the backup gives them once more, because the old template's key is gone."""
    made = house.back_up(housed)
    old = house.key_set()["p-cy"]
    with housed.recorded() as unit:
        unit.drop_references("p-cy")
    with housed.recorded() as unit:
        unit.add_reference(permit(unit, "p-cy"), template("p-cy"), [])
    assert house.key_set()["p-cy"] != old
    restored, restoration = house.restore(made.folder)
    assert restoration.dropped == ("p-cy",)
    assert restored.referenced() == ["p-ann", "p-bo"]
    assert restored.problems() == []
    close(restored)


def test_what_has_ended_by_today_is_ended(house: House, housed: Desk) -> None:
    """R7: restored months later, copies that show people are stale; years later, the evidence has ended and goes."""
    housed.place("c-2")
    made = house.back_up(housed)
    close(housed)
    house.now = BIRTH + timedelta(days=150)
    months, restoration = house.restore(made.folder, "months")
    with months.store.read(now=months.now) as reading:
        assert {str(copy.state) for copy in reading.publications()} == {"stale"}
        assert {person.state for person in reading.people()} == {State.EXPIRED, State.WITHDRAWN}
    assert restoration.dropped == ()
    assert months.referenced() == []
    assert months.problems() == []
    close(months)
    house.now = BIRTH + timedelta(days=2000)
    years, _ = house.restore(made.folder, "years")
    with years.store.read(now=years.now) as reading:
        assert reading.people() == ()
        assert len(reading.tombstones()) == 5
    assert years.problems() == []
    close(years)
    assert house.key_set() == {}
    assert len(house.said()["forgotten"]) == 5


def test_a_backup_restores_as_often_as_wanted(house: House, housed: Desk) -> None:
    """R41: two restorations of one backup are alike, and the backup is not changed by them."""
    made = house.back_up(housed)
    close(housed)
    before = everything(house.backups)
    first, _ = house.restore(made.folder, "one")
    second, _ = house.restore(made.folder, "two")
    assert first.problems() == second.problems() == []
    assert first.referenced() == second.referenced() == ["p-ann", "p-bo", "p-cy"]
    close(first, second)
    assert everything(house.backups) == before


def test_what_a_killed_restoration_left_is_no_library(house: House, housed: Desk) -> None:
    """R39: half a file under its unfinished name is no library; restoring again, or opening, takes it away."""
    made = house.back_up(housed)
    folder = house.root / "restored"
    folder.mkdir()
    left = folder / "library.db.part"
    left.write_bytes(b"x" * 5000)
    with pytest.raises(NoLibrary):
        house.open(folder)
    restored, _ = house.restore(made.folder)
    close(restored)
    assert [path.name for path in folder.iterdir()] == ["library.db"]
    os.link(folder / "library.db", left)  # killed between giving the name and taking the old one away
    with house.opened(folder) as again:
        assert again.problems() == []
        assert not left.exists()


def test_where_files_have_one_name_only_it_works_too(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R41: on a file system without hard links a library is restored all the same, and never over another."""

    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    made = house.back_up(housed)
    monkeypatch.setattr(os, "link", no_links)
    restored, _ = house.restore(made.folder)
    assert restored.problems() == []
    close(restored)
    file, other = house.root / "restored/library.db", house.root / "other"
    other.write_bytes(b"x")
    with pytest.raises(FileExistsError):
        _placing.give_name(other, file)


def test_the_entry_says_how_it_went(house: House, housed: Desk) -> None:
    """R24: the restored library's ledger goes on from the backup's, with the entry of the restoration."""
    made = house.back_up(housed)
    housed.withdraw("p-bo")
    asked: list[Restoration] = []

    def asking(restoration: Restoration) -> object:
        asked.append(restoration)
        return restored_entry(restoration)

    store, restoration = SqlStore.restore(
        made.folder,
        house.root / "restored",
        vault_for=vault_for,
        mirror_for=house.mirror_for,
        now=house.now,
        entry_for=asking,  # type: ignore[arg-type]
    )
    with store.read(now=house.now) as reading:
        found = list(reading.ledger_findings())
        about = [one.kind for one in reading.findings_about("p-bo")]
    store.close()
    assert len(asked) == 1
    assert restoration.entry == made.ledger_size == len(found) - 1
    assert found[-1].entry is not None
    assert found[-1].entry.kind is EntryKind.RESTORED
    assert about[-1] == "restored"


def test_an_unfinished_name_is_told_from_a_library(house: House) -> None:
    """The unfinished name is one that nothing else of a library has."""
    assert _installing._unfinished(house.library / "library.db").name == "library.db.part"
