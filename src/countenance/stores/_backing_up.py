"""Making a backup: a folder that appears whole or not at all, and only after it was restored in memory."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from countenance.errors import BackupDamaged, BackupNotWritten, UsageWrong
from countenance.ledger import Actor, Entry, EntryKind
from countenance.ports import Vault
from countenance.stores import _manifest, _placing
from countenance.stores._copying import Copied, copied
from countenance.stores._engine import FILE_NAME
from countenance.stores._founding import key_check
from countenance.stores._manifest import MANIFEST, Manifest
from countenance.stores._outside import Outside
from countenance.stores._restoration import Restoration
from countenance.stores._restoring import restored
from countenance.stores._rows import RowKeys
from countenance.stores._spelling import moment_number

# In the restoration that only tries a backup out, and is thrown away.
_TRIAL: Final = Actor("system", "backup")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, and verified by restoring it: where, of how much, and whether the mirror is current.

    `ledger_size` is the number of ledger entries in it, `size_bytes` what its database takes, `removed` are older
    backups that were taken away for it, `entry` is the place of the ledger entry about it.
    """

    folder: Path
    library: str
    at: datetime
    people: int
    photos: int
    ledger_size: int
    root: bytes
    size_bytes: int
    mirror_current: bool
    removed: tuple[Path, ...] = ()
    entry: int = -1


class Prepared:
    """A backup that is written and verified, under a name that nobody takes for a backup's."""

    def __init__(self, unfinished: Path, backup: Backup) -> None:
        self._unfinished = unfinished
        self._place = unfinished
        self.backup = backup

    def place(self) -> None:
        """Give it its name.

        Raises:
            BackupNotWritten: it cannot be done.
        """
        try:
            self._unfinished.rename(self.backup.folder)
            self._place = self.backup.folder
            _placing.sync_folder(self.backup.folder.parent)
        except OSError as problem:
            raise _not_written(self.backup.folder, problem) from problem

    def remove(self) -> None:
        """Take it away, wherever it is."""
        _remove(self._place)


@contextmanager
def prepared(
    to: Path, *, engine: Engine, vault: Vault, row_keys: RowKeys, now: datetime, mirror_current: bool
) -> Iterator[Prepared]:
    """Write a backup and verify it by restoring it in memory; if the block does not end well, nothing is left of it.

    Raises:
        BackupNotWritten: there is no room, or no access.
        BackupDamaged: what was written does not come back, or does not restore.
        LibraryBusy: another process makes a backup there.
    """
    image, copy = copied(engine, vault.library, row_keys, moment_number(now))
    manifest = _manifest_of(copy, vault)
    unfinished = to / f".{_manifest.prefix(vault.library)[:-1]}{_placing.UNFINISHED}"
    try:
        _placing.make_folder(unfinished)
        holding = _placing.held(unfinished, busy=f"another process is making a backup in {to}")
        with holding:
            backup = Prepared(unfinished, _described(copy, manifest, now, to, mirror_current=mirror_current))
            try:
                _write(unfinished, image, manifest.to_json(vault))
                del image  # what is tried out is what the disk gives back
                _try_out(unfinished, copy, vault, row_keys, now)
                yield backup
            except BaseException:
                backup.remove()
                raise
    except OSError as problem:
        raise _not_written(to, problem) from problem


def thin_out(to: Path, vault: Vault, *, keep: int, made: Path) -> tuple[Path, ...]:
    """Remove the oldest backups of a library in a folder until so many are left; gives those that went."""
    removed: list[Path] = []
    with suppress(OSError):
        others = [folder for _, folder in _manifest.earlier_backups(to, vault) if folder != made]
        for folder in others[: max(0, len(others) + 1 - keep)]:
            _remove(folder)
            removed.append(folder)
    return tuple(removed)


def refuse_inside(to: Path, library: Path) -> None:
    """Refuse a place for backups inside the library's folder.

    Raises:
        UsageWrong: it is one.
    """
    if to.resolve().is_relative_to(library.resolve()):
        raise UsageWrong("the backup would lie inside the library's folder", remedy="give a folder somewhere else")


def _manifest_of(copy: Copied, vault: Vault) -> Manifest:
    state = copy.state
    return Manifest(
        library=vault.library,
        format=state.format,
        roll=state.roll,
        at=state.at,
        key_check=key_check(vault),
        ledger_size=state.size,
        root=state.root,
        counts=copy.counts,
        size_bytes=copy.size_bytes,
        sha256=copy.sha256,
    )


def _described(copy: Copied, manifest: Manifest, now: datetime, to: Path, *, mirror_current: bool) -> Backup:
    return Backup(
        folder=_free_name(to, manifest.name),
        library=manifest.library,
        at=now,
        people=copy.people,
        photos=copy.photos,
        ledger_size=manifest.ledger_size,
        root=manifest.root,
        size_bytes=manifest.size_bytes,
        mirror_current=mirror_current,
    )


def _write(folder: Path, image: bytes, manifest: bytes) -> None:
    for left_over in sorted(folder.iterdir()):  # by a process that was killed
        left_over.unlink()
    _placing.write_new(folder / FILE_NAME, image)
    _placing.write_new(folder / MANIFEST, manifest)
    _placing.sync_folder(folder)


def _try_out(folder: Path, copy: Copied, vault: Vault, row_keys: RowKeys, now: datetime) -> None:
    """Restore a backup as it lies on the disk, in memory, with the template keys of the moment."""
    manifest = _manifest.manifest_of(folder, vault)
    _, restoration = restored(
        _manifest.image_of_backup(folder, manifest),
        copy.state,
        Outside(None, vault.library),
        vault=vault,
        row_keys=row_keys,
        manifest=manifest,
        now=now,
        entry_for=_trial_entry,
    )
    if restoration.dropped:
        raise BackupDamaged(
            f"the templates of {len(restoration.dropped)} people would not come back",
            remedy="run `countenance verify` to see whether the library itself is whole",
        )


def _trial_entry(restoration: Restoration) -> Entry:
    return Entry(kind=EntryKind.RESTORED, at=restoration.made, actor=_TRIAL, body={}, concerns={})


def _free_name(to: Path, name: str) -> Path:
    names = [name, *(f"{name}-{number}" for number in range(2, 1000))]
    return next(to / one for one in names if not (to / one).exists())


def _remove(folder: Path) -> None:
    with suppress(OSError):
        for name in (MANIFEST, FILE_NAME):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def _not_written(to: Path, problem: OSError) -> BackupNotWritten:
    return BackupNotWritten(
        f"the backup could not be written to {to}: {problem.strerror}",
        remedy="make room or give access, or name another folder; nothing is left of it",
    )
