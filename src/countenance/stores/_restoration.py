"""What restoring brought back and ended, and what is known of what was lost; pure, and told by those who do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypedDict

from countenance.consent import Purpose
from countenance.ledger import Checkpoint, Edge, Entry, append, leaf_hash, root
from countenance.stores._continuing import FIRST_BRANCH
from countenance.stores._mirror import Mirrored
from countenance.stores._reading import SqlReading

NOBODY: Final[Mapping[str, tuple[Purpose, ...]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Restoration:
    """What restoring brought back, what it ended, and what it knows of what was lost.

    `ledger_size` is how many ledger entries were brought back, `checkpoint` of how many the mirror knows (None: there
    was no mirror); `agrees` is False if mirror and backup are of two copies that went different ways, `older` is True
    if the mirror is older than the backup. `ended` are the purposes that the mirror ended, by person; `dropped` are
    those whose templates could not be brought back though their consent allows them: they give their photos again.
    `branch` is the number under which the ledger goes on, `entry` the place of the ledger entry about it.
    """

    library: str
    made: datetime
    people: int
    photos: int
    ledger_size: int
    checkpoint: int | None = None
    agrees: bool = True
    older: bool = False
    ended: Mapping[str, tuple[Purpose, ...]] = field(default_factory=lambda: NOBODY)
    forgotten: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    branch: int = FIRST_BRANCH
    entry: int = -1

    @property
    def lost(self) -> range:
        """The places of the ledger entries that are known to be lost."""
        return range(self.ledger_size, max(self.ledger_size, self.checkpoint or 0))


class Extent(TypedDict):
    """How much is in a library: which one it is, people, photos that were looked at, ledger entries."""

    library: str
    people: int
    photos: int
    ledger_size: int


EntryFor = Callable[[Restoration], Entry]


def known_size(said: Mirrored | None, remembered: Checkpoint | None) -> int | None:
    """Give how many entries the ledger had at least, as far as the mirror knows."""
    return max((one.size for one in (said, remembered) if one is not None), default=None)


def agrees(reading: SqlReading, said: Mirrored | None, remembered: Checkpoint | None) -> bool:
    """Tell whether the ledger had the roots that the mirror knows when it had the sizes that the mirror knows."""
    known = [(one.size, one.root) for one in (said, remembered) if one is not None]
    edge = Edge.empty()
    for _, sealed in reading.ledger_rows():
        # A ledger that is shorter than a checkpoint cannot be compared with it.
        if any(size == edge.size and digest != root(edge) for size, digest in known):
            return False
        edge = append(edge, leaf_hash(sealed))
    return not any(size == edge.size and digest != root(edge) for size, digest in known)
