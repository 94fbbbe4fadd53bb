"""The SQL store: a library in one SQLite file, `library.db`; its format is promised in docs/formats/store.md."""

import hmac
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Connection, Engine, select

from countenance.consent import Policy
from countenance.errors import (
    CountenanceError,
    KeyWrong,
    LibraryExists,
    LibraryProblem,
    LibraryUnsuited,
    StoreBroken,
)
from countenance.ledger import Entry
from countenance.ports import Check, Vault
from countenance.stores import _resting, _schema
from countenance.stores._engine import FILE_NAME, READING, WRITING, connect, make_engine, transaction, translated
from countenance.stores._founding import bring_up_to_date, found, has_tables, key_check
from countenance.stores._keyless import birth_in
from countenance.stores._reading import SqlReading
from countenance.stores._reading_base import ONLY
from countenance.stores._rekeying import Kept, kept, prepare, rekey, row_keys_of
from countenance.stores._rows import Rows
from countenance.stores._unit import SqlUnit
from countenance.stores._verifying import verified

VaultFor = Callable[[str], Vault]
"""Give the vault of the library with this id."""

# Nobody but the owner reads or writes.
FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
# Wiping waits for readers in short steps, about two seconds in all: reads are short, and who waits longer is told.
WIPE_TRIES: Final = 6
WIPE_PAUSE_SECONDS: Final = 0.1
WIPE_BUSY_SECONDS: Final = 0.25


