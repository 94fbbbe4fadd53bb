"""One part of an entry: sealed under a key of its own, to which it is committed, so that it can be shown by itself."""

import hmac

from countenance.errors import SealBroken
from countenance.seals import keyed_digest, seal, unseal

COMMITMENT_BYTES = 32
# AES-GCM as `seals` writes it: nonce of 12 bytes before, tag of 16 bytes after.
SEAL_BYTES = 28

CONTROLLER = "controller"
PERSON = "person"

_COMMITTING = b"commitment"
_SEALING = b"sealing"


def part_key(key: bytes, part: str, *, salt: bytes, library: str) -> bytes:
    """Give the key (32 bytes) of one part of one entry: it opens that part and tells nothing about any other."""
    return keyed_digest(key, _bound(2, part, salt, library).encode())


def commitment(key: bytes) -> bytes:
    """Give what a part begins with (32 bytes): whoever holds the part's key knows the part by it, and nobody else.

    AES-GCM opens under several keys if one looks for them; a part with a commitment opens under one only (Grubbs, Lu,
    Ristenpart, "Message Franking via Committing Authenticated Encryption", 2017).
    """
    return keyed_digest(key, _COMMITTING)


def sealed_part(key: bytes, plain: bytes, part: str, *, salt: bytes, library: str) -> bytes:
    """Seal a part under its own key."""
    return commitment(key) + seal(keyed_digest(key, _SEALING), plain, bound_to=_bound(2, part, salt, library))


def is_committed_to(sealed: bytes, key: bytes) -> bool:
    """Tell whether a sealed part begins with the commitment to this key."""
    return hmac.compare_digest(sealed[:COMMITMENT_BYTES], commitment(key))


def opened_part(key: bytes, sealed: bytes, part: str, *, salt: bytes, library: str) -> bytes:
    """Open a part with its own key.

    Raises:
        SealBroken: it was changed, belongs elsewhere, or is not committed to this key.
    """
    if not is_committed_to(sealed, key):
        raise SealBroken("a part of a ledger entry is sealed with another key", remedy="give the key that it is for")
    return unseal(keyed_digest(key, _SEALING), sealed[COMMITMENT_BYTES:], bound_to=_bound(2, part, salt, library))


def opened_first_version(key: bytes, sealed: bytes, part: str, *, salt: bytes, library: str) -> bytes:
    """Open a part of the first version, which is sealed under the controller's or the person's key itself.

    Raises:
        SealBroken: it was changed, belongs elsewhere, or the key is another.
    """
    return unseal(key, sealed, bound_to=_bound(1, part, salt, library))


def _bound(version: int, part: str, salt: bytes, library: str) -> str:
    return f"countenance ledger {version} {part} {salt.hex()} {library}"
