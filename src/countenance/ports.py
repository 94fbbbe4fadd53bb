"""What journeys and measures need from outside; who provides it (`stores`, `vision`, `keys`, `library`) is left open.

Every provider is admitted by passing the conformance suite of its port (`tests/contracts`). None can grant consent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from countenance.consent import Consent, Permit, Policy, Purpose, Receipt, State
from countenance.errors import PhotoProblem
from countenance.faces import Box, Face, Gallery, Seen, Template, Threshold
from countenance.ledger import Edge, Entry, SealedEntry

Pixels = npt.NDArray[np.uint8]
"""An upright photo: RGB, shape (height, width, 3)."""


# --- Vision -----------------------------------------------------------------------------------------------------------


class Vision(Protocol):
    """Detect faces and turn them into templates; it keeps nothing and opens no connection."""

    @property
    def detector(self) -> str:
        """The name and version of the detector with its working points."""

    @property
    def model(self) -> str:
        """The name and version of the embedder (weights, preprocessing, geometry); empty if it recognises nobody."""

    @property
    def nameable_px(self) -> int:
        """The longer side in pixels from which a face may be named; smaller faces are only covered."""

    @property
    def search_threshold(self) -> Threshold:
        """From where a comparison is a possible match."""

    @property
    def show_threshold(self) -> Threshold:
        """From where a face may be left uncovered in a publication: stricter, because an error hurts most."""

    def detect(self, pixels: Pixels, *, thoroughly: bool = False) -> tuple[Face, ...]:
        """Give the faces of a photo; `thoroughly` is the working point of publication, which must miss nobody."""

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give a template for each box; the same pixels and box always give the same template."""


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo whose boxes are in the store: where it lies, its content hash and its boxes in order."""

    id: int
    path: Path
    fingerprint: str
    boxes: tuple[Box, ...]


class Eyes(Protocol):
    """Look at many photos, one after the other or side by side; results come in any order, each with its question.

    Templates that come out of it live in memory only.
    """

    def look(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Seen | PhotoProblem]]:
        """Open, detect and embed each photo."""

    def look_again(self, photos: Iterable[KnownPhoto]) -> Iterator[tuple[KnownPhoto, Seen | PhotoProblem]]:
        """Open each photo and embed its known boxes, without detecting; another content hash is a PhotoProblem."""


# --- Time and progress ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """How far a long piece of work is: photos done (failed ones among them), all photos, and the last one's path."""

    done: int
    total: int
    failed: int
    photo: Path


Progress = Callable[[Step], None]

Clock = Callable[[], datetime]
"""Tells the time in UTC; long journeys judge consent anew in each transaction."""


# --- Vault ------------------------------------------------------------------------------------------------------------


class KeyKind(StrEnum):
    """What a wrapped key is for; each person has the first three, the library the last two."""

    TEMPLATE = "template"
    """References and enrolment crops; goes at withdrawal."""
    EVIDENCE = "evidence"
    """Name, receipts and release; goes when the evidence period ends."""
    AUDIT = "audit"
    """The person's part of ledger entries; goes when the evidence period ends."""
    CONTROLLER = "controller"
    """The controller's part of ledger entries."""
    SIGNING = "signing"
    """The library's Ed25519 private key."""


class Vault(Protocol):
    """Wrap the keys of people and of the library under the master key, which never leaves it."""

    @property
    def library(self) -> str:
        """The id of the library that it wraps for; every wrapped key is bound to it."""

    def wrap(self, key: bytes, *, kind: KeyKind, subject: str) -> bytes:
        """Give a 32-byte key as ciphertext, bound to library, kind and subject (a person's id, or the library's)."""

    def unwrap(self, wrapped: bytes, *, kind: KeyKind, subject: str) -> bytes:
        """Give the key back.

        Raises:
            SealBroken: changed, moved to another kind or subject, or wrapped under another master key.
        """

    def derive(self, label: str) -> bytes:
        """Give 32 bytes that only this master key gives for this label (for keyed digests and row seals)."""


