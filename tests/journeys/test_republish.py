"""The journey republish: a published copy that shows who must not be seen is covered again, in its place."""

from pathlib import Path

import pytest
from PIL import Image

from by_hand import index, publish, say, tag, visible, without_face
from countenance.consent import Purpose
from countenance.faces import Box, Face
from countenance.journeys import covering, placing
from countenance.journeys import republish as republishing
from countenance.journeys.publish import Order, settle
from countenance.journeys.republish import outdated
from countenance.ledger import JSON, Entry, EntryKind
from countenance.library import Republishing
from countenance.photos import write_new
from countenance.ports import Look, Pixels, Publication, PublicationState, Verdict
from countenance.redaction import Style
from countenance.vision import StubVision
from small_house import STEWARD, House

FIRST, SECOND, THIRD = Box(40, 60, 96, 96), Box(300, 60, 96, 96), Box(560, 60, 96, 96)


@pytest.fixture
def website(house: House) -> House:
    """Give a house whose copy of a party shows Ada (7) and Ben (8), looked at by R. Stone, and no stranger (9)."""
    house.enrol("Ada Moss", 7)
    house.enrol("Ben Oak", 8)
    drawn(house.folder / "photos/party.png")
    index(house)
    copy = publish(house, "party.png", reviewed_by="R. Stone")
    assert visible(house, copy.target) == [FIRST, SECOND]
    return house


def drawn(path: Path) -> None:
    """Draw a photo with three faces, so far apart that no cover reaches over the next face."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(StubVision.draw((700, 220), [(FIRST, 7), (SECOND, 8), (THIRD, 9)])).save(path)


def page(house: House) -> Path:
    """Give the copy that the website shows."""
    return house.folder / "out/party.png"


def copies(house: House) -> list[Publication]:
    """Give what is known of published copies."""
    with house.store.read(now=house.now) as reading:
        return list(reading.publications())


def republish(house: House, *, dry_run: bool = False) -> Republishing:
    """Cover again what shows who must not be seen."""
    house.pass_time(seconds=1)
    return house.library.republish(dry_run=dry_run)


def test_who_withdrew_is_covered_in_the_same_place(website: House) -> None:
    """R6: after Ada withdraws, one command covers her in the very file that the website shows; Ben is still seen."""
    website.library.withdraw("Ada Moss")
    (one,) = republish(website).recovered
    assert (one.copy.target, one.from_copy, one.reviewed_before) == (page(website), False, "R. Stone")
    assert visible(website, page(website)) == [SECOND]
    assert [path.name for path in page(website).parent.iterdir() if path.suffix == ".png"] == ["party.png"]
    (kept,) = copies(website)
    assert (kept.state, kept.style, kept.covered) == (PublicationState.PLACED, "fill", 2)
    assert outdated(store=website.store, clock=website.clock) == ()


def test_nobody_has_looked_at_the_new_copy(website: House) -> None:
    """R18: the reviewer's name does not go over to a copy that the reviewer never saw."""
    website.library.withdraw("Ada Moss")
    republish(website)
    assert [one.reviewed_by for one in copies(website)] == [""]
    assert website.entries(EntryKind.PUBLISHED)[-1].body["reviewed_by"] == ""


def test_each_new_copy_is_an_entry_that_names_the_old_one(website: House) -> None:
    """R24: the entry says which publication it replaces, both hashes, and which boxes can be seen."""
    website.library.withdraw("Ada Moss")
    republish(website)
    first, second = (entry.body for entry in website.entries(EntryKind.PUBLISHED))
    assert second["replaces"] == first["publication"]
    assert first["replaces"] is None
    assert [first["visible"], second["visible"]] == [
        [list(FIRST.as_tuple()), list(SECOND.as_tuple())],
        [list(SECOND.as_tuple())],
    ]
    assert second["source_sha256"] == first["source_sha256"]
    assert second["target_sha256"] == copies(website)[0].target_fingerprint


