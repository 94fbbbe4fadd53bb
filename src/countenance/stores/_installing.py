"""Putting a restored library into its folder: whole or not at all, and never over anything."""

from datetime import datetime
from pathlib import Path

from countenance.errors import LibraryExists, LibraryProblem
from countenance.ports import Vault
from countenance.stores import _placing
from countenance.stores._engine import FILE_NAME
from countenance.stores._manifest import image_of_backup, manifest_of
from countenance.stores._mirror import Mirror
from countenance.stores._outside import Outside
from countenance.stores._restoration import EntryFor, Restoration
from countenance.stores._restoring import restored
from countenance.stores._rows import row_keys_of

# What SQLite keeps beside a database. Left over from another one it would be taken for this one's.
BESIDE = ("-wal", "-shm", "-journal")


def install(
    source: Path,
    folder: Path,
    *,
    vault: Vault,
    mirror: Mirror | None,
    now: datetime,
    entry_for: EntryFor,
) -> Restoration:
    """Restore a backup in memory and write the library that comes of it into a folder that holds none.

    Raises:
        BackupDamaged, KeyWrong, LibraryUnsuited: the backup cannot be restored.
        LibraryExists: there is a library, or the remains of one.
        LibraryBusy: another process restores one there.
        LibraryProblem: there is no room, or no access.
    """
    file = folder / FILE_NAME
    _refuse_remains(file)
    manifest = manifest_of(source, vault)
    try:
        said = None if mirror is None else mirror.read()
        outside = Outside(None if mirror is None else mirror.folder, vault.library)
    except OSError as problem:
        raise LibraryProblem(
            f"the mirror cannot be read: {problem.strerror}", remedy="give access to it, or name another with --mirror"
        ) from problem
    image, restoration = restored(
        image_of_backup(source, manifest),
        said,
        outside,
        vault=vault,
        row_keys=row_keys_of(vault),
        manifest=manifest,
        now=now,
        entry_for=entry_for,
    )
    try:
        _placing.make_folder(folder)
        with _placing.held(folder, busy=f"another process is restoring a library into {folder}"):
            _place(image, file)
    except FileExistsError as problem:
        raise _exists(folder) from problem
    except OSError as problem:
        raise LibraryProblem(
            f"no library can be written to {folder}: {problem.strerror}",
            remedy="make room or give access, or choose another folder; nothing is left of it",
        ) from problem
    return restoration


def clear_leavings(folder: Path) -> None:
    """Take away what a process left that was killed while it restored a library into this folder.

    Raises:
        OSError: it cannot be done.
    """
    _placing.destroy(_unfinished(folder / FILE_NAME))


def _place(image: bytes, file: Path) -> None:
    unfinished = _unfinished(file)
    _placing.destroy(unfinished)
    try:
        _placing.write_new(unfinished, image)
        _placing.give_name(unfinished, file)
    except BaseException:
        _placing.destroy(unfinished)
        raise


def _refuse_remains(file: Path) -> None:
    for one in (file, *(file.with_name(file.name + more) for more in BESIDE)):
        if one.exists() or one.is_symlink():
            raise _exists(file.parent)


def _unfinished(file: Path) -> Path:
    return file.with_name(file.name + _placing.UNFINISHED)


def _exists(folder: Path) -> LibraryExists:
    return LibraryExists(
        f"there is a library in {folder} already, or the remains of one", remedy="restore into another folder"
    )
