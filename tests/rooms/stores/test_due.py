"""R7: whose time is up is asked at every opening, so it is answered at once, however many people there are."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.ports import Due
from countenance.stores._ended import Ended
from countenance.stores._spelling import moment_number
from library_desk import BIRTH, POLICY, Desk, open_sql

Behind = Callable[[Path], Callable[..., list[tuple[object, ...]]]]

PEOPLE = 100_000
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


def test_nothing_due_among_a_hundred_thousand_is_told_in_milliseconds(crowd: Desk) -> None:
    """R7: a library of 100,000 people of whom nobody is due answers at once; and finds the one who is."""
    crowd.due()
    began = time.perf_counter()
    for _ in range(10):
        assert crowd.due() == Due((), ())
    took = (time.perf_counter() - began) / 10
    assert took < 0.05, f"{took * 1000:.1f} ms"
    crowd.enrol("p-ann", days=1)
    crowd.later(days=1)
    began = time.perf_counter()
    assert crowd.due().unfounded == ("p-ann",)
    took = time.perf_counter() - began
    assert took < 0.05, f"{took * 1000:.1f} ms"
    crowd.store.close()


def test_everybody_due_at_once_is_told_in_seconds(crowd: Desk) -> None:
    """R7: when the consent of 100,000 people ends on one day, all are named, and so they are when the evidence ends."""
    crowd.later(days=100)
    began = time.perf_counter()
    assert len(crowd.due().unfounded) == PEOPLE
    crowd.later(days=POLICY.evidence_days)
    assert len(crowd.due().forgotten) == PEOPLE
    took = time.perf_counter() - began
    assert took < 30.0, f"{took:.1f} s"
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
