"""The store: everything in transactions; every read and insert about faces asks for live consent by itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from countenance.consent import Consent, Hold, Permit, Policy, Purpose, Receipt
from countenance.faces import Box, Calibration, Gallery, Template
from countenance.ledger import Edge, Entry, SealedEntry
from countenance.ports._kept import (
    Appearance,
    CalibrationVersion,
    Check,
    Decision,
    Due,
    Erased,
    Finding,
    Job,
    PeopleFound,
    Person,
    PersonFinding,
    PhotoRecord,
    PolicyVersion,
    Publication,
    Reference,
    SeenPhoto,
    StoredReceipt,
)
from countenance.ports._seeing import KnownPhoto


class Reading(Protocol):
    """The store as it stands at one moment `now`; consent that has expired by then is not live."""

    @property
    def now(self) -> datetime:
        """The moment (UTC) for which consent is judged."""

    def policy(self) -> Policy:
        """Give the library's policy in force."""

    def policies(self) -> tuple[PolicyVersion, ...]:
        """Give every policy that the library has had, the newest last."""

    def calibration(self) -> Calibration | None:
        """Give the thresholds that were measured for this library last; None if none ever were."""

    def calibrations(self) -> tuple[CalibrationVersion, ...]:
        """Give all thresholds that were measured for this library, the newest last."""

    def public_key(self) -> bytes:
        """Give the library's raw Ed25519 public key (32 bytes), by which receipts and checkpoints verify."""

    def sign_receipt(self, receipt: Receipt) -> str:
        """Sign a receipt with the library's key, which stays in the vault; gives a compact JWS."""

    def roll(self) -> int:
        """Give the number that grows with every enrolment, withdrawal and calibration."""

    def people(self) -> tuple[Person, ...]:
        """Give everybody with evidence kept: live, expired and withdrawn, in the order of enrolment."""

    def person(self, named: str) -> Person:
        """Give the one person with this id or this name (whole, any case).

        Raises:
            PersonUnknown: nobody.
            PersonAmbiguous: several; the ids are in the error.
        """

    def receipts(self, person: str) -> tuple[StoredReceipt, ...]:
        """Give a person's receipts, opened and verified, the newest last."""

    def consents(self, person: str) -> tuple[Consent, ...]:
        """Give what the gate needs to decide about a person: empty for a stranger."""

    def references(self) -> Iterator[Reference]:
        """Give the references of people with a live receipt."""

    def photo(self, path: Path) -> PhotoRecord | None:
        """Give what is known of a file by its absolute path."""

    def photos(self) -> Iterator[PhotoRecord]:
        """Give all photos in the order in which they were first seen."""

    def photos_of(self, fingerprint: str) -> tuple[PhotoRecord, ...]:
        """Give the done photos with this content hash, by id: copies of one file."""

    def photos_behind(self, *, seen_with: str, limit: int, after: int = 0) -> tuple[KnownPhoto, ...]:
        """Give up to `limit` done photos with an id above `after`, matched before the last enrolment or calibration."""

    def photos_behind_count(self, *, seen_with: str) -> int:
        """Count the photos that `photos_behind` would give in all."""

    def appearances_of(self, person: str, purpose: Purpose) -> tuple[Appearance, ...]:
        """Give where a person is and what that rests on, if the consent for this purpose is live; by path."""

    def appearances_in(self, photo: Path) -> Mapping[int, str]:
        """Give who is kept at which box (by its place) of a photo, for people with any live appearance purpose."""

    def boxes_of(self, photo: Path) -> tuple[Box, ...]:
        """Give the boxes of a photo in order; empty for one that is not indexed."""

    def decisions(self, fingerprint: str) -> tuple[Decision, ...]:
        """Give what humans decided about a photo with this content hash, for people with any live consent, by id."""

    def decisions_about(self, person: str) -> tuple[Decision, ...]:
        """Give what humans decided about a person with any live consent, by content hash."""

    def enrolment_crops(self, person: str) -> tuple[bytes, ...]:
        """Give a person's enrolment crops, opened, if a live consent allows a template; for embedding anew."""

    def embedded_otherwise(self, model: str) -> tuple[str, ...]:
        """Give who has a live reference, but none of this model, in the order of enrolment: nothing compares them."""

    def receipts_since(self, moment: datetime) -> int:
        """Count the receipts that were given from this moment on, whatever became of them."""

    def linked(self, digest: str) -> str | None:
        """Give the person whose private link has this digest (SHA-256, hexadecimal); None for nobody."""

    def due(self) -> Due:
        """Tell what is over at this moment: whose consent, whose evidence period, which months' record of searches.

        The evidence of a person ends `evidence_days` after the last consent ended; the shortest of the policies in
        force when it was given and now counts, so that nobody's period is made longer than they were told. Nobody is
        forgotten whom a pending copy shows: it is settled first, and nothing could keep it from being placed after.
        The record of a month's searches ends `search_record_days` of the policy in force after the end of the month.
        """

    def tombstones(self) -> frozenset[str]:
        """Give the ids of people who were forgotten: nothing else is kept of them, and none of them comes back."""

    def jobs(self) -> tuple[Job, ...]:
        """Give the jobs, the oldest first."""

    def forms_of(self, person: str) -> Mapping[str, bytes]:
        """Give a person's signed forms, opened, by content hash and in its order; empty for nobody."""

    def evidence_ends(self, person: str) -> datetime:
        """Give when the evidence of a person ends if every consent runs to its end.

        Raises:
            PersonUnknown: nobody has this id.
        """

    def release_used(self, fingerprint: str) -> bool:
        """Tell whether a signed form with this content hash was used before."""

    def publications(self) -> tuple[Publication, ...]:
        """Give all covered copies, the oldest first."""

    def ledger_edge(self) -> Edge:
        """Give the right edge of the ledger's tree as it was kept at the last entry."""

    def ledger_rows(self, start: int = 0) -> Iterator[tuple[int, SealedEntry]]:
        """Give the sealed entries from a place on, in order."""

    def ledger_row(self, place: int) -> SealedEntry:
        """Give the sealed entry at a place.

        Raises:
            UsageWrong: the ledger has no such entry.
            LedgerBroken: it has lost it.
        """

    def ledger_node(self, level: int, place: int) -> bytes:
        """Give the hash of the complete subtree of 2^level leaves that begins at leaf place * 2^level, as it is kept.

        On level 0 that is the leaf hash of the entry. From these, roots of the past and proofs are made; a node that
        was changed elsewhere gives a proof that does not verify.

        Raises:
            LedgerBroken: the node, or the entry, is lost.
            ValueError: the tree has no such node; a caller's defect.
        """

    def ledger_origin(self) -> str:
        """Give the name under which checkpoints of this ledger are signed; another one after it was put back."""

    def last_checkpoint(self) -> str:
        """Give the signed note that `Unit.checkpoint` gave last; before it was ever asked, that of no entries."""

    def part_key(self, place: int, person: str | None) -> bytes | None:
        """Give the key that opens one part of one entry and nothing else: a person's, or (None) the controller's.

        None if that key is gone, if nothing in the entry is for the person, and for an entry of the first version.

        Raises:
            UsageWrong: the ledger has no such entry.
            LedgerBroken, SealBroken: the entry is lost, or was changed.
        """

    def ledger_findings(self, start: int = 0) -> Iterator[Finding]:
        """Give the entries opened with the controller's keys.

        Raises:
            LedgerBroken: an entry was changed; so was one that no key opens if no searches were ended since.
        """

    def people_found(self, account: str, since: datetime) -> PeopleFound:
        """Give whom this account, however it is spelt, found from this moment on, and whether a search was refused.

        Found is who was answered in a search, and whose photos were listed for a reason. The ledger is read from its
        end until it is an hour before the moment, so that this costs what was done since; what is sealed for good is
        passed over.
        """

    def findings_about(self, person: str) -> Iterator[PersonFinding]:
        """Give what the ledger tells a person, opened with the person's audit key; nothing once that is gone."""

    def keyed_digest(self, data: bytes) -> str:
        """Give the hexadecimal HMAC-SHA-256 of data under a key of this library: for probes and paths in the ledger."""


