"""Which key opens a library, what is said when none does, and finishing a change of key that a crash cut off."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from countenance.errors import CountenanceError, KeyMissing, KeyProblem, KeyWrong, UsageWrong
from countenance.keys import (
    LOST,
    KeyFile,
    KeyPlace,
    KeyRing,
    KeySource,
    MasterVault,
    read_key,
    settle,
    source_of,
    waiting,
)
from countenance.library._mirrors import mirror_outside
from countenance.ports import Vault
from countenance.stores import SqlStore


@dataclass(frozen=True, slots=True)
class KeyWhereabouts:
    """Where a library's master key is: the file that holds it (None: it is in no file), and in words."""

    file: Path | None
    words: str


def key_place(library: str, key: KeySource | None) -> KeyWhereabouts:
    """Tell where the master key of the library with this id is.

    Raises:
        UsageWrong: that is no id of a library.
    """
    source = source_of(key, library)
    return KeyWhereabouts(source.path if isinstance(source, KeyFile) else None, str(source))


def refuse_inside(folder: Path, key: KeySource | None) -> None:
    """Refuse a key file inside the library's folder.

    Raises:
        UsageWrong: it would lie there, and be copied along with what it opens.
    """
    if isinstance(key, KeyFile) and key.path.resolve().is_relative_to(folder.resolve()):
        raise UsageWrong("the master key would lie inside the library's folder", remedy="name a file somewhere else")


def open_store(folder: Path, *, key: KeySource | None, mirror: Path | None = None) -> SqlStore:
    """Open the database of a library with its master key; a change of key that was cut off is finished.

    Raises:
        NoLibrary: there is none in this folder.
        KeyMissing, KeyWrong: no key, or not the one of this library; the error says what that means.
    """

    def here(library: str) -> KeySource:
        return source_of(key, library)

    try:
        return _Attempt(here, mirror).open(folder)
    except KeyProblem:
        if not isinstance(key, KeyFile | KeyRing | None):
            raise
    # Killed after the library was put under its new key, and before that took the old one's place.
    attempt = _Attempt(lambda library: waiting(_place(here(library))), mirror)
    with suppress(KeyProblem):
        store = attempt.open(folder)
        # If it cannot be done now, the key waits on, and opens the library all the same.
        with suppress(CountenanceError), store.alone():
            settle(_place(here(store.library)), attempt.master)
        return store
    # Another process may have done it in the meantime; if not, this is the error that tells what is wrong.
    return _Attempt(here, mirror).open(folder)


class _Attempt:
    """One attempt to open a library: from where the key came, and the key."""

    def __init__(self, where: Callable[[str], KeySource], mirror: Path | None) -> None:
        self._where = where
        self._mirror = mirror
        self._from = ""
        self.master = b""

    def open(self, folder: Path) -> SqlStore:
        try:
            return SqlStore.open(folder, vault_for=self._vault, mirror_for=mirror_outside(folder, self._mirror))
        except KeyWrong as problem:
            if not self._from:
                raise
            raise KeyWrong(
                f"{self._from} holds a master key, but not the one of this library",
                remedy=f"give the key that was the library's when this copy of it was written; {LOST}",
            ) from problem

    def _vault(self, library: str) -> Vault:
        source = self._where(library)
        self.master = read_key(source)
        self._from = str(source)
        return MasterVault(self.master, library)


def _place(source: KeySource) -> KeyPlace:
    if isinstance(source, KeyFile | KeyRing):
        return source
    raise KeyMissing(f"nothing is written to {source}", remedy="give a file or the keyring")
