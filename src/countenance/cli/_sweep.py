"""`sweep`: erase what is due, and say what comes due."""

import click

from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, table, wrapped
from countenance.cli._words import count, day, iso
from countenance.library import Sweep


@click.command("sweep", cls=Command)
def sweep() -> int:
    """Erase what no consent allows any more, and say whose consent ends soon.

    Who searched, and why, is erased as well, month by month, when it was on record for as long as the policy says.

    Every command sweeps when it opens the library; this one also tells what comes due: within 30 days, for children
    within 60, who are to be enrolled again with new photos, because their faces change.
    """
    with open_library(whatever_policy=True, sweeping=False) as library:
        done = library.sweep()
    answer(
        {
            "swept": [
                {
                    "person": one.person,
                    "references_erased": one.references_erased,
                    "appearances_erased": one.appearances_erased,
                    "published_to_recover": [str(path) for path in one.published_to_recover],
                    "ledger_entry": one.entry,
                }
                for one in done.swept
            ],
            "forgotten": done.forgotten,
            "searches_ended": list(done.searches_ended),
            "wiped": done.wiped,
            "coming_due": [
                {"person": one.person, "name": one.name, "ends": iso(one.ends), "child": one.child}
                for one in done.coming
            ],
        },
        [*_erased(done), *_coming(done)],
    )
    return 0


def _erased(done: Sweep) -> list[str]:
    lines = []
    if done.swept:
        templates = count(sum(one.references_erased for one in done.swept), "face template")
        places = count(sum(one.appearances_erased for one in done.swept), "possible match", "possible matches")
        people = count(len(done.swept), "person", "people")
        lines.append(wrapped(f"Erased: {templates}, {places} in photos, of {people} whose consent has ended."))
    if done.forgotten:
        people = count(done.forgotten, "person", "people")
        lines.append(wrapped(f"Erased for good: name, form and receipts of {people} whose evidence period has ended."))
    if done.searches_ended:
        months = ", ".join(done.searches_ended)
        lines.append(wrapped(f"Erased for good: who searched, and why, in {months}. That there were searches stays."))
    if not lines:
        lines.append("Nothing was due.")
    if done.wiped is not True:
        lines.append(wrapped("What was erased is not wiped from the disk yet. Run the same command again later."))
    copies = [path for one in done.swept for path in one.published_to_recover]
    if copies:
        lines.append(wrapped("These published copies still show somebody whose consent has ended:"))
        lines += [f"  {clean(path)}" for path in copies]
    return lines


def _coming(done: Sweep) -> list[str]:
    if not done.coming:
        return ["Nobody's consent ends soon."]
    rows = [
        (clean(f"{one.name} ({one.person})"), day(one.ends), "new form and photos" if one.child else "new form")
        for one in done.coming
    ]
    return ["", "Ends soon:", *table(("Name", "Until", "What to do"), rows)]