class SqlStore:
    """A library in a folder. Each unit has a connection of its own, so threads and processes may share a library."""

    def __init__(self, file: Path, engine: Engine, vault: Vault) -> None:
        """Use `SqlStore.make` or `SqlStore.open`."""
        self._file = file
        self._engine = engine
        self._wrote = False
        self._use(vault)

    @classmethod
    def make(cls, folder: Path, *, vault_for: VaultFor, policy: Policy, entry: Entry, library: str = "") -> Self:
        """Make an empty library with its keys, its policy and its first ledger entry, whose moment is its birth.

        Raises:
            LibraryExists: there is something in the folder under that name already.
            KeyMissing: no master key, from `vault_for`.
        """
        file = folder / FILE_NAME
        # An empty database is nobody's: it is what a crash while making leaves, and it is made again.
        if file.exists() and not _is_empty(file):
            raise _exists(folder)
        # Only now, because a vault for a new library may make its key.
        vault = vault_for(library or secrets.token_hex(16))
        _make_file(file)
        with translated(), closing(connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL").close()
        store = cls(file, make_engine(file), vault)
        with store._or_closed(), transaction(store._engine, WRITING) as connection:
            if has_tables(connection):
                raise _exists(folder)
            found(connection, vault, store._row_keys, policy=policy, entry=entry)
        store._wrote = True
        return store

    @classmethod
    def open(cls, folder: Path, *, vault_for: VaultFor) -> Self:
        """Open a library; one of an older format is brought to this one.

        Raises:
            NoLibrary: there is none in this folder.
            LibraryUnsuited: a newer version made it.
            KeyWrong: the vault is not this library's.
            StoreBroken: the database is damaged.
        """
        made = birth_in(folder)
        if made.format > _schema.FORMAT:
            raise LibraryUnsuited(
                f"the library has format {made.format}; this version knows formats up to {_schema.FORMAT}",
                remedy="update Countenance",
            )
        vault = vault_for(made.library)
        if not hmac.compare_digest(key_check(vault), made.key_check):
            raise KeyWrong(
                "the master key is not the one of this library",
                remedy="give the key that was made with this library; a copy of it may be with your backups",
            )
        file = folder / FILE_NAME
        store = cls(file, make_engine(file), vault)
        if made.format < _schema.FORMAT:
            with store._or_closed(), store._transaction(WRITING) as connection:
                bring_up_to_date(connection, vault, store._row_keys)
            store._wrote = True
        with store._or_closed():
            store._wipe_what_is_due()
        return store

    @property
    def library(self) -> str:
        """The id of the library."""
        return self._vault.library

    @contextmanager
    def read(self, *, now: datetime) -> Iterator[SqlReading]:
        """Give a snapshot to read from.

        Raises:
            LibraryBusy: another process holds the library too long.
            KeyWrong: the library's key was changed since it was opened.
        """
        with self._transaction(READING) as connection:
            yield SqlReading(connection, self._vault, now)

    @contextmanager
    def write(self, *, now: datetime) -> Iterator[SqlUnit]:
        """Give a transaction.

        Raises:
            LibraryBusy: another process holds the library too long.
            KeyWrong: the library's key was changed since it was opened.
            DeedUnrecorded: something was changed and no entry recorded.
        """
        with self._transaction(WRITING) as connection:
            unit = SqlUnit(connection, self._vault, self._row_keys, now)
            yield unit
            unit.finish()
        self._wrote = True

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other writer out, for what is done beside the database; nothing in it is changed.

        Raises:
            LibraryBusy: another process holds the library too long.
            KeyWrong: the library's key was changed since it was opened.
        """
        with self._transaction(WRITING):
            yield

    def rekey(self, make: Callable[[], Vault], *, now: datetime, entry: Callable[[Kept], Entry]) -> tuple[Kept, int]:
        """Put the library under another master key; gives what was put under it, and the place of the ledger entry.

        `make` makes the new vault while every other writer is kept out, so that no two processes make one at a time.
        The store goes on with it. `wipe` pushes out what the old key could open.

        Raises:
            LibraryBusy: another process holds the library too long.
            StoreBroken, SealBroken: something was changed behind the library's back; nothing is changed.
            KeyWrong: the key is the old one, or was changed since the library was opened.
        """
        with self._transaction(WRITING) as connection:
            vault = make()
            counted = kept(connection)
            prepare(connection, self._vault, self._row_keys)
            unit = SqlUnit(connection, self._vault, self._row_keys, now)
            place = unit.record(entry(counted))
            unit.finish()
            rekey(connection, self._vault, vault)
        self._use(vault)
        self._wrote = True
        return counted, place

    def wipe(self) -> bool:
        """Push erased bytes out of every file; False if a reader, a writer or a full disk was in the way.

        Overwriting deleted rows with zeros is not enough: when SQLite rebalances a tree it leaves copies of rows in the
        unused parts of pages, which no later deletion finds. So after an erasure the database is written anew.
        """
        for attempt in range(WIPE_TRIES):
            if attempt:
                time.sleep(WIPE_PAUSE_SECONDS)
            if self._wiped():
                return True
        return False

    def verify(self, *, now: datetime) -> tuple[Check, ...]:
        """Check rows, seals, receipts, invariants, the ledger and the database's own pages; damage is an answer."""
        return verified(self._file, self._vault, self._row_keys, now)

    def close(self) -> None:
        """Let go of the files; the last one to do so leaves `library.db` alone in its folder."""
        if self._wrote:
            # Without the digest nothing is lost: the rows have their seals.
            with suppress(CountenanceError):
                self._rest()
        self._engine.dispose()

    def _rest(self) -> None:
        with self._transaction(WRITING) as connection:
            _resting.keep_digest(connection, key=self._vault.derive(_resting.REST_LABEL))
        self._wrote = False

    def _wipe_what_is_due(self) -> None:
        """Finish a wipe that a crash or a reader kept from being done; if it cannot be now, it stays due."""
        with self._transaction(READING) as connection:
            due = connection.execute(select(_schema.standing.c.wipe_due)).scalar_one_or_none()
        if due:
            self.wipe()

    def _wiped(self) -> bool:
        try:
            with translated(), closing(connect(self._file, busy_seconds=WIPE_BUSY_SECONDS)) as connection:
                due = _value(connection, "SELECT wipe_due FROM standing")
                if due:
                    self._mark_changed()
                    connection.execute("VACUUM").close()
                # A reader makes a checkpoint incomplete without an error: the first column says so.
                if _value(connection, "PRAGMA wal_checkpoint(TRUNCATE)"):
                    return False
            if due:
                self._settle_wipes(due)
        except LibraryProblem:
            # Busy, or no room to write it anew: what was erased is gone from the tables and waits to be wiped.
            return False
        return True

    def _mark_changed(self) -> None:
        with self._transaction(WRITING) as connection:
            _resting.mark_changed(connection)
        self._wrote = True

    def _settle_wipes(self, done: int) -> None:
        # Counted down, not set to zero: another process may have erased something since.
        with self._transaction(WRITING) as connection:
            rows = Rows(connection, self._row_keys)
            left = connection.execute(select(_schema.standing.c.wipe_due)).scalar_one() - done
            rows.update(_schema.standing, _schema.standing.c.place == ONLY, {"wipe_due": left})
            rows.settle()

    def _use(self, vault: Vault) -> None:
        self._vault = vault
        self._row_keys = row_keys_of(vault)
        self._key_check = key_check(vault)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        """Give a connection in a transaction of the library as it was opened: under the same master key."""
        with transaction(self._engine, begin) as connection:
            if connection.exec_driver_sql("SELECT key_check FROM library").scalar_one_or_none() != self._key_check:
                raise KeyWrong(
                    "the library's master key was changed by another process",
                    remedy="close the library and open it again with the key that it has now; nothing was half done",
                )
            yield connection

    @contextmanager
    def _or_closed(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._engine.dispose()
            raise


def _make_file(file: Path) -> None:
    try:
        file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
    except OSError as problem:
        raise LibraryProblem(
            f"no library can be made in {file.parent}: {problem.strerror}", remedy="choose another folder"
        ) from problem


def _is_empty(file: Path) -> bool:
    """Tell whether a file is a database without tables, and so nobody's."""
    try:
        with translated(), closing(connect(file)) as connection:
            return not _value(connection, "SELECT count(*) FROM sqlite_schema")
    except StoreBroken:
        return False


def _value(connection: sqlite3.Connection, statement: str) -> int:
    with closing(connection.execute(statement)) as cursor:
        return int(cursor.fetchone()[0])


def _exists(folder: Path) -> LibraryExists:
    return LibraryExists(f"there is a library in {folder} already", remedy="open it, or choose another folder")
