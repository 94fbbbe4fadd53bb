"""The alarm: an anchor that is missing, was changed, or remembers another ledger is found, and nothing else is."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.errors import UsageWrong
from countenance.ledger import EntryKind
from countenance.library import AnchorKind
from outside import Council, problems, put_back, record, size_of, twin
from small_house import House


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Give a council that keeps a folder."""
    return Council(tmp_path / "council")


def test_without_anchors_there_is_nothing_to_check(house: House, council: Council) -> None:
    """R27: a ledger that nobody remembers is no alarm, and is told to be just that."""
    check = house.library.check_anchors(at=[council.folder])
    assert (check.ok, check.findings, check.requests, check.answers) == (True, (), (), ())
    assert house.library.verify_ledger().last_anchor is None
    with pytest.raises(UsageWrong, match="is no folder"):
        house.library.check_anchors(at=[council.folder / "none"])


def test_anchors_that_hold(house: House, council: Council) -> None:
    """R27: each that is listed is found where it was written, and the ledger begins with what it remembers."""
    written = []
    for entries in (1, 0, 5):
        record(house, entries)
        written.append(house.library.write_checkpoint(council.folder))
    check = house.library.check_anchors()
    assert check.ok
    assert [(one.kind, one.file, one.checkpoint) for one in check.findings] == [
        (AnchorKind.CHECKPOINT, done.file, done.checkpoint) for done in written
    ]
    last = house.library.verify_ledger().last_anchor
    assert last is not None
    assert (last.file, last.size, last.at) == (written[-1].file, written[-1].checkpoint.size, house.now)


def test_the_last_anchor_is_found_far_back(house: House, council: Council) -> None:
    """R27: the last checkpoint that was written is told, however much was done since."""
    done = house.library.write_checkpoint(council.folder)
    record(house, 600)
    last = house.library.verify_ledger().last_anchor
    assert last is not None
    assert (last.entry, last.file) == (done.entry, done.file)


def test_a_missing_anchor_is_an_alarm(house: House, council: Council) -> None:
    """R27: gone from where it was written and from every other folder that is named; where its folder is gone, too."""
    first, second = (house.library.write_checkpoint(council.folder) for _ in range(2))
    first.file.unlink()
    check = house.library.check_anchors()
    assert not check.ok
    assert problems(check) == {first.file.name: f"it is not there, where it was on {house.now:%Y-%m-%d}"}
    second.file.unlink()
    shutil.rmtree(council.folder)
    told = problems(house.library.check_anchors())
    assert set(told) == {first.file.name, second.file.name}
    assert all("a disk that is not connected" in problem for problem in told.values())


def test_an_anchor_may_have_moved(house: House, council: Council) -> None:
    """R27: by its name it is found in a folder that is named; there it must be unchanged as well."""
    moved = Council(council.folder.with_name("moved"))
    done = house.library.write_checkpoint(council.folder)
    done.file.rename(moved.folder / done.file.name)
    assert not house.library.check_anchors().ok
    check = house.library.check_anchors(at=[moved.folder])
    assert (check.ok, [one.file.parent for one in check.findings]) == (True, [moved.folder])
    (moved.folder / done.file.name).write_text("something else", encoding="utf-8")
    assert not house.library.check_anchors(at=[moved.folder]).ok


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda note, _: note.replace("\n1\n", "\n2\n"), "signature does not hold"),
        (lambda note, _: note[:-9] + ("A" if note[-9] != "A" else "B") + note[-8:], "signature does not hold"),
        (lambda _, later: later, "it remembers something else than what was written to it"),
        (lambda note, later: note + later, "more than one"),
        (lambda _note, _later: "", "there is no checkpoint in it"),
        (lambda _note, _later: "\0\1\2", "there is no checkpoint in it"),
    ],
)
def test_a_changed_anchor_is_an_alarm(
    house: House, council: Council, change: Callable[[str, str], str], told: str
) -> None:
    """R27: whatever was done to the file, even another true checkpoint in its place, is found."""
    done = house.library.write_checkpoint(council.folder)
    done.file.write_text(change(done.note, house.library.checkpoint()), encoding="utf-8")
    (problem,) = problems(house.library.check_anchors()).values()
    assert problem.startswith("it was changed: ")
    assert told in problem


