"""A copy of the whole ledger, sealed as it is, for somebody outside to keep and to verify: JSON Lines."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from countenance.errors import CheckpointInvalid
from countenance.ledger._checkpoint import REMEDY
from countenance.ledger._frame import SealedEntry
from countenance.ledger._proof_lines import decoded, encoded

COPY_SCHEMA: Final = "urn:countenance:ledger-copy:1"


@dataclass(frozen=True, slots=True)
class CopyHead:
    """What a copy begins with: the library's public key (32 bytes), and the signed checkpoint of the entries in it."""

    public_key: bytes
    checkpoint: str


def write_copy(head: CopyHead, rows: Iterable[SealedEntry]) -> Iterator[str]:
    """Give the lines of a copy, each with its line end."""
    first = {"schema": COPY_SCHEMA, "public_key": head.public_key.hex(), "checkpoint": head.checkpoint}
    yield json.dumps(first, ensure_ascii=False) + "\n"
    for place, row in enumerate(rows):
        line = {"entry": place, "salt": encoded(row.salt), "payload": encoded(row.payload)}
        yield json.dumps(line) + "\n"


def read_copy(lines: Iterable[str]) -> tuple[CopyHead, Iterator[SealedEntry]]:
    """Give what a copy begins with, and its entries as they are read.

    Raises:
        CheckpointInvalid: it is no copy of a ledger; also while the entries are read.
    """
    remaining = iter(lines)
    first = _object(next(remaining, ""))
    match first:
        case {"schema": str(schema), "public_key": str(key), "checkpoint": str(checkpoint)} if schema == COPY_SCHEMA:
            try:
                return CopyHead(bytes.fromhex(key), checkpoint), _rows(remaining)
            except ValueError as problem:
                raise _no_copy("its public key is none") from problem
    raise _no_copy("it does not begin as one")


def _rows(lines: Iterator[str]) -> Iterator[SealedEntry]:
    for place, line in enumerate(lines):
        match _object(line):
            case {"entry": int(number), "salt": str(salt), "payload": str(payload)} if str(number) == str(place):
                try:
                    yield SealedEntry(decoded(salt), decoded(payload))
                except ValueError as problem:
                    raise _no_copy(f"entry {place} is none") from problem
            case _:
                raise _no_copy(f"entry {place} is not where it should be")


def _object(line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        raise _no_copy("a line is no JSON") from problem
    if not isinstance(value, dict):
        raise _no_copy("a line is no object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice in one object, so that two readers may see two things")
    return dict(pairs)


def _no_copy(why: str) -> CheckpointInvalid:
    return CheckpointInvalid(f"this is no copy of a ledger: {why}", remedy=REMEDY)
