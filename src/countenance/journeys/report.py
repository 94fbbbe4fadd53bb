"""Report: what was done in a period, as counts that anybody may read; nothing in it is about one person."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from countenance.consent import Policy
from countenance.errors import LedgerBroken, UsageWrong
from countenance.journeys.fives import BATCH, half_year, in_fives, months_between
from countenance.ledger import Entry, EntryKind, ReasonClass, root
from countenance.ports import Clock, Finding, PolicyVersion, Reading, Store, Verdict

# As long as records of searches are kept at most (1,095 days); a longer report would be hard to read.
LONGEST_MONTHS: Final = 36
NOT_STATED: Final = "not-stated"
REASONS: Final = (*map(str, ReasonClass), NOT_STATED)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)


class Counted(StrEnum):
    """What is counted month by month."""

    STAFF = "staff"
    """Searches by staff, by a photo or by a name, under be-found and with a reason."""
    OWN = "own"
    """Listings of photos on the person's own behalf, under find-me."""
    SEARCH_REFUSED = "refused"
    ENROLLED = "enrolled"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    """Consent ended, and what it allowed to be made of a face was erased."""
    FORGOTTEN = "forgotten"
    HELD = "held"
    """Enrolments that wait for a second steward, because the face seems to be enrolled already."""
    TURNED_AWAY = "turned_away"
    EXPORTED = "exported"
    FALSE = "reported_false"
    """Possible matches that somebody said are false."""
    CONFIRMED = "confirmed"
    TAGGED = "tagged"
    PUBLISHED = "published"
    COVERED = "faces_covered"
    """Faces covered in the copies that were published."""


class Way(StrEnum):
    """How staff searched."""

    PHOTO = "photo"
    NAME = "name"


class Outcome(StrEnum):
    """What staff found: somebody (of somebody named: a photo), or nothing."""

    FOUND = "found"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months (`2026-03`), both counted in: no difference of two reports is about less than a month."""

    first: str
    last: str

    def __post_init__(self) -> None:
        """Refuse what is no period.

        Raises:
            UsageWrong: no months, the wrong way round, or too many of them.
        """
        if not (_MONTH.fullmatch(self.first) and _MONTH.fullmatch(self.last) and self.first <= self.last):
            raise UsageWrong(f"{self.first} to {self.last} is no period", remedy="give two months, the earlier first")
        if len(self.months) > LONGEST_MONTHS:
            raise UsageWrong(
                f"a report is of {LONGEST_MONTHS} months at most, not {len(self.months)}", remedy="make several"
            )

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the period in order."""
        return months_between(self.first, self.last)


@dataclass(frozen=True, slots=True)
class TransparencyReport:
    """What was done in a period, in fives (journeys/fives.py), so that it may be published as it stands.

    `counts` has a number for each month, None for one whose record of searches has ended. `ways`, `reasons` and
    `outcomes` tell the searches by staff apart. `policies` were in force in the period, `policy` is now. `sealed` is
    how many entries open no more, also in fives. `size`, `root` and the signed `checkpoint`, which verifies by
    `public_key` (32 bytes), are the ledger's when the report was made.
    """

    period: Period
    made: datetime
    policy: Policy
    policies: tuple[PolicyVersion, ...]
    counts: Mapping[Counted, tuple[int | None, ...]]
    ways: Mapping[str, int]
    reasons: Mapping[str, int]
    outcomes: Mapping[str, int]
    sealed: int
    size: int
    root: bytes
    checkpoint: str
    public_key: bytes

    def total(self, counted: Counted) -> int:
        """Give the sum of the months that are counted."""
        return sum(number or 0 for number in self.counts[counted])

    @property
    def not_counted(self) -> tuple[str, ...]:
        """The months whose searches are not counted, because their record has ended."""
        staff = zip(self.period.months, self.counts[Counted.STAFF], strict=True)
        return tuple(month for month, number in staff if number is None)


def report(period: Period, *, store: Store, clock: Clock) -> TransparencyReport:
    """Count what the ledger has of a period, in one pass; it is no deed, for it tells nobody about anybody.

    Raises:
        UsageWrong: the period is not over; a part of a month would be about few people.
        LedgerBroken: entries are missing, or the ledger does not continue the checkpoint that was signed last.
    """
    now = clock()
    if period.last >= f"{now:%Y-%m}":
        raise UsageWrong(f"{period.last} is not over yet", remedy="make the report when the month has ended")
    with store.read(now=now) as reading:
        tally = _tallied(reading.ledger_findings())
        if tally.entries != reading.ledger_edge().size:
            raise LedgerBroken("entries of the ledger are missing", remedy="see what `countenance ledger verify` says")
        ended = _not_counted(period, tally.ended, reading)
        policies = reading.policies()
    with store.write(now=now) as unit:
        edge, checkpoint, public_key = unit.ledger_edge(), unit.checkpoint(), unit.public_key()
    shown = {counted: _shown(counts, [counted], period) for counted, counts in tally.counts.items()}
    return TransparencyReport(
        period=period,
        made=now,
        policy=policies[-1].policy,
        policies=_in_force(policies, period),
        counts={
            counted: tuple(
                None if counted in _ENDING and month in ended else numbers[month][counted] for month in period.months
            )
            for counted, numbers in shown.items()
        },
        ways=_told_apart(tally.ways, Way, period, ended),
        reasons=_told_apart(tally.reasons, REASONS, period, ended),
        outcomes=_told_apart(tally.outcomes, Outcome, period, ended),
        sealed=tally.sealed // BATCH * BATCH,
        size=edge.size,
        root=root(edge),
        checkpoint=checkpoint,
        public_key=public_key,
    )


