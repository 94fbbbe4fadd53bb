"""What others remember is found in whatever they keep, and compared: two views of one ledger are found out."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from countenance.consent import Receipt
from countenance.errors import CheckpointInvalid, UsageWrong
from countenance.ledger import Checkpoint, sign_checkpoint
from countenance.library import Compared
from countenance.seals import new_key
from outside import opened, put_back, record, size_of, twin
from small_house import House


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Give a folder of somebody outside."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


def receipt_with(house: House, note: str) -> str:
    """Sign a receipt that remembers the ledger."""
    _, (stored,) = house.library.receipts("Ada")
    receipt: Receipt = replace(stored.consent.receipt, checkpoint=note)
    with house.store.read(now=house.now) as reading:
        return reading.sign_receipt(receipt)


def found(house: House, *places: Path) -> list[tuple[str, Checkpoint]]:
    """Give what is remembered in some places, by the names of the files."""
    return [(one.file.name, one.checkpoint) for one in house.library.remembered_in(places)]


def compared(house: House, *places: Path) -> tuple[Compared, ...]:
    """Verify the ledger against what is remembered in some places; the verdict says what each of them says."""
    verdict = house.library.verify_ledger(house.library.remembered_in(places))
    assert verdict.ok is not any(one.problem for one in verdict.against), verdict.detail
    assert len(verdict.against) >= len(places)
    return verdict.against


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("note", lambda _, note: note.encode()),
        ("note without its last line feed", lambda _, note: note.rstrip("\n").encode()),
        ("note as Windows keeps it", lambda _, note: b"\xef\xbb\xbf" + note.replace("\n", "\r\n").encode()),
        ("letter.txt", lambda _, note: f"Dear council,\n\n{note}\nYours, the head\n".encode()),
        ("page.html", lambda _, note: f"<!doctype html><p>Kept:<pre>{note}</pre>".encode()),
        ("report.json", lambda _, note: json.dumps({"ledger": [{"checkpoint": note}]}).encode()),
        ("receipt.jws", lambda house, note: f"{receipt_with(house, note)}\n".encode()),
        ("receipt.jsonld", lambda house, note: json.dumps({"x": {"jws": receipt_with(house, note)}}).encode()),
    ],
)
def test_a_checkpoint_is_found_in_whatever_carries_it(
    house: House, kept: Path, name: str, spelt: Callable[[House, str], bytes]
) -> None:
    """R27: bare, in a letter, on a page, in JSON, in a signed receipt or its forms: it is the one that was signed."""
    house.enrol("Ada", 1)
    note = house.library.checkpoint()
    (kept / name).write_bytes(spelt(house, note))
    assert found(house, kept / name) == [(name, opened(house, note))]
    with zipfile.ZipFile(kept / "all.zip", "w") as archive:
        archive.write(kept / name, f"receipts/{name}")
    assert found(house, kept / "all.zip") == [("all.zip", opened(house, note))]


def test_a_checkpoint_is_found_in_what_the_library_hands_out(house: House, kept: Path) -> None:
    """R27: a written checkpoint, both kinds of proofs and a copy of the ledger carry the one that they are under."""
    record(house, 3)
    anchored = house.library.write_checkpoint(kept / "first")
    record(house, 2)
    handed_out = {
        "entry.tlog-proof": house.library.prove_entry(2, kept / "entry.tlog-proof").checkpoint,
        "growth": house.library.prove_growth(anchored.file, kept / "growth").checkpoint,
        "ledger.jsonl": house.library.copy_ledger(kept / "ledger.jsonl"),
        "first": anchored.checkpoint,
    }
    for name, checkpoint in handed_out.items():
        assert found(house, kept / name) == [(name, checkpoint)]
    # In a folder each is found once: the proofs and the copy are under the same one.
    assert found(house, kept) == [("entry.tlog-proof", handed_out["growth"]), ("first", anchored.checkpoint)]
    assert all(one.problem == "" for one in compared(house, *kept.iterdir()))


def test_a_file_without_a_checkpoint_is_a_slip(house: House, kept: Path) -> None:
    """R27: what is named must have one: a picture, a receipt of the first version, an empty folder, nothing at all."""
    house.enrol("Ada", 1)
    (kept / "a.png").write_bytes(house.photo("a.png", [1]).read_bytes())
    (kept / "first.jws").write_text(receipt_with(house, ""), encoding="ascii")
    (kept / "deep.json").write_text("[" * 100_000, encoding="ascii")
    (kept / "broken.zip").write_bytes(b"PK\x03\x04 no more of it")
    for name in ("a.png", "first.jws", "deep.json", "broken.zip", ".", "missing"):
        with pytest.raises(UsageWrong):
            house.library.remembered_in([kept / name])


@pytest.mark.parametrize(("field", "value"), [(6, 1), (8, 97)], ids=["locked", "packed in an unknown way"])
def test_a_zip_that_does_not_open_is_a_slip_and_no_crash(house: House, kept: Path, field: int, value: int) -> None:
    """R27: what lies beside the anchors, whoever put it there, keeps nobody from checking them."""
    with zipfile.ZipFile(kept / "odd.zip", "w") as archive:
        archive.writestr("letter.txt", "Dear council,")
    data = bytearray((kept / "odd.zip").read_bytes())
    data[field] = data[data.index(b"PK\x01\x02") + field + 2] = value
    (kept / "odd.zip").write_bytes(data)
    with pytest.raises(UsageWrong, match="cannot be read"):
        house.library.remembered_in([kept / "odd.zip"])
    house.library.write_checkpoint(kept)
    assert house.library.check_anchors().ok


def test_what_the_library_has_not_signed_is_refused(house: House, kept: Path, tmp_path: Path) -> None:
    """R27: a checkpoint by another key is never passed over; another library's is, unless it is named."""
    record(house)
    forged = sign_checkpoint(opened(house, house.library.checkpoint()), new_key())
    (kept / "forged").write_text(forged, encoding="utf-8")
    with pytest.raises(CheckpointInvalid, match="not signed by this key"):
        house.library.remembered_in([kept / "forged"])
    with pytest.raises(CheckpointInvalid, match="not signed by this key"):
        house.library.remembered_in([kept])
    (kept / "forged").unlink()
    other = House(tmp_path / "other", house.now).library.write_checkpoint(kept / "other")
    with pytest.raises(CheckpointInvalid, match="not of this one"):
        house.library.remembered_in([other.file])
    (kept / "mine").write_text(house.library.checkpoint(), encoding="utf-8")
    assert [name for name, _ in found(house, kept)] == ["mine"]


