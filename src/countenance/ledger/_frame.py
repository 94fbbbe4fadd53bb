"""The stored form of an entry: a salt, and the sealed parts in their frame."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from countenance.errors import EntryTooLarge, LedgerBroken
from countenance.ledger._parts import COMMITMENT_BYTES, SEAL_BYTES

SALT_BYTES = 32
LENGTH_BYTES = 4
# RFC 6962, section 2.1: the mark of a leaf.
LEAF_MARK = b"\x00"
FIRST_VERSION = 1
VERSION = 2
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


@dataclass(frozen=True, slots=True)
class Parts:
    """The sealed parts of an entry and the version of their frame."""

    version: int
    controller: bytes
    persons: tuple[bytes, ...]


def leaf_hash(sealed: SealedEntry) -> bytes:
    """Give SHA-256(0x00 || salt || payload), 32 bytes: the leaf of RFC 6962, section 2.1, over salt and payload."""
    return hashlib.sha256(LEAF_MARK + sealed.salt + sealed.payload).digest()


def framed(controller: bytes, persons: Sequence[bytes]) -> bytes:
    """Give the payload of these sealed parts, those of persons in the order of their bytes."""
    parts = (controller, *sorted(persons))
    return bytes([VERSION]) + b"".join(len(part).to_bytes(LENGTH_BYTES, "big") + part for part in parts)


def split_payload(payload: bytes) -> Parts:
    """Give the sealed parts of a payload.

    Raises:
        LedgerBroken: the frame is not one that is written, to the byte.
    """
    version = payload[0] if payload else 0
    if version not in {FIRST_VERSION, VERSION}:
        raise LedgerBroken("a ledger entry is of an unknown version", remedy="use the version that wrote it")
    overhead = SEAL_BYTES + (COMMITMENT_BYTES if version == VERSION else 0)
    parts: list[bytes] = []
    place = 1
    while place < len(payload):
        start = place + LENGTH_BYTES
        place = start + int.from_bytes(payload[start - LENGTH_BYTES : start], "big")
        parts.append(payload[start:place])
    persons = parts[1:]
    # In version 2 a part begins with its commitment: were there two for one key, an entry could tell two things.
    starts = [part[:COMMITMENT_BYTES] if version == VERSION else part for part in persons]
    well_framed = (
        place == len(payload)
        and all(_is_padded_length(len(part) - overhead) for part in parts)
        and len({len(part) for part in persons}) == 1
        and len(persons) == part_count(len(persons))
        and starts == sorted(set(starts))
    )
    if not well_framed:
        raise LedgerBroken("a ledger entry is not framed as it must be", remedy="restore the library from a backup")
    return Parts(version, parts[0], tuple(persons))


def part_count(people: int) -> int:
    """Give how many person parts an entry has that concerns so many people: a power of two, at least one."""
    return 1 << max(people - 1, 0).bit_length()


def padded_length(plain: bytes) -> int:
    """Give how long a part's plain text is when it is sealed: 1,024 bytes, or the next doubling that holds it.

    Raises:
        EntryTooLarge: it is longer than a part may be.
    """
    length = SMALLEST_PART_BYTES
    while length < len(plain):
        length *= 2
    if length > LARGEST_PART_BYTES:
        raise EntryTooLarge(
            f"this cannot be recorded, because a ledger entry tells nobody more than {LARGEST_PART_BYTES:,} bytes",
            remedy="give a shorter reason, if one was given; nothing was half done",
        )
    return length


def _is_padded_length(length: int) -> bool:
    return SMALLEST_PART_BYTES <= length <= LARGEST_PART_BYTES and length.bit_count() == 1
