"""What must hold between the rows of a library at any moment, also after a crash.

It goes round the live-receipt view on purpose: what nobody may read must be looked at too.
"""

from collections import Counter
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, func, select, true

from countenance.consent import Purpose
from countenance.errors import CountenanceError
from countenance.ledger import Entry, EntryKind, open_controller_part, verify
from countenance.ports import KeyKind, PublicationState, StoredReceipt, Vault
from countenance.seals import public_key_of, sha256_hex
from countenance.stores._keyring import Keyring
from countenance.stores._reading import SqlReading
from countenance.stores._rows import stream
from countenance.stores._rules import APPEARANCE_PURPOSES
from countenance.stores._schema import (
    appearances,
    crops,
    keys,
    people,
    permissions,
    publication_people,
    publications,
    receipts,
    refs,
    releases,
    standing,
)
from countenance.stores._spelling import moment_number, publication_of, template_of

LASTING_KEYS: Final = (KeyKind.EVIDENCE, KeyKind.AUDIT)
OWN_KEYS: Final = (KeyKind.CONTROLLER, KeyKind.SIGNING)


class Invariants:
    """The invariants of one library, each looked at by a method that adds to the problems."""

    def __init__(self, connection: Connection, reading: SqlReading, vault: Vault) -> None:
        self._connection = connection
        self._reading = reading
        self._keyring = Keyring(connection, vault)
        self._recorded: dict[str, str] = {}
        self._settled: set[str] = set()

    def keys(self, problems: list[str]) -> str:
        """Each key opens; everybody has the keys that the person's consent allows, and no others."""
        found = {(row["kind"], row["subject"]): row["wrapped"] for row in stream(self._connection, keys)}
        for kind, subject in found:
            self._keyring.key(KeyKind(kind), subject)
        everybody = set(self._connection.execute(select(people.c.id)).scalars())
        wanted = {(str(kind), person) for kind in LASTING_KEYS for person in everybody}
        wanted |= {(str(kind), self._keyring.library) for kind in OWN_KEYS}
        wanted |= {(str(KeyKind.TEMPLATE), person) for person in self._enrolled()}
        allowed = wanted | {(str(KeyKind.TEMPLATE), person) for person in everybody - self._withdrawn()}
        problems += [f"the {kind} key of {subject} is gone" for kind, subject in sorted(wanted - found.keys())]
        problems += [f"there is a {kind} key of {subject}" for kind, subject in sorted(found.keys() - allowed)]
        if public_key_of(self._keyring.own(KeyKind.SIGNING)) != self._reading.public_key():
            problems.append("the public key is not that of the signing key")
        return f"{len(found)} keys open"

    def people(self, problems: list[str]) -> str:
        """Each name opens, and everybody has a receipt; the policy can be read."""
        self._reading.policy()
        everybody = self._connection.execute(select(people.c.id)).scalars().all()
        problems += [f"{person} has no receipt" for person in everybody if not self._reading.receipts(person)]
        if not problems:
            self._reading.people()
        return f"{len(everybody)} people have receipts"

    def receipts(self, problems: list[str]) -> str:
        """Each receipt opens and its signature holds; the columns in clear say what was signed, and nothing more."""
        given = Counter[tuple[str, str, str, int, int, int]](
            self._connection.execute(
                select(
                    permissions.c.receipt,
                    permissions.c.purpose,
                    permissions.c.person,
                    permissions.c.given,
                    permissions.c.expires,
                    permissions.c.with_template,
                )
            ).all()
        )
        signed = Counter[tuple[str, str, str, int, int, int]]()
        flags = dict(self._connection.execute(select(receipts.c.id, receipts.c.with_template)).all())
        for person in self._connection.execute(select(receipts.c.person).distinct()).scalars().all():
            for stored in self._reading.receipts(person):
                signed.update(_signed_permissions(stored))
                if flags.pop(stored.id) != int(stored.consent.receipt.with_template):
                    problems.append(f"the receipt {stored.id} says something else about a template than its row")
        strange = sorted((given - signed) + (signed - given))
        problems += [f"the permission {row[1]} of the receipt {row[0]} is not what was signed" for row in strange]
        problems += [f"the receipt {receipt} belongs to nobody" for receipt in flags]
        return f"{len({row[0] for row in signed})} receipts are signed and say what their rows say"

    def releases(self, problems: list[str]) -> str:
        """Each signed form opens and has its hash; each receipt's form is kept."""
        known = set()
        for row in stream(self._connection, releases):
            known.add(row["fingerprint"])
            if row["content"] is not None:
                content = self._keyring.unseal(
                    KeyKind.EVIDENCE, row["person"], row["content"], "release", row["fingerprint"]
                )
                if sha256_hex(content) != row["fingerprint"]:
                    problems.append(f"a signed form of {row['person']} has another hash")
        for person in self._connection.execute(select(receipts.c.person).distinct()).scalars().all():
            problems += [
                f"the signed form of the receipt {stored.id} is not kept"
                for stored in self._reading.receipts(person)
                if stored.consent.receipt.release_sha256 not in known
            ]
        return f"{len(known)} signed forms open"

    def references(self, problems: list[str]) -> str:
        """Each reference and enrolment crop opens, and belongs to somebody who has not withdrawn it."""
        allowed = self._allowing(permissions.c.with_template == 1)
        count = 0
        for row in stream(self._connection, refs):
            count += 1
            if row["person"] not in allowed:
                problems.append(f"{row['person']} has a reference, but no receipt for it")
            plain = self._keyring.unseal(KeyKind.TEMPLATE, row["person"], row["template"], "template", row["model"])
            template_of(plain, row["model"])
        owners = dict(self._connection.execute(select(refs.c.number, refs.c.person)).all())
        for row in stream(self._connection, crops):
            where = ("crop", str(row["reference"]), str(row["place"]))
            self._keyring.unseal(KeyKind.TEMPLATE, row["person"], row["image"], *where)
            if owners.get(row["reference"]) != row["person"]:
                problems.append(f"an enrolment crop of {row['person']} belongs to another reference")
        return f"{count} references open, each with a receipt that was not withdrawn"

    def appearances(self, problems: list[str]) -> str:
        """Everybody who appears in a photo has a reference and has not withdrawn being found."""
        allowed = self._enrolled() & self._allowing(permissions.c.purpose.in_(map(str, APPEARANCE_PURPOSES)))
        statement = select(appearances.c.person, func.count()).group_by(appearances.c.person)
        counted = self._connection.execute(statement).all()
        problems += [
            f"{person} appears in photos without a reference" for person, _ in counted if person not in allowed
        ]
        return f"{sum(count for _, count in counted)} appearances have a reference"

    def ledger(self, problems: list[str]) -> str:
        """The entries give the tree that was kept, are numbered without a gap, and open with the controller's key."""
        key = self._keyring.own(KeyKind.CONTROLLER)
        sealed = []
        for expected, (place, one) in enumerate(self._reading.ledger_rows()):
            if place != expected:
                problems.append(f"there is no entry {expected}")
                break
            sealed.append(one)
        verdict = verify(sealed, self._reading.ledger_edge())
        if not verdict.ok:
            problems.append(verdict.problem)
        for place, one in enumerate(sealed):
            try:
                self._note(open_controller_part(one, key, library=self._keyring.library))
            except CountenanceError as problem:
                problems.append(f"entry {place}: {problem.what}")
        return f"{verdict.size} entries give the tree that was recorded"

    def publications(self, problems: list[str]) -> str:
        """Each copy has its entry with its hash; one in place was recorded so, and shows nobody who has withdrawn."""
        withdrawn = exists().where(
            permissions.c.person == publication_people.c.person,
            permissions.c.purpose == str(Purpose.BE_SHOWN),
            permissions.c.withdrawn_at.is_(None),
        )
        statement = select(publication_people.c.publication).where(~withdrawn)
        betraying = set(self._connection.execute(statement).scalars())
        count = 0
        for row in stream(self._connection, publications):
            count += 1
            copy = publication_of(row, ())
            if self._recorded.get(copy.id) != copy.target_fingerprint:
                problems.append(f"the copy {copy.target} has no ledger entry")
            if copy.state is not PublicationState.PENDING and copy.id not in self._settled:
                problems.append(f"the copy {copy.target} was placed without a ledger entry")
            if copy.state is PublicationState.PLACED and copy.id in betraying:
                problems.append(f"the copy {copy.target} shows somebody who has withdrawn")
        return f"{count} covered copies have their entries"

    def erasure(self, problems: list[str]) -> str:
        """Tell whether erased bytes still wait to be wiped from the files; waiting is no damage."""
        due = self._connection.execute(select(standing.c.wipe_due)).scalar_one()
        if due < 0:
            problems.append("more was wiped than erased")
        return "erased bytes still wait to be wiped from the files" if due else "nothing waits to be wiped"

    def _note(self, entry: Entry) -> None:
        if entry.kind is EntryKind.PUBLISHED:
            self._recorded[str(entry.body["publication"])] = str(entry.body["target_sha256"])
        elif entry.kind is EntryKind.PUBLICATION_SETTLED and entry.body["placed"] is True:
            self._settled.add(str(entry.body["publication"]))

    def _enrolled(self) -> set[str]:
        return set(self._connection.execute(select(refs.c.person).distinct()).scalars())

    def _allowing(self, what: ColumnElement[bool]) -> set[str]:
        """Give everybody who has given something, and not withdrawn it; it may have expired."""
        statement = select(permissions.c.person).where(what, permissions.c.withdrawn_at.is_(None))
        return set(self._connection.execute(statement).scalars())

    def _withdrawn(self) -> set[str]:
        """Give everybody who has withdrawn everything."""
        gave = set(self._connection.execute(select(permissions.c.person)).scalars())
        return gave - self._allowing(true())


def _signed_permissions(stored: StoredReceipt) -> list[tuple[str, str, str, int, int, int]]:
    receipt = stored.consent.receipt
    period = (moment_number(receipt.given), moment_number(receipt.valid_until))
    return [
        (receipt.id, str(purpose), receipt.person, *period, int(receipt.with_template)) for purpose in receipt.purposes
    ]
