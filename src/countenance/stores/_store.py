"""The SQL store from its making to its restoring; what is done with an open one is in `_sql`."""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from countenance.consent import Policy
from countenance.errors import (
    KeyWrong,
    LedgerBroken,
    LibraryBusy,
    LibraryExists,
    LibraryProblem,
    LibraryUnsuited,
    StoreBroken,
)
from countenance.ledger import Entry
from countenance.ports import Vault
from countenance.stores import _placing, _schema
from countenance.stores._backing_up import Backup, Prepared, prepared, refuse_inside, thin_out
from countenance.stores._engine import FILE_NAME, READING, WRITING, connect, make_engine, transaction, translated
from countenance.stores._founding import bring_up_to_date, found, has_tables, key_check
from countenance.stores._installing import clear_leavings, install
from countenance.stores._keyless import birth_in
from countenance.stores._manifest import library_of
from countenance.stores._mirror import Mirror
from countenance.stores._mirroring import overdue
from countenance.stores._reading import SqlReading
from countenance.stores._restoration import EntryFor, Restoration
from countenance.stores._restoring import RestoringUnit
from countenance.stores._spelling import moment_number
from countenance.stores._sql import MirrorFor, OpenStore, value

VaultFor = Callable[[str], Vault]
"""Give the vault of the library with this id."""

# A backup waits a minute, in steps of the usual patience, until it may be recorded.
RECORDING_TRIES: Final = 12


