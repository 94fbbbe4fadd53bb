"""What must hold between the rows of a library at any moment, also after a crash.

It goes round the live-receipt view on purpose: what nobody may read must be looked at too.
"""

from collections import Counter
from datetime import timedelta
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from countenance.consent import MAX_DAYS, Hold, Purpose
from countenance.ledger import Entry, EntryKind
from countenance.ports import JobState, KeyKind, PublicationState, StoredReceipt, Vault
from countenance.seals import public_key_of, sha256_hex
from countenance.stores import _rules
from countenance.stores._keyring import LASTING_KEYS, Keyring
from countenance.stores._reading import SqlReading
from countenance.stores._rows import stream
from countenance.stores._rules import APPEARANCE_PURPOSES, PLACING_VERDICTS
from countenance.stores._schema import (
    appearances,
    crops,
    decisions,
    keys,
    links,
    people,
    permissions,
    photos,
    publication_people,
    publications,
    receipts,
    refs,
    releases,
    standing,
    tombstones,
)
from countenance.stores._searches import is_month
from countenance.stores._spelling import decision_of, moment_number, publication_of, template_of
from countenance.stores._unsealing import Unsealing
from countenance.stores._verifying_ledger import LedgerCheck

# What a permission is that waits for nothing.
free: Final = permissions.c.held.is_(None)
# Clocks of two computers may be a little apart.
CLOCK_SLACK: Final = timedelta(days=1)
OWN_KEYS: Final = (KeyKind.CONTROLLER, KeyKind.SIGNING)

Signed: TypeAlias = tuple[str, str, str, int, int, int, int]
"""What a permission repeats of its receipt: receipt, purpose, person, period, with a template, signed by a guardian."""


