"""The transparency report for programs, and as a file of either kind."""

import json
from pathlib import Path

from countenance.journeys.fives import BATCH
from countenance.journeys.report import Counted, TransparencyReport
from countenance.library._giving import give_document, write_new
from countenance.library._report_page import report_page

_GROUPS = {
    "searches": (Counted.STAFF, Counted.OWN, Counted.SEARCH_REFUSED),
    "people": (
        *(Counted.ENROLLED, Counted.RENEWED, Counted.WITHDRAWN, Counted.ENDED, Counted.FORGOTTEN),
        *(Counted.HELD, Counted.TURNED_AWAY, Counted.EXPORTED),
    ),
    "matches": (Counted.FALSE, Counted.CONFIRMED, Counted.TAGGED),
    "photos": (Counted.PUBLISHED, Counted.COVERED),
}


def report_object(report: TransparencyReport) -> dict[str, object]:
    """Give a report as JSON; docs/formats/report.md says what each field holds."""
    return {
        "schema": "urn:countenance:report:1",
        "controller": report.policy.controller,
        "contact": report.policy.contact,
        "made": report.made.date().isoformat(),
        "from": report.period.first,
        "to": report.period.last,
        "months": list(report.period.months),
        "counted_in": BATCH,
        **{
            group: {
                str(counted): {"total": report.total(counted), "by_month": list(report.counts[counted])}
                for counted in which
            }
            for group, which in _GROUPS.items()
        },
        "staff_searches": {
            "by_reason_class": dict(report.reasons),
            "by_way": dict(report.ways),
            "by_outcome": dict(report.outcomes),
        },
        "not_counted": list(report.not_counted),
        "policies": [
            {"number": version.number, "since": version.since.date().isoformat(), "sha256": version.policy.sha256}
            for version in report.policies
        ],
        "ledger": {
            "size": report.size,
            "root": report.root.hex(),
            "sealed": report.sealed,
            "checkpoint": report.checkpoint,
            "public_key": report.public_key.hex(),
        },
    }


def give_report(report: TransparencyReport, to: Path, *, language: str | None = None) -> None:
    """Write a report to a new file: as a page in HTML or Markdown, or as JSON.

    Raises:
        UsageWrong: as for a document, or the page is not to be had in the language.
    """
    if to.suffix.lower() == ".json":
        write_new(to, json.dumps(report_object(report), indent=2, ensure_ascii=False) + "\n")
    else:
        give_document(report_page(report, language), to)
