"""A backup's folder: its two files, how its manifest is spelt and vouched for; promised in docs/formats/backup.md.

What is in the database, and whether it restores, is looked at by others.
"""

import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from countenance.errors import BackupDamaged, KeyWrong, LibraryUnsuited, SealBroken
from countenance.ports import Vault
from countenance.seals import canonical, keyed_digest, read_canonical, sha256_hex
from countenance.stores import _placing, _schema
from countenance.stores._engine import FILE_NAME
from countenance.stores._founding import is_library_id, key_check
from countenance.stores._spelling import moment_of

MANIFEST: Final = "manifest.json"
SCHEMA: Final = "urn:countenance:backup:1"
SCHEMAS: Final = re.compile(r"urn:countenance:backup:\d+")
# The label under which the vault gives the key of the manifest.
BACKUP_LABEL: Final = "backup"
# A manifest has some 1,500 bytes; what is larger is another file.
LARGEST_MANIFEST_BYTES: Final = 100_000
_NEWEST_FORMAT: Final = _schema.FORMAT


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: of which library, at which moment (microseconds, UTC), and how much is in it."""

    library: str
    format: int
    roll: int
    at: int
    key_check: bytes
    ledger_size: int
    root: bytes
    counts: Mapping[str, int]
    size_bytes: int
    sha256: str

    def to_json(self, vault: Vault) -> bytes:
        """Give the manifest's file."""
        document = {
            "schema": SCHEMA,
            "library": self.library,
            "format": self.format,
            "roll": self.roll,
            "at": self.at,
            "key_check": self.key_check.hex(),
            "ledger": {"root": self.root.hex(), "size": self.ledger_size},
            "counts": dict(self.counts),
            "file": {"bytes": self.size_bytes, "sha256": self.sha256},
        }
        mac = keyed_digest(vault.derive(BACKUP_LABEL), canonical(document)).hex()
        return canonical({**document, "mac": mac})

    @property
    def name(self) -> str:
        """The name of the folder, without what tells several of one second apart."""
        return f"{prefix(self.library)}{moment_of(self.at).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def prefix(library: str) -> str:
    """Give what the names of all backups of a library begin with."""
    return f"countenance-backup-{library}-"


def library_of(folder: Path) -> str:
    """Give the id of the library that a backup says it is of; nothing is verified yet.

    Raises:
        BackupDamaged: it is no backup, or is damaged.
        LibraryUnsuited: a newer version made it.
    """
    library: str = _document(folder)[0]["library"]
    return library


def manifest_of(folder: Path, vault: Vault) -> Manifest:
    """Read a backup's manifest and see that the holder of the library's key wrote it.

    Raises:
        BackupDamaged: it is no backup, or it was changed.
        KeyWrong: it is of a library with another master key.
        LibraryUnsuited: a newer version made it.
    """
    document, data = _document(folder)
    try:
        manifest = Manifest(
            library=document["library"],
            format=document["format"],
            roll=document["roll"],
            at=document["at"],
            key_check=bytes.fromhex(document["key_check"]),
            ledger_size=document["ledger"]["size"],
            root=bytes.fromhex(document["ledger"]["root"]),
            counts=document["counts"],
            size_bytes=document["file"]["bytes"],
            sha256=document["file"]["sha256"],
        )
        # Spelt anew it is the same to the byte: every field is known, and the key's holder vouches for it.
        vouched = hmac.compare_digest(manifest.to_json(vault), data)
    except (LookupError, TypeError, ValueError) as problem:
        raise changed(folder) from problem
    if not hmac.compare_digest(manifest.key_check, key_check(vault)):
        raise KeyWrong(
            "the master key is not the one of the library that was backed up",
            remedy="give the key that the library had when the backup was made",
        )
    if not vouched:
        raise changed(folder)
    return manifest


def image_of_backup(folder: Path, manifest: Manifest) -> bytes:
    """Read a backup's database as the disk has it, and see that it is the one that was written.

    Raises:
        BackupDamaged: it is not.
    """
    try:
        # Looked at first: a file of any size laid in its place must not fill the memory.
        fits = (folder / FILE_NAME).stat().st_size == manifest.size_bytes
        image = _placing.read_back(folder / FILE_NAME) if fits else b""
    except OSError as problem:
        raise BackupDamaged(
            f"the database of the backup in {folder} cannot be read: {problem.strerror}",
            remedy="restore another backup",
        ) from problem
    if sha256_hex(image) != manifest.sha256:
        raise BackupDamaged(
            f"the database of the backup in {folder} is not the one that was written",
            remedy="restore another backup, or another copy of this one",
        )
    return image


def earlier_backups(to: Path, vault: Vault) -> list[tuple[Manifest, Path]]:
    """Give the backups of a library in a folder, the oldest first: those whose manifest verifies, and no others."""
    found: list[tuple[Manifest, Path]] = []
    for folder in to.iterdir():
        if folder.name.startswith(prefix(vault.library)) and folder.is_dir() and not folder.is_symlink():
            if {one.name for one in folder.iterdir()} != {FILE_NAME, MANIFEST}:
                continue
            with suppress(BackupDamaged, KeyWrong, LibraryUnsuited):
                found.append((manifest_of(folder, vault), folder))
    return sorted(found, key=lambda one: (one[0].at, one[0].ledger_size, one[1].name))


def changed(folder: Path) -> BackupDamaged:
    """Give the error for a manifest that its library's key does not vouch for."""
    return BackupDamaged(
        f"the manifest of the backup in {folder} was changed", remedy="restore another backup, or another copy of it"
    )


def _document(folder: Path) -> tuple[dict[str, Any], bytes]:
    try:
        with (folder / MANIFEST).open("rb") as file:
            data = file.read(LARGEST_MANIFEST_BYTES + 1)
    except OSError as problem:
        raise BackupDamaged(
            f"there is no backup in {folder}: its {MANIFEST} cannot be read",
            remedy="name the folder that `countenance backup` made",
        ) from problem
    try:
        document: dict[str, Any] = read_canonical(data[:LARGEST_MANIFEST_BYTES])
        schema, library, number = document["schema"], document["library"], document["format"]
        is_one = SCHEMAS.fullmatch(schema) and is_library_id(library)
        newer = schema != SCHEMA or number > _NEWEST_FORMAT
    except (SealBroken, LookupError, TypeError) as problem:
        raise changed(folder) from problem
    if not is_one:
        raise changed(folder)
    if newer:
        raise LibraryUnsuited(
            f"a newer version of Countenance made the backup in {folder}", remedy="update Countenance"
        )
    return document, data
