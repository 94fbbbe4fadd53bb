"""A library in a folder, and ways to look at it and to change it behind its back."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from copies import House, sql
from countenance.consent import Hold, Purpose
from countenance.seals import sha256_hex
from countenance.stores import SqlStore
from library_desk import POLICY, Desk, make_sql, open_sql


@pytest.fixture(scope="session")
def empty_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty library once."""
    folder = tmp_path_factory.mktemp("empty")
    make_sql(folder).close()
    return folder


@pytest.fixture(scope="session")
def lived_in_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a library once in which everything is to be found that a library can hold."""
    folder = tmp_path_factory.mktemp("lived-in")
    store = make_sql(folder)
    desk = Desk(store)
    for person in ("p-ann", "p-bo", "p-cy"):
        desk.enrol(person)
    desk.enrol("p-dee", purposes=(Purpose.BE_SHOWN,), face=False)
    for number in range(12):
        found = {1: desk.permit("p-ann"), 2: desk.permit("p-bo")} if number % 2 else {0: desk.permit("p-cy")}
        desk.index(f"/photos/{number}.jpg", 4, found)
    desk.publish("c-1", [desk.permit("p-ann", Purpose.BE_SHOWN), desk.permit("p-dee", Purpose.BE_SHOWN)])
    desk.place("c-1")
    desk.publish("c-2", [desk.permit("p-bo", Purpose.BE_SHOWN)])
    desk.withdraw("p-cy")
    desk.enrol("p-eve", face=False, guardian="Ada Poe")
    assert desk.tag("/photos/0.jpg", "p-eve", 3)
    desk.enrol("p-hal", held=dict.fromkeys(Purpose, Hold.FACE))
    with desk.recorded() as unit:
        unit.add_link("p-ann", sha256_hex(b"link"))
        unit.note_act("p-ann")
        unit.queue_job("rescan", total=12)
    desk.calibrate(0.5)
    desk.enrol("p-old", days=1)
    Desk(store, desk.now + timedelta(days=1 + POLICY.evidence_days)).forget("p-old")
    assert store.wipe()
    store.close()
    return folder


@pytest.fixture
def folder(empty_library: Path, tmp_path: Path) -> Path:
    """Give a copy of the empty library."""
    return shutil.copytree(empty_library, tmp_path / "library")


@pytest.fixture
def lived_in(lived_in_library: Path, tmp_path: Path) -> Path:
    """Give a copy of the library with everything in it."""
    return shutil.copytree(lived_in_library, tmp_path / "lived-in")


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    """Give the empty library, open."""
    opened = open_sql(folder)
    yield opened
    opened.close()


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    """Give a desk on it."""
    return Desk(store)


@pytest.fixture(scope="session")
def kept_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a library with a mirror once, in which there is something of everything."""
    house = House(tmp_path_factory.mktemp("house"))
    desk = house.make()
    for person in ("p-ann", "p-bo", "p-cy"):
        desk.enrol(person)
    desk.enrol("p-dee", purposes=(Purpose.BE_SHOWN,), face=False)
    for number in range(6):
        desk.index(f"/photos/{number}.jpg", 4, {1: desk.permit("p-ann"), 2: desk.permit("p-bo")})
    desk.publish("c-1", [desk.permit("p-ann", Purpose.BE_SHOWN), desk.permit("p-dee", Purpose.BE_SHOWN)])
    desk.place("c-1")
    desk.publish("c-2", [desk.permit("p-bo", Purpose.BE_SHOWN)])
    with desk.recorded() as unit:
        unit.keep_failure(Path("/photos/x.jpg"), fingerprint="ab" * 32, size_bytes=9, modified_ns=1, why="damaged")
        unit.queue_job("rescan", total=6)
        unit.add_link("p-ann", "cd" * 32)
    desk.calibrate(0.5)
    desk.calibrate(0.75)
    desk.enrol("p-gus")
    desk.withdraw("p-gus")
    assert sql(desk).wipe()
    sql(desk).close()
    return house.root


@pytest.fixture(scope="session")
def plain_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty library with a mirror once."""
    house = House(tmp_path_factory.mktemp("plain"))
    sql(house.make()).close()
    return house.root


@pytest.fixture
def house(kept_house: Path, tmp_path: Path) -> House:
    """Give a copy of the library with its mirror: Ann, Bo and Cy have templates, Dee has none, Gus has withdrawn."""
    return House(shutil.copytree(kept_house, tmp_path / "house"))


@pytest.fixture
def housed(house: House) -> Iterator[Desk]:
    """Open it as a door does, mirror and all."""
    desk = house.open()
    yield desk
    sql(desk).close()


Statement = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def behind() -> Callable[[Path], Statement]:
    """Give a way to run SQL on a library's file behind its back, each statement on a connection of its own."""

    def connected(folder: Path) -> Statement:
        def run(statement: str, *values: object) -> list[tuple[object, ...]]:
            with closing(sqlite3.connect(folder / "library.db", isolation_level=None)) as connection:
                return connection.execute(statement, values).fetchall()

        return run

    return connected
