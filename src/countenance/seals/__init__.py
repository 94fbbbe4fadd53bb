"""Sign, seal, digest and write canonically; which key is used for what is left to the caller, who passes it in."""

from countenance.seals._canonical import canonical, read_canonical
from countenance.seals._digests import derived_key, keyed_digest, sha256_hex
from countenance.seals._notes import note_key, open_note, sign_note
from countenance.seals._sealing import KEY_BYTES, new_key, seal, unseal
from countenance.seals._signing import PUBLIC_KEY_BYTES, jws_payload, public_key_of, sign_jws, verify_jws
from countenance.seals._time_stamps import (
    Imprint,
    TimeStamp,
    answered,
    read_certificates,
    requested,
    stamp_request,
    verify_stamp,
)

__all__ = [
    "KEY_BYTES",
    "PUBLIC_KEY_BYTES",
    "Imprint",
    "TimeStamp",
    "answered",
    "canonical",
    "derived_key",
    "jws_payload",
    "keyed_digest",
    "new_key",
    "note_key",
    "open_note",
    "public_key_of",
    "read_canonical",
    "read_certificates",
    "requested",
    "seal",
    "sha256_hex",
    "sign_jws",
    "sign_note",
    "stamp_request",
    "unseal",
    "verify_jws",
    "verify_stamp",
]
