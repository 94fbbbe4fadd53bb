"""R27: a ledger that was put back to an older state goes on under another name, and signs nothing under the old one."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from copies import House, sql
from countenance.errors import LedgerBroken, LibraryBusy, StoreBroken
from countenance.ledger import Checkpoint, EntryKind, open_checkpoint, origin_of, root
from countenance.stores import SqlStore, _outside, _placing
from countenance.stores._continuing import branch_after
from library_desk import LIBRARY, POLICY, Desk, entry, vault_for

Behind = Callable[[Path], Callable[..., list[tuple[object, ...]]]]


def record(desk: Desk, entries: int = 1) -> None:
    """Record so many entries."""
    with desk.store.write(now=desk.now) as unit:
        for _ in range(entries):
            unit.record(entry(EntryKind.INDEXED, desk.now))


def sign(desk: Desk, entries: int = 0) -> Checkpoint:
    """Record so many entries and sign, in one transaction; gives what was signed."""
    with desk.store.write(now=desk.now) as unit:
        for _ in range(entries):
            unit.record(entry(EntryKind.INDEXED, desk.now))
        note = unit.checkpoint()
    return opened(desk, note)


def opened(desk: Desk, note: str) -> Checkpoint:
    """Open a note."""
    with desk.store.read(now=desk.now) as reading:
        return open_checkpoint(note, public_key=reading.public_key(), library=desk.store.library)


def remembered(house: House, desk: Desk) -> Checkpoint:
    """Open the note that lies outside."""
    return opened(desk, (house.mirror / "checkpoint").read_text(encoding="utf-8"))


def stands(desk: Desk) -> Checkpoint:
    """Give the ledger as it stands: its name, size and root."""
    with desk.store.read(now=desk.now) as reading:
        edge = reading.ledger_edge()
        return Checkpoint(reading.ledger_origin(), edge.size, root(edge))


def kinds(desk: Desk) -> list[EntryKind]:
    """List the kinds of the ledger's entries."""
    with desk.store.read(now=desk.now) as reading:
        return [one.entry.kind for one in reading.ledger_findings() if one.entry is not None]


@pytest.fixture
def plain(plain_house: Path, tmp_path: Path) -> House:
    """Give a copy of an empty library with its mirror, closed."""
    return House(shutil.copytree(plain_house, tmp_path / "plain"))


@pytest.fixture
def desk(plain: House) -> Iterator[Desk]:
    """Open it."""
    with plain.opened() as desk:
        yield desk


def older_copy(house: House) -> bytes:
    """Sign for four entries, and give the library's file as it is then."""
    with house.opened() as desk:
        assert sign(desk, 3).size == 4
    return (house.library / "library.db").read_bytes()


def put_back(house: House, content: bytes) -> None:
    """Put an older copy in the place of the library's file, which nobody has open."""
    assert [path.name for path in house.library.iterdir()] == ["library.db"]
    (house.library / "library.db").write_bytes(content)


def test_what_is_signed_is_remembered_before_it_is_shown(plain: House, desk: Desk) -> None:
    """R27: when the one who asked has the note, it lies outside; from the making of the library on one does."""
    signed = remembered(plain, desk)
    assert (signed.size, signed) == (1, stands(desk))
    for entries in (0, 1, 2):
        signed = sign(desk, entries)
        assert remembered(plain, desk) == signed == stands(desk)
    record(desk)
    assert remembered(plain, desk) == signed
    assert (plain.mirror / "checkpoint").stat().st_mode & 0o777 == 0o600


def test_what_is_not_committed_is_not_remembered(plain: House, desk: Desk) -> None:
    """R27: what lies outside is never ahead: neither within the transaction nor after one that failed."""
    before = remembered(plain, desk)
    with pytest.raises(KeyboardInterrupt), desk.store.write(now=desk.now) as unit:  # noqa: PT012  (at its end)
        unit.record(entry(EntryKind.INDEXED, desk.now))
        unit.checkpoint()
        assert remembered(plain, desk) == before
        raise KeyboardInterrupt
    assert remembered(plain, desk) == before