def test_expired_consent_counts_as_withdrawn(house: House) -> None:
    """R7: a copy that shows somebody whose consent has ended is swept to the list, and covered."""
    person = without_face(house, "Ada Moss", [Purpose.BE_SHOWN]).person
    drawn(house.folder / "photos/party.png")
    index(house)
    tag(house, "party.png", "Ada Moss", FIRST)
    target = publish(house, "party.png").target
    house.pass_time(days=400)
    body: dict[str, JSON] = {"person": person, "references_erased": 0, "appearances_erased": 0, "stale": [str(target)]}
    with house.store.write(now=house.now) as unit:
        unit.sweep(person)
        unit.record(Entry(kind=EntryKind.SWEPT, at=house.now, actor=STEWARD, body=body, concerns={}))
    assert [one.target for one in outdated(store=house.store, clock=house.clock)] == [target]
    assert len(republish(house).recovered) == 1
    assert visible(house, target) == []


def test_a_dry_run_lists_and_writes_nothing(website: House) -> None:
    """`--dry-run` says what would be covered; file, rows and ledger stay as they are."""
    website.library.withdraw("Ada Moss")
    before = (page(website).read_bytes(), copies(website), len(website.library.ledger_findings()))
    (one,) = republish(website, dry_run=True).recovered
    assert (one.copy.shown, one.copy.covered) == ((SECOND,), (FIRST, THIRD))
    assert (page(website).read_bytes(), copies(website), len(website.library.ledger_findings())) == before


def test_what_shows_nobody_wrong_is_not_touched(website: House) -> None:
    """Republishing with nothing to do does nothing."""
    before = page(website).read_bytes()
    assert republish(website) == Republishing((), (), ())
    assert page(website).read_bytes() == before


def test_nobody_is_seen_who_was_not_seen_before(website: House) -> None:
    """R16: the stranger, who has joined since and may be shown, is not uncovered in a copy that nobody looks at."""
    website.enrol("Cleo Fern", 9)
    website.library.withdraw("Ada Moss")
    republish(website)
    assert visible(website, page(website)) == [SECOND]


