"""`verify`: check that everything stored is right."""

import click

from countenance.cli._exit_codes import DONE, NOT_VERIFIED
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.errors import KeyProblem, LibraryUnsuited, NotVerified, SealBroken
from countenance.ports import Check


@click.command("verify", cls=Command)
def verify() -> int:
    """Check that every stored byte has its reason: rows, seals, receipts, ledger, published copies, models.

    It ends with 0 only if all of it holds, and with 21 if not.
    """
    try:
        with open_library(whatever_policy=True) as library:
            checks = library.verify().checks
    except DOES_NOT_OPEN as problem:
        checks = (Check("opening", ok=False, detail=problem.what),)
    ok = bool(checks) and all(check.ok for check in checks)
    answer(
        {"ok": ok, "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]},
        [*check_lines(checks), "", "Everything verifies." if ok else wrapped(NOT_RIGHT)],
    )
    return DONE if ok else NOT_VERIFIED


# A changed byte can be where the library says which key and which format it has: then it does not open at all.
DOES_NOT_OPEN = (NotVerified, SealBroken, KeyProblem, LibraryUnsuited)

NOT_RIGHT = (
    "This library is not as this program left it. Change nothing, keep a copy of the folder as it is, and find out who "
    "or what has changed it; then restore a backup."
)


def check_lines(checks: tuple[Check, ...]) -> list[str]:
    """Give a line for each check: how it stands, what it is, and a sentence about it."""
    wide = max((len(check.name) for check in checks), default=0)
    return [
        wrapped(
            clean(check.detail),
            first=f"{'ok' if check.ok else 'NOT OK':<8}{check.name:<{wide}}  ",
            then=" " * (10 + wide),
        )
        for check in checks
    ]
