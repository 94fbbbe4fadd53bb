"""The mirror: it knows who has withdrawn and holds the one copy of the key set, and it stops nothing when it fails."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Connection

from copies import House, everything, rows, sql, template_keys
from countenance.consent import Purpose, State
from countenance.errors import BackupDamaged, LibraryProblem
from countenance.keys import MasterVault
from countenance.ledger import Entry, EntryKind
from countenance.stores import SqlStore, _placing
from library_desk import LIBRARY, Desk, entry, open_sql, template, vault_for


def checked(desk: Desk) -> tuple[bool, str]:
    """Ask how the mirror is."""
    check = sql(desk).mirror_check()
    return check.ok, check.detail


def withdrawn(house: House) -> set[str]:
    """Give who is listed as withdrawn, but for Gus, who was before."""
    return {one["person"] for one in house.said()["withdrawn"]} - {"p-gus"}


def receipts(desk: Desk, person: str) -> set[str]:
    """Give the ids of a person's receipts."""
    with desk.store.read(now=desk.now) as reading:
        return {receipt.id for receipt in reading.receipts(person)}


def states(desk: Desk) -> dict[str, State]:
    """Tell how everybody stands."""
    with desk.store.read(now=desk.now) as reading:
        return {person.id: person.state for person in reading.people()}


def test_it_holds_the_template_keys_and_who_has_withdrawn(house: House, housed: Desk) -> None:
    """R21: the key set is that of the store, to the byte; a withdrawal is listed, and takes its key away, at once."""
    assert house.key_set().keys() == {"p-ann", "p-bo", "p-cy"}
    assert withdrawn(house) == set()
    receipt = receipts(housed, "p-bo")
    housed.later(hours=1)
    housed.withdraw("p-bo")
    assert house.key_set().keys() == {"p-ann", "p-cy"}
    bo = [one for one in house.said()["withdrawn"] if one["person"] == "p-bo"]
    assert {one["purpose"] for one in bo} == set(map(str, Purpose))
    assert {one["receipt"] for one in bo} == receipt
    sql(housed).close()
    kept = {person: wrapped.hex() for person, wrapped in template_keys(house.library / "library.db").items()}
    assert house.key_set() == kept


def test_it_says_nothing_of_a_person(house: House, housed: Desk) -> None:
    """R21: neither name, nor receipt, nor anything of a face is in the mirror; its files are for the owner alone."""
    housed.withdraw("p-bo")
    content = b"".join(everything(house.mirror).values())
    assert b"Name of" not in content
    assert template("p-ann").values.tobytes()[:16].hex().encode() not in content
    assert {path.name for path in house.mirror.iterdir()} == {"withdrawals.json", "keys.json", "checkpoint"}
    assert {path.stat().st_mode & 0o777 for path in house.mirror.iterdir()} == {0o600}
    assert house.mirror.stat().st_mode & 0o777 == 0o700


def test_the_old_key_set_is_overwritten(house: House, housed: Desk) -> None:
    """R21: the file that was replaced holds nothing but zeros afterwards, for whoever had it open or linked."""
    linked = house.root / "linked"
    os.link(house.mirror / "keys.json", linked)
    before = linked.read_bytes()
    assert house.key_set()["p-bo"].encode() in before
    housed.withdraw("p-bo")
    assert linked.read_bytes() == bytes(len(before))


def test_what_a_killed_process_left_is_overwritten(house: House, housed: Desk) -> None:
    """R21: a key set that was being written when its process was killed becomes zeros with the next writing."""
    (house.mirror / "keys.json.part").write_bytes(b"old keys")
    handle = os.open(house.mirror / "keys.json.part", os.O_RDONLY)
    housed.withdraw("p-bo")
    assert os.read(handle, 100) == bytes(8)
    os.close(handle)
    assert not (house.mirror / "keys.json.part").exists()


