"""Proofs and copies that the library hands out hold for somebody who has nothing but its public key."""

import stat
from pathlib import Path

import pytest

from countenance.errors import LedgerBroken, LedgerNotWritten, PersonUnknown, UsageWrong
from countenance.ledger import (
    ConsistencyProof,
    EntryKind,
    EntryProof,
    append,
    leaf_hash,
    open_checkpoint,
    read_copy,
    root,
    verify,
)
from countenance.ledger import Edge as Tree
from outside import put_back, record, size_of, twin
from small_house import House


def public_key(house: House) -> bytes:
    """Give the key that everybody may have."""
    with house.store.read(now=house.now) as reading:
        return reading.public_key()


def read(path: Path) -> EntryProof:
    """Read the proof of an entry as somebody outside does."""
    return EntryProof.from_text(path.read_text(encoding="utf-8"))


def test_an_entry_is_proved_without_what_it_says(house: House, tmp_path: Path) -> None:
    """R25, R27: each entry is proved to be in the ledger, under a fresh checkpoint, and nothing of it is shown."""
    record(house, 6)
    for place in range(7):
        done = house.library.prove_entry(place, tmp_path / f"{place}")
        checkpoint, shown = read(done.file).verified(public_key=public_key(house), library=house.library.id)
        assert (read(done.file).place, done.entry, checkpoint, shown) == (place, place, done.checkpoint, None)
        assert checkpoint.size == size_of(house) == 7
    with pytest.raises(UsageWrong, match="it has the entries 0 to 6"):
        house.library.prove_entry(7, tmp_path / "7")
    assert not (tmp_path / "7").exists()


def test_an_entry_is_opened_for_the_controller(house: House, tmp_path: Path) -> None:
    """R25: opened, the proof shows what the entry says to the controller, and no more."""
    enrolled = house.enrol("Ada", 1)
    done = house.library.prove_entry(enrolled.entry, tmp_path / "proof", opened=True)
    _, shown = read(done.file).verified(public_key=public_key(house), library=house.library.id)
    assert shown is not None
    assert (shown["kind"], shown["concerns"]) == ("enrolled", [enrolled.person])
    assert house.entries(EntryKind.EXPORTED) == []


def test_an_entry_is_opened_for_a_person(house: House, tmp_path: Path) -> None:
    """R24, R28: with what it tells a person, who is asked for by name; that it was given out is an entry first."""
    enrolled = house.enrol("Ada", 1)
    house.enrol("Ben", 2)
    done = house.library.prove_entry(enrolled.entry, tmp_path / "proof", person="Ada")
    checkpoint, shown = read(done.file).verified(public_key=public_key(house), library=house.library.id)
    assert shown is not None
    assert (shown["kind"], "concerns" in shown) == ("enrolled", False)
    (given_out,) = house.entries(EntryKind.EXPORTED)
    assert (given_out.body["person"], checkpoint.size) == (enrolled.person, size_of(house))
    with pytest.raises(UsageWrong, match="tells Ben nothing that could be shown"):
        house.library.prove_entry(enrolled.entry, tmp_path / "ben", person="Ben")
    with pytest.raises(PersonUnknown):
        house.library.prove_entry(enrolled.entry, tmp_path / "cleo", person="Cleo")
    assert len(house.entries(EntryKind.EXPORTED)) == 1


def test_what_opens_an_entry_is_its_owner_s_to_read(house: House, tmp_path: Path) -> None:
    """R8, R28: why somebody was searched for is in a proof that opens, so no other user of the machine reads it."""
    entry = house.enrol("Ada", 1).entry
    shut, person, controller = (
        house.library.prove_entry(entry, tmp_path / name, person=who, opened=name == "controller").file
        for name, who in (("shut", None), ("person", "Ada"), ("controller", None))
    )
    modes = [oct(stat.S_IMODE(file.stat().st_mode)) for file in (shut, person, controller)]
    assert modes == ["0o644", "0o600", "0o600"]


def test_growth_is_proved_since_a_checkpoint(house: House, tmp_path: Path) -> None:
    """R25, R27: that nothing was changed since is shown to whoever has the earlier checkpoint, whatever it is in."""
    record(house, 4)
    earlier = house.library.write_checkpoint(tmp_path / "earlier")
    record(house, 8)
    done = house.library.prove_growth(earlier.file, tmp_path / "growth")
    proof = ConsistencyProof.from_text(done.file.read_text(encoding="utf-8"))
    assert proof.verified(earlier.checkpoint, public_key=public_key(house)) == done.checkpoint
    assert (done.since, done.checkpoint.size) == (earlier.checkpoint, size_of(house))
    again = house.library.prove_growth(done.file, tmp_path / "again")
    assert again.since == done.checkpoint


def test_no_growth_is_proved_of_another_ledger(house: House, tmp_path: Path) -> None:
    """R25, R27: a ledger that does not begin with the checkpoint, or is another log, gives no proof, and says why."""
    record(house, 2)
    forged, older = twin(house), twin(house)
    record(house, 3)
    known = house.library.write_checkpoint(tmp_path / "known").file
    record(forged, 9)
    with pytest.raises(LedgerBroken, match="the first 6 of this ledger are not those"):
        forged.library.prove_growth(known, tmp_path / "growth")
    with pytest.raises(LedgerBroken, match="and this ledger has 3"):
        twin(older).library.prove_growth(known, tmp_path / "growth")
    record(put_back(older), 9)
    with pytest.raises(UsageWrong, match="is of branch 1 of the ledger, and this is branch 2"):
        older.library.prove_growth(known, tmp_path / "growth")
    assert not (tmp_path / "growth").exists()


def test_a_copy_is_the_whole_ledger(house: House, tmp_path: Path) -> None:
    """R25, R27: a copy has every entry as it is sealed, and a checkpoint that they give; no name is in it."""
    house.enrol("Ada Byron", 1)
    record(house, 4)
    checkpoint = house.library.copy_ledger(tmp_path / "copy.jsonl")
    text = (tmp_path / "copy.jsonl").read_text(encoding="utf-8")
    head, rows = read_copy(text.splitlines())
    entries = list(rows)
    assert "Ada" not in text
    assert head.public_key == public_key(house)
    assert open_checkpoint(head.checkpoint, public_key=head.public_key) == checkpoint
    tree = Tree.empty()
    for one in entries:
        tree = append(tree, leaf_hash(one))
    assert (verify(entries, tree).ok, root(tree), len(entries)) == (True, checkpoint.root, size_of(house))
    record(house)
    with pytest.raises(LedgerNotWritten, match="is there already"):
        house.library.copy_ledger(tmp_path / "copy.jsonl")
    assert (tmp_path / "copy.jsonl").read_text(encoding="utf-8") == text
