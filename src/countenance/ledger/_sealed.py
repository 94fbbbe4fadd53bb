"""Entries as they are stored: a salt and a payload of parts, each under the key of whom it is for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countenance.errors import LedgerBroken, SealBroken
from countenance.ledger._entry import JSON, Actor, Entry, EntryKind, read_moment, spell_moment
from countenance.seals import canonical, new_key, read_canonical, seal, unseal

SALT_BYTES = 32
PAYLOAD_VERSION = b"\x01"
LENGTH_BYTES = 4
# RFC 6962, section 2.1: the mark of a leaf.
LEAF_MARK = b"\x00"
# AES-GCM as `seals` writes it: nonce of 12 bytes before, tag of 16 bytes after.
SEAL_BYTES = 28
# Nearly every part of every kind fits; with doubling from here, a length tells the order of magnitude at most.
SMALLEST_PART_BYTES = 1024
# A person found in 100,000 photos with long paths still fits; a forged length does not fill the memory.
LARGEST_PART_BYTES = 2**24


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """What is stored and hashed: a salt of 32 bytes, and the sealed parts in their frame."""

    salt: bytes
    payload: bytes

    def __post_init__(self) -> None:
        """Refuse a salt of another length: the leaf hash would have two readings."""
        if len(self.salt) != SALT_BYTES:
            raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(self.salt)}")


def seal_entry(entry: Entry, *, controller_key: bytes, audit_keys: Mapping[str, bytes], library: str) -> SealedEntry:
    """Seal an entry with a fresh salt: a part for the controller, one for each person concerned, and decoys.

    Raises:
        ValueError: a person concerned has no audit key here, or a part is too long.
    """
    keyless = sorted(entry.concerns.keys() - audit_keys.keys())
    if keyless:
        raise ValueError(f"no audit key for {', '.join(keyless)}, whom the entry concerns")
    # Drawn like a key: 32 bytes from the operating system.
    salt = new_key()
    own = _controller_plain(entry)
    told = {person: _person_plain(entry, facts) for person, facts in entry.concerns.items()}
    length = max((_padded_length(plain) for plain in told.values()), default=SMALLEST_PART_BYTES)
    sealed = [
        seal(audit_keys[person], plain.ljust(length, b"\0"), bound_to=_bound(library, "person", salt))
        for person, plain in told.items()
    ]
    while len(sealed) < _part_count(len(told)):
        sealed.append(seal(new_key(), bytes(length), bound_to=_bound(library, "person", salt)))
    controller = seal(
        controller_key, own.ljust(_padded_length(own), b"\0"), bound_to=_bound(library, "controller", salt)
    )
    return SealedEntry(salt, PAYLOAD_VERSION + b"".join(_framed(part) for part in (controller, *sorted(sealed))))


def open_controller_part(sealed: SealedEntry, controller_key: bytes, *, library: str) -> Entry:
    """Open the controller's part; the people concerned are named in `concerns`, each without facts.

    Raises:
        SealBroken: it was changed, is of another library, or sealed with another key.
        LedgerBroken: it opens, but is no entry; or the payload is not framed as it must be.
    """
    part = split_payload(sealed.payload)[0]
    value = _read(unseal(controller_key, part, bound_to=_bound(library, "controller", sealed.salt)))
    try:
        actor, concerns = value["actor"], value["concerns"]
        if concerns != sorted(set(concerns)) or set(value) != {"actor", "at", "body", "concerns", "kind"}:
            raise _no_entry()
        return Entry(
            kind=EntryKind(value["kind"]),
            at=read_moment(value["at"]),
            actor=Actor(role=actor["role"], account=actor["account"]),
            body=value["body"],
            concerns={person: {} for person in concerns},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise _no_entry() from problem


def open_person_part(sealed: SealedEntry, audit_key: bytes, *, library: str) -> Mapping[str, JSON] | None:
    """Give what an entry tells the person with this audit key: `kind`, `at`, `role`, `facts`; None if nothing.

    Raises:
        LedgerBroken: a part opens, but does not say what it must; or the payload is not framed as it must be.
    """
    for part in split_payload(sealed.payload)[1:]:
        try:
            plain = unseal(audit_key, part, bound_to=_bound(library, "person", sealed.salt))
        except SealBroken:
            continue  # another person's part, or a decoy
        value = _read(plain)
        if set(value) != {"at", "facts", "kind", "role"}:
            raise _no_entry()
        return value
    return None


def leaf_hash(sealed: SealedEntry) -> bytes:
    """Give SHA-256(0x00 || salt || payload), 32 bytes: the leaf of RFC 6962, section 2.1, over salt and payload."""
    return hashlib.sha256(LEAF_MARK + sealed.salt + sealed.payload).digest()


def split_payload(payload: bytes) -> tuple[bytes, ...]:
    """Give the sealed parts of a payload, the controller's first.

    Raises:
        LedgerBroken: the frame is not the one that `seal_entry` writes, to the byte.
    """
    if not payload.startswith(PAYLOAD_VERSION):
        raise LedgerBroken("a ledger entry is of an unknown version", remedy="use the version that wrote it")
    parts: list[bytes] = []
    place = len(PAYLOAD_VERSION)
    while place < len(payload):
        start = place + LENGTH_BYTES
        place = start + int.from_bytes(payload[start - LENGTH_BYTES : start], "big")
        parts.append(payload[start:place])
    persons = parts[1:]
    well_framed = (
        place == len(payload)
        and all(_is_padded_length(len(part) - SEAL_BYTES) for part in parts)
        and len({len(part) for part in persons}) == 1
        and len(persons) == _part_count(len(persons))
        and persons == sorted(set(persons))
    )
    if not well_framed:
        raise LedgerBroken("a ledger entry is not framed as it must be", remedy="restore the library from a backup")
    return tuple(parts)


def _controller_plain(entry: Entry) -> bytes:
    return canonical(
        {
            "actor": {"account": entry.actor.account, "role": entry.actor.role},
            "at": spell_moment(entry.at),
            "body": entry.body,
            "concerns": sorted(entry.concerns),
            "kind": str(entry.kind),
        }
    )


def _person_plain(entry: Entry, facts: Mapping[str, JSON]) -> bytes:
    return canonical({"at": spell_moment(entry.at), "facts": facts, "kind": str(entry.kind), "role": entry.actor.role})


def _read(padded: bytes) -> dict[str, Any]:
    # Canonical JSON of an object ends with a brace, so that the padding can be told from it.
    plain = padded.rstrip(b"\0")
    try:
        value = read_canonical(plain)
    except SealBroken as problem:
        raise _no_entry() from problem
    if not isinstance(value, dict):
        raise _no_entry()
    return value


def _padded_length(plain: bytes) -> int:
    length = SMALLEST_PART_BYTES
    while length < len(plain):
        length *= 2
    if length > LARGEST_PART_BYTES:
        raise ValueError(f"a part of a ledger entry has at most {LARGEST_PART_BYTES} bytes, not {len(plain)}")
    return length


def _is_padded_length(length: int) -> bool:
    return SMALLEST_PART_BYTES <= length <= LARGEST_PART_BYTES and length.bit_count() == 1


def _part_count(people: int) -> int:
    return 1 << max(people - 1, 0).bit_length()


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(LENGTH_BYTES, "big") + part


def _bound(library: str, part: str, salt: bytes) -> str:
    return f"countenance ledger 1 {part} {salt.hex()} {library}"


def _no_entry() -> LedgerBroken:
    return LedgerBroken(
        "a ledger entry opens, but does not say what an entry says",
        remedy="use the version that wrote it, or restore the library from a backup",
    )
