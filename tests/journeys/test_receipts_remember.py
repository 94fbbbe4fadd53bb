"""Each receipt remembers the ledger as it stood when the receipt was signed, and shows what is changed later (R27)."""

from dataclasses import replace
from typing import Never

import pytest

from countenance.consent import Purpose, Receipt
from countenance.errors import LedgerBroken, NoFace
from countenance.journeys.enrol import Enrolment
from countenance.ledger import Checkpoint, SealedEntry, open_checkpoint, verify_against
from countenance.stores._memory_unit import MemoryUnit
from countenance.vision import StubVision
from small_house import House, references


def given(house: House, enrolment: Enrolment) -> Receipt:
    """Give the receipt of an enrolment or a renewal, as the store keeps it."""
    _, receipts = house.library.receipts(enrolment.person)
    (receipt,) = (stored.consent.receipt for stored in receipts if stored.id == enrolment.receipt)
    return receipt


def remembered(house: House, enrolment: Enrolment) -> Checkpoint:
    """Open the checkpoint of a receipt with the library's key."""
    with house.store.read(now=house.now) as reading:
        key = reading.public_key()
    return open_checkpoint(given(house, enrolment).checkpoint, public_key=key, library=house.store.library)


def rows(house: House) -> list[SealedEntry]:
    """Give the sealed entries of the ledger as they are now."""
    with house.store.read(now=house.now) as reading:
        return [sealed for _, sealed in reading.ledger_rows()]


def test_each_receipt_remembers_what_was_recorded_before_it(house: House) -> None:
    """R27: enrolled or renewed, with a face or without: signed by the library, of all entries before its own."""
    ada = house.enrol("Ada Moss", 7)
    ben = house.library.enrol(house.form("Ben Carter", purposes=[Purpose.BE_SHOWN]))
    house.library.search(house.photo("probe.png", [7]), reason="yearbook")
    again = house.library.renew(house.form("Ada Moss", form="again"))
    kept = rows(house)
    for done in (ada, ben, again):
        assert given(house, done).schema == "urn:countenance:receipt:2"
        checkpoint = remembered(house, done)
        assert checkpoint.size == done.entry
        assert verify_against(kept[: done.entry], [checkpoint]).root == checkpoint.root
    assert verify_against(kept, [remembered(house, done) for done in (ada, ben, again)]).ok
    assert len(kept) == again.entry + 1


def test_what_is_changed_later_shows_against_a_receipt(house: House) -> None:
    """R27: another entry in the place of an old one, one less, two in another order: a receipt given since says so."""
    house.enrol("Ada Moss", 7)
    house.library.search(house.photo("probe.png", [7]), reason="yearbook")
    ben = remembered(house, house.enrol("Ben Carter", 8))
    house.library.search(house.photo("probe.png", [7]), reason="another")
    kept = rows(house)
    searched = ben.size - 1
    changed = replace(kept[searched], salt=bytes(32))
    for other in (
        [*kept[:searched], changed, *kept[searched + 1 :]],
        [*kept[:searched], *kept[searched + 1 :]],
        [*kept[: searched - 1], kept[searched], kept[searched - 1], *kept[searched + 1 :]],
        kept[:searched],
    ):
        assert not verify_against(other, [ben]).ok
    assert verify_against([*kept[: ben.size], replace(kept[-1], salt=bytes(32))], [ben]).ok


def test_a_ledger_that_does_not_go_on_signs_no_receipt(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3, R27: without a checkpoint nobody is enrolled, no face is looked at, and nobody is renewed."""
    house.enrol("Ada Moss", 7)
    before = rows(house)
    looked: list[int] = []

    def broken(_: MemoryUnit) -> Never:
        raise LedgerBroken("the ledger does not go on from what was signed", remedy="run `countenance verify`")

    monkeypatch.setattr(MemoryUnit, "checkpoint", broken)
    monkeypatch.setattr(StubVision, "embed", lambda *_: looked.append(1))
    with pytest.raises(LedgerBroken):
        house.enrol("Ben Carter", 8)
    with pytest.raises(LedgerBroken):
        house.library.renew(house.form("Ada Moss", 7, form="again"))
    assert not looked
    assert [person.name for person in house.library.people()] == ["Ada Moss"]
    assert references(house) == 1
    assert rows(house) == before


def test_a_receipt_that_nobody_gets_leaves_nothing(house: House) -> None:
    """R27, R31: the receipt is signed before the face is looked at; if that fails, nothing was recorded or kept."""
    before = rows(house)
    with pytest.raises(NoFace):
        house.library.enrol(replace(house.form("Ada Moss"), photos=(house.photo("empty.png", []),)))
    assert rows(house) == before
    assert house.library.people() == ()
    assert remembered(house, house.enrol("Ada Moss", 7)).size == len(before)
