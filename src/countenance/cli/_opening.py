"""Opening the library that was asked for: the settings are read here, once."""

import os
from pathlib import Path

import click

from countenance.cli._options import asked_of
from countenance.library import Library, local_path
from countenance.settings import Settings


def settings(*, library: Path | None = None, workers: int | None = None) -> Settings:
    """Read what was asked and the environment.

    Raises:
        UsageWrong: an address instead of a path, two keys, or no number of workers.
    """
    asked = asked_of(click.get_current_context())
    folder = asked.library or os.environ.get("COUNTENANCE_LIBRARY")
    mirror = asked.mirror or os.environ.get("COUNTENANCE_MIRROR")
    return Settings.read(
        os.environ,
        library=library or (local_path(folder) if folder else None),
        key_file=local_path(asked.key_file) if asked.key_file else None,
        key_command=asked.key_command,
        keyring=asked.keyring,
        mirror=local_path(mirror) if mirror else None,
        account=asked.account,
        workers=workers,
    )


def open_library(*, workers: int | None = None, whatever_policy: bool = False, sweeping: bool = True) -> Library:
    """Open the library that was asked for; with `whatever_policy` also under a policy that is refused.

    Without `sweeping`, what is due is left to the command itself.

    Raises:
        PolicyRefused: its policy is worse than what people were told.
        NoLibrary, KeyProblem, LibraryBusy, StoreBroken: it cannot be opened.
    """
    chosen = settings(workers=workers)
    return Library.open(
        chosen.library,
        key=chosen.key,
        mirror=chosen.mirror,
        account=chosen.account,
        workers=chosen.workers,
        whatever_policy=whatever_policy,
        sweeping=sweeping,
    )
