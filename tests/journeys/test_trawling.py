"""R23: one account finds at most so many different people in a day; a refusal tells nothing about who matched."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countenance.consent import Purpose
from countenance.errors import ConsentRefused, PersonUnknown, TooManyFound
from countenance.faces import Box, Template
from countenance.ledger import Entry, EntryKind, ReasonClass
from countenance.library import Library
from countenance.ports import Pixels
from countenance.stores import MemoryStore
from countenance.vision import StubVision
from library_desk import BIRTH, make_sql, open_sql
from small_house import STEWARD, House

ANN, BOB, CLEO, TWINS, DAN, STRANGER = range(1, 7)
REASON = "a coat was found"
PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> MemoryStore:
    """Give a library of Ann, Bob, Cleo, twins, and Dan for himself only, in which an account finds two people a day."""
    house = House(tmp_path_factory.mktemp("settled"), BIRTH, policy={"people_found_per_day": 2})
    for name, identity in (("Ann", ANN), ("Bob", BOB), ("Cleo", CLEO), ("Eve", TWINS)):
        house.enrol(name, identity)
    house.enrol_twin("Fay", TWINS)
    house.enrol("Dan", DAN, [Purpose.FIND_ME])
    assert isinstance(house.store, MemoryStore)
    return house.store


@pytest.fixture
def two(house: House, settled: MemoryStore) -> House:
    """Give a house in which everybody has settled and nobody was searched for."""
    return begun_anew(house, settled)


def begun_anew(house: House, settled: MemoryStore) -> House:
    """Let a house begin from where everybody has settled; what is done in it changes no other one."""
    house.now = BIRTH
    house.use(MemoryStore(settled._keys, settled._state))
    return house


def allow(house: House, number: int) -> House:
    """Let the policy allow so many a day."""
    house.library.set_policy(replace(house.library.policy(), people_found_per_day=number))
    return house


def probe(house: House, who: int) -> Path:
    """Draw a photo of somebody to search by."""
    drawn = house.folder / f"probes/{who}.png"
    return drawn if drawn.exists() else house.photo(f"../probes/{who}.png", [who])


def search(house: House, who: int, account: str = STEWARD.account, **more: Any) -> list[str]:  # noqa: ANN401  (as search takes it)
    """Search by a photo of somebody; gives the names of those who answered."""
    found = house.library_of(account).search(probe(house, who), reason=REASON, **more)
    return [answer.name for answer in found.answers]


def refusal(house: House, who: int) -> tuple[str, str, str]:
    """Search for somebody in vain; gives all that the refusal says."""
    with pytest.raises(TooManyFound) as refused:
        search(house, who)
    return refused.value.what, refused.value.reason, refused.value.remedy


def last_entry(house: House) -> tuple[Entry, tuple[int, ...]]:
    """Give the last ledger entry, and what can be seen of it from outside: the lengths of its bytes."""
    with house.store.read(now=house.now) as reading:
        ((_, sealed),) = reading.ledger_rows(reading.ledger_edge().size - 1)
        (finding,) = reading.ledger_findings(reading.ledger_edge().size - 1)
    assert finding.entry is not None
    return finding.entry, (len(sealed.salt), len(sealed.payload))


def test_beyond_the_number_nothing_is_compared_whoever_it_is(two: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R23: with two found, nobody is looked for, not even who was found before; the photo is not looked at."""
    assert search(two, ANN) == ["Ann"]
    two.pass_time(hours=7)
    assert search(two, BOB) == ["Bob"]
    two.pass_time(hours=7)
    looked: list[int] = []
    monkeypatch.setattr(StubVision, "detect", lambda *_, **__: looked.append(1))
    said = {refusal(two, who) for who in (CLEO, ANN, TWINS, DAN, STRANGER)}
    assert len(said) == 1
    assert not looked


def test_a_person_counts_once_a_day(two: House) -> None:
    """R23: who is found again is not another; a search that finds nobody costs nothing."""
    for _ in range(5):
        assert search(two, ANN) == ["Ann"]
        assert search(two, STRANGER) == search(two, DAN) == []
    assert search(two, BOB) == ["Bob"]


def test_as_many_as_may_be_are_found_at_once(two: House) -> None:
    """R23: an answer of two within the number of two is given whole."""
    assert search(two, TWINS) == ["Eve", "Fay"]


