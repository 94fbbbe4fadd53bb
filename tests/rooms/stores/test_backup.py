"""Backups: everything is in them but the keys of templates, they appear whole or not at all, and damage is seen."""

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table
from sqlalchemy.engine.base import RootTransaction

from copies import House, contents, everything, rows, sql, tables, template_keys
from countenance.errors import (
    BackupDamaged,
    BackupNotWritten,
    CountenanceError,
    LibraryBusy,
    LibraryProblem,
    UsageWrong,
)
from countenance.ledger import EntryKind
from countenance.ports import KeyKind
from countenance.stores import _backing_up, _copying, _placing, _restoring
from library_desk import LIBRARY, Desk, crop, photo, template, vault_for


def kinds(desk: Desk) -> list[EntryKind]:
    """List the kinds of the ledger's entries."""
    with desk.store.read(now=desk.now) as reading:
        return [one.entry.kind for one in reading.ledger_findings() if one.entry is not None]


def test_everything_is_in_it_but_the_template_keys(house: House, housed: Desk) -> None:
    """R41: each table of the copy has the very rows of the library at that moment, but for the keys of templates."""
    made = house.back_up(housed)
    sql(housed).close()
    live, copy = house.library / "library.db", made.folder / "library.db"
    assert tables(copy) == tables(live)
    assert len(tables(copy)) > 20
    differing = {table for table in tables(copy) if contents(copy, table) != contents(live, table)}
    # The entry of the backup itself is in the library alone; the digest is taken when a library is closed.
    assert differing == {"keys", "ledger", "nodes", "rest", "standing", "tallies"}
    left_out = set(rows(live, "SELECT kind, subject, wrapped, seal FROM keys")) - set(
        rows(copy, "SELECT kind, subject, wrapped, seal FROM keys")
    )
    assert {(kind, subject) for kind, subject, _, _ in left_out} == {
        ("template", person) for person in ("p-ann", "p-bo", "p-cy")
    }
    assert len(rows(live, "SELECT 1 FROM ledger")) == len(rows(copy, "SELECT 1 FROM ledger")) + 1
    assert (made.people, made.photos, made.ledger_size) == (5, 6, len(rows(copy, "SELECT 1 FROM ledger")))


def test_no_template_key_is_anywhere_in_it(house: House, housed: Desk) -> None:
    """R41: a scan of every byte of a backup finds no template key, wrapped or open, nor a template or crop in clear."""
    before = set(house.key_set().values())
    made = house.back_up(housed)
    sql(housed).close()
    wrapped = template_keys(house.library / "library.db")
    assert wrapped.keys() == {"p-ann", "p-bo", "p-cy"}
    vault = vault_for(LIBRARY)
    needles = {bytes.fromhex(key) for key in before} | set(wrapped.values())
    needles |= {vault.unwrap(key, kind=KeyKind.TEMPLATE, subject=person) for person, key in wrapped.items()}
    needles |= {template(person).values.tobytes()[:16] for person in ("p-ann", "p-bo", "p-gus")}
    needles |= {crop(person)[:16] for person in ("p-ann", "p-bo", "p-gus")}
    found = everything(house.backups)
    assert {path.name for path in found} == {"library.db", "manifest.json"}
    for content in found.values():
        assert not [needle for needle in needles if needle in content or needle.hex().encode() in content]
    # What is looked for is found where it is: in the library itself.
    assert all(key in (house.library / "library.db").read_bytes() for key in wrapped.values())
    assert made.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


def test_it_is_written_down(house: House, housed: Desk) -> None:
    """R41: a backup has its ledger entry, which the library has and the backup has not."""
    made = house.back_up(housed)
    assert kinds(housed)[made.entry] is EntryKind.BACKED_UP
    assert made.entry == made.ledger_size
    assert housed.problems() == []
    assert made.mirror_current


def test_it_is_named_for_its_moment(house: House, housed: Desk) -> None:
    """R41: folders are named for library and moment; a second one in the same second has a number."""
    names = [house.back_up(housed).folder.name for _ in range(3)]
    stem = "countenance-backup-hollybank-20260504T093000Z"
    assert names == [stem, f"{stem}-2", f"{stem}-3"]
    assert sorted(path.name for path in house.backups.iterdir()) == names


