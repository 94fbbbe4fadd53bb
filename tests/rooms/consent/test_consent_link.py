"""Private links: codes that people can type, of which only a digest is kept."""

import hashlib
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.consent import _link as link
from countenance.consent import link_digest, new_link
from countenance.errors import UsageWrong

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_code_is_typed_in_seven_groups_of_four() -> None:
    """R31: 28 letters and digits, none of which looks like another, and no two codes alike."""
    codes = {new_link() for _ in range(1000)}
    assert len(codes) == 1000
    assert all([len(group) for group in code.split("-")] == [4] * 7 for code in codes)
    assert {letter for code in codes for letter in code} == {*LETTERS, "-"}


@given(st.binary(min_size=16, max_size=16))
def test_every_secret_is_spelt_and_read_back(secret: bytes) -> None:
    """R31: what is kept is the SHA-256 of all 128 bits that the code spells."""
    assert link_digest(link._spelt(secret)) == hashlib.sha256(secret).hexdigest()


@given(st.binary(min_size=16, max_size=16), st.randoms(use_true_random=False))
def test_a_code_may_be_typed_carelessly(secret: bytes, chance: Random) -> None:
    """R31: small letters, blanks instead of dashes, and O, I, L for 0 and 1 are understood."""
    code = link._spelt(secret)
    careless = "".join(
        {"0": "o", "1": chance.choice("iIlL"), "-": chance.choice(["", " ", "\n"])}.get(c, c) for c in code
    )
    assert link_digest(f"  {careless.lower()}\n") == link_digest(code)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 27), st.sampled_from(LETTERS))
def test_a_mistyped_code_is_told_from_one_that_opens_nothing(secret: bytes, place: int, letter: str) -> None:
    """R31: one wrong letter is a misuse to be told, unless its check sum fits by chance, and never the same digest."""
    code = link._spelt(secret).replace("-", "")
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong == code:
        return
    passed = ""
    with suppress(UsageWrong):
        passed = link_digest(wrong)
    assert passed != link_digest(code)


def test_nearly_every_mistyped_code_is_told() -> None:
    """R31: of all codes with one wrong letter at most one in a thousand passes for another code."""
    passed = tried = 0
    for seed in range(10):
        code = link._spelt(hashlib.sha256(bytes([seed])).digest()[:16]).replace("-", "")
        for place, right in enumerate(code):
            for letter in LETTERS.replace(right, ""):
                tried += 1
                try:
                    link_digest(code[:place] + letter + code[place + 1 :])
                except UsageWrong:
                    continue
                passed += 1
    assert tried == 10 * 28 * 31
    assert passed <= tried / 1000


@pytest.mark.parametrize("code", ["", "hello", "U" * 28, "0" * 27, "0" * 29, "é" * 28, "\0" * 28])
def test_what_cannot_be_a_code_is_refused(code: str) -> None:
    """R31: too short, too long, or of other letters: told in words, and what was typed is not repeated."""
    with pytest.raises(UsageWrong) as told:
        link_digest(code)
    assert not code or code not in told.value.what
