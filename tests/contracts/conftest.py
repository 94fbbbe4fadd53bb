"""The stores that the conformance suite runs on, each with a desk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from countenance.consent import Hold, Purpose
from countenance.ports import Store
from countenance.stores import MemoryStore
from library_desk import (
    POLICY,
    Desk,
    first_entry,
    make_sql,
    open_sql,
)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a library once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    make_sql(folder).close()
    return folder


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, made: Path, tmp_path: Path) -> Iterator[Store]:
    """Give an empty library of either kind."""
    if request.param == "memory":
        yield MemoryStore.make(policy=POLICY, entry=first_entry(), library="hollybank")
        return
    sql = open_sql(shutil.copytree(made, tmp_path / "library"))
    yield sql
    sql.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    """Give a desk on it."""
    return Desk(store)


@pytest.fixture
def busy_desk(desk: Desk) -> Desk:
    """Give a desk with a person, a photo and a pending copy, somebody who waits, and somebody whose time is up."""
    desk.enrol("p-old", days=1)
    desk.later(days=1 + POLICY.evidence_days)
    desk.enrol("p-hal", held=dict.fromkeys(Purpose, Hold.LINK))
    with desk.recorded() as unit:
        unit.queue_job("rescan", total=3)
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 3, {1: desk.permit("p-ann")})
    desk.publish("c-1", [desk.permit("p-ann", Purpose.BE_SHOWN)])
    return desk
