"""Checkpoints (c2sp.org/tlog-checkpoint): the size and root of the tree, signed, for others to remember."""

import base64
import binascii
import re
from dataclasses import dataclass

from countenance.errors import CheckpointInvalid, SealBroken
from countenance.ledger._tree import HASH_BYTES, SIZE_LIMIT
from countenance.seals import open_note, sign_note

REMEDY = "ask for the original file; a changed one proves nothing"
LINES = 3

_ORIGIN = re.compile(r"countenance/ledger/([A-Za-z0-9][A-Za-z0-9._-]{0,127})/([1-9][0-9]{0,8})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's size and root (32 bytes), and the name of the log (`origin`, from `origin_of`)."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what is no checkpoint of a ledger."""
        if _ORIGIN.fullmatch(self.origin) is None:
            raise ValueError(f"{self.origin!r} is no origin of a ledger")
        if not 0 <= self.size < SIZE_LIMIT or len(self.root) != HASH_BYTES:
            raise ValueError(f"a checkpoint has a size and a root of {HASH_BYTES} bytes")

    @property
    def library(self) -> str:
        """The id of the library whose ledger it is."""
        return library_and_branch(self.origin)[0]

    @property
    def branch(self) -> int:
        """How often that ledger was begun anew from an older state, and one."""
        return library_and_branch(self.origin)[1]

    def text(self) -> str:
        """Give the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


def origin_of(library: str, branch: int) -> str:
    """Give the name of a library's log. Each time its ledger goes on from an older state, a new branch begins.

    Raises:
        ValueError: that is no id of a library, or no number of a branch.
    """
    origin = f"countenance/ledger/{library}/{branch}"
    library_and_branch(origin)
    return origin


def library_and_branch(origin: str) -> tuple[str, int]:
    """Give the library's id and the number of the branch that an origin names.

    Raises:
        ValueError: it is no origin of a ledger.
    """
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        raise ValueError(f"{origin!r} is no origin of a ledger")
    return found[1], int(found[2])


def sign_checkpoint(checkpoint: Checkpoint, private_key: bytes) -> str:
    """Sign a checkpoint with the library's raw Ed25519 key (32 bytes); gives the signed note."""
    return sign_note(checkpoint.text(), name=checkpoint.origin, private_key=private_key)


def open_checkpoint(note: str, *, public_key: bytes, library: str | None = None) -> Checkpoint:
    """Give the checkpoint of a signed note whose signature holds, of this library or (None) of whichever it names.

    Raises:
        CheckpointInvalid: it is no checkpoint of such a ledger, or the key (32 bytes) has not signed it.
    """
    origin = note.partition("\n")[0]
    try:
        named, _ = library_and_branch(origin)
        text = open_note(note, name=origin, public_key=public_key)
        checkpoint = _read(text)
    except SealBroken as problem:
        raise CheckpointInvalid(f"the checkpoint does not hold: {problem.what}", remedy=REMEDY) from problem
    except (ValueError, binascii.Error) as problem:
        raise CheckpointInvalid("this is no checkpoint of a ledger", remedy=REMEDY) from problem
    if library not in {None, named}:
        raise CheckpointInvalid(f"the checkpoint is of the library {named}, not of {library}", remedy=REMEDY)
    return checkpoint


def _read(text: str) -> Checkpoint:
    lines = text.splitlines()
    # Lines after the third are nobody's to verify; a ledger of ours writes none.
    if len(lines) != LINES or _SIZE.fullmatch(lines[1]) is None:
        raise ValueError("it has other lines")
    checkpoint = Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
    if checkpoint.text() != text:
        raise ValueError("it is spelt in another way")
    return checkpoint
