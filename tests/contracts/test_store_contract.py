"""What every store must do with people, receipts and signed forms; run on each store alike."""

from datetime import timedelta

import numpy as np
import pytest

from countenance.consent import Purpose, State, verify_receipt
from countenance.errors import (
    ConsentRefused,
    PersonAmbiguous,
    PersonUnknown,
    ReceiptInvalid,
    ReleaseUsed,
)
from countenance.ledger import EntryKind
from countenance.ports import Store
from countenance.seals import sha256_hex
from countenance.stores import MemoryStore
from library_desk import (
    BIRTH,
    POLICY,
    Desk,
    entry,
    first_entry,
    form,
    permit,
    template,
)

FIND_ME, BE_FOUND, BE_SHOWN = Purpose


def test_a_new_library_has_its_first_entry_and_nothing_else(desk: Desk) -> None:
    """A library begins with the entry of its making, its policy, and nobody in it."""
    with desk.store.read(now=desk.now) as reading:
        assert [finding.entry.kind for finding in reading.ledger_findings() if finding.entry] == ["library-made"]
        assert reading.ledger_edge().size == 1
        assert reading.policy() == POLICY
        assert len(reading.public_key()) == 32
        assert reading.roll() == 0
        assert reading.people() == ()
        assert list(reading.photos()) == []
        assert reading.publications() == ()
        assert reading.now == desk.now
    assert desk.store.library == "hollybank"


def test_a_store_asks_for_a_moment_with_a_time_zone(store: Store) -> None:
    """A moment without a time zone judges nothing: the same hour is another moment elsewhere."""
    naive = BIRTH.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"), store.read(now=naive):
        pass
    with pytest.raises(ValueError, match="time zone"), store.write(now=naive):
        pass


def test_an_enrolled_person_is_there_with_receipt_and_reference(desk: Desk) -> None:
    """What enrolment keeps comes back as it was: person, signed receipt, consent, template."""
    desk.enrol("p-ann", "Ann Lee", purposes=(FIND_ME, BE_SHOWN), days=30)
    with desk.store.read(now=desk.now) as reading:
        (person,) = reading.people()
        assert (person.id, person.name, person.state) == ("p-ann", "Ann Lee", State.GIVEN)
        assert person.purposes == (FIND_ME, BE_SHOWN)
        assert person.expires == desk.now + timedelta(days=30)
        assert person.has_template
        (stored,) = reading.receipts("p-ann")
        receipt = verify_receipt(stored.jws, public_key=reading.public_key(), library=desk.store.library)
        assert (stored.id, stored.state, stored.consent.receipt) == (receipt.id, State.GIVEN, receipt)
        assert reading.consents("p-ann") == (stored.consent,)
        (reference,) = reading.references()
        assert reference.person == "p-ann"
        assert reference.template.model == template("p-ann").model
        assert np.array_equal(reference.template.values, template("p-ann").values)


def test_people_are_listed_in_the_order_of_enrolment(desk: Desk) -> None:
    """People come in the order in which they were taken up, whatever their ids."""
    for person in ("p-3", "p-1", "p-2"):
        desk.enrol(person)
    with desk.store.read(now=desk.now) as reading:
        assert [person.id for person in reading.people()] == ["p-3", "p-1", "p-2"]


def test_a_person_without_face_data_has_no_reference(desk: Desk) -> None:
    """R12: whoever allowed no template is held without one, and a store takes none."""
    desk.enrol("p-ann", purposes=(BE_SHOWN,), face=False)
    with desk.store.read(now=desk.now) as reading:
        assert not reading.people()[0].has_template
    with pytest.raises(ConsentRefused, match="template"), desk.store.write(now=desk.now) as unit:
        unit.add_reference(permit(unit, "p-ann"), template("p-ann"), [])
    assert desk.referenced() == []


@pytest.mark.parametrize("named", ["p-ann", "Ann Lee", "ann lee", "ANN LEE", " Ann   Lee "])
def test_a_person_is_found_by_id_or_whole_name(desk: Desk, named: str) -> None:
    """A person is found by id, or by the whole name in any case."""
    desk.enrol("p-ann", "Ann Lee")
    desk.enrol("p-bo", "Bo Lee")
    with desk.store.read(now=desk.now) as reading:
        assert reading.person(named).id == "p-ann"


@pytest.mark.parametrize("named", ["Ann", "Lee", "", "p-", "Ann Le", "Ann Lee%"])
def test_part_of_a_name_finds_nobody(desk: Desk, named: str) -> None:
    """A part of a name finds nobody, and the error names nobody else."""
    desk.enrol("p-ann", "Ann Lee")
    with pytest.raises(PersonUnknown) as caught, desk.store.read(now=desk.now) as reading:
        reading.person(named)
    assert "Ann Lee" not in caught.value.what.replace(named or "-", "") + caught.value.remedy


def test_a_name_is_the_same_however_its_accents_are_typed(desk: Desk) -> None:
    """A name typed with combining accents is the name with accented letters."""
    desk.enrol("p-zoe", "Zo\u00eb")
    with desk.store.read(now=desk.now) as reading:
        assert reading.person("Zoe\u0308").id == "p-zoe"


