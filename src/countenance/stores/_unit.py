"""Writing the SQL store: one transaction, all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, and_, func, select

from countenance.consent import Permit, Purpose, Receipt
from countenance.faces import Template
from countenance.ledger import Entry, append, leaf_hash, seal_entry
from countenance.ports import Erased, KeyKind, PhotoState, Publication, PublicationState, SeenPhoto, Vault
from countenance.stores import _rules, _schema
from countenance.stores._erasing import Erasing
from countenance.stores._reading import ONLY, SqlReading, verified_receipt
from countenance.stores._rows import RowKeys, Rows
from countenance.stores._spelling import (
    moment_number,
    path_bytes,
    photo_row,
    publication_row,
    template_bytes,
)

# Each person's keys. The template key alone goes at withdrawal.
PERSON_KEYS = (KeyKind.TEMPLATE, KeyKind.EVIDENCE, KeyKind.AUDIT)


class SqlUnit(SqlReading):
    """One writing transaction."""

    def __init__(self, connection: Connection, vault: Vault, row_keys: RowKeys, now: datetime) -> None:
        super().__init__(connection, vault, now)
        self._rows = Rows(connection, row_keys)
        self._erasing = Erasing(connection, self._rows)
        self._changed = False
        self._recorded = False
        self._receiptless: set[str] = set()

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
        self._rows.settle()

    def record(self, entry: Entry) -> int:
        """Append an entry to the ledger and give its place."""
        sealed = seal_entry(
            entry,
            controller_key=self._keyring.own(KeyKind.CONTROLLER),
            audit_keys={
                person: self._keyring.key(KeyKind.AUDIT, person)
                for person in entry.concerns
                if self._person_row(person) is not None
            },
            library=self._keyring.library,
        )
        edge = self.ledger_edge()
        self._rows.insert(_schema.ledger, {"place": edge.size, "salt": sealed.salt, "payload": sealed.payload})
        self._stand(edge=append(edge, leaf_hash(sealed)).to_bytes())
        self._recorded = True
        return edge.size

    def add_person(self, person: str, name: str) -> None:
        """Take up a person with fresh template, evidence and audit keys."""
        if self._person_row(person) is not None:
            raise ValueError(f"the person {person} is known already")
        for kind in PERSON_KEYS:
            self._keyring.make(self._rows, kind, person)
        sealed = self._keyring.seal(KeyKind.EVIDENCE, person, name.encode(), "name")
        number = self._next(_schema.people.c.number)
        self._rows.insert(_schema.people, {"number": number, "id": person, "name": sealed})
        self._receiptless.add(person)
        self._changed = True

    def add_receipt(self, person: str, jws: str) -> None:
        """Keep a person's signed receipt."""
        receipt = verified_receipt(jws, self.public_key(), self._keyring.library)
        same = select(_schema.receipts.c.id).where(_schema.receipts.c.id == receipt.id)
        _rules.check_receipt(receipt, person, known=self._connection.execute(same).scalars().all())
        self._refuse_unknown(person)
        shared = {
            "person": person,
            "given": moment_number(receipt.given),
            "with_template": int(receipt.with_template),
        }
        sealed = self._keyring.seal(KeyKind.EVIDENCE, person, jws.encode(), "receipt", receipt.id)
        until = moment_number(receipt.valid_until)
        number = self._next(_schema.receipts.c.number)
        self._rows.insert(
            _schema.receipts, {**shared, "number": number, "id": receipt.id, "valid_until": until, "jws": sealed}
        )
        self._rows.insert(_schema.permissions, *self._permissions(receipt, {**shared, "expires": until}))
        self._receipts.pop(person, None)
        self._receiptless.discard(person)
        if not self._keyring.has(KeyKind.TEMPLATE, person):
            # Everything was erased, and the person gives a new consent: what comes now is sealed under a new key.
            self._keyring.make(self._rows, KeyKind.TEMPLATE, person)
        self._raise_roll(enrolled=person in self._live.with_reference())

    def add_release(self, person: str, fingerprint: str, content: bytes) -> None:
        """Keep the signed form, sealed."""
        _rules.check_release(fingerprint, content)
        self._refuse_unknown(person)
        if self.release_used(fingerprint):
            raise _rules.release_used()
        sealed = self._keyring.seal(KeyKind.EVIDENCE, person, content, "release", fingerprint)
        self._rows.insert(_schema.releases, {"fingerprint": fingerprint, "person": person, "content": sealed})
        self._changed = True

    def add_reference(self, permit: Permit, template: Template, crops: Sequence[bytes]) -> None:
        """Keep a person's sealed template and enrolment crops, and raise the roll number."""
        person = permit.person
        if not self._live.template_allowed(person):
            raise _rules.refused(permit, self.consents(person), self._now, template=True)
        plain = template_bytes(template)
        sealed = self._keyring.seal(KeyKind.TEMPLATE, person, plain, "template", template.model)
        number = self._live.add_reference(self._rows, {"person": person, "model": template.model, "template": sealed})
        if number is None:
            raise _rules.refused(permit, self.consents(person), self._now, template=True)
        for place, crop in enumerate(crops):
            image = self._keyring.seal(KeyKind.TEMPLATE, person, crop, "crop", str(number), str(place))
            self._live.add_crop(self._rows, {"reference": number, "place": place, "person": person, "image": image})
        self._raise_roll(enrolled=True)

    def keep_photo(self, photo: SeenPhoto) -> int:
        """Keep a photo with its boxes and appearances in place of what was known; give the appearances kept."""
        _rules.check_photo(photo)
        number = self._keep(photo_row(photo))
        self._rows.insert(
            _schema.boxes,
            *(
                {"photo": number, "place": place, "x": box.x, "y": box.y, "w": box.w, "h": box.h}
                for place, box in enumerate(photo.boxes)
            ),
        )
        return self._keep_appearances(number, photo.matched)

    def keep_failure(self, path: Path, *, fingerprint: str, size_bytes: int, modified_ns: int, why: str) -> None:
        """Keep that a file could not be read."""
        _rules.check_path(path)
        failed = SeenPhoto(path, fingerprint, size_bytes, modified_ns, "", 0, (), {})
        self._keep({**photo_row(failed), "state": str(PhotoState.FAILED), "why": _rules.plain_text(why)})

    def keep_missing(self, path: Path) -> None:
        """Keep that a known file is gone."""
        row = self._photo_row(_schema.photos.c.path == path_bytes(path))
        if row is not None:
            self._keep(
                {
                    **{name: value for name, value in row.items() if name not in {"id", "seal"}},
                    "state": str(PhotoState.MISSING),
                    "why": "",
                    "seen_with": "",
                    "roll": 0,
                }
            )

    def keep_matches(self, photo: int, *, fingerprint: str, roll: int, matched: Mapping[int, Permit]) -> int:
        """Match the known boxes of a photo anew; give the appearances kept."""
        row = self._photo_row(_schema.photos.c.id == photo)
        if row is None or row["state"] != str(PhotoState.DONE) or row["fingerprint"] != fingerprint:
            return 0
        _rules.check_matched(matched, boxes=len(self._box_rows(photo)))
        self._rows.update(_schema.photos, _schema.photos.c.id == photo, {"roll": roll})
        self._erasing.matches(photo)
        return self._keep_appearances(photo, matched)

    def withdraw(self, person: str, purposes: Sequence[Purpose]) -> Erased:
        """End a person's consent for these purposes at `now`; when none is left, erase what was made of the face."""
        self._refuse_unknown(person)
        given = _schema.permissions.c
        ended = [str(purpose) for purpose in purposes]
        self._rows.update(
            _schema.permissions,
            and_(given.person == person, given.purpose.in_(ended), given.withdrawn_at.is_(None)),
            {"withdrawn_at": self._at},
        )
        self._receipts.pop(person, None)
        live = self._live.purposes(person)
        references = appearances = 0
        keeps_template = self._live.template_allowed(person)
        if not keeps_template or live.isdisjoint(map(str, _rules.APPEARANCE_PURPOSES)):
            appearances = self._erasing.appearances(person)
        if not keeps_template:
            references = self._erasing.references(person)
            self._keyring.forget(KeyKind.TEMPLATE, person)
        stale = () if str(Purpose.BE_SHOWN) in live else self._erasing.make_stale(person)
        if appearances or not keeps_template:
            self._stand(wipe_due=int(self._standing()["wipe_due"]) + 1)
        self._raise_roll(enrolled=False)
        return Erased(references, appearances, stale)

    def add_publication(self, publication: Publication, permits: Sequence[Permit]) -> None:
        """Keep a covered copy as pending, with the permits of those who are shown."""
        same = select(_schema.publications.c.id).where(_schema.publications.c.id == publication.id)
        _rules.check_publication(publication, permits, known=self._connection.execute(same).scalars().all())
        for permit in permits:
            if str(permit.purpose) not in self._live.purposes(permit.person):
                raise _rules.refused(permit, self.consents(permit.person), self._now)
        number = self._next(_schema.publications.c.number)
        self._rows.insert(_schema.publications, {**publication_row(publication), "number": number})
        for permit in permits:
            self._live.add_shown(self._rows, publication.id, permit.person)
        self._changed = True

    def publication_permits_live(self, publication: str) -> bool:
        """Tell whether a copy is still pending, and everybody shown in it has a live consent for being shown."""
        return self._is_pending(publication) and self._live.everybody_shown(publication)

    def place_publication(self, publication: str) -> None:
        """Keep that the covered copy is in its place; an earlier copy at the same target is forgotten."""
        target = self._pending(publication)
        if not self._live.everybody_shown(publication):
            raise _rules.withdrawn_meanwhile()
        copies = _schema.publications.c
        earlier = select(copies.id).where(copies.target == target, copies.state != str(PublicationState.PENDING))
        self._erasing.publications(self._connection.execute(earlier).scalars().all())
        self._rows.update(_schema.publications, copies.id == publication, {"state": str(PublicationState.PLACED)})
        self._changed = True

    def drop_publication(self, publication: str) -> None:
        """Forget a pending copy that was not placed; one that another process forgot already is no error."""
        if not self._is_pending(publication):
            return
        self._erasing.publications([publication])
        self._changed = True

    def _stand(self, **changes: Any) -> None:  # noqa: ANN401  (numbers and the edge's bytes)
        self._rows.update(_schema.standing, _schema.standing.c.place == ONLY, changes)

    def _raise_roll(self, *, enrolled: bool) -> None:
        roll = self.roll() + 1
        self._stand(roll=roll, **({"enrolled_roll": roll} if enrolled else {}))
        self._changed = True

    def _refuse_unknown(self, person: str) -> None:
        if self._person_row(person) is None:
            raise _rules.unknown_person(person)

    def _pending(self, publication: str) -> bytes:
        target = self._pending_target(publication)
        if target is None:
            raise _rules.not_pending(publication)
        return target

    def _is_pending(self, publication: str) -> bool:
        return self._pending_target(publication) is not None

    def _pending_target(self, publication: str) -> bytes | None:
        copies = _schema.publications.c
        statement = select(copies.target).where(copies.id == publication, copies.state == str(PublicationState.PENDING))
        target: bytes | None = self._connection.execute(statement).scalar_one_or_none()
        return target

    def _keep(self, values: dict[str, Any]) -> int:
        """Keep a photo's row, without boxes; give its id, which stays the same for the same path."""
        row = self._photo_row(_schema.photos.c.path == values["path"])
        if row is None:
            number = self._next(_schema.photos.c.id)
            self._rows.insert(_schema.photos, {**values, "id": number})
        else:
            number = row["id"]
            self._erasing.boxes(number)
            self._rows.update(_schema.photos, _schema.photos.c.id == number, values)
        self._changed = True
        return number

    def _keep_appearances(self, photo: int, matched: Mapping[int, Permit]) -> int:
        kept = [
            self._live.add_appearance(
                self._rows, {"photo": photo, "place": place, "person": permit.person}, permit.purpose
            )
            for place, permit in matched.items()
        ]
        self._changed = True
        return sum(kept)

    @staticmethod
    def _permissions(receipt: Receipt, shared: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {**shared, "receipt": receipt.id, "purpose": str(purpose), "withdrawn_at": None}
            for purpose in receipt.purposes
        ]

    def _next(self, column: Column[Any]) -> int:
        return int(self._connection.execute(select(func.coalesce(func.max(column), 0) + 1)).scalar_one())
