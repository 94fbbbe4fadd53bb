"""A stranger with a proof: reads and checks it by docs/formats/ledger.md, with nothing of ours.

Signed notes and proofs as C2SP has them, the tree as RFC 6962, section 2.1, writes it: recursively, from the root down.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True, slots=True)
class Checked:
    """What a proof shows: the log with its size and root, the place of the entry, its parts, the key of one of them."""

    origin: str
    size: int
    root: bytes
    place: int
    salt: bytes
    parts: tuple[bytes, ...]
    key: bytes

    def says(self) -> list[dict[str, Any]]:
        """Open every part that the proof's own key opens."""
        return self.opened_by(self.key)

    def opened_by(self, key: bytes) -> list[dict[str, Any]]:
        """Open every part that a key of one part opens."""
        return [json.loads(plain) for part in self.parts for plain in self._plain(part, key)]

    def _plain(self, part: bytes, key: bytes) -> Iterator[bytes]:
        if part[:32] != keyed(key, b"commitment"):
            return
        role = "controller" if part == self.parts[0] else "person"
        label = f"countenance ledger 2 {role} {self.salt.hex()} {self.origin.split('/')[2]}"
        try:
            yield AESGCM(keyed(key, b"sealing")).decrypt(part[32:44], part[44:], label.encode()).rstrip(b"\0")
        except InvalidTag:
            return


def checked(text: str, public_key: bytes) -> Checked:
    """Check a proof of an entry; what does not hold is an AssertionError or an InvalidSignature."""
    proof, checkpoint = text.split("\n\n", 1)
    origin, size, root = checked_note(checkpoint, public_key)
    head, extra, index, *hashes = proof.split("\n")
    assert head == "c2sp.org/tlog-proof@v1"
    held = base64.b64decode(extra.removeprefix("extra "), validate=True)
    assert held[0] == 1
    assert held[1] in {0, 32}
    key, rest = held[2 : 2 + held[1]], held[2 + held[1] :]
    place = int(index.removeprefix("index "))
    assert place < size
    path = [base64.b64decode(line, validate=True) for line in hashes]
    assert tree_hash(place, size, hashlib.sha256(b"\0" + rest).digest(), path) == root
    return Checked(origin, size, root, place, rest[:32], tuple(_parts(rest[32:])), key)


def checked_note(note: str, public_key: bytes) -> tuple[str, int, bytes]:
    """Check the signature of a checkpoint; gives origin, size, root."""
    body, signatures = note.split("\n\n", 1)
    origin, size, root = body.split("\n")
    (line,) = signatures.splitlines()
    mark, name, said = line.split(" ")
    assert (mark, name) == ("—", origin)
    signature = base64.b64decode(said, validate=True)
    assert signature[:4] == hashlib.sha256(origin.encode() + b"\n\x01" + public_key).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature[4:], body.encode() + b"\n")
    return origin, int(size), base64.b64decode(root, validate=True)


def tree_hash(place: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Give the root over `size` leaves of which one is known, from the hashes beside its way up."""
    if size == 1:
        assert not path
        return leaf
    left = 1
    while left * 2 < size:
        left *= 2
    *below, beside = path
    if place < left:
        return hashlib.sha256(b"\1" + tree_hash(place, left, leaf, below) + beside).digest()
    return hashlib.sha256(b"\1" + beside + tree_hash(place - left, size - left, leaf, below)).digest()


def keyed(key: bytes, data: bytes) -> bytes:
    """Give HMAC-SHA-256."""
    return hmac.new(key, data, hashlib.sha256).digest()


def _parts(payload: bytes) -> Iterator[bytes]:
    assert payload[0] in {1, 2}
    place = 1
    while place < len(payload):
        length = int.from_bytes(payload[place : place + 4], "big")
        yield payload[place + 4 : place + 4 + length]
        place += 4 + length
    assert place == len(payload)