class Unit(Reading, Protocol):
    """One transaction: all of it or nothing. A unit that changed something and recorded no entry does not commit."""

    def record(self, entry: Entry) -> int:
        """Append an entry to the ledger and give its place; it is permanent when the unit commits.

        Its part for the controller is sealed under the lasting key, or, of a search, a listing or a refused search,
        under the key of the month of its moment, which is made at first use.
        """

    def checkpoint(self) -> str:
        """Sign the ledger's tree as it stands in this transaction, and give the signed note.

        It is the one signed last if nothing was recorded since. It is no deed and needs no entry. What it gives may be
        shown to others when the unit has committed, and not before.

        Raises:
            LedgerBroken: the tree does not continue the checkpoint that was signed last, or what is kept of it was
                changed elsewhere; nothing is signed.
        """

    def add_person(self, person: str, name: str) -> None:
        """Take up a person with fresh evidence and audit keys; a template key comes with the first reference.

        Raises:
            ValueError: the id is known already, or a forgotten person's; a caller's defect.
        """

    def add_receipt(self, person: str, jws: str, *, held: Mapping[Purpose, Hold] | None = None) -> None:
        """Keep a person's signed receipt, some purposes of it held; it counts as the person's own act.

        Raises:
            ReceiptInvalid: it does not verify, or is another library's or another person's.
            ValueError: a purpose is held that the receipt does not have; a caller's defect.
        """

    def add_release(self, person: str, fingerprint: str, content: bytes) -> None:
        """Keep the signed form, sealed.

        Raises:
            ReleaseUsed: a form with this content hash was used before, for anybody.
        """

    def add_reference(self, permit: Permit, template: Template, crops: Sequence[bytes]) -> None:
        """Keep a person's sealed template and enrolment crops (encoded images), and raise the roll number.

        Raises:
            ConsentRefused: the person has no live receipt in this transaction.
        """

    def renew_reference(self, permit: Permit, template: Template) -> None:
        """Put a template of another model in place of a person's references, whose crops stay; the roll is raised.

        Raises:
            ConsentRefused: the person has no live receipt in this transaction.
            ValueError: the person has no reference; a caller's defect.
        """

    def drop_references(self, person: str) -> int:
        """Take away a person's references and crops before new ones are added; gives how many references.

        If none are added, the transaction ends without the template key, and with no appearance of the person but those
        that a human founded.
        """

    def let_go(self, person: str, holds: Collection[Hold]) -> tuple[Purpose, ...]:
        """Make live what was held for one of these reasons; give the purposes. If there are any, the roll is raised."""

    def add_link(self, person: str, digest: str) -> None:
        """Keep the digest of a person's private link (SHA-256, hexadecimal); an earlier link of theirs is forgotten.

        Raises:
            ValueError: it is no such digest, or another person's; a caller's defect.
        """

    def note_act(self, person: str) -> None:
        """Keep that the person did something themselves at `now`; a search about them is no act of theirs."""

    def set_policy(self, policy: Policy) -> int:
        """Put a policy in force from `now` on, and give its number; the earlier ones stay readable."""

    def keep_calibration(self, calibration: Calibration, *, people: int) -> int:
        """Put thresholds measured for this library in force for so many people, and give their number.

        The roll is raised as by an enrolment, so that every photo is behind; the earlier ones stay readable.
        """

    def keep_photo(self, photo: SeenPhoto) -> int:
        """Keep a photo with its boxes and appearances in place of what was known; give the appearances kept.

        An appearance is kept only if the person's consent for the permit's purpose is live in this transaction.
        """

    def keep_failure(self, path: Path, *, fingerprint: str, size_bytes: int, modified_ns: int, why: str) -> None:
        """Keep that a file could not be read; boxes and appearances known of it go."""

    def keep_missing(self, path: Path) -> None:
        """Keep that a known file is gone; its boxes and appearances go."""

    def keep_matches(self, photo: int, *, fingerprint: str, roll: int, matched: Mapping[int, Permit]) -> int:
        """Match the known boxes of a photo anew; give the appearances kept. Nothing happens if its content changed."""

    def add_box(self, photo: int, box: Box) -> int:
        """Add a box that a human drew to a done photo, and give its place.

        Raises:
            ValueError: there is no such photo that is done; a caller's defect.
        """

    def keep_appearance(self, photo: int, place: int, permit: Permit) -> bool:
        """Keep that a person is at a box, in place of what was kept of the person in this photo and of the box.

        False if the purpose is no purpose of appearances or not live, or if the person has neither a reference nor a
        decision (tagged or confirmed) about this photo.

        Raises:
            ValueError: the photo does not have that box; a caller's defect.
        """

    def drop_appearance(self, photo: int, person: str) -> bool:
        """Take away that a person is in a photo; False if nothing said so."""

    def keep_decision(self, decision: Decision) -> None:
        """Keep a human's word, in place of an earlier one about the same person and photo.

        Raises:
            ConsentRefused: the person has no live consent in this transaction.
            ValueError: a tag without a box, a rejection with one; a caller's defect.
        """

    def sweep(self, person: str) -> Erased:
        """Erase what was made of a person's face and places that no consent allows any more.

        If anything is erased, the roll is raised. References, crops and the template key go without a consent for a
        template; appearances without one for being found, or without a reference and a human's word; decisions when
        nothing is allowed; placed copies that show the person become stale when being shown is not. A consent that
        has not begun (a clock was set back) has not ended either.

        Raises:
            PersonUnknown: nobody has this id.
        """

    def forget(self, person: str) -> None:
        """End the evidence of a person: name, receipts, form, links, evidence and audit keys go, a tombstone stays.

        The content hash of the form stays too, so that it is used once for ever. The roll is raised.

        Raises:
            PersonUnknown: nobody has this id.
            ValueError: a consent of the person is still live, the evidence period has not ended, or a pending copy
                shows the person; a caller's defect.
        """

    def forget_searches(self, month: str) -> bool:
        """Erase the key of the controller's part of all searches of a month (`2026-03`); False if there is none.

        What the people concerned are told of them stays, and so does the tree. It is a deed, and needs its entry.
        """

    def queue_job(self, kind: str, *, total: int) -> int:
        """Leave work for later, in this transaction; gives the job's number."""

    def keep_job(self, job: Job) -> None:
        """Keep how far a job is.

        Raises:
            ValueError: it was not queued; a caller's defect.
        """

    def withdraw(self, person: str, purposes: Sequence[Purpose]) -> Erased:
        """End a person's consent for these purposes at `now`; when none is left, erase what was made of the face."""

    def add_publication(self, publication: Publication, permits: Sequence[Permit]) -> None:
        """Keep a covered copy as pending, with the permits of those who are shown.

        Raises:
            ConsentRefused: one of them is not live in this transaction.
        """

    def publication_permits_live(self, publication: str) -> bool:
        """Tell whether a copy is still pending, and everybody shown in it has a live consent for being shown."""

    def place_publication(self, publication: str) -> None:
        """Keep that the covered copy is in its place; an earlier copy at the same target is forgotten."""

    def drop_publication(self, publication: str) -> None:
        """Forget a pending copy that was not placed; one that another process forgot already is no error."""


class Galleries(Protocol):
    """The gallery in memory, brought up to date with the store before each use."""

    def at(self, reading: Reading) -> Gallery:
        """Give the references that are live in this transaction: the roll number is compared, the withdrawn dropped."""


class Store(Protocol):
    """Keep everything, in transactions; every read and insert about faces asks for live consent by itself."""

    @property
    def library(self) -> str:
        """The id of the library."""

    def read(self, *, now: datetime) -> AbstractContextManager[Reading]:
        """Give a snapshot to read from; short, because it keeps erased bytes from being wiped.

        Raises:
            LibraryBusy: another process holds the library too long.
        """

    def write(self, *, now: datetime) -> AbstractContextManager[Unit]:
        """Give a transaction that commits when the block ends well, and rolls back on any exception.

        Raises:
            LibraryBusy: another process holds the library too long.
            DeedUnrecorded: something was changed and no entry recorded.
        """

    def wipe(self) -> bool:
        """Push erased bytes out of every file; False if a reader was in the way, and it is to be tried again."""

    def verify(self, *, now: datetime) -> tuple[Check, ...]:
        """Check every stored byte that can be checked: rows, seals, receipts, invariants, the database's own pages."""

    def close(self) -> None:
        """Let go of the files."""