def test_an_answer_that_would_go_beyond_is_refused_whole(two: House) -> None:
    """R23: with one left, twins are refused: none of them is named, told, or counted; the words are those of always."""
    search(two, ANN)
    beyond = refusal(two, TWINS)
    assert len(two.entries(EntryKind.SEARCHED)) == 1
    with two.store.read(now=two.now) as reading:
        assert reading.people_found(STEWARD.account, two.now).people == {reading.person("Ann").id}
        for name in ("Eve", "Fay"):
            told = [one.kind for one in reading.findings_about(reading.person(name).id)]
            assert EntryKind.SEARCHED not in told
    two.pass_time(days=1)
    search(two, ANN)
    search(two, BOB)
    assert refusal(two, TWINS) == beyond


def test_the_first_refusal_ends_the_day(two: House) -> None:
    """R23: otherwise refusals would be a way to ask on, photo by photo, whether somebody matches."""
    search(two, ANN)
    refusal(two, TWINS)
    two.pass_time(hours=14)
    assert len({refusal(two, who) for who in (TWINS, ANN, BOB, STRANGER)}) == 1
    two.pass_time(hours=1)
    assert search(two, TWINS) == ["Eve", "Fay"]


def test_a_policy_that_allows_more_opens_the_day_again(two: House) -> None:
    """R23: the steward is told to ask for it, so it must help; less than before does not."""
    search(two, ANN)
    refusal(two, TWINS)
    refusal(allow(two, 1), STRANGER)
    allow(two, 3)
    assert search(two, TWINS) == ["Eve", "Fay"]
    refusal(two, ANN)


def test_every_refusal_leaves_the_same_entry(two: House) -> None:
    """R24, R23: with its number and the stated reason, of nobody; before or after comparing, in as many bytes."""
    left = []
    for found, asked in (([ANN], TWINS), ([ANN, BOB], ANN), ([ANN, BOB], CLEO), ([TWINS], STRANGER), ([TWINS], DAN)):
        for who in found:
            search(two, who)
        with pytest.raises(TooManyFound):
            search(two, asked, reason_class=ReasonClass.SAFETY)
        left.append(last_entry(two))
        two.pass_time(days=1)
    first, seen = left[0]
    assert dict(first.body) == {
        "purpose": "be-found",
        "reason": "too-many-people",
        "limit": 2,
        "stated_reason": REASON,
        "reason_class": "safety",
    }
    assert (first.kind, first.actor, first.concerns) == (EntryKind.SEARCH_REFUSED, STEWARD, {})
    assert [replace(entry, at=first.at) for entry, _ in left] == [first] * 5
    assert {shape for _, shape in left} == {seen}


def test_the_refusal_says_what_to_do(two: House) -> None:
    """R23: how many, and that it goes on tomorrow or under another policy; the door treats it as refused consent."""
    search(two, TWINS)
    what, reason, remedy = refusal(two, ANN)
    assert "find 2 different people in a day" in what
    assert "tomorrow" in remedy
    assert "midnight UTC" in remedy
    assert "policy that allows more" in remedy
    assert reason == "too-many-people"
    assert issubclass(TooManyFound, ConsentRefused)


def test_listing_for_a_reason_counts_as_finding(two: House) -> None:
    """R23: searches and lists share the day's number; once it is spent nobody is even looked up by name."""
    assert search(two, ANN) == ["Ann"]
    assert two.library.photos("Bob", reason=REASON).person
    for name in ("Cleo", "Ann", "Dan", "Nobody"):
        with pytest.raises(TooManyFound):
            two.library.photos(name, reason=REASON, reason_class=ReasonClass.LEGAL)
        assert last_entry(two)[0].body["reason_class"] == "legal"
        assert name not in str(last_entry(two)[0])
    refusal(two, CLEO)
    with pytest.raises(PersonUnknown):
        two.library_of("b.lee").photos("Nobody", reason=REASON)


def test_a_list_that_is_refused_for_lack_of_consent_is_no_find(two: House) -> None:
    """R4, R23: who may not be found was not found, and costs nothing of the day."""
    for _ in range(3):
        with pytest.raises(ConsentRefused) as refused:
            two.library.photos("Dan", reason=REASON)
        assert not isinstance(refused.value, TooManyFound)
    assert search(two, TWINS) == ["Eve", "Fay"]


