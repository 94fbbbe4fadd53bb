"""Ed25519 signatures (RFC 8032) as compact JWS (RFC 7515, RFC 8037), with one fixed header."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countenance.errors import SealBroken
from countenance.seals._canonical import canonical

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


def public_key_of(private_key: bytes) -> bytes:
    """Give the raw public key (32 bytes) of a raw private key (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def sign_jws(private_key: bytes, payload: bytes, *, media_type: str) -> str:
    """Sign a payload; gives `header.payload.signature` in base64url. The header holds EdDSA and the media type."""
    signed = _encode(_header(media_type)) + "." + _encode(payload)
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(signed.encode("ascii"))
    return signed + "." + _encode(signature)


def verify_jws(public_key: bytes, token: str, *, media_type: str) -> bytes:
    """Give the payload if the signature holds and the header is the only one we write, to the byte.

    Raises:
        SealBroken: anything else, another algorithm in the header among it.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  (header, payload, signature)
        raise _not_ours("it has not three parts")
    header, payload, signature = (_decode(part) for part in parts)
    if header != _header(media_type):
        raise _not_ours("its header is another")
    if len(signature) != SIGNATURE_BYTES:
        raise _not_ours("its signature has the wrong length")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, ".".join(parts[:2]).encode("ascii"))
    except InvalidSignature as problem:
        raise _not_ours("its signature does not hold") from problem
    except ValueError as problem:
        raise _not_ours("the public key is none") from problem
    return payload


def jws_payload(token: str) -> bytes:
    """Give the payload without looking at the signature: for showing, never for deciding.

    Raises:
        SealBroken: it is no JWS.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  (header, payload, signature)
        raise _not_ours("it has not three parts")
    return _decode(parts[1])


def _header(media_type: str) -> bytes:
    return canonical({"alg": "EdDSA", "typ": media_type})


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as problem:
        raise _not_ours("it is not base64url") from problem
    if _encode(data) != text:
        raise _not_ours("its base64url has stray bits")
    return data


def _not_ours(why: str) -> SealBroken:
    return SealBroken(f"a signature was refused: {why}", remedy="ask for the original file")
