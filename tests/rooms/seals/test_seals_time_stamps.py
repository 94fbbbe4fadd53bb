"""Time stamps: what an authority answered is believed only if it is about this data, and signed by whom we trust."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from countenance.errors import SealBroken
from countenance.seals import (
    Imprint,
    TimeStamp,
    answered,
    read_certificates,
    requested,
    sha256_hex,
    stamp_request,
    verify_stamp,
)
from stamping import EXPIRED, STAMPED_AT, Authority, inside

DATA = b"countenance/ledger/hollybank/1\n12\n..."
AUTHORITY = Authority()
REQUEST = stamp_request(DATA)
ANSWER = AUTHORITY.answer(REQUEST)
STAMP = TimeStamp(STAMPED_AT, "CN=Example Stamps Stamps 1,O=Example Stamps")


def verified(answer: bytes = ANSWER, *, data: bytes = DATA, by: Authority = AUTHORITY) -> TimeStamp:
    """Verify an answer to the request."""
    return verify_stamp(answer, data=data, request=REQUEST, certificates=[by.in_der()])


def test_what_an_authority_granted_is_read() -> None:
    """R27: a stamp that was granted says when and by whom, with the request or without it."""
    assert verified() == STAMP
    assert verify_stamp(ANSWER, data=DATA, request=None, certificates=[AUTHORITY.in_der()]) == STAMP


def test_a_request_shows_the_digest_and_nothing_else() -> None:
    """R27: a request is for the SHA-256, asks for the certificates, and no two have the same nonce."""
    version, imprint, nonce, certificates = inside(REQUEST)
    assert version == b"\x02\x01\x01"
    assert inside(imprint)[1][2:].hex() == sha256_hex(DATA)
    assert certificates == b"\x01\x01\xff"
    about = requested(REQUEST)
    assert about == Imprint(sha256_hex(DATA), int.from_bytes(nonce[2:], "big"))
    assert answered(ANSWER) == about
    assert requested(stamp_request(DATA)).nonce != about.nonce


def test_roots_of_one_name_are_told_apart() -> None:
    """R27: of several roots that go by the same name, in any order, the one that leads to the signer counts."""
    roots = [AUTHORITY.in_der(), *(AUTHORITY.imposter().in_der() for _ in range(7))]
    for first in range(len(roots)):
        turned = [*roots[first:], *roots[:first]]
        assert verify_stamp(ANSWER, data=DATA, request=REQUEST, certificates=turned) == STAMP


def test_any_of_several_roots_may_be_the_one() -> None:
    """R27: several authorities' roots may be given, and the certificates between a root and the signer."""
    lower = Authority("Lower Stamps", under=AUTHORITY)
    answer = lower.answer(REQUEST)
    chain = [Authority("Another").in_der(), AUTHORITY.in_der(), lower.in_der()]
    stamp = verify_stamp(answer, data=DATA, request=REQUEST, certificates=chain)
    assert stamp.authority == "CN=Lower Stamps Stamps 1,O=Lower Stamps"
    for too_few in (chain[:2], chain[2:], []):
        with pytest.raises(SealBroken):
            verify_stamp(answer, data=DATA, request=REQUEST, certificates=too_few)


@pytest.mark.parametrize(
    ("why", "attempt"),
    [
        ("it answers another request", lambda: verified(AUTHORITY.answer(REQUEST, nonce=5))),
        ("it answers another request", lambda: verified(AUTHORITY.answer(stamp_request(DATA)))),
        ("it is of other data", lambda: verified(AUTHORITY.answer(stamp_request(b"other")))),
        ("it is of other data", lambda: verified(data=DATA + b"\n")),
        ("it is not signed by an authority", lambda: verified(by=AUTHORITY.imposter())),
        ("it is not signed by an authority", lambda: verified(AUTHORITY.imposter().answer(REQUEST))),
        ("it is not signed by an authority", lambda: verified(AUTHORITY.answer(REQUEST, at=EXPIRED))),
        ('the authority did not grant it: it says "not today"', lambda: verified(AUTHORITY.refusal("not today"))),
        ("there is no stamp", lambda: verified(bytes.fromhex("30053003020100"))),
        ("this is no answer", lambda: verified(REQUEST)),
        ("this is no answer", lambda: verified(b"")),
        ("this is no answer", lambda: verified(b"<html>404</html>")),
        ("this is no request", lambda: requested(ANSWER)),
        ("this is no request", lambda: requested(b"garbage")),
    ],
)
def test_what_does_not_hold_is_refused_in_words(why: str, attempt: Callable[[], object]) -> None:
    """R27: another nonce, another file, another authority, out of its time, not granted, garbage: refused."""
    with pytest.raises(SealBroken) as caught:
        attempt()
    assert caught.value.what.startswith(f"a time stamp was refused: {why}")
    assert caught.value.remedy


def test_a_certificate_for_something_else_stamps_nothing() -> None:
    """R27: an authority whose certificate is for signing code is refused, whatever its root."""
    coders = Authority(usage=(ExtendedKeyUsageOID.CODE_SIGNING,))
    with pytest.raises(SealBroken, match="valid for time stamps"):
        verified(coders.answer(REQUEST), by=coders)


def test_the_signers_own_certificate_is_no_root() -> None:
    """R27: whoever gives the signer's certificate in place of the root is told that it is none."""
    own = AUTHORITY.certificate.public_bytes(Encoding.DER)
    with pytest.raises(SealBroken, match="none of the certificates is an authority's root"):
        verify_stamp(ANSWER, data=DATA, request=REQUEST, certificates=[own])


def test_a_changed_byte_never_says_anything_else() -> None:
    """R27: an answer with a changed byte is refused, or says what the authority signed."""
    refused = 0
    for place in range(0, len(ANSWER), 5):
        changed = bytearray(ANSWER)
        changed[place] ^= 1 << place % 8
        try:
            assert verified(bytes(changed)) == STAMP
        except SealBroken:
            refused += 1
    assert refused > len(ANSWER) // 5 * 0.9


def test_certificates_are_read_as_they_are_handed_out() -> None:
    """R27: one certificate in DER, one in PEM, several in one PEM file; nothing else is a certificate."""
    other = Authority("Another")
    assert read_certificates(AUTHORITY.in_der()) == (AUTHORITY.in_der(),)
    assert read_certificates(AUTHORITY.in_pem()) == (AUTHORITY.in_der(),)
    assert read_certificates(AUTHORITY.in_pem() + other.in_pem()) == (AUTHORITY.in_der(), other.in_der())
    for none in (b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ANSWER):
        with pytest.raises(SealBroken, match="there is no certificate in it"):
            read_certificates(none)
