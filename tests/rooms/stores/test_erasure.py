"""R21: after a withdrawal nothing of the face is left in any file of the library, and nothing can open a copy."""

import base64
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from countenance.stores import SqlStore, _sql
from countenance.stores._engine import connect, translated
from library_desk import Desk, crop, open_sql, photo, template

Statement = Callable[..., list[tuple[object, ...]]]
Behind = Callable[[Path], Statement]

# Long enough to be found nowhere by chance, short enough to be found in a row that was torn apart.
NEEDLE_BYTES = 16


def needles(run: Statement, person: str) -> dict[str, bytes]:
    """Give what must not be found: what is stored of a face, its key, and the template in every spelling."""
    ((sealed,),) = run("SELECT template FROM refs WHERE person = ?", person)
    ((wrapped,),) = run("SELECT wrapped FROM keys WHERE kind = 'template' AND subject = ?", person)
    ((image,),) = run("SELECT image FROM crops WHERE person = ?", person)
    assert isinstance(sealed, bytes)
    assert isinstance(wrapped, bytes)
    assert isinstance(image, bytes)
    values = template(person).values
    clear = {
        "f32": values.tobytes(),
        "f64": values.astype(np.float64).tobytes(),
        "f16": values.astype(np.float16).tobytes(),
        "int8": np.round(values * 127).astype(np.int8).tobytes(),
        "hexadecimal": values.tobytes().hex().encode(),
        "base64": base64.b64encode(values.tobytes()),
    }
    return {"sealed template": sealed, "wrapped key": wrapped, "sealed crop": image, "crop": crop(person), **clear}


def found(folder: Path, wanted: dict[str, bytes]) -> set[str]:
    """Look for any piece of the needles in every file of the folder."""
    contents = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        name
        for name, needle in wanted.items()
        for start in range(0, len(needle) - NEEDLE_BYTES + 1, NEEDLE_BYTES)
        if any(needle[start : start + NEEDLE_BYTES] in content for content in contents)
    }


@pytest.fixture
def erased(folder: Path, behind: Behind) -> Iterator[tuple[SqlStore, dict[str, bytes]]]:
    """Give a library of three people of whom one has just withdrawn, and what must not be found of that one."""
    store = open_sql(folder)
    desk = Desk(store)
    for person in ("p-bo", "p-ann", "p-cy"):
        desk.enrol(person)
        desk.index(f"/photos/{person}.jpg", 3, {1: desk.permit(person)})
    wanted = needles(behind(folder), "p-ann")
    assert found(folder, wanted) == {"sealed template", "wrapped key", "sealed crop"}
    desk.withdraw("p-ann")
    yield store, wanted
    store.close()


def test_nothing_is_found_after_wiping(folder: Path, erased: tuple[SqlStore, dict[str, bytes]]) -> None:
    """R21: a byte scan of the folder finds neither template nor key nor crop, while the library is still open."""
    store, wanted = erased
    assert store.wipe()
    assert found(folder, wanted) == set()
    store.close()
    assert found(folder, wanted) == set()
    desk = Desk(open_sql(folder))
    assert desk.referenced() == ["p-bo", "p-cy"]
    assert desk.problems() == []
    desk.store.close()