def test_the_persons_own_list_is_never_counted(two: House) -> None:
    """R23: whoever comes for their own photos gets them, however many came before, and however much was searched."""
    for name in ("Ann", "Bob", "Cleo", "Dan"):
        assert two.library.photos(name, reason=None).person
    assert search(two, TWINS) == ["Eve", "Fay"]
    refusal(two, ANN)
    assert two.library.photos("Ann", reason=None).person


def test_the_number_is_the_accounts_however_it_is_spelt(two: House) -> None:
    """R23, R31: another account has its own; a capital letter or a blank makes no other one."""
    search(two, ANN, "M.Holt")
    search(two, BOB, " m. holt")
    refusal(two, CLEO)
    assert search(two, CLEO, "b.lee") == ["Cleo"]


def test_the_day_ends_at_midnight_utc(two: House) -> None:
    """R23: a second before midnight the number is spent, at midnight it is whole again."""
    one = allow(two, 1)
    one.now = one.now.replace(hour=23, minute=59, second=59)
    assert search(one, ANN) == ["Ann"]
    refusal(one, BOB)
    one.pass_time(seconds=1)
    assert search(one, BOB) == ["Bob"]


class Interrupted(StubVision):
    """Eyes during whose look something else happens, once."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Any] = []

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give the template of each box, after whatever happens meanwhile."""
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().embed(pixels, boxes)


def test_what_is_found_while_a_search_looks_is_counted(house: House, settled: MemoryStore) -> None:
    """R23: a search that began with one left and was overtaken by another is refused where it ends."""
    eyes = Interrupted()
    house.vision = eyes
    one = allow(begun_anew(house, settled), 1)
    found: list[list[str]] = []
    eyes.meanwhile.append(lambda: found.append(search(one, BOB)))
    refusal(one, ANN)
    assert found == [["Bob"]]
    assert len(one.entries(EntryKind.SEARCHED)) == 1


class Meeting(StubVision):
    """Eyes that wait for the other pair, so that both searches have begun before either ends."""

    def __init__(self, barrier: threading.Barrier) -> None:
        super().__init__()
        self.barrier = barrier

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give the template of each box, once the other looks as well."""
        self.barrier.wait(PATIENCE_SECONDS)
        return super().embed(pixels, boxes)


@pytest.mark.parametrize("shared", [True, False], ids=["one store in memory", "two openings of a folder"])
def test_two_searches_at_once_do_not_both_pass(house: House, tmp_path: Path, *, shared: bool) -> None:
    """R23: of two searches by one account that begin together with one left, one is answered and one refused."""
    if not shared:
        house.use(make_sql(tmp_path / "library"))
    allow(house, 1)
    house.enrol("Ann", ANN)
    house.enrol("Bob", BOB)
    barrier, outcomes = threading.Barrier(2), []
    stores = [house.store, house.store if shared else open_sql(tmp_path / "library")]

    def one_of_them(place: int, photo: Path) -> None:
        eyes = Meeting(barrier)
        library = Library(stores[place], lambda: eyes, actor=STEWARD, clock=house.clock)
        try:
            outcomes.append(len(library.search(photo, reason=REASON).answers))
        except TooManyFound:
            outcomes.append(-1)

    threads = [
        threading.Thread(target=one_of_them, args=(place, probe(house, who))) for place, who in enumerate((ANN, BOB))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    for store in stores:
        if not shared:
            store.close()
    assert sorted(outcomes) == [-1, 1]


DEEDS = st.lists(
    st.tuples(
        st.sampled_from([ANN, BOB, CLEO, TWINS, DAN, STRANGER, "Ann", "Bob", "Cleo", "Eve", "a new day"]),
        st.sampled_from(["m.holt", "M.HOLT", "b.lee"]),
    ),
    max_size=14,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_whatever_is_asked_no_account_finds_more_in_a_day(
    house: House, settled: MemoryStore, deeds: list[tuple[int | str, str]]
) -> None:
    """R23: searches and lists in any order: at most two different people for an account and day."""
    here = begun_anew(house, settled)
    found: dict[tuple[str, datetime], set[str]] = {}
    for what, account in deeds:
        if what == "a new day":
            here.pass_time(days=1)
            continue
        day = found.setdefault((account.lower(), here.now), set())
        library = here.library_of(account)
        try:
            if isinstance(what, int):
                day |= {answer.person for answer in library.search(probe(here, what), reason=REASON).answers}
            else:
                day.add(library.photos(what, reason=REASON).person)
        except TooManyFound:
            assert day, "somebody was refused who had found nobody"
        assert len(day) <= 2
