"""What every store must do with a human's word about a person and a photo; run on each store alike."""

from dataclasses import replace
from pathlib import Path

import pytest

from countenance.consent import Hold, Purpose
from countenance.errors import ConsentRefused
from countenance.faces import Box
from countenance.ledger import EntryKind
from countenance.ports import Basis, Decision, Verdict
from library_desk import SEEN_WITH, Desk, boxes, decision, entry, loose_permit, photo

FIND_ME, BE_FOUND, BE_SHOWN = Purpose
PHOTO = Path("/photos/a.jpg")


def told(desk: Desk, path: str = "/photos/a.jpg") -> tuple[Decision, ...]:
    """Read what humans decided about the content of a photo."""
    with desk.store.read(now=desk.now) as reading:
        return reading.decisions(decision(path, "", Verdict.TAGGED).fingerprint)


def there(desk: Desk, path: Path = PHOTO) -> dict[int, str]:
    """Read who is at which box of a photo."""
    with desk.store.read(now=desk.now) as reading:
        return dict(reading.appearances_in(path))


def bases(desk: Desk, person: str) -> list[Basis]:
    """Read what each appearance of a person rests on, by path."""
    with desk.store.read(now=desk.now) as reading:
        return [one.decided for one in reading.appearances_of(person, FIND_ME)]


def number(desk: Desk, path: Path = PHOTO) -> int:
    """Read the id of a photo."""
    with desk.store.read(now=desk.now) as reading:
        known = reading.photo(path)
    assert known is not None
    return known.id


def test_a_humans_word_comes_back_as_it_was(desk: Desk) -> None:
    """R12: person, verdict, box and moment come back by the photo's content, for each person by id."""
    for person in ("p-cy", "p-ann", "p-bo"):
        desk.enrol(person)
    desk.later(microseconds=7)
    kept = [
        desk.decide("/photos/a.jpg", person, verdict, place)
        for place, (person, verdict) in enumerate(zip(("p-cy", "p-ann", "p-bo"), Verdict, strict=True))
    ]
    desk.decide("/photos/b.jpg", "p-ann", Verdict.TAGGED)
    assert told(desk) == tuple(sorted(kept, key=lambda one: one.person))
    assert told(desk)[1].box is None
    assert len(told(desk, "/photos/b.jpg")) == 1
    assert told(desk, "/photos/c.jpg") == ()


def test_a_later_word_takes_the_place_of_an_earlier_one(desk: Desk) -> None:
    """R14: of a person and a photo the last word counts; the photo need not be indexed, nor lie where it lay."""
    desk.enrol("p-ann")
    desk.decide("/photos/a.jpg", "p-ann", Verdict.CONFIRMED)
    desk.decide("/photos/a.jpg", "p-ann", Verdict.REJECTED)
    desk.later(days=1)
    last = desk.decide("/photos/a.jpg", "p-ann", Verdict.TAGGED, 2)
    assert told(desk) == (last,)
    moved = replace(photo("/photos/moved.jpg"), fingerprint=last.fingerprint)
    with desk.recorded() as unit:
        unit.keep_photo(moved)
        unit.keep_missing(PHOTO)
    with desk.store.read(now=desk.now) as reading:
        known = reading.photo(moved.path)
        assert known is not None
        assert reading.decisions(known.fingerprint) == (last,)


@pytest.mark.parametrize("how", ["withdrawn", "expired", "held", "nobody"])
def test_nothing_is_said_about_who_has_no_live_consent(desk: Desk, how: str) -> None:
    """R15: whoever is unknown, waits, has expired or withdrawn is neither decided about nor told of."""
    if how != "nobody":
        desk.enrol("p-ann", days=10, held=dict.fromkeys(Purpose, Hold.LINK) if how == "held" else None)
    if how in {"withdrawn", "expired"}:
        desk.decide("/photos/a.jpg", "p-ann", Verdict.TAGGED)
    if how == "withdrawn":
        desk.withdraw("p-ann")
    desk.later(days=10 if how == "expired" else 1)
    assert told(desk) == ()
    with pytest.raises(ConsentRefused) as caught:
        desk.decide("/photos/a.jpg", "p-ann", Verdict.REJECTED)
    assert caught.value.reason == {"nobody": "no-consent"}.get(how, how)
    assert told(desk) == ()


def test_a_word_about_who_may_only_be_shown_is_kept(desk: Desk) -> None:
    """R12: "show my child, but no face recognition": a tag needs no template and no purpose of finding."""
    desk.enrol("p-ann", face=False, purposes=(BE_SHOWN,))
    desk.index("/photos/a.jpg", 1)
    assert not desk.tag("/photos/a.jpg", "p-ann", purpose=BE_SHOWN)
    assert (len(told(desk)), there(desk), desk.appearances("p-ann", BE_SHOWN)) == (1, {}, [])


