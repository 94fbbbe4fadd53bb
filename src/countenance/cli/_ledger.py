"""`ledger`: show or verify the ledger of deeds."""

from collections.abc import Mapping

import click

from countenance.cli._exit_codes import DONE, NOT_VERIFIED
from countenance.cli._ledger_report import report
from countenance.cli._ledger_words import deed
from countenance.cli._opening import open_library, settings
from countenance.cli._options import Command, Group
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._verify import DOES_NOT_OPEN, NOT_RIGHT
from countenance.cli._words import count, iso, minute
from countenance.library import LedgerVerdict, verify_without_key
from countenance.ports import Finding


@click.group("ledger", cls=Group, commands=[report])
def ledger() -> None:
    """Show or verify the ledger: each enrolment, search, publication and withdrawal, in the order they were done."""


@ledger.command("show", cls=Command, short_help="Show what was done, when, by whom and why.")
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


@ledger.command("verify", cls=Command, short_help="See that no entry was changed, removed or put in.")
@click.option("--without-key", is_flag=True, help="Only see that the entries are whole, unread: it needs no key.")
def verify(*, without_key: bool) -> int:
    """Compute the ledger anew from its entries and see that none was changed, removed or put in between.

    It ends with 0 if that holds, and with 21 if not.
    """
    try:
        if without_key:
            verdict = verify_without_key(settings().library)
        else:
            with open_library(whatever_policy=True) as library:
                verdict = library.verify_ledger()
    except DOES_NOT_OPEN as problem:
        verdict = LedgerVerdict(ok=False, size=0, root="", detail=problem.what)
    answer(
        {"ok": verdict.ok, "size": verdict.size, "root": verdict.root, "detail": verdict.detail},
        [
            f"The ledger verifies: {count(verdict.size, 'entry', 'entries')}.\nIts root is {verdict.root}"
            if verdict.ok
            else wrapped(f"The ledger does NOT verify: {clean(verdict.detail)}. {NOT_RIGHT}")
        ],
    )
    return DONE if verdict.ok else NOT_VERIFIED


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
