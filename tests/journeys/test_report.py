"""The transparency report: what is counted, of which months, and that it singles nobody out (R30)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import LedgerBroken, UsageWrong
from countenance.journeys.fives import months_between
from countenance.journeys.report import REASONS, Counted, Outcome, Period, TransparencyReport, Way
from countenance.ledger import JSON, Edge, Entry, EntryKind, open_checkpoint
from countenance.library import report_object
from countenance.ports import PolicyVersion
from paper_ledger import (
    FOUNDED,
    PERSON,
    POLICY,
    PaperLedger,
    listed,
    moment,
    published,
    reported,
    searched,
    written,
)

MARCH, YEAR = "2026-03", ("2026-01", "2026-12")
ONE_EACH = {
    Counted.SEARCH_REFUSED: [written(EntryKind.SEARCH_REFUSED, MARCH, purpose="be-found", reason="x", limit=50)],
    Counted.STAFF: [searched(MARCH)],
    Counted.OWN: [listed(MARCH, reason_class=None)],
    Counted.ENROLLED: [written(EntryKind.ENROLLED, MARCH)],
    Counted.RENEWED: [written(EntryKind.RENEWED, MARCH)],
    Counted.WITHDRAWN: [written(EntryKind.WITHDRAWN, MARCH)],
    Counted.ENDED: [written(EntryKind.SWEPT, MARCH)],
    Counted.FORGOTTEN: [written(EntryKind.FORGOTTEN, MARCH)],
    Counted.HELD: [written(EntryKind.ENROLMENT_REFUSED, MARCH, reason="face-enrolled-already")],
    Counted.TURNED_AWAY: [written(EntryKind.ENROLMENT_REFUSED, MARCH, reason="release-used")],
    Counted.EXPORTED: [written(EntryKind.EXPORTED, MARCH)],
    Counted.FALSE: [written(EntryKind.DECIDED, MARCH, verdict="rejected")],
    Counted.CONFIRMED: [written(EntryKind.DECIDED, MARCH, verdict="confirmed")],
    Counted.TAGGED: [written(EntryKind.DECIDED, MARCH, verdict="tagged")],
    Counted.PUBLISHED: published(MARCH, "p", covered=0),
    Counted.COVERED: [],
}


def totals(report: TransparencyReport) -> dict[Counted, int]:
    """Give what is shown of the whole period, where anything is."""
    return {counted: report.total(counted) for counted in Counted if report.total(counted)}


def numbers(value: object) -> Iterator[int]:
    """Give every number at any depth."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    elif isinstance(value, int):
        yield value


@pytest.mark.parametrize("counted", [one for one in Counted if one is not Counted.COVERED])
def test_each_deed_is_counted_as_what_it_is(counted: Counted) -> None:
    """R30: five deeds of a kind are five of that kind in their month, and nothing else; four are not shown."""
    report = reported(ONE_EACH[counted] * 5)
    assert totals(report) == {counted: 5}
    assert report.counts[counted] == (0, 0, 5) + (0,) * 9
    assert totals(reported(ONE_EACH[counted] * 4)) == {}


def test_deeds_that_are_nobody_s_business_are_not_counted() -> None:
    """R30: indexing, backups and the like are in no number, so that the ledger's size gives no number away."""
    other = set(EntryKind) - {entry.kind for entries in ONE_EACH.values() for entry in entries}
    filled: dict[str, JSON] = {"months": [], "publication": "p", "covered": 9, "placed": False}
    assert totals(reported([written(kind, MARCH, **filled) for kind in sorted(other)] * 5)) == {}


def test_searches_are_told_apart_by_reason_way_and_outcome() -> None:
    """R30: staff searches by class of reason (an entry without one: not stated), by photo or name, found or nobody."""
    entries = [
        *([searched(MARCH, reason_class="request")] * 10),
        *([searched(MARCH, reason_class="safety", found=False)] * 5),
        *([listed(MARCH, reason_class="publishing")] * 5),
        *([listed(MARCH, reason_class="legal", photos=0)] * 5),
        *([searched(MARCH, reason_class=None)] * 5),
        *([listed(MARCH, reason_class=None)] * 15),
    ]
    report = reported(entries)
    assert totals(report) == {Counted.STAFF: 30, Counted.OWN: 15}
    shown = {"request": 10, "safety": 5, "publishing": 5, "legal": 5, "not-stated": 5}
    assert report.reasons == {reason: shown.get(reason, 0) for reason in REASONS}
    assert report.ways == {Way.PHOTO: 20, Way.NAME: 10}
    assert report.outcomes == {Outcome.FOUND: 20, Outcome.NOTHING: 10}


