"""The journeys publish and withdraw: covered on any doubt, checked, reviewed by people, and taken back."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from countenance.consent import Purpose
from countenance.errors import PersonUnknown, PhotoNotWritten, UsageWrong
from countenance.faces import Box, Face
from countenance.journeys import covering, placing
from countenance.journeys import publish as publishing
from countenance.journeys.decide import Word
from countenance.journeys.publish import Copy, Order, settle
from countenance.ledger import Actor, EntryKind
from countenance.photos import fingerprint_file, write_new
from countenance.ports import Clock, Look, Publication, PublicationState, Store, Unit, Verdict
from countenance.stores._memory_reading import MemoryReading
from countenance.vision import StubVision
from small_house import ALL, STEWARD, House, references


@pytest.fixture
def shown(house: House) -> House:
    """Give a house with Ada (may be shown) and Ben (may be found only), both in a party with a stranger."""
    house.enrol("Ada Moss", 7)
    house.enrol("Ben Oak", 8, [Purpose.FIND_ME, Purpose.BE_FOUND])
    house.photo("party.png", [7, 8, 9])
    return house


def publish(house: House, order: Order | None = None, name: str = "party.png") -> Copy:
    """Publish one photo of the house."""
    result = house.library.publish([house.folder / "photos" / name], house.folder / "out", order or Order())
    assert not result.failed, result.failed
    return result.copies[0]


def visible(house: House, path: Path) -> int:
    """Count the faces that can be seen in a file."""
    return len(house.vision.detect(np.asarray(Image.open(path).convert("RGB")), Look.PUBLISHING))


def test_everybody_without_permission_is_covered(shown: House) -> None:
    """R16: of three faces one may be shown; the find-me one and the stranger are covered in the file itself."""
    copy = publish(shown)
    assert (len(copy.shown), len(copy.covered)) == (1, 2)
    assert visible(shown, copy.target) == 1


def test_the_original_is_not_touched(shown: House) -> None:
    """R19: the original's bytes and time stay as they were."""
    original = shown.folder / "photos" / "party.png"
    before = (original.read_bytes(), original.stat().st_mtime_ns)
    publish(shown)
    assert (original.read_bytes(), original.stat().st_mtime_ns) == before


def test_an_unclear_face_is_covered_though_search_would_name_it(shown: House) -> None:
    """R16: between the search threshold and the stricter one for showing, a face is covered."""
    shown.photo("dim.png", [7], unclear=[7])
    shown.library.index([shown.folder / "photos" / "dim.png"])
    assert [one.photo.name for one in shown.library.photos("Ada Moss", reason=None).appearances] == ["dim.png"]
    assert len(publish(shown, name="dim.png").covered) == 1


def test_a_face_that_two_people_are_as_like_is_covered_until_a_human_says_whose_it_is(shown: House) -> None:
    """R16: Ida, Ada's twin, may be found and not shown; what might be her face is covered, whoever else it may be."""
    shown.enrol_twin("Ida Moss", 7)
    photo = shown.photo("twin.png", [7, 9])
    shown.library.index([photo])
    assert publish(shown, name="twin.png").shown == ()
    for word in (Word(photo, "Ida Moss", Verdict.REJECTED), Word(photo, "Ada Moss", Verdict.TAGGED, face=1)):
        shown.library.decide(word)
        assert publish(shown, name="twin.png").shown == (Box(20, 30, 96, 96),)


def test_two_faces_that_are_as_like_one_person_are_both_covered(shown: House) -> None:
    """R16: Ada is in a photo once; which of the two faces is hers, a human says."""
    photo = shown.photo("mirror.png", [7, 7])
    shown.library.index([photo])
    assert publish(shown, name="mirror.png").shown == ()
    shown.library.decide(Word(photo, "Ada Moss", Verdict.TAGGED, face=2))
    assert publish(shown, name="mirror.png").shown == (Box(136, 30, 96, 96),)


