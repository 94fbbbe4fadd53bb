"""What every reading of the SQL store begins with: one transaction, one moment, the library's own rows and keys."""

from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Connection, select

from countenance.consent import Policy, Receipt, sign_receipt, verify_receipt
from countenance.errors import EvaluationInvalid, SealBroken, StoreBroken
from countenance.faces import Calibration
from countenance.ports import CalibrationVersion, KeyKind, PolicyVersion, StoredReceipt, Vault
from countenance.seals import public_key_of
from countenance.stores import _schema
from countenance.stores._ended import Ended
from countenance.stores._keyring import Keyring
from countenance.stores._live import Live
from countenance.stores._rows import Values
from countenance.stores._spelling import moment_number, moment_of

T = TypeVar("T")

# As many people as may be expected in the photos of a few hours; a receipt takes some kilobytes.
REMEMBERED_RECEIPTS = 2000
ONLY = 1
"""The place of the one row of `standing`."""


class BaseReading:
    """A transaction at one moment, with its keys, its view of what is live, and what it has opened so far."""

    def __init__(self, connection: Connection, vault: Vault, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._at = moment_number(now)
        self._keyring = Keyring(connection, vault)
        self._live = Live(connection, self._at)
        self._ended = Ended(connection, self._at)
        self._receipts: dict[str, tuple[StoredReceipt, ...]] = {}

    @property
    def now(self) -> datetime:
        """The moment for which consent is judged."""
        return self._now

    def policy(self) -> Policy:
        """Give the library's policy in force."""
        newest = select(_schema.policies.c.policy).order_by(_schema.policies.c.number.desc()).limit(1)
        return _policy(self._there(self._connection.execute(newest).scalar_one_or_none()))

    def policies(self) -> tuple[PolicyVersion, ...]:
        """Give every policy that the library has had, the newest last."""
        rows = self._connection.execute(select(_schema.policies).order_by(_schema.policies.c.number)).mappings().all()
        return tuple(PolicyVersion(row["number"], moment_of(row["since"]), _policy(row["policy"])) for row in rows)

    def calibration(self) -> Calibration | None:
        """Give the thresholds that were measured for this library last; None if none ever were."""
        newest = select(_schema.calibrations.c.calibration).order_by(_schema.calibrations.c.number.desc()).limit(1)
        kept: bytes | None = self._connection.execute(newest).scalar_one_or_none()
        return None if kept is None else _calibration(kept)

    def calibrations(self) -> tuple[CalibrationVersion, ...]:
        """Give all thresholds that were measured for this library, the newest last."""
        table = _schema.calibrations
        rows = self._connection.execute(select(table).order_by(table.c.number)).mappings().all()
        return tuple(
            CalibrationVersion(row["number"], moment_of(row["since"]), row["people"], _calibration(row["calibration"]))
            for row in rows
        )

    def public_key(self) -> bytes:
        """Give the library's raw Ed25519 public key."""
        key: bytes | None = self._connection.execute(select(_schema.library.c.public_key)).scalar_one_or_none()
        return self._there(key)

    def verifying_key(self) -> bytes:
        """Give the public key of what the library signs with, out of the signing key, whatever the kept row says.

        Raises:
            StoreBroken, SealBroken: the signing key is gone, or was changed.
        """
        return public_key_of(self._keyring.own(KeyKind.SIGNING))

    def sign_receipt(self, receipt: Receipt) -> str:
        """Sign a receipt with the library's key."""
        return sign_receipt(receipt, self._keyring.own(KeyKind.SIGNING))

    def roll(self) -> int:
        """Give the number that grows with every enrolment, withdrawal and calibration."""
        return int(self._standing()["roll"])

    def _standing(self) -> Values:
        statement = select(_schema.standing).where(_schema.standing.c.place == ONLY)
        return self._there(self._connection.execute(statement).mappings().one_or_none())

    @staticmethod
    def _there(found: T | None) -> T:
        if found is None:
            raise StoreBroken("a row that every library has is gone", remedy="restore the library from a backup")
        return found


def _policy(data: bytes) -> Policy:
    try:
        return Policy.from_json(data)
    except SealBroken as problem:
        raise StoreBroken("the stored policy was changed", remedy="restore the library from a backup") from problem


# Every photo that is matched asks for it; the answer depends on the bytes alone.
@lru_cache(maxsize=4)
def _calibration(data: bytes) -> Calibration:
    try:
        return Calibration.from_json(data)
    except EvaluationInvalid as problem:
        raise StoreBroken("the stored thresholds were changed", remedy="restore the library from a backup") from problem


# Verifying takes milliseconds, and an indexing run asks for the same receipts in every transaction. The answer depends
# on these arguments alone.
@lru_cache(maxsize=REMEMBERED_RECEIPTS)
def verified_receipt(jws: str, public_key: bytes, library: str) -> Receipt:
    """Give a receipt if it verifies.

    Raises:
        ReceiptInvalid: it does not, or is another library's.
    """
    return verify_receipt(jws, public_key=public_key, library=library)
