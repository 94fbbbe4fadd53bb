"""R7, R39: a process killed while it sweeps or forgets leaves everybody whole, or erased; the rest is due still."""

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from library_desk import POLICY, Desk, make_sql, open_sql
from nursery import Nursery, workers

# Each kills one more process; set it higher for a longer hunt.
KILLS: Final = int(os.environ.get("COUNTENANCE_TEST_KILLS", "24")) // 2
PEOPLE_A_RUN: Final = 6

# Everybody is enrolled for a day; later, all whose time is up are swept, and those whose evidence ended are forgotten.
DEEDS: Final = f"""
def live(folder, run):
    desk = Desk(open_sql(folder))
    desk.now = desk.now.fromtimestamp(float(run.split("@")[1]), desk.now.tzinfo)
    say("begun")
    for person in desk.due().unfounded:
        desk.sweep(person)
        say("swept", person)
        say("wiped" if desk.store.wipe() else "unwiped", person)
    for person in desk.due().forgotten:
        desk.forget(person)
        say("forgotten", person)
        say("wiped" if desk.store.wipe() else "unwiped", person)
    for number in range({PEOPLE_A_RUN}):
        person = "p-" + run.split("@")[0] + "-" + str(number)
        desk.enrol(person, days=1)
        desk.index("/photos/" + person + ".jpg", 2, {{1: desk.permit(person)}})
        desk.publish("c-" + person, [desk.permit(person, Purpose.BE_SHOWN)])
        desk.place("c-" + person)
        say("enrolled", person)
"""


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    """Give workers."""
    yield from workers(DEEDS)


def test_a_kill_while_sweeping_or_forgetting_leaves_nobody_half_erased(nursery: Nursery, tmp_path: Path) -> None:
    """R7, R39: after each kill the library verifies, and of whom it said was swept or forgotten nothing is left."""
    folder = tmp_path / "library"
    make_sql(folder).close()
    generator = random.Random(11)  # noqa: S311  (the same moments in each run, as far as a machine allows)
    desk = Desk(open_sql(folder))
    said: list[list[str]] = []
    for run in range(5 * KILLS):
        said += nursery.killed("live", folder, f"{run}@{desk.now.timestamp()}", generator.uniform(0.05, 0.6))
        check_erased(desk, folder, said)
        # By turns so much later that those enrolled are to be swept, and that those swept are to be forgotten.
        desk.later(days=2 if run % 2 == 0 else POLICY.evidence_days)
        # A slow machine gets further only now and then.
        if run >= KILLS and {"enrolled", "swept", "forgotten"} <= {words[0] for words in said}:
            break
    assert {words[0] for words in said} >= {"enrolled", "swept", "forgotten"}
    # What was cut off is done by the next: nobody stays due for ever.
    for person in desk.due().unfounded:
        desk.sweep(person)
    for person in desk.due().forgotten:
        desk.forget(person)
    assert desk.due().unfounded == desk.due().forgotten == ()
    assert desk.problems() == []
    desk.store.close()


def check_erased(desk: Desk, folder: Path, said: list[list[str]]) -> None:
    """Compare what the killed processes said with what is left of people, and of everybody all or nothing."""
    assert desk.problems() == []
    swept = {words[1] for words in said if words[0] == "swept"}
    forgotten = {words[1] for words in said if words[0] == "forgotten"}
    with closing(sqlite3.connect(folder / "library.db")) as connection:

        def people(statement: str) -> set[str]:
            return {who for (who,) in connection.execute(statement)}

        faces = [
            people("SELECT person FROM refs"),
            people("SELECT person FROM crops"),
            people("SELECT person FROM appearances"),
            people("SELECT subject FROM keys WHERE kind = 'template'"),
        ]
        evidence = [
            people("SELECT id FROM people"),
            people("SELECT person FROM receipts"),
            people("SELECT person FROM permissions"),
            people("SELECT subject FROM keys WHERE kind = 'evidence'"),
            people("SELECT subject FROM keys WHERE kind = 'audit'"),
            people("SELECT person FROM releases WHERE content IS NOT NULL"),
        ]
        tombs = people("SELECT person FROM tombstones")
    # The photo is indexed a transaction after the enrolment, so an appearance may be missing, but nothing else.
    assert faces[0] == faces[1] == faces[3] >= faces[2]
    assert all(found == evidence[0] for found in evidence)
    assert not swept & faces[0]
    assert forgotten <= tombs
    assert not tombs & evidence[0]