def test_two_views_of_one_ledger_are_found_out(house: House, kept: Path) -> None:
    """R27: a ledger shown to two people in two ways verifies for each alone, and fails on what the other remembers."""
    house.enrol("Ada", 1)
    record(house, 2)
    before = house.library.write_checkpoint(kept / "before")
    other = twin(house)
    shown = {"one": house, "two": other}
    for name, view in shown.items():
        record(view, 3)
        view.library.write_checkpoint(kept / name)
        (kept / f"{name}.jws").write_text(receipt_with(view, view.library.checkpoint()), encoding="ascii")
        record(view, 5)
    for name, other_name in (("one", "two"), ("two", "one")):
        view = shown[name]
        assert view.library.verify_ledger().ok
        own = compared(view, before.file, kept / name, kept / f"{name}.jws")
        assert [one.problem for one in own] == ["", "", ""]
        for others in (kept / other_name, kept / f"{other_name}.jws"):
            (one,) = compared(view, others)
            size = one.checkpoint.size
            assert one.problem == f"it remembers {size} entries, and the first {size} of this ledger are not those"


def test_a_rewritten_past_is_found_by_whoever_remembers_it(house: House, kept: Path) -> None:
    """R26, R27: every checkpoint after the first entry that was rewritten disagrees, and every one before it agrees."""
    forged = None
    notes = []
    for step in range(6):
        record(house, 2)
        if step == 2:
            forged = twin(house)
        notes.append(house.library.write_checkpoint(kept / f"{step}"))
    assert forged is not None
    record(forged, size_of(house) - size_of(forged))
    agreed = [not one.problem for one in compared(forged, *(done.file for done in notes))]
    assert agreed == [True, True, True, False, False, False]


def test_an_earlier_branch_is_compared_as_far_as_it_is_shared(house: House, kept: Path) -> None:
    """R27: what came before an older state was put back is compared; what came after it is said to be lost."""
    record(house, 3)
    shared = house.library.write_checkpoint(kept / "shared")
    older = twin(house)
    record(house, 4)
    lost = house.library.write_checkpoint(kept / "lost")
    record(put_back(older), 4)
    between = older.library.write_checkpoint(kept / "between")
    newer = twin(older)
    record(older, 2)
    again = older.library.write_checkpoint(kept / "again")
    restored = put_back(newer, branch=70_003).now  # whoever restores without a mirror draws a number
    record(newer, 20)
    told = {
        one.file.name: one.problem for one in compared(newer, *(done.file for done in (shared, lost, between, again)))
    }
    assert (told["shared"], told["between"]) == ("", "")
    assert "the first 5 of them were kept, so 4 entries or more are lost" in told["lost"]
    assert f"restored on {restored:%Y-%m-%d}" in told["again"]
    assert f"the first {between.checkpoint.size + 1} of them were kept, so 2 entries or more are lost" in told["again"]
    assert [one.checkpoint.branch for one in (shared, lost, between, again)] == [1, 1, 2, 2]
