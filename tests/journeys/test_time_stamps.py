"""Time stamps are asked for in files, and taken in only if they hold and are about what the ledger remembers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from countenance.errors import CheckpointInvalid, LedgerNotWritten, UsageWrong
from countenance.ledger import EntryKind
from countenance.seals import requested, sha256_hex
from outside import Council, record, twin
from small_house import House
from stamping import EXPIRED, STAMPED_AT, Authority


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Give a council that keeps a folder."""
    return Council(tmp_path / "council")


def test_a_request_is_made_beside_each_checkpoint(house: House, council: Council) -> None:
    """R27: one for each that is listed and has none, of the file's bytes; a second time there is nothing to make."""
    done = [house.library.write_checkpoint(council.folder) for _ in range(2)]
    asked = house.library.request_stamps()
    assert asked.made == tuple(one.file.with_name(f"{one.file.name}.tsq") for one in done)
    assert [requested(one.read_bytes()).sha256 for one in asked.made] == [
        sha256_hex(one.file.read_bytes()) for one in done
    ]
    before = [one.read_bytes() for one in asked.made]
    again = house.library.request_stamps()
    assert (again.made, again.waiting) == ((), asked.made)
    assert [one.read_bytes() for one in asked.made] == before
    house.library.add_stamps([council.answer(asked.made[0])], [council.certificate])
    assert house.library.request_stamps().waiting == asked.made[1:]


def test_a_request_is_for_a_checkpoint_of_this_library(house: House, council: Council, tmp_path: Path) -> None:
    """R27: a file that is named must be one; one that is listed and gone is told."""
    done = house.library.write_checkpoint(council.folder)
    other = House(tmp_path / "other", house.now).library.write_checkpoint(council.folder)
    text = council.folder / "x.txt"
    text.write_text("nothing", encoding="utf-8")
    with pytest.raises(CheckpointInvalid, match="not of this one"):
        house.library.request_stamps([other.file])
    with pytest.raises(UsageWrong, match="there is no checkpoint"):
        house.library.request_stamps([text])
    assert not list(council.folder.glob("*.tsq"))
    done.file.unlink()
    assert house.library.request_stamps().missing == (done.file,)


def test_an_answer_is_taken_in(house: House, council: Council) -> None:
    """R27: what an authority stamped is recorded with the moment that it states, its name and the answer's digest."""
    done = house.library.write_checkpoint(council.folder)
    answer = council.answer(house.library.request_stamps().made[0])
    (stamped,) = house.library.add_stamps([answer], [council.certificate])
    assert (stamped.file, stamped.checkpoint, stamped.stamp.at) == (done.file, done.checkpoint, STAMPED_AT)
    (entry,) = house.entries(EntryKind.TIME_STAMPED)
    assert entry.body == {
        "origin": done.checkpoint.origin,
        "size": done.checkpoint.size,
        "root": done.checkpoint.root.hex(),
        "file": str(done.file),
        "stamped_at": "2026-05-04T12:00:00.000000Z",
        "authority": "CN=Example Stamps Stamps 1,O=Example Stamps",
        "answer_sha256": sha256_hex(answer.read_bytes()),
    }


def test_an_answer_is_recorded_once(house: House, council: Council) -> None:
    """R27: taking the same answer in again changes nothing."""
    house.library.write_checkpoint(council.folder)
    answer = council.stamped(house.library)
    house.library.add_stamps([answer], [council.certificate])
    assert len(house.entries(EntryKind.TIME_STAMPED)) == 1


def test_an_answer_from_elsewhere_is_put_beside_its_checkpoint(house: House, council: Council, tmp_path: Path) -> None:
    """R27: whatever it is called and wherever it lies, it belongs to the request that it answers; it is put there."""
    done = [house.library.write_checkpoint(council.folder) for _ in range(3)]
    requests = house.library.request_stamps().made
    brought = tmp_path / "download (2)"
    brought.write_bytes(council.authority.answer(requests[1].read_bytes()))
    der = tmp_path / "root.der"
    der.write_bytes(council.authority.in_der())
    other = Council(tmp_path / "other")
    (stamped,) = house.library.add_stamps([brought], [other.certificate, der])
    assert stamped.file == done[1].file
    assert requests[1].with_suffix(".tsr").read_bytes() == brought.read_bytes()
    assert house.library.check_anchors(authority=[council.certificate]).ok
    brought.write_bytes(council.authority.answer(requests[1].read_bytes()))
    with pytest.raises(LedgerNotWritten, match="is there already"):
        house.library.add_stamps([brought], [der])


