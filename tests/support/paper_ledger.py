"""A ledger of made-up entries, read by who needs no more of a library than its ledger and its policies."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from countenance.consent import Policy
from countenance.journeys.report import Period, TransparencyReport, report
from countenance.ledger import JSON, Actor, Checkpoint, Edge, Entry, EntryKind, append, origin_of, root, sign_checkpoint
from countenance.ports import Finding, PolicyVersion, Store
from countenance.seals import public_key_of, sha256_hex

ACTOR = Actor("steward", "m.holt")
PERSON = "p-8c1f5e2a90b3d764"
POLICY = Policy.draft(controller="Hollybank School", contact="office@hollybank.example", staff_search=True)
SIGNING_KEY = bytes(range(32))
FOUNDED = datetime(2026, 1, 5, tzinfo=UTC)
LATER = datetime(2027, 7, 5, 9, 30, tzinfo=UTC)


@dataclass(slots=True)
class PaperLedger:
    """Entries in order (None: sealed for good) and the policies; both a store and what is read of it."""

    entries: Sequence[Entry | None]
    versions: tuple[PolicyVersion, ...]
    now: datetime = field(default=LATER)

    @contextmanager
    def read(self, *, now: datetime) -> Iterator["PaperLedger"]:
        """Give itself at a moment."""
        self.now = now
        yield self

    write = read

    def policies(self) -> tuple[PolicyVersion, ...]:
        """Give the policies."""
        return self.versions

    def policy(self) -> Policy:
        """Give the policy in force."""
        return self.versions[-1].policy

    def ledger_edge(self) -> Edge:
        """Give an edge of as many leaves."""
        edge = Edge.empty()
        for place in range(len(self.entries)):
            edge = append(edge, bytes.fromhex(sha256_hex(str(place).encode())))
        return edge

    def checkpoint(self) -> str:
        """Give a signed checkpoint."""
        edge = self.ledger_edge()
        return sign_checkpoint(Checkpoint(origin_of("hollybank", 1), edge.size, root(edge)), SIGNING_KEY)

    def public_key(self) -> bytes:
        """Give the key that it verifies by."""
        return public_key_of(SIGNING_KEY)

    def ledger_findings(self) -> Iterator[Finding]:
        """Give the entries."""
        yield from (Finding(place, entry) for place, entry in enumerate(self.entries))


def reported(
    entries: Sequence[Entry | None],
    first: str = "2026-01",
    last: str = "2026-12",
    *,
    now: datetime = LATER,
    policy: Policy = POLICY,
    versions: Sequence[PolicyVersion] = (),
) -> TransparencyReport:
    """Report about these entries."""
    ledger = PaperLedger(entries, tuple(versions) or (PolicyVersion(1, FOUNDED, policy),))
    return report(Period(first, last), store=cast("Store", ledger), clock=lambda: now)


def moment(month: str, day: int = 10) -> datetime:
    """Give a moment of a month."""
    year, number = map(int, month.split("-"))
    return datetime(year, number, day, 9, 26, tzinfo=UTC)


def written(kind: EntryKind, month: str, **body: JSON) -> Entry:
    """Write an entry of a month."""
    return Entry(kind=kind, at=moment(month), actor=ACTOR, body=body, concerns={PERSON: {}})


def searched(month: str, *, reason_class: str | None = "other", found: bool = True) -> Entry:
    """Write the entry of a search by a photo; without a class, as the first version did."""
    answered: list[Mapping[str, JSON]] = [{"person": PERSON, "photos": 2}]
    told = {} if reason_class is None else {"reason_class": reason_class}
    return written(
        EntryKind.SEARCHED,
        month,
        purpose="be-found",
        reason="a secret reason",
        answered=answered if found else [],
        **told,
    )


def listed(month: str, *, reason_class: str | None = "other", photos: int = 3) -> Entry:
    """Write the entry of a listing by staff, or (without a class) on the person's own behalf."""
    own = reason_class is None
    return written(
        EntryKind.PHOTOS_LISTED,
        month,
        purpose="find-me" if own else "be-found",
        reason=None if own else "a secret reason",
        reason_class=reason_class,
        for_person=own,
        person=PERSON,
        photos=photos,
    )


def published(month: str, name: str, *, covered: int = 7, placed: bool = True) -> list[Entry]:
    """Write the two entries of a copy that was published, or dropped."""
    return [
        written(EntryKind.PUBLISHED, month, publication=name, covered=covered),
        written(EntryKind.PUBLICATION_SETTLED, month, publication=name, placed=placed),
    ]
