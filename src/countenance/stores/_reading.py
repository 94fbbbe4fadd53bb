"""Reading the SQL store in one transaction, at one moment."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, select

from countenance.consent import (
    Consent,
    Policy,
    Purpose,
    Receipt,
    latest_expiry,
    live_purposes,
    sign_receipt,
    standing,
    state_of,
    verify_receipt,
)
from countenance.errors import StoreBroken, UsageWrong
from countenance.ledger import Edge, SealedEntry, open_controller_part
from countenance.ports import (
    Appearance,
    Finding,
    KeyKind,
    KnownPhoto,
    Person,
    PhotoRecord,
    PhotoState,
    Publication,
    Reference,
    StoredReceipt,
    Vault,
)
from countenance.seals import keyed_digest, unseal
from countenance.stores import _rules, _schema
from countenance.stores._keyring import Keyring
from countenance.stores._live import Live
from countenance.stores._rows import Values
from countenance.stores._spelling import (
    bound,
    box_of,
    moment_number,
    moment_of,
    path_bytes,
    path_of,
    photo_of,
    publication_of,
    purpose_of,
    template_of,
    understood,
)

T = TypeVar("T")

# Rows fetched at once: iterators stay valid while the same transaction writes.
PAGE_ROWS = 500
# As many people as may be expected in the photos of a few hours; a receipt takes some kilobytes.
REMEMBERED_RECEIPTS = 2000
ONLY = 1
"""The place of the one row of `standing`."""


class SqlReading:
    """The store as it stands at one moment."""

    def __init__(self, connection: Connection, vault: Vault, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._at = moment_number(now)
        self._keyring = Keyring(connection, vault)
        self._live = Live(connection, self._at)
        self._receipts: dict[str, tuple[StoredReceipt, ...]] = {}

    @property
    def now(self) -> datetime:
        """The moment for which consent is judged."""
        return self._now

    def policy(self) -> Policy:
        """Give the library's policy in force."""
        newest = select(_schema.policies.c.policy).order_by(_schema.policies.c.number.desc()).limit(1)
        try:
            return Policy.from_json(self._there(self._connection.execute(newest).scalar_one_or_none()))
        except UsageWrong as problem:
            raise StoreBroken("the stored policy was changed", remedy="restore the library from a backup") from problem

    def public_key(self) -> bytes:
        """Give the library's raw Ed25519 public key."""
        key: bytes | None = self._connection.execute(select(_schema.library.c.public_key)).scalar_one_or_none()
        return self._there(key)

    def sign_receipt(self, receipt: Receipt) -> str:
        """Sign a receipt with the library's key."""
        return sign_receipt(receipt, self._keyring.own(KeyKind.SIGNING))

    def roll(self) -> int:
        """Give the number that grows with every enrolment and every withdrawal."""
        return int(self._standing()["roll"])

    def people(self) -> tuple[Person, ...]:
        """Give everybody with evidence kept, in the order of enrolment."""
        enrolled = self._live.with_reference()
        rows = self._connection.execute(select(_schema.people).order_by(_schema.people.c.number)).mappings().all()
        return tuple(self._person(row, has_template=row["id"] in enrolled) for row in rows)

    def person(self, named: str) -> Person:
        """Give the one person with this id or this name."""
        row = self._person_row(named)
        if row is None:
            rows = self._connection.execute(select(_schema.people)).mappings().all()
            leaving = self._without_consent()
            found = _rules.chosen_person(
                named, (_rules.Named(one["id"], self._name(one), one["id"] in leaving) for one in rows)
            )
            row = next(one for one in rows if one["id"] == found)
        return self._person(row, has_template=row["id"] in self._live.with_reference())

    def receipts(self, person: str) -> tuple[StoredReceipt, ...]:
        """Give a person's receipts, opened and verified, the newest last."""
        known = self._receipts.get(person)
        if known is None:
            kept = _schema.receipts
            statement = select(kept).where(kept.c.person == person).order_by(kept.c.number)
            rows = self._connection.execute(statement).mappings().all()
            known = self._receipts[person] = tuple(self._receipt(row) for row in rows)
        return known

    def consents(self, person: str) -> tuple[Consent, ...]:
        """Give what the gate needs to decide about a person."""
        return tuple(receipt.consent for receipt in self.receipts(person))

    def references(self) -> Iterator[Reference]:
        """Give the references of people with a live receipt."""
        for row in self._live.references():
            person, model = row["person"], row["model"]
            if row["wrapped"] is None:
                raise StoreBroken(f"the template key of {person} is gone", remedy="restore the library from a backup")
            key = self._keyring.unwrapped(row["wrapped"], KeyKind.TEMPLATE, person)
            plain = unseal(key, row["template"], bound_to=bound(self._keyring.library, person, "template", model))
            with understood():
                template = template_of(plain, model)
            yield Reference(person, template)

    def photo(self, path: Path) -> PhotoRecord | None:
        """Give what is known of a file by its absolute path."""
        row = self._photo_row(_schema.photos.c.path == path_bytes(path))
        return None if row is None else photo_of(row)

    def photos(self) -> Iterator[PhotoRecord]:
        """Give all photos in the order in which they were first seen."""
        after = 0
        while page := self._photo_page(_schema.photos.c.id > after, PAGE_ROWS):
            yield from page
            after = page[-1].id

    def photos_behind(self, *, seen_with: str, limit: int, after: int = 0) -> tuple[KnownPhoto, ...]:
        """Give up to `limit` done photos with an id above `after`, matched before the last enrolment, by id."""
        page = self._photo_page(and_(_schema.photos.c.id > after, self._behind(seen_with)), limit)
        return tuple(
            KnownPhoto(photo.id, photo.path, photo.fingerprint, tuple(map(box_of, self._box_rows(photo.id))))
            for photo in page
        )

    def photos_behind_count(self, *, seen_with: str) -> int:
        """Count the photos that `photos_behind` would give in all."""
        statement = select(func.count()).select_from(_schema.photos).where(self._behind(seen_with))
        return int(self._connection.execute(statement).scalar_one())

    def appearances_of(self, person: str, purpose: Purpose) -> tuple[Appearance, ...]:
        """Give where a person is, if the person's consent for this purpose is live; by path."""
        with understood():
            return _rules.by_path(
                Appearance(person, path_of(row["path"]), box_of(row)) for row in self._live.appearances(person, purpose)
            )

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

    def keyed_digest(self, data: bytes) -> str:
        """Give the hexadecimal HMAC-SHA-256 of data under a key of this library."""
        return keyed_digest(self._keyring.digest_key(), data).hex()

    def _standing(self) -> Values:
        statement = select(_schema.standing).where(_schema.standing.c.place == ONLY)
        return self._there(self._connection.execute(statement).mappings().one_or_none())

    @staticmethod
    def _there(found: T | None) -> T:
        if found is None:
            raise StoreBroken("a row that every library has is gone", remedy="restore the library from a backup")
        return found

    def _person_row(self, person: str) -> Values | None:
        same = select(_schema.people).where(_schema.people.c.id == person)
        return self._connection.execute(same).mappings().one_or_none()

    def _person(self, row: Values, *, has_template: bool) -> Person:
        consents = self.consents(row["id"])
        with understood():
            return Person(
                id=row["id"],
                name=self._name(row),
                purposes=live_purposes(consents, self._now),
                expires=latest_expiry(consents, self._now),
                state=standing(consents, self._now),
                has_template=has_template,
            )

    def _name(self, row: Values) -> str:
        return self._keyring.unseal(KeyKind.EVIDENCE, row["id"], row["name"], "name").decode()

    def _without_consent(self) -> frozenset[str]:
        """Give the ids of everybody who has withdrawn everything."""
        staying = select(_schema.permissions.c.person).where(_schema.permissions.c.withdrawn_at.is_(None))
        statement = select(_schema.people.c.id).where(_schema.people.c.id.not_in(staying))
        return frozenset(self._connection.execute(statement).scalars())

    def _receipt(self, row: Values) -> StoredReceipt:
        jws = self._keyring.unseal(KeyKind.EVIDENCE, row["person"], row["jws"], "receipt", row["id"]).decode()
        receipt = verified_receipt(jws, self.public_key(), self._keyring.library)
        ended = select(_schema.permissions.c.purpose, _schema.permissions.c.withdrawn_at).where(
            _schema.permissions.c.receipt == row["id"], _schema.permissions.c.withdrawn_at.is_not(None)
        )
        with understood():
            if (row["id"], row["person"], moment_of(row["given"]), moment_of(row["valid_until"])) != (
                receipt.id,
                receipt.person,
                receipt.given,
                receipt.valid_until,
            ):
                raise ValueError(f"the receipt {row['id']} says something else than its row")
            withdrawn = {purpose_of(purpose): moment_of(at) for purpose, at in self._connection.execute(ended)}
        consent = Consent(receipt, withdrawn)
        return StoredReceipt(row["id"], jws, consent, state_of(consent, self._now))

    def _photo_row(self, where: ColumnElement[bool]) -> Values | None:
        return self._connection.execute(select(_schema.photos).where(where)).mappings().one_or_none()

    def _photo_page(self, where: ColumnElement[bool], limit: int) -> list[PhotoRecord]:
        statement = select(_schema.photos).where(where).order_by(_schema.photos.c.id).limit(limit)
        return [photo_of(row) for row in self._connection.execute(statement).mappings().all()]

    def _box_rows(self, photo: int) -> list[Values]:
        statement = select(_schema.boxes).where(_schema.boxes.c.photo == photo).order_by(_schema.boxes.c.place)
        return list(self._connection.execute(statement).mappings())

    def _behind(self, seen_with: str) -> ColumnElement[bool]:
        enrolled = select(_schema.standing.c.enrolled_roll).scalar_subquery()
        return and_(
            _schema.photos.c.state == str(PhotoState.DONE),
            _schema.photos.c.seen_with == seen_with,
            _schema.photos.c.roll < enrolled,
        )


# Verifying takes milliseconds, and an indexing run asks for the same receipts in every transaction. The answer depends
# on these arguments alone.
@lru_cache(maxsize=REMEMBERED_RECEIPTS)
def verified_receipt(jws: str, public_key: bytes, library: str) -> Receipt:
    """Give a receipt if it verifies.

    Raises:
        ReceiptInvalid: it does not, or is another library's.
    """
    return verify_receipt(jws, public_key=public_key, library=library)
