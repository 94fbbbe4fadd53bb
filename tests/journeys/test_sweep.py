"""The journey sweep: what is due goes on its day and not before, whatever happens in three years (R7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.consent import MAX_DAYS, Purpose, State
from countenance.errors import LibraryBusy, PersonUnknown
from countenance.journeys.forms import Enrolment
from countenance.journeys.publish import Order
from countenance.ledger import EntryKind
from countenance.stores import MemoryStore
from small_house import ALL, House, references

ANN, BOB = 7, 8
DAY = timedelta(days=1)


def test_on_its_last_day_nothing_goes_and_then_all_of_it(house: House) -> None:
    """R7: a second before the end the reference is there; from the end on it is erased, appearances too, and told."""
    ann = house.enrol("Ann Lee", ANN)
    house.photo("a.png", [ANN, 20])
    house.library.index([house.folder / "photos"])
    house.now = ann.expires - timedelta(seconds=1)
    assert house.library.sweep().swept == ()
    house.now = ann.expires
    done = house.library.sweep()
    assert [(one.person, one.references_erased, one.appearances_erased) for one in done.swept] == [(ann.person, 1, 1)]
    assert done.wiped is True
    (entry,) = house.entries(EntryKind.SWEPT)
    assert dict(entry.body) == {
        "person": ann.person, "references_erased": 1, "appearances_erased": 1, "stale": [],
    }  # fmt: skip
    with house.store.read(now=house.now) as reading:
        assert [one.kind for one in reading.findings_about(ann.person)][-1] == "swept"
    assert house.library.people()[0].state is State.EXPIRED


def test_a_sweep_with_nothing_due_writes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R7: an opening with nothing due costs a look and neither a transaction nor a wiping."""
    house.enrol("Ann Lee", ANN)
    before = len(house.library.ledger_findings())
    spied: list[str] = []
    monkeypatch.setattr(MemoryStore, "write", lambda *_, **__: spied.append("write"))
    monkeypatch.setattr(MemoryStore, "wipe", lambda _: spied.append("wipe"))
    house.library.sweep_what_is_due()
    assert spied == []
    assert len(house.library.ledger_findings()) == before


def test_a_busy_library_is_swept_next_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R7: nobody is kept out of a library that another process writes to; who has expired is refused anyway."""
    ann = house.enrol("Ann Lee", ANN)
    house.now = ann.expires

    def busy(*_: object, **__: object) -> None:
        raise LibraryBusy("another process holds the library")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "write", busy)
        house.library.sweep_what_is_due()
    assert house.library.people()[0].purposes == ()
    assert len(house.library.sweep().swept) == 1


def test_published_copies_that_show_the_expired_are_named(house: House) -> None:
    """R7: a copy in which somebody was shown with a consent that has ended is on the list to be taken back."""
    ann = house.enrol("Ann Lee", ANN)
    house.photo("a.png", [ANN])
    out = house.folder / "out"
    house.library.publish([house.folder / "photos"], out, Order(reviewed_by="M. Holt"))
    house.now = ann.expires
    (swept,) = house.library.sweep().swept
    assert swept.published_to_recover == (out / "a.png",)


def test_evidence_ends_with_a_tombstone(house: House) -> None:
    """R7: 1,095 days after the end name, receipts, form and audit key go; who asks is told that nobody is there."""
    ann = house.enrol("Ann Lee", ANN)
    house.now = ann.expires + timedelta(days=MAX_DAYS) - timedelta(seconds=1)
    assert house.library.sweep().forgotten == 0
    assert [person.name for person in house.library.people()] == ["Ann Lee"]
    house.now += timedelta(seconds=1)
    assert house.library.sweep().forgotten == 1
    assert house.library.people() == ()
    with pytest.raises(PersonUnknown):
        house.library.receipts(ann.person)
    (entry,) = house.entries(EntryKind.FORGOTTEN)
    assert (dict(entry.body), entry.concerns) == ({"person": ann.person}, {})
    with house.store.read(now=house.now) as reading:
        assert reading.tombstones() == {ann.person}
        assert list(reading.findings_about(ann.person)) == []
    assert house.library.verify_ledger().ok


def test_who_signed_again_meanwhile_is_not_swept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R7: between the look and the erasing somebody renews: under the lock it is seen, and nothing goes."""
    ann = house.enrol("Ann Lee", ANN)
    house.now = ann.expires
    with house.store.read(now=house.now) as reading:
        due = reading.due()
    house.library.renew(house.form("Ann Lee", ANN, form="second"))
    with house.store.read(now=house.now) as reading:
        monkeypatch.setattr(type(reading), "due", fresh_after(due, type(reading).due))
    done = house.library.sweep()
    assert due.unfounded == (ann.person,)
    assert (done.swept, done.forgotten) == ((), 0)
    assert references(house) == 1