class SqlStore(OpenStore):
    """A library in a folder. Each unit has a connection of its own, so threads and processes may share a library."""

    @classmethod
    def make(
        cls,
        folder: Path,
        *,
        vault_for: VaultFor,
        policy: Policy,
        entry: Entry,
        library: str = "",
        mirror_for: MirrorFor | None = None,
    ) -> Self:
        """Make an empty library with its keys, its policy and its first ledger entry, whose moment is its birth.

        Without `mirror_for` it has no mirror: no backup of it brings a template back.

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
        with suppress(OSError):
            clear_leavings(folder)
        _make_file(file)
        with translated(), closing(connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL").close()
        store = cls(file, make_engine(file), vault, mirror_for)
        with store._or_closed(), transaction(store._engine, WRITING) as connection:
            if has_tables(connection):
                raise _exists(folder)
            found(connection, vault, store._row_keys, policy=policy, entry=entry)
            store._mirror.keep(connection, moment_number(entry.at))
        store._wrote = True
        store._bring_up_checkpoint()
        return store

    @classmethod
    def open(cls, folder: Path, *, vault_for: VaultFor, mirror_for: MirrorFor | None = None) -> Self:
        """Open a library; one of an older format is brought to this one. What its mirror knows, `heed_mirror` does.

        Raises:
            NoLibrary: there is none in this folder.
            LibraryUnsuited: a newer version made it.
            KeyWrong: the vault is not this library's.
            StoreBroken: the database is damaged.
        """
        made = birth_in(folder)
        with suppress(OSError):
            clear_leavings(folder)
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
        store = cls(file, make_engine(file), vault, mirror_for)
        if made.format < _schema.FORMAT:
            with store._or_closed(), store._transaction(WRITING) as connection:
                bring_up_to_date(connection, vault, store._row_keys)
            store._wrote = True
        with store._or_closed():
            store._wipe_what_is_due()
        return store

    def heed_mirror(self, *, now: datetime, entry_for: EntryFor) -> Restoration | None:
        """End what the mirror lists as withdrawn and the library has live; then bring the mirror up to date.

        The first thing after opening: a library whose file was put back from an older copy is brought to what is known
        since, with the entry that `entry_for` writes, and its ledger goes on under another name if it does not continue
        the checkpoint that is remembered outside. None if it was not put back.

        Raises:
            LibraryBusy: another process holds the library too long.
        """
        self._moment = moment_number(now)
        if not self._is_late(now):
            self._mirror_brought_up()
            return None
        with self._writing(RestoringUnit, now) as unit:
            # Read again under the lock: another process may have been faster.
            remembered = self._outside.remembered_of(unit)
            restoration = unit.brought_in_line(self._mirror.said(), remembered)
            if restoration is not None:
                restoration = replace(restoration, entry=unit.record(entry_for(restoration)))
                with suppress(LedgerBroken):  # it is brought in line all the same; nothing is signed until it is mended
                    unit.checkpoint()
        self.wipe()
        return restoration

    def backup(
        self, to: Path, *, now: datetime, entry_for: Callable[[Backup], Entry], keep: int | None = None
    ) -> Backup:
        """Make a backup in a folder of its own below `to`, verified by restoring it; the library may be in use.

        It holds no template key. With `keep`, the oldest backups of this library in `to` go until so many are left.

        Raises:
            UsageWrong: `to` is in the library's folder.
            BackupNotWritten: there is no room, or no access; nothing is left of it.
            BackupDamaged: what was written does not come back, or does not restore; nothing is left of it.
            LibraryBusy: another process makes a backup there, or holds the library too long.
        """
        refuse_inside(to, self._file.parent)
        with prepared(
            to,
            engine=self._engine,
            vault=self._vault,
            row_keys=self._row_keys,
            now=now,
            mirror_current=self._mirror.there_is and self._mirror_brought_up(),
        ) as backup:
            entry = self._placed(backup, entry_for(backup.backup), now)
        made = backup.backup
        removed = () if keep is None else thin_out(to, self._vault, keep=keep, made=made.folder)
        return replace(made, removed=removed, entry=entry)

    @classmethod
    def restore(
        cls,
        source: Path,
        folder: Path,
        *,
        vault_for: VaultFor,
        mirror_for: MirrorFor | None = None,
        now: datetime,
        entry_for: EntryFor,
    ) -> tuple[Self, Restoration]:
        """Make a library out of a backup, with the withdrawals and the key set of its mirror, and open it.

        Raises:
            BackupDamaged: it is no backup, or was changed, or the mirror was.
            KeyWrong: the vault is not that of the library.
            LibraryExists: there is a library in the folder already, or the remains of one.
            LibraryUnsuited: a newer version made the backup.
        """
        vault = vault_for(library_of(source))
        restoration = install(
            source,
            folder,
            vault=vault,
            mirror=None if mirror_for is None else Mirror(mirror_for(vault.library), vault),
            now=now,
            entry_for=entry_for,
        )
        store = cls.open(folder, vault_for=lambda _: vault, mirror_for=mirror_for)
        store.heed_mirror(now=now, entry_for=entry_for)
        return store, restoration

    def _placed(self, backup: Prepared, entry: Entry, now: datetime) -> int:
        """Record a backup and give it its name; a backup that is made is not thrown away because others are at work."""
        tries_left = RECORDING_TRIES
        while True:
            tries_left -= 1
            try:
                with self.write(now=now) as unit:
                    place = unit.record(entry)
                    backup.place()
            except LibraryBusy:
                if not tries_left:
                    raise
            else:
                return place

    def _is_late(self, now: datetime) -> bool:
        said = self._mirror.said()
        with self._transaction(READING) as connection:
            if said is not None and overdue(connection, said):
                return True
            return self._outside.is_ahead_of(SqlReading(connection, self._vault, now))


def _make_file(file: Path) -> None:
    try:
        file.parent.mkdir(mode=_placing.FOLDER_MODE, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, _placing.FILE_MODE))
    except OSError as problem:
        raise LibraryProblem(
            f"no library can be made in {file.parent}: {problem.strerror}", remedy="choose another folder"
        ) from problem


def _is_empty(file: Path) -> bool:
    """Tell whether a file is a database without tables, and so nobody's."""
    try:
        with translated(), closing(connect(file)) as connection:
            return not value(connection, "SELECT count(*) FROM sqlite_schema")
    except StoreBroken:
        return False


def _exists(folder: Path) -> LibraryExists:
    return LibraryExists(f"there is a library in {folder} already", remedy="open it, or choose another folder")
