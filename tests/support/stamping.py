"""A time-stamping authority for tests, made on the spot: root, signer, and answers by RFC 3161 in DER written by hand.

No tool signs such a token but a whole authority, and no machine is sure to have one; so the few structures of RFC 3161
and of CMS (RFC 5652) that a stamp is made of are spelt out here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_FROM: Final = datetime(2026, 1, 1, tzinfo=UTC)
VALID_UNTIL: Final = datetime(2027, 1, 1, tzinfo=UTC)
STAMPED_AT: Final = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

_SEQUENCE, _SET, _INTEGER, _OCTETS, _OID, _TIME, _UTF8 = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18, 0x0C
_CERTIFICATES, _CONTENT, _ATTRIBUTES = 0xA0, 0xA0, 0xA0


def der(tag: int, *contents: bytes) -> bytes:
    """Give a tag, the length, and what stands in it."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(number: int) -> bytes:
    """Give a whole number that is not negative."""
    return der(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """Give an object identifier."""
    first, second, *rest = map(int, dotted.split("."))
    spelt = bytearray()
    for part in (40 * first + second, *rest):
        digits = [part & 0x7F]
        while part := part >> 7:
            digits.append(0x80 | part & 0x7F)
        spelt += bytes(reversed(digits))
    return der(_OID, bytes(spelt))


_SIGNED_DATA: Final = oid("1.2.840.113549.1.7.2")
_STAMP_INFO: Final = oid("1.2.840.113549.1.9.16.1.4")
_SHA256: Final = der(_SEQUENCE, oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_WITH_SHA256: Final = der(_SEQUENCE, oid("1.2.840.10045.4.3.2"))
_POLICY: Final = oid("1.3.6.1.4.1.99999.1")


@dataclass(frozen=True)
class Authority:
    """Who stamps: a root that signed the signer's certificate, which is for time stamps and nothing else.

    An authority under another one has a root that is none: it is signed by the other's.
    """

    name: str = "Example Stamps"
    under: "Authority | None" = None
    usage: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,)
    _root_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @cached_property
    def root(self) -> x509.Certificate:
        """The certificate that others are given to trust."""
        above = self.under or self
        made = self._certificate(self._called("Root"), above._called("Root"), self._root_key.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        return made.sign(above._root_key, SHA256())

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The certificate of whoever signs the stamps."""
        made = self._certificate(self._called("Stamps 1"), self._called("Root"), self._key.public_key())
        made = made.add_extension(x509.ExtendedKeyUsage(self.usage), critical=True)
        return made.sign(self._root_key, SHA256())

    def in_pem(self) -> bytes:
        """Give the root's certificate as PEM."""
        return self.root.public_bytes(Encoding.PEM)

    def in_der(self) -> bytes:
        """Give the root's certificate as DER."""
        return self.root.public_bytes(Encoding.DER)

    def imposter(self) -> "Authority":
        """Give somebody else who goes by the same name."""
        return Authority(self.name)

    def answer(self, request: bytes, *, at: datetime = STAMPED_AT, nonce: int | None = None) -> bytes:
        """Grant a request, at a moment, with the request's nonce or another one."""
        _, imprint, asked, *_ = inside(request)
        return der(
            _SEQUENCE,
            der(_SEQUENCE, integer(0)),
            self._token(imprint, integer(nonce) if nonce is not None else asked, at),
        )

    def refusal(self, words: str) -> bytes:
        """Refuse whatever was asked, in words."""
        return der(_SEQUENCE, der(_SEQUENCE, integer(2), der(_SEQUENCE, der(_UTF8, words.encode()))))

    def _token(self, imprint: bytes, nonce: bytes, at: datetime) -> bytes:
        """Give the signed data of RFC 3161, section 2.4.2, as RFC 5652, section 5, has it."""
        spelt = at.strftime("%Y%m%d%H%M%SZ").encode()
        stamp = der(_SEQUENCE, integer(1), _POLICY, imprint, integer(7), der(_TIME, spelt), nonce)
        enclosed = self.certificate.public_bytes(Encoding.DER)
        attributes = b"".join(
            sorted(
                der(_SEQUENCE, oid(kind), der(_SET, value))
                for kind, value in {
                    "1.2.840.113549.1.9.3": _STAMP_INFO,
                    "1.2.840.113549.1.9.4": der(_OCTETS, hashlib.sha256(stamp).digest()),
                    # Which certificate it is, by its hash (RFC 5035), so that no other passes for it.
                    "1.2.840.113549.1.9.16.2.47": der(
                        _SEQUENCE, der(_SEQUENCE, der(_SEQUENCE, der(_OCTETS, hashlib.sha256(enclosed).digest())))
                    ),
                }.items()
            )
        )
        signer = der(
            _SEQUENCE,
            integer(1),
            der(_SEQUENCE, self.certificate.issuer.public_bytes(), integer(self.certificate.serial_number)),
            _SHA256,
            der(_ATTRIBUTES, attributes),
            _ECDSA_WITH_SHA256,
            # The attributes are signed as the set that they are, not under the tag that they are sent with.
            der(_OCTETS, self._key.sign(der(_SET, attributes), ec.ECDSA(SHA256()))),
        )
        signed = der(
            _SEQUENCE,
            integer(3),
            der(_SET, _SHA256),
            der(_SEQUENCE, _STAMP_INFO, der(_CONTENT, der(_OCTETS, stamp))),
            der(_CERTIFICATES, enclosed),
            der(_SET, signer),
        )
        return der(_SEQUENCE, _SIGNED_DATA, der(_CONTENT, signed))

    def _called(self, what: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.name),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{self.name} {what}"),
            ]
        )

    def _certificate(
        self, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(VALID_FROM)
            .not_valid_after(VALID_UNTIL)
        )


EXPIRED: Final = VALID_UNTIL + timedelta(days=400)
"""A moment at which no certificate of an authority is valid any more."""


def inside(structure: bytes) -> list[bytes]:
    """Give the structures that a structure is made of."""
    start, end = _extent(structure)
    rest, found = structure[start:end], []
    while rest:
        _, end = _extent(rest)
        found.append(rest[:end])
        rest = rest[end:]
    return found


def _extent(structure: bytes) -> tuple[int, int]:
    """Tell where the content of a structure begins and where it ends."""
    start, size = 2, structure[1]
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(structure[2:start], "big")
    return start, start + size
