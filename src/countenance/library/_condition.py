"""What a doctor looks at before anything is opened for work: the model files, the library, its key, the disk."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from countenance.errors import CountenanceError, KeyProblem, NoLibrary
from countenance.keys import KeyFile, KeyRing, KeySource, backend, read_key, source_of, waiting
from countenance.library._keys import open_store
from countenance.ports import Check
from countenance.stores import library_id, verify_tree
from countenance.vision import catalogue, verified

# With less free space than this a library of some ten thousand photos may not find room to wipe what was erased.
LEAST_FREE_BYTES = 200_000_000
MEGABYTE = 1_000_000


def condition(folder: Path, *, key: KeySource | None, mirror: Path | None = None) -> tuple[Check, ...]:
    """Say what is there and what is wrong with it; that there is no library in the folder is not wrong by itself."""
    return (_models(), *_library(folder, key, mirror), _space(folder))


def _models() -> Check:
    try:
        names = [f"{card.name} {card.version}" for card in catalogue() if verified(card)]
    except CountenanceError as problem:
        return Check("models", ok=False, detail=f"{problem.what}; {problem.remedy}")
    return Check("models", ok=True, detail=f"{', '.join(names)}: each file is the one in the catalogue")


def _library(folder: Path, key: KeySource | None, mirror: Path | None) -> Iterator[Check]:
    closed = False
    try:
        library = library_id(folder)
        with closing(open_store(folder, key=key, mirror=mirror)) as store:
            mirrored = store.mirror_check()
    except NoLibrary:
        yield Check("library", ok=True, detail=f"there is none in {folder}")
        return
    except CountenanceError as problem:
        closed = isinstance(problem, KeyProblem)
        yield Check("library", ok=False, detail=f"{problem.what}; {problem.remedy}")
    else:
        size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
        yield Check("library", ok=True, detail=f"{library} in {folder}, {size / MEGABYTE:.1f} MB")
        yield mirrored
    with suppress(CountenanceError):  # a library that does not say which one it is has no key to be found
        yield _key(source_of(key, library_id(folder)))
    if closed:
        yield _without_key(folder)


def _key(source: KeySource) -> Check:
    """Say where the key is and who may read it; the key itself is told to nobody."""
    match source:
        case KeyFile(path):
            return _key_file(path)
        case KeyRing():
            try:
                read_key(source)
            except CountenanceError as problem:
                return Check("key", ok=False, detail=problem.what)
            return Check("key", ok=True, detail=f"in {source}, which is kept by {backend()}")
        case _:
            return Check("key", ok=True, detail=f"from {source}, not from a file")


def _key_file(path: Path) -> Check:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return Check("key", ok=False, detail=f"there is no key file at {path}; the library does not open without it")
    private = os.name != "posix" or not mode & (stat.S_IRWXG | stat.S_IRWXO)
    who = "for its owner alone" if private else "others may read it"
    beside = waiting(KeyFile(path))
    cut_off = isinstance(beside, KeyFile) and beside.path.exists()
    left = f"; leave {beside} where it is: a change of key was cut off, and the next one clears it up"
    return Check("key", private, f"{path} ({mode:04o}: {who}){left if cut_off else ''}")


def _without_key(folder: Path) -> Check:
    """Say what is still there of a library that no key opens."""
    try:
        tree = verify_tree(folder)
    except CountenanceError as problem:
        return Check("without key", ok=False, detail=f"the ledger cannot be read: {problem.what}")
    return Check(
        "without key",
        tree.ok,
        f"the ledger's {tree.size} entries are whole, unread; photos and published copies are where they were"
        if tree.ok
        else f"the ledger was changed: {tree.problem}",
    )


def _space(folder: Path) -> Check:
    place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    free = shutil.disk_usage(place).free
    return Check("disk", free >= LEAST_FREE_BYTES, f"{free / MEGABYTE:,.0f} MB free at {place}")