def test_two_people_of_one_name_are_told_apart_by_id(desk: Desk) -> None:
    """Two people of one name are ambiguous, and the error gives their ids."""
    desk.enrol("p-1", "Ann Lee")
    desk.enrol("p-2", "Ann Lee")
    with desk.store.read(now=desk.now) as reading:
        with pytest.raises(PersonAmbiguous) as caught:
            reading.person("ann lee")
        assert reading.person("p-2").id == "p-2"
    assert caught.value.ids == ("p-1", "p-2")


def test_who_enrols_again_after_withdrawing_is_not_ambiguous(desk: Desk) -> None:
    """A name means the one who is here now; who has withdrawn everything is found when nobody else has the name."""
    desk.enrol("p-1", "Ann Lee")
    desk.withdraw("p-1")
    with desk.store.read(now=desk.now) as reading:
        assert reading.person("Ann Lee").id == "p-1"
    desk.enrol("p-2", "Ann Lee")
    with desk.store.read(now=desk.now) as reading:
        assert reading.person("Ann Lee").id == "p-2"


def test_a_receipt_of_another_library_is_refused(desk: Desk) -> None:
    """A receipt signed elsewhere is not kept."""
    other = Desk(MemoryStore.make(policy=POLICY, entry=first_entry(), library="hollybank"))
    with other.store.read(now=other.now) as reading:
        foreign = other.receipt(reading, "p-ann")
    with desk.store.write(now=desk.now) as unit:
        unit.add_person("p-ann", "Ann Lee")
        with pytest.raises(ReceiptInvalid):
            unit.add_receipt("p-ann", foreign)
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann"))
        unit.record(entry(EntryKind.ENROLLED))
    with desk.store.read(now=desk.now) as reading:
        assert len(reading.receipts("p-ann")) == 1


def test_a_receipt_is_kept_for_the_person_it_names(desk: Desk) -> None:
    """A receipt of one person gives nothing to another."""
    desk.enrol("p-ann")
    desk.enrol("p-bo", face=False, purposes=(BE_SHOWN,))
    with pytest.raises(ReceiptInvalid), desk.store.write(now=desk.now) as unit:
        unit.add_receipt("p-bo", desk.receipt(unit, "p-ann"))


def test_a_withdrawn_receipt_cannot_be_added_again(desk: Desk) -> None:
    """R3: adding the old receipt once more brings nothing back."""
    desk.enrol("p-ann")
    with desk.store.read(now=desk.now) as reading:
        (stored,) = reading.receipts("p-ann")
    desk.withdraw("p-ann")
    with pytest.raises(ReceiptInvalid), desk.store.write(now=desk.now) as unit:
        unit.add_receipt("p-ann", stored.jws)
    with desk.store.read(now=desk.now) as reading:
        assert reading.people()[0].state is State.WITHDRAWN


def test_nothing_is_kept_for_somebody_unknown(desk: Desk) -> None:
    """Receipts, releases and withdrawals need a person who was taken up."""
    with desk.store.write(now=desk.now) as unit:
        jws = desk.receipt(unit, "p-ann")
        with pytest.raises(PersonUnknown):
            unit.add_receipt("p-ann", jws)
        with pytest.raises(PersonUnknown):
            unit.add_release("p-ann", sha256_hex(b"form"), b"form")
        with pytest.raises(PersonUnknown):
            unit.withdraw("p-ann", [FIND_ME])
    with desk.store.read(now=desk.now) as reading:
        assert reading.consents("p-ann") == ()
        assert reading.receipts("p-ann") == ()
        assert reading.appearances_of("p-ann", FIND_ME) == ()


def test_a_person_is_taken_up_once(desk: Desk) -> None:
    """The same id twice is a defect, not a second person."""
    desk.enrol("p-ann")
    with pytest.raises(ValueError, match="known already"), desk.store.write(now=desk.now) as unit:
        unit.add_person("p-ann", "Somebody else")


def test_a_signed_form_is_used_once(desk: Desk) -> None:
    """A form with the same content is refused for anybody, also after the person has withdrawn."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    digest = sha256_hex(form("p-ann"))
    for _ in range(2):
        with desk.store.read(now=desk.now) as reading:
            assert reading.release_used(digest)
            assert not reading.release_used(sha256_hex(b"another form"))
        with pytest.raises(ReleaseUsed) as caught, desk.store.write(now=desk.now) as unit:
            unit.add_release("p-bo", digest, form("p-ann"))
        assert "p-ann" not in caught.value.what + caught.value.remedy
        desk.withdraw("p-ann")


def test_nobody_is_taken_up_without_a_receipt(desk: Desk) -> None:
    """R3: a person without a receipt is not kept, even with an entry."""
    with pytest.raises(ReceiptInvalid), desk.recorded() as unit:
        unit.add_person("p-ann", "Ann Lee")
    with desk.store.read(now=desk.now) as reading:
        assert reading.people() == ()


def test_a_release_is_named_by_its_own_hash(desk: Desk) -> None:
    """A form under another form's hash could be used twice; it is refused."""
    desk.enrol("p-ann")
    with pytest.raises(ValueError, match="SHA-256"), desk.store.write(now=desk.now) as unit:
        unit.add_release("p-ann", sha256_hex(b"one"), b"another")
