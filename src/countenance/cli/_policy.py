"""`policy`: show the policy, put another in force, write the controller's record of processing."""

from collections.abc import Iterator
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._documents import document_lines
from countenance.cli._exit_codes import DONE
from countenance.cli._opening import open_library
from countenance.cli._options import Command, Group
from countenance.cli._policy_file import read_policy
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count, iso
from countenance.consent import PolicyChange
from countenance.library import PolicySet, document_object, give_document, give_policy, policy_page
from countenance.ports import PolicyVersion

# A changed text that is longer than this is named, not shown.
SHOWN_CHARACTERS = 200


@click.group("policy", cls=Group)
def policy() -> None:
    """Show the policy, put another in force, or write the record of processing that a controller keeps."""


@policy.command("show", cls=Command, short_help="Show the policy, or write it as a file or a page.")
@click.option(
    "--to",
    metavar="FILE",
    type=LocalPath(),
    help="A new file: .toml to edit, .html or .md for a web site.",
)
@click.option(
    "--language", metavar="LANG", help="The page's language: en or fr.  [default: that of the policy's first notice]"
)
def show(to: Path | None, language: str | None) -> int:
    """Show what the library offers and promises, in words; with --to, write it to a new file.

    The page is for everybody: it names nobody, needs no other file and can stand on a school's web site as it is.
    """
    with open_library(whatever_policy=True) as library:
        versions = library.policies()
    page = policy_page(versions[-1], language)
    if to is not None:
        give_policy(versions[-1], to, language=language)
    shape = {
        **_version(versions[-1]),
        "policy": versions[-1].policy.to_object(),
        "versions": [_version(version) for version in versions],
        "written": str(to) if to else None,
    }
    answer(shape, [f"The policy is written to:\n  {clean(to)}"] if to else document_lines(page, texts=False))
    return DONE


@policy.command("set", cls=Command, short_help="Put the policy in a file in force.")
@click.argument("file", metavar="FILE", type=LocalPath())
def set_(file: Path) -> int:
    """Put the policy in FILE (TOML) in force from now on.

    Receipts given before stay as they are. A policy that is worse than what people were told is refused, and the error
    says in what.
    """
    wanted = read_policy(file)
    with open_library(whatever_policy=True) as library:
        done = library.set_policy(wanted)
    answer(
        {
            "number": done.number,
            "sha256": done.policy_sha256,
            "changed": [
                {"field": change.field, "before": change.before, "after": change.after} for change in done.changes
            ],
            "ledger_entry": done.entry,
        },
        _set_lines(done),
    )
    return DONE


@policy.command("record", cls=Command, short_help="Write the record of processing (GDPR Art. 30).")
@click.option("--to", metavar="FILE", type=LocalPath(), help="A new file: .html, .md or .json.")
def record(to: Path | None) -> int:
    """Write the controller's record of processing activities (GDPR Article 30(1)) as things stand.

    It counts people and names none. What only the controller can know is marked in it, to be filled in.
    """
    with open_library(whatever_policy=True) as library:
        written = library.record_of_processing()
    if to is not None:
        give_document(written, to)
    marked = sum(section.to_fill_in for section in written.sections)
    lines = [
        f"The record is written to:\n  {clean(to)}",
        wrapped(f"{count(marked, 'place is', 'places are')} marked in it, to be filled in by the controller."),
    ]
    answer(
        {"record": document_object(written), "to_fill_in": marked, "written": str(to) if to else None},
        lines if to else document_lines(written),
    )
    return DONE


def _version(version: PolicyVersion) -> dict[str, object]:
    return {"number": version.number, "since": iso(version.since), "sha256": version.policy.sha256}


def _set_lines(done: PolicySet) -> Iterator[str]:
    if done.entry is None:
        yield wrapped(f"Nothing changed: this is policy {done.number}, and it is in force already.")
        return
    yield wrapped(f"Policy {done.number} is in force. What changed:")
    for change in done.changes:
        yield wrapped(_change(change), first="  ", then="      ")
    yield wrapped(
        "Receipts given before stay as they are. Give the new page to people: countenance policy show --to FILE.html"
    )


def _change(change: PolicyChange) -> str:
    long = max(len(change.before), len(change.after)) > SHOWN_CHARACTERS or "\n" in change.before + change.after
    if not change.before or not change.after or long:
        said = "is new" if not change.before else "is gone" if not change.after else "has another text"
        return f"{change.field} {said}"
    return f"{change.field}: {clean(change.before)} -> {clean(change.after)}"