def test_a_checkpoint_that_is_not_listed_may_be_stamped(house: House, council: Council) -> None:
    """R27: one that was printed and kept by somebody is stamped like any other, if it is named."""
    kept = council.folder / "kept"
    kept.write_text(house.library.checkpoint(), encoding="utf-8")
    (request,) = house.library.request_stamps([kept]).made
    (stamped,) = house.library.add_stamps([council.answer(request)], [council.certificate])
    assert stamped.file == kept
    check = house.library.check_anchors(authority=[council.certificate])
    assert (check.ok, [one.file.name for one in check.findings]) == (True, ["kept.tsr"])


def test_of_two_files_that_say_the_same_the_one_that_asked_is_stamped(
    house: House, council: Council, tmp_path: Path
) -> None:
    """R27: a checkpoint may lie in two places, each with a request of its own: an answer goes to the one it answers."""
    files = [council.folder / f"kept-{number}" for number in range(4)]
    for file in files:
        file.write_text(house.library.checkpoint(), encoding="utf-8")
        house.library.write_checkpoint(file)
        record(house)
    same = files[0].read_bytes()
    for file in files[1:]:
        file.write_bytes(same)
    requests = house.library.request_stamps().made
    brought = tmp_path / "brought"
    brought.write_bytes(council.authority.answer(requests[2].read_bytes()))
    (stamped,) = house.library.add_stamps([brought], [council.certificate])
    assert (stamped.file, council.files().count("kept-2.tsr")) == (files[2], 1)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda by, asked: by.answer(asked, nonce=7), "it answers another request"),
        (lambda by, asked: by.answer(asked, at=EXPIRED), "not signed by an authority"),
        (lambda by, asked: by.imposter().answer(asked), "not signed by an authority"),
        (lambda by, _: by.refusal("come back tomorrow"), 'it says "come back tomorrow"'),
        (lambda _by, _: b"<html>busy</html>", "no answer of a time-stamping authority"),
    ],
)
def test_an_answer_that_does_not_hold_is_not_taken_in(
    house: House, council: Council, made: Callable[[Authority, bytes], bytes], why: str
) -> None:
    """R27: another nonce, out of its time, another authority, a refusal, garbage: nothing is recorded."""
    house.library.write_checkpoint(council.folder)
    (request,) = house.library.request_stamps().made
    answer = request.with_suffix(".tsr")
    answer.write_bytes(made(council.authority, request.read_bytes()))
    with pytest.raises(CheckpointInvalid, match=why) as caught:
        house.library.add_stamps([answer], [council.certificate])
    assert str(answer) in caught.value.what
    assert house.entries(EntryKind.TIME_STAMPED) == []


def test_an_answer_is_about_what_the_ledger_remembers(house: House, council: Council, tmp_path: Path) -> None:
    """R27: an answer about nothing that is known, without its request, or about another ledger is not taken in."""
    record(house, 2)
    forged = twin(house)
    record(house, 2)
    done = house.library.write_checkpoint(council.folder)
    (request,) = house.library.request_stamps().made
    answer = council.answer(request)
    request.rename(tmp_path / "kept.tsq")
    with pytest.raises(CheckpointInvalid, match="is not there, so nobody can tell"):
        house.library.add_stamps([answer], [council.certificate])
    (tmp_path / "kept.tsq").rename(request)
    record(forged, 9)
    with pytest.raises(CheckpointInvalid, match="the ledger does not begin with the checkpoint"):
        forged.library.add_stamps([answer], [council.certificate])
    done.file.rename(tmp_path / "elsewhere")
    with pytest.raises(CheckpointInvalid, match="is about none of the checkpoints"):
        house.library.add_stamps([answer], [council.certificate])
    assert house.entries(EntryKind.TIME_STAMPED) == forged.entries(EntryKind.TIME_STAMPED) == []


def test_a_certificate_must_be_one(house: House, council: Council) -> None:
    """R27: a file without a certificate, or none at all there, is a slip of the pen: nothing is verified by it."""
    done = house.library.write_checkpoint(council.folder)
    answer = council.answer(house.library.request_stamps().made[0])
    for none in (done.file, council.folder / "missing.pem"):
        with pytest.raises(UsageWrong, match=none.name):
            house.library.add_stamps([answer], [none])
        with pytest.raises(UsageWrong, match=none.name):
            house.library.check_anchors(authority=[none])
    signer = council.folder / "signer.der"
    signer.write_bytes(council.authority.certificate.public_bytes(Encoding.DER))
    with pytest.raises(CheckpointInvalid, match="none of the certificates is an authority's root"):
        house.library.add_stamps([answer], [signer])
