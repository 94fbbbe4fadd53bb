"""`ledger anchor`: time stamps of checkpoints, and whether everything outside that remembers the ledger is there."""

from collections.abc import Sequence
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE, NOT_VERIFIED
from countenance.cli._ledger_verify import ALARM, NOBODY
from countenance.cli._opening import open_library
from countenance.cli._options import Command, Group
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count, iso, minute
from countenance.library import AnchorCheck, AnchorFinding, AnchorKind, Requests, Stamped


@click.group("anchor", cls=Group, short_help="Time stamps, and whether others still remember the ledger.")
def anchor() -> None:
    """Have checkpoints stamped with the time, and see that everything that remembers the ledger outside is there."""


@anchor.command("request", cls=Command, short_help="Make requests for time stamps, to be carried to an authority.")
@click.argument("files", metavar="[FILE]...", type=LocalPath(), nargs=-1)
def request(*, files: Sequence[Path]) -> int:
    """Make a request for a time stamp (RFC 3161) beside each checkpoint that has none: FILE, or all that were written.

    Nothing is sent. Carry the requests (.tsq) to an authority, and bring its answers (.tsr) back. Only a digest of the
    checkpoint is in a request.
    """
    with open_library(whatever_policy=True) as library:
        done = library.request_stamps(files)
    answer(
        {
            "made": [str(one) for one in done.made],
            "waiting": [str(one) for one in done.waiting],
            "missing": [str(one) for one in done.missing],
        },
        _requests(done),
    )
    return NOT_VERIFIED if done.missing else DONE


@anchor.command("add", cls=Command, short_help="Verify an authority's answers and keep them.")
@click.argument("answers", metavar="ANSWER...", type=LocalPath(), nargs=-1, required=True)
@click.option(
    "--authority",
    metavar="FILE",
    type=LocalPath(),
    multiple=True,
    required=True,
    help="The authority's root certificate, and those between; may be repeated.",
)
def add(*, answers: Sequence[Path], authority: Sequence[Path]) -> int:
    """Verify what an authority answered (.tsr), put it beside the checkpoint that it is about, and record it.

    It must answer the request that lies beside the checkpoint, and be signed by an authority with one of these
    certificates (PEM or DER).
    """
    with open_library(whatever_policy=True) as library:
        done = library.add_stamps(answers, authority)
    answer(
        {"stamps": [_stamp_shape(one) for one in done]},
        [line for one in done for line in (clean(one.file), wrapped(_stamp(one), first="  ", then="  "))],
    )
    return DONE


@anchor.command("check", cls=Command, short_help="See that all that remembers the ledger is there and agrees.")
@click.option("--at", metavar="DIR", type=LocalPath(), multiple=True, help="Look in this folder too; may be repeated.")
@click.option(
    "--authority",
    metavar="FILE",
    type=LocalPath(),
    multiple=True,
    help="Verify time stamps by the authority's certificates; may be repeated.",
)
def check(*, at: Sequence[Path], authority: Sequence[Path]) -> int:
    """See that every checkpoint and time stamp outside is there, is unchanged, and remembers the ledger as it is.

    Each is looked for where it was written and, by its name, in DIR. Whatever else lies there is looked into as well,
    because a ledger that was put back to an older state does not know its later anchors. It ends with 0 if all of them
    hold, and with 21 if one is missing, was changed or disagrees.
    """
    with open_library(whatever_policy=True) as library:
        found = library.check_anchors(at=at, authority=authority)
    answer(
        {
            "ok": found.ok,
            "anchors": [_shape(one) for one in found.findings],
            "requests": [str(one) for one in found.requests],
            "answers": [str(one) for one in found.answers],
        },
        _found(found),
    )
    return DONE if found.ok else NOT_VERIFIED


def _requests(done: Requests) -> list[str]:
    lines = []
    if done.made or done.waiting:
        lines += ["Requests for time stamps:", *(f"  {clean(one)}" for one in (*done.made, *done.waiting))]
        lines.append(
            wrapped(
                "Carry them to a time-stamping authority, put each answer beside its request with .tsr in place of "
                ".tsq, and run `countenance ledger anchor add`."
            )
        )
    if done.missing:
        lines += ["These checkpoints are NOT there any more:", *(f"  {clean(one)}" for one in done.missing)]
    return lines or [wrapped("There is nothing to be stamped that has no stamp already.")]


def _stamp_shape(one: Stamped) -> dict[str, object]:
    return {
        "file": str(one.file),
        "size": one.checkpoint.size,
        "stamped_at": iso(one.stamp.at),
        "authority": one.stamp.authority,
    }


def _stamp(one: Stamped) -> str:
    entries = count(one.checkpoint.size, "entry", "entries")
    return f"{entries}, stamped on {minute(one.stamp.at)} by {clean(one.stamp.authority)}"


def _shape(one: AnchorFinding) -> dict[str, object]:
    return {
        "kind": str(one.kind),
        "file": str(one.file),
        "branch": one.checkpoint.branch if one.checkpoint else None,
        "size": one.checkpoint.size if one.checkpoint else None,
        "ok": not one.problem,
        "detail": one.problem,
        "ledger_entry": one.listed.entry if one.listed else None,
        "stamped_at": iso(one.stamp.at) if one.stamp else None,
        "authority": one.stamp.authority if one.stamp else None,
    }


def _found(found: AnchorCheck) -> list[str]:
    lines = [line for one in found.findings for line in _anchor(one)]
    for one in found.requests:
        lines += [f"waits   {clean(one)}", "        a request that was not answered yet"]
    for one in found.answers:
        lines += [f"waits   {clean(one)}", "        an answer to be taken in with `countenance ledger anchor add`"]
    wrong = sum(1 for one in found.findings if one.problem)
    if wrong:
        hold = "does" if wrong == 1 else "do"
        return [*lines, "", wrapped(f"{wrong} of {count(len(found.findings), 'anchor')} {hold} NOT hold. {ALARM}")]
    if not found.findings:
        return [*lines, wrapped(NOBODY)]
    return [*lines, "", f"{count(len(found.findings), 'anchor')}: the ledger is as all of them remember it."]


def _anchor(one: AnchorFinding) -> list[str]:
    head = f"{'NOT OK' if one.problem else 'ok':<8}{clean(one.file)}"
    return [head, wrapped(clean(one.problem or _holds(one)), first=" " * 8, then=" " * 8)]


def _holds(one: AnchorFinding) -> str:
    entries = count(one.checkpoint.size, "entry", "entries") if one.checkpoint else ""
    if one.kind is AnchorKind.TIME_STAMP:
        if one.stamp:
            return f"{entries}, stamped on {minute(one.stamp.at)} by {one.stamp.authority}"
        return f"{entries}, a time stamp as it was taken in; verify it anew with --authority"
    if one.listed:
        return f"{entries}, written on {minute(one.listed.at)}"
    return f"{entries}; it lies here, and the ledger does not list it"
