"""`ledger copy`: the whole ledger, sealed, for somebody outside to keep."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._exit_codes import DONE
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count


@click.command("copy", cls=Command, short_help="Copy the ledger, sealed, for somebody outside.")
@click.option("--to", metavar="FILE", type=LocalPath(), required=True, help="A new file for the copy.")
def copy(*, to: Path) -> int:
    """Write the whole ledger into a new file for somebody outside to watch over, such as a works council or an auditor.

    It is sealed: nobody reads in it what was done, or about whom. But whoever has it can tell that no entry was changed
    or taken out later, and show it if one was.
    """
    with open_library(whatever_policy=True) as library:
        checkpoint = library.copy_ledger(to)
    answer(
        {"file": str(to), "size": checkpoint.size, "root": checkpoint.root.hex()},
        [
            f"The ledger, {count(checkpoint.size, 'entry', 'entries')}, is copied to:\n  {clean(to)}",
            wrapped(
                "What it says is sealed. It can be verified without this program, with tools/verify_ledger.py, and "
                "against a later ledger with `countenance ledger verify --against`."
            ),
        ],
    )
    return DONE
