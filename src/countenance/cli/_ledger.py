"""`ledger`: show the ledger of deeds, and everything that lets others check it."""

from collections.abc import Mapping

import click

from countenance.cli._exit_codes import DONE
from countenance.cli._ledger_anchor import anchor
from countenance.cli._ledger_checkpoint import checkpoint
from countenance.cli._ledger_copy import copy
from countenance.cli._ledger_prove import prove
from countenance.cli._ledger_report import report
from countenance.cli._ledger_verify import verify
from countenance.cli._ledger_words import deed
from countenance.cli._opening import open_library
from countenance.cli._options import Command, Group
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import iso, minute
from countenance.ports import Finding


@click.command("show", cls=Command, short_help="Show what was done, when, by whom and why.")
def show() -> int:
    """Show what was done, when, by whom and why, the oldest first."""
    with open_library(whatever_policy=True) as library:
        findings = library.ledger_findings()
        names = {person.id: person.name for person in library.people()}
    answer(
        {"entries": [_shape(finding) for finding in findings]},
        [_line(finding, names) for finding in findings] or ["The ledger is empty."],
    )
    return DONE


@click.group("ledger", cls=Group, commands=[show, verify, checkpoint, prove, copy, anchor, report])
def ledger() -> None:
    """Show, verify and hand out the ledger: each enrolment, search, publication and withdrawal, in their order."""


def _shape(finding: Finding) -> dict[str, object]:
    entry = finding.entry
    if entry is None:
        return {"index": finding.index, "sealed": True}
    return {
        "index": finding.index,
        "sealed": False,
        "at": iso(entry.at),
        "kind": str(entry.kind),
        "role": entry.actor.role,
        "account": entry.actor.account,
        "people": sorted(entry.concerns),
        "body": dict(entry.body),
    }


def _line(finding: Finding, names: Mapping[str, str]) -> str:
    head = f"{finding.index:>6}  "
    entry = finding.entry
    if entry is None:
        return f"{head}sealed for good"
    text = f"{minute(entry.at)}  {entry.actor.account}: {deed(entry, names)}"
    return wrapped(clean(text), first=head, then=" " * 8)