def test_an_older_copy_goes_on_under_another_name(plain: House) -> None:
    """R27: put back to what was signed past, it begins a later branch with its entry, though nothing is overdue."""
    content = older_copy(plain)
    with plain.opened() as desk:
        lost = sign(desk, 5)
    put_back(plain, content)
    with plain.opened() as desk:
        begun = stands(desk)
        assert begun.branch > 1
        assert begun.origin == f"countenance/ledger/{LIBRARY}/{begun.branch}"
        assert kinds(desk)[4:] == [EntryKind.RESTORED]
        assert remembered(plain, desk) == stands(desk)
        signed = sign(desk, 4)
        assert (signed.size, signed.branch, lost.size, lost.branch) == (9, begun.branch, 9, 1)
        assert desk.problems() == []
    with plain.opened() as desk:
        assert stands(desk) == signed


def test_what_was_not_signed_is_not_missed(plain: House) -> None:
    """R27: an older copy that has all that was ever signed goes on as it was: nobody holds what it has lost."""
    content = older_copy(plain)
    with plain.opened() as desk:
        record(desk, 5)
    put_back(plain, content)
    with plain.opened() as desk:
        assert (stands(desk).branch, stands(desk).size) == (1, 4)
        assert sign(desk, 1).branch == 1


def test_an_older_copy_put_back_again_and_again(plain: House) -> None:
    """R27: each time another number, whatever was signed in between, and also when it is a copy of a later branch."""
    content = older_copy(plain)
    with plain.opened() as desk:
        sign(desk, 1)
    branches = []
    for entries in (0, 2, 1):
        put_back(plain, content)
        with plain.opened() as desk:
            branches.append(sign(desk, entries).branch)
    later = (plain.library / "library.db").read_bytes()
    with plain.opened() as desk:
        sign(desk, 1)
    put_back(plain, later)
    with plain.opened() as desk:
        branches.append(sign(desk).branch)
    put_back(plain, content)
    with plain.opened() as desk:
        branches.append(sign(desk).branch)
        assert desk.problems() == []
    assert branches == sorted({1, *branches})[1:]
    assert len(branches) == 5


def test_without_anything_remembered_nothing_is_noticed(plain: House) -> None:
    """R27: with the mirror's folder gone an older copy goes on as it was, and is remembered from then on."""
    content = older_copy(plain)
    with plain.opened() as desk:
        sign(desk, 5)
    put_back(plain, content)
    shutil.rmtree(plain.mirror)
    with plain.opened() as desk:
        assert (stands(desk).branch, stands(desk).size) == (1, 4)
        assert remembered(plain, desk) == stands(desk)


@pytest.mark.parametrize(
    "spoilt", [b"", b"\0" * 300, b"countenance/ledger/hollybank/9\n7\nAAAA\n\n", b"\xff\xfe", None]
)
def test_a_note_that_the_library_has_not_signed_is_none(plain: House, spoilt: bytes | None) -> None:
    """R27: what lies there and is not signed, or is another library's, moves nothing, and is written anew."""
    if spoilt is None:
        other = SqlStore.make(
            plain.root / "other",
            vault_for=vault_for,
            policy=POLICY,
            entry=entry(EntryKind.LIBRARY_MADE),
            library="elsewhere",
            mirror_for=plain.mirror_for,
        )
        sign(Desk(other), 9)
        other.close()
        spoilt = (plain.mirror_for("elsewhere") / "checkpoint").read_bytes()
    (plain.mirror / "checkpoint").write_bytes(spoilt)
    with plain.opened() as desk:
        assert stands(desk).branch == 1
        assert remembered(plain, desk) == stands(desk)


def test_a_withdrawal_that_is_overdue_with_nothing_remembered(plain: House) -> None:
    """R27, R21: a copy from before a withdrawal was put back; how much else is missing nobody knows: another branch."""
    with plain.opened() as desk:
        desk.enrol("p-ann")
    content = (plain.library / "library.db").read_bytes()
    with plain.opened() as desk:
        desk.withdraw("p-ann")
    put_back(plain, content)
    (plain.mirror / "checkpoint").unlink()
    with plain.opened() as desk:
        assert kinds(desk)[-1] is EntryKind.RESTORED
        assert 2 <= stands(desk).branch <= 1_000_001
        assert remembered(plain, desk) == stands(desk)
        assert desk.referenced() == []


