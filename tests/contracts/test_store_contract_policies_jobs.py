"""What every store must do with policies, work left for later, and what is counted; run on each store alike."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from countenance.consent import Hold, Purpose
from countenance.ports import Job, JobState, PolicyVersion
from library_desk import BIRTH, POLICY, Desk


def test_a_library_keeps_every_policy_it_had(desk: Desk) -> None:
    """R8: the newest is in force; the earlier ones stay readable, each with its number and its beginning."""
    with desk.store.read(now=desk.now) as reading:
        assert reading.policies() == (PolicyVersion(1, BIRTH, POLICY),)
    shorter = replace(POLICY, retention_days=100, child_retention_days=100)
    desk.later(days=1, microseconds=3)
    with desk.recorded() as unit:
        assert unit.set_policy(shorter) == 2
        assert unit.policy() == shorter
    since = desk.now
    desk.later(days=1)
    with desk.recorded() as unit:
        assert unit.set_policy(POLICY) == 3
    with desk.store.read(now=desk.now) as reading:
        assert reading.policies() == (
            PolicyVersion(1, BIRTH, POLICY),
            PolicyVersion(2, since, shorter),
            PolicyVersion(3, desk.now, POLICY),
        )
        assert reading.policy() == POLICY
    assert desk.problems() == []


def test_receipts_are_drawn_up_under_the_policy_in_force(desk: Desk) -> None:
    """R8: a receipt keeps the notice it was given under, whatever the policy becomes."""
    desk.enrol("p-ann")
    with desk.recorded() as unit:
        unit.set_policy(replace(POLICY, controller="Hollybank Academy"))
    desk.renew("p-ann")
    with desk.store.read(now=desk.now) as reading:
        first, second = (stored.consent.receipt for stored in reading.receipts("p-ann"))
    assert (first.controller, second.controller) == ("Hollybank School", "Hollybank Academy")


def test_work_is_left_for_later_and_kept_in_order(desk: Desk) -> None:
    """R14, R43: a job says what, when, and how far it is; it is queued in the transaction of the deed that needs it."""
    with desk.store.read(now=desk.now) as reading:
        assert reading.jobs() == ()
    desk.later(microseconds=9)
    with desk.recorded() as unit:
        desk.take_up(unit, "p-ann")
        first = unit.queue_job("rescan", total=7)
    queued = desk.now
    desk.later(hours=1)
    with desk.recorded() as unit:
        second = unit.queue_job("rescan", total=0)
    assert first < second
    with desk.store.read(now=desk.now) as reading:
        assert reading.jobs() == (
            Job(first, "rescan", JobState.QUEUED, queued, None, None, 7, 0, 0),
            Job(second, "rescan", JobState.QUEUED, desk.now, None, None, 0, 0, 0),
        )
    began = desk.now
    with desk.recorded() as unit:
        running = replace(unit.jobs()[0], state=JobState.RUNNING, began_at=began, done=3, failed=1)
        unit.keep_job(running)
    desk.later(minutes=5)
    with desk.recorded() as unit:
        assert unit.jobs()[0] == running
        ended = replace(running, state=JobState.FAILED, ended_at=desk.now, total=8, done=5, failed=3)
        unit.keep_job(ended)
    with desk.store.read(now=desk.now) as reading:
        assert [job.number for job in reading.jobs()] == [first, second]
        assert reading.jobs()[0] == ended
        assert reading.jobs()[1].state is JobState.QUEUED
    assert desk.problems() == []


def test_a_job_of_a_deed_that_failed_was_never_queued(desk: Desk) -> None:
    """R39: deed and job are one transaction."""
    with suppress(KeyboardInterrupt), desk.recorded() as unit:
        unit.queue_job("rescan", total=7)
        raise KeyboardInterrupt
    with desk.store.read(now=desk.now) as reading:
        assert reading.jobs() == ()


def test_only_a_job_that_was_queued_is_kept(desk: Desk) -> None:
    """Keeping how far a job is that nobody queued is a defect."""
    with desk.store.write(now=desk.now) as unit, pytest.raises(ValueError, match="no job"):
        unit.keep_job(Job(4, "rescan", JobState.DONE, BIRTH, BIRTH, BIRTH, 1, 1, 0))


def test_receipts_are_counted_from_a_moment_on(desk: Desk) -> None:
    """R31: for the daily cap every receipt counts that was given since, whatever became of it."""
    desk.enrol("p-early")
    desk.later(days=1)
    noon = desk.now
    desk.enrol("p-ann", days=1)
    desk.enrol("p-bo", held=dict.fromkeys(Purpose, Hold.FACE))
    desk.renew("p-early")
    desk.withdraw("p-early")
    desk.later(days=2)
    with desk.store.read(now=desk.now) as reading:
        assert reading.receipts_since(noon) == 3
        assert reading.receipts_since(noon + timedelta(seconds=1)) == 0
        assert reading.receipts_since(noon - timedelta(microseconds=1)) == 3
        assert reading.receipts_since(BIRTH) == 4
        assert reading.receipts_since(desk.now + timedelta(days=1)) == 0