def test_a_copy_counts_when_it_is_in_its_place() -> None:
    """R30: copies that were dropped, or are pending, are not published; the faces covered in the others are summed."""
    placed = [entry for place in range(5) for entry in published(MARCH, f"a{place}", covered=3)]
    dropped = [entry for place in range(5) for entry in published(MARCH, f"b{place}", placed=False)]
    pending = [published(MARCH, f"c{place}")[0] for place in range(5)]
    assert totals(reported([*placed, *dropped, *pending])) == {Counted.PUBLISHED: 5, Counted.COVERED: 15}


def test_only_whole_months_that_are_over_are_reported() -> None:
    """R30: no part of a month, nothing that goes on, the earlier month first, three years at most."""
    now = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
    assert reported([], "2026-01", "2026-02", now=now).made == now
    for first, last, said in (
        ("2026-01", "2026-03", "not over"),
        ("2026-04", "2026-04", "not over"),
        ("2026-02", "2026-01", "no period"),
        ("2026-01-01", "2026-02", "no period"),
        ("2026-01", "2026-13", "no period"),
        ("2023-01", "2026-01", "36 months at most"),
    ):
        with pytest.raises(UsageWrong, match=said):
            reported([], first, last, now=now)
    assert len(Period("2023-02", "2026-01").months) == 36


