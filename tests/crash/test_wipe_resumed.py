"""A process that dies between withdrawing and wiping."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from countenance.consent import Policy, Purpose
from countenance.keys import MasterVault
from countenance.ledger import JSON, Entry, EntryKind
from countenance.ports import Vault
from countenance.stores import SqlStore
from small_house import STEWARD, House


def vault(library: str) -> Vault:
    """Give the vault of a library."""
    return MasterVault(bytes(range(32)), library)


def secrets(database: Path) -> list[bytes]:
    """Give the sealed template, the crops and the wrapped template key."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT template FROM refs UNION ALL SELECT image FROM crops"
            " UNION ALL SELECT wrapped FROM keys WHERE kind = 'template'"
        )
        return [cell for (cell,) in rows]


def test_the_next_opening_wipes_what_a_crash_left(tmp_path: Path, now: datetime) -> None:
    """R21: bytes erased by a withdrawal whose process died before wiping are gone after the next opening."""
    house = House(tmp_path, now)
    policy = Policy.draft(controller="Hollybank School", contact="office@hollybank.example", staff_search=True)
    made = Entry(
        kind=EntryKind.LIBRARY_MADE, at=house.now, actor=STEWARD, body={"controller": policy.controller}, concerns={}
    )
    folder = tmp_path / "library"
    house.use(SqlStore.make(folder, vault_for=vault, policy=policy, entry=made))
    person = house.enrol("Ada Moss", 7).person
    planted = secrets(folder / "library.db")
    assert len(planted) == 3
    with house.store.write(now=house.now) as unit:
        unit.withdraw(person, tuple(Purpose))
        gone: dict[str, JSON] = {
            "person": person,
            "purposes": [],
            "references_erased": 1,
            "appearances_erased": 0,
            "stale": [],
        }
        unit.record(Entry(kind=EntryKind.WITHDRAWN, at=house.now, actor=STEWARD, body=gone, concerns={}))
    # Nothing more is done by this process: no wipe, no close.
    SqlStore.open(folder, vault_for=vault).close()
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert [secret for secret in planted if secret in content] == []
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        assert connection.execute("SELECT wipe_due FROM standing").fetchone() == (0,)
