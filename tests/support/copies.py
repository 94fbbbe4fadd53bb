"""A library with a mirror and a place for backups, and ways to look into what lies in all of them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from countenance.errors import SealBroken
from countenance.ledger import EntryKind
from countenance.ports import KeyKind
from countenance.seals import unseal
from countenance.stores import Backup, Restoration, SqlStore
from library_desk import BIRTH, LIBRARY, POLICY, Desk, entry, first_entry, vault_for


@dataclass(slots=True)
class House:
    """Folders side by side: the library, its mirror, backups, and where a backup is restored to."""

    root: Path
    now: datetime = field(default=BIRTH)

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.root / "library"

    @property
    def mirror(self) -> Path:
        """The mirror's folder."""
        return self.mirror_for(LIBRARY)

    @property
    def backups(self) -> Path:
        """Where backups go."""
        return self.root / "backups"

    def mirror_for(self, library: str) -> Path:
        """Give the folder of a library's mirror."""
        return self.root / "mirrors" / library

    def make(self) -> Desk:
        """Make the library."""
        store = SqlStore.make(
            self.library,
            vault_for=vault_for,
            policy=POLICY,
            entry=first_entry(),
            library=LIBRARY,
            mirror_for=self.mirror_for,
        )
        return Desk(store, self.now)

    def open(self, folder: Path | None = None) -> Desk:
        """Open the library, or another one with the same mirror, as the library's door does."""
        store = SqlStore.open(folder or self.library, vault_for=vault_for, mirror_for=self.mirror_for)
        store.heed_mirror(now=self.now, entry_for=restored_entry)
        return Desk(store, self.now)

    @contextmanager
    def opened(self, folder: Path | None = None) -> Iterator[Desk]:
        """Open a library, and close it at the end."""
        desk = self.open(folder)
        yield desk
        sql(desk).close()

    def back_up(self, desk: Desk, *, keep: int | None = None) -> Backup:
        """Make a backup."""
        return sql(desk).backup(self.backups, now=desk.now, entry_for=backed_up_entry, keep=keep)

    def restore(self, backup: Path, to: str = "restored", *, mirror: bool = True) -> tuple[Desk, Restoration]:
        """Restore a backup into a folder of its own."""
        store, restoration = SqlStore.restore(
            backup,
            self.root / to,
            vault_for=vault_for,
            mirror_for=self.mirror_for if mirror else None,
            now=self.now,
            entry_for=restored_entry,
        )
        return Desk(store, self.now), restoration

    def said(self) -> dict[str, Any]:
        """Give what the mirror lists as withdrawn and forgotten."""
        found: dict[str, Any] = json.loads((self.mirror / "withdrawals.json").read_text(encoding="utf-8"))
        return found

    def key_set(self) -> Mapping[str, str]:
        """Give the wrapped template keys in the mirror, by person."""
        found: dict[str, str] = json.loads((self.mirror / "keys.json").read_text(encoding="utf-8"))["keys"]
        return found


def sql(desk: Desk) -> SqlStore:
    """Give the store of a desk."""
    assert isinstance(desk.store, SqlStore)
    return desk.store


def backed_up_entry(backup: Backup) -> Any:  # noqa: ANN401
    """Write the entry of a backup."""
    return entry(
        EntryKind.BACKED_UP,
        backup.at,
        people=backup.people,
        photos=backup.photos,
        ledger_size=backup.ledger_size,
    )


def restored_entry(restoration: Restoration) -> Any:  # noqa: ANN401
    """Write the entry of a restoration."""
    return entry(EntryKind.RESTORED, BIRTH, *restoration.ended, withdrawn=len(restoration.ended))


def rows(file: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Read a database that nobody has open, with nothing of ours, and leave nothing beside it."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
        return connection.execute(statement, values).fetchall()


def contents(file: Path, table: str) -> list[str]:
    """Give all rows of a table, in words, in an order of their own."""
    return sorted(map(repr, rows(file, f"SELECT * FROM {table}")))  # noqa: S608  (a name out of the database itself)


def tables(file: Path) -> list[str]:
    """List the tables of a database."""
    return [name for (name,) in rows(file, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]


def template_keys(file: Path) -> dict[str, bytes]:
    """Give the wrapped template keys in a database."""
    return dict(rows(file, "SELECT subject, wrapped FROM keys WHERE kind = 'template'"))


def everything(*places: Path) -> dict[Path, bytes]:
    """Give the bytes of every file below some folders."""
    return {path: path.read_bytes() for place in places for path in sorted(place.rglob("*")) if path.is_file()}


def wrapped_anywhere(contents: Mapping[Path, bytes], scratch: Path) -> set[bytes]:
    """Give every wrapped key in some files, read as databases, as key sets, and as any 60 bytes of hexadecimal."""
    found: set[bytes] = set()
    for path, content in contents.items():
        if path.suffix == ".json":
            found |= {bytes.fromhex(key) for key in json.loads(content).get("keys", {}).values()}
        elif path.name == "library.db":
            copy = scratch / "copy.db"
            copy.write_bytes(content)
            found |= {wrapped for (wrapped,) in rows(copy, "SELECT wrapped FROM keys")}
    return found


def opened_by_anything(sealed: bytes, person: str, model: str, wrapped: set[bytes]) -> bool:
    """Try every wrapped key, as every kind of key of every subject that it may be, on a sealed template."""
    vault = vault_for(LIBRARY)
    bound_to = f'["countenance-store-1","{LIBRARY}","{person}","template","{model}"]'
    for one in wrapped:
        for kind in KeyKind:
            for subject in (person, LIBRARY):
                try:
                    key = vault.unwrap(one, kind=kind, subject=subject)
                    unseal(key, sealed, bound_to=bound_to)
                except SealBroken:
                    continue
                return True
    return False
