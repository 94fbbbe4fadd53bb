"""The conformance suite of the port `Vault`: every implementation passes it, or does not hold keys here."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from countenance.errors import SealBroken
from countenance.keys import MasterVault
from countenance.ports import KeyKind, Vault

Maker = Callable[[bytes, str], Vault]
"""Make a vault from 32 secret bytes for a library; made again, it opens what the first one wrapped."""

MAKERS: dict[str, Maker] = {"master": MasterVault}
MASTER = bytes(range(32))
LIBRARY = "9c1f0e7a52d84b6f"
ADA, BERT = "4be1a6c2d3f80975", "b2b2b2b2b2b2b2b2"
KEY = bytes([7]) * 32

KEYS = st.binary(min_size=32, max_size=32)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
KINDS = st.sampled_from(KeyKind)
# A maker keeps nothing between examples.
SAME_MAKER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest) -> Maker:
    """Give each implementation in turn."""
    return MAKERS[request.param]


@pytest.fixture
def vault(make: Maker) -> Vault:
    """Give a vault for a library."""
    return make(MASTER, LIBRARY)


@SAME_MAKER
@given(key=KEYS, kind=KINDS, subject=TEXTS)
def test_a_wrapped_key_comes_back(make: Maker, key: bytes, kind: KeyKind, subject: str) -> None:
    """R20: from this vault, and from the vault of the next day."""
    wrapped = make(MASTER, LIBRARY).wrap(key, kind=kind, subject=subject)
    assert make(MASTER, LIBRARY).unwrap(wrapped, kind=kind, subject=subject) == key


def test_it_is_of_its_library(vault: Vault) -> None:
    """A vault says for which library it wraps."""
    assert vault.library == LIBRARY


def test_a_wrapped_key_is_not_to_be_read(vault: Vault) -> None:
    """R21: the wrapped bytes hold neither the key nor the master key, and are never the same twice."""
    many = [vault.wrap(KEY, kind=KeyKind.TEMPLATE, subject=ADA) for _ in range(100)]
    assert len(set(many)) == 100
    for wrapped in many:
        assert all(piece not in wrapped for piece in (KEY[:8], MASTER[:8], MASTER[-8:]))


def test_a_flipped_bit_is_refused(vault: Vault) -> None:
    """R20: every single bit counts."""
    wrapped = vault.wrap(KEY, kind=KeyKind.TEMPLATE, subject=ADA)
    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            vault.unwrap(bytes(changed), kind=KeyKind.TEMPLATE, subject=ADA)


def test_a_cut_is_refused(vault: Vault) -> None:
    """R20: no beginning of a wrapped key is one, and nothing may be added."""
    wrapped = vault.wrap(KEY, kind=KeyKind.TEMPLATE, subject=ADA)
    for changed in [*(wrapped[:cut] for cut in range(len(wrapped))), wrapped + b"\0", b"\0" + wrapped]:
        with pytest.raises(SealBroken):
            vault.unwrap(changed, kind=KeyKind.TEMPLATE, subject=ADA)


def test_a_key_is_for_one_use(vault: Vault) -> None:
    """R20: a key wrapped as one kind is unwrapped as no other: an evidence key never becomes a template key."""
    for kind in KeyKind:
        wrapped = vault.wrap(KEY, kind=kind, subject=ADA)
        for other in set(KeyKind) - {kind}:
            with pytest.raises(SealBroken):
                vault.unwrap(wrapped, kind=other, subject=ADA)


@SAME_MAKER
@given(here=TEXTS, there=TEXTS)
def test_a_key_is_one_persons(make: Maker, here: str, there: str) -> None:
    """R20: a key moved to another person's row does not open."""
    assume(here != there)
    vault = make(MASTER, LIBRARY)
    with pytest.raises(SealBroken):
        vault.unwrap(vault.wrap(KEY, kind=KeyKind.AUDIT, subject=here), kind=KeyKind.AUDIT, subject=there)


def test_no_two_places_are_spelt_alike(make: Maker) -> None:
    """R20: a library and a subject whose names run into each other are still other places."""
    for one, other in ((("a", "b|c"), ("a|b", "c")), (('a"', "b"), ("a", '"b')), (("a", ",b"), ("a,", "b"))):
        wrapped = make(MASTER, one[0]).wrap(KEY, kind=KeyKind.AUDIT, subject=one[1])
        with pytest.raises(SealBroken):
            make(MASTER, other[0]).unwrap(wrapped, kind=KeyKind.AUDIT, subject=other[1])


@pytest.mark.parametrize(("master", "library"), [(bytes(32), LIBRARY), (MASTER, "another"), (MASTER[::-1], LIBRARY)])
def test_another_vault_opens_nothing(make: Maker, master: bytes, library: str) -> None:
    """R20: another master key, or the same one for another library, unwraps nothing and derives other keys."""
    vault, other = make(MASTER, LIBRARY), make(master, library)
    with pytest.raises(SealBroken):
        other.unwrap(vault.wrap(KEY, kind=KeyKind.SIGNING, subject=LIBRARY), kind=KeyKind.SIGNING, subject=LIBRARY)
    assert other.derive("paths") != vault.derive("paths")


@SAME_MAKER
@given(labels=st.lists(TEXTS, unique=True, min_size=2, max_size=5))
def test_each_label_has_a_key_of_its_own(make: Maker, labels: list[str]) -> None:
    """R20: derived keys are 32 bytes, the same for the same label on any day, and other for another label."""
    keys = [make(MASTER, LIBRARY).derive(label) for label in labels]
    assert keys == [make(MASTER, LIBRARY).derive(label) for label in labels]
    assert len({*keys, MASTER}) == len(labels) + 1
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_only_whole_keys_are_wrapped(vault: Vault, size: int) -> None:
    """R20: what is no 32-byte key is a defect of the caller and is not wrapped."""
    with pytest.raises(ValueError, match="32 bytes"):
        vault.wrap(bytes(size), kind=KeyKind.TEMPLATE, subject=ADA)


def test_it_does_not_show_its_key(vault: Vault) -> None:
    """R20: what a traceback or a log may show of a vault holds no key."""
    shown = repr(vault) + str(vault)
    assert MASTER.hex() not in shown
    assert repr(MASTER)[2:-1] not in shown
    assert BERT not in shown
