"""R39: a process killed at any step of backing up, restoring, or writing the mirror leaves nothing half-done."""

import os
import shutil
from pathlib import Path

import pytest

from copies import House, everything, restored_entry, sql, template_keys
from countenance.consent import State
from countenance.errors import KeyWrong, NoLibrary
from countenance.keys import MasterVault
from countenance.ledger import EntryKind
from countenance.ports import KeyKind
from countenance.stores import SqlStore
from killed_steps import killed_at_each_step
from library_desk import LIBRARY, Desk, entry, vault_for


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give a library of two people with a mirror, closed."""
    if not hasattr(os, "fork"):
        pytest.skip("there is no kill -9 here")
    house = House(tmp_path / "house")
    desk = house.make()
    for person in ("p-ann", "p-bo"):
        desk.enrol(person)
    desk.index("/photos/a.jpg", 3, {1: desk.permit("p-ann"), 2: desk.permit("p-bo")})
    # Once, so that nothing is loaded in a child that is killed.
    made = house.back_up(desk)
    sql(house.restore(made.folder, "warm")[0]).close()
    sql(desk).close()
    shutil.rmtree(house.backups)
    shutil.rmtree(house.root / "warm")
    return house


def states(desk: Desk) -> dict[str, State]:
    """Tell how everybody stands."""
    with desk.store.read(now=desk.now) as reading:
        return {person.id: person.state for person in reading.people()}


def test_a_backup_is_whole_or_not_there(house: House) -> None:
    """R39: after each kill, what has a backup's name restores, what has not holds no template key, and it goes on."""
    keys = set(template_keys(house.library / "library.db").values())
    assert len(keys) == 2

    def deed() -> None:
        house.back_up(house.open())

    steps = 0
    seen: set[str] = set()
    for step in killed_at_each_step(house.root, deed):
        steps = step
        names = {path.name for path in house.backups.iterdir()} if house.backups.exists() else set()
        for number, name in enumerate(sorted(names - seen)):
            if not name.startswith("."):
                restored, _ = house.restore(house.backups / name, f"restored-{step}-{number}")
                assert restored.problems() == []
                sql(restored).close()
                seen.add(name)
        if house.backups.exists():
            for content in everything(house.backups).values():
                assert not [key for key in keys if key in content or key.hex().encode() in content]
        with house.opened() as desk:
            assert desk.problems() == []
    assert steps > 6
    with house.opened() as desk:
        made = house.back_up(desk)
    assert not [path.name for path in house.backups.iterdir() if path.name.startswith(".")]
    assert made.folder.is_dir()


def test_a_library_is_restored_whole_or_not_at_all(house: House) -> None:
    """R39: after each kill there is no library in the folder, or one that verifies, and restoring can be done again."""
    with house.opened() as desk:
        made = house.back_up(desk)
        desk.withdraw("p-bo")
    target = house.root / "restored"

    def deed() -> None:
        house.restore(made.folder)

    steps = 0
    outcomes: set[str] = set()
    for step in killed_at_each_step(house.root, deed):
        steps = step
        try:
            desk = house.open(target)
        except NoLibrary:
            outcomes.add("none")
            if step % 3:  # a leaving of this one waits for the next
                continue
            desk, _ = house.restore(made.folder, f"again-{step}")
        else:
            outcomes.add("whole")
        assert desk.problems() == []
        assert states(desk) == {"p-ann": State.GIVEN, "p-bo": State.WITHDRAWN}
        assert desk.referenced() == ["p-ann"]
        assert house.key_set().keys() == {"p-ann"}
        sql(desk).close()
        if step % 2 and target.exists():
            shutil.rmtree(target)  # or else what the killed one left is in the way of the next
        elif (target / "library.db").exists():
            (target / "library.db").unlink()
    assert steps > 6
    assert outcomes == {"none", "whole"}
    if target.exists():
        shutil.rmtree(target)
    desk, _ = house.restore(made.folder)
    assert [path.name for path in target.iterdir() if path.suffix == ".part"] == []
    sql(desk).close()


def test_a_withdrawal_is_done_or_not_begun(house: House) -> None:
    """R39, R21: after each kill the next opening has the withdrawal and no key of it, or neither of the two."""
    outcomes: set[State] = set()
    steps = 0
    kept = house.root.rename(house.root.with_name("kept"))
    shutil.copytree(kept, house.root)

    def deed() -> None:
        house.open().withdraw("p-bo")

    for step in killed_at_each_step(house.root, deed):
        steps = step
        with house.opened() as desk:
            state = states(desk)["p-bo"]
            outcomes.add(state)
            assert desk.problems() == []
            assert sql(desk).mirror_check().ok
            assert ("p-bo" in house.key_set()) == (state is State.GIVEN)
            assert ("p-bo" in {one["person"] for one in house.said()["withdrawn"]}) == (state is State.WITHDRAWN)
            desk.enrol("p-new")
            assert {path.name for path in house.mirror.iterdir()} == {"withdrawals.json", "keys.json", "checkpoint"}
        shutil.rmtree(house.root)
        shutil.copytree(kept, house.root)
    assert steps > 6
    assert outcomes == {State.GIVEN, State.WITHDRAWN}


def test_a_change_of_key_leaves_a_mirror_under_one_key(house: House) -> None:
    """R22, R39: killed at any step of rekeying, one key opens the library, and the mirror is under it after opening."""
    new = MasterVault(bytes(range(1, 33)), LIBRARY)
    kept = house.root.rename(house.root.with_name("kept"))
    shutil.copytree(kept, house.root)

    def deed() -> None:
        store = sql(house.open())
        store.rekey(lambda: new, now=house.now, entry=lambda _: entry(EntryKind.REKEYED, keys=1, rows=1))
        store.close()

    outcomes: set[str] = set()
    for _ in killed_at_each_step(house.root, deed):
        vault = vault_for(LIBRARY)
        try:
            store = SqlStore.open(house.library, vault_for=vault_for, mirror_for=house.mirror_for)
        except KeyWrong:
            vault = new
            store = SqlStore.open(house.library, vault_for=lambda _: new, mirror_for=house.mirror_for)
        outcomes.add("new" if vault is new else "old")
        store.heed_mirror(now=house.now, entry_for=restored_entry)
        assert store.mirror_check().ok
        assert not [check for check in store.verify(now=house.now) if not check.ok]
        store.close()
        for person, key in house.key_set().items():
            assert len(vault.unwrap(bytes.fromhex(key), kind=KeyKind.TEMPLATE, subject=person)) == 32
        shutil.rmtree(house.root)
        shutil.copytree(kept, house.root)
    assert outcomes == {"old", "new"}
