"""`people`: everybody of the library."""

from collections import Counter

import click

from countenance.cli._forms import held_shape
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, table
from countenance.cli._words import STATES, day, iso, short_allowed
from countenance.consent import State
from countenance.ports import Person


@click.command("people", cls=Command)
def people() -> int:
    """List the people who have, or had, given their consent."""
    with open_library(whatever_policy=True) as library:
        everybody = library.people()
    shared = {name for name, times in Counter(person.name.casefold() for person in everybody).items() if times > 1}
    rows = [
        (
            clean(f"{person.name} ({person.id})" if person.name.casefold() in shared else person.name),
            short_allowed(person.purposes),
            day(person.expires),
            _standing(person),
        )
        for person in everybody
    ]
    answer(
        {
            "people": [
                {
                    "person": person.id,
                    "name": person.name,
                    "purposes": [str(purpose) for purpose in person.purposes],
                    "expires": iso(person.expires),
                    "state": str(person.state),
                    "face_data": person.has_template,
                    "held": held_shape(person.held),
                    "child": person.child,
                }
                for person in everybody
            ]
        },
        table(("Name", "May be", "Until", "Consent"), rows) if rows else ["Nobody is enrolled yet."],
    )
    return 0


def _standing(person: Person) -> str:
    part = ", part waits" if person.state is State.GIVEN and person.held else ""
    return f"{STATES[person.state]}{part}{' (child)' if person.child else ''}"
