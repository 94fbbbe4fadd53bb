"""Signed notes by C2SP (c2sp.org/signed-note@v1.0.0) with Ed25519: a text that people can read and programs verify."""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countenance.errors import SealBroken
from countenance.seals._signing import SIGNATURE_BYTES, public_key_of

# The number that the specification gives to Ed25519.
ED25519 = b"\x01"
KEY_ID_BYTES = 4
# A note of ours has one signature; witnesses may add theirs. The specification asks for at least 16.
MOST_SIGNATURES = 64
MOST_LETTERS = 1_000_000


def sign_note(text: str, *, name: str, private_key: bytes) -> str:
    """Sign a text of lines with a raw Ed25519 key (32 bytes) under a key name; gives the whole note.

    Raises:
        ValueError: the text does not end with a line end, there are control characters, or the name has blanks or a +.
    """
    if not _is_text(text) or not _is_name(name):
        raise ValueError("a note is lines of text without control characters, and a key's name has no blank and no +")
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(text.encode())
    signed = base64.b64encode(_key_id(name, public_key_of(private_key)) + signature).decode("ascii")
    return f"{text}\n— {name} {signed}\n"


def open_note(note: str, *, name: str, public_key: bytes) -> str:
    """Give the text of a note that the key with this name and these 32 bytes has signed; other signatures are ignored.

    Raises:
        SealBroken: it is no signed note, this key has not signed it, or its signature does not hold.
    """
    text, separator, lines = note.rpartition("\n\n")
    signatures = lines.splitlines()
    if len(note) > MOST_LETTERS or not separator or not lines.endswith("\n") or not _is_text(f"{text}\n"):
        raise _refused("it is not framed as a note is")
    if not 1 <= len(signatures) <= MOST_SIGNATURES or "\n".join(signatures) + "\n" != lines:
        raise _refused("it has no signature lines, or too many")
    wanted = _key_id(name, public_key)
    own = [sealed for line in signatures for by, sealed in [_signature(line)] if (by, sealed[:4]) == (name, wanted)]
    if not own:
        raise _refused("it is not signed by this key")
    for sealed in own:
        _check(public_key, sealed[KEY_ID_BYTES:], f"{text}\n")
    return f"{text}\n"


def note_key(name: str, public_key: bytes) -> str:
    """Give a public key as verifiers of notes take it: name, key id in hexadecimal and key in base64, joined by `+`."""
    return f"{name}+{_key_id(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode('ascii')}"


def _key_id(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:KEY_ID_BYTES]


def _is_text(text: str) -> bool:
    return text.endswith("\n") and text != "\n" and all(letter >= " " or letter == "\n" for letter in text)


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() or letter < " " for letter in name)


def _signature(line: str) -> tuple[str, bytes]:
    match line.split(" "):
        case ["—", name, encoded] if _is_name(name):
            try:
                sealed = base64.b64decode(encoded, validate=True)
            except (ValueError, binascii.Error) as problem:
                raise _refused("a signature is not base64") from problem
            if base64.b64encode(sealed).decode("ascii") == encoded and len(sealed) > KEY_ID_BYTES:
                return name, sealed
    raise _refused("a signature line is not framed as it must be")


def _check(public_key: bytes, signature: bytes, text: str) -> None:
    if len(signature) != SIGNATURE_BYTES:
        raise _refused("a signature has the wrong length")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text.encode())
    except InvalidSignature as problem:
        raise _refused("its signature does not hold") from problem
    except ValueError as problem:
        raise _refused("the public key is none") from problem


def _refused(why: str) -> SealBroken:
    return SealBroken(f"a signed note was refused: {why}", remedy="ask for the original file")
