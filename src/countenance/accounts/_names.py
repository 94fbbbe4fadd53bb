"""When two names are one account: a blank or another width makes no second person of one."""

import unicodedata


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
        if not letter.isspace() and unicodedata.category(letter) not in {"Cc", "Cf"}
    )
    return "".join(seen)