def test_faces_too_small_to_be_named_are_covered(shown: House) -> None:
    """R16: a face below the size at which anybody can be named is covered, whoever it is."""
    shown.photo("far.png", [7, 8], side=30)
    assert len(publish(shown, name="far.png").covered) == 2


def test_unreviewed_copies_say_so(shown: House) -> None:
    """R18: a copy that nobody has looked at is marked in its name and on the contact sheet; a reviewed one is not."""
    assert publish(shown).target.name == "party.unreviewed.png"
    sheet = (shown.folder / "out" / "contact-sheet.html").read_text()
    assert "not yet looked at" in sheet
    assert publish(shown, Order(reviewed_by="R. Stone")).target.name == "party.png"
    assert "R. Stone" in (shown.folder / "out" / "contact-sheet.html").read_text()


def test_the_contact_sheet_says_how_often_faces_are_missed(shown: House) -> None:
    """R18: whoever looks at the copies reads how often the detector missed faces, by their size."""
    publish(shown)
    sheet = (shown.folder / "out" / "contact-sheet.html").read_text()
    assert "<li>upright and clear: about 3 of 24 to 31 pixels, none of 32 pixels and more</li>" in sheet


def test_the_contact_sheet_names_nobody_and_links_copies_only(shown: House) -> None:
    """The contact sheet shows copies with frames; no name of a person and no path of an original is in it."""
    publish(shown)
    sheet = (shown.folder / "out" / "contact-sheet.html").read_text()
    assert "Ada" not in sheet
    assert str(shown.folder / "photos") not in sheet
    assert set(re.findall(r'src="([^"]+)"', sheet)) == {"party.unreviewed.png"}
    assert sheet.count('class="shown"') == 1
    assert sheet.count('class="covered"') == 2


def test_a_dry_run_makes_no_copy_and_is_recorded(shown: House) -> None:
    """R24, R28: `--dry-run` leaves no file and no row, but an entry; whoever would be seen can read it."""
    copy = publish(shown, Order(dry_run=True))
    assert (len(copy.shown), len(copy.covered)) == (1, 2)
    assert not (shown.folder / "out").exists()
    (entry,) = shown.entries(EntryKind.PUBLICATION_PLANNED)
    (person,) = entry.concerns
    assert entry.body == {"source_sha256": fingerprint_file(copy.source), "covered": 2, "shown": [person]}
    with shown.store.read(now=shown.now) as reading:
        assert reading.publications() == ()
        told = list(reading.findings_about(person))[-1]
    assert told.facts == {"source_sha256": entry.body["source_sha256"], "photo": str(copy.source)}


