"""What a doctor looks at before anything is opened for work: the model files, the library, its key, the disk."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from countenance.errors import CountenanceError, NoLibrary
from countenance.keys import KeyFile, KeySource, MasterVault, default_key_path, read_key
from countenance.ports import Check, Vault
from countenance.stores import SqlStore
from countenance.vision import catalogue, verified

# With less free space than this a library of some ten thousand photos may not find room to wipe what was erased.
LEAST_FREE_BYTES = 200_000_000
MEGABYTE = 1_000_000


def key_place(library: str, key: KeySource | None) -> Path | None:
    """Give the file that holds the master key of the library with this id; None if it is in no file.

    Raises:
        UsageWrong: that is no id of a library.
    """
    match key:
        case None:
            return default_key_path(library)
        case KeyFile(path):
            return path
        case _:
            return None


def condition(folder: Path, *, key: KeySource | None) -> tuple[Check, ...]:
    """Say what is there and what is wrong with it; that there is no library in the folder is not wrong by itself."""
    return (_models(), *_library(folder, key), _space(folder))


def _models() -> Check:
    try:
        names = [f"{card.name} {card.version}" for card in catalogue() if verified(card)]
    except CountenanceError as problem:
        return Check("models", ok=False, detail=f"{problem.what}; {problem.remedy}")
    return Check("models", ok=True, detail=f"{', '.join(names)}: each file is the one in the catalogue")


def _library(folder: Path, key: KeySource | None) -> Iterator[Check]:
    asked: list[str] = []

    def vault(library: str) -> Vault:
        asked.append(library)
        return MasterVault(read_key(key or KeyFile(default_key_path(library))), library)

    try:
        SqlStore.open(folder, vault_for=vault).close()
    except NoLibrary:
        yield Check("library", ok=True, detail=f"there is none in {folder}")
        return
    except CountenanceError as problem:
        yield Check("library", ok=False, detail=f"{problem.what}; {problem.remedy}")
    else:
        size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
        yield Check("library", ok=True, detail=f"{asked[0]} in {folder}, {size / MEGABYTE:.1f} MB")
    for library in asked:
        yield _key(library, key)


def _key(library: str, key: KeySource | None) -> Check:
    """Say where the key is and who may read it; the key itself is told to nobody."""
    path = key_place(library, key)
    if path is None:
        return Check("key", ok=True, detail="from a command or a variable, not from a file")
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return Check("key", ok=False, detail=f"there is no key file at {path}; the library does not open without it")
    private = os.name != "posix" or not mode & (stat.S_IRWXG | stat.S_IRWXO)
    who = "for its owner alone" if private else "others may read it"
    return Check("key", private, f"{path} ({mode:04o}: {who})")


def _space(folder: Path) -> Check:
    place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    free = shutil.disk_usage(place).free
    return Check("disk", free >= LEAST_FREE_BYTES, f"{free / MEGABYTE:,.0f} MB free at {place}")