def test_it_is_of_one_moment(house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R41: what another process commits while the copy is being made is not in it, not even in part."""
    copy = _copying._copy
    other = house.open()
    meanwhile: list[str] = []

    def interrupted(*arguments: object) -> None:
        name = f"p-late-{len(meanwhile)}"
        meanwhile.append(name)
        other.enrol(name)
        other.index(f"/photos/{name}.jpg", 3, {0: other.permit(name)})
        copy(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(_copying, "_copy", interrupted)
        made = house.back_up(housed)
    sql(other).close()
    assert len(meanwhile) > 15
    assert not [row for row in rows(made.folder / "library.db", "SELECT id FROM people") if row[0] in meanwhile[1:]]
    restored, _ = house.restore(made.folder)
    assert restored.problems() == []
    sql(restored).close()


def test_backups_are_made_while_others_write(house: House, housed: Desk) -> None:
    """R41: with two writers at work, every backup is whole, restores, and holds as many people as entries say."""
    stop = threading.Event()
    problems: list[BaseException] = []

    def work(name: str) -> None:
        try:
            worker = house.open()
            number = 0
            while not stop.is_set():
                number += 1
                person = f"p-{name}-{number}"
                worker.enrol(person)
                worker.index(f"/photos/{person}.jpg", 3, {1: worker.permit(person)})
                if number % 2:
                    worker.withdraw(person)
                time.sleep(0.02)
            sql(worker).close()
        except BaseException as problem:  # noqa: BLE001  (told by the test itself)
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("x", "y")]
    for thread in threads:
        thread.start()
    made = [house.back_up(housed) for _ in range(4)]
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len({backup.ledger_size for backup in made}) > 1
    for number, backup in enumerate(made):
        restored, restoration = house.restore(backup.folder, f"restored-{number}")
        assert restored.problems() == []
        told = kinds(restored)
        assert told.count(EntryKind.ENROLLED) == restoration.people == backup.people
        assert told.index(EntryKind.RESTORED) == backup.ledger_size
        sql(restored).close()


def test_a_table_that_is_left_out_is_seen(house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R41: the rows of every table are counted in the library and in what comes back."""
    copy = _copying._copy

    def forgetful(source: Connection, target: Connection, table: Table) -> None:
        if table.name != "jobs":
            copy(source, target, table)

    monkeypatch.setattr(_copying, "_copy", forgetful)
    with pytest.raises(BackupDamaged, match="there should be 1 rows in jobs"):
        house.back_up(housed)


class FaultyDisk:
    """A disk that keeps another byte than it was given, once, and says nothing."""

    def __init__(self, name: str, place: int) -> None:
        self._name = name
        self._place = place
        self._write = _placing.write_new

    def write_new(self, file: Path, data: bytes) -> None:
        """Write, with one bit turned."""
        damaged = bytearray(data)
        if file.name == self._name:
            damaged[self._place % len(damaged)] ^= 16
        self._write(file, bytes(damaged))


@pytest.mark.parametrize(
    ("name", "places"),
    [("library.db", (0, 18, 100, 4096, 9999, 50_000, 123_456, -1)), ("manifest.json", (0, 1, 50, 300, 700, -2))],
)
def test_a_damaged_backup_is_seen_when_it_is_made(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch, name: str, places: Sequence[int]
) -> None:
    """R41: a byte that did not reach the disk as it was written is found at once, and nothing is left."""
    size = len(kinds(housed))
    for place in places:
        with monkeypatch.context() as patch:
            patch.setattr(_placing, "write_new", FaultyDisk(name, place).write_new)
            with pytest.raises(BackupDamaged):
                house.back_up(housed)
        assert list(house.backups.iterdir()) == []
        assert len(kinds(housed)) == size
    assert house.back_up(housed).folder.is_dir()


def test_a_short_write_is_seen(house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R41: a database that was cut short on its way to the disk is no backup."""
    write = _placing.write_new
    monkeypatch.setattr(
        _placing, "write_new", lambda file, data: write(file, data[:-4096] if file.name == "library.db" else data)
    )
    with pytest.raises(BackupDamaged, match="is not the one that was written"):
        house.back_up(housed)
    assert list(house.backups.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE permissions SET expires = expires + 1 WHERE person = 'p-ann'",
        "DELETE FROM appearances WHERE person = 'p-bo'",
        "UPDATE refs SET template = zeroblob(length(template)) WHERE person = 'p-ann'",
        "UPDATE keys SET wrapped = zeroblob(60) WHERE kind = 'template' AND subject = 'p-bo'",
        "DELETE FROM keys WHERE kind = 'template' AND subject = 'p-bo'",
        "UPDATE ledger SET salt = zeroblob(32) WHERE place = 2",
        "UPDATE photos SET why = CAST(x'ff' AS TEXT)",
    ],
)
def test_a_damaged_library_is_not_backed_up(house: House, housed: Desk, damage: str) -> None:
    """R41: a library that does not verify gives no backup, which would push out a good one; it says so instead."""
    with closing(sqlite3.connect(house.library / "library.db", isolation_level=None)) as connection:
        connection.execute(damage)
    with pytest.raises(CountenanceError) as told:
        house.back_up(housed)
    assert "countenance verify" in told.value.remedy
    assert not house.backups.exists() or list(house.backups.iterdir()) == []


@pytest.mark.parametrize("step", ["make_folder", "library.db", "manifest.json", "sync", "rename"])
@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS])
def test_no_room_leaves_nothing(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch, step: str, trouble: int
) -> None:
    """R40: a full, broken or read-only disk at any step is told in one sentence; neither backup nor entry is left."""
    house.backups.mkdir()
    size = len(kinds(housed))
    write, sync = _placing.write_new, _placing.sync_folder

    def fail(*_: object, **__: object) -> None:
        raise OSError(trouble, os.strerror(trouble))

    def half_written(file: Path, data: bytes) -> None:
        write(file, data[: len(data) // 2] if file.name == step else data)
        if file.name == step:
            fail()

    def synced(folder: Path) -> None:
        if folder == house.backups:
            fail()
        sync(folder)

    with monkeypatch.context() as patch:
        match step:
            case "make_folder":
                patch.setattr(_placing, "make_folder", fail)
            case "rename":
                patch.setattr(Path, "rename", fail)
            case "sync":
                patch.setattr(_placing, "sync_folder", synced)
            case _:
                patch.setattr(_placing, "write_new", half_written)
        with pytest.raises(BackupNotWritten, match=os.strerror(trouble)):
            house.back_up(housed)
    assert list(house.backups.iterdir()) == []
    assert len(kinds(housed)) == size
    assert housed.problems() == []


def test_a_backup_without_its_entry_is_taken_back(house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R24: when the entry cannot be committed, the backup goes again."""

    def full(_: RootTransaction) -> None:
        raise LibraryProblem("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(RootTransaction, "commit", _only_on_disk(full))
        with pytest.raises(LibraryProblem):
            house.back_up(housed)
    assert not house.backups.exists() or list(house.backups.iterdir()) == []


def _only_on_disk(fail: Callable[[RootTransaction], None]) -> Callable[[RootTransaction], None]:
    """Let commits in memory pass, and fail those of the library's file."""
    real = RootTransaction.commit

    def commit(self: RootTransaction) -> None:
        file = self.connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
        if file:
            fail(self)
        real(self)

    return commit


def test_what_a_killed_process_left_is_cleared(house: House, housed: Desk) -> None:
    """R39: an unfinished folder is removed by the next backup to the same place."""
    left = house.backups / ".countenance-backup-hollybank.part"
    left.mkdir(parents=True)
    (left / "library.db").write_bytes(b"half")
    made = house.back_up(housed)
    assert list(house.backups.iterdir()) == [made.folder]


def test_two_at_a_time_are_kept_apart(house: House, housed: Desk) -> None:
    """R39: while one process makes a backup in a place, another is told to wait."""
    unfinished = house.backups / ".countenance-backup-hollybank.part"
    unfinished.mkdir(parents=True)
    with _placing.held(unfinished, busy="held"):
        with pytest.raises(LibraryBusy, match="another process is making a backup"):
            house.back_up(housed)
        assert unfinished.is_dir()
    assert house.back_up(housed).folder.is_dir()


def test_keep_removes_the_oldest(house: House, housed: Desk) -> None:
    """R41: so many of this library's backups stay, and nothing else in the folder is touched."""
    made = []
    for _ in range(4):
        housed.later(days=1)
        made.append(house.back_up(housed).folder)
    strangers = _strangers(house, made[0])
    housed.later(days=1)
    newest = house.back_up(housed, keep=2)
    assert newest.removed == tuple(made[:3])
    left = {path.name for path in house.backups.iterdir()}
    assert left == {made[3].name, newest.folder.name} | {path.name for path in strangers}


def _strangers(house: House, like: Path) -> Sequence[Path]:
    """Lay folders beside the backups that only look like one of them."""
    other = House(house.root / "other")
    elsewhere = other.make()
    with_more, damaged = (house.backups / f"countenance-backup-hollybank-2020{kind}" for kind in ("more", "damaged"))
    for folder in (with_more, damaged):
        folder.mkdir()
        for name in ("library.db", "manifest.json"):
            (folder / name).write_bytes((like / name).read_bytes())
    (with_more / "notes.txt").write_text("mine", encoding="utf-8")
    (damaged / "manifest.json").write_bytes(b"{}")
    sql(elsewhere).close()
    return [with_more, damaged]


def test_it_does_not_go_into_the_library(house: House, housed: Desk) -> None:
    """R41: a place inside the library's folder is refused before anything is written."""
    before = everything(house.library)
    for place in (house.library, house.library / "inside", house.root / "x/../library/y"):
        with pytest.raises(UsageWrong):
            sql(housed).backup(place, now=housed.now, entry_for=lambda _: pytest.fail("an entry was asked for"))
    assert everything(house.library).keys() == before.keys()


def test_a_mirror_that_is_behind_is_told(house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R41: a backup whose key set could not be written says so, because restoring it would drop templates."""

    def fail(*_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(_placing, "replace", fail)
    housed.enrol("p-eve")
    assert not house.back_up(housed).mirror_current


def test_a_large_backup_is_tried_out_with_its_own_templates(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R41: trying out opens every template; one that did not open would be found."""
    with housed.recorded() as unit:
        for number in range(200):
            unit.keep_photo(photo(f"/more/{number}.jpg", 5))
    tried: list[int] = []
    restored = _restoring.restored

    def watched(image: bytes, *arguments: object, **more: object) -> object:
        tried.append(len(image))
        return restored(image, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(_backing_up, "restored", watched)
    made = house.back_up(housed)
    assert tried == [made.size_bytes]
    assert made.photos == 206
