"""What every test may ask for: a moment that stands still, Hypothesis settings, and the guard over bundled photos."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

PROJECT = Path(__file__).resolve().parent.parent
BUNDLED_PHOTOS = PROJECT / "src/countenance/demo/photos"
REQUIREMENT = re.compile(r"\bR\d{1,2}\b")
# Several times the statements that the store can send.
COMPILED_KEPT = 4000

# On a busy machine an example may take long without anything being wrong, so time never decides.
settings.register_profile(
    "house", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "nightly", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("house")  # another one: --hypothesis-profile=nightly


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k` find tests by the requirement that their docstring names."""
    docstring = getattr(getattr(item, "obj", None), "__doc__", None) or ""
    item.extra_keyword_matches.update(REQUIREMENT.findall(docstring))


@pytest.fixture
def now() -> datetime:
    """Give the moment at which a test takes place."""
    return datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def home_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no test come near the user's own data folder, where keys and mirrors are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Let all engines of a process share their compiled statements: thousands of libraries are opened for a test each.

    By itself every engine compiles anew what it sends, since it has a dialect of its own; that took a third of the
    time of a test of the store. What is sent is the same: there is one SQLite, and one version of it.
    """
    compiled: LRUCache[object, object] = LRUCache(COMPILED_KEPT)
    made = Engine.__init__

    def make(engine: Engine, *given: Any, **named: Any) -> None:  # noqa: ANN401  (as SQLAlchemy makes it)
        made(engine, *given, **named)
        engine.update_execution_options(compiled_cache=compiled)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", make)
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda _: hash(SQLiteDialect_pysqlite))
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
        yield


def bundled_photo_hashes() -> dict[str, str]:
    """Give each photo that comes with the project, by its path in it, with its SHA-256."""
    return {
        path.relative_to(PROJECT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(BUNDLED_PHOTOS.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session", autouse=True)
def originals_untouched() -> Iterator[None]:
    """R19: after the whole suite the bundled photos are, to the byte, what they were before it."""
    before = bundled_photo_hashes()
    yield
    after = bundled_photo_hashes()
    if before != after:
        changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        pytest.fail(f"tests changed, added or removed photos that come with the project: {', '.join(changed)}")
