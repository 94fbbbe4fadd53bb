"""What is handed to a store as a receipt: forged, edited, cut short or over; and what becomes of it."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countenance.consent import Purpose, State, sign_receipt, verify_receipt
from countenance.errors import ConsentRefused, ReceiptInvalid
from countenance.ledger import EntryKind
from countenance.ports import Reading
from countenance.seals import new_key, sha256_hex
from ledger_notes import signed_checkpoint
from library_desk import Desk, crop, entry, form, loose_permit, template

FIND_ME = Purpose.FIND_ME

Wrong = Callable[[str], str]


def _edited(jws: str) -> str:
    """Let the receipt allow something else, under the signature that it had."""
    head, body, signature = jws.split(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=="))
    told["processing"]["purposes"] = ["find-me", "be-found", "be-shown"]
    told["event"]["valid_until"] = "2029-01-01T00:00:00Z"
    plain = json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
    return ".".join((head, base64.urlsafe_b64encode(plain).rstrip(b"=").decode(), signature))


def _unsigned(jws: str) -> str:
    """Say that no signature is needed."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"vnd.countenance.receipt+jws"}').rstrip(b"=").decode()
    return ".".join((head, jws.split(".")[1], ""))


WRONG: dict[str, Wrong] = {
    "nothing": lambda _: "",
    "a word": lambda _: "receipt",
    "half written": lambda jws: jws[: len(jws) // 2],
    "without its last letter": lambda jws: jws[:-1],
    "without its signature": lambda jws: jws.rsplit(".", 1)[0] + ".",
    "edited": _edited,
    "unsigned": _unsigned,
    "written twice": lambda jws: jws + jws,
    "with a line's end": lambda jws: jws + "\n",
    "its payload alone": lambda jws: jws.split(".")[1],
}


def take_up(desk: Desk, jws: str) -> None:
    """Take somebody up with a receipt, in a transaction with its entry."""
    with desk.recorded() as unit:
        unit.add_person("p-ann", "Ann Lee")
        unit.add_receipt("p-ann", jws)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_receipt_of_ours_is_refused(desk: Desk, wrong: Wrong) -> None:
    """R2, R31: it is told what is wrong and what to do, and neither the person nor anything of them is kept."""
    with desk.store.read(now=desk.now) as reading:
        jws = wrong(desk.receipt(reading, "p-ann", purposes=[FIND_ME]))
    with pytest.raises(ReceiptInvalid) as refused:
        take_up(desk, jws)
    assert refused.value.what
    assert refused.value.remedy
    with desk.store.read(now=desk.now) as reading:
        assert reading.people() == ()
        assert reading.receipts_since(desk.now - timedelta(days=1)) == 0
    assert desk.problems() == []


def test_a_forged_signature_is_refused(desk: Desk) -> None:
    """R2, R31: a receipt that is right in every field, signed with a key of one's own, is none."""
    with desk.store.read(now=desk.now) as reading:
        real = verify_receipt(
            desk.receipt(reading, "p-ann"), public_key=reading.public_key(), library=desk.store.library
        )
    forged = sign_receipt(real, new_key())
    with pytest.raises(ReceiptInvalid):
        take_up(desk, forged)


def test_a_receipt_that_remembers_another_ledger_is_refused(desk: Desk) -> None:
    """R27: a receipt signed by the library keeps no note but the library's own; one without any is of version 1."""
    with desk.store.read(now=desk.now) as reading:
        library, public = desk.store.library, reading.public_key()
        real = verify_receipt(desk.receipt(reading, "p-ann"), public_key=public, library=library)
        forged = reading.sign_receipt(replace(real, checkpoint=signed_checkpoint(library, new_key())))
    with pytest.raises(ReceiptInvalid, match="checkpoint"):
        take_up(desk, forged)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_any_letter_changed_makes_it_invalid(desk: Desk, data: st.DataObject) -> None:
    """R2: change one letter of a receipt anywhere, and it is refused."""
    with desk.store.read(now=desk.now) as reading:
        jws = desk.receipt(reading, "p-ann")
    place = data.draw(st.integers(0, len(jws) - 1))
    letter = data.draw(st.sampled_from("ABCXYZabcxyz0189-_.= "))
    changed = jws[:place] + letter + jws[place + 1 :]
    if changed == jws:
        return
    with pytest.raises(ReceiptInvalid):
        take_up(desk, changed)


@pytest.mark.parametrize("when", ["over", "not begun"])
def test_a_receipt_outside_its_time_gives_nothing(desk: Desk, when: str) -> None:
    """R3, R7: a good receipt that is over, or not begun, is evidence; it permits no template and no purpose."""
    shift = timedelta(days=-200 if when == "over" else 200)
    with desk.store.write(now=desk.now) as unit:
        unit.add_person("p-ann", "Ann Lee")
        unit.add_release("p-ann", sha256_hex(form("p-ann")), form("p-ann"))
        unit.add_receipt("p-ann", _moved(desk, unit, shift))
        with pytest.raises(ConsentRefused):
            unit.add_reference(loose_permit(unit, "p-ann", FIND_ME), template("p-ann"), [crop("p-ann")])
        unit.record(entry(EntryKind.ENROLLED, desk.now, "p-ann", person="p-ann"))
    with desk.store.read(now=desk.now) as reading:
        (ann,) = reading.people()
        assert (ann.purposes, ann.state, ann.has_template) == ((), State.EXPIRED, False)
        assert list(reading.references()) == []
    assert desk.problems() == []


def _moved(desk: Desk, reading: Reading, shift: timedelta) -> str:
    """Sign a receipt of another time."""
    drafted = verify_receipt(
        desk.receipt(reading, "p-ann"), public_key=reading.public_key(), library=desk.store.library
    )
    return reading.sign_receipt(replace(drafted, given=drafted.given + shift, valid_until=drafted.valid_until + shift))
