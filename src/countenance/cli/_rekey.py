"""`rekey`: change the library's master key."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._opening import settings
from countenance.cli._options import Command, asked_of
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.library import Rekeying
from countenance.library import rekey as change_key
from countenance.settings import key_source

WHEN_INTERRUPTED = (
    "Interrupted. The library is under its old key or under its new one, and opens as before; `countenance doctor` "
    "says where the key is."
)


@click.command("rekey", cls=Command)
@click.option("--to-key-file", metavar="FILE", type=LocalPath(), help="Put the new key into this file.")
@click.option("--to-key-command", metavar="COMMAND", help="A command that prints the new key.")
@click.option("--to-keyring", is_flag=True, help="Put the new key into the operating system's keyring.")
@click.option(
    "--keep-old-key",
    is_flag=True,
    help="Leave the old key where it is: another library has the same one, or a backup needs it.",
)
def rekey(*, to_key_file: Path | None, to_key_command: str | None, to_keyring: bool, keep_old_key: bool) -> int:
    """Change the master key of the library, as when somebody else may have had it.

    The new key takes the place of the old one, whose bytes are overwritten, unless it is to go elsewhere. A file or a
    keyring that holds a key already gives the new one. Nobody has to enrol again, and everybody is found as before.
    Other programs that have the library open must open it again.

    Backups made before need the old key: make a new one at once, and copies of the new key.
    """
    asked_of(click.get_current_context()).when_interrupted = WHEN_INTERRUPTED
    chosen = settings()
    to = key_source(to_key_file, to_key_command, keyring=to_keyring)
    done = change_key(
        chosen.library, key=chosen.key, to=to, mirror=chosen.mirror, keep_old=keep_old_key, account=chosen.account
    )
    answer(
        {
            "key_file": str(done.key.file) if done.key.file else None,
            "old_key_destroyed": done.old_key_destroyed,
            "keys": done.keys,
            "rows": done.rows,
            "wiped": done.wiped,
            "ledger_entry": done.entry,
        },
        _lines(done, kept=keep_old_key),
    )
    return 0


def _lines(done: Rekeying, *, kept: bool) -> list[str]:
    lines = [
        wrapped(
            f"The library has a new master key: {count(done.keys, 'key is', 'keys are')} wrapped under it, "
            f"{count(done.rows, 'row is', 'rows are')} sealed under it."
        )
    ]
    if done.key.file:
        lines += ["It is in this file:", f"  {clean(done.key.file)}"]
    else:
        lines += [wrapped(f"It comes from {clean(done.key.words)}.")]
    if done.old_key_destroyed:
        lines += [wrapped("The old key is overwritten and gone from where it was.")]
    elif kept:
        lines += [wrapped("The old key is where it was, and opens this library no more.")]
    else:
        lines += [wrapped("The old key could not be destroyed from here. Take it away yourself: it opens no more.")]
    if done.wiped is not True:
        lines += [
            wrapped(
                "What the old key could open is not wiped from the disk yet, because another program is reading the "
                "library. It is done at the next opening."
            )
        ]
    lines += ["", wrapped(REMINDER)]
    return lines


REMINDER = (
    "Do this now: copy the new key to a safe place, and make a new backup. Then destroy the backups made before, and "
    "the copies of the old key: together they still open."
)