def test_a_withdrawal_that_is_overdue_alone(plain: House) -> None:
    """R27, R21: a copy from before a withdrawal that continues all that was signed is heeded, and keeps its name."""
    with plain.opened() as desk:
        desk.enrol("p-ann")
        sign(desk)
    content = (plain.library / "library.db").read_bytes()
    with plain.opened() as desk:
        desk.withdraw("p-ann")
    put_back(plain, content)
    with plain.opened() as desk:
        assert kinds(desk)[-1] is EntryKind.RESTORED
        assert stands(desk).branch == 1
        assert desk.referenced() == []


@pytest.mark.parametrize("mirror", [True, False], ids=["mirror", "no mirror"])
def test_each_restored_backup_is_another_log(plain: House, desk: Desk, mirror: bool) -> None:  # noqa: FBT001
    """R27: two restorings of one backup never sign under one name, nor under that of the library that it is of."""
    sign(desk, 3)
    made = plain.back_up(desk)
    signed = [sign(desk)]
    for number in range(2):
        restored, restoration = plain.restore(made.folder, f"restored-{number}", mirror=mirror)
        signed.append(sign(restored, 2 + number))
        assert restoration.branch == signed[-1].branch
        assert restored.problems() == []
        sql(restored).close()
    branches = [one.branch for one in signed]
    assert len(set(branches)) == 3
    assert branches[0] == 1


def test_numbers_are_drawn() -> None:
    """R27: restored twice, each time beside a copy of the mirror, a library takes another number each time."""
    remembered = Checkpoint(origin_of(LIBRARY, 4), 0, bytes(32))
    for known in (None, remembered):
        drawn = {branch_after(2, known) for _ in range(50)}
        assert len(drawn) > 45
        assert min(drawn) > (4 if known else 2)


def test_numbers_do_not_end() -> None:
    """R27: however often an older copy is put back, there is a number left, and it is one that an origin can have."""
    branch = 1
    for _ in range(20_000):
        branch = branch_after(branch, None)
    assert origin_of(LIBRARY, branch)


def test_a_changed_public_key_makes_nothing_forgotten(plain: House, behind: Behind) -> None:
    """R27: an older copy whose row with the public key was changed is still older than what is remembered outside."""
    content = older_copy(plain)
    with plain.opened() as desk, desk.store.read(now=desk.now) as reading:
        public_key = reading.public_key()
    with plain.opened() as desk:
        lost = sign(desk, 5)
    put_back(plain, content)
    behind(plain.library)("UPDATE library SET public_key = zeroblob(32)")
    desk = plain.open()
    with desk.store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.INDEXED, desk.now))
        signed = open_checkpoint(unit.checkpoint(), public_key=public_key)
    assert (lost.branch, signed.branch > 1) == (1, True)
    assert open_checkpoint((plain.mirror / "checkpoint").read_text("utf-8"), public_key=public_key) == signed
    sql(desk).close()


def test_without_the_signing_key_people_still_withdraw(plain: House, behind: Behind) -> None:
    """R21: a library that can sign for nothing any more opens, and takes a withdrawal."""
    with plain.opened() as desk:
        desk.enrol("p-ann")
    behind(plain.library)("UPDATE keys SET wrapped = zeroblob(60) WHERE kind = 'signing'")
    desk = plain.open()
    desk.withdraw("p-ann")
    assert desk.referenced() == []
    sql(desk).close()


@pytest.mark.parametrize("name", ["checkpoint", "withdrawals.json", "keys.json"])
def test_a_pipe_outside_is_not_waited_for(plain: House, name: str) -> None:
    """R40: what somebody laid in the place of a file of the mirror keeps nobody from the library; it is replaced."""
    (plain.mirror / name).unlink()
    os.mkfifo(plain.mirror / name)
    with plain.opened() as desk:
        signed = sign(desk, 1)
        assert remembered(plain, desk) == signed
        assert sql(desk).mirror_check().ok
    assert (plain.mirror / name).is_file()


