"""How a master key is written down: a comment that says what it is, and one line with the key."""

import re

from countenance.errors import KeyWrong
from countenance.keys._lost import LOST
from countenance.seals import KEY_BYTES

# The mark tells what a found scrap of text is, and which version of writing it is in.
MARK = "countenance-key-1:"

COMMENT = (
    "# The master key of a Countenance photo library. Without it no face template opens, and no backup.\n"
    "# Keep a second copy in a safe place, never in the library's folder. Whoever has it can open the library.\n"
)
_DIGITS = 2 * KEY_BYTES
# The whole line, as it may also come out of a password manager; capitals are for keys typed in from paper.
_LINE = re.compile(re.escape(MARK) + r"([0-9a-fA-F]{64})")
_CUT = re.compile(re.escape(MARK) + r"([0-9a-fA-F]{0,63})")


def key_line(key: bytes) -> str:
    """Write a 32-byte key down as the one line that holds it, without an end of line."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a master key has {KEY_BYTES} bytes")
    return MARK + key.hex()


def key_text(key: bytes) -> str:
    """Write a 32-byte key down as text that says what it is."""
    return f"{COMMENT}{key_line(key)}\n"


def parse_key(text: str, *, source: str) -> bytes:
    """Give the 32 bytes of a key that was written down; `source` says in the error where the text is from.

    Raises:
        KeyWrong: there is not exactly one key in it. The error never repeats what was read.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) == 1 and (found := _LINE.fullmatch(lines[0])) is not None:
        key = bytes.fromhex(found[1])
        if any(key):  # 64 noughts are a placeholder that somebody forgot
            return key
    if len(lines) == 1 and (cut := _CUT.fullmatch(lines[0])) is not None:
        raise KeyWrong(
            f"{source} holds a key that was cut short: {len(cut[1])} of {_DIGITS} digits are there",
            remedy=f"put a whole copy of the key in its place; {LOST}",
        )
    raise KeyWrong(
        f"{source} holds no master key",
        remedy=f"one line must read {MARK} and {_DIGITS} hexadecimal digits, lines that begin with # are passed over; "
        f"{LOST}",
    )
