"""Time stamps by RFC 3161: asking an authority to sign when it saw some data, verifying its answer; no connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
    MessageImprint,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client._rust import parse_timestamp_request

from countenance.errors import SealBroken
from countenance.seals._digests import sha256_hex

# SHA-256, the only hash that we ask for.
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """When an authority says that it saw the data (UTC), and the subject of the certificate that it signed with."""

    at: datetime
    authority: str


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a request or an answer is about: the data's SHA-256 (hexadecimal), and the number that ties the two."""

    sha256: str
    nonce: int | None


def stamp_request(data: bytes) -> bytes:
    """Make a request for a stamp of the SHA-256 of some data, with a random nonce, for the certificates to come along.

    Only the digest is in it: the authority does not see the data.
    """
    return TimestampRequestBuilder(data, HashAlgorithm.SHA256, nonce=True, cert_req=True).build().as_bytes()


def requested(request: bytes) -> Imprint:
    """Tell what a request is about.

    Raises:
        SealBroken: it is no request for a stamp, or asks for another hash.
    """
    try:
        asked = parse_timestamp_request(request)
        return Imprint(_sha256(asked.message_imprint), asked.nonce)
    except ValueError as problem:
        raise _refused("this is no request for a time stamp") from problem


def answered(answer: bytes) -> Imprint:
    """Tell what an answer says that it is about; whether it holds, `verify_stamp` says.

    Raises:
        SealBroken: it is no answer, or the authority has stamped nothing.
    """
    return _answered(_granted(answer))


def verify_stamp(answer: bytes, *, data: bytes, request: bytes | None, certificates: Sequence[bytes]) -> TimeStamp:
    """Verify an authority's answer against the data, the request (None: lost) and the authority's certificates (DER).

    At least one certificate is a root, one that is its own issuer; the others may be between it and the signer's. They
    must have been valid at the moment that the stamp states, not today.

    Raises:
        SealBroken: it is no answer, another one's, not granted, or not signed by such an authority.
    """
    response = _granted(answer)
    about = _answered(response)
    if about.sha256 != sha256_hex(data):
        raise _refused("it is of other data")
    if request is not None and requested(request) != about:
        raise _refused("it answers another request")
    known = [_certificate(one) for one in certificates]
    roots = [one for one in known if one.issuer == one.subject]
    if not roots:
        raise _refused("none of the certificates is an authority's root")
    between = [one for one in known if one not in roots]
    # One root at a time: of several that go by one name, as after a renewal, only one would be looked at.
    if not any(_leads_to(root, between, response, data) for root in roots):
        raise _refused(
            "it is not signed by an authority with these certificates, valid for time stamps at the moment it states"
        )
    return TimeStamp(response.tst_info.gen_time.astimezone(UTC), _signer(response))


def read_certificates(data: bytes) -> tuple[bytes, ...]:
    """Give the certificates (DER) of a file that holds one in DER, or any number in PEM.

    Raises:
        SealBroken: it holds none.
    """
    try:
        if b"-----BEGIN" in data:
            found = x509.load_pem_x509_certificates(data)
        else:
            found = [x509.load_der_x509_certificate(data)]
    except ValueError as problem:
        raise SealBroken(
            "there is no certificate in it", remedy="give the authority's certificates in PEM or DER"
        ) from problem
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def _granted(answer: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(answer)
        status = PKIStatus(response.status)
    except ValueError as problem:
        raise _refused("this is no answer of a time-stamping authority") from problem
    if status is not PKIStatus.GRANTED:
        said = "; ".join(response.status_string)
        raise _refused("the authority did not grant it" + (f': it says "{said}"' if said else ""))
    return response


def _leads_to(
    root: x509.Certificate, between: Sequence[x509.Certificate], response: TimeStampResponse, data: bytes
) -> bool:
    """Tell whether a stamp of this data is signed by a certificate that leads to a root, by the rules of RFC 3161."""
    try:
        return VerifierBuilder(roots=[root], intermediates=list(between)).build().verify_message(response, data)
    except (VerificationError, ValueError):
        return False


def _answered(response: TimeStampResponse) -> Imprint:
    try:
        return Imprint(_sha256(response.tst_info.message_imprint), response.tst_info.nonce)
    except ValueError as problem:
        raise _refused("there is no stamp of a SHA-256 in it") from problem


def _sha256(imprint: MessageImprint) -> str:
    if imprint.hash_algorithm != _SHA256:
        raise ValueError("it is of another hash")
    return imprint.message.hex()


def _signer(response: TimeStampResponse) -> str:
    """Give the subject of the certificate that the one signature in an answer is by."""
    (signature,) = response.signed_data.signer_infos
    enclosed = map(x509.load_der_x509_certificate, response.signed_data.certificates)
    (by,) = (
        one.subject
        for one in enclosed
        if (one.issuer, one.serial_number) == (signature.issuer, signature.serial_number)
    )
    return by.rfc4514_string()


def _certificate(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as problem:
        raise _refused("a certificate cannot be read") from problem


def _refused(why: str) -> SealBroken:
    return SealBroken(f"a time stamp was refused: {why}", remedy="ask the authority again, or give its certificates")
