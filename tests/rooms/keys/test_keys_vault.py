"""What the master vault does beyond its port: it tells a wrong key, hides its own, and never changes its formulas."""

import copy
import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countenance.keys import MasterVault
from countenance.ports import KeyKind

MASTER = bytes(range(32))
LIBRARY = "9c1f0e7a52d84b6f"
# The label of the check value, which lies open in the library and tells a wrong key.
CHECK = "check"


def test_its_formulas_are_those_of_version_1() -> None:
    """A library made by an earlier version still opens: derived keys are these, and this wrapped key opens."""
    vault = MasterVault(MASTER, LIBRARY)
    assert vault.derive(CHECK).hex() == "cd8abcc793c10c5fa0fabbb9bc370025582add9f55d0495591a38f651c9a9349"
    assert vault.derive("paths").hex() == "a270f4a29aa9aa24cc58e7fb69b8fac2c6caf1704bc32c14e9457c979fc0c991"
    wrapped = bytes.fromhex(
        "2e0c2da6378a50507fbf3f9f5f11d28bd13d522d1e7fdd8dee64a8c293ac"
        "26eeebf323d583d5e85a6c7d66d0c315d06ff4845fecdf5cc5d90400842d"
    )
    assert vault.unwrap(wrapped, kind=KeyKind.TEMPLATE, subject="4be1a6c2d3f80975") == bytes([7]) * 32


@given(other=st.binary(min_size=32, max_size=32), name=st.sampled_from([LIBRARY, "another"]))
def test_the_check_value_tells_a_wrong_key(other: bytes, name: str) -> None:
    """A vault of another master key or library has another check value, and the same one the same."""
    same = other == MASTER and name == LIBRARY
    assert (MasterVault(other, name).derive(CHECK) == MasterVault(MASTER, LIBRARY).derive(CHECK)) is same


@given(label=st.text(st.characters(exclude_categories=["Cs"])))
def test_no_label_gives_the_check_value_away(label: str) -> None:
    """R20: the check value lies open in the library, so no derived key may ever equal it, nor the master key."""
    vault = MasterVault(MASTER, LIBRARY)
    assume(label != CHECK)
    assert vault.derive(label) not in {vault.derive(CHECK), MASTER}


def test_the_key_is_not_to_be_seen() -> None:
    """R20: neither the representation nor a pickle or copy of a vault holds a key."""
    vault = MasterVault(MASTER, LIBRARY)
    assert repr(vault) == str(vault) == "MasterVault(library='9c1f0e7a52d84b6f')"
    assert not hasattr(vault, "__dict__")
    assert not any(getattr(vault, name) == MASTER for name in MasterVault.__slots__)
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="does not travel"):
            copied(vault)


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33, 64])
def test_a_master_key_has_32_bytes(size: int) -> None:
    """R20: a shorter key makes no vault."""
    with pytest.raises(ValueError, match="32 bytes"):
        MasterVault(bytes(size), LIBRARY)


def test_a_vault_is_a_librarys() -> None:
    """R20: what is wrapped is bound to a library, so there must be one."""
    with pytest.raises(ValueError, match="library"):
        MasterVault(MASTER, " ")