def test_words_go_when_no_consent_is_left(desk: Desk) -> None:
    """R6: they stay while any purpose is live, go with the last, and a new consent brings none of them back."""
    desk.enrol("p-ann", face=False)
    desk.enrol("p-bo")
    desk.decide("/photos/a.jpg", "p-ann", Verdict.TAGGED)
    kept = desk.decide("/photos/a.jpg", "p-bo", Verdict.TAGGED)
    desk.withdraw("p-ann", [FIND_ME, BE_FOUND])
    assert len(told(desk)) == 2
    desk.withdraw("p-ann", [BE_SHOWN])
    desk.renew("p-ann")
    assert told(desk) == (kept,)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_word_has_the_box_that_it_needs(desk: Desk, verdict: Verdict) -> None:
    """A tag and a confirmation without a box, a rejection with one, or a word at no clear moment are defects."""
    desk.enrol("p-ann")
    right = decision("/photos/a.jpg", "p-ann", verdict)
    wrong_box = None if right.box else boxes(1)[0]
    with desk.store.write(now=desk.now) as unit:
        with pytest.raises(ValueError, match="box"):
            unit.keep_decision(replace(right, box=wrong_box))
        with pytest.raises(ValueError, match="time zone"):
            unit.keep_decision(replace(right, at=right.at.replace(tzinfo=None)))
    assert told(desk) == ()


def test_who_has_no_reference_appears_where_a_human_placed_them(desk: Desk) -> None:
    """R12: a tag or a confirmation founds an appearance in that photo and in no other; a rejection founds none."""
    desk.enrol("p-ann", face=False)
    for path in ("/photos/a.jpg", "/photos/b.jpg"):
        desk.index(path, 2)
        assert not desk.appear(path, "p-ann")
    assert desk.tag("/photos/a.jpg", "p-ann", 1)
    desk.decide("/photos/b.jpg", "p-ann", Verdict.REJECTED)
    assert not desk.appear("/photos/b.jpg", "p-ann")
    assert desk.appearances("p-ann") == ["/photos/a.jpg"]
    assert there(desk) == {1: "p-ann"}
    desk.decide("/photos/b.jpg", "p-ann", Verdict.CONFIRMED)
    assert desk.appear("/photos/b.jpg", "p-ann")
    assert desk.appearances("p-ann") == ["/photos/a.jpg", "/photos/b.jpg"]
    assert desk.due().unfounded == ()
    assert desk.problems() == []


def test_an_appearance_that_a_human_founded_is_kept_at_indexing(desk: Desk) -> None:
    """R14: looked at again, by index or re-scan, a tagged person without a reference may be kept where the tag is."""
    desk.enrol("p-ann", face=False)
    desk.index("/photos/a.jpg", 2)
    assert desk.tag("/photos/a.jpg", "p-ann", 1)
    assert desk.index("/photos/a.jpg", 2, {0: desk.permit("p-ann")}) == 1
    assert there(desk) == {0: "p-ann"}
    with desk.recorded() as unit:
        matched = {1: loose_permit(unit, "p-ann", FIND_ME)}
        assert unit.keep_matches(1, fingerprint=photo("/photos/a.jpg").fingerprint, roll=1, matched=matched) == 1
    with desk.recorded() as unit:
        other = replace(photo("/photos/a.jpg", 2, {0: loose_permit(unit, "p-ann", FIND_ME)}), fingerprint="ff" * 32)
        assert unit.keep_photo(other) == 0
    assert there(desk) == {}


def test_an_appearance_says_what_it_rests_on(desk: Desk) -> None:
    """R38: a possible match, a confirmed one or a tag; by the last word about this person and this content alone."""
    for person in ("p-ann", "p-bo"):
        desk.enrol(person)
    for name in "abc":
        desk.index(f"/photos/{name}.jpg", 2, {0: desk.permit("p-ann"), 1: desk.permit("p-bo")})
    desk.decide("/photos/a.jpg", "p-ann", Verdict.CONFIRMED)
    desk.decide("/photos/b.jpg", "p-ann", Verdict.TAGGED)
    desk.decide("/photos/c.jpg", "p-bo", Verdict.CONFIRMED)
    assert bases(desk, "p-ann") == [Basis.CONFIRMED, Basis.TAGGED, Basis.POSSIBLE]
    assert bases(desk, "p-bo") == [Basis.POSSIBLE, Basis.POSSIBLE, Basis.CONFIRMED]
    desk.later(days=1)
    desk.decide("/photos/a.jpg", "p-ann", Verdict.REJECTED)
    desk.decide("/photos/b.jpg", "p-ann", Verdict.CONFIRMED)
    assert bases(desk, "p-ann") == [Basis.POSSIBLE, Basis.CONFIRMED, Basis.POSSIBLE]


