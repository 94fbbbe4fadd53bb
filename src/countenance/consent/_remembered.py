"""The ledger as a receipt remembers it: what its signed note of a checkpoint says, and how it is spelled.

What a root proves belongs to the ledger; whether the note is signed by the library, to whoever has its public key.
"""

import re
from dataclasses import dataclass

# A C2SP checkpoint (c2sp.org/tlog-checkpoint) in its one spelling: origin, number of entries and root; below them the
# one signature. 32 bytes of base64 end with two bits that mean nothing, 68 with four: they are zero.
_NOTE = re.compile(
    r"(?P<origin>countenance/ledger/(?P<library>[A-Za-z0-9][A-Za-z0-9._-]{0,127})/[1-9][0-9]{0,8})\n"
    r"(?P<size>0|[1-9][0-9]{0,18})\n"
    r"(?P<root>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)\n"
    r"\n"
    r"— (?P=origin) [A-Za-z0-9+/]{90}[AEIMQUYcgkosw048]=\n"
)


@dataclass(frozen=True, slots=True)
class RememberedLedger:
    """A ledger at one moment: its name, the library it is of, how many entries it had, and its root in base64."""

    origin: str
    library: str
    size: int
    root: str


def remembered(note: str) -> RememberedLedger:
    """Read the note of a checkpoint without looking at its signature.

    Raises:
        ValueError: it is not spelled as one is.
    """
    told = _NOTE.fullmatch(note)
    if told is None:
        raise ValueError("it is not origin, size, root and one signature, each in its line")
    return RememberedLedger(told["origin"], told["library"], int(told["size"]), told["root"])
