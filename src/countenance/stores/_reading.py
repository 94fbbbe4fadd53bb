"""Reading the SQL store in one transaction, at one moment."""

from sqlalchemy import select

from countenance.ports import Job, Publication
from countenance.seals import keyed_digest
from countenance.stores import _schema
from countenance.stores._reading_ledger import LedgerReading
from countenance.stores._reading_people import PeopleReading
from countenance.stores._reading_photos import PhotosReading
from countenance.stores._spelling import job_of, publication_of


class SqlReading(PeopleReading, PhotosReading, LedgerReading):
    """The store as it stands at one moment."""

    def jobs(self) -> tuple[Job, ...]:
        """Give the jobs, the oldest first."""
        statement = select(_schema.jobs).order_by(_schema.jobs.c.number)
        return tuple(map(job_of, self._connection.execute(statement).mappings().all()))

    def release_used(self, fingerprint: str) -> bool:
        """Tell whether a signed form with this content hash was used before."""
        same = select(_schema.releases.c.fingerprint).where(_schema.releases.c.fingerprint == fingerprint)
        return self._connection.execute(same).first() is not None

    def publications(self) -> tuple[Publication, ...]:
        """Give all covered copies, the oldest first, each with those who may be shown now."""
        shown = self._live.shown()
        statement = select(_schema.publications).order_by(_schema.publications.c.number)
        rows = self._connection.execute(statement).mappings().all()
        return tuple(publication_of(row, shown.get(row["id"], ())) for row in rows)

    def keyed_digest(self, data: bytes) -> str:
        """Give the hexadecimal HMAC-SHA-256 of data under a key of this library."""
        return keyed_digest(self._keyring.digest_key(), data).hex()