def test_a_kept_appearance_takes_the_place_of_others(desk: Desk) -> None:
    """R14: a person is once in a photo, and a box is one person's: what was kept of either goes."""
    for person in ("p-ann", "p-bo", "p-cy"):
        desk.enrol(person)
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann"), 1: desk.permit("p-bo"), 2: desk.permit("p-cy")})
    assert desk.appear("/photos/a.jpg", "p-ann", 1)
    assert there(desk) == {1: "p-ann", 2: "p-cy"}
    assert desk.appearances("p-bo") == []
    assert desk.appear("/photos/a.jpg", "p-ann", 1)
    assert there(desk) == {1: "p-ann", 2: "p-cy"}
    desk.withdraw("p-bo")
    assert not desk.appear("/photos/a.jpg", "p-bo", 2)
    assert there(desk) == {1: "p-ann", 2: "p-cy"}
    with desk.store.read(now=desk.now) as reading:
        assert {one.box for one in reading.appearances_of("p-ann", FIND_ME)} == {boxes(3)[1]}


def test_an_appearance_is_kept_at_a_box_that_is_there(desk: Desk) -> None:
    """A box that the photo does not have, or a photo that is unknown or not done, is a defect."""
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 2)
    desk.index("/photos/gone.jpg", 2)
    with desk.recorded() as unit:
        unit.keep_missing(Path("/photos/gone.jpg"))
    with desk.store.write(now=desk.now) as unit:
        known = loose_permit(unit, "p-ann", FIND_ME)
        for which, place in ((1, 2), (1, -1), (2, 0), (99, 0)):
            with pytest.raises(ValueError, match="box"):
                unit.keep_appearance(which, place, known)


def test_an_appearance_is_taken_away_on_its_own(desk: Desk) -> None:
    """R14: a rejected match goes, the box and the others stay; taking away what nobody said changes nothing."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann"), 1: desk.permit("p-bo")})
    with desk.store.write(now=desk.now) as unit:
        assert not unit.drop_appearance(1, "p-nobody")
        assert not unit.drop_appearance(99, "p-ann")
    with desk.recorded() as unit:
        assert unit.drop_appearance(1, "p-ann")
        assert not unit.drop_appearance(1, "p-ann")
        assert unit.boxes_of(PHOTO) == boxes(3)
    assert there(desk) == {1: "p-bo"}


def test_a_box_drawn_by_a_human_joins_the_others(desk: Desk) -> None:
    """R12: a face that the detector missed gets a box at the next place, at which somebody can be kept."""
    desk.enrol("p-ann", face=False)
    desk.index("/photos/a.jpg", 2)
    drawn = Box(-3, 5, 40, 50)
    with desk.recorded() as unit:
        assert unit.add_box(1, drawn) == 2
        assert unit.add_box(1, drawn) == 3
        assert unit.boxes_of(PHOTO) == (*boxes(2), drawn, drawn)
    assert desk.tag("/photos/a.jpg", "p-ann", 3)
    with desk.store.read(now=desk.now) as reading:
        assert [one.box for one in reading.appearances_of("p-ann", FIND_ME)] == [drawn]
    desk.enrol("p-bo")
    with desk.store.read(now=desk.now) as reading:
        assert reading.photos_behind(seen_with=SEEN_WITH, limit=1)[0].boxes == (*boxes(2), drawn, drawn)
    desk.index("/photos/empty.jpg", 0)
    with desk.recorded() as unit:
        assert unit.add_box(2, drawn) == 0
    assert desk.problems() == []


def test_a_box_is_drawn_on_a_photo_that_is_done(desk: Desk) -> None:
    """R43: a failed, missing or unknown photo keeps no boxes, and takes none."""
    for name in "ab":
        desk.index(f"/photos/{name}.jpg")
    with desk.recorded() as unit:
        unit.keep_missing(PHOTO)
        unit.keep_failure(Path("/photos/b.jpg"), fingerprint="", size_bytes=0, modified_ns=0, why="cut short")
        for which in (1, 2, 99):
            with pytest.raises(ValueError, match="no photo"):
                unit.add_box(which, boxes(1)[0])
        for path in (PHOTO, Path("/photos/b.jpg"), Path("/photos/never-seen.jpg")):
            assert unit.boxes_of(path) == ()
            assert dict(unit.appearances_in(path)) == {}


def test_a_photo_tells_who_may_be_found_in_it(desk: Desk) -> None:
    """R4, R15: whose purposes of finding are not live is not told, though others are; places come in order."""
    for person in ("p-ann", "p-bo", "p-cy"):
        desk.enrol(person)
    desk.enrol("p-dee", days=1)
    found = {place: desk.permit(person) for place, person in enumerate(("p-dee", "p-cy", "p-bo", "p-ann"))}
    desk.index("/photos/a.jpg", 4, dict(reversed(found.items())))
    assert list(there(desk).items()) == [(0, "p-dee"), (1, "p-cy"), (2, "p-bo"), (3, "p-ann")]
    desk.later(days=1)
    desk.withdraw("p-cy", [FIND_ME])
    desk.withdraw("p-bo", [FIND_ME, BE_FOUND])
    assert list(there(desk).items()) == [(1, "p-cy"), (3, "p-ann")]
    with desk.store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.SEARCHED, desk.now))
        assert dict(unit.appearances_in(PHOTO)) == {1: "p-cy", 3: "p-ann"}
