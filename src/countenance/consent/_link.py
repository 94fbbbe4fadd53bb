"""A person's private link: a secret code that only they are given; of it the library keeps a digest."""

import hashlib
import secrets

from countenance.errors import UsageWrong
from countenance.seals import sha256_hex

# 128 random bits: a billion tries a second meet a code of one of a million people after some 10^15 years.
SECRET_BYTES = 16
# With twelve bits of a check sum, one mistyped code in 4,096 is taken for another one, which then opens nothing.
CHECK_BITS = 12
GROUP_LETTERS = 4
# Crockford's base 32: no letter that is taken for another one, and no U, so that few words come out.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011", " -\t\r\n")
# What stands before the code in the link that a receipt has as a QR code (docs/formats/receipt.md).
_IN_LINK = "&code="
_BITS = 5
_LETTERS = (8 * SECRET_BYTES + CHECK_BITS) // _BITS


def new_link() -> str:
    """Draw a link code, grouped for people: seven times four letters and digits, with dashes between them."""
    return _spelt(secrets.token_bytes(SECRET_BYTES))


def link_digest(code: str) -> str:
    """Give the SHA-256 (hexadecimal) of the secret that a code spells; small letters, blanks and look-alikes are well.

    What the QR code on a receipt holds is well too: the whole link, with the code at its end.

    Raises:
        UsageWrong: it cannot be a code: too short or long, another letter, or its check letters are wrong.
    """
    letters = code.rpartition(_IN_LINK)[2].upper().translate(_MISREAD)
    if len(letters) != _LETTERS or not set(letters) <= set(_ALPHABET):
        raise _mistyped()
    number = 0
    for letter in letters:
        number = number << _BITS | _ALPHABET.index(letter)
    secret = (number >> CHECK_BITS).to_bytes(SECRET_BYTES, "big")
    if number & ((1 << CHECK_BITS) - 1) != _check(secret):
        raise _mistyped()
    return sha256_hex(secret)


def _spelt(secret: bytes) -> str:
    number = int.from_bytes(secret, "big") << CHECK_BITS | _check(secret)
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range((_LETTERS - 1) * _BITS, -1, -_BITS))
    return "-".join(letters[start : start + GROUP_LETTERS] for start in range(0, _LETTERS, GROUP_LETTERS))


def _check(secret: bytes) -> int:
    # Of another text than the digest that is kept, so that the letters of a code say nothing about what is stored.
    return int.from_bytes(hashlib.sha256(b"countenance link check" + secret).digest()[:2], "big") >> 16 - CHECK_BITS


def _mistyped() -> UsageWrong:
    return UsageWrong(
        "that is no code of a private link: it is mistyped or incomplete",
        remedy="type it as it is printed on the receipt, seven groups of four letters and digits",
    )
