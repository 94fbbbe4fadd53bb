"""What must hold between rows is told when it does not, by a sentence of its own, whatever the seals say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from library_desk import Desk, open_sql

Behind = Callable[[Path], Callable[..., list[tuple[object, ...]]]]

CHANGES = {
    "a hold that is none": ("UPDATE permissions SET held = 'luck' WHERE person = 'p-hal'", "receipts: "),
    "a child made an adult": ("UPDATE permissions SET child = NULL WHERE person = 'p-eve'", "is not what was signed"),
    "an adult made a child": ("UPDATE permissions SET child = 1 WHERE person = 'p-ann'", "is not what was signed"),
    "a face that waits": (
        "UPDATE permissions SET held = 'face' WHERE person = 'p-ann'",
        "p-ann has a reference, but no receipt for it",
    ),
    "a find that waits": (
        "UPDATE permissions SET held = 'link' WHERE person = 'p-bo'",
        "p-bo appears in photos without a receipt",
    ),
    "a copy of who waits": (
        "UPDATE permissions SET held = 'link' WHERE person = 'p-dee'",
        "shows somebody who has withdrawn",
    ),
    "a tag that is gone": ("DELETE FROM decisions", "p-eve appears in photos without a reference or a human's word"),
    "a tag turned round": (
        "UPDATE decisions SET verdict = 'rejected', x = NULL, y = NULL, w = NULL, h = NULL",
        "p-eve appears in photos without a reference or a human's word",
    ),
    "a tag without a box": ("UPDATE decisions SET x = NULL", "decisions: "),
    "a verdict that is none": ("UPDATE decisions SET verdict = 'maybe'", "decisions: "),
    "a tag of who withdrew": (
        "UPDATE decisions SET person = 'p-cy'",
        "a human decision about p-cy has no receipt",
    ),
    "a template key without a reference": (
        "INSERT INTO keys SELECT kind, 'p-hal', wrapped, seal FROM keys WHERE kind = 'template' AND subject = 'p-ann'",
        "keys: ",
    ),
    "somebody back from oblivion": (
        "INSERT INTO tombstones SELECT 'p-dee', ended_at, seal FROM tombstones",
        "p-dee was forgotten, and is in people",
    ),
    "a form half forgotten": ("UPDATE releases SET person = NULL WHERE person = 'p-dee'", "is half forgotten"),
    "a job that is nowhere": ("UPDATE jobs SET state = 'lost'", "jobs: "),
    "a node that was changed": (
        "UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND place = 3",
        "the node 3 of level 1 is not the one that the entries give",
    ),
    "a node that is gone": (
        "DELETE FROM nodes WHERE level = 2 AND place = 1",
        "the node 1 of level 2 is not the one that the entries give",
    ),
    "a node too many": (
        "INSERT INTO nodes SELECT 9, 0, hash, seal FROM nodes LIMIT 1",
        "there are nodes of the tree that its entries do not give",
    ),
    "an entry that is gone": ("DELETE FROM ledger WHERE place = 3", "there is no entry 3"),
    "a checkpoint that was not signed": (
        "UPDATE standing SET checkpoint = replace(checkpoint, '/1', '/2')",
        "the last checkpoint is not one",
    ),
    "no checkpoint at all": ("UPDATE standing SET checkpoint = NULL", "a row that every library has is gone"),
    "a branch that is none": ("UPDATE standing SET branch = 0", "is no origin of a ledger"),
    "thresholds lowered": (
        "UPDATE calibrations SET calibration = cast(replace(calibration, '0.5', '0.1') AS BLOB)",
        "the thresholds 1 are not those that the ledger tells of",
    ),
    "thresholds that are gone": ("DELETE FROM calibrations", "the thresholds 1 are not those that the ledger tells of"),
    "thresholds that nobody measured": (
        "INSERT INTO calibrations SELECT 2, since, people, calibration, seal FROM calibrations",
        "the thresholds 2 are not those that the ledger tells of",
    ),
    "thresholds that are none": ("UPDATE calibrations SET calibration = x'7b7d'", "the stored thresholds were changed"),
    "a job that failed and is done": ("UPDATE jobs SET state = 'done', failed = 2", "the job 1 counts as done"),
}


def test_everything_that_a_library_can_hold_verifies(lived_in: Path) -> None:
    """R26: held, tagged, forgotten: a library with all of it is whole."""
    desk = Desk(open_sql(lived_in))
    assert desk.problems() == []
    desk.store.close()


@pytest.mark.parametrize("what", CHANGES)
def test_what_does_not_hold_is_told(lived_in: Path, behind: Behind, what: str) -> None:
    """R26: each invariant has its own sentence, beside those of seals and tallies."""
    statement, told = CHANGES[what]
    behind(lived_in)(statement)
    desk = Desk(open_sql(lived_in))
    problems = desk.problems()
    assert any(told in problem for problem in problems), problems
    desk.store.close()


@pytest.mark.parametrize(
    "back",
    [
        "UPDATE permissions SET person = 'p-old' WHERE person = 'p-dee'",
        "UPDATE receipts SET person = 'p-old' WHERE person = 'p-dee'",
        "UPDATE releases SET person = 'p-old' WHERE person = 'p-dee'",
        "UPDATE refs SET person = 'p-old' WHERE person = 'p-ann'",
        "UPDATE crops SET person = 'p-old' WHERE person = 'p-ann'",
        "UPDATE appearances SET person = 'p-old' WHERE person = 'p-ann'",
        "UPDATE decisions SET person = 'p-old'",
        "UPDATE links SET person = 'p-old'",
    ],
)
def test_nothing_of_a_forgotten_person_may_be_there(lived_in: Path, behind: Behind, back: str) -> None:
    """R7: a row of any table about somebody with a tombstone is told."""
    behind(lived_in)(back)
    desk = Desk(open_sql(lived_in))
    assert any("p-old was forgotten" in problem for problem in desk.problems())
    desk.store.close()
