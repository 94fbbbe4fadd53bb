"""Formats: the migrations build what the code expects, an older library is brought up to date, wholly or not at all."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from countenance.errors import LibraryUnsuited
from countenance.stores import _migrate, _pages, _schema
from countenance.stores._verifying import _expected_schema, _schema_of
from library_desk import Desk, make_sql, open_sql

Statement = Callable[..., list[tuple[object, ...]]]
Behind = Callable[[Path], Statement]

# A format from the future: a column that may be empty, and a table.
NEXT_FORMAT = '''"""Format {number}: for this test."""

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column and a table."""
    op.add_column("photos", sa.Column("taken_at", sa.Integer(), nullable=True))
    op.create_table("albums", sa.Column("name", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("name"))
    {more}
'''


def test_migrations_build_the_schema_that_the_code_uses() -> None:
    """The tables that the migrations make are, clause by clause, those that the code declares."""
    migrated, declared = create_engine("sqlite://"), create_engine("sqlite://")
    with migrated.begin() as connection:
        _migrate.upgrade(connection)
        found = {row for row in clauses(connection) if "alembic_version" not in row[1]}
        assert compare_metadata(MigrationContext.configure(connection), _schema.metadata) == []
    with declared.begin() as connection:
        _schema.metadata.create_all(connection)
        assert clauses(connection) == found
    migrated.dispose()
    declared.dispose()


def clauses(connection: Connection) -> set[tuple[str, str, tuple[str, ...]]]:
    """Give the clauses of each table and index; their order and their lines mean nothing."""
    return {
        (kind, name, tuple(sorted(clause.strip() for clause in re.split(r"[\n,]", statement) if clause.strip())))
        for kind, name, statement in _schema_of(connection)
    }


def test_the_last_migration_is_the_format(folder: Path, behind: Behind) -> None:
    """The number of the format is the last revision's, in each of the places that tell it."""
    run = behind(folder)
    assert run("SELECT version_num FROM alembic_version") == [(str(_schema.FORMAT),)]
    assert run("SELECT format FROM library") == [(_schema.FORMAT,)]
    assert run("PRAGMA user_version") == [(_schema.FORMAT,)]
    assert run("PRAGMA application_id") == [(_schema.APPLICATION_ID,)]


@pytest.fixture
def tomorrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give a way to make the code that of tomorrow, whose format has one more migration."""

    def begin(more: str) -> None:
        number = _schema.FORMAT + 1
        folder = tmp_path / "revisions"
        folder.mkdir()
        text = NEXT_FORMAT.format(number=number, before=_schema.FORMAT, more=more)
        (folder / "next_format.py").write_text(text, encoding="utf-8")
        upgrade = _migrate.upgrade
        monkeypatch.setattr(_migrate, "upgrade", lambda connection: upgrade(connection, more=folder))
        monkeypatch.setattr(_schema, "FORMAT", number)
        constants = [
            (60, number.to_bytes(4, "big"), name) if at == 60 else (at, value, name)
            for at, value, name in _pages.CONSTANTS
        ]
        monkeypatch.setattr(_pages, "CONSTANTS", tuple(constants))
        _expected_schema.cache_clear()

    yield begin
    _expected_schema.cache_clear()


def test_an_older_library_is_brought_to_this_format(
    lived_in: Path, behind: Behind, tomorrow: Callable[[str], None]
) -> None:
    """R41: opening a library of an older format upgrades it; rows, seals and ledger stay whole."""
    tomorrow("")
    store = open_sql(lived_in)
    desk = Desk(store)
    assert desk.referenced() == ["p-ann", "p-bo"]
    assert desk.problems() == []
    run = behind(lived_in)
    assert run("SELECT format FROM library") == run("PRAGMA user_version") == [(_schema.FORMAT,)]
    assert run("SELECT count(*) FROM photos WHERE taken_at IS NULL") == [(12,)]
    store.close()
    open_sql(lived_in).close()


def test_a_new_library_has_the_newest_format(tmp_path: Path, tomorrow: Callable[[str], None]) -> None:
    """A library that is made goes through all migrations."""
    tomorrow("")
    store = make_sql(tmp_path / "new")
    assert Desk(store).problems() == []
    store.close()


def test_an_upgrade_that_fails_changes_nothing(lived_in: Path, tomorrow: Callable[[str], None]) -> None:
    """R41: an upgrade is one transaction; an error in its last step leaves the library as it was."""
    before = (lived_in / "library.db").read_bytes()
    tomorrow("raise RuntimeError('the power failed')")
    with pytest.raises(RuntimeError, match="power"):
        open_sql(lived_in)
    assert (lived_in / "library.db").read_bytes() == before


def test_an_older_version_leaves_a_newer_library_alone(
    lived_in: Path, tomorrow: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that was upgraded is refused by the version before, and not changed by it."""
    tomorrow("")
    open_sql(lived_in).close()
    before = (lived_in / "library.db").read_bytes()
    monkeypatch.setattr(_schema, "FORMAT", _schema.FORMAT - 1)
    with pytest.raises(LibraryUnsuited):
        open_sql(lived_in)
    assert (lived_in / "library.db").read_bytes() == before
