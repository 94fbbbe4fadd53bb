"""Reading the SQL store in one transaction, at one moment."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from countenance.ledger import Edge, SealedEntry, open_controller_part, open_person_part, read_moment
from countenance.ports import Finding, Job, KeyKind, PeopleFound, PersonFinding, Publication
from countenance.seals import keyed_digest
from countenance.stores import _schema
from countenance.stores._found import people_found
from countenance.stores._reading_people import PeopleReading
from countenance.stores._reading_photos import PAGE_ROWS, PhotosReading
from countenance.stores._rows import Values
from countenance.stores._spelling import job_of, publication_of, understood

# Entries in a page from the ledger's end: what is looked for there is seldom further.
LAST_ROWS = 50


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
            yield from map(_row, page)
            if len(page) < PAGE_ROWS:
                return
            start = page[-1]["place"] + 1

    def ledger_findings(self, start: int = 0) -> Iterator[Finding]:
        """Give the entries opened with the controller's key."""
        return map(self._finding, self.ledger_rows(start))

    def people_found(self, account: str, since: datetime) -> PeopleFound:
        """Give whom this account found from this moment on, and at which number a day it was refused."""
        return people_found(map(self._finding, self._last_rows()), account, since)

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

    def _last_rows(self) -> Iterator[tuple[int, SealedEntry]]:
        """Give the sealed entries from the last one backwards, a few at a time."""
        entries, start = _schema.ledger, self.ledger_edge().size
        while start:
            statement = select(entries).where(entries.c.place < start).order_by(entries.c.place.desc()).limit(LAST_ROWS)
            page = self._connection.execute(statement).mappings().all()
            yield from map(_row, page)
            start = page[-1]["place"] if page else 0

    def _finding(self, row: tuple[int, SealedEntry]) -> Finding:
        place, sealed = row
        key = self._keyring.own(KeyKind.CONTROLLER)
        return Finding(place, open_controller_part(sealed, key, library=self._keyring.library))


def _row(row: Values) -> tuple[int, SealedEntry]:
    with understood():
        return row["place"], SealedEntry(row["salt"], row["payload"])


def _person_finding(place: int, told: Mapping[str, Any]) -> PersonFinding:
    with understood():
        return PersonFinding(
            index=place,
            kind=told["kind"],
            at=read_moment(told["at"]),
            role=told["role"],
            facts=told["facts"],
        )
