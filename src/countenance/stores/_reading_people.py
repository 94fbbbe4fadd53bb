"""Reading people: who they are, their receipts and how these stand, their references, where they turn to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from countenance.consent import Consent, Receipt, latest_expiry, live_purposes, standing, state_of
from countenance.errors import StoreBroken
from countenance.ports import Due, KeyKind, Person, Reference, StoredReceipt
from countenance.seals import unseal
from countenance.stores import _lasting, _rules, _schema, _searches
from countenance.stores._reading_base import BaseReading, verified_receipt
from countenance.stores._rows import Values
from countenance.stores._spelling import (
    bound,
    hold_of,
    moment_number,
    moment_of,
    moment_or_none,
    purpose_of,
    template_of,
    understood,
)


class PeopleReading(BaseReading):
    """People at one moment."""

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
        return self._person(row, has_template=self._live.has_reference(row["id"]))

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
            yield Reference(person, template, strict=bool(row["child"]))

    def enrolment_crops(self, person: str) -> tuple[bytes, ...]:
        """Give a person's enrolment crops, opened, if a live consent allows a template."""
        return tuple(
            self._keyring.unseal(
                KeyKind.TEMPLATE, person, row["image"], "crop", str(row["reference"]), str(row["place"])
            )
            for row in self._live.crops(person)
        )

    def embedded_otherwise(self, model: str) -> tuple[str, ...]:
        """Give who has a live reference, but none of this model."""
        return self._live.embedded_otherwise(model)

    def receipts_since(self, moment: datetime) -> int:
        """Count the receipts that were given from this moment on, whatever became of them."""
        statement = (
            select(func.count()).select_from(_schema.receipts).where(_schema.receipts.c.given >= moment_number(moment))
        )
        return int(self._connection.execute(statement).scalar_one())

    def linked(self, digest: str) -> str | None:
        """Give the person whose private link has this digest; None for nobody."""
        statement = select(_schema.links.c.person).where(_schema.links.c.digest == digest)
        return self._connection.execute(statement).scalar_one_or_none()

    def due(self) -> Due:
        """Tell what is over at this moment: whose consent, whose evidence period, which months' record of searches."""
        policies = self.policies()
        days = policies[-1].policy.search_record_days
        months = _searches.ended(self._keyring.months(), days=days, now=self._now)
        return Due(self._ended.unfounded(), self._ended.forgotten(policies), months)

    def forms_of(self, person: str) -> Mapping[str, bytes]:
        """Give a person's signed forms, opened, by their content hash."""
        kept = _schema.releases
        statement = select(kept).where(kept.c.person == person).order_by(kept.c.fingerprint)
        return {
            row["fingerprint"]: self._keyring.unseal(
                KeyKind.EVIDENCE, person, row["content"], "release", row["fingerprint"]
            )
            for row in self._connection.execute(statement).mappings().all()
        }

    def evidence_ends(self, person: str) -> datetime:
        """Give when the evidence of a person ends if every consent runs to its end."""
        if self._person_row(person) is None:
            raise _rules.unknown_person(person)
        return self._ended.evidence_end(person, self.policies())

    def tombstones(self) -> frozenset[str]:
        """Give the ids of people who were forgotten."""
        return frozenset(self._connection.execute(select(_schema.tombstones.c.person)).scalars())

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
                held=_lasting.holds_of(consents, self._now),
                child=_lasting.is_child(consents, self._now),
                last_act=_lasting.last_act(consents, moment_or_none(row["last_act"])),
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
        kept = _schema.permissions.c
        stands = select(kept.purpose, kept.withdrawn_at, kept.held).where(kept.receipt == row["id"])
        with understood():
            if (row["id"], row["person"], moment_of(row["given"]), moment_of(row["valid_until"])) != (
                receipt.id,
                receipt.person,
                receipt.given,
                receipt.valid_until,
            ):
                raise ValueError(f"the receipt {row['id']} says something else than its row")
            consent = _consent(receipt, self._connection.execute(stands).all())
        return StoredReceipt(row["id"], jws, consent, state_of(consent, self._now))


def _consent(receipt: Receipt, stands: Sequence[tuple[str, int | None, str | None]]) -> Consent:
    return Consent(
        receipt,
        withdrawn={purpose_of(purpose): moment_of(at) for purpose, at, _ in stands if at is not None},
        held={purpose_of(purpose): hold_of(held) for purpose, _, held in stands if held is not None},
    )