def test_style_and_thoroughness(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R16: the style stays, and the photo is looked at thoroughly, whatever was done the first time."""
    house.enrol("Ada Moss", 7)
    drawn(house.folder / "photos/party.png")
    order = Order(style=Style.MOSAIC)
    house.library.publish([house.folder / "photos/party.png"], house.folder / "out", order)
    house.library.withdraw("Ada Moss")
    looks: list[Look] = []
    detect = StubVision.detect

    def noted(self: StubVision, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        looks.append(look)
        return detect(self, pixels, look)

    monkeypatch.setattr(StubVision, "detect", noted)
    republish(house)
    assert set(looks) == {Look.THOROUGH}
    assert [one.style for one in copies(house)] == ["mosaic"]


def test_a_moved_original_is_found_by_its_content(website: House) -> None:
    """R43: an original that was moved and indexed there is used from where it lies now."""
    photos = website.folder / "photos"
    (photos / "older").mkdir()
    (photos / "party.png").rename(photos / "older/one.png")
    index(website)
    website.library.withdraw("Ada Moss")
    (one,) = republish(website).recovered
    assert (one.from_copy, one.copy.source.name) == (False, "one.png")
    assert visible(website, page(website)) == [SECOND]


@pytest.mark.parametrize("changed", [False, True], ids=["gone", "changed"])
def test_without_the_original_the_copy_itself_is_covered(website: House, *, changed: bool) -> None:
    """R6: when the original is gone or another photo, the copy is covered as it is; what was covered stays so."""
    original = website.folder / "photos/party.png"
    if changed:
        Image.fromarray(StubVision.draw((500, 220), [(FIRST, 30)])).save(original)
    else:
        original.unlink()
    website.library.withdraw("Ada Moss")
    (one,) = republish(website).recovered
    assert one.from_copy
    assert visible(website, page(website)) == [SECOND]
    assert [(kept.state, kept.covered) for kept in copies(website)] == [(PublicationState.PLACED, 2)]
    website.library.withdraw("Ben Oak")
    assert republish(website).recovered[0].from_copy
    assert visible(website, page(website)) == []


def test_a_face_that_is_not_found_again_in_the_copy_is_covered(website: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R16: made from the copy, every face known to be visible is covered, though the detector sees none this time."""
    (website.folder / "photos/party.png").unlink()
    website.library.withdraw("Ada Moss")
    monkeypatch.setattr(StubVision, "detect", lambda *_, **__: ())
    republish(website)
    monkeypatch.undo()
    assert visible(website, page(website)) == []


def test_only_a_face_that_may_be_seen_keeps_a_known_box_uncovered() -> None:
    """R16: a face found a little aside does not stand for the box, unless it may be seen, and then for one box only."""
    smaller = Box(45, 65, 80, 80)
    assert covering._unvouched([FIRST], [smaller], ()) == [FIRST]
    assert covering._unvouched([FIRST], [smaller], {0}) == []
    assert covering._unvouched([FIRST, Box(50, 70, 80, 80)], [smaller], {0}) == [Box(50, 70, 80, 80)]
    assert covering._unvouched([FIRST], [], ()) == [FIRST]


def test_without_a_record_of_what_is_visible_it_must_be_taken_down(
    website: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R16: a copy of before visible boxes were recorded, without its original, is left for a human, with what to do."""
    (website.folder / "photos/party.png").unlink()
    website.library.withdraw("Ada Moss")
    before = page(website).read_bytes()
    monkeypatch.setattr(republishing, "_visible", lambda *_: None)
    result = republish(website)
    assert (result.recovered, [one.copy for one in result.failed]) == ((), [page(website)])
    assert "take the copy down by hand" in result.failed[0].why
    assert page(website).read_bytes() == before
    assert [one.state for one in copies(website)] == [PublicationState.STALE]


def test_a_copy_that_somebody_changed_is_not_replaced(website: House) -> None:
    """R19: a published file that was edited since is somebody's work: it is named, and left."""
    website.library.withdraw("Ada Moss")
    Image.open(page(website)).crop((0, 0, 200, 200)).save(page(website))
    before = page(website).read_bytes()
    (one,) = republish(website).failed
    assert (one.copy, "changed since it was published" in one.why) == (page(website), True)
    assert page(website).read_bytes() == before


def test_a_copy_that_was_taken_down_stays_down(website: House) -> None:
    """R6: a stale copy that is no more in its place is not put back."""
    website.library.withdraw("Ada Moss")
    page(website).unlink()
    assert republish(website) == Republishing((), (page(website),), ())
    assert not page(website).exists()


def test_a_copy_that_cannot_be_made_stops_no_other(website: House) -> None:
    """R43: of two copies one is damaged, the other is covered again."""
    drawn(website.folder / "photos/second.png")
    Image.fromarray(StubVision.draw((700, 230), [(FIRST, 7)])).save(website.folder / "photos/second.png")
    second = publish(website, "second.png").target
    website.library.withdraw("Ada Moss")
    page(website).write_bytes(b"")
    result = republish(website)
    assert [one.copy.target for one in result.recovered] == [second]
    assert [one.copy for one in result.failed] == [page(website)]
    assert visible(website, second) == []


def test_a_withdrawal_while_a_copy_is_made_wins(website: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: Ben withdraws between the cover and the name; the copy that comes out covers him too."""
    website.library.withdraw("Ada Moss")
    withdrawn: list[int] = []

    def write_and_withdraw(data: bytes, to: Path) -> str:
        if not withdrawn:
            withdrawn.append(1)
            website.library.withdraw("Ben Oak")
        return write_new(data, to)

    monkeypatch.setattr(placing, "write_new", write_and_withdraw)
    republish(website)
    assert visible(website, page(website)) == []
    assert list(page(website).parent.glob(".*")) == []


@pytest.mark.parametrize(
    ("verdict", "named", "box", "seen"),
    [
        (Verdict.REJECTED, "Ada Moss", None, [SECOND]),
        (Verdict.TAGGED, "Ada Moss", THIRD, [SECOND, THIRD]),
        (Verdict.TAGGED, "Cleo Fern", FIRST, [SECOND]),
    ],
    ids=["rejected", "elsewhere", "another's face"],
)
def test_a_human_who_says_otherwise_outdates_a_copy(
    website: House, verdict: Verdict, named: str, box: Box | None, seen: list[Box]
) -> None:
    """R16: a copy that shows a face by a match that a human says is wrong is told at once, and can be covered."""
    without_face(website, "Cleo Fern", [Purpose.FIND_ME])
    website.pass_time(seconds=1)
    assert say(website, verdict, "party.png", named, box).outdated == (page(website),)
    assert len(republish(website).recovered) == 1
    assert visible(website, page(website)) == seen
    assert republish(website) == Republishing((), (), ())


def test_a_rejection_outdates_a_copy_whatever_the_clock_says(website: House) -> None:
    """R16: the clock was set back after the copy was made; who is rejected is covered in it all the same."""
    website.pass_time(days=2)
    publish(website, "party.png", reviewed_by="R. Stone")
    website.pass_time(days=-1)
    assert say(website, Verdict.REJECTED, "party.png", "Ada Moss").outdated == (page(website),)
    assert len(republish(website).recovered) == 1
    assert visible(website, page(website)) == [SECOND]
    assert republish(website) == Republishing((), (), ())


@pytest.mark.parametrize("again", [True, False], ids=["published again", "covered again"])
def test_who_withdraws_is_not_uncovered_by_it(house: House, monkeypatch: pytest.MonkeyPatch, *, again: bool) -> None:
    """R16: a face that only a human saw stays covered after its person has withdrawn, and the tag with the consent."""
    house.enrol("Ada Moss", 7)
    house.enrol("Ben Oak", 8)
    without_face(house, "Cleo Fern", [Purpose.FIND_ME])
    drawn(house.folder / "photos/party.png")
    seen = StubVision.detect
    with monkeypatch.context() as patch:
        patch.setattr(
            StubVision,
            "detect",
            lambda *asked, **how: tuple(one for one in seen(*asked, **how) if one.box.overlap(THIRD) < 0.4),
        )
        index(house)
        tag(house, "party.png", "Cleo Fern", THIRD)
        publish(house, "party.png")
        house.pass_time(seconds=1)
        house.library.withdraw("Cleo Fern")
        if again:
            publish(house, "party.png")
        else:
            house.library.withdraw("Ben Oak")
            republish(house)
    (copy,) = copies(house)
    assert visible(house, copy.target) == ([FIRST, SECOND] if again else [FIRST])


def test_words_that_change_no_visible_face_outdate_nothing(website: House) -> None:
    """R43: confirming, and tagging somebody who may be shown, leaves copies as they are."""
    without_face(website, "Cleo Fern", [Purpose.BE_SHOWN])
    website.pass_time(seconds=1)
    assert say(website, Verdict.CONFIRMED, "party.png", "Ada Moss").outdated == ()
    assert tag(website, "party.png", "Cleo Fern", THIRD).outdated == ()
    assert republish(website) == Republishing((), (), ())


@pytest.mark.parametrize("renamed", [False, True], ids=["before the name", "after the name"])
@pytest.mark.parametrize("withdrawn", [False, True], ids=["live", "withdrawn too"])
def test_a_process_that_dies_while_replacing_leaves_old_or_new(
    website: House, monkeypatch: pytest.MonkeyPatch, *, renamed: bool, withdrawn: bool
) -> None:
    """R39: after the next opening the place has the stale copy, still listed, or the new one, or nothing; no rest."""
    website.library.withdraw("Ada Moss")
    before = page(website).read_bytes()

    def die(temporary: Path, target: Path) -> None:
        if renamed:
            temporary.replace(target)
        raise KeyboardInterrupt

    monkeypatch.setattr(placing, "place", die)
    monkeypatch.setattr(placing, "discard", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        republish(website)
    monkeypatch.undo()
    if withdrawn:
        website.library.withdraw("Ben Oak")
    assert settle(website.store, actor=STEWARD, clock=website.clock) == 1
    assert list(page(website).parent.glob(".*")) == []
    (kept,) = copies(website)
    if renamed and not withdrawn:
        assert (kept.state, visible(website, page(website))) == (PublicationState.PLACED, [SECOND])
    else:
        assert kept.state is PublicationState.STALE
        assert page(website).exists() != renamed
        if not renamed:
            assert page(website).read_bytes() == before
            republish(website)
            assert visible(website, page(website)) == ([] if withdrawn else [SECOND])
    assert all(check.ok for check in website.store.verify(now=website.now))
