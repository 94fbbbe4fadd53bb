"""Backing up, restoring, and heeding the mirror: who did it, and what the ledger says about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from countenance.errors import LibraryUnsuited, UsageWrong
from countenance.keys import KeySource, MasterVault, read_key, source_of
from countenance.ledger import Actor, Entry, EntryKind
from countenance.library._mirrors import mirror_outside, mirror_place
from countenance.ports import Clock, Person, Store, Vault
from countenance.stores import Backup, Restoration, SqlStore


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Restored:
    """A library that was made from a backup: its folder, where its mirror is, and what was brought back and ended.

    `people` are those of the restored library whose names its messages need.
    """

    folder: Path
    mirror: Path
    restoration: Restoration
    people: tuple[Person, ...]


def back_up(store: Store, to: Path, *, keep: int | None, actor: Actor, now: datetime) -> Backup:
    """Make a backup of a library in a folder of its own below `to`.

    Raises:
        LibraryUnsuited: the library is in no file.
        UsageWrong: `to` is in the library's folder, or less than one backup is to be kept.
        BackupNotWritten, BackupDamaged, LibraryBusy: there is no backup, and nothing is left of the attempt.
    """
    if not isinstance(store, SqlStore):
        raise LibraryUnsuited(
            "this library is in no file, so there is nothing to back up", remedy="make one in a folder"
        )
    if keep is not None and keep < 1:
        raise UsageWrong(f"{keep} backups cannot be kept", remedy="keep 1 or more")

    def entry(backup: Backup) -> Entry:
        body = {"people": backup.people, "photos": backup.photos, "ledger_size": backup.ledger_size}
        return Entry(kind=EntryKind.BACKED_UP, at=now, actor=actor, body=body, concerns={})

    return store.backup(to, now=now, entry_for=entry, keep=keep)


def restore(
    source: Path,
    folder: Path,
    *,
    key: KeySource | None = None,
    mirror: Path | None = None,
    account: str = "unnamed",
    clock: Clock = _utc_now,
) -> Restored:
    """Make a library in a folder that holds none, out of a backup and the mirror of the library that was backed up.

    Raises:
        BackupDamaged: it is no backup, or it or the mirror was changed.
        KeyMissing, KeyWrong: the library's key is not there.
        LibraryExists: there is a library in the folder, or the remains of one.
        LibraryUnsuited: a newer version made the backup.
    """
    now = clock()

    def vault(library: str) -> Vault:
        return MasterVault(read_key(source_of(key, library)), library)

    store, restoration = SqlStore.restore(
        source,
        folder,
        vault_for=vault,
        mirror_for=mirror_outside(folder, mirror),
        now=now,
        entry_for=restored_entry(Actor("steward", account), now),
    )
    try:
        with store.read(now=now) as reading:
            return Restored(folder, mirror_place(store.library, mirror), restoration, reading.people())
    finally:
        store.close()


def heed_mirror(store: SqlStore, *, actor: Actor, now: datetime) -> Restoration | None:
    """Bring a library that was put back from an older copy to what is known since; None if it was not."""
    return store.heed_mirror(now=now, entry_for=restored_entry(actor, now, in_place=True))


def restored_entry(actor: Actor, now: datetime, *, in_place: bool = False) -> Callable[[Restoration], Entry]:
    """Give a way to write the ledger entry of a restoration; those whose consent it ended are told."""

    def entry(restoration: Restoration) -> Entry:
        return Entry(
            kind=EntryKind.RESTORED,
            at=now,
            actor=actor,
            body={
                "backup_ledger_size": restoration.ledger_size,
                "checkpoint_ledger_size": restoration.checkpoint,
                "withdrawn": len(restoration.ended),
                "forgotten": len(restoration.forgotten),
                "templates_dropped": len(restoration.dropped),
                "mirror": restoration.checkpoint is not None,
                "in_place": in_place,
                "branch": restoration.branch,
            },
            concerns={
                person: {"purposes": [str(purpose) for purpose in purposes]}
                for person, purposes in restoration.ended.items()
            },
        )

    return entry
