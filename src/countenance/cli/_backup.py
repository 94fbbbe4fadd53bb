"""`backup`: make a backup."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._opening import open_library, settings
from countenance.cli._options import Command, asked_of
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count
from countenance.library import Backup, mirror_place

WHEN_INTERRUPTED = "Interrupted. There is no backup; what was begun of it is removed by the next one."


@click.command("backup", cls=Command)
@click.argument("to", metavar="TO", type=LocalPath())
@click.option(
    "--keep", metavar="N", type=click.IntRange(min=1), help="Then remove the oldest backups in TO until N are left."
)
def backup(to: Path, *, keep: int | None) -> int:
    """Make a backup of the library in a folder of its own below TO, while the library may be in use.

    It is read back and restored in memory before it counts as made. No face template opens from it: the keys for that,
    and the list of who has withdrawn, are in the library's mirror, which restoring needs.
    """
    asked_of(click.get_current_context()).when_interrupted = WHEN_INTERRUPTED
    with open_library() as library:
        made = library.backup(to, keep=keep)
        mirror = mirror_place(library.id, settings().mirror)
    answer(
        {
            "backup": str(made.folder),
            "people": made.people,
            "photos": made.photos,
            "size_bytes": made.size_bytes,
            "ledger_size": made.ledger_size,
            "ledger_root": made.root.hex(),
            "mirror": str(mirror),
            "mirror_current": made.mirror_current,
            "removed": [str(folder) for folder in made.removed],
            "ledger_entry": made.entry,
        },
        _lines(made, mirror),
    )
    return 0


def _lines(made: Backup, mirror: Path) -> list[str]:
    extent = f"{count(made.people, 'person', 'people')} and {count(made.photos, 'photo')}"
    lines = [
        wrapped(f"The backup is made, of {extent}, and was restored in memory to see that it is whole:"),
        f"  {clean(made.folder)}",
        wrapped("No face template opens from it. Restoring needs the master key, and this folder, the mirror:"),
        f"  {clean(mirror)}",
    ]
    if not made.mirror_current:
        lines += [
            wrapped(
                "The mirror is behind, because it cannot be written. See that it can be, and open the library again: "
                "until then people enrolled since would have to give their photos again."
            )
        ]
    lines += [wrapped(f"Removed: {clean(folder.name)}", then="  ") for folder in made.removed]
    return lines
