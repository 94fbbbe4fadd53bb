"""R7: whose time is up is asked at every opening, so it costs next to nothing, however many people there are."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.ports import Due
from countenance.stores._ended import Ended
from countenance.stores._spelling import moment_number
from library_desk import BIRTH, POLICY, Desk, open_sql

Behind = Callable[[Path], Callable[..., list[tuple[object, ...]]]]

PEOPLE = 100_000
# A few look-ups in indexes; a search through all others for each would be a thousand times as many.
INSTRUCTIONS_EACH = 1000
DAY = 86_400_000_000
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
# Made behind the store's back: who is due is told by columns in clear, and a hundred thousand signatures take minutes.
CROWD = (
    "INSERT INTO people (number, id, name, seal) SELECT i, 'p-' || i, x'', x'' FROM n",
    """INSERT INTO receipts (number, id, person, given, valid_until, with_template, jws, seal)
    SELECT i, 'r-' || i, 'p-' || i, {given}, {until}, 1, zeroblob(100), x'' FROM n""",
    """INSERT INTO permissions (receipt, purpose, person, given, expires, with_template, seal)
    SELECT 'r-' || i, purpose, 'p-' || i, {given}, {until}, 1, x''
    FROM n, (SELECT 'find-me' AS purpose UNION SELECT 'be-shown')""",
    "INSERT INTO keys (kind, subject, wrapped, seal) SELECT 'template', 'p-' || i, x'', x'' FROM n",
    "INSERT INTO refs (number, person, model, template, seal) SELECT i, 'p-' || i, 'm', zeroblob(100), x'' FROM n",
)


@pytest.fixture
def crowd(folder: Path, behind: Behind) -> Desk:
    """Give a library of 100,000 people whose consent lasts for 100 days."""
    run = behind(folder)
    given = moment_number(BIRTH)
    for statement in CROWD:
        table, select = re.split(r"\sSELECT ", statement, maxsplit=1)
        run(f"{table} {NUMBERS} SELECT {select}".format(given=given, until=given + 100 * DAY))
    return Desk(open_sql(folder))


def asked(desk: Desk) -> tuple[Due, int]:
    """Ask who is due; gives the instructions, in thousands, that SQLite's virtual machine took as well."""
    taken: list[int] = []
    with desk.store.read(now=desk.now) as reading:
        ended: Ended = reading._ended  # type: ignore[attr-defined]
        driver = ended._connection.connection.dbapi_connection
        assert driver is not None
        driver.set_progress_handler(lambda: taken.append(1), 1000)
        due = reading.due()
        driver.set_progress_handler(None, 0)
    return due, len(taken)


def test_nothing_due_among_a_hundred_thousand_costs_next_to_nothing(crowd: Desk) -> None:
    """R7: with 100,000 people of whom nobody or one is due the database takes less than an instruction a person."""
    due, taken = asked(crowd)
    assert due == Due((), ())
    assert taken < PEOPLE // 1000
    crowd.enrol("p-ann", days=1)
    crowd.later(days=1)
    due, taken = asked(crowd)
    assert due.unfounded == ("p-ann",)
    assert taken < PEOPLE // 1000
    crowd.store.close()


def test_everybody_due_at_once_costs_no_more_for_each(crowd: Desk) -> None:
    """R7: when the consent of 100,000 people ends on one day, all are named, at a bounded cost a person."""
    crowd.later(days=100)
    due, unfounding = asked(crowd)
    assert len(due.unfounded) == PEOPLE
    crowd.later(days=POLICY.evidence_days)
    due, forgetting = asked(crowd)
    assert len(due.forgotten) == PEOPLE
    assert 0 < unfounding < PEOPLE // 1000 * INSTRUCTIONS_EACH
    assert 0 < forgetting < PEOPLE // 1000 * INSTRUCTIONS_EACH
    crowd.store.close()


def test_what_comes_due_is_found_by_indexes(desk: Desk) -> None:
    """R7: neither question reads a table from end to end that grows with the people."""
    with desk.store.read(now=desk.now) as reading:
        ended: Ended = reading._ended  # type: ignore[attr-defined]
        policies = reading.policies()
        statements: list[str] = []
        driver = ended._connection.connection.dbapi_connection
        assert driver is not None
        driver.set_trace_callback(statements.append)
        ended.unfounded()
        ended.forgotten(policies)
        driver.set_trace_callback(None)
        plans = [row[3] for statement in statements for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert len(statements) == 2
    searched = {
        plan.split(" USING ")[1].split(" (")[0] for plan in plans if plan.startswith("SEARCH permissions USING")
    }
    assert searched == {"INDEX ix_permissions_expires", "INDEX ix_permissions_withdrawn_at"}
    # What is read from end to end is what these gave.
    assert {plan for plan in plans if plan.startswith("SCAN")} == {"SCAN anon_1"}
