"""`init`: make a library."""

from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._opening import settings
from countenance.cli._options import Command
from countenance.cli._policy_file import read_policy
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import MAY, listed
from countenance.consent import PLAIN_LANGUAGES, Policy
from countenance.errors import UsageWrong
from countenance.library import KeyWhereabouts, Library, key_place


@click.command("init", cls=Command)
@click.argument("folder", metavar="DIR", type=LocalPath())
@click.option("--controller", metavar="NAME", help="Who answers for the library: a school, a club.")
@click.option("--contact", metavar="ADDRESS", help="Where people turn to, for instance to withdraw.")
@click.option("--notice", metavar="FILE", type=LocalPath(), help="Your own text for people, instead of the plain one.")
@click.option(
    "--language", metavar="LANG", help="The language of that text, or of the plain one that comes first: en, fr."
)
@click.option("--staff-search", is_flag=True, help="Let staff search by a photo for people who allow it.")
@click.option("--no-recognition", is_flag=True, help="Recognise nobody: faces are only covered when publishing.")
@click.option("--policy", metavar="FILE", type=LocalPath(), help="A policy (TOML), which says all of the above.")
def init(
    folder: Path,
    *,
    controller: str | None,
    contact: str | None,
    notice: Path | None,
    language: str | None,
    staff_search: bool,
    no_recognition: bool,
    policy: Path | None,
) -> int:
    """Make a library in DIR, a folder that holds none, for --controller with --contact, or with a whole --policy.

    The library keeps where photos lie, never the photos themselves. Its master key is written to a file outside DIR,
    unless --key-file says where it goes, --keyring puts it into the operating system's keyring, or --key-command gives
    one.
    """
    chosen = settings(library=folder)
    if policy is not None:
        if controller or contact or notice or language or staff_search or no_recognition:
            raise UsageWrong("a policy file says all of it", remedy="give --policy alone, and write the rest in it")
        promised = read_policy(policy)
    elif controller is None or contact is None:
        raise UsageWrong(
            "it must be said who answers for the library",
            remedy="give --controller and --contact, or a whole policy with --policy FILE",
        )
    else:
        promised = Policy.draft(
            controller=controller,
            contact=contact,
            staff_search=staff_search,
            recognition=not no_recognition,
            notice=_read(notice) if notice else None,
            notice_language=language or PLAIN_LANGUAGES[0],
        )
    with Library.make(folder, promised, key=chosen.key, mirror=chosen.mirror, account=chosen.account) as library:
        at = key_place(library.id, chosen.key)
    answer(
        {
            "library": str(folder),
            "key_file": str(at.file) if at.file else None,
            "controller": promised.controller,
            "purposes": [str(purpose) for purpose in promised.purposes],
            "staff_search": promised.staff_search,
            "recognition": promised.recognition,
        },
        [
            wrapped(f"The library is made in {clean(folder)}."),
            wrapped(f"People may choose to {listed([MAY[purpose] for purpose in promised.purposes])}."),
            "",
            *_about_key(at),
        ],
    )
    return 0


def _about_key(at: KeyWhereabouts) -> list[str]:
    warning = wrapped(
        "Without it nobody can open the library, not even you. Keep a second copy in a safe place, never in the "
        "library's folder."
    )
    if at.file is None:
        return [wrapped(f"The master key comes from {clean(at.words)}."), warning]
    return ["The master key is in this file:", f"  {clean(at.file)}", warning]


def _read(notice: Path) -> str:
    try:
        return notice.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageWrong(
            f"the notice {notice.name} cannot be read as text", remedy="give a text file in UTF-8"
        ) from problem
