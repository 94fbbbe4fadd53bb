"""Making, opening and sharing a library on SQLite."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from countenance.consent import Purpose
from countenance.errors import KeyMissing, KeyWrong, LibraryBusy, LibraryExists, LibraryUnsuited, NoLibrary, StoreBroken
from countenance.keys import MasterVault
from countenance.ledger import EntryKind
from countenance.ports import Vault
from countenance.stores import SqlStore, _rules
from countenance.stores._engine import connect
from library_desk import (
    LIBRARY,
    POLICY,
    Desk,
    entry,
    first_entry,
    make_sql,
    open_sql,
    photo,
    template,
    vault_for,
)
from statements_sent import statements_sent

SUPPORT = Path(__file__).resolve().parents[2] / "support"
Behind = Callable[[Path], Callable[..., object]]


def other_key(library: str) -> MasterVault:
    """Give a vault with another master key."""
    return MasterVault(b"x" * 32, library)


def no_key(library: str) -> Vault:
    """Say that there is no key."""
    raise KeyMissing(f"no key for {library}")


def test_a_library_is_one_file_for_its_owner(tmp_path: Path) -> None:
    """A library folder holds `library.db` and nothing else, and nobody but the owner reads it, open or closed."""
    folder = tmp_path / "new" / "library"
    store = make_sql(folder)
    Desk(store).enrol("p-ann")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["library.db", "library.db-shm", "library.db-wal"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    store.close()
    assert [path.name for path in folder.iterdir()] == ["library.db"]


def test_what_was_kept_is_there_after_opening_again(folder: Path) -> None:
    """A library that was closed and opened again is the same."""
    store = open_sql(folder)
    Desk(store).enrol("p-ann")
    store.close()
    again = Desk(open_sql(folder))
    assert again.store.library == LIBRARY
    assert again.referenced() == ["p-ann"]
    assert again.problems() == []
    again.store.close()


def test_each_library_has_an_id_of_its_own(tmp_path: Path) -> None:
    """Unless it is told, a library draws its id, and its vault is made for it."""
    asked: list[str] = []

    def vault(library: str) -> Vault:
        asked.append(library)
        return vault_for(library)

    for name in "ab":
        store = SqlStore.make(tmp_path / name, vault_for=vault, policy=POLICY, entry=first_entry())
        store.close()
        assert SqlStore.open(tmp_path / name, vault_for=vault).library == store.library
    assert asked[0] == asked[1] != asked[2]


def test_a_library_is_never_made_over_another(folder: Path) -> None:
    """Making a library where there is one is refused, before a key is made for it, and nothing changes."""
    before = (folder / "library.db").read_bytes()
    with pytest.raises(LibraryExists):
        SqlStore.make(folder, vault_for=no_key, policy=POLICY, entry=first_entry())
    assert (folder / "library.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"a letter", b"SQLite format 3\0 and no more", b"\0" * 4096])
def test_a_foreign_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A file that is no database is neither opened nor overwritten."""
    (tmp_path / "library.db").write_bytes(content)
    with pytest.raises(LibraryExists):
        make_sql(tmp_path)
    with pytest.raises((NoLibrary, StoreBroken)):
        open_sql(tmp_path)
    assert (tmp_path / "library.db").read_bytes() == content


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    """A database of another program is neither opened nor added to."""
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    before = (tmp_path / "library.db").read_bytes()
    with pytest.raises(LibraryExists):
        make_sql(tmp_path)
    with pytest.raises((NoLibrary, StoreBroken)):
        open_sql(tmp_path)
    assert (tmp_path / "library.db").read_bytes() == before


@pytest.mark.parametrize("left", ["nothing", "an empty file", "an empty database"])
def test_what_a_crash_while_making_leaves_is_no_library(tmp_path: Path, left: str) -> None:
    """R39: a library whose making was cut off is none, and can be made again."""
    if left == "an empty file":
        (tmp_path / "library.db").touch()
    elif left == "an empty database":
        with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    with pytest.raises(NoLibrary):
        open_sql(tmp_path)
    make_sql(tmp_path).close()
    desk = Desk(open_sql(tmp_path))
    assert desk.problems() == []
    desk.store.close()


def test_a_making_that_fails_leaves_no_library(tmp_path: Path) -> None:
    """Without a key nothing is made; with a broken first entry neither."""
    about_nobody = entry(EntryKind.LIBRARY_MADE, first_entry().at, "p-nobody")
    with pytest.raises(KeyMissing):
        SqlStore.make(tmp_path, vault_for=no_key, policy=POLICY, entry=first_entry())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="p-nobody"):
        SqlStore.make(tmp_path, vault_for=vault_for, policy=POLICY, entry=about_nobody)
    with pytest.raises(NoLibrary):
        open_sql(tmp_path)


def test_an_empty_folder_is_no_library(tmp_path: Path) -> None:
    """There is no library where none was made, and opening makes none."""
    for place in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NoLibrary):
            open_sql(place)
    assert list(tmp_path.iterdir()) == []


