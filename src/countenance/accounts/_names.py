"""When two names are one account: a blank or another width makes no second person of one."""

import unicodedata
from typing import Final

# Letters and marks by their category, and yet nothing is seen of them: fillers, joiners, selectors of variants, and the
# blank of Braille (Unicode's Default_Ignorable_Code_Point, without what has a category of control or format).
_UNSEEN: Final = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)


def is_same(account: str, other: str) -> bool:
    """Tell whether these are spellings of one account."""
    return _folded(account) == _folded(other)


def is_another(account: str, other: str) -> bool:
    """Tell whether these are two accounts, so that what the one entered the other may approve."""
    return not is_same(account, other)


def _folded(account: str) -> str:
    """Give what two spellings of one account have in common: blanks and what is not seen make no other one."""
    seen = (
        letter
        for letter in unicodedata.normalize("NFKC", account).casefold()
        if not letter.isspace() and letter not in _UNSEEN and unicodedata.category(letter) not in {"Cc", "Cf"}
    )
    return "".join(seen)
