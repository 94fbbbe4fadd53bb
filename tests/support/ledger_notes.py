"""Checkpoints of a ledger as signed notes, written by the rules of C2SP alone: nothing of ours makes them."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# The root after three entries in the golden bytes of docs/formats/ledger.md.
ROOT = bytes.fromhex("0b831c7dc40f05e2cc7b627525512369f72af0c1b952a67d0e86b499c1a436cc")


def signed_checkpoint(
    library: str, private: bytes, *, size: int = 3, root: bytes = ROOT, branch: int = 1, name: str = ""
) -> str:
    """Sign a checkpoint of a library's ledger (c2sp.org/tlog-checkpoint), under the ledger's name or another."""
    origin = f"countenance/ledger/{library}/{branch}"
    return signed_note(f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n", private, name or origin)


def signed_note(text: str, private: bytes, name: str) -> str:
    """Sign a text of lines (c2sp.org/signed-note) with a raw Ed25519 key under a key name."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + key.public_key().public_bytes_raw()).digest()[:4]
    return f"{text}\n— {name} {base64.b64encode(key_id + key.sign(text.encode())).decode()}\n"
