"""What a library tells of its ledger: what was done, and that nothing of it was changed."""

from collections.abc import Sequence

from countenance.journeys.prove import Told, prove
from countenance.journeys.report import Period, TransparencyReport, report
from countenance.library._checks import LedgerVerdict, verify_ledger
from countenance.library._outside_memory import OutsideMemory
from countenance.library._remembered import Remembered
from countenance.ports import Finding


class LedgerOfLibrary(OutsideMemory):
    """The side of a library that is turned to its ledger; the library brings store, actor and clock."""

    def ledger_findings(self, start: int = 0) -> tuple[Finding, ...]:
        """Give the ledger's entries, as far as the keys at hand open them."""
        with self._store.read(now=self._clock()) as reading:
            return tuple(reading.ledger_findings(start))

    def verify_ledger(self, remembered: Sequence[Remembered] = ()) -> LedgerVerdict:
        """Compute the ledger's tree anew from its entries and compare it with what was kept.

        And with what others remember of it, which `remembered_in` gives.
        """
        return verify_ledger(self._store, now=self._clock(), remembered=remembered)

    def told(self, named: str) -> Told:
        """Give what the ledger tells a person, above all each search about them, each with a proof for that person.

        Asking is an act of that person and an entry itself, as an export is.

        Raises:
            PersonUnknown, PersonAmbiguous: nobody, or several.
            LedgerBroken: the ledger does not hold what it should.
        """
        return prove(named, store=self._store, actor=self._actor, clock=self._clock)

    def report(self, period: Period) -> TransparencyReport:
        """Count what was done in a period, in fives, so that it may be published as it stands.

        Raises:
            UsageWrong: the period is not over.
            LedgerBroken: entries are missing, or the ledger does not continue the checkpoint that was signed last.
        """
        return report(period, store=self._store, clock=self._clock)
