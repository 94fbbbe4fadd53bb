"""Verifying a library as it lies on the disk: nothing is believed, and damage is an answer, never a traceback."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from countenance.errors import CountenanceError
from countenance.ports import Check, Vault
from countenance.stores import _schema
from countenance.stores._engine import READING, make_engine, transaction
from countenance.stores._images import with_log
from countenance.stores._invariants import Invariants
from countenance.stores._pages import page_problems
from countenance.stores._reading import SqlReading
from countenance.stores._resting import REST_LABEL, UNKNOWN, digest_of, image_of, kept_digest, rest_page
from countenance.stores._rows import RowKeys, Tally, count_rows, read_tally

# What reading damaged bytes can end in.
DAMAGE: Final = (
    CountenanceError,
    SQLAlchemyError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
)
# As many problems of one kind are told; who has more has enough to do.
TOLD: Final = 3
TOO_LARGE: Final = "not looked at: the library is too large to be looked at whole"

Looking = Callable[[list[str]], str]
"""Look at one thing: add to the problems, and say in a sentence what was looked at."""


def verified(file: Path, vault: Vault, row_keys: RowKeys, now: datetime) -> tuple[Check, ...]:
    """Verify a database file by connections of its own: what others hold in memory may be older than the file."""
    engine = make_engine(file)
    try:
        return verified_in(engine, vault, row_keys, now, file=file)
    finally:
        engine.dispose()


def verified_in(
    engine: Engine, vault: Vault, row_keys: RowKeys, now: datetime, *, file: Path | None = None
) -> tuple[Check, ...]:
    """Verify a database behind an engine; one in memory has no file."""
    try:
        with transaction(engine, READING) as connection:
            pages = Pages(connection, file, vault.derive(REST_LABEL))
            seals = Seals(connection, row_keys)
            invariants = Invariants(connection, SqlReading(connection, vault, now), vault)
            return tuple(
                _check(name, look)
                for name, look in (
                    ("pages", pages.whole),
                    ("schema", pages.schema),
                    ("free pages", pages.unused),
                    ("file", pages.resting),
                    ("rows", seals.rows),
                    ("tallies", seals.tallies),
                    ("keys", invariants.keys),
                    ("people", invariants.people),
                    ("receipts", invariants.receipts),
                    ("releases", invariants.releases),
                    ("references", invariants.references),
                    ("appearances", invariants.appearances),
                    ("decisions", invariants.decisions),
                    ("forgotten", invariants.forgotten),
                    ("jobs", invariants.jobs),
                    ("ledger", invariants.ledger),
                    ("publications", invariants.publications),
                    ("calibrations", invariants.calibrations),
                    ("erasure", invariants.erasure),
                )
            )
    except CountenanceError as problem:
        return (Check("pages", ok=False, detail=problem.what),)


def _check(name: str, look: Looking) -> Check:
    problems: list[str] = []
    detail = ""
    try:
        detail = look(problems)
    except DAMAGE as problem:
        problems.append(f"it cannot be read: {problem}")
    if not problems:
        return Check(name, ok=True, detail=detail)
    more = f"; and {len(problems) - TOLD} more" if len(problems) > TOLD else ""
    return Check(name, ok=False, detail="; ".join(islice(problems, TOLD)) + more)


class Pages:
    """The database as SQLite sees it."""

    def __init__(self, connection: Connection, file: Path | None, rest_key: bytes) -> None:
        self._connection = connection
        self._file = file
        self._rest_key = rest_key

    def whole(self, problems: list[str]) -> str:
        """Let SQLite check trees, indexes, types and foreign keys."""
        found = [str(row[0]) for row in self._connection.exec_driver_sql("PRAGMA integrity_check")]
        problems += [line for line in found if line != "ok"]
        strays = self._connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        problems += [f"a row of {row[0]} belongs to one of {row[2]} that is not there" for row in strays]
        return "trees, indexes, types and foreign keys are whole"

    def schema(self, problems: list[str]) -> str:
        """Compare tables and indexes with those that the format has; there are no triggers and no views."""
        found = _schema_of(self._connection)
        expected = _expected_schema()
        problems += [f"{kind} {name} is not as the format has it" for kind, name, _ in found ^ expected]
        versions = self._connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
        if versions != [str(_schema.FORMAT)]:
            problems.append("the database does not name its format")
        return f"the tables are those of format {_schema.FORMAT}"

    def unused(self, problems: list[str]) -> str:
        """Look at the header, and whether free pages are empty."""
        image = self._image()
        if image is None:
            return TOO_LARGE
        problems += page_problems(image)
        if self._file is None:
            return "the header and the free pages are as they must be"
        log = self._file.with_name(self._file.name + "-wal")
        # While the log holds something, the file may rightly be longer or shorter than the database.
        if not (log.exists() and log.stat().st_size) and self._file.stat().st_size != len(image):
            problems.append("the file is longer than the database")
        return "the header and the free pages are as they must be"

    def resting(self, problems: list[str]) -> str:
        """Compare the whole file with the digest that was taken when it was closed, if nobody has written since."""
        kept = kept_digest(self._connection)
        if kept == UNKNOWN:
            return "not looked at: the library is in use, or was not closed in order; its rows are sealed one by one"
        image = self._image()
        if image is None:
            return TOO_LARGE
        if digest_of(image, own_page=rest_page(self._connection), key=self._rest_key) != kept:
            problems.append("the file was changed since the library was closed")
        return "every byte is as it was when the library was closed"

    def _image(self) -> bytes | None:
        image = image_of(self._connection)
        # In memory there is no log, and the header says so.
        return with_log(image) if image is not None and self._file is None else image


class Seals:
    """The seals of rows, and the tallies of tables."""

    def __init__(self, connection: Connection, row_keys: RowKeys) -> None:
        self._connection = connection
        self._row_keys = row_keys
        self._counted: dict[str, Tally] = {}

    def rows(self, problems: list[str]) -> str:
        """Check the seal of every row of every table."""
        for table in _schema.SEALED:
            tally, broken = count_rows(self._connection, self._row_keys, table)
            self._counted[table.name] = tally
            if broken:
                problems.append(f"{_rows_were(broken)} changed in {table.name}")
        return f"{sum(tally.rows for tally in self._counted.values())} rows are as they were written"

    def tallies(self, problems: list[str]) -> str:
        """Compare each table's rows with its tally: none was taken away, added, swapped or brought back."""
        for table in _schema.TALLIED:
            kept = read_tally(self._connection, self._row_keys, table.name)
            if kept != self._counted.get(table.name):
                problems.append(f"rows of {table.name} were taken away, added or brought back")
        known = set(self._connection.execute(select(_schema.tallies.c.name)).scalars())
        if known != {table.name for table in _schema.TALLIED}:
            problems.append("there are tallies of other tables")
        return f"the rows of {len(_schema.TALLIED)} tables are all there"


@cache
def _expected_schema() -> frozenset[tuple[str, str, str]]:
    from countenance.stores._migrate import upgrade  # noqa: PLC0415  (Alembic is slow to load, and rarely needed)

    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection)
            return _schema_of(connection)
    finally:
        engine.dispose()


def _schema_of(connection: Connection) -> frozenset[tuple[str, str, str]]:
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema")
    return frozenset((str(kind), str(name), str(sql)) for kind, name, sql in rows)


def _rows_were(count: int) -> str:
    return "one row was" if count == 1 else f"{count} rows were"