def test_a_dry_run_tells_nothing_of_who_withdraws_meanwhile(shown: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6, R24: consent is read again in the transaction that records what is told."""
    planned = covering.plan

    def withdrawn_after(*given: Any) -> covering.Plan:  # noqa: ANN401  (the plan's arguments)
        plan = planned(*given)
        if plan.permits:
            shown.library.withdraw("Ada Moss")
        return plan

    monkeypatch.setattr(placing, "plan", withdrawn_after)
    assert publish(shown, Order(dry_run=True)).shown == ()
    assert [entry.body["shown"] for entry in shown.entries(EntryKind.PUBLICATION_PLANNED)] == [[]]


def test_each_copy_is_an_entry_with_both_hashes(shown: House) -> None:
    """R24: a published file is recorded with the hash before and after, and who is shown."""
    copy = publish(shown)
    body = shown.entries(EntryKind.PUBLISHED)[0].body
    with shown.store.read(now=shown.now) as reading:
        (publication,) = reading.publications()
    assert publication.state is PublicationState.PLACED
    assert body["target_sha256"] == publication.target_fingerprint
    assert body["covered"] == len(copy.covered)


def test_a_face_still_seen_in_the_copy_stops_it(shown: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R16: when the brush fails and the check sees a face, there is no file and the photo is listed as failed."""
    monkeypatch.setattr(covering, "cover", lambda pixels, *_, **__: pixels)
    result = shown.library.publish([shown.folder / "photos"], shown.folder / "out", Order())
    assert [failure.photo.name for failure in result.failed] == ["party.png"]
    assert list((shown.folder / "out").rglob("*.png")) == []


def test_a_face_that_comes_to_light_is_covered_in_another_round(shown: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R16: a face that the first look missed and the check finds is covered too, and the copy is made."""
    detect = StubVision.detect
    looks: list[int] = []

    def blind_at_first(self: StubVision, pixels: np.ndarray, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        looks.append(1)
        faces = detect(self, pixels, look)
        return faces[:1] if len(looks) == 1 else faces

    monkeypatch.setattr(StubVision, "detect", blind_at_first)
    copy = publish(shown)
    monkeypatch.undo()
    assert visible(shown, copy.target) == len(copy.shown)
    assert len(copy.covered) + len(copy.shown) == 3


def test_a_broken_photo_fails_alone(shown: House) -> None:
    """R16: a photo that cannot be read gives no output, is listed, and the others are published."""
    (shown.folder / "photos" / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a photo")
    result = shown.library.publish([shown.folder / "photos"], shown.folder / "out", Order())
    assert [failure.photo.name for failure in result.failed] == ["bad.jpg"]
    assert [copy.target.name for copy in result.copies] == ["party.unreviewed.png"]


def test_copies_never_go_among_the_originals(shown: House) -> None:
    """R19: a target inside the folder of originals is refused, and a file of somebody else is not replaced."""
    with pytest.raises(UsageWrong):
        shown.library.publish([shown.folder / "photos"], shown.folder / "photos" / "out", Order())
    foreign = shown.folder / "out" / "party.unreviewed.png"
    foreign.parent.mkdir()
    foreign.write_text("mine")
    result = shown.library.publish([shown.folder / "photos"], shown.folder / "out", Order())
    assert len(result.failed) == 1
    assert foreign.read_text() == "mine"
    assert issubclass(PhotoNotWritten, Exception)


def test_a_copy_of_ours_is_replaced(shown: House) -> None:
    """Publishing again replaces the earlier copy, and one publication is known of it."""
    publish(shown)
    publish(shown)
    with shown.store.read(now=shown.now) as reading:
        assert len(reading.publications()) == 1


def test_sub_folders_are_kept(shown: House) -> None:
    """Photos of the same name in two folders do not overwrite each other's copies."""
    shown.photo("a/x.png", [9])
    shown.photo("b/x.png", [9])
    result = shown.library.publish([shown.folder / "photos"], shown.folder / "out", Order())
    names = {copy.target.relative_to(shown.folder / "out").as_posix() for copy in result.copies}
    assert names == {"party.unreviewed.png", "a/x.unreviewed.png", "b/x.unreviewed.png"}


def test_withdrawing_lists_the_copies_to_recover(shown: House) -> None:
    """R6: after Ada withdraws, the copies that show her are listed as stale, and a new copy covers her."""
    copy = publish(shown)
    withdrawal = shown.library.withdraw("Ada Moss")
    assert withdrawal.published_to_recover == (copy.target,)
    assert len(publish(shown).covered) == 3


def test_a_withdrawal_while_a_copy_is_made_wins(shown: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: when Ada withdraws between the cover and the name, the copy that comes out covers her."""
    withdrawn: list[int] = []

    def write_and_withdraw(data: bytes, to: Path) -> str:
        if not withdrawn:
            withdrawn.append(1)
            shown.library.withdraw("Ada Moss")
        return write_new(data, to)

    monkeypatch.setattr(placing, "write_new", write_and_withdraw)
    copy = publish(shown)
    assert len(copy.covered) == 3
    assert visible(shown, copy.target) == 0
    assert list((shown.folder / "out").glob(".*")) == []


def test_another_process_that_settles_meanwhile_does_no_harm(shown: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R39: a copy that another process took for left behind is made again, and is known once."""
    placed = placing._placed
    settled: list[int] = []

    def settled_before(publication: Publication, plan: covering.Plan, store: Store, actor: Actor, clock: Clock) -> bool:
        if not settled:
            settled.append(settle(store, actor=actor, clock=clock))
        return placed(publication, plan, store, actor, clock)

    monkeypatch.setattr(placing, "_placed", settled_before)
    copy = publish(shown)
    assert settled == [1]
    assert copy.target.exists()
    with shown.store.read(now=shown.now) as reading:
        assert [one.state for one in reading.publications()] == [PublicationState.PLACED]


def test_settling_looks_again_under_the_lock(shown: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R39: a copy that was placed between the look at the pending ones and the lock stays where it is."""
    placed = placing._placed
    looked = publishing._still_pending

    def counted(publication: Publication, unit: Unit) -> bool:
        done.append(1)
        return looked(publication, unit)

    def placed_meanwhile(
        publication: Publication, plan: covering.Plan, store: Store, actor: Actor, clock: Clock
    ) -> bool:
        with monkeypatch.context() as patch:
            patch.setattr(publishing, "_still_pending", counted)
            with store.read(now=clock()) as reading:
                stale_list = reading.publications()
            result = placed(publication, plan, store, actor, clock)
            patch.setattr(MemoryReading, "publications", _once(stale_list, MemoryReading.publications))
            settle(store, actor=actor, clock=clock)
        return result

    done: list[int] = []
    monkeypatch.setattr(placing, "_placed", placed_meanwhile)
    copy = publish(shown)
    assert done == [1]
    assert copy.target.exists()


def _once(first: tuple[Publication, ...], then: Any) -> Any:  # noqa: ANN401  (a method of the store)
    """Give a method that answers once with an old list, and then as it should."""
    waiting = [first]
    return lambda reading: waiting.pop() if waiting else then(reading)


def test_photos_of_the_same_name_never_replace_each_other(shown: House) -> None:
    """R19, R24: of two named files with one name the second is refused, and two folders keep theirs apart."""
    shown.photo("a/x.png", [9])
    shown.photo("b/x.png", [7, 9])
    photos = shown.folder / "photos"
    named = shown.library.publish([photos / "a/x.png", photos / "b/x.png"], shown.folder / "one", Order())
    assert (len(named.copies), len(named.failed)) == (1, 1)
    folders = shown.library.publish([photos / "a", photos / "b"], shown.folder / "two", Order())
    assert len({copy.target for copy in folders.copies}) == 2


def test_a_reviewer_has_a_name(shown: House) -> None:
    """R18: a blank reviewer does not make a copy reviewed."""
    with pytest.raises(UsageWrong):
        shown.library.publish([shown.folder / "photos"], shown.folder / "out", Order(reviewed_by="  "))


def test_somebody_elses_contact_sheet_stays(shown: House) -> None:
    """R19: a page of that name which is not ours is not replaced."""
    page = shown.folder / "out" / "contact-sheet.html"
    page.parent.mkdir()
    page.write_text("my own sheet")
    result = shown.library.publish([shown.folder / "photos"], shown.folder / "out", Order())
    assert page.read_text() == "my own sheet"
    assert result.contact_sheet is not None
    assert result.contact_sheet.exists()


@pytest.mark.parametrize("step", ["write_new", "place"])
def test_a_disk_that_refuses_leaves_neither_file_nor_row(
    shown: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """R40: a copy that cannot be written, or not be named, is listed as failed; no rest of it is anywhere."""

    def full(*_: object) -> str:
        raise PhotoNotWritten("no space left on device", remedy="")

    monkeypatch.setattr(placing, step, full)
    result = shown.library.publish([shown.folder / "photos"], shown.folder / "out", Order())
    assert [failure.why for failure in result.failed] == ["no space left on device"]
    assert list((shown.folder / "out").iterdir()) == []
    with shown.store.read(now=shown.now) as reading:
        assert reading.publications() == ()


def test_nothing_is_on_the_disk_that_is_not_recorded(shown: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R24, R39: when the first byte of a copy is written, its entry and its pending row are committed."""
    recorded: list[tuple[int, list[PublicationState]]] = []

    def noted(data: bytes, to: Path) -> str:
        with shown.store.read(now=shown.now) as reading:
            states = [one.state for one in reading.publications() if one.temporary == to]
        recorded.append((len(shown.entries(EntryKind.PUBLISHED)), states))
        return write_new(data, to)

    monkeypatch.setattr(placing, "write_new", noted)
    publish(shown)
    assert recorded == [(1, [PublicationState.PENDING])]


@pytest.mark.parametrize("renamed", [False, True], ids=["before the name", "after the name"])
@pytest.mark.parametrize("withdrawn", [False, True], ids=["live", "withdrawn"])
def test_a_pending_copy_is_settled_at_opening(
    shown: House, monkeypatch: pytest.MonkeyPatch, *, renamed: bool, withdrawn: bool
) -> None:
    """R39: a process that died while placing a copy leaves it placed and permitted, or not there at all."""

    def die(temporary: Path, target: Path) -> None:
        if renamed:
            temporary.rename(target)
        raise KeyboardInterrupt

    monkeypatch.setattr(placing, "place", die)
    monkeypatch.setattr(placing, "discard", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        publish(shown)
    monkeypatch.undo()
    if withdrawn:
        shown.library.withdraw("Ada Moss")
    assert settle(shown.store, actor=STEWARD, clock=shown.clock) == 1
    target = shown.folder / "out" / "party.unreviewed.png"
    assert target.exists() == (renamed and not withdrawn)
    assert list((shown.folder / "out").glob(".*")) == []
    with shown.store.read(now=shown.now) as reading:
        states = [one.state for one in reading.publications()]
    assert states == ([PublicationState.PLACED] if renamed and not withdrawn else [])


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_thorough_look_finds_lying_faces_in_their_place(house: House, quarter_turns: int) -> None:
    """R15: a thorough look finds who lies on their side or stands on their head, and publishing covers them."""
    upright = StubVision.draw((300, 200), [(Box(30, 40, 96, 96), 7)])
    photo = house.folder / "lying.png"
    Image.fromarray(np.rot90(upright, quarter_turns)).save(photo)
    order = Order(thorough=True, dry_run=True)
    ((boxes,),) = [[copy.covered for copy in house.library.publish([photo], house.folder / "out", order).copies]]
    where = {1: Box(40, 174, 96, 96), 2: Box(174, 64, 96, 96), 3: Box(64, 30, 96, 96)}[quarter_turns]
    assert any(box.overlap(where) > 0.9 for box in boxes), boxes


def test_withdrawing_erases_what_was_made_of_the_face(shown: House) -> None:
    """R5, R6: one call, no reason; the true counts of references and appearances come back."""
    shown.library.index([shown.folder / "photos"])
    withdrawal = shown.library.withdraw("Ada Moss")
    assert (withdrawal.references_erased, withdrawal.appearances_erased) == (1, 1)
    assert withdrawal.wiped is True
    assert references(shown) == 1
    assert [entry.body["person"] for entry in shown.entries(EntryKind.WITHDRAWN)] == [withdrawal.person]


def test_one_purpose_can_be_withdrawn(shown: House) -> None:
    """R4: withdrawing be-shown covers Ada from now on, and leaves her list of photos."""
    shown.library.index([shown.folder / "photos"])
    shown.library.withdraw("Ada Moss", purposes=[Purpose.BE_SHOWN])
    assert len(publish(shown).covered) == 3
    assert len(shown.library.photos("Ada Moss", reason=None).appearances) == 1
    assert next(person.purposes for person in shown.library.people()) == tuple(
        purpose for purpose in ALL if purpose is not Purpose.BE_SHOWN
    )


def test_withdrawing_somebody_unknown_says_so(shown: House) -> None:
    """Nobody is withdrawn by a wrong name."""
    with pytest.raises(PersonUnknown):
        shown.library.withdraw("Carla")