def test_an_anchor_that_remembers_another_ledger_is_an_alarm(house: House, council: Council) -> None:
    """R27: a ledger written anew by whoever has its keys does not list the anchor; in its folder it is found."""
    record(house, 3)
    forged = twin(house)
    record(house, 4)
    done = house.library.write_checkpoint(council.folder)
    record(forged, 9)
    assert forged.library.verify_ledger().ok
    assert forged.library.check_anchors().ok
    check = forged.library.check_anchors(at=[council.folder])
    assert problems(check) == {
        done.file.name: "it remembers 8 entries, and the first 8 of this ledger are not those",
    }
    assert house.library.check_anchors().ok


def test_a_ledger_cut_short_is_an_alarm(house: House, council: Council) -> None:
    """R27: a ledger that ends before what an anchor remembers is found."""
    house.library.write_checkpoint(council.folder)
    short = twin(house)
    record(house, 7)
    done = house.library.write_checkpoint(council.folder)
    assert problems(short.library.check_anchors()) == {
        done.file.name: f"it remembers {done.checkpoint.size} entries, and this ledger has {size_of(short)}"
    }


def test_a_ledger_put_back_does_not_know_its_later_anchors(house: House, council: Council) -> None:
    """R27: after an older state was put back, earlier anchors hold, and a later one says how much is lost, and when."""
    record(house, 4)
    kept = house.library.write_checkpoint(council.folder)
    older = twin(house)
    record(house, 10)
    lost = house.library.write_checkpoint(council.folder)
    restored = put_back(older).now
    record(older, 30)
    check = older.library.check_anchors()
    assert problems(check) == {
        lost.file.name: (
            f"it remembers 16 entries of branch 1; when an older state was restored on {restored:%Y-%m-%d}, no more "
            "than the first 6 of them were kept, so 10 entries or more are lost"
        )
    }
    assert [one.file for one in check.findings if not one.problem] == [kept.file]
    assert older.library.write_checkpoint(council.folder).file.name.split("-")[1] == "2"


def test_a_later_branch_is_never_taken_back_unseen(house: House, council: Council) -> None:
    """R27: an anchor of a later branch than the ledger is of says that an older state was put in its place."""
    older = twin(house)
    put_back(house)
    done = house.library.write_checkpoint(council.folder)
    record(older, 5)
    (problem,) = problems(older.library.check_anchors(at=[council.folder])).values()
    assert problem.startswith(
        f"it remembers {done.checkpoint.size} entries of branch 2, and this ledger is only branch 1"
    )


