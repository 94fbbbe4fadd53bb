"""Digests are the standard ones, and a key derived for one use is no key for another."""

from hypothesis import given
from hypothesis import strategies as st

from countenance.seals import KEY_BYTES, derived_key, keyed_digest, sha256_hex


def test_sha_256_is_the_standard_one() -> None:
    """FIPS 180-4: the digest of "abc"."""
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_keyed_digest_is_the_standard_one() -> None:
    """RFC 4231, test case 2: HMAC-SHA-256."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed_digest(b"Jefe", b"what do ya want for nothing?").hex() == expected


def test_derived_keys_are_the_standard_ones() -> None:
    """RFC 5869, test case 3 (no salt, no info): the first 32 bytes of HKDF-SHA-256."""
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert derived_key(b"\x0b" * 22, "").hex() == expected


@given(labels=st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, min_size=2, max_size=6))
def test_each_label_gives_a_key_of_its_own(labels: list[str]) -> None:
    """R20: no two labels share a key, the same label gives the same, and none gives the key it came from."""
    master = bytes(range(32))
    keys = [derived_key(master, label) for label in labels]
    assert keys == [derived_key(master, label) for label in labels]
    assert len({*keys, master}) == len(labels) + 1
    assert {len(key) for key in keys} == {KEY_BYTES}
