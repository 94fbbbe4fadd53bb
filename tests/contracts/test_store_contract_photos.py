"""What every store must do with photos and appearances; run on each store alike."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from countenance.consent import Purpose
from countenance.faces import Box
from countenance.ledger import EntryKind
from countenance.ports import PhotoState
from library_desk import (
    SEEN_WITH,
    Desk,
    boxes,
    entry,
    permit,
    photo,
)

FIND_ME, BE_FOUND, BE_SHOWN = Purpose


def test_a_photo_comes_back_as_it_was_kept(desk: Desk) -> None:
    """What is known of a file comes back, by its path."""
    desk.index("/photos/a.jpg", 2)
    with desk.store.read(now=desk.now) as reading:
        record = reading.photo(Path("/photos/a.jpg"))
        assert record is not None
        seen = photo("/photos/a.jpg", 2)
        assert (record.path, record.fingerprint, record.size_bytes) == (seen.path, seen.fingerprint, seen.size_bytes)
        assert (record.modified_ns, record.seen_with, record.roll) == (seen.modified_ns, SEEN_WITH, 0)
        assert (record.state, record.why) == (PhotoState.DONE, "")
        assert list(reading.photos()) == [record]
        assert reading.photo(Path("/photos/b.jpg")) is None


def test_the_files_of_one_content_are_found(desk: Desk) -> None:
    """R12: copies of one file are given by their content hash, in the order of their ids; a failed one is none."""
    original = photo("/photos/a.jpg", 2)
    with desk.store.write(now=desk.now) as unit:
        for name in "abc":
            unit.keep_photo(replace(original, path=Path(f"/photos/{name}.jpg")))
        unit.keep_failure(
            Path("/photos/b.jpg"), fingerprint=original.fingerprint, size_bytes=7, modified_ns=8, why="cut short"
        )
        unit.keep_photo(photo("/photos/d.jpg", 2))
        unit.record(entry(EntryKind.INDEXED))
    with desk.store.read(now=desk.now) as reading:
        assert [record.path.stem for record in reading.photos_of(original.fingerprint)] == ["a", "c"]
        assert reading.photos_of("ff" * 32) == ()


def test_a_photo_keeps_its_id_and_its_place(desk: Desk) -> None:
    """Indexing again replaces what was known; photos stay in the order in which they were first seen."""
    for name in "cab":
        desk.index(f"/photos/{name}.jpg")
    desk.index("/photos/c.jpg", 1, seen_with="newer")
    with desk.store.read(now=desk.now) as reading:
        records = list(reading.photos())
        assert [record.path.stem for record in records] == ["c", "a", "b"]
        assert [record.id for record in records] == sorted(record.id for record in records)
        assert records[0].seen_with == "newer"


def test_a_failed_photo_is_not_done_and_keeps_nothing(desk: Desk) -> None:
    """R43: a failure says why, counts as not done, and takes boxes and appearances with it."""
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann")})
    with desk.store.write(now=desk.now) as unit:
        unit.keep_failure(Path("/photos/a.jpg"), fingerprint="ff", size_bytes=7, modified_ns=8, why="cut short")
        unit.keep_failure(Path("/photos/b.jpg"), fingerprint="", size_bytes=0, modified_ns=0, why="empty")
        unit.record(entry(EntryKind.INDEXED))
    assert desk.appearances("p-ann") == []
    desk.enrol("p-bo")
    with desk.store.read(now=desk.now) as reading:
        failed = reading.photo(Path("/photos/a.jpg"))
        assert failed is not None
        assert (failed.id, failed.state, failed.why, failed.seen_with) == (1, PhotoState.FAILED, "cut short", "")
        assert (failed.fingerprint, failed.size_bytes, failed.modified_ns) == ("ff", 7, 8)
        assert reading.photos_behind_count(seen_with=SEEN_WITH) == 0
        assert reading.photos_behind_count(seen_with="") == 0
    desk.index("/photos/a.jpg")
    with desk.store.read(now=desk.now) as reading:
        again = reading.photo(Path("/photos/a.jpg"))
        assert again is not None
        assert (again.id, again.state, again.why) == (1, PhotoState.DONE, "")


def test_a_missing_photo_keeps_no_boxes_and_no_appearances(desk: Desk) -> None:
    """A file that is gone stays known as missing, and nobody is in it any more."""
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann")})
    with desk.store.write(now=desk.now) as unit:
        unit.keep_missing(Path("/photos/a.jpg"))
        unit.record(entry(EntryKind.INDEXED))
    with desk.store.read(now=desk.now) as reading:
        missing = reading.photo(Path("/photos/a.jpg"))
        assert missing is not None
        assert (missing.state, missing.fingerprint) == (PhotoState.MISSING, photo("/photos/a.jpg").fingerprint)
    assert desk.appearances("p-ann") == []


def test_paths_are_absolute_and_any_bytes(desk: Desk) -> None:
    """A relative path is refused; a name in another encoding comes back as it was."""
    strange = Path(os.fsdecode(b"/photos/caf\xe9 \xff.jpg"))
    with desk.store.write(now=desk.now) as unit:
        with pytest.raises(ValueError, match="absolute"):
            unit.keep_photo(photo("photos/a.jpg"))
        with pytest.raises(ValueError, match="absolute"):
            unit.keep_failure(Path("a.jpg"), fingerprint="", size_bytes=0, modified_ns=0, why="")
        unit.keep_failure(strange, fingerprint="", size_bytes=0, modified_ns=0, why=f"{strange.name} is cut short")
        unit.record(entry(EntryKind.INDEXED))
    with desk.store.read(now=desk.now) as reading:
        record = reading.photo(strange)
        assert record is not None
        assert record.path == strange
        assert record.why == "caf\\udce9 \\udcff.jpg is cut short"


def test_photos_can_be_gone_through_while_they_are_changed(desk: Desk) -> None:
    """An iterator over photos stays valid while the same transaction writes."""
    for number in range(5):
        desk.index(f"/photos/{number}.jpg")
    with desk.store.write(now=desk.now) as unit:
        for record in unit.photos():
            unit.keep_missing(record.path)
        unit.record(entry(EntryKind.INDEXED))
        assert {record.state for record in unit.photos()} == {PhotoState.MISSING}


def test_an_enrolment_leaves_earlier_photos_behind(desk: Desk) -> None:
    """R14: photos matched before the last enrolment are listed with their boxes until they are matched anew."""
    for name in "abc":
        desk.index(f"/photos/{name}.jpg", 2)
    desk.index("/photos/other.jpg", 2, seen_with="another detector")
    with desk.store.read(now=desk.now) as reading:
        assert reading.photos_behind(seen_with=SEEN_WITH, limit=10) == ()
    desk.enrol("p-ann")
    with desk.store.read(now=desk.now) as reading:
        behind = reading.photos_behind(seen_with=SEEN_WITH, limit=10)
        assert [known.path.stem for known in behind] == ["a", "b", "c"]
        assert behind[0].boxes == boxes(2)
        assert behind[0].fingerprint == photo("/photos/a.jpg").fingerprint
        assert reading.photos_behind_count(seen_with=SEEN_WITH) == 3
        assert reading.photos_behind(seen_with=SEEN_WITH, limit=2) == behind[:2]
        assert reading.photos_behind(seen_with=SEEN_WITH, limit=2, after=behind[1].id) == behind[2:]
        roll = reading.roll()
    with desk.store.write(now=desk.now) as unit:
        found = {1: permit(unit, "p-ann", FIND_ME)}
        assert unit.keep_matches(behind[0].id, fingerprint=behind[0].fingerprint, roll=roll, matched=found) == 1
        unit.record(entry(EntryKind.RESCANNED))
    assert desk.appearances("p-ann") == ["/photos/a.jpg"]
    with desk.store.read(now=desk.now) as reading:
        assert reading.photos_behind_count(seen_with=SEEN_WITH) == 2
    desk.withdraw("p-ann")
    with desk.store.read(now=desk.now) as reading:
        assert reading.photos_behind_count(seen_with=SEEN_WITH) == 2


def test_a_new_purpose_for_an_enrolled_person_leaves_photos_behind(desk: Desk) -> None:
    """R14: who is enrolled for being shown, and then asks to be found, is looked for in the photos already indexed."""
    desk.enrol("p-ann", purposes=(BE_SHOWN,))
    with desk.store.read(now=desk.now) as reading:
        roll = reading.roll()
    with desk.store.write(now=desk.now) as unit:
        unit.keep_photo(photo("/photos/a.jpg", roll=roll))
        unit.record(entry(EntryKind.INDEXED))
    with desk.store.write(now=desk.now) as unit:
        assert unit.photos_behind_count(seen_with=SEEN_WITH) == 0
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann", purposes=(FIND_ME,)))
        unit.record(entry(EntryKind.ENROLLED))
    with desk.store.read(now=desk.now) as reading:
        assert reading.photos_behind_count(seen_with=SEEN_WITH) == 1


@pytest.mark.parametrize("face", [True, False])
def test_a_renewal_leaves_photos_behind_if_it_allows_a_template(desk: Desk, face: bool) -> None:  # noqa: FBT001
    """R14: an expired person who renews is looked for again; one who renews without face data is not."""
    desk.enrol("p-ann", days=1)
    desk.later(days=2)
    with desk.store.read(now=desk.now) as reading:
        roll = reading.roll()
    with desk.recorded() as unit:
        unit.keep_photo(photo("/photos/a.jpg", roll=roll))
    with desk.recorded() as unit:
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann", face=face))
        assert unit.photos_behind_count(seen_with=SEEN_WITH) == int(face)


def test_matching_anew_needs_the_same_content(desk: Desk) -> None:
    """A photo that has changed meanwhile, or is not done, is not matched by its old boxes."""
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann")})
    with desk.store.write(now=desk.now) as unit:
        unit.keep_failure(Path("/photos/b.jpg"), fingerprint="ff", size_bytes=0, modified_ns=0, why="")
        unit.record(entry(EntryKind.INDEXED))
    with desk.store.write(now=desk.now) as unit:
        assert unit.keep_matches(1, fingerprint="another", roll=99, matched={}) == 0
        assert unit.keep_matches(2, fingerprint="ff", roll=99, matched={}) == 0
    assert desk.appearances("p-ann") == ["/photos/a.jpg"]


@pytest.mark.parametrize("places", [(3,), (-1,), (0, 1)])
def test_matches_fit_the_photo(desk: Desk, places: tuple[int, ...]) -> None:
    """A match to a box that is not there, or one person twice, is a defect and leaves the photo as it was."""
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann")})
    found = dict.fromkeys(places, desk.permit("p-ann"))
    with desk.store.write(now=desk.now) as unit:
        with pytest.raises(ValueError, match=r"match|person"):
            unit.keep_photo(photo("/photos/a.jpg", 3, found))
        with pytest.raises(ValueError, match=r"match|person"):
            unit.keep_matches(1, fingerprint=photo("/photos/a.jpg").fingerprint, roll=1, matched=found)
    assert desk.appearances("p-ann") == ["/photos/a.jpg"]


def test_appearances_are_given_by_path_with_their_box(desk: Desk) -> None:
    """A person's appearances come by path, each with its box; a stranger's box is nobody's."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    for name in ("b/1", "a", "b"):
        found = {2: desk.permit("p-ann"), 0: desk.permit("p-bo")}
        assert desk.index(f"/photos/{name}.jpg", 4, found) == 2
    with desk.store.read(now=desk.now) as reading:
        seen = reading.appearances_of("p-ann", FIND_ME)
        assert [str(one.photo) for one in seen] == ["/photos/a.jpg", "/photos/b.jpg", "/photos/b/1.jpg"]
        assert {one.box for one in seen} == {boxes(4)[2]}
        assert {one.person for one in seen} == {"p-ann"}


