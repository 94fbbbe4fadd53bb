"""Sealed bytes open with their key, where they belong, to the bit; and in no other way."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from countenance.errors import SealBroken
from countenance.seals import KEY_BYTES, new_key, seal, unseal

KEY = bytes(range(32))
PLACE = "library|person|model"
NONCE_BYTES, TAG_BYTES = 12, 16
# As many as R20 asks for: some eight seconds.
WRITES = 1_000_000


@given(plain=st.binary(max_size=5000), place=st.text())
def test_what_is_sealed_opens(plain: bytes, place: str) -> None:
    """R20: with the same key, in the same place, the bytes come back."""
    sealed = seal(KEY, plain, bound_to=_writable(place))
    assert unseal(KEY, sealed, bound_to=_writable(place)) == plain
    assert len(sealed) == NONCE_BYTES + len(plain) + TAG_BYTES


def test_every_flipped_bit_breaks_the_seal() -> None:
    """R20: flip any single bit of nonce, ciphertext or tag: refused."""
    sealed = seal(KEY, b"a template", bound_to=PLACE)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(KEY, bytes(changed), bound_to=PLACE)


def test_every_cut_breaks_the_seal() -> None:
    """R20: no beginning and no end of sealed bytes opens, nor do they with something added."""
    sealed = seal(KEY, b"a template", bound_to=PLACE)
    for changed in [*(sealed[:cut] for cut in range(len(sealed))), *(sealed[cut:] for cut in range(1, len(sealed)))]:
        with pytest.raises(SealBroken):
            unseal(KEY, changed, bound_to=PLACE)
    with pytest.raises(SealBroken):
        unseal(KEY, sealed + b"\0", bound_to=PLACE)


@given(here=st.text(), there=st.text())
def test_sealed_bytes_moved_elsewhere_do_not_open(here: str, there: str) -> None:
    """R20: what was bound to one library, person and model opens for no other."""
    assume(_writable(here) != _writable(there))
    sealed = seal(KEY, b"a template", bound_to=_writable(here))
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, bound_to=_writable(there))


def test_another_key_does_not_open() -> None:
    """R20: a key that differs by one bit is another key."""
    sealed = seal(KEY, b"a template", bound_to=PLACE)
    for bit in range(8 * KEY_BYTES):
        other = bytearray(KEY)
        other[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(bytes(other), sealed, bound_to=PLACE)


def test_swapped_parts_do_not_open() -> None:
    """R20: a nonce, a ciphertext and a tag of several seals make no seal."""
    one, other = (seal(KEY, plain, bound_to=PLACE) for plain in (b"template 1", b"template 2"))
    for cut in (NONCE_BYTES, len(one) - TAG_BYTES):
        with pytest.raises(SealBroken):
            unseal(KEY, one[:cut] + other[cut:], bound_to=PLACE)


def test_no_nonce_comes_twice() -> None:
    """R20: over a million writes of the same bytes under the same key no nonce repeats."""
    nonces = {seal(KEY, b"", bound_to=PLACE)[:NONCE_BYTES] for _ in range(WRITES)}
    assert len(nonces) == WRITES


def test_it_is_aes_256_gcm() -> None:
    """R20: the bytes are nonce, ciphertext and tag of AES-256-GCM, which any other program can open with the key."""
    sealed = seal(KEY, b"a template", bound_to=PLACE)
    assert AESGCM(KEY).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], PLACE.encode()) == b"a template"
    golden = bytes.fromhex("000000000000000000000000") + AESGCM(KEY).encrypt(bytes(12), b"x", b"y")
    assert unseal(KEY, golden, bound_to="y") == b"x"


def test_the_known_answer_opens() -> None:
    """R20: test case 16 of the GCM specification's AES-256 vectors, without its own AAD, opens as published."""
    published = bytes.fromhex("00" * 12 + "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919")
    assert unseal(bytes(32), published, bound_to="") == bytes(16)


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33, 64])
def test_a_shorter_key_is_no_key(size: int) -> None:
    """R20: 16 bytes do not turn AES-256 into AES-128: a key has 32 bytes."""
    with pytest.raises(ValueError, match="32 bytes"):
        seal(bytes(size), b"a template", bound_to=PLACE)
    with pytest.raises(ValueError, match="32 bytes"):
        unseal(bytes(size), bytes(40), bound_to=PLACE)


def test_keys_are_drawn_anew() -> None:
    """R20: a fresh key has 32 bytes and is nobody else's."""
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert {len(key) for key in keys} == {KEY_BYTES}


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