def test_what_lies_beside_is_looked_into(house: House, council: Council, tmp_path: Path) -> None:
    """R27: what agrees is told, what is no checkpoint or another library's is passed over, a forged one is an alarm."""
    house.library.write_checkpoint(council.folder)
    other = House(tmp_path / "other", house.now)
    other.library.write_checkpoint(council.folder)
    (council.folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\0\0\0")
    (council.folder / "letter.txt").write_text("Dear council, here it is:\r\n\r\n", encoding="utf-8")
    (council.folder / "sub").mkdir()
    with (council.folder / "letter.txt").open("a", encoding="utf-8", newline="\r\n") as letter:
        letter.write(house.library.checkpoint())
    check = house.library.check_anchors()
    assert check.ok
    assert [(one.file.name, one.listed is None) for one in check.findings][1:] == [("letter.txt", True)]
    (council.folder / "forged").write_text(house.library.checkpoint().replace("\n2\n", "\n1\n"), encoding="utf-8")
    assert list(problems(house.library.check_anchors())) == ["forged"]
    assert len(house.entries(EntryKind.ANCHORED)) == 1


def test_nothing_hides_what_lies_beside(house: House, council: Council) -> None:
    """R27: a link that leads nowhere a system could look keeps no other file of its folder from being looked into."""
    house.library.write_checkpoint(council.folder)
    older = twin(house)
    record(house, 3)
    later = house.library.write_checkpoint(council.folder).file
    (council.folder / "a").symlink_to("x" * 300)
    (council.folder / "b.tsq").write_bytes(b"")
    (council.folder / "b.tsr").symlink_to("x" * 300)
    assert list(problems(older.library.check_anchors())) == [later.name]
    assert len(house.library.remembered_in([council.folder])) == 2


def test_a_pipe_is_no_anchor(house: House, council: Council) -> None:
    """R27: laid in the place of a checkpoint it is an alarm, also beside its stamp, and nobody waits for it."""
    done = house.library.write_checkpoint(council.folder)
    answer = council.stamped(house.library)
    done.file.unlink()
    os.mkfifo(done.file)
    assert set(problems(house.library.check_anchors())) == {done.file.name, answer.name}
    answer.unlink()
    assert house.library.request_stamps().missing == (done.file,)


def test_half_a_file_is_no_anchor(house: House, council: Council) -> None:
    """R27: what is left of a checkpoint whose writing was cut off is not looked at, and is no alarm."""
    done = house.library.write_checkpoint(council.folder)
    (council.folder / f".{done.file.name}.0123456789ab.part").write_text(done.note[:-9] + "\n", encoding="utf-8")
    assert house.library.check_anchors().ok
    (council.folder / "half").write_text(done.note[:-9] + "\n", encoding="utf-8")
    assert list(problems(house.library.check_anchors())) == ["half"]


def test_a_stamp_that_holds(house: House, council: Council) -> None:
    """R27: a time stamp is found beside its checkpoint, and with the authority's certificate says when it was made."""
    done = house.library.write_checkpoint(council.folder)
    answer = council.stamped(house.library)
    unverified = house.library.check_anchors()
    assert unverified.ok
    assert [(one.kind, one.file, one.stamp) for one in unverified.findings] == [
        (AnchorKind.CHECKPOINT, done.file, None),
        (AnchorKind.TIME_STAMP, answer, None),
    ]
    _, stamp = house.library.check_anchors(authority=[council.certificate]).findings
    assert stamp.stamp is not None
    assert (stamp.problem, stamp.stamp.authority) == ("", "CN=Example Stamps Stamps 1,O=Example Stamps")
    assert (unverified.requests, unverified.answers) == ((), ())


def test_a_stamp_that_does_not_hold_is_an_alarm(house: House, council: Council, tmp_path: Path) -> None:
    """R27: gone, another answer in its place, another authority, or its checkpoint changed: each is found."""
    done = house.library.write_checkpoint(council.folder)
    answer = council.stamped(house.library)
    whole = answer.read_bytes()
    other = Council(tmp_path / "other")
    told = problems(house.library.check_anchors(authority=[other.certificate]))
    assert "not signed by an authority with these certificates" in told[answer.name]
    request = answer.with_suffix(".tsq")
    answer.write_bytes(council.authority.answer(request.read_bytes()))
    assert "it is another answer" in problems(house.library.check_anchors())[answer.name]
    answer.unlink()
    assert "it is not there" in problems(house.library.check_anchors())[answer.name]
    answer.write_bytes(whole)
    assert house.library.check_anchors().ok
    done.file.unlink()
    told = problems(house.library.check_anchors())
    assert set(told) == {done.file.name, answer.name}
    assert f"{done.file} cannot be read" in told[answer.name]
    done.file.write_text("gone", encoding="utf-8")
    assert set(problems(house.library.check_anchors())) == {done.file.name, answer.name}


def test_what_waits_is_told_and_is_no_alarm(house: House, council: Council) -> None:
    """R27: a request that nobody answered, and an answer that was not taken in, are told apart."""
    first, second = (house.library.write_checkpoint(council.folder) for _ in range(2))
    requests = house.library.request_stamps().made
    council.answer(requests[0])
    check = house.library.check_anchors()
    assert check.ok
    assert check.requests == (second.file.with_name(f"{second.file.name}.tsq"),)
    assert check.answers == (first.file.with_name(f"{first.file.name}.tsr"),)
    (council.folder / "as it was downloaded.tsr").write_bytes(check.answers[0].read_bytes())
    (council.folder / "busy.tsr").write_bytes(council.authority.refusal("busy"))
    assert len(house.library.check_anchors().answers) == 2
    house.library.add_stamps(check.answers, [council.certificate])
    assert house.library.check_anchors().answers == ()