def test_appearances_are_given_only_for_a_live_purpose(desk: Desk) -> None:
    """R4: appearances are told for the purposes that the person allowed, and no other."""
    desk.enrol("p-ann", purposes=(FIND_ME, BE_SHOWN))
    desk.index("/photos/a.jpg", 1, {0: desk.permit("p-ann", FIND_ME)})
    assert desk.appearances("p-ann", FIND_ME) == ["/photos/a.jpg"]
    assert desk.appearances("p-ann", BE_FOUND) == []
    assert desk.appearances("p-ann", BE_SHOWN) == ["/photos/a.jpg"]


def test_being_shown_makes_no_appearance(desk: Desk) -> None:
    """R4: who may only be shown is in no index: publication looks at the pixels anew."""
    desk.enrol("p-ann", purposes=(BE_SHOWN,))
    assert desk.index("/photos/a.jpg", 1, {0: desk.permit("p-ann", BE_SHOWN)}) == 0
    assert desk.appearances("p-ann", BE_SHOWN) == []


def test_an_appearance_needs_a_reference(desk: Desk) -> None:
    """A person held without face data was matched by nothing, so nothing of it is kept."""
    desk.enrol("p-ann", face=False)
    assert desk.index("/photos/a.jpg", 1, {0: desk.permit("p-ann", FIND_ME)}) == 0


def test_indexing_again_replaces_appearances(desk: Desk) -> None:
    """What was found before goes when a photo is looked at again."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann")})
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-bo")})
    assert (desk.appearances("p-ann"), desk.appearances("p-bo")) == ([], ["/photos/a.jpg"])


def test_boxes_may_reach_over_the_edge(desk: Desk) -> None:
    """A box with negative corners comes back as it was."""
    seen = replace(photo("/photos/a.jpg", 1), boxes=(Box(-5, -7, 40, 50),))
    with desk.store.write(now=desk.now) as unit:
        unit.keep_photo(seen)
        unit.record(entry(EntryKind.INDEXED))
    desk.enrol("p-ann")
    with desk.store.read(now=desk.now) as reading:
        assert reading.photos_behind(seen_with=SEEN_WITH, limit=1)[0].boxes == seen.boxes