class Invariants:
    """The invariants of one library, each looked at by a method that adds to the problems."""

    def __init__(self, connection: Connection, reading: SqlReading, vault: Vault) -> None:
        self._connection = connection
        self._reading = reading
        self._keyring = Keyring(connection, vault)
        self._recorded: dict[str, str] = {}
        self._settled: set[str] = set()
        self._calibrated: dict[int, str] = {}

    def keys(self, problems: list[str]) -> str:
        """Each key opens; everybody has evidence and audit keys, and a template key just as long as a reference.

        Those of searches are of months.
        """
        found = {(row["kind"], row["subject"]): row["wrapped"] for row in stream(self._connection, keys)}
        for kind, subject in found:
            self._keyring.key(KeyKind(kind), subject)
        everybody = set(self._connection.execute(select(people.c.id)).scalars())
        wanted = {(str(kind), person) for kind in LASTING_KEYS for person in everybody}
        wanted |= {(str(kind), self._keyring.library) for kind in OWN_KEYS}
        wanted |= {(str(KeyKind.TEMPLATE), person) for person in self._enrolled()}
        # Kept at the first change of the master key; until then there is none.
        allowed = wanted | {(str(KeyKind.DIGEST), self._keyring.library)}
        allowed |= {(str(KeyKind.SEARCHES), month) for month in self._keyring.months() if is_month(month)}
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
        given = Counter[Signed](
            self._connection.execute(
                select(
                    permissions.c.receipt,
                    permissions.c.purpose,
                    permissions.c.person,
                    permissions.c.given,
                    permissions.c.expires,
                    permissions.c.with_template,
                    func.coalesce(permissions.c.child, 0),
                )
            ).all()
        )
        signed = Counter[Signed]()
        flags = dict(self._connection.execute(select(receipts.c.id, receipts.c.with_template)).all())
        for person in self._connection.execute(select(receipts.c.person).distinct()).scalars().all():
            for stored in self._reading.receipts(person):
                signed.update(_signed_permissions(stored))
                if flags.pop(stored.id) != int(stored.consent.receipt.with_template):
                    problems.append(f"the receipt {stored.id} says something else about a template than its row")
        strange = sorted((given - signed) + (signed - given))
        problems += [f"the permission {row[1]} of the receipt {row[0]} is not what was signed" for row in strange]
        problems += [f"the receipt {receipt} belongs to nobody" for receipt in flags]
        # Only a clock that was ahead when it was signed can do that; what was made of the face would outlast its time.
        latest = moment_number(self._reading.now + timedelta(days=MAX_DAYS) + CLOCK_SLACK)
        late = select(permissions.c.receipt).where(permissions.c.expires > latest, permissions.c.withdrawn_at.is_(None))
        problems += [
            f"the receipt {receipt} ends later than a consent may: withdraw it, sign anew"
            for receipt in self._connection.execute(late.distinct().order_by(permissions.c.receipt)).scalars()
        ]
        return f"{len({row[0] for row in signed})} receipts are signed and say what their rows say"

    def releases(self, problems: list[str]) -> str:
        """Each signed form opens and has its hash; each receipt's form is kept."""
        known = set()
        for row in stream(self._connection, releases):
            known.add(row["fingerprint"])
            if (row["person"] is None) is not (row["content"] is None):
                problems.append(f"a signed form of {row['person'] or 'nobody'} is half forgotten")
                continue
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
        allowed = self._allowing(permissions.c.with_template == 1, or_(free, permissions.c.held != str(Hold.FACE)))
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
        """Everybody in a photo has a reference or was put there by a human, and has not withdrawn being found."""
        allowed = self._allowing(permissions.c.purpose.in_(map(str, APPEARANCE_PURPOSES)), free)
        enrolled = exists().where(refs.c.person == appearances.c.person)
        placed = exists().where(
            photos.c.id == appearances.c.photo,
            decisions.c.fingerprint == photos.c.fingerprint,
            decisions.c.person == appearances.c.person,
            decisions.c.verdict.in_(map(str, PLACING_VERDICTS)),
        )
        unfounded = select(appearances.c.person).distinct().where(~enrolled, ~placed)
        problems += [
            f"{person} appears in photos without a reference or a human's word"
            for person in sorted(self._connection.execute(unfounded).scalars())
        ]
        statement = select(appearances.c.person, func.count()).group_by(appearances.c.person)
        counted = self._connection.execute(statement).all()
        problems += [f"{person} appears in photos without a receipt" for person, _ in counted if person not in allowed]
        return f"{sum(count for _, count in counted)} appearances have a reference or a human's word"

    def decisions(self, problems: list[str]) -> str:
        """Each human decision can be read, has a box or not as its verdict asks, and is about somebody with consent."""
        allowed = self._allowing(free)
        count = 0
        for row in stream(self._connection, decisions):
            count += 1
            _rules.check_decision(decision_of(row))
            if row["person"] not in allowed:
                problems.append(f"a human decision about {row['person']} has no receipt")
        return f"{count} human decisions are about people with receipts"

    def forgotten(self, problems: list[str]) -> str:
        """Of somebody who was forgotten nothing is kept but the tombstone."""
        tombs = set(self._connection.execute(select(tombstones.c.person)).scalars())
        for table in (people, receipts, permissions, releases, refs, crops, appearances, decisions, links):
            known = people.c.id if table is people else table.c.person
            back = tombs.intersection(self._connection.execute(select(known).distinct()).scalars())
            problems += [f"{person} was forgotten, and is in {table.name}" for person in sorted(back)]
        return f"{len(tombs)} people are forgotten"

    def jobs(self, problems: list[str]) -> str:
        """Each job can be read, and none counts as done while a photo of it failed."""
        jobs = self._reading.jobs()
        problems += [
            f"the job {job.number} counts as done" for job in jobs if job.failed and job.state is JobState.DONE
        ]
        return f"{len(jobs)} jobs say how far they are"

    def ledger(self, problems: list[str]) -> str:
        """The entries give edge, nodes and the last checkpoint, and open unless their key was ended; no gap."""
        unsealing = Unsealing(self._keyring.controllers(), library=self._keyring.library)
        check = LedgerCheck(self._connection, self._reading, unsealing, self._note)
        problems += check.problems(self._keyring.library)
        return f"{check.size} entries give the tree that was recorded, and continue what was signed for"

    def publications(self, problems: list[str]) -> str:
        """Each copy has its entry with its hash; one in place was recorded so, and shows nobody who has withdrawn."""
        withdrawn = exists().where(
            permissions.c.person == publication_people.c.person,
            permissions.c.purpose == str(Purpose.BE_SHOWN),
            permissions.c.withdrawn_at.is_(None),
            free,
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

    def calibrations(self, problems: list[str]) -> str:
        """All thresholds measured for the library can be read, and are those that the ledger tells of."""
        kept = {version.number: version.calibration.sha256 for version in self._reading.calibrations()}
        problems += [
            f"the thresholds {number} are not those that the ledger tells of"
            for number in sorted(kept.keys() | self._calibrated.keys())
            if kept.get(number) != self._calibrated.get(number)
        ]
        return f"{len(kept)} measured for this library have their entries"

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
        elif entry.kind is EntryKind.CALIBRATED:
            self._calibrated[int(str(entry.body["number"]))] = str(entry.body["calibration_sha256"])

    def _enrolled(self) -> set[str]:
        return set(self._connection.execute(select(refs.c.person).distinct()).scalars())

    def _allowing(self, *what: ColumnElement[bool]) -> set[str]:
        """Give everybody who has given something, and not withdrawn it; it may have expired."""
        statement = select(permissions.c.person).where(*what, permissions.c.withdrawn_at.is_(None))
        return set(self._connection.execute(statement).scalars())


def _signed_permissions(stored: StoredReceipt) -> list[Signed]:
    receipt = stored.consent.receipt
    period = (moment_number(receipt.given), moment_number(receipt.valid_until))
    flags = (int(receipt.with_template), int(bool(receipt.guardian)))
    return [(receipt.id, str(purpose), receipt.person, *period, *flags) for purpose in receipt.purposes]
