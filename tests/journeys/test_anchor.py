"""Anchors are written and recorded so that none is listed that is not there, and none is ever written over."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from countenance.errors import CheckpointInvalid, LedgerNotWritten, LibraryBusy
from countenance.ledger import EntryKind, open_checkpoint
from countenance.library import AnchorKind
from countenance.ports import Unit
from outside import Council, opened, problems, record, size_of
from small_house import House


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Give a council that keeps a folder."""
    return Council(tmp_path / "council")


def test_a_checkpoint_is_signed_and_is_no_deed(house: House) -> None:
    """R27: the note that is given is of the ledger as it stands, signed by the library; asking leaves no entry."""
    record(house, 3)
    note = house.library.checkpoint()
    checkpoint = opened(house, note)
    assert (checkpoint.library, checkpoint.branch, checkpoint.size) == (house.library.id, 1, 4)
    assert house.library.checkpoint() == note
    assert size_of(house) == 4


def test_whoever_keeps_checkpoints_has_the_public_key(house: House, council: Council) -> None:
    """R27: a folder is given it once, for everybody to read; beside a checkpoint that was given a name it is not."""
    done = house.library.write_checkpoint(council.folder)
    key = council.folder / f"{house.library.id[:8]}.pub"
    assert key.read_text(encoding="ascii") == f"{house.library.public_key().hex()}\n"
    assert opened(house, done.note) == open_checkpoint(done.note, public_key=done.public_key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o644
    kept = f" {done.public_key.hex().upper()} \r\n"
    key.write_text(kept, encoding="ascii")
    house.library.write_checkpoint(council.folder)
    assert key.read_text(encoding="ascii").strip() == kept.strip()
    key.unlink()
    house.library.write_checkpoint(council.folder / "letter.txt")
    assert not key.exists()
    assert house.library.check_anchors().ok


@pytest.mark.parametrize("other", ["5e" * 32, "", "\0", "a" * 100_000], ids=["another", "none", "NUL", "endless"])
def test_another_public_key_beside_checkpoints_is_an_alarm(house: House, council: Council, other: str) -> None:
    """R27: who changes it would have a forged ledger believed: nothing is written beside it, and a check names it."""
    house.library.write_checkpoint(council.folder)
    key = council.folder / f"{house.library.id[:8]}.pub"
    key.write_text(other, encoding="ascii")
    before, size = council.files(), size_of(house)
    with pytest.raises(CheckpointInvalid, match="not this library's public key"):
        house.library.write_checkpoint(council.folder)
    assert (council.files(), size_of(house)) == (before, size)
    (problem,) = [one for one in house.library.check_anchors().findings if one.problem]
    assert (problem.kind, problem.file) == (AnchorKind.PUBLIC_KEY, key)


def test_a_checkpoint_is_written_for_others_and_listed(house: House, council: Council) -> None:
    """R27: into a folder under a name of its own, for everybody to read; the ledger lists where it is, and of what."""
    record(house, 2)
    old = os.umask(0o077)
    try:
        done = house.library.write_checkpoint(council.folder)
    finally:
        os.umask(old)
    assert done.file == council.folder / f"{house.library.id[:8]}-1-000000003.checkpoint"
    assert council.files() == [done.file.name]
    assert stat.S_IMODE(done.file.stat().st_mode) == 0o644
    assert done.file.read_text(encoding="utf-8") == done.note
    assert opened(house, done.note) == done.checkpoint
    (entry,) = house.entries(EntryKind.ANCHORED)
    assert entry.body == {
        "origin": done.checkpoint.origin,
        "size": 3,
        "root": done.checkpoint.root.hex(),
        "file": str(done.file),
    }
    assert (done.entry, size_of(house)) == (3, 4)
    assert house.library.write_checkpoint(council.folder).file.name.endswith("-1-000000004.checkpoint")


def test_a_checkpoint_goes_to_a_file_of_any_name(house: House, council: Council) -> None:
    """R27: to a new file, where it is looked for from then on; a folder that is not there is told."""
    done = house.library.write_checkpoint(council.folder / "minutes of may.txt")
    assert council.files() == ["minutes of may.txt"]
    assert house.library.check_anchors().findings[0].file == done.file
    with pytest.raises(LedgerNotWritten, match="No such file"):
        house.library.write_checkpoint(council.folder / "none" / "x")
    with pytest.raises(LedgerNotWritten, match="cannot be recorded"):
        house.library.write_checkpoint(council.folder / os.fsdecode(b"\xff"))
    assert len(house.entries(EntryKind.ANCHORED)) == 1


def test_nothing_is_written_over(house: House, council: Council) -> None:
    """R27: a file that is there keeps its bytes and nothing is recorded; but what says the same is recorded again."""
    first = house.library.write_checkpoint(council.folder / "x")
    with pytest.raises(LedgerNotWritten, match="is there already and says something else"):
        house.library.write_checkpoint(council.folder / "x")
    assert (council.folder / "x").read_text(encoding="utf-8") == first.note
    assert len(house.entries(EntryKind.ANCHORED)) == 1
    (council.folder / "y").write_text(house.library.checkpoint(), encoding="utf-8")
    house.library.write_checkpoint(council.folder / "y")
    assert council.files() == ["x", "y"]
    assert house.library.check_anchors().ok


@pytest.mark.parametrize("taken", [False, True])
def test_a_stick_that_knows_no_second_names_serves(
    house: House, council: Council, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    """R27: where a file cannot have two names, as on a stick, it is written all the same, and never over another."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    if taken:
        (council.folder / "x").write_text("mine", encoding="utf-8")
        with pytest.raises(LedgerNotWritten):
            house.library.write_checkpoint(council.folder / "x")
        assert (council.folder / "x").read_text(encoding="utf-8") == "mine"
    else:
        done = house.library.write_checkpoint(council.folder / "x")
        assert done.file.read_text(encoding="utf-8") == done.note
    assert council.files() == ["x"]


def test_a_full_disk_leaves_nothing(house: House, council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    """R27: a file that cannot be written whole is not there at all, and nothing is recorded."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerNotWritten, match="No space left"):
        house.library.write_checkpoint(council.folder)
    assert council.files() == []
    assert house.entries(EntryKind.ANCHORED) == []


def test_a_file_that_was_not_recorded_is_no_alarm(
    house: House, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R27: whoever is stopped between the file and its entry has a checkpoint too many; asking again lists it."""
    write = house.store.write
    asked = 0

    @contextmanager
    def once(*, now: datetime) -> Iterator[Unit]:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise LibraryBusy("another process holds the library")
        with write(now=now) as unit:
            yield unit

    monkeypatch.setattr(house.store, "write", once)
    with pytest.raises(LibraryBusy):
        house.library.write_checkpoint(council.folder)
    monkeypatch.undo()
    (name,) = council.files()
    assert re.fullmatch(r"[0-9a-f]{8}-1-000000001\.checkpoint", name)
    check = house.library.check_anchors(at=[council.folder])
    assert (check.ok, [one.listed for one in check.findings]) == (True, [None])
    assert house.library.write_checkpoint(council.folder).file.name == name
    check = house.library.check_anchors()
    assert (check.ok, [one.file.name for one in check.findings]) == (True, [name])
    assert problems(check) == {}
