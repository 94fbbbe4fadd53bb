"""What a library tells of its ledger: what was done, and that nothing of it was changed."""

from countenance.library._checks import LedgerVerdict, verify_ledger
from countenance.ports import Clock, Finding, Store


class LedgerOfLibrary:
    """The side of a library that is turned to its ledger; the library brings the store and the clock."""

    _store: Store
    _clock: Clock

    def ledger_findings(self, start: int = 0) -> tuple[Finding, ...]:
        """Give the ledger's entries, as far as the keys at hand open them."""
        with self._store.read(now=self._clock()) as reading:
            return tuple(reading.ledger_findings(start))

    def verify_ledger(self) -> LedgerVerdict:
        """Compute the ledger's tree anew from its entries and compare it with what was kept."""
        return verify_ledger(self._store, now=self._clock())
