"""Authenticated encryption: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, bound to where it belongs."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countenance.errors import SealBroken

KEY_BYTES = 32
# 96 bits is the nonce length GCM is specified for; random ones are safe for 2^32 messages a key, and a key of ours
# (one person's, one library's) seals far fewer.
NONCE_BYTES = 12
TAG_BYTES = 16


def new_key() -> bytes:
    """Draw a fresh key of 32 bytes from the operating system."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, *, bound_to: str) -> bytes:
    """Encrypt; gives nonce (12 bytes), ciphertext, tag (16 bytes). `bound_to` must be given again to open it.

    Raises:
        ValueError: the key has not 32 bytes.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, plain, bound_to.encode())


def unseal(key: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """Decrypt what `seal` gave.

    Raises:
        SealBroken: one bit is different, it belongs elsewhere, or the key is another.
        ValueError: the key has not 32 bytes.
    """
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken("sealed bytes are cut short", remedy="restore the library from a backup")
    try:
        return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except InvalidTag as problem:
        raise SealBroken(
            "sealed bytes were changed, moved, or sealed with another key", remedy="restore the library from a backup"
        ) from problem


def _cipher(key: bytes) -> AESGCM:
    # AESGCM would also take 16 and 24 bytes: a key cut short must not become a weaker cipher.
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return AESGCM(key)
