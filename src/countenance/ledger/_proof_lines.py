"""What the texts of proofs have in common: lines of base64 and numbers, an empty line, and a checkpoint."""

import base64
import binascii
from collections.abc import Sequence

from countenance.errors import CheckpointInvalid
from countenance.ledger._checkpoint import REMEDY
from countenance.ledger._proofs import LONGEST
from countenance.ledger._tree import HASH_BYTES

# Large enough for every entry in base64, and small enough for a memory.
MOST_LETTERS = 2**31


def split_proof(text: str) -> tuple[list[str], str]:
    """Give the lines before the first empty one, and the signed checkpoint behind it.

    Raises:
        CheckpointInvalid: there is no empty line, or it is too long.
    """
    head, separator, checkpoint = text.partition("\n\n")
    if not separator or len(text) > MOST_LETTERS:
        raise no_proof()
    return head.split("\n"), checkpoint


def encoded(data: bytes) -> str:
    """Give base64 as RFC 4648, section 4, has it."""
    return base64.b64encode(data).decode("ascii")


def decoded(line: str, label: str = "") -> bytes:
    """Give the bytes of a line of base64, in its one spelling, behind its label.

    Raises:
        CheckpointInvalid: it is another line.
    """
    if not line.startswith(label):
        raise no_proof()
    text = line[len(label) :]
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as problem:
        raise no_proof() from problem
    if encoded(data) != text:
        raise no_proof()
    return data


def number(line: str, label: str) -> int:
    """Give the number of a line behind its label.

    Raises:
        CheckpointInvalid: it is another line.
    """
    digits = line.removeprefix(label)
    if line == digits or not (digits.isascii() and digits.isdigit()) or digits != str(int(digits[:19])):
        raise no_proof()
    return int(digits)


def hash_lines(lines: Sequence[str]) -> tuple[bytes, ...]:
    """Give the hashes of these lines.

    Raises:
        CheckpointInvalid: one is no hash, or there are more than any proof has.
    """
    hashes = tuple(decoded(line) for line in lines)
    if len(hashes) > LONGEST or any(len(digest) != HASH_BYTES for digest in hashes):
        raise no_proof()
    return hashes


def no_proof() -> CheckpointInvalid:
    """Give the error for a text that is no proof at all."""
    return CheckpointInvalid("this is no proof of a ledger", remedy=REMEDY)
