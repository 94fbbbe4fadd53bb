"""A library in one SQLite file, `library.db`, while it is open; the format is promised in docs/formats/store.md."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, select

from countenance.errors import (
    CheckpointInvalid,
    CountenanceError,
    KeyWrong,
    LibraryProblem,
    SealBroken,
    StoreBroken,
)
from countenance.ledger import Entry
from countenance.ports import Check, Vault
from countenance.stores import _resting, _schema
from countenance.stores._engine import READING, WRITING, connect, transaction, translated
from countenance.stores._founding import key_check
from countenance.stores._mirror import Mirror
from countenance.stores._mirroring import MIRRORED_TABLES, MirrorKeeper
from countenance.stores._outside import Outside
from countenance.stores._reading import SqlReading
from countenance.stores._reading_base import ONLY
from countenance.stores._rekeying import Kept, kept, prepare, rekey
from countenance.stores._rows import Rows, row_keys_of
from countenance.stores._spelling import moment_number, moment_of
from countenance.stores._unit import SqlUnit
from countenance.stores._verifying import verified

MirrorFor = Callable[[str], Path]
"""Give the folder of the mirror of the library with this id."""

U = TypeVar("U", bound=SqlUnit)

# Wiping waits for readers in short steps, about two seconds in all: reads are short, and who waits longer is told.
WIPE_TRIES: Final = 6
WIPE_PAUSE_SECONDS: Final = 0.1
WIPE_BUSY_SECONDS: Final = 0.25


class OpenStore:
    """A library in a folder. Each unit has a connection of its own, so threads and processes may share a library."""

    def __init__(self, file: Path, engine: Engine, vault: Vault, mirror_for: MirrorFor | None = None) -> None:
        """Use `SqlStore.make`, `SqlStore.open` or `SqlStore.restore`."""
        self._file = file
        self._engine = engine
        self._wrote = False
        self._mirror_for = mirror_for
        # The last moment that was told: when the mirror says that it was written.
        self._moment = 0
        self._use(vault)

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
        with self._writing(SqlUnit, now) as unit:
            yield unit

    @contextmanager
    def _writing(self, kind: type[U], now: datetime) -> Iterator[U]:
        written = None
        self._moment = moment_number(now)
        try:
            with self._transaction(WRITING) as connection:
                unit = kind(connection, self._vault, self._row_keys, now)
                unit.outside = self._outside
                roll = unit.roll()
                yield unit
                unit.finish()
                public_key = unit.verifying_key() if unit.signed else b""
                if unit.roll() != roll or unit.touched & MIRRORED_TABLES:
                    # The last thing before the commit: what is lost in between is a withdrawal too many, never too few.
                    written = self._mirror.keep(connection, self._moment)
        except BaseException:
            self._mirror.undo(written, self._engine)
            raise
        self._wrote = True
        if unit.signed:
            # Only now that it is committed, and before it is shown to anybody: what is remembered is never ahead.
            self._outside.remember(unit.signed, public_key=public_key)

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
        self._moment = moment_number(now)
        written = None
        try:
            with self._transaction(WRITING) as connection:
                vault = make()
                counted = kept(connection)
                prepare(connection, self._vault, self._row_keys)
                unit = SqlUnit(connection, self._vault, self._row_keys, now)
                place = unit.record(entry(counted))
                unit.finish()
                rekey(connection, self._vault, vault)
                written = self._mirror_under(vault).keep(connection, self._moment, before=self._mirror.said())
        except BaseException:
            self._mirror.undo(written, self._engine)
            raise
        self._use(vault)
        self._wrote = True
        return counted, place

    def wipe(self) -> bool:
        """Push erased bytes out of every file; False if a reader, a writer or a full disk was in the way.

        Overwriting deleted rows with zeros is not enough: when SQLite rebalances a tree it leaves copies of rows in the
        unused parts of pages, which no later deletion finds. So after an erasure the database is written anew.
        """
        return self._wiped_in_time() and self._mirror_brought_up()

    def verify(self, *, now: datetime) -> tuple[Check, ...]:
        """Check rows, seals, receipts, invariants, the ledger and the database's own pages; damage is an answer."""
        checks = verified(self._file, self._vault, self._row_keys, now)
        if not self._mirror.there_is:
            return checks
        try:
            # A mirror that is behind is no damage to the library, as bytes are none that wait to be wiped.
            return (*checks, replace(self.mirror_check(), ok=True))
        except CountenanceError:  # it was said above
            return checks

    def mirror_check(self) -> Check:
        """Say where the mirror is, and whether it is as it should be; one that is behind is written, if it can be.

        Raises:
            LibraryBusy: another process holds the library too long.
        """
        self._mirror_brought_up()
        with self._transaction(READING) as connection:
            check = self._mirror.check(connection)
        if check.ok and not self._is_remembered():
            behind = f"the checkpoint in {self._mirror.folder} is behind, because it cannot be written"
            return replace(check, ok=False, detail=behind)
        return check

    def close(self) -> None:
        """Let go of the files; the last one to do so leaves `library.db` alone in its folder."""
        if self._wrote:
            # For the checkpoint in it; it is a comfort, not a need.
            with suppress(CountenanceError):
                self._mirror_brought_up(whole=True)
            # Without the digest nothing is lost: the rows have their seals.
            with suppress(CountenanceError):
                self._rest()
        self._engine.dispose()

    def _rest(self) -> None:
        with self._transaction(WRITING) as connection:
            _resting.keep_digest(connection, key=self._vault.derive(_resting.REST_LABEL))
        self._wrote = False

    def _mirror_brought_up(self, *, whole: bool = False) -> bool:
        """Write the mirror if it is behind (the `whole` of it: its checkpoint too); False if that cannot be done."""
        try:
            self._bring_up_checkpoint()
            with self._transaction(READING) as connection:
                if self._mirror.is_current(connection, whole=whole):
                    return True
            with self._transaction(WRITING) as connection:
                return self._mirror.keep(connection, self._moment).done
        except LibraryProblem:
            return False

    def _bring_up_checkpoint(self) -> None:
        """Remember outside what was signed last: whoever signed it may have been killed before it was remembered."""
        with suppress(StoreBroken, SealBroken, CheckpointInvalid):  # of a damaged library, nothing is remembered
            note, public_key = self._last_note()
            self._outside.remember(note, public_key=public_key)

    def _is_remembered(self) -> bool:
        with suppress(StoreBroken, SealBroken, CheckpointInvalid):  # what is damaged is told elsewhere
            note, public_key = self._last_note()
            return self._outside.has(note, public_key=public_key)
        return True

    def _last_note(self) -> tuple[str, bytes]:
        with self._transaction(READING) as connection:
            reading = SqlReading(connection, self._vault, moment_of(self._moment))
            return reading.last_checkpoint(), reading.verifying_key()

    def _wipe_what_is_due(self) -> None:
        """Finish a wipe that a crash or a reader kept from being done; if it cannot be now, it stays due."""
        with self._transaction(READING) as connection:
            due = connection.execute(select(_schema.standing.c.wipe_due)).scalar_one_or_none()
        if due:
            self._wiped_in_time()

    def _wiped_in_time(self) -> bool:
        for attempt in range(WIPE_TRIES):
            if attempt:
                time.sleep(WIPE_PAUSE_SECONDS)
            if self._wiped():
                return True
        return False

    def _wiped(self) -> bool:
        try:
            with translated(), closing(connect(self._file, busy_seconds=WIPE_BUSY_SECONDS)) as connection:
                due = value(connection, "SELECT wipe_due FROM standing")
                if due:
                    self._mark_changed()
                    connection.execute("VACUUM").close()
                # A reader makes a checkpoint incomplete without an error: the first column says so.
                if value(connection, "PRAGMA wal_checkpoint(TRUNCATE)"):
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
        self._mirror = self._mirror_under(vault)
        self._outside = Outside(self._mirror.folder, vault.library)

    def _mirror_under(self, vault: Vault) -> MirrorKeeper:
        mirror = None if self._mirror_for is None else Mirror(self._mirror_for(vault.library), vault)
        return MirrorKeeper(mirror, vault.library)

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


def value(connection: sqlite3.Connection, statement: str) -> int:
    """Give the one number that a statement asks for."""
    with closing(connection.execute(statement)) as cursor:
        return int(cursor.fetchone()[0])
