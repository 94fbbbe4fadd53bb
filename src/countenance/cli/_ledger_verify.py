"""`ledger verify`: whether an entry was changed, removed or put in, also in comparison with what others remember."""

from collections.abc import Sequence
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE, NOT_VERIFIED
from countenance.cli._opening import open_library, settings
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._verify import DOES_NOT_OPEN, NOT_RIGHT
from countenance.cli._words import count, iso, minute
from countenance.errors import UsageWrong
from countenance.library import Compared, LedgerVerdict, verify_without_key

NOBODY = (
    "Nobody outside remembers this ledger yet. Whoever has the library's key could write another one: let others keep "
    "a checkpoint, with `countenance ledger checkpoint --to` a folder of theirs."
)
ALARM = (
    "Somebody has changed what was to be remembered, or the ledger itself, or has only moved a file or put an older "
    "state of the library in its place. Change nothing, and find out which."
)


@click.command("verify", cls=Command, short_help="See that no entry was changed, removed or put in.")
@click.option("--without-key", is_flag=True, help="Only see that the entries are whole, unread: it needs no key.")
@click.option(
    "--against",
    metavar="FILE",
    type=LocalPath(),
    multiple=True,
    help="See that it begins with what is remembered there; may be repeated.",
)
def verify(*, without_key: bool, against: Sequence[Path]) -> int:
    """Compute the ledger anew from its entries and see that none was changed, removed or put in between.

    With --against also that it begins with what others remember: a checkpoint, a receipt, a proof, a copy, an export,
    or a folder with any of these. It ends with 0 if all of that holds, and with 21 if not.
    """
    if without_key and against:
        raise UsageWrong("--without-key and --against exclude each other", remedy="leave one of them out")
    verdict = _without_key() if without_key else _compared(against)
    answer(
        {
            "ok": verdict.ok,
            "size": verdict.size,
            "root": verdict.root,
            "detail": verdict.detail,
            "against": [_shape(one) for one in verdict.against],
            "last_anchor": _anchor(verdict),
        },
        _lines(verdict, told=not without_key),
    )
    return DONE if verdict.ok else NOT_VERIFIED


def _without_key() -> LedgerVerdict:
    try:
        return verify_without_key(settings().library)
    except DOES_NOT_OPEN as problem:
        return LedgerVerdict(ok=False, size=0, root="", detail=problem.what)


def _compared(remembered: Sequence[Path]) -> LedgerVerdict:
    try:
        library = open_library(whatever_policy=True)
    except DOES_NOT_OPEN as problem:
        return LedgerVerdict(ok=False, size=0, root="", detail=problem.what)
    with library:
        # What others bring may be no checkpoint of this library: that is told as an error, not as damage.
        return library.verify_ledger(library.remembered_in(remembered))


def _shape(one: Compared) -> dict[str, object]:
    return {
        "file": str(one.file),
        "branch": one.checkpoint.branch,
        "size": one.checkpoint.size,
        "ok": not one.problem,
        "detail": one.problem,
    }


def _anchor(verdict: LedgerVerdict) -> dict[str, object] | None:
    last = verdict.last_anchor
    return {"file": str(last.file), "size": last.size, "at": iso(last.at)} if last else None


def _lines(verdict: LedgerVerdict, *, told: bool) -> list[str]:
    lines = [
        f"The ledger verifies: {count(verdict.size, 'entry', 'entries')}.\nIts root is {verdict.root}"
        if verdict.ok
        else wrapped(
            f"The ledger does NOT verify: {clean(verdict.detail)}. {ALARM if verdict.only_others_differ else NOT_RIGHT}"
        )
    ]
    if verdict.against:
        lines += ["", "What others remember:"]
        lines += [line for one in verdict.against for line in _against(one)]
    elif verdict.ok and told:
        last = verdict.last_anchor
        if last is None:
            lines.append(wrapped(NOBODY))
        else:
            remembered = count(last.size, "entry", "entries")
            lines += [f"Last remembered outside on {minute(last.at)}, {remembered}:", f"  {clean(last.file)}"]
    return lines


def _against(one: Compared) -> list[str]:
    if one.problem:
        return [f"NOT OK  {clean(one.file)}", wrapped(clean(one.problem), first=" " * 8, then=" " * 8)]
    return [f"ok      {clean(one.file)}: {count(one.checkpoint.size, 'entry', 'entries')}"]
