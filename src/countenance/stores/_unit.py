"""Writing the SQL store: one transaction, all of it or nothing."""

from countenance.consent import Policy
from countenance.faces import Calibration
from countenance.ports import Job, JobState
from countenance.stores import _rules, _schema
from countenance.stores._spelling import job_row
from countenance.stores._unit_copies import CopiesUnit
from countenance.stores._unit_ledger import LedgerUnit
from countenance.stores._unit_people import PeopleUnit
from countenance.stores._unit_photos import PhotosUnit


class SqlUnit(PeopleUnit, PhotosUnit, CopiesUnit, LedgerUnit):
    """One writing transaction."""

    def finish(self) -> None:
        """Do what comes last in the transaction.

        Raises:
            DeedUnrecorded: something was changed and no entry recorded.
            ReceiptInvalid: somebody was taken up without a receipt.
        """
        if self._changed and not self._recorded:
            raise _rules.unrecorded()
        if self._receiptless:
            raise _rules.receiptless(self._receiptless)
        self._settle_dropped()
        self._rows.settle()

    def set_policy(self, policy: Policy) -> int:
        """Put a policy in force from `now` on, and give its number; the earlier ones stay readable."""
        number = self._next(_schema.policies.c.number)
        self._rows.insert(_schema.policies, {"number": number, "since": self._at, "policy": policy.to_json()})
        self._changed = True
        return number

    def keep_calibration(self, calibration: Calibration, *, people: int) -> int:
        """Put thresholds measured for this library in force for so many people, and give their number."""
        number = self._next(_schema.calibrations.c.number)
        row = {"number": number, "since": self._at, "people": people, "calibration": calibration.to_json()}
        self._rows.insert(_schema.calibrations, row)
        self._raise_roll(enrolled=True)
        return number

    def queue_job(self, kind: str, *, total: int) -> int:
        """Leave work for later, in this transaction; gives the job's number."""
        number = self._next(_schema.jobs.c.number)
        job = Job(number, kind, JobState.QUEUED, self._now, None, None, total, done=0, failed=0)
        self._rows.insert(_schema.jobs, job_row(job))
        self._changed = True
        return number

    def keep_job(self, job: Job) -> None:
        """Keep how far a job is."""
        _rules.check_job(job, known=[one.number for one in self.jobs()])
        self._rows.update(_schema.jobs, _schema.jobs.c.number == job.number, job_row(job))
        self._changed = True
