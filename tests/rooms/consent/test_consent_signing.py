"""A signed receipt verifies as it was signed, for the library it was given to, and in no other way."""

import base64
import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countenance.consent import (
    RECEIPT_MEDIA_TYPE,
    Policy,
    Purpose,
    Receipt,
    draft_receipt,
    sign_receipt,
    verify_receipt,
)
from countenance.errors import ReceiptInvalid
from countenance.seals import canonical, new_key, public_key_of, sign_jws
from ledger_notes import signed_checkpoint

LIBRARY = "9c1f0e7a52d84b6f"
PRIVATE = bytes(range(32))
PUBLIC = public_key_of(PRIVATE)
GOLDEN = sign_receipt(
    draft_receipt(
        Policy.draft(controller="Hill School", contact="the office"),
        library=LIBRARY,
        person="4be1a6c2d3f80975",
        name="Ada Example",
        purposes=[Purpose.FIND_ME],
        now=datetime(2026, 5, 4, 9, 30, tzinfo=UTC),
        release_sha256="d0" * 32,
        with_template=True,
    ),
    PRIVATE,
)
BASE64URL = string.ascii_letters + string.digits + "-_"


def test_a_signed_receipt_verifies(receipt: Receipt) -> None:
    """R2: unchanged, it comes back as it was."""
    assert verify_receipt(sign_receipt(receipt, PRIVATE), public_key=PUBLIC, library=LIBRARY) == receipt


@given(place=st.integers(min_value=0), other=st.sampled_from(BASE64URL + ".=+/ \n\0é"))
def test_one_changed_letter_breaks_it(place: int, other: str) -> None:
    """R2: change any letter of it: refused."""
    jws, place = GOLDEN, place % len(GOLDEN)
    assume(jws[place] != other)
    with pytest.raises(ReceiptInvalid):
        verify_receipt(jws[:place] + other + jws[place + 1 :], public_key=PUBLIC, library=LIBRARY)


@given(place=st.integers(min_value=0), bit=st.integers(0, 7), part=st.integers(0, 2))
def test_one_flipped_bit_breaks_it(place: int, bit: int, part: int) -> None:
    """R2: flip any bit of header, receipt or signature: refused."""
    parts = [bytearray(base64.urlsafe_b64decode(text + "==")) for text in GOLDEN.split(".")]
    parts[part][place % len(parts[part])] ^= 1 << bit
    changed = ".".join(base64.urlsafe_b64encode(data).rstrip(b"=").decode() for data in parts)
    with pytest.raises(ReceiptInvalid):
        verify_receipt(changed, public_key=PUBLIC, library=LIBRARY)


def test_a_receipt_of_another_library_is_refused(receipt: Receipt) -> None:
    """R2: a genuine receipt counts where it was given, even if two libraries had the same key."""
    with pytest.raises(ReceiptInvalid, match="another library"):
        verify_receipt(sign_receipt(receipt, PRIVATE), public_key=PUBLIC, library="another")


def test_a_forged_receipt_is_refused(receipt: Receipt) -> None:
    """R3: a receipt that somebody else signed is none."""
    with pytest.raises(ReceiptInvalid, match="does not verify"):
        verify_receipt(sign_receipt(receipt, new_key()), public_key=PUBLIC, library=LIBRARY)


def test_the_checkpoint_is_signed_by_the_key_of_the_receipt(receipt: Receipt) -> None:
    """R27: a note by somebody else in a receipt that the library signed is refused, and said to be what is wrong."""
    own = replace(receipt, checkpoint=signed_checkpoint(LIBRARY, PRIVATE))
    assert verify_receipt(sign_receipt(own, PRIVATE), public_key=PUBLIC, library=LIBRARY) == own
    foreign = replace(receipt, checkpoint=signed_checkpoint(LIBRARY, new_key()))
    with pytest.raises(ReceiptInvalid, match="checkpoint of the ledger does not verify"):
        verify_receipt(sign_receipt(foreign, PRIVATE), public_key=PUBLIC, library=LIBRARY)


def test_another_document_under_the_same_key_is_no_receipt(receipt: Receipt) -> None:
    """R2: what the library signed for another use is not taken for a receipt, nor an incomplete one."""
    with pytest.raises(ReceiptInvalid):
        verify_receipt(sign_jws(PRIVATE, receipt.to_bytes(), media_type="jwt"), public_key=PUBLIC, library=LIBRARY)
    with pytest.raises(ReceiptInvalid, match="schema"):
        verify_receipt(
            sign_jws(PRIVATE, canonical({}), media_type=RECEIPT_MEDIA_TYPE), public_key=PUBLIC, library=LIBRARY
        )


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "....", "\0", "ü.ü.ü", "{}", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_jws_is_refused(token: str) -> None:
    """R2: nothing but the room's own error comes out of garbage."""
    with pytest.raises(ReceiptInvalid):
        verify_receipt(token, public_key=PUBLIC, library=LIBRARY)


def test_a_broken_public_key_verifies_nothing(receipt: Receipt) -> None:
    """R2: a public key that is none is refused like a wrong one."""
    for key in (b"", PUBLIC[:-1], PUBLIC + b"\0"):
        with pytest.raises(ReceiptInvalid):
            verify_receipt(sign_receipt(receipt, PRIVATE), public_key=key, library=LIBRARY)