def fresh_after(first: object, then: object) -> object:
    """Give a method that answers so the first time, and as it does by itself after that."""
    answers: Iterator[object] = iter([first])
    return lambda reading: next(answers, None) or then(reading)  # type: ignore[operator]


def test_the_record_of_searches_ends_by_the_month(house: House) -> None:
    """R29: the policy's days after a month's end nobody reads who searched in it and why; an entry says so."""
    house.enrol("Ann Lee", ANN)
    for _ in range(2):
        house.library.search(house.photo("../probe.png", [ANN]), reason="lost child")
        house.pass_time(days=31)
    first, second = (f"{one.at:%Y-%m}" for one in house.entries(EntryKind.SEARCHED))
    day_after = datetime.strptime(second, "%Y-%m").replace(tzinfo=UTC)  # the day after the first month
    house.now = day_after + timedelta(days=house.library.policy().search_record_days) - timedelta(seconds=1)
    assert house.library.sweep().searches_ended == ()
    house.pass_time(seconds=1)
    done = house.library.sweep()
    assert (done.searches_ended, done.wiped) == ((first,), True)
    assert [one.at.strftime("%Y-%m") for one in house.entries(EntryKind.SEARCHED)] == [second]
    (entry,) = house.entries(EntryKind.SEARCHES_ENDED)
    assert (dict(entry.body), entry.concerns) == ({"months": [first]}, {})
    assert sum(finding.entry is None for finding in house.library.ledger_findings()) == 1
    assert house.library.verify_ledger().ok
    house.pass_time(days=31)
    house.library.sweep_what_is_due()
    assert house.entries(EntryKind.SEARCHED) == []
    assert house.library.sweep().searches_ended == ()
    assert len(house.entries(EntryKind.SEARCHES_ENDED)) == 2


