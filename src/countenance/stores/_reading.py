"""Reading the SQL store in one transaction, at one moment."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from countenance.ledger import Edge, SealedEntry, open_controller_part, open_person_part, read_moment
from countenance.ports import Finding, Job, KeyKind, PersonFinding, Publication
from countenance.seals import keyed_digest
from countenance.stores import _schema
from countenance.stores._reading_people import PeopleReading
from countenance.stores._reading_photos import PAGE_ROWS, PhotosReading
from countenance.stores._spelling import job_of, publication_of, understood


class SqlReading(PeopleReading, PhotosReading):
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

    def ledger_edge(self) -> Edge:
        """Give the right edge of the ledger's tree."""
        return Edge.from_bytes(self._standing()["edge"])

    def ledger_rows(self, start: int = 0) -> Iterator[tuple[int, SealedEntry]]:
        """Give the sealed entries from a place on, in order."""
        entries = _schema.ledger
        while True:
            statement = select(entries).where(entries.c.place >= start).order_by(entries.c.place).limit(PAGE_ROWS)
            page = self._connection.execute(statement).mappings().all()
            for row in page:
                with understood():
                    sealed = SealedEntry(row["salt"], row["payload"])
                yield row["place"], sealed
            if len(page) < PAGE_ROWS:
                return
            start = page[-1]["place"] + 1

    def ledger_findings(self, start: int = 0) -> Iterator[Finding]:
        """Give the entries opened with the controller's key."""
        key = self._keyring.own(KeyKind.CONTROLLER)
        for place, sealed in self.ledger_rows(start):
            yield Finding(place, open_controller_part(sealed, key, library=self._keyring.library))

    def findings_about(self, person: str) -> Iterator[PersonFinding]:
        """Give what the ledger tells a person, opened with the person's audit key; nothing once that is gone."""
        if not self._keyring.has(KeyKind.AUDIT, person):
            return
        key = self._keyring.key(KeyKind.AUDIT, person)
        for place, sealed in self.ledger_rows():
            told = open_person_part(sealed, key, library=self._keyring.library)
            if told is not None:
                yield _person_finding(place, told)

    def keyed_digest(self, data: bytes) -> str:
        """Give the hexadecimal HMAC-SHA-256 of data under a key of this library."""
        return keyed_digest(self._keyring.digest_key(), data).hex()


def _person_finding(place: int, told: Mapping[str, Any]) -> PersonFinding:
    with understood():
        return PersonFinding(
            index=place,
            kind=told["kind"],
            at=read_moment(told["at"]),
            role=told["role"],
            facts=told["facts"],
        )