# --- Store ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has, or had, a receipt. `purposes` are those live now; `expires` is the latest end of any."""

    id: str
    name: str
    purposes: tuple[Purpose, ...]
    expires: datetime
    state: State
    has_template: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A person's enrolled template."""

    person: str
    template: Template


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A signed receipt (compact JWS) and how it stands."""

    id: str
    jws: str
    consent: Consent
    state: State


class PhotoState(StrEnum):
    """How far a photo is; `failed` never counts as done."""

    DONE = "done"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """What the store knows of a file: content hash, size in bytes, what it was seen with, and up to which roll matched.

    `seen_with` names detector and embedder. `roll` is the store's roll number when the photo's faces were compared
    with the gallery. `why` says what was wrong with a failed one. A failed or missing photo keeps no boxes.
    """

    id: int
    path: Path
    fingerprint: str
    size_bytes: int
    modified_ns: int
    state: PhotoState
    why: str
    seen_with: str
    roll: int


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """A photo as indexing leaves it: the file, its boxes in order, and who was matched to which box (by its place)."""

    path: Path
    fingerprint: str
    size_bytes: int
    modified_ns: int
    seen_with: str
    roll: int
    boxes: tuple[Box, ...]
    matched: Mapping[int, Permit]


@dataclass(frozen=True, slots=True)
class Appearance:
    """A person in a photo."""

    person: str
    photo: Path
    box: Box


class PublicationState(StrEnum):
    """How far a covered copy is: recorded, in place, or in place but showing somebody who has withdrawn since."""

    PENDING = "pending"
    PLACED = "placed"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Publication:
    """A covered copy: from where, to where (with the temporary file it is written to first), hashes, who is shown."""

    id: str
    source: Path
    source_fingerprint: str
    temporary: Path
    target: Path
    target_fingerprint: str
    style: str
    reviewed_by: str
    at: datetime
    covered: int
    shown: tuple[str, ...]
    state: PublicationState


@dataclass(frozen=True, slots=True)
class Erased:
    """What a withdrawal took away, and the published copies that still show the person."""

    references: int
    appearances: int
    stale: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was verified: its name, whether it holds, and a sentence about it."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An opened ledger entry: its place, and what the keys at hand could open of it (None: sealed for good)."""

    index: int
    entry: Entry | None


class Reading(Protocol):
    """The store as it stands at one moment `now`; consent that has expired by then is not live."""

    @property
    def now(self) -> datetime:
        """The moment (UTC) for which consent is judged."""

    def policy(self) -> Policy:
        """Give the library's policy in force."""

    def public_key(self) -> bytes:
        """Give the library's raw Ed25519 public key (32 bytes), by which receipts and checkpoints verify."""

    def sign_receipt(self, receipt: Receipt) -> str:
        """Sign a receipt with the library's key, which stays in the vault; gives a compact JWS."""

    def roll(self) -> int:
        """Give the number that grows with every enrolment and every withdrawal."""

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

    def photos_behind(self, *, seen_with: str, limit: int, after: int = 0) -> tuple[KnownPhoto, ...]:
        """Give up to `limit` done photos with an id above `after`, matched before the last enrolment, by id."""

    def photos_behind_count(self, *, seen_with: str) -> int:
        """Count the photos that `photos_behind` would give in all."""

    def appearances_of(self, person: str, purpose: Purpose) -> tuple[Appearance, ...]:
        """Give where a person is, if the person's consent for this purpose is live; by path."""

    def release_used(self, fingerprint: str) -> bool:
        """Tell whether a signed form with this content hash was used before."""

    def publications(self) -> tuple[Publication, ...]:
        """Give all covered copies, the oldest first."""

    def ledger_edge(self) -> Edge:
        """Give the right edge of the ledger's tree as it was kept at the last entry."""

    def ledger_rows(self, start: int = 0) -> Iterator[tuple[int, SealedEntry]]:
        """Give the sealed entries from a place on, in order."""

    def ledger_findings(self, start: int = 0) -> Iterator[Finding]:
        """Give the entries opened with the controller's key."""

    def keyed_digest(self, data: bytes) -> str:
        """Give the hexadecimal HMAC-SHA-256 of data under a key of this library: for probes and paths in the ledger."""


class Unit(Reading, Protocol):
    """One transaction: all of it or nothing. A unit that changed something and recorded no entry does not commit."""

    def record(self, entry: Entry) -> int:
        """Append an entry to the ledger and give its place; it is permanent when the unit commits."""

    def add_person(self, person: str, name: str) -> None:
        """Take up a person with fresh template, evidence and audit keys."""

    def add_receipt(self, person: str, jws: str) -> None:
        """Keep a person's signed receipt.

        Raises:
            ReceiptInvalid: it does not verify, or is another library's or another person's.
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