# Entries of these are sealed under keys that end, month by month.
_ENDING = frozenset({Counted.STAFF, Counted.OWN, Counted.SEARCH_REFUSED})
_OF_KIND: Mapping[EntryKind, Counted] = MappingProxyType(
    {
        EntryKind.SEARCH_REFUSED: Counted.SEARCH_REFUSED,
        EntryKind.ENROLLED: Counted.ENROLLED,
        EntryKind.RENEWED: Counted.RENEWED,
        EntryKind.WITHDRAWN: Counted.WITHDRAWN,
        EntryKind.SWEPT: Counted.ENDED,
        EntryKind.FORGOTTEN: Counted.FORGOTTEN,
        EntryKind.EXPORTED: Counted.EXPORTED,
    }
)
_OF_VERDICT: Mapping[str, Counted] = MappingProxyType(
    {Verdict.REJECTED: Counted.FALSE, Verdict.CONFIRMED: Counted.CONFIRMED, Verdict.TAGGED: Counted.TAGGED}
)
_Counts = Mapping[str, Counter[str]]


def _by_month() -> defaultdict[str, Counter[str]]:
    return defaultdict(Counter)


@dataclass(slots=True)
class _Tally:
    """Exact counts by month, of which nothing leaves this file."""

    counts: dict[Counted, defaultdict[str, Counter[str]]] = field(
        default_factory=lambda: {counted: _by_month() for counted in Counted}
    )
    ways: defaultdict[str, Counter[str]] = field(default_factory=_by_month)
    reasons: defaultdict[str, Counter[str]] = field(default_factory=_by_month)
    outcomes: defaultdict[str, Counter[str]] = field(default_factory=_by_month)
    ended: set[str] = field(default_factory=set)
    entries: int = 0
    sealed: int = 0
    pending: dict[str, int] = field(default_factory=dict)
    """Faces covered in the copies that are not known to be in their places yet."""

    def add(self, entry: Entry) -> None:
        """Count an entry in the month of its moment."""
        month = f"{entry.at:%Y-%m}"
        for counted, number in self._counted(entry):
            self.counts[counted][month][counted] += number
            if counted is Counted.STAFF:
                self._tell_apart(entry, month)

    def _counted(self, entry: Entry) -> Iterator[tuple[Counted, int]]:
        body: Mapping[str, Any] = entry.body
        match entry.kind:
            case EntryKind.SEARCHED:
                yield Counted.STAFF, 1
            case EntryKind.PHOTOS_LISTED:
                yield Counted.OWN if body["for_person"] else Counted.STAFF, 1
            case EntryKind.ENROLMENT_REFUSED:
                yield Counted.HELD if body["reason"] == "face-enrolled-already" else Counted.TURNED_AWAY, 1
            case EntryKind.DECIDED:
                yield _OF_VERDICT[body["verdict"]], 1
            case EntryKind.PUBLISHED:
                self.pending[body["publication"]] = body["covered"]
            case EntryKind.PUBLICATION_SETTLED:
                covered = self.pending.pop(body["publication"], 0)
                if body["placed"]:
                    yield Counted.PUBLISHED, 1
                    yield Counted.COVERED, covered
            case EntryKind.SEARCHES_ENDED:
                self.ended.update(body["months"])
            case kind if kind in _OF_KIND:
                yield _OF_KIND[kind], 1

    def _tell_apart(self, entry: Entry, month: str) -> None:
        body: Mapping[str, Any] = entry.body
        by_photo = entry.kind is EntryKind.SEARCHED
        self.ways[month][Way.PHOTO if by_photo else Way.NAME] += 1
        self.outcomes[month][Outcome.FOUND if body["answered" if by_photo else "photos"] else Outcome.NOTHING] += 1
        reason = body.get("reason_class")  # the first entries have none
        self.reasons[month][reason if reason in REASONS else NOT_STATED] += 1


def _tallied(findings: Iterable[Finding]) -> _Tally:
    tally = _Tally()
    for finding in findings:
        tally.entries += 1
        if finding.entry is None:
            tally.sealed += 1
        else:
            tally.add(finding.entry)
    return tally


def _shown(counts: _Counts, rows: Iterable[str], period: Period) -> Mapping[str, Mapping[str, int]]:
    """Give what is shown by month, counted from the beginning of the half-year in which the period begins."""
    months = months_between(half_year(period.first), period.last)
    return dict(zip(months, in_fives(counts, months, tuple(rows)), strict=True))


def _told_apart(counts: _Counts, rows: Iterable[str], period: Period, ended: Collection[str]) -> Mapping[str, int]:
    rows = tuple(map(str, rows))
    shown = _shown(counts, rows, period)
    return {row: sum(shown[month][row] for month in period.months if month not in ended) for row in rows}


def _not_counted(period: Period, ended: Collection[str], reading: Reading) -> Collection[str]:
    """Give the months whose half-year cannot be counted whole any more, or may not, which looks the same.

    What a policy lets end, or let end when it was in force, is not counted, whether there was anything or not: that a
    month's record ended would tell that somebody was searched for in it.
    """
    versions = reading.policies()
    until = [*(version.since for version in versions[1:]), reading.now]
    due = max(
        f"{end - timedelta(days=version.policy.search_record_days):%Y-%m}"
        for version, end in zip(versions, until, strict=True)
    )
    last = half_year(max(ended)) if ended else ""
    return [month for month in period.months if half_year(month) < due or half_year(month) <= last]


def _in_force(versions: Sequence[PolicyVersion], period: Period) -> tuple[PolicyVersion, ...]:
    """Give the policies that were in force at some time of the period."""
    begins = [f"{version.since:%Y-%m}" for version in versions]
    ends = [*begins[1:], "9999-12"]
    return tuple(
        version
        for version, begin, end in zip(versions, begins, ends, strict=True)
        if begin <= period.last and end >= period.first
    )
