"""Writing people: taking up, consent and its end, references, and what is erased when no consent allows it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import and_, select

from countenance.consent import Hold, Permit, Purpose, Receipt
from countenance.faces import Template
from countenance.ports import Erased, KeyKind
from countenance.stores import _rules, _schema
from countenance.stores._keyring import LASTING_KEYS, PERSON_KEYS
from countenance.stores._reading_base import verified_receipt
from countenance.stores._spelling import moment_number, purpose_of, template_bytes, understood
from countenance.stores._unit_base import BaseUnit


class PeopleUnit(BaseUnit):
    """People in one writing transaction."""

    def add_person(self, person: str, name: str) -> None:
        """Take up a person with fresh evidence and audit keys; a template key comes with the first reference."""
        if self._person_row(person) is not None:
            raise _rules.known_already(person)
        if person in self.tombstones():
            raise _rules.forgotten_before(person)
        for kind in LASTING_KEYS:
            self._keyring.make(self._rows, kind, person)
        sealed = self._keyring.seal(KeyKind.EVIDENCE, person, name.encode(), "name")
        number = self._next(_schema.people.c.number)
        self._rows.insert(_schema.people, {"number": number, "id": person, "name": sealed, "last_act": None})
        self._receiptless.add(person)
        self._changed = True

    def add_receipt(self, person: str, jws: str, *, held: Mapping[Purpose, Hold] | None = None) -> None:
        """Keep a person's signed receipt, some purposes of it held; it counts as the person's own act."""
        receipt = verified_receipt(jws, self.public_key(), self._keyring.library)
        same = select(_schema.receipts.c.id).where(_schema.receipts.c.id == receipt.id)
        _rules.check_receipt(receipt, person, known=self._connection.execute(same).scalars().all())
        _rules.check_held(receipt, held or {})
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
        self._rows.insert(_schema.permissions, *_permissions(receipt, held or {}, {**shared, "expires": until}))
        self._receipts.pop(person, None)
        self._receiptless.discard(person)
        self._raise_roll(enrolled=self._live.has_reference(person))

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
        if not self._keyring.has(KeyKind.TEMPLATE, person):
            self._keyring.make(self._rows, KeyKind.TEMPLATE, person)
        plain = template_bytes(template)
        sealed = self._keyring.seal(KeyKind.TEMPLATE, person, plain, "template", template.model)
        number = self._live.add_reference(self._rows, {"person": person, "model": template.model, "template": sealed})
        if number is None:
            raise _rules.refused(permit, self.consents(person), self._now, template=True)
        for place, crop in enumerate(crops):
            image = self._keyring.seal(KeyKind.TEMPLATE, person, crop, "crop", str(number), str(place))
            self._live.add_crop(self._rows, {"reference": number, "place": place, "person": person, "image": image})
        self._raise_roll(enrolled=True)

    def renew_reference(self, permit: Permit, template: Template) -> None:
        """Put a template of another model in place of a person's references, whose crops stay; the roll is raised."""
        person = permit.person
        if not self._live.template_allowed(person):
            raise _rules.refused(permit, self.consents(person), self._now, template=True)
        if not self._live.has_reference(person):
            raise _rules.without_reference(person)
        crops = self.enrolment_crops(person)
        self._erasing.references(person)
        self.add_reference(permit, template, crops)

    def drop_references(self, person: str) -> int:
        """Take away a person's references and crops before new ones are added; gives how many references."""
        dropped = self._erasing.references(person)
        if dropped:
            self._dropped.add(person)
            self._changed = True
        return dropped

    def let_go(self, person: str, holds: Collection[Hold]) -> tuple[Purpose, ...]:
        """Make live what was held for one of these reasons; gives the purposes. Any raises the roll."""
        self._refuse_unknown(person)
        given = _schema.permissions.c
        waiting = and_(
            given.person == person,
            given.held.in_(map(str, holds)),
            given.expires > self._at,
            given.withdrawn_at.is_(None),
        )
        with understood():
            going = set(map(purpose_of, self._connection.execute(select(given.purpose).where(waiting)).scalars()))
        freed = tuple(purpose for purpose in Purpose if purpose in going)
        if freed:
            self._rows.update(_schema.permissions, waiting, {"held": None})
            self._receipts.pop(person, None)
            self._raise_roll(enrolled=self._live.has_reference(person))
        return freed

    def add_link(self, person: str, digest: str) -> None:
        """Keep the digest of a person's private link; an earlier link of theirs is forgotten."""
        _rules.check_link(digest)
        self._refuse_unknown(person)
        if self.linked(digest) not in {None, person}:
            raise _rules.link_taken()
        self._erasing.links(person)
        self._rows.insert(_schema.links, {"digest": digest, "person": person, "made_at": self._at})
        self._changed = True

    def note_act(self, person: str) -> None:
        """Keep that the person did something themselves at `now`."""
        row = self._person_row(person)
        if row is None:
            raise _rules.unknown_person(person)
        latest = max(self._at, row["last_act"] or self._at)
        self._rows.update(_schema.people, _schema.people.c.id == person, {"last_act": latest})
        self._changed = True

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
        erased, _ = self._erase_unfounded(person)
        self._raise_roll(enrolled=False)
        return erased

    def sweep(self, person: str) -> Erased:
        """Erase what was made of a person's face and places that no live consent allows any more."""
        self._refuse_unknown(person)
        erased, something = self._erase_unfounded(person)
        if something:
            self._raise_roll(enrolled=False)
        return erased

    def forget(self, person: str) -> None:
        """End the evidence of a person: name, receipts, form, links, evidence and audit keys go, a tombstone stays."""
        self._refuse_unknown(person)
        policies = self.policies()
        if self._ended.evidence_end(person, policies) > self._now:
            raise _rules.remembered_still(person)
        if self._ended.shown_in_pending(person):
            raise _rules.shown_in_pending(person)
        self._erase_unfounded(person)
        self._erasing.evidence(person)
        self._rows.insert(_schema.tombstones, {"person": person, "ended_at": self._at})
        self._receipts.pop(person, None)
        for kind in PERSON_KEYS:
            self._keyring.forget(kind, person)
        self._owe_a_wipe()
        self._raise_roll(enrolled=False)

    def _erase_unfounded(self, person: str) -> tuple[Erased, bool]:
        """Erase what no lasting consent allows, with the key that opened it; tells whether there was anything."""
        stays = self._ended.lasting(person)
        references = appearances = decisions = turned = keys = 0
        if not stays.appearances:
            appearances = self._erasing.appearances(person)
        elif not (stays.template and self._ended.has_reference(person)):
            appearances = self._erasing.matches_of(person)
        if not stays.template:
            references = self._erasing.references(person)
            keys = self._erasing.key(KeyKind.TEMPLATE, person)
            self._keyring.forget(KeyKind.TEMPLATE, person)
        if not stays.decisions:
            decisions = self._erasing.decisions(person)
        stale: tuple[Path, ...] = ()
        if not stays.shown:
            turned = self._erasing.make_stale(person)
            stale = self._erasing.stale(person)
        if references or appearances or decisions or keys:
            self._owe_a_wipe()
        something = bool(references or appearances or decisions or turned)
        return Erased(references, appearances, stale), something

    def _settle_dropped(self) -> None:
        """Finish the erasure of references that were dropped without new ones: only a human's word still counts."""
        for person in self._dropped:
            if not self._ended.has_reference(person):
                self._erasing.matches_of(person)
                self._erasing.key(KeyKind.TEMPLATE, person)
                self._owe_a_wipe()
                self._raise_roll(enrolled=False)


def _permissions(receipt: Receipt, held: Mapping[Purpose, Hold], shared: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **shared,
            "receipt": receipt.id,
            "purpose": str(purpose),
            "withdrawn_at": None,
            "held": str(held[purpose]) if purpose in held else None,
            "child": 1 if receipt.guardian else None,
        }
        for purpose in receipt.purposes
    ]