def test_it_is_told_that_nothing_is_remembered(plain: House, desk: Desk) -> None:
    """R27: a checkpoint that cannot be written outside stops nothing, and whoever asks about the mirror is told."""
    assert sql(desk).mirror_check().ok
    (plain.mirror / "checkpoint").unlink()
    (plain.mirror / "checkpoint").mkdir()
    assert sign(desk, 1).size == 2
    check = sql(desk).mirror_check()
    assert (check.ok, "the checkpoint in" in check.detail) == (False, True)
    (plain.mirror / "checkpoint").rmdir()
    assert sql(desk).mirror_check().ok


def test_a_copy_in_use_beside_it_signs_nothing(plain: House, desk: Desk) -> None:
    """R27: put back while it was open, or copied, it would sign a second past: it is refused, and says what to do."""
    sign(desk, 1)
    sql(desk).close()
    copy = shutil.copytree(plain.library, plain.root / "copy")
    mine, other = plain.open(), plain.open(copy)
    assert sign(mine, 2).size == 4
    record(other, 7)
    with pytest.raises(LedgerBroken, match="remembered outside") as refused:
        sign(other)
    assert "open it again" in refused.value.remedy
    sql(other).close()
    with plain.opened(copy) as again:
        begun = sign(again).branch
        assert begun > 1
    with pytest.raises(LedgerBroken, match="remembered outside"):
        sign(mine)
    sql(mine).close()
    with plain.opened() as once_more:
        assert sign(once_more).branch > begun


def test_two_processes_that_sign_leave_the_newer_note(plain: House, desk: Desk) -> None:
    """R27: whoever is the last to write leaves the newer note, though both saw the same old one before."""
    other = plain.open()
    barrier, local = threading.Barrier(2, timeout=20), threading.local()

    class Both(_outside.Outside):
        """Both look before either writes."""

        def _is_newer(self, note: str, public_key: bytes) -> bool:
            newer = super()._is_newer(note, public_key)
            if not getattr(local, "looked", False):
                local.looked = True
                barrier.wait()
            return newer

    known = sql(desk)._outside
    for one in (desk, other):
        sql(one)._outside = Both(plain.mirror, LIBRARY)
    threads = [threading.Thread(target=sign, args=(one, 1)) for one in (desk, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sql(desk)._outside = sql(other)._outside = known
    assert remembered(plain, desk) == stands(desk)
    assert stands(desk).size == 3
    sql(other).close()


def test_a_full_disk_outside_stops_nothing(plain: House, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R40: full, read-only or held by somebody, the note is given all the same; the next opening writes it."""
    before = remembered(plain, desk)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(_placing, "renew", full)
        assert sign(desk, 1).size == 2
    monkeypatch.setattr(_outside, "HOLD_PAUSE_SECONDS", 0.0)
    with _placing.held(plain.mirror, busy="held"):
        assert sign(desk, 1).size == 3
    assert remembered(plain, desk) == before
    sql(desk).close()
    with plain.opened() as again:
        assert remembered(plain, again).size == 3


def test_a_held_folder_is_waited_for(plain: House, desk: Desk) -> None:
    """R27: the other who writes there is waited for, as long as that may take."""
    released = threading.Event()

    def hold() -> None:
        with _placing.held(plain.mirror, busy="held"):
            released.set()
            threading.Event().wait(0.1)

    holder = threading.Thread(target=hold)
    holder.start()
    released.wait(timeout=20)
    with pytest.raises(LibraryBusy), _placing.held(plain.mirror, busy="held"):
        pass
    signed = sign(desk, 1)
    holder.join()
    assert remembered(plain, desk) == signed


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE nodes SET hash = zeroblob(32)",
        "DELETE FROM nodes",
        "UPDATE standing SET edge = x'010000000000000000'",
        "UPDATE standing SET branch = 0",
        "UPDATE standing SET checkpoint = NULL",
    ],
)
def test_damage_is_not_taken_for_an_older_copy(plain: House, behind: Behind, damage: str) -> None:
    """R26, R27: what was changed begins no branch: it is damage, nothing is signed, and verify tells it."""
    with plain.opened() as desk:
        sign(desk, 5)
    run = behind(plain.library)
    ((before,),) = run("SELECT count(*) FROM ledger")
    run(damage)
    desk = plain.open()
    assert run("SELECT count(*) FROM ledger") == [(before,)]
    with pytest.raises((LedgerBroken, StoreBroken)):
        sign(desk)
    assert desk.problems()
    sql(desk).close()