def test_it_is_not_written_through_a_link(house: House, housed: Desk) -> None:
    """A link laid in the way leads the mirror nowhere else."""
    elsewhere = house.root / "elsewhere"
    elsewhere.write_bytes(b"precious")
    (house.mirror / "keys.json.part").symlink_to(elsewhere)
    (house.mirror / "keys.json").unlink()
    (house.mirror / "keys.json").symlink_to(elsewhere)
    housed.withdraw("p-bo")
    assert elsewhere.read_bytes() == b"precious"
    assert house.key_set().keys() == {"p-ann", "p-cy"}


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("file", ["withdrawals.json", "keys.json"])
def test_a_mirror_that_cannot_be_written_stops_nothing(
    house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch, file: str, trouble: int
) -> None:
    """R40: on a full, read-only or broken disk the withdrawal holds and the answer is pending; later it is mended."""
    replace = _placing.replace

    def failing(path: Path, data: bytes) -> None:
        if path.name == file:
            raise OSError(trouble, os.strerror(trouble))
        replace(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(_placing, "replace", failing)
        housed.withdraw("p-bo")
        housed.enrol("p-new")
        assert not sql(housed).wipe()
        assert checked(housed) == (False, f"the mirror in {house.mirror} is behind, because it cannot be written")
        assert any(one.name == "mirror" and one.ok for one in housed.store.verify(now=housed.now))
    assert states(housed)["p-bo"] is State.WITHDRAWN
    assert "p-bo" in house.key_set()
    assert sql(housed).wipe()
    assert house.key_set().keys() == {"p-ann", "p-cy", "p-new"}
    assert checked(housed) == (True, f"the mirror in {house.mirror} is current")


def test_the_next_opening_mends_it(house: House, housed: Desk) -> None:
    """R21: a mirror that was away while somebody withdrew is written at the next opening."""
    away = house.mirror.rename(house.root / "away")
    house.mirror.write_text("a file where a folder should be", encoding="utf-8")
    housed.withdraw("p-bo")
    assert not sql(housed).wipe()
    sql(housed).close()
    house.mirror.unlink()
    away.rename(house.mirror)
    assert "p-bo" in house.key_set()
    with house.opened():
        assert house.key_set().keys() == {"p-ann", "p-cy"}


def test_a_mirror_that_is_gone_is_made_again(house: House, housed: Desk) -> None:
    """R41: without its mirror a library opens, and has one again."""
    housed.withdraw("p-bo")
    sql(housed).close()
    shutil.rmtree(house.mirror)
    with house.opened() as again:
        assert house.key_set().keys() == {"p-ann", "p-cy"}
        assert withdrawn(house) == {"p-bo"}
        assert again.problems() == []


@pytest.mark.parametrize("file", ["withdrawals.json", "keys.json"])
def test_a_mirror_that_was_changed_is_not_believed(house: House, housed: Desk, file: str) -> None:
    """R41: whatever byte of it is changed, opening writes it anew, and restoring refuses it."""
    housed.withdraw("p-bo")
    backup = house.back_up(housed)
    sql(housed).close()
    whole = (house.mirror / file).read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        (house.mirror / file).write_bytes(damaged)
        with pytest.raises(BackupDamaged, match="the mirror in"):
            house.restore(backup.folder)
        assert not (house.root / "restored").exists()
    with house.opened():
        assert json.loads((house.mirror / file).read_bytes()) == json.loads(whole)


def test_a_mirror_of_another_key_or_library_is_not_believed(house: House, housed: Desk) -> None:
    """R41: a mirror under another master key, and one of another library, is none."""
    other = House(house.root / "other")
    other.make().store.close()
    said = (other.mirror / "withdrawals.json").read_bytes()
    document = json.loads(said)
    document["library"] = "elsewhere"
    (house.mirror / "withdrawals.json").write_bytes(json.dumps(document).encode())
    assert sql(housed)._mirror.said() is None
    assert sql(housed).wipe()
    assert sql(housed)._mirror.said() is not None


def test_searching_and_indexing_leave_it_alone(house: House, housed: Desk) -> None:
    """What changes neither consent nor keys does not write it; closing writes down how long the ledger has become."""
    before = {path: path.stat().st_ino for path in house.mirror.iterdir()}
    size = house.said()["ledger"]["size"]
    housed.index("/photos/a.jpg", 3, {1: housed.permit("p-ann")})
    assert {path: path.stat().st_ino for path in house.mirror.iterdir()} == before
    keys = (house.mirror / "keys.json").read_bytes()
    sql(housed).close()
    assert house.said()["ledger"]["size"] == size + 1
    assert (house.mirror / "keys.json").read_bytes() == keys


def test_a_commit_that_fails_leaves_it_as_it_was(house: House, housed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """R40: when the library's own disk is full, the mirror does not say what did not happen."""
    before = everything(house.mirror)

    def full(_: Connection) -> None:
        raise LibraryProblem("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("sqlalchemy.engine.base.RootTransaction.commit", full)
        with pytest.raises(LibraryProblem):
            housed.withdraw("p-bo")
    assert everything(house.mirror) == before
    assert states(housed)["p-bo"] is State.GIVEN


def test_an_older_file_put_back_brings_nobody_back(house: House, housed: Desk) -> None:
    """R21: a library whose file is put back by hand is brought to what the mirror knows before anybody reads it."""
    housed.index("/photos/a.jpg", 3, {1: housed.permit("p-bo"), 2: housed.permit("p-ann")})
    housed.publish("c-9", [housed.permit("p-bo", Purpose.BE_SHOWN)])
    housed.place("c-9")
    sql(housed).close()
    old = (house.library / "library.db").read_bytes()
    with house.opened() as later:
        later.withdraw("p-bo")
        later.withdraw("p-ann", [Purpose.BE_SHOWN])
        assert sql(later).wipe()
    (house.library / "library.db").write_bytes(old)
    with house.opened() as again:
        assert {person for person, state in states(again).items() if state is State.WITHDRAWN} == {"p-bo", "p-gus"}
        assert again.referenced() == ["p-ann", "p-cy"]
        assert again.appearances("p-bo") == []
        assert again.problems() == []
        with again.store.read(now=again.now) as reading:
            entries = [one.entry for one in reading.ledger_findings() if one.entry is not None]
            told = [one.kind for one in reading.findings_about("p-bo")]
        assert (entries[-1].kind, entries[-1].body["withdrawn"]) == (EntryKind.RESTORED, 2)
        assert "restored" in told
        assert house.key_set().keys() == {"p-ann", "p-cy"}
    with house.opened() as once_more, once_more.store.read(now=once_more.now) as reading:
        assert reading.ledger_edge().size == len(entries)


def test_who_was_forgotten_stays_forgotten(house: House, housed: Desk) -> None:
    """R21: an older file put back, from before somebody's evidence ended, does not bring the name back either."""
    sql(housed).close()
    old = (house.library / "library.db").read_bytes()
    with house.opened() as later:
        with later.recorded() as unit:
            unit.drop_publication("c-2")
        later.withdraw("p-bo")
        later.later(days=2000)
        with later.recorded() as unit:
            unit.forget("p-bo")
        said = house.said()
        assert [one["person"] for one in said["forgotten"]] == ["p-bo"]
        assert withdrawn(house) == set()
    (house.library / "library.db").write_bytes(old)
    with house.opened() as again:
        assert states(again).keys() == {"p-ann", "p-cy", "p-dee", "p-gus"}
        assert again.problems() == []
        with again.store.read(now=again.now) as reading:
            assert reading.tombstones() == {"p-bo"}
            assert [one.id for one in reading.publications()] == ["c-1"]


def test_two_copies_of_a_library_share_their_withdrawals(house: House, housed: Desk) -> None:
    """R21: what is withdrawn in one copy is withdrawn in the other, and stays on the list whoever writes it."""
    sql(housed).close()
    copy = shutil.copytree(house.library, house.root / "copy")
    with house.opened(copy) as other:
        other.enrol("p-eve")
        other.withdraw("p-eve")
        other.withdraw("p-bo")
    with house.opened() as mine:
        assert states(mine)["p-bo"] is State.WITHDRAWN
        mine.withdraw("p-cy")
    assert withdrawn(house) == {"p-bo", "p-cy", "p-eve"}
    assert house.key_set().keys() == {"p-ann"}


def test_a_key_that_left_elsewhere_does_not_come_back(house: House, housed: Desk) -> None:
    """R21: a copy that was open while somebody withdrew in another one never writes that person's key again."""
    sql(housed).close()
    copy = shutil.copytree(house.library, house.root / "copy")
    mine = house.open()
    with house.opened(copy) as other:
        other.withdraw("p-bo")
    mine.enrol("p-new")
    assert house.key_set().keys() == {"p-ann", "p-cy", "p-new"}
    assert not checked(mine)[0]
    sql(mine).close()
    assert "p-bo" not in house.key_set()
    with house.opened() as again:
        assert states(again)["p-bo"] is State.WITHDRAWN
        assert checked(again)[0]


def test_two_processes_keep_one_mirror(house: House, housed: Desk) -> None:
    """R41: two that have the library open write one after the other, and the mirror has what both did."""
    other = house.open()
    housed.withdraw("p-bo")
    other.enrol("p-new")
    housed.withdraw("p-cy")
    assert house.key_set().keys() == {"p-ann", "p-new"}
    assert withdrawn(house) == {"p-bo", "p-cy"}
    assert checked(other)[0]
    sql(other).close()


def test_expiry_takes_keys_out_of_it(house: House, housed: Desk) -> None:
    """R7: sweeping somebody whose consent expired takes the key out of the key set as well."""
    housed.enrol("p-fay", days=1)
    housed.later(days=2)
    with housed.recorded() as unit:
        assert unit.due().unfounded == ("p-fay",)
        unit.sweep("p-fay")
    assert "p-fay" not in house.key_set()


def test_a_changed_master_key_wraps_it_anew(house: House, housed: Desk) -> None:
    """R22: after rekeying the mirror is under the new key: what it lists is the same, and every key opens."""
    housed.withdraw("p-bo")
    before = house.said()["withdrawn"]
    old = house.key_set()
    new = MasterVault(bytes(range(1, 33)), LIBRARY)
    sql(housed).rekey(
        lambda: new, now=housed.now, entry=lambda kept: entry(EntryKind.REKEYED, keys=kept.keys, rows=kept.rows)
    )
    assert checked(housed)[0]
    assert house.said()["withdrawn"] == before
    assert old.keys() == house.key_set().keys()
    assert set(old.values()).isdisjoint(house.key_set().values())
    housed.withdraw("p-cy")
    assert house.key_set().keys() == {"p-ann"}


def test_a_library_without_a_mirror_works(house: House, housed: Desk) -> None:
    """A store that is given no place for a mirror has none, and says so."""
    sql(housed).close()
    shutil.rmtree(house.mirror)
    alone = Desk(open_sql(house.library))
    alone.withdraw("p-bo")
    assert sql(alone).wipe()
    assert checked(alone) == (True, "there is none: no backup brings a template back")
    assert not house.mirror.exists()
    sql(alone).close()


def test_heeding_writes_no_entry_when_there_is_nothing_to_heed(house: House, housed: Desk) -> None:
    """An opening adds nothing to the ledger of a library that is as it was left."""
    sql(housed).close()
    ((size,),) = rows(house.library / "library.db", "SELECT count(*) FROM ledger")

    def never(_: object) -> Entry:
        raise AssertionError("an entry was asked for")

    store = SqlStore.open(house.library, vault_for=vault_for, mirror_for=house.mirror_for)
    assert store.heed_mirror(now=housed.now, entry_for=never) is None
    store.close()
    assert rows(house.library / "library.db", "SELECT count(*) FROM ledger") == [(size,)]
