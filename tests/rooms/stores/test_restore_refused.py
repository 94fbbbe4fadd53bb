"""Restoring what cannot be restored, and where it cannot: told in a sentence, with nothing written."""

import errno
import hmac
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from copies import (
    House,
    everything,
    restored_entry,
    sql,
)
from countenance.errors import (
    BackupDamaged,
    KeyWrong,
    LibraryBusy,
    LibraryExists,
    LibraryProblem,
    LibraryUnsuited,
)
from countenance.keys import MasterVault
from countenance.seals import canonical, sha256_hex
from countenance.stores import SqlStore, _placing
from countenance.stores._manifest import manifest_of
from library_desk import LIBRARY, Desk, vault_for


def close(*desks: Desk) -> None:
    """Close the stores."""
    for desk in desks:
        sql(desk).close()


@pytest.mark.parametrize("there", ["library.db", "library.db-wal", "library.db-journal"])
def test_nothing_is_restored_over_anything(house: House, housed: Desk, there: str) -> None:
    """R41: a library, or what is left of one, is never written over, nor taken for part of what is restored."""
    made = house.back_up(housed)
    folder = house.root / "restored"
    folder.mkdir()
    (folder / there).write_bytes(b"precious")
    with pytest.raises(LibraryExists):
        house.restore(made.folder)
    assert everything(folder) == {folder / there: b"precious"}


