"""Signatures are Ed25519 under one header; what the header of a token asks for decides nothing."""

import base64
import hashlib
import hmac
import json
import string

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from countenance.errors import SealBroken
from countenance.seals import jws_payload, public_key_of, sign_jws, verify_jws

TYPE = "example+jws"


def b64(data: bytes) -> str:
    """Give base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Read base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# RFC 8037, appendix A.1, A.2 and A.4
PRIVATE = unb64("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
PUBLIC = unb64("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
RFC_JWS = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)
PAYLOAD = b"Example of Ed25519 signing"
JWS = sign_jws(PRIVATE, PAYLOAD, media_type=TYPE)
# The order of the group, RFC 8032, section 5.1.
ORDER = 2**252 + 27742317777372353535851937790883648493


def refused(token: str, key: bytes = PUBLIC) -> None:
    """State that a token does not verify."""
    with pytest.raises(SealBroken):
        verify_jws(key, token, media_type=TYPE)


def test_the_key_of_the_rfc() -> None:
    """R2: RFC 8037, appendix A.2: the public key of that private key."""
    assert public_key_of(PRIVATE) == PUBLIC


def test_the_golden_token() -> None:
    """R2: the RFC's key and payload under our header, to the byte: a version that signs otherwise is broken."""
    assert JWS == (
        "eyJhbGciOiJFZERTQSIsInR5cCI6ImV4YW1wbGUrandzIn0.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "SVX5O_-w0HBcZnaVRmQLbDJUYW13_uL0thkW677LDJKH_vpcI5lei_U_FvAMohgWS_guD5elQgP4pk_3ietwDw"
    )
    assert verify_jws(PUBLIC, JWS, media_type=TYPE) == PAYLOAD
    assert unb64(JWS.split(".")[0]) == b'{"alg":"EdDSA","typ":"example+jws"}'


def test_the_token_of_the_rfc_is_another_document() -> None:
    """R2: RFC 8037's own token is genuine and can be shown, but its header is not ours, so it decides nothing."""
    assert jws_payload(RFC_JWS) == PAYLOAD
    refused(RFC_JWS)


@given(payload=st.binary(max_size=2000), key=st.binary(min_size=32, max_size=32))
def test_what_is_signed_verifies(payload: bytes, key: bytes) -> None:
    """R2: any payload comes back under its key, and is signed the same way each time."""
    token = sign_jws(key, payload, media_type=TYPE)
    assert verify_jws(public_key_of(key), token, media_type=TYPE) == payload == jws_payload(token)
    assert sign_jws(key, payload, media_type=TYPE) == token
    refused(token)


def test_every_flipped_bit_breaks_it() -> None:
    """R2: flip any bit of header, payload or signature: refused."""
    parts = [unb64(part) for part in JWS.split(".")]
    for place, part in enumerate(parts):
        for bit in range(8 * len(part)):
            changed = bytearray(part)
            changed[bit // 8] ^= 1 << bit % 8
            refused(".".join(b64(bytes(changed) if place == at else other) for at, other in enumerate(parts)))


@given(place=st.integers(0, len(JWS) - 1), other=st.sampled_from(string.printable + "é\u0660\0") | st.just(""))
def test_every_changed_or_dropped_letter_breaks_it(place: int, other: str) -> None:
    """R2: another letter, a dropped one, white space, padding, or the other base64 alphabet: refused."""
    assume(JWS[place] != other)
    refused(JWS[:place] + other + JWS[place + 1 :])


def test_one_token_has_one_spelling() -> None:
    """R2: bits that base64 leaves over, and letters around it, do not give a second token for the same signature."""
    last = JWS[-1]
    again = [JWS[:-1] + letter for letter in string.ascii_letters + string.digits + "-_" if letter != last]
    for token in [*again, JWS + "=", JWS + "==", JWS + "\n", " " + JWS, JWS + ".", "." + JWS]:
        refused(token)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "none", "typ": TYPE},
        {"alg": "HS256", "typ": TYPE},
        {"alg": "Ed25519", "typ": TYPE},
        {"alg": "ES256", "typ": TYPE},
        {"alg": "eddsa", "typ": TYPE},
        {"alg": "EdDSA"},
        {"alg": "EdDSA", "typ": "other+jws"},
        {"alg": "EdDSA", "kid": "1", "typ": TYPE},
        {"alg": "EdDSA", "crit": ["b64"], "typ": TYPE},
        {"alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": b64(PUBLIC)}, "typ": TYPE},
        {"typ": TYPE, "alg": "EdDSA"},
        {},
        [],
    ],
    ids=str,
)
def test_the_header_chooses_no_algorithm(header: object) -> None:
    """R2: "none", an HMAC under the public key, a key of the token's own, and any other header are refused.

    Each of them is signed as it asks to be, by Ed25519 with the right key too.
    """
    signed = b64(json.dumps(header, separators=(",", ":")).encode()) + "." + b64(PAYLOAD)
    genuine = sign_jws(PRIVATE, PAYLOAD, media_type=TYPE).split(".")[2]
    mac = b64(hmac.digest(PUBLIC, signed.encode(), hashlib.sha256))
    raw = b64(_ed25519(signed.encode()))
    for signature in ("", mac, genuine, raw):
        refused(f"{signed}.{signature}")


def test_a_signature_has_one_form() -> None:
    """R2: the same signature with the group's order added (RFC 8032, 8.4), a longer or a shorter one: refused."""
    signed, _, signature = JWS.rpartition(".")
    raw = unb64(signature)
    stretched = int.from_bytes(raw[32:], "little") + ORDER
    assert stretched < 2**256
    for other in (raw[:32] + stretched.to_bytes(32, "little"), raw[:-1], raw + b"\0", bytes(64), b""):
        refused(f"{signed}.{b64(other)}")


@pytest.mark.parametrize(
    "key", [b"", bytes(31), bytes(33), bytes(32), b"\xff" * 32, public_key_of(bytes(32))], ids=range(6)
)
def test_another_public_key_verifies_nothing(key: bytes) -> None:
    """R2: another public key, and what is none, is refused with the room's own error."""
    refused(JWS, key)


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a", "a.b", "\0.\0.\0", "ä.ö.ü", JWS.replace(".", "")])
def test_garbage_is_refused(token: str) -> None:
    """R2: what is no token is refused with the room's own error; so is showing it, if it has not three parts."""
    refused(token)
    if token.count(".") != 2:
        with pytest.raises(SealBroken):
            jws_payload(token)


def _ed25519(message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(PRIVATE).sign(message)
