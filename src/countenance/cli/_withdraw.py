"""`withdraw`: end a person's consent."""

from collections.abc import Sequence

import click

from countenance.cli._arguments import PURPOSES
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import MAY, count, listed
from countenance.consent import Purpose
from countenance.library import Library, Withdrawal


@click.command("withdraw", cls=Command)
@click.argument("person", metavar="PERSON")
@click.option(
    "--purpose",
    metavar="P",
    type=PURPOSES,
    multiple=True,
    help="End it for this purpose only: find-me, be-found or be-shown. May be repeated.",
)
def withdraw(person: str, *, purpose: Sequence[str]) -> int:
    """End the consent of PERSON (a name or an id), at once and without asking why.

    When nothing that the person allowed is left, everything that was made of the face is erased. The receipt and the
    signed form stay, sealed, as evidence until the policy's period ends.
    """
    with open_library(whatever_policy=True) as library:
        tell_withdrawal(library.withdraw(person, purposes=list(map(Purpose, purpose)) or None), library)
    return 0


def tell_withdrawal(done: Withdrawal, library: Library) -> None:
    """Tell what a withdrawal took away, what is left, and what is still to be done."""
    left = next((one.purposes for one in library.people() if one.id == done.person), ())
    answer(
        {
            "person": done.person,
            "references_erased": done.references_erased,
            "appearances_erased": done.appearances_erased,
            "published_to_recover": [str(path) for path in done.published_to_recover],
            "wiped": done.wiped,
            "purposes": [str(purpose) for purpose in done.purposes],
            "purposes_left": [str(purpose) for purpose in left],
            "ledger_entry": done.entry,
        },
        _lines(done, left),
    )


def _lines(done: Withdrawal, left: Sequence[Purpose]) -> list[str]:
    lines = [wrapped(f"{clean(done.name)} has withdrawn.")]
    if left:
        may = listed([MAY[purpose] for purpose in left])
        lines = [wrapped(f"{clean(done.name)} has withdrawn in part, and may still {may}.")]
    if done.references_erased or done.appearances_erased:
        templates = count(done.references_erased, "face template")
        places = count(done.appearances_erased, "possible match", "possible matches")
        lines.append(wrapped(f"Erased: {templates}, {places} in photos."))
    else:
        lines.append(wrapped("Nothing of the face had to be erased."))
    if done.wiped is not True:
        lines.append(
            wrapped(
                "What was erased is not wiped from the disk yet: another program is reading the library, or its "
                "mirror cannot be written (`countenance doctor` says so). Run the same command again when that is over."
            )
        )
    elif done.references_erased:
        lines.append("It is wiped from the library's files.")
    if done.published_to_recover:
        lines.append(
            wrapped("These published copies still show the person. Cover them again with `countenance republish`:")
        )
        lines += [f"  {clean(path)}" for path in done.published_to_recover]
    return lines