def test_a_library_that_appears_meanwhile_is_not_written_over(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R39: who makes a library in the folder while one is being restored into it keeps theirs."""
    made = house.back_up(housed)
    folder = house.root / "restored"
    write = _placing.write_new

    def meanwhile(file: Path, data: bytes) -> None:
        write(file, data)
        (folder / "library.db").write_bytes(b"theirs")

    with monkeypatch.context() as patch:
        patch.setattr(_placing, "write_new", meanwhile)
        with pytest.raises(LibraryExists):
            house.restore(made.folder)
    assert everything(folder) == {folder / "library.db": b"theirs"}


def test_two_restorations_into_one_folder_are_kept_apart(house: House, housed: Desk) -> None:
    """R39: while one process restores into a folder, another is told to wait."""
    made = house.back_up(housed)
    folder = house.root / "restored"
    folder.mkdir()
    with _placing.held(folder, busy="held"), pytest.raises(LibraryBusy, match="another process is restoring"):
        house.restore(made.folder)
    assert list(folder.iterdir()) == []


def test_another_key_opens_nothing(house: House, housed: Desk) -> None:
    """R41: a backup of a library with another master key is refused as such, and nothing is written."""
    made = house.back_up(housed)
    with pytest.raises(KeyWrong, match="not the one of the library that was backed up"):
        SqlStore.restore(
            made.folder,
            house.root / "restored",
            vault_for=lambda library: MasterVault(bytes(range(1, 33)), library),
            mirror_for=house.mirror_for,
            now=house.now,
            entry_for=restored_entry,
        )
    assert not (house.root / "restored").exists()


Damage = Callable[[Path], None]


def _cut(name: str, left: int) -> Damage:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:left])

    return damage


def _remove(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def _space_out(folder: Path) -> None:
    document = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(document, indent=1), encoding="utf-8")


def _mix_up(folder: Path) -> None:
    other = next(one for one in folder.parent.iterdir() if one != folder)
    shutil.copy(other / "manifest.json", folder)


def _flip(name: str, place: int) -> Damage:
    def damage(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[place % len(content)] ^= 1
        (folder / name).write_bytes(content)

    return damage


def _edit(**changes: object) -> Damage:
    def damage(folder: Path) -> None:
        document = json.loads((folder / "manifest.json").read_bytes())
        (folder / "manifest.json").write_bytes(canonical({**document, **changes}))

    return damage


def _bloat(folder: Path) -> None:
    os.truncate(folder / "library.db", 2**40)  # a terabyte of nothing, which takes no room


DAMAGES: dict[str, Damage] = {
    "a database that fills any memory": _bloat,
    "no manifest": _remove("manifest.json"),
    "no database": _remove("library.db"),
    "an empty manifest": _cut("manifest.json", 0),
    "half a manifest": _cut("manifest.json", 500),
    "an empty database": _cut("library.db", 0),
    "half a database": _cut("library.db", 100_000),
    "a manifest with a byte turned": _flip("manifest.json", 333),
    "a mac with a byte turned": _flip("manifest.json", -300),
    "a database with its first byte turned": _flip("library.db", 0),
    "a database with a byte turned": _flip("library.db", 77_777),
    "a database with its last byte turned": _flip("library.db", -1),
    "a roll edited": _edit(roll=0),
    "a library edited": _edit(library="../elsewhere"),
    "another library's name": _edit(library="elsewhere"),
    "counts edited": _edit(counts={}),
    "a mac of another kind": _edit(mac=7),
    "a format of another kind": _edit(format="two"),
    "a ledger of another kind": _edit(ledger=[]),
    "blanks": _space_out,
    "another backup's manifest": _mix_up,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_backup_any_more_is_refused(house: House, housed: Desk, damage: str) -> None:
    """R41: half-written, edited, truncated, mixed up: refused in one sentence, and there is no library afterwards."""
    house.back_up(housed)
    housed.later(days=1)
    housed.index("/photos/later.jpg")
    made = house.back_up(housed)
    DAMAGES[damage](made.folder)
    with pytest.raises((BackupDamaged, KeyWrong)) as told:
        house.restore(made.folder)
    assert told.value.remedy
    assert not (house.root / "restored").exists()


@pytest.mark.parametrize("change", [{"format": 999}, {"schema": "urn:countenance:backup:2"}])
def test_a_newer_backup_is_left_to_a_newer_version(house: House, housed: Desk, change: dict[str, object]) -> None:
    """R41: a backup of a format that is not known yet asks for an update, and is no damage."""
    made = house.back_up(housed)
    _edit(**change)(made.folder)
    with pytest.raises(LibraryUnsuited) as told:
        house.restore(made.folder)
    assert told.value.remedy == "update Countenance"


def test_a_library_is_no_backup(house: House, housed: Desk) -> None:
    """R41: a live library's folder, or a backup's parent, is not taken for a backup."""
    house.back_up(housed)
    for folder in (house.library, house.backups, house.root / "nowhere"):
        with pytest.raises(BackupDamaged, match="there is no backup in"):
            house.restore(folder)


def test_a_forged_backup_with_good_hashes_is_refused(house: House, housed: Desk) -> None:
    """R26: a backup whose rows were changed and whose hash was made to fit is refused, for want of the key."""
    made = house.back_up(housed)
    file = made.folder / "library.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE permissions SET withdrawn_at = NULL")
    content = file.read_bytes()
    _edit(file={"bytes": len(content), "sha256": sha256_hex(content)})(made.folder)
    with pytest.raises(BackupDamaged, match="the manifest"):
        house.restore(made.folder)


def test_rows_changed_with_the_key_in_hand_still_show(house: House, housed: Desk) -> None:
    """R26: even vouched for by the key, a backup whose rows do not verify does not become a library."""
    made = house.back_up(housed)
    manifest = manifest_of(made.folder, vault_for(LIBRARY))
    file = made.folder / "library.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE permissions SET expires = expires + 1 WHERE person = 'p-ann'")
    content = file.read_bytes()
    document = json.loads((made.folder / "manifest.json").read_bytes())
    document.pop("mac")
    document["file"] = {"bytes": len(content), "sha256": sha256_hex(content)}
    mac = hmac.digest(vault_for(LIBRARY).derive("backup"), canonical(document), "sha256").hex()
    (made.folder / "manifest.json").write_bytes(canonical({**document, "mac": mac}))
    assert manifest_of(made.folder, vault_for(LIBRARY)).sha256 != manifest.sha256
    with pytest.raises(BackupDamaged, match="does not restore"):
        house.restore(made.folder)
    assert not (house.root / "restored").exists()


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("step", ["make_folder", "write_new", "give_name"])
def test_no_room_leaves_no_library(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch, step: str, trouble: int
) -> None:
    """R40: a full or read-only disk is told, nothing is left, and the mirror is as it was."""
    made = house.back_up(housed)
    before = everything(house.mirror)
    write = _placing.write_new

    def fail(file: Path, data: object = b"") -> None:
        if step == "write_new" and isinstance(data, bytes):
            write(file, data[: len(data) // 2])
        raise OSError(trouble, os.strerror(trouble))

    with monkeypatch.context() as patch:
        patch.setattr(_placing, step, fail)
        with pytest.raises(LibraryProblem, match=os.strerror(trouble)):
            house.restore(made.folder)
    folder = house.root / "restored"
    assert not folder.exists() or list(folder.iterdir()) == []
    assert everything(house.mirror) == before
    restored, _ = house.restore(made.folder)
    close(restored)


def test_a_mirror_that_cannot_be_written_does_not_stop_it(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R40: the library is there, says that its mirror is behind, and its next opening writes it."""
    made = house.back_up(housed)
    housed.withdraw("p-bo")
    close(housed)

    def fail(*_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr(_placing, "replace", fail)
        restored, _ = house.restore(made.folder)
        assert not sql(restored).mirror_check().ok
        close(restored)
    with house.opened(house.root / "restored") as again:
        assert sql(again).mirror_check().ok
        assert again.referenced() == ["p-ann", "p-cy"]
