"""`restore`: make a library out of a backup."""

from collections.abc import Mapping
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._opening import settings
from countenance.cli._options import Command, asked_of
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import MAY, count, iso, listed, minute
from countenance.library import Restoration, Restored
from countenance.library import restore as restore_library

WHEN_INTERRUPTED = "Interrupted. The library is restored whole, or not at all: restore it again if it is not there."


@click.command("restore", cls=Command)
@click.argument("backup", metavar="FROM", type=LocalPath())
@click.option("--to", metavar="DIR", type=LocalPath(), help="Where the library goes.  [default: as --library]")
def restore(backup: Path, *, to: Path | None) -> int:
    """Make a library out of the backup in FROM, in a folder that holds none.

    Whoever has withdrawn since the backup stays withdrawn, and what expired meanwhile is erased, before anything else
    can be done with the library. Both need its mirror. Without one every face template is dropped: people keep their
    receipts, and give their photos again.
    """
    asked_of(click.get_current_context()).when_interrupted = WHEN_INTERRUPTED
    chosen = settings(library=to)
    done = restore_library(backup, chosen.library, key=chosen.key, mirror=chosen.mirror, account=chosen.account)
    found = done.restoration
    answer(
        {
            "library": str(done.folder),
            "backup_made": iso(found.made),
            "people": found.people,
            "photos": found.photos,
            "ledger_size": found.ledger_size,
            "entries_lost": [found.lost.start, found.lost.stop - 1] if found.lost else [],
            "mirror": str(done.mirror),
            "mirror_found": found.checkpoint is not None,
            "mirror_older": found.older,
            "mirror_agrees": found.agrees,
            "withdrawn": [
                {"person": person, "purposes": [str(purpose) for purpose in purposes]}
                for person, purposes in found.ended.items()
            ],
            "forgotten": list(found.forgotten),
            "to_renew": list(found.dropped),
            "ledger_branch": found.branch,
            "ledger_entry": found.entry,
        },
        _lines(done, {person.id: person.name for person in done.people}),
    )
    return 0


def _lines(done: Restored, names: Mapping[str, str]) -> list[str]:
    found = done.restoration
    extent = f"{count(found.people, 'person', 'people')} and {count(found.photos, 'photo')}"
    lines = [
        wrapped(f"The library is restored in {clean(done.folder)}: {extent}, as of {minute(found.made)} (UTC)."),
        *_about_mirror(found, done.mirror),
    ]
    if found.lost:
        first, last = found.lost.start, found.lost.stop - 1
        which = f"Entry {first} of the ledger is" if first == last else f"Entries {first} to {last} of the ledger are"
        lines += [wrapped(f"{which} lost: what was done after the backup is not in this library.")]
    lines += [
        wrapped(f"Its ledger goes on under a name of its own, as branch {found.branch} (a number drawn at random).")
    ]
    if found.ended:
        lines += [wrapped("Withdrawn since the backup, and withdrawn here too:")]
        for who, what in found.ended.items():
            no_longer = listed([MAY[purpose] for purpose in what])
            lines += [wrapped(f"{clean(names.get(who, who))} may no longer {no_longer}.", first="  ", then="    ")]
    if found.forgotten:
        people = count(len(found.forgotten), "person", "people")
        lines += [wrapped(f"The evidence of {people} has ended since the backup, and is erased here too.")]
    if found.dropped:
        lines += [wrapped("These people are recognised no more until their photos are taken again:")]
        lines += [f"  {clean(names.get(who, who))} ({who})" for who in found.dropped]
    return lines


def _about_mirror(found: Restoration, mirror: Path) -> list[str]:
    if found.checkpoint is None:
        return [
            wrapped(
                f"THERE WAS NO MIRROR in {clean(mirror)}. So every face template was dropped, and withdrawals made "
                "after the backup are not known: compare with your papers. If the mirror is found, restore again into "
                "another folder and name it with --mirror."
            )
        ]
    if not found.agrees:
        return [
            wrapped(
                "Mirror and backup are of two copies of the library that went different ways. What either knows as "
                "withdrawn is withdrawn."
            )
        ]
    if found.older:
        return [wrapped("The mirror is older than the backup: an old copy of it was put back, or it was not written.")]
    return []
