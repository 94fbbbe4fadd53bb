"""What a store keeps, as values: people, receipts, photos, decisions, copies, jobs, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from countenance.consent import Consent, Hold, Permit, Policy, Purpose, State
from countenance.faces import Box, Calibration, Template
from countenance.ledger import JSON, Entry


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has, or had, a receipt. `purposes` are those live now; `expires` is the latest end of any.

    `held` are the purposes that wait, each with what for. `child` says that a guardian signed the receipt given last,
    or one that has not ended. `last_act` is the person's own last act (signing, opening their link, asking for what is
    theirs).
    """

    id: str
    name: str
    purposes: tuple[Purpose, ...]
    expires: datetime
    state: State
    has_template: bool
    held: Mapping[Purpose, Hold]
    child: bool
    last_act: datetime


@dataclass(frozen=True, slots=True)
class Reference:
    """A person's enrolled template; `strict` asks for the stricter threshold, as a child's does (R34)."""

    person: str
    template: Template
    strict: bool = False


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
    """What a withdrawal or a sweep took away, and the published copies that still show the person."""

    references: int
    appearances: int
    stale: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """Whose time is up: people of whom something is kept that no consent allows any more, and whose evidence ended.

    `searches` are the months (`2026-03`, UTC) for whose searches the controller's record is to end.
    """

    unfounded: tuple[str, ...]
    forgotten: tuple[str, ...]
    searches: tuple[str, ...] = ()


class Verdict(StrEnum):
    """What a human decided about a person and a photo; it wins over what the machine thinks, always."""

    TAGGED = "tagged"
    """The person is there, at a box that was drawn or chosen by hand."""
    CONFIRMED = "confirmed"
    """The possible match is right."""
    REJECTED = "rejected"
    """The person is not in this photo."""


class Basis(StrEnum):
    """What it rests on that a person is in a photo: a possible match is the machine's alone, the others a human's."""

    POSSIBLE = "possible"
    """The machine matched the face, and no human has said anything about it."""
    CONFIRMED = "confirmed"
    """A human confirmed the machine's match."""
    TAGGED = "tagged"
    """A human drew or chose the box."""

    @classmethod
    def of(cls, verdict: Verdict | None) -> "Basis":
        """Give the basis of an appearance about which this was decided last, or nothing."""
        match verdict:
            case Verdict.CONFIRMED:
                return cls.CONFIRMED
            case Verdict.TAGGED:
                return cls.TAGGED
            case _:
                return cls.POSSIBLE


@dataclass(frozen=True, slots=True)
class Appearance:
    """A person in a photo, and what that rests on."""

    person: str
    photo: Path
    box: Box
    decided: Basis


@dataclass(frozen=True, slots=True)
class Decision:
    """A human's word about a person and a photo, known by its content hash, so that moving a file loses nothing.

    `box` is in upright pixels; a rejection has none.
    """

    fingerprint: str
    person: str
    verdict: Verdict
    box: Box | None
    at: datetime


class JobState(StrEnum):
    """How far a job is; it never counts as done while a photo of it failed."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """Work left for later: what kind, when it was queued, began and ended, and how many photos of it are done."""

    number: int
    kind: str
    state: JobState
    queued_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    total: int
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy with its number and the moment from which it was in force."""

    number: int
    since: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class CalibrationVersion:
    """Thresholds measured for a library, with their number and the moment from which they were in force.

    `people` is how many were enrolled then, or waited to be re-embedded.
    """

    number: int
    since: datetime
    people: int
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was verified: its name, whether it holds, and a sentence about it."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An opened ledger entry: its place, and what it says (None: it is of a search, and sealed for good)."""

    index: int
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """Whom (by id) an account found since a moment, and the largest number a day at which it was refused (0: never)."""

    people: frozenset[str]
    refused_at: int = 0


@dataclass(frozen=True, slots=True)
class PersonFinding:
    """What a ledger entry tells a person: its place, kind, moment and the actor's role, and the facts about them."""

    index: int
    kind: str
    at: datetime
    role: str
    facts: Mapping[str, JSON]