def test_months_that_another_process_ended_are_not_told_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R29: between the look and the erasing another sweep was faster: nothing is ended twice, nor recorded."""
    house.library.search(house.photo("../probe.png", [BOB]), reason="lost child")
    house.pass_time(days=MAX_DAYS + 62)
    with house.store.read(now=house.now) as reading:
        due = reading.due()
    assert len(due.searches) == 1
    assert house.library.sweep().searches_ended == due.searches
    monkeypatch.setattr(type(reading), "due", fresh_after(due, type(reading).due))
    assert house.library.sweep().searches_ended == ()
    assert len(house.entries(EntryKind.SEARCHES_ENDED)) == 1


@dataclass
class Signed:
    """A signature as the model of three years knows it."""

    given: datetime
    until: datetime
    purposes: set[Purpose]
    face: bool
    ended: dict[Purpose, datetime] = field(default_factory=dict)

    def live(self, now: datetime) -> bool:
        """Tell whether anything of it is live."""
        return now < self.until and len(self.ended) < len(self.purposes)

    def end(self) -> datetime:
        """Give when the last of it ended, or will."""
        return max(min(self.ended.get(purpose, self.until), self.until) for purpose in self.purposes)


DEEDS = st.fixed_dictionaries(
    {
        "what": st.sampled_from(["enrol", "enrol", "renew", "renew", "withdraw", "withdraw part", "search", "link"]),
        "who": st.integers(0, 1),
        "days": st.integers(1, 365),
        "purposes": st.sets(st.sampled_from(ALL), min_size=1),
        "face": st.booleans(),
        "guardian": st.sampled_from(["", "Jo Reed"]),
    }
)


class Years:
    """Three years of a small library, each day swept and compared with what the signatures say."""

    def __init__(self, folder: Path, now: datetime, evidence_days: int) -> None:
        """Open the library with an evidence period, so that three years are enough to see it end."""
        self.house = House(folder, now, policy={"evidence_days": evidence_days})
        self.evidence = timedelta(days=evidence_days)
        self.signed: dict[str, list[Signed]] = {}
        self.acts: dict[str, datetime] = {}
        self.enrolled: dict[int, Enrolment] = {}
        self.forms = 0

    def do(self, deed: Mapping[str, object]) -> None:
        """Do what happens on a day, as far as it can be done."""
        who, what, house = int(str(deed["who"])), str(deed["what"]), self.house
        known = self.enrolled.get(who)
        if what == "enrol" and known is None:
            self.sign(who, deed, known)
        elif known is None or known.person not in self.signed:
            return
        elif what == "renew":
            self.sign(who, deed, known)
        elif what == "search":
            house.library.search(house.photo("../probe.png", [who]), reason="r")
        elif what == "link":
            house.library.open_link(known.link_code)
            self.acts[known.person] = house.now
        else:
            purposes = set(ALL) if what == "withdraw" else deed["purposes"]
            house.library.withdraw(known.person, purposes=[one for one in ALL if one in purposes])  # type: ignore[operator]
            self.acts[known.person] = house.now
            for one in self.signed[known.person]:
                for purpose in one.purposes & purposes - set(one.ended):  # type: ignore[operator]
                    one.ended[purpose] = house.now

    def sign(self, who: int, deed: Mapping[str, object], known: Enrolment | None) -> None:
        """Enrol or renew."""
        self.forms += 1
        house, guardian = self.house, str(deed["guardian"])
        faces = [who] if deed["face"] else []
        days = min(int(str(deed["days"])), 180 if guardian else 365)
        purposes = [one for one in ALL if one in deed["purposes"]]  # type: ignore[operator]
        name = known.person if known else f"Person {who}"
        form = house.form(name, *faces, purposes=purposes, form=f"form {self.forms}", guardian=guardian)
        sign = house.library.renew if known else house.library.enrol
        self.enrolled[who] = done = sign(replace(form, expires=house.now + days * DAY), later=True)
        self.signed.setdefault(done.person, []).append(Signed(house.now, done.expires, set(purposes), done.face_data))
        self.acts[done.person] = house.now

    def check(self) -> None:
        """Sweep, and compare what is kept with what was signed."""
        house, now = self.house, self.house.now
        house.library.sweep_what_is_due()
        for person, signed in tuple(self.signed.items()):
            if now >= max(one.end() for one in signed) + self.evidence:
                del self.signed[person]
                who = next(who for who, one in self.enrolled.items() if one.person == person)
                del self.enrolled[who]
        state = house.store._state  # type: ignore[attr-defined]
        assert {one.person for one in state.references} == {
            person for person, signed in self.signed.items() if any(one.live(now) and one.face for one in signed)
        }
        people = {person.id: person for person in house.library.people()}
        assert people.keys() == self.signed.keys()
        for known in people.values():
            assert known.last_act == self.acts[known.id].replace(microsecond=known.last_act.microsecond)
            assert not known.has_template or now < self.acts[known.id] + MAX_DAYS * DAY
            if known.state is State.GIVEN:
                assert set(known.purposes) == {
                    purpose
                    for one in self.signed[known.id]
                    if now < one.until
                    for purpose in one.purposes - set(one.ended)
                }


@settings(max_examples=settings().max_examples // 3)  # each of them is three years
@given(
    st.dictionaries(st.integers(0, 900), DEEDS, min_size=8, max_size=40),
    st.integers(1, 200),
)
def test_three_years_day_by_day(
    tmp_path_factory: pytest.TempPathFactory, deeds: Mapping[int, Mapping[str, object]], evidence_days: int
) -> None:
    """R7: on each of 1,095 days nothing of a face is kept without a live signature, and no evidence beyond its period.

    Days pass with enrolments, renewals, withdrawals in whole and in part, opened links and searches; a search keeps
    nobody longer. Whoever is forgotten and signs again is somebody new.
    """
    years = Years(tmp_path_factory.mktemp("years"), datetime(2026, 1, 1, 12, tzinfo=UTC), evidence_days)
    for day in range(3 * 365):
        if day in deeds:
            years.do(deeds[day])
        years.check()
        years.house.now += DAY
    assert years.house.library.verify_ledger().ok