def test_another_key_is_told_plainly(folder: Path) -> None:
    """R20: another master key opens nothing and says so; no key is the vault's own error."""
    with pytest.raises(KeyWrong):
        SqlStore.open(folder, vault_for=other_key)
    with pytest.raises(KeyMissing):
        SqlStore.open(folder, vault_for=no_key)


def test_a_newer_format_is_left_to_a_newer_version(folder: Path, behind: Behind) -> None:
    """A library of a format from the future is not touched."""
    behind(folder)("UPDATE library SET format = 99")
    with pytest.raises(LibraryUnsuited, match="99"):
        open_sql(folder)


def test_a_library_id_that_cannot_be_one_is_damage(folder: Path, behind: Behind) -> None:
    """What goes into the vault before anything could be verified is looked at first."""
    behind(folder)("UPDATE library SET id = 'no id'")
    with pytest.raises(StoreBroken):
        open_sql(folder)


def test_every_connection_is_set_for_erasure_and_safety(folder: Path) -> None:
    """R21: deleted content is overwritten, nothing goes to temporary files, commits are durable, on each connection."""
    wanted = {
        "secure_delete": 1,
        "foreign_keys": 1,
        "synchronous": 2,
        "temp_store": 2,
        "trusted_schema": 0,
        "journal_mode": "wal",
    }
    with closing(connect(folder / "library.db")) as connection:
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    assert found == wanted


def test_a_library_is_found_under_any_name(tmp_path: Path) -> None:
    """A folder's name may hold what means something in a URI."""
    folder = tmp_path / "fête 100% ?mode=memory#1"
    make_sql(folder).close()
    open_sql(folder).close()
    assert [path.name for path in folder.iterdir()] == ["library.db"]


HOLD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from library_desk import Desk, open_sql
desk = Desk(open_sql(Path(sys.argv[2])))
with desk.recorded():
    print("held", flush=True)
    sys.stdin.read()
desk.store.close()
"""


def test_two_processes_share_a_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that waits too long for another is told that the library is busy; readers do not wait."""
    monkeypatch.setattr(_rules, "BUSY_SECONDS", 0.1)
    desk = Desk(open_sql(folder))
    with subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", HOLD, str(SUPPORT), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LibraryBusy):
            desk.enrol("p-ann")
        with desk.store.read(now=desk.now) as reading:
            assert reading.ledger_edge().size == 1
        other.communicate(timeout=30)
    assert other.returncode == 0
    monkeypatch.undo()
    desk.enrol("p-ann")
    with desk.store.read(now=desk.now) as reading:
        assert reading.ledger_edge().size == 3
    assert desk.problems() == []
    desk.store.close()


def test_another_process_sees_the_roll_grow(folder: Path) -> None:
    """R6: a process that holds templates in memory learns of enrolments and withdrawals by the roll number."""
    mine, theirs = Desk(open_sql(folder)), Desk(open_sql(folder))
    rolls = []
    for deed in (lambda: None, lambda: theirs.enrol("p-ann"), lambda: theirs.withdraw("p-ann")):
        deed()
        with mine.store.read(now=mine.now) as reading:
            rolls.append(reading.roll())
    assert rolls == sorted(set(rolls))
    mine.store.close()
    theirs.store.close()


def test_opening_loads_no_migrations(folder: Path) -> None:
    """Opening a library of today's format does not even load what upgrades older ones."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from library_desk import open_sql;"
        "open_sql(Path(sys.argv[2])).close(); print('alembic' in sys.modules, 'sqlalchemy.orm' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script, str(SUPPORT), str(folder)], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_a_thousand_references_are_read_in_few_statements(desk: Desk) -> None:
    """Opening a library and reading 1,000 references takes a handful of statements, not one for each of them."""
    for number in range(10):
        desk.enrol(f"p-{number}", purposes=(Purpose.FIND_ME,))
    permits = [desk.permit(f"p-{number}") for number in range(10)]
    with desk.recorded() as unit:
        for number in range(990):
            unit.add_reference(permits[number % 10], template(str(number), 1024), [])
    assert isinstance(desk.store, SqlStore)
    folder = desk.store._file.parent
    with statements_sent() as sent:
        again = open_sql(folder)
        with again.read(now=desk.now) as reading:
            count = sum(1 for _ in reading.references())
    again.close()
    assert count == 1000
    assert 0 < len(sent) < 20


def test_a_batch_of_photos_is_kept_in_few_statements(desk: Desk) -> None:
    """Keeping a photo takes as many statements with forty boxes as with four, and no more for the fortieth photo."""
    desk.enrol("p-ann")
    desk.index("/photos/first.jpg")
    found = {3: desk.permit("p-ann")}
    spent: list[int] = []
    with desk.recorded() as unit:
        for number in range(40):
            with statements_sent() as sent:
                unit.keep_photo(photo(f"/photos/{number}.jpg", 4 if number % 2 else 40, found))
            spent.append(len(sent))
    assert len(desk.appearances("p-ann")) == 40
    assert len(set(spent)) == 1
    assert 0 < spent[0] < 12