def test_a_reader_delays_wiping_and_is_told(
    folder: Path, erased: tuple[SqlStore, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R21: while somebody reads, wiping says that it is not done; when the reader is gone, it is."""
    monkeypatch.setattr(_sql, "WIPE_TRIES", 2)
    monkeypatch.setattr(_sql, "WIPE_BUSY_SECONDS", 0.05)
    store, wanted = erased
    with closing(sqlite3.connect(folder / "library.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM refs").fetchone() == (2,)
        assert not store.wipe()
        assert found(folder, wanted) != set()
        assert any("wait to be wiped" in one.detail for one in store.verify(now=Desk(store).now))
    assert store.wipe()
    assert found(folder, wanted) == set()
    assert not any("wait to be wiped" in one.detail for one in store.verify(now=Desk(store).now))


def test_a_writer_delays_wiping(
    folder: Path, erased: tuple[SqlStore, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R21: while another process writes, wiping says that it is not done, and nothing is broken."""
    monkeypatch.setattr(_sql, "WIPE_TRIES", 1)
    monkeypatch.setattr(_sql, "WIPE_BUSY_SECONDS", 0.05)
    monkeypatch.setattr("countenance.stores._rules.BUSY_SECONDS", 0.05)
    store, wanted = erased
    store._engine.dispose()
    with closing(sqlite3.connect(folder / "library.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert not store.wipe()
    assert store.wipe()
    assert found(folder, wanted) == set()


def test_a_full_disk_delays_wiping(
    folder: Path, erased: tuple[SqlStore, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R40: without room to write the database anew, wiping says that it is not done; the withdrawal stands."""
    monkeypatch.setattr(_sql, "WIPE_TRIES", 1)
    store, wanted = erased

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "_mark_changed", lambda _: full_disk(folder))
        assert not store.wipe()
    assert Desk(store).referenced() == ["p-bo", "p-cy"]
    assert store.wipe()
    assert found(folder, wanted) == set()


def full_disk(folder: Path) -> None:
    """Fail as a write on a full disk does."""
    with translated(), closing(connect(folder / "library.db")) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}").close()
        connection.execute("BEGIN").close()
        connection.execute("CREATE TABLE filler (content BLOB)").close()
        connection.execute("INSERT INTO filler VALUES (zeroblob(1000000))").close()


def test_what_one_process_left_another_wipes(folder: Path, erased: tuple[SqlStore, dict[str, bytes]]) -> None:
    """R21: a process that ended before wiping leaves word, and the next one that wipes does its work."""
    store, wanted = erased
    store.close()
    later = open_sql(folder)
    assert later.wipe()
    assert found(folder, wanted) == set()
    assert Desk(later).problems() == []
    later.close()


def test_an_erasure_during_wiping_is_not_forgotten(
    folder: Path, erased: tuple[SqlStore, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R21: who withdraws while the database is being written anew is wiped by the next wiping."""
    store, _ = erased
    desk = Desk(store)
    settle = SqlStore._settle_wipes

    def meanwhile(self: SqlStore, done: int) -> None:
        desk.withdraw("p-bo")
        settle(self, done)

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "_settle_wipes", meanwhile)
        assert store.wipe()
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        assert connection.execute("SELECT wipe_due FROM standing").fetchone() == (1,)
    assert store.wipe()
    assert desk.problems() == []


def test_wiping_costs_nothing_when_nothing_was_erased(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an erasure the database is not written anew."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    statements: list[str] = []

    def watched(file: Path, *, busy_seconds: float | None = None) -> sqlite3.Connection:
        connection = connect(file, busy_seconds=busy_seconds)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(_sql, "connect", watched)
    assert store.wipe()
    assert not [one for one in statements if "VACUUM" in one]
    desk.withdraw("p-ann")
    assert store.wipe()
    assert [one for one in statements if "VACUUM" in one]
    store.close()


def test_many_erasures_leave_nothing(folder: Path, behind: Behind) -> None:
    """R21: after many enrolments and withdrawals in any order, nothing is found of anybody who has withdrawn."""
    store = open_sql(folder)
    desk = Desk(store)
    generator = random.Random(7)  # noqa: S311  (the same order in each run)
    people = [f"p-{number}" for number in range(14)]
    generator.shuffle(people)
    run = behind(folder)
    gone: dict[str, dict[str, bytes]] = {}
    staying: list[str] = []
    for person in people:
        desk.enrol(person)
        staying.append(person)
        if generator.random() < 0.6:
            leaving = staying.pop(generator.randrange(len(staying)))
            gone[leaving] = needles(run, leaving)
            desk.withdraw(leaving)
    assert len(gone) > 5
    assert store.wipe()
    assert {person for person, wanted in gone.items() if found(folder, wanted)} == set()
    assert sorted(desk.referenced()) == sorted(staying)
    store.close()


def test_a_copy_from_before_cannot_be_opened_with_todays_keys(folder: Path, behind: Behind) -> None:
    """R21: rows taken from an older copy of the library, put back after withdrawal, open nothing: their key is gone."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    run = behind(folder)
    (row,) = run("SELECT number, person, model, template, seal FROM refs")
    desk.withdraw("p-ann")
    store.wipe()
    run("INSERT INTO refs (number, person, model, template, seal) VALUES (?, ?, ?, ?, ?)", *row)
    assert desk.referenced() == []
    assert desk.problems()
    store.close()


def test_photos_indexed_again_leave_no_temporary_files(folder: Path) -> None:
    """R13: nothing but the database and its log is ever in the folder."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    for _ in range(3):
        with desk.recorded() as unit:
            for number in range(20):
                unit.keep_photo(photo(f"/photos/{number}.jpg", 10))
            names = {path.name for path in folder.iterdir()}
            assert names <= {"library.db", "library.db-wal", "library.db-shm"}
    store.close()
