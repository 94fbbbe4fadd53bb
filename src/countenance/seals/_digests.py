"""Digests: plain, keyed, and keys derived from keys."""

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of data, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def keyed_digest(key: bytes, data: bytes) -> bytes:
    """Give HMAC-SHA-256 (RFC 2104), 32 bytes: nobody without the key can guess what was digested."""
    return hmac.digest(key, data, "sha256")


def derived_key(key: bytes, label: str) -> bytes:
    """Derive 32 bytes for one use from a key by HKDF-SHA-256 (RFC 5869), with the label as its info."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=label.encode()).derive(key)
