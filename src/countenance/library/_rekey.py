"""Changing the master key of a library: a new key, the library under it, the old key gone; a crash loses neither."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeGuard

from countenance.errors import CountenanceError, UsageWrong
from countenance.keys import (
    KeyFile,
    KeyPlace,
    KeyRing,
    KeySource,
    MasterVault,
    clear,
    destroy_key,
    is_same,
    key_at,
    read_key,
    settle,
    source_of,
    waiting,
)
from countenance.ledger import Actor, Entry, EntryKind
from countenance.library._backup import heed_mirror
from countenance.library._keys import KeyWhereabouts, key_place, open_store, refuse_inside
from countenance.ports import Clock, Vault
from countenance.stores import Kept, SqlStore


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rekeying:
    """What a change of the master key came to: how many keys and rows are under the new one, and where that is.

    `old_key_destroyed` is False if the old one is in no place that is ours to write to, or was to be kept; `entry` is
    the ledger entry's place.
    """

    keys: int
    rows: int
    key: KeyWhereabouts
    old_key_destroyed: bool
    wiped: Literal[True, "pending"]
    entry: int


def rekey(
    folder: Path,
    *,
    key: KeySource | None = None,
    to: KeySource | None = None,
    mirror: Path | None = None,
    keep_old: bool = False,
    account: str = "unnamed",
    clock: Clock = _utc_now,
) -> Rekeying:
    """Put a library under a new master key, which goes where the old one is (`to` of None), or elsewhere.

    A file or keyring entry that holds a key already, a command and a variable give the new key; otherwise it is made.
    Other processes that have the library open are told to open it again.

    Raises:
        UsageWrong: the new key has no place to go to, would lie in the library's folder, or the old one cannot stay.
        KeyProblem: the new key cannot be made or read, or the old one opens nothing; nothing is changed.
        StoreBroken: the library was changed behind its back; nothing is changed.
        LibraryBusy: another process holds it too long; nothing is changed.
    """
    refuse_inside(folder, to)
    store = open_store(folder, key=key, mirror=mirror)
    try:
        actor, now = Actor("steward", account), clock()
        heed_mirror(store, actor=actor, now=now)
        old = source_of(key, store.library)
        change = _Change(store, old, old if to is None else source_of(to, store.library))
        change.refuse_impossible(keep_old=keep_old)
        counted, entry = change.made(actor, now)
        gone = not keep_old and change.old_destroyed()
        wiped: Literal[True, "pending"] = True if store.wipe() else "pending"
        return Rekeying(counted.keys, counted.rows, key_place(store.library, change.new), gone, wiped, entry)
    finally:
        store.close()


@dataclass(slots=True)
class _Change:
    """One change of key: the store, where the old key is, and where the new one will be."""

    store: SqlStore
    old: KeySource
    new: KeySource
    _master: bytes = field(default=b"", repr=False)
    _drawn: KeyPlace | None = None

    @property
    def in_place(self) -> bool:
        """Whether the new key takes the old one's place."""
        return _is_place(self.old) and _is_place(self.new) and is_same(self.old, self.new)

    def refuse_impossible(self, *, keep_old: bool) -> None:
        """Refuse what cannot be done, before anything is.

        Raises:
            UsageWrong: there is no place for the new key, or the old one was to stay in it.
        """
        if self.old == self.new and not self.in_place:
            raise UsageWrong(
                f"nothing can be written to {self.old}, where the key comes from",
                remedy="say where the new key is: --to-key-file, --to-key-command or --to-keyring",
            )
        if keep_old and self.in_place:
            raise UsageWrong(
                "the old key cannot stay where the new one goes", remedy="name another place for the new key"
            )

    def made(self, actor: Actor, now: datetime) -> tuple[Kept, int]:
        """Make or read the new key, and put the library under it."""

        def entry(kept: Kept) -> Entry:
            body = {"keys": kept.keys, "rows": kept.rows}
            return Entry(kind=EntryKind.REKEYED, at=now, actor=actor, body=body, concerns={})

        try:
            return self.store.rekey(self._new_vault, now=now, entry=entry)
        except BaseException:
            # Not if the library may be under it: while it is alone under its old key, it is not.
            with suppress(CountenanceError), self.store.alone():
                if self._drawn is not None:
                    destroy_key(self._drawn)
            raise

    def old_destroyed(self) -> bool:
        """Let the new key take its place, and the old one go; False if that cannot be done, or not by us."""
        try:
            with self.store.alone():
                if self.in_place and _is_place(self.old):
                    settle(self.old, self._master)
                    return True
                if _is_place(self.old):
                    destroy_key(self.old)
                    return True
        except CountenanceError:
            # The library is under the new key, whatever becomes of the old one; the next opening goes on from here.
            return False
        return False

    def _new_vault(self) -> Vault:
        """Make or read the new key; the store keeps every other writer out meanwhile."""
        if self.in_place and _is_place(self.new):
            beside = waiting(self.new)
            clear(beside)
            self._master, is_drawn = key_at(beside)
            self._drawn = beside if is_drawn else None
        elif _is_place(self.new):
            self._master, is_drawn = key_at(self.new)
            self._drawn = self.new if is_drawn else None
        else:
            self._master = read_key(self.new)
        return MasterVault(self._master, self.store.library)


def _is_place(source: KeySource) -> TypeGuard[KeyPlace]:
    return isinstance(source, KeyFile | KeyRing)