Deed = tuple[str, str, bool, bool]
deeds = st.lists(
    st.tuples(
        st.sampled_from(months_between("2026-01", "2026-12")),
        st.sampled_from(REASONS[:3]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=50,
)


def made(drawn: Sequence[Deed]) -> list[Entry]:
    """Make the entries of searches by staff."""
    return [
        searched(month, reason_class=reason, found=found)
        if by_photo
        else listed(month, reason_class=reason, photos=int(found))
        for month, reason, found, by_photo in drawn
    ]


@given(deeds, deeds.filter(bool))
def test_one_search_more_is_one_step_or_nothing(drawn: list[Deed], more: list[Deed]) -> None:
    """R30: two ledgers that differ in one search have the same report, or totals that are one step apart."""
    before, after = reported(made(drawn)), reported(made([*drawn, more[0]]))
    half = int(more[0][0] > "2026-06")
    for last in range(6 * half + 1, 6 * half + 7):
        sums = [sum(number or 0 for number in one.counts[Counted.STAFF][6 * half : last]) for one in (before, after)]
        assert sums[1] - sums[0] in {0, 5}
    rest = slice(6, None) if not half else slice(6)
    assert before.counts[Counted.STAFF][rest] == after.counts[Counted.STAFF][rest]


@given(deeds)
def test_no_number_is_small_and_sums_reveal_nothing(drawn: list[Deed]) -> None:
    """R30: every number is a multiple of five, and every table of the searches adds up to the same total."""
    report = reported(made(drawn))
    shape = report_object(report)
    del shape["ledger"], shape["policies"]
    assert not [number for number in numbers(shape) if number % 5]
    for table in (report.reasons, report.ways, report.outcomes):
        assert sum(table.values()) == report.total(Counted.STAFF)


@given(deeds, st.integers(0, 11), st.integers(0, 11))
def test_two_reports_tell_no_more_than_one(drawn: list[Deed], one: int, other: int) -> None:
    """R30: months are shown the same whatever the period, so that a difference of reports is a number of the year."""
    entries = made(drawn)
    months = months_between(*YEAR)
    first, last = sorted((one, other))
    part, year = reported(entries, months[first], months[last]), reported(entries)
    for counted in Counted:
        assert part.counts[counted] == year.counts[counted][first : last + 1]
    reasons = [reported(entries, month, month).reasons for month in months[first : last + 1]]
    assert part.reasons == {reason: sum(month[reason] for month in reasons) for reason in REASONS}


def test_nobody_is_named() -> None:
    """R30: no person, account, reason or path of an entry is in the report for programs."""
    entries = [entry for entries in ONE_EACH.values() for entry in entries * 5]
    text = json.dumps(report_object(reported(entries)))
    for secret in (PERSON, "m.holt", "steward", "secret"):
        assert secret not in text


def test_searches_that_ended_are_not_counted_and_are_told() -> None:
    """R30: of a half-year of which a month's record has ended no searches are counted, not even those still to be read.

    What is sealed for good is told, in fives, and the other deeds of these months are counted as before.
    """
    entries: list[Entry | None] = [*([None] * 13)]
    entries += [searched("2026-05")] * 10 + [searched("2026-07")] * 5 + [written(EntryKind.ENROLLED, "2026-05")] * 5
    entries.append(written(EntryKind.SEARCHES_ENDED, "2027-06", months=["2026-02"]))
    report = reported(entries)
    assert report.counts[Counted.STAFF] == (None,) * 6 + (5,) + (0,) * 5
    assert report.counts[Counted.OWN][:6] == report.counts[Counted.SEARCH_REFUSED][:6] == (None,) * 6
    assert report.counts[Counted.ENROLLED][4] == 5
    assert report.reasons["other"] == report.total(Counted.STAFF) == 5
    assert report.not_counted == months_between("2026-01", "2026-06")
    assert report.sealed == 10
    earlier = reported(entries, "2025-01", "2025-12")
    assert earlier.not_counted == months_between("2025-01", "2025-12")


@pytest.mark.parametrize("entries", [[], [searched("2026-01")]])
def test_what_may_end_is_not_counted_either(entries: list[Entry]) -> None:
    """R30: whether a record has ended tells that there was a search; so it is as if it had when the policy says so."""
    policy = replace(POLICY, search_record_days=183)
    kept = datetime(2026, 8, 2, 12, tzinfo=UTC)
    assert reported(entries, "2026-01", "2026-06", now=kept, policy=policy).not_counted == ()
    ended = reported(entries, "2026-01", "2026-07", now=kept + timedelta(days=1), policy=policy)
    assert ended.not_counted == ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")


@pytest.mark.parametrize("ended", [[], [None, written(EntryKind.SEARCHES_ENDED, "2026-12", months=["2026-03"])]])
def test_what_might_have_ended_under_an_earlier_policy_is_not_counted_either(ended: list[Entry | None]) -> None:
    """R30: a policy that keeps the record for longer does not let it be told whether anything had ended before it."""
    short, long = (replace(POLICY, search_record_days=days) for days in (183, 1095))
    versions = (PolicyVersion(1, FOUNDED, short), PolicyVersion(2, moment("2027-01"), long))
    report = reported(ended, "2026-01", "2026-12", versions=versions)
    assert report.not_counted == months_between("2026-01", "2026-06")


def test_the_policies_of_the_period_are_named() -> None:
    """R30: those in force at any time of the period, also only before or after a change, and none that was not."""
    since = [FOUNDED, moment("2026-03"), moment("2026-05"), moment("2026-08")]
    versions = tuple(PolicyVersion(number, at, POLICY) for number, at in enumerate(since, 1))
    for period, expected in (
        (("2026-01", "2026-02"), [1]),
        (("2026-03", "2026-04"), [1, 2]),
        (("2026-06", "2026-07"), [3]),
        (("2026-09", "2027-01"), [4]),
        (("2025-01", "2025-12"), []),
    ):
        report = reported([], *period, versions=versions)
        assert [version.number for version in report.policies] == expected


def test_the_report_carries_the_ledger_s_fingerprint() -> None:
    """R27, R30: size, root and signed checkpoint are the ledger's when the report is made, whatever the period."""
    entries = [*ONE_EACH[Counted.ENROLLED], *published("2027-01", "p")]
    report = reported(entries)
    signed = open_checkpoint(report.checkpoint, public_key=report.public_key, library="hollybank")
    assert (report.size, report.root) == (signed.size, signed.root)
    assert report.size == 3
    assert report.root == reported(entries, "2025-01", "2025-01").root != reported(entries[:2]).root


def test_a_ledger_with_missing_entries_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """R30: if entries are missing no report is made of the rest."""
    monkeypatch.setattr(
        PaperLedger, "ledger_edge", lambda _: Edge.from_bytes(b"\x01" + (2).to_bytes(8, "big") + bytes(32))
    )
    with pytest.raises(LedgerBroken, match="missing"):
        reported(ONE_EACH[Counted.ENROLLED])
