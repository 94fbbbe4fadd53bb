"""What every store must tell of whom an account found, so that a daily number can be kept; run on each store alike."""

from datetime import timedelta

import pytest

from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.ports import PeopleFound
from library_desk import BIRTH, Desk, entry

BEFORE = timedelta(microseconds=-1)


def searched(desk: Desk, *people: str, account: str = "m.holt", after: timedelta = timedelta()) -> None:
    """Record a search that answered these people, with a moment so long after the desk's."""
    body: dict[str, JSON] = {"answered": [{"person": person, "photos": 1} for person in people]}
    record(desk, Entry(EntryKind.SEARCHED, desk.now + after, Actor("steward", account), body, {}))


def listed(desk: Desk, person: str, *, for_person: bool) -> None:
    """Record that the photos of a person were listed."""
    record(desk, entry(EntryKind.PHOTOS_LISTED, desk.now, person=person, for_person=for_person))


def refused(desk: Desk, limit: int, *, account: str = "m.holt") -> None:
    """Record that a search was refused at a number a day."""
    record(desk, Entry(EntryKind.SEARCH_REFUSED, desk.now, Actor("steward", account), {"limit": limit}, {}))


def record(desk: Desk, one: Entry) -> None:
    """Record an entry of its own."""
    with desk.store.write(now=desk.now) as unit:
        unit.record(one)


def found(desk: Desk, account: str = "m.holt", since: timedelta = timedelta()) -> PeopleFound:
    """Ask whom an account found since the desk's moment, or another."""
    with desk.store.read(now=desk.now) as reading:
        return reading.people_found(account, desk.now + since)


def test_found_is_who_was_answered_or_listed_for_a_reason(desk: Desk) -> None:
    """R23: each person once; not who saw their own photos, nor whom another account found, nor a search of nobody."""
    assert found(desk) == PeopleFound(frozenset())
    searched(desk, "p-ann", "p-bob")
    searched(desk, "p-ann")
    searched(desk)
    listed(desk, "p-cleo", for_person=False)
    listed(desk, "p-dan", for_person=True)
    searched(desk, "p-eve", account="b.lee")
    record(desk, entry(EntryKind.EXPORTED, desk.now, person="p-fay"))
    assert found(desk) == PeopleFound(frozenset({"p-ann", "p-bob", "p-cleo"}))
    assert found(desk, "b.lee") == PeopleFound(frozenset({"p-eve"}))
    assert found(desk, "nobody") == PeopleFound(frozenset())


def test_two_spellings_of_an_account_are_one(desk: Desk) -> None:
    """R23, R31: a blank or a capital letter gives nobody a second day."""
    searched(desk, "p-ann", account="M.Holt")
    searched(desk, "p-bob", account="m. holt")
    assert found(desk, "\uff2d.HOLT").people == {"p-ann", "p-bob"}


def test_the_moment_itself_counts_and_what_is_before_does_not(desk: Desk) -> None:
    """R23: at midnight the count begins anew, with the search of that very moment."""
    searched(desk, "p-ann", after=BEFORE)
    searched(desk, "p-bob")
    searched(desk, "p-cleo", after=timedelta(hours=3))
    assert found(desk).people == {"p-bob", "p-cleo"}
    assert found(desk, since=BEFORE).people == {"p-ann", "p-bob", "p-cleo"}
    assert found(desk, since=timedelta(hours=4)).people == frozenset()


@pytest.mark.parametrize("late", [timedelta(microseconds=-1), timedelta(minutes=-55)])
def test_a_deed_that_began_before_hides_nothing_that_is_after(desk: Desk, late: timedelta) -> None:
    """R23: a backup that began before midnight and was recorded after it does not begin the count anew."""
    searched(desk, "p-ann")
    record(desk, entry(EntryKind.BACKED_UP, desk.now + late))
    assert found(desk).people == {"p-ann"}


def test_a_refusal_is_told_with_the_largest_number(desk: Desk) -> None:
    """R23: who was refused, at which number; an earlier day's refusal and another's are not told."""
    refused(desk, 9)
    desk.later(days=1)
    refused(desk, 2)
    refused(desk, 3)
    refused(desk, 2)
    refused(desk, 7, account="b.lee")
    assert found(desk) == PeopleFound(frozenset(), refused_at=3)
    assert found(desk, "b.lee").refused_at == 7
    assert found(desk, "nobody").refused_at == 0


def test_a_transaction_sees_what_was_found_before_it_and_in_it(desk: Desk) -> None:
    """R23: the count is the one on which a transaction can rest: what is committed, and what it recorded itself."""
    searched(desk, "p-ann")
    with desk.store.write(now=desk.now) as unit:
        assert unit.people_found("m.holt", BIRTH).people == {"p-ann"}
        body: dict[str, JSON] = {"answered": [{"person": "p-bob", "photos": 0}]}
        unit.record(Entry(EntryKind.SEARCHED, desk.now, Actor("steward", "m.holt"), body, {}))
        assert unit.people_found("m.holt", BIRTH).people == {"p-ann", "p-bob"}
