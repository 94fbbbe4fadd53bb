"""Opening entries for the controller with whichever of its keys fits: the lasting one, or that of a month."""

from collections.abc import Iterable, Iterator
from itertools import chain

from countenance.errors import LedgerBroken, SealBroken
from countenance.ledger import Entry, EntryKind, SealedEntry, fitting_controller_key, open_controller_part
from countenance.stores._continuing import REMEDY


class Unsealing:
    """The controller's keys of one library. A miss costs a few hashes; the one that fitted last is tried first."""

    def __init__(self, keys: Iterable[bytes], *, library: str) -> None:
        """Use these keys, each of which is asked for only when none before it has fitted."""
        self._known: list[bytes] = []
        self._more = iter(keys)
        self._library = library

    def key_for(self, sealed: SealedEntry) -> bytes | None:
        """Give the key that the controller's part is sealed under; None if it is gone."""
        key = fitting_controller_key(sealed, chain(tuple(self._known), self._drawn()), library=self._library)
        if key is not None:
            self._known.remove(key)
            self._known.insert(0, key)
        return key

    def entry(self, place: int, sealed: SealedEntry) -> Entry | None:
        """Open the entry at a place; None if its key is gone.

        Raises:
            LedgerBroken: it was changed.
            StoreBroken, SealBroken: one of the keys is lost, or was changed.
        """
        key = self.key_for(sealed)
        if key is None:
            return None
        try:
            return open_controller_part(sealed, key, library=self._library)
        except SealBroken as problem:
            raise LedgerBroken(f"the ledger's entry {place} was changed", remedy=REMEDY) from problem

    def last_ended(self, newest_first: Iterable[tuple[int, SealedEntry]]) -> int:
        """Give the place of the last entry that says that searches were ended; -1 if there is none."""
        for place, sealed in newest_first:
            try:
                entry = self.entry(place, sealed)
            except LedgerBroken:
                continue
            if entry is not None and entry.kind is EntryKind.SEARCHES_ENDED:
                return place
        return -1

    def _drawn(self) -> Iterator[bytes]:
        for key in self._more:
            self._known.append(key)
            yield key


def keyless(place: int) -> LedgerBroken:
    """Give the error for an entry that no key opens, though no searches were ended since it was recorded."""
    return LedgerBroken(f"the ledger's entry {place} was changed: no key opens it", remedy=REMEDY)
