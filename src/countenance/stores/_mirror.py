"""The mirror's two files: who has withdrawn, and the key set; promised in docs/formats/backup.md.

It knows how they are spelt, sealed and put into their place; when they are written and heeded is left to others.
"""

import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from countenance.errors import BackupDamaged, SealBroken
from countenance.ports import Vault
from countenance.seals import canonical, keyed_digest, read_canonical
from countenance.stores import _placing

WITHDRAWALS: Final = "withdrawals.json"
KEYS: Final = "keys.json"
WITHDRAWALS_SCHEMA: Final = "urn:countenance:mirror-withdrawals:1"
KEYS_SCHEMA: Final = "urn:countenance:mirror-keys:1"
# The label under which the vault gives the key of both files.
MIRROR_LABEL: Final = "mirror"


@dataclass(frozen=True, slots=True, order=True)
class Withdrawn:
    """A purpose of a receipt that was withdrawn, by whom, and when (microseconds, UTC)."""

    receipt: str
    purpose: str
    person: str
    at: int


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a mirror says of a library: its state after a transaction, in moments of microseconds, UTC.

    `keys` are the wrapped template keys by person, `keys_roll` the roll when they were written (-1: never).
    """

    library: str
    format: int
    roll: int
    at: int
    size: int
    root: bytes
    withdrawn: tuple[Withdrawn, ...]
    forgotten: Mapping[str, int]
    keys: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    keys_roll: int = -1

    def with_what_stays(self, before: "Mirrored") -> "Mirrored":
        """Add what an earlier state says that nothing takes back: who has withdrawn and who was forgotten."""
        forgotten = {**before.forgotten, **self.forgotten}
        known = {(one.receipt, one.purpose) for one in self.withdrawn}
        more = [one for one in before.withdrawn if (one.receipt, one.purpose) not in known]
        return replace(
            self,
            forgotten=forgotten,
            withdrawn=tuple(sorted(one for one in (*self.withdrawn, *more) if one.person not in forgotten)),
        )

    def document(self) -> dict[str, Any]:
        """Give what stands in the file of withdrawals, but for its mac."""
        return {
            "schema": WITHDRAWALS_SCHEMA,
            "library": self.library,
            "format": self.format,
            "roll": self.roll,
            "at": self.at,
            "ledger": {"root": self.root.hex(), "size": self.size},
            "withdrawn": [
                {"at": one.at, "person": one.person, "purpose": one.purpose, "receipt": one.receipt}
                for one in sorted(self.withdrawn)
            ],
            "forgotten": [{"at": at, "person": person} for person, at in sorted(self.forgotten.items())],
        }

    def says_the_same(self, other: "Mirrored") -> bool:
        """Compare all that matters for restoring; when it was said, and how long the ledger was, is left out."""
        return (self.format, self.roll, self.keys_roll, self.withdrawn, self.forgotten, self.keys) == (
            other.format,
            other.roll,
            other.keys_roll,
            other.withdrawn,
            other.forgotten,
            other.keys,
        )


@dataclass(frozen=True, slots=True)
class KeySet:
    """The wrapped template keys by person, and the roll when they were written."""

    library: str
    roll: int
    keys: Mapping[str, bytes]

    def document(self) -> dict[str, Any]:
        """Give what stands in the key set's file, but for its mac."""
        return {
            "schema": KEYS_SCHEMA,
            "library": self.library,
            "roll": self.roll,
            "keys": {person: key.hex() for person, key in self.keys.items()},
        }


D = TypeVar("D", Mirrored, KeySet)


class Mirror:
    """The mirror of one library, in a folder outside it."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._library = vault.library
        self._key = vault.derive(MIRROR_LABEL)

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._folder

    def read(self) -> Mirrored | None:
        """Give what it says; None if there is none.

        Raises:
            BackupDamaged: it was changed, or is of another library or under another master key.
            OSError: it cannot be read.
        """
        said = self._read(WITHDRAWALS, _mirrored)
        if said is None:
            return None
        keys = self._read(KEYS, _key_set)
        return said if keys is None else replace(said, keys=keys.keys, keys_roll=keys.roll)

    def write(self, said: Mirrored) -> None:
        """Write what changed, the withdrawals first; the old files become zeros.

        Raises:
            OSError: it cannot be written; each file is then the old one or the new one.
        """
        _placing.make_folder(self._folder)
        self._put(WITHDRAWALS, said.document())
        self._put(KEYS, KeySet(said.library, said.keys_roll, said.keys).document())

    def bytes_now(self) -> dict[str, bytes]:
        """Give both files as they are, as far as they are there, to be put back when a commit fails."""
        found: dict[str, bytes] = {}
        for name in (WITHDRAWALS, KEYS):
            with suppress(FileNotFoundError):
                found[name] = _placing.read_plain(self._folder / name)
        return found

    def put_back(self, before: Mapping[str, bytes]) -> None:
        """Put the files back as they were.

        Raises:
            OSError: it cannot be done.
        """
        for name in (WITHDRAWALS, KEYS):
            if name in before:
                _placing.replace(self._folder / name, before[name])
            else:
                _placing.destroy(self._folder / name)

    def _put(self, name: str, document: Mapping[str, Any]) -> None:
        file = self._folder / name
        data = self._spelt(document)
        with suppress(OSError):
            if _placing.read_plain(file) == data:
                return
        _placing.replace(file, data)

    def _read(self, name: str, understand: Callable[[Any], D]) -> D | None:
        try:
            data = _placing.read_plain(self._folder / name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            found = understand(read_canonical(data))
        except (SealBroken, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as problem:
            raise self._damaged() from problem
        # Spelt anew it is the same to the byte: every field is known, and the key's holder vouches for it.
        if found.library != self._library or not hmac.compare_digest(self._spelt(found.document()), data):
            raise self._damaged()
        return found

    def _spelt(self, document: Mapping[str, Any]) -> bytes:
        return canonical({**document, "mac": keyed_digest(self._key, canonical(document)).hex()})

    def _damaged(self) -> BackupDamaged:
        return BackupDamaged(
            f"the mirror in {self._folder} was changed, or written under another master key",
            remedy="put an unchanged copy of it there, or name another folder with --mirror",
        )


def _mirrored(document: Any) -> Mirrored:  # noqa: ANN401  (any JSON value)
    return Mirrored(
        library=document["library"],
        format=document["format"],
        roll=_number(document["roll"]),
        at=_number(document["at"]),
        size=_number(document["ledger"]["size"]),
        root=bytes.fromhex(document["ledger"]["root"]),
        withdrawn=tuple(Withdrawn(**one) for one in document["withdrawn"]),
        forgotten={one["person"]: _number(one["at"]) for one in document["forgotten"]},
    )


def _key_set(document: Any) -> KeySet:  # noqa: ANN401  (the same)
    return KeySet(
        library=document["library"],
        roll=_number(document["roll"]),
        keys={person: bytes.fromhex(key) for person, key in document["keys"].items()},
    )


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("it is no whole number")
    return value
