"""A receipt is complete or it is none, and it has one spelling."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countenance.consent import MAX_DAYS, Policy, Purpose, Receipt, draft_receipt
from countenance.errors import ReceiptInvalid
from countenance.seals import canonical, sha256_hex
from ledger_notes import signed_checkpoint

Path = tuple[str, ...]

# R1's own list, in its words, and where each is in the receipt; and R27's.
DEMANDED = {
    "schema": "schema",
    "record id": "header.record_id",
    "receipt id": "header.receipt_id",
    "person id": "header.pii_principal_id",
    "notice as shown": "processing.privacy_notice",
    "its hash": "processing.privacy_notice_sha256",
    "language": "processing.language",
    "purposes": "processing.purposes",
    "lawful basis": "processing.lawful_basis",
    "data kinds": "processing.pii_information",
    "controller": "processing.pii_controller.name",
    "collection method": "processing.collection_method",
    "processing method": "processing.processing_method",
    "storage": "processing.storage",
    "retention": "processing.retention_period",
    "location": "processing.storage_location",
    "jurisdiction": "processing.jurisdiction",
    "recipients": "processing.recipient_third_parties",
    "withdrawal method": "processing.withdrawal_method",
    "rights": "processing.privacy_rights",
    "complaint authority": "processing.authority_party",
    "time": "event.event_time",
    "validity": "event.valid_until",
    "type explicit": "event.event_type",
    "state": "event.event_state",
    "ledger": "event.ledger_checkpoint",
}


def sound() -> dict[str, Any]:
    """Give the JSON of a sound receipt, in the version that is written now."""
    policy = Policy.draft(controller="Hill School", contact="office@hill-school.example", staff_search=True)
    receipt = draft_receipt(
        policy,
        library="9c1f0e7a52d84b6f",
        person="4be1a6c2d3f80975",
        name="Ada Example",
        purposes=Purpose,
        now=datetime(2026, 5, 4, 9, 30, tzinfo=UTC),
        release_sha256="d0" * 32,
        with_template=True,
        guardian="Grace Example",
        checkpoint=signed_checkpoint("9c1f0e7a52d84b6f", bytes(32)),
    )
    value: dict[str, Any] = json.loads(receipt.to_bytes())
    return value


def leaves(value: dict[str, Any], above: Path = ()) -> Iterator[Path]:
    """Give the path of every field that holds no object."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from leaves(inner, (*above, name))
        else:
            yield (*above, name)


def objects(value: dict[str, Any], above: Path = ()) -> Iterator[Path]:
    """Give the path of every object, the whole among them (the empty path)."""
    yield above
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from objects(inner, (*above, name))


def holder(value: dict[str, Any], path: Path) -> dict[str, Any]:
    """Give the object that holds a field."""
    for name in path[:-1]:
        value = value[name]
    return value


LEAVES = sorted(leaves(sound()))
OBJECTS = sorted(objects(sound()))


def refused(value: object, path: Path) -> None:
    """State that this is no receipt, that the error names the field, and says what to do."""
    with pytest.raises(ReceiptInvalid) as caught:
        Receipt.from_bytes(canonical(value))
    assert ".".join(path) in caught.value.what
    assert caught.value.remedy


def test_every_field_demanded_is_there() -> None:
    """R1: the receipt has each field of the requirement's list, and none of them is blank."""
    present = {".".join(path) for path in LEAVES}
    assert {field for field in DEMANDED.values() if field not in present} == set()
    assert len(LEAVES) - 1 == len(fields(Receipt))  # the version follows from the checkpoint


@given(path=st.sampled_from([*LEAVES, *(path for path in OBJECTS if path)]))
def test_a_missing_field_is_refused_by_name(path: Path) -> None:
    """R1: drop any field or section: no receipt, and the error names it."""
    value = sound()
    del holder(value, path)[path[-1]]
    refused(value, path)


@given(path=st.sampled_from([path for path in LEAVES if path[-1] != "with_template"]), blank=st.sampled_from(" \t\n"))
def test_a_blank_field_is_refused_by_name(path: Path, blank: str) -> None:
    """R1: blank any field (white space; an empty list or a list of nothing): no receipt, and the error names it."""
    value = sound()
    place = holder(value, path)
    if isinstance(place[path[-1]], list):
        place[path[-1]] = []
        refused(value, path)
        place[path[-1]] = [blank]
    else:
        place[path[-1]] = blank
    refused(value, path)


@pytest.mark.parametrize("path", [path for path in LEAVES if path[-1] != "with_template"], ids=".".join)
def test_an_empty_field_is_refused_by_name(path: Path) -> None:
    """R1: empty any field: no receipt; only `guardian` may be empty, when the person signed."""
    value = sound()
    place = holder(value, path)
    place[path[-1]] = type(place[path[-1]])()
    if path == ("event", "guardian"):
        assert Receipt.from_bytes(canonical(value)).guardian == ""
    else:
        refused(value, path)


@given(path=st.sampled_from(OBJECTS), name=st.sampled_from(["more", "Schema", "kid", ""]))
def test_an_unknown_field_is_refused_by_name(path: Path, name: str) -> None:
    """R1: a field that is not of this version is refused in every section: nobody reads what is not understood."""
    value = sound()
    place: dict[str, Any] = value
    for part in path:
        place = place[part]
    place[name] = "x"
    refused(value, (*path, name))


@given(
    path=st.sampled_from([*LEAVES, *(path for path in OBJECTS if path)]),
    other=st.sampled_from([None, 1, 0.5, True, [], {}, [1], ["x", None], {"x": "y"}, "\x00", ["\u2028"]]),
)
def test_a_field_of_another_type_is_refused_by_name(path: Path, other: object) -> None:
    """R1: a number for a text, a text for a list, null for anything: no receipt, and the error names the field."""
    value = sound()
    place = holder(value, path)
    assume(not (path[-1] == "with_template" and other is True))
    place[path[-1]] = other
    refused(value, path)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("schema", "urn:countenance:receipt:3"),
        ("schema", "urn:countenance:receipt:0"),
        ("header.receipt_id", "../../etc"),
        ("header.record_id", "x" * 129),
        ("header.pii_principal_id", "a b"),
        ("header.pii_principal_name", "Ada\nExample"),
        ("header.pii_principal_name", " Ada"),
        ("processing.privacy_notice", "You allow everything."),
        ("processing.privacy_notice_sha256", "0" * 64),
        ("processing.language", "plain English"),
        ("processing.purposes", ["find-me", "find-me"]),
        ("processing.purposes", ["be-shown", "find-me"]),
        ("processing.purposes", ["find-me", "watch-me"]),
        ("processing.storage", "x" * 100_001),
        ("event.event_time", "2026-05-04T09:30:00+00:00"),
        ("event.event_time", "2026-05-04T09:30:00.000Z"),
        ("event.event_time", "2026-05-04 09:30:00Z"),
        ("event.event_time", "2026-02-30T09:30:00Z"),
        ("event.event_time", "\uff12026-05-04T09:30:00Z"),
        ("event.valid_until", "2026-05-04T09:30:00Z"),
        ("event.valid_until", "2026-05-04T09:29:59Z"),
        ("event.valid_until", "2029-05-03T09:30:01Z"),
        ("event.event_type", "implied"),
        ("event.event_state", "withdrawn"),
        ("event.release_sha256", "D0" * 32),
        ("event.release_sha256", "d0" * 31),
        ("event.ledger_checkpoint", "countenance/ledger/9c1f0e7a52d84b6f/1"),
        ("event.ledger_checkpoint", signed_checkpoint("9c1f0e7a52d84b6e", bytes(32))),
        ("event.ledger_checkpoint", signed_checkpoint("9c1f0e7a52d84b6f", bytes(32)).strip()),
    ],
)
def test_a_wrong_value_is_refused_by_name(field: str, wrong: object) -> None:
    """R1: a value that cannot be meant is refused: another notice, a purpose that is none, an end before the time."""
    value, path = sound(), tuple(field.split("."))
    holder(value, path)[path[-1]] = wrong
    with pytest.raises(ReceiptInvalid) as caught:
        Receipt.from_bytes(canonical(value))
    assert "privacy_notice" in caught.value.what if "notice" in field else field in caught.value.what


def test_the_longest_validity_is_three_years() -> None:
    """R7: 1,095 days to the second is a receipt, a second more is none."""
    value = sound()
    value["event"]["valid_until"] = "2029-05-03T09:30:00Z"
    receipt = Receipt.from_bytes(canonical(value))
    assert receipt.valid_until - receipt.given == timedelta(days=MAX_DAYS)
    with pytest.raises(ReceiptInvalid, match="1095"):
        replace(receipt, valid_until=receipt.valid_until + timedelta(seconds=1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"receipt"',
        b"\xef\xbb\xbf{}",
        b"{" * 100_000,
        canonical(sound()) + b"\n",
        json.dumps(sound()).encode(),
        json.dumps(sound(), sort_keys=True, separators=(",", ":")).encode("utf-16"),
        canonical(sound()).replace(b'"schema":', b'"schema":"urn:countenance:receipt:2","schema":'),
        canonical(sound()).replace(b"Ada", b"\\u0041da"),
        canonical(sound()).replace(b"Ada", b"\xff\xfe"),
        canonical(sound()).replace(b"Ada", b"\\ud800"),
    ],
    ids=range(14),
)
def test_malformed_bytes_are_refused(data: bytes) -> None:
    """R2: other JSON, other spellings of the same JSON, and what is no JSON are refused with the room's own error."""
    with pytest.raises(ReceiptInvalid):
        Receipt.from_bytes(data)


@given(cut=st.integers(min_value=0))
def test_a_receipt_cut_short_is_refused(cut: int) -> None:
    """R2: no beginning of a receipt is a receipt."""
    data = canonical(sound())
    with pytest.raises(ReceiptInvalid):
        Receipt.from_bytes(data[: cut % len(data)])


LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1, max_size=40)
PAGE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)


@given(name=LINE, notice=PAGE, guardian=LINE | st.just(""), days=st.integers(1, MAX_DAYS), template=st.booleans())
def test_what_is_written_is_read(name: str, notice: str, guardian: str, days: int, *, template: bool) -> None:
    """R1: a receipt comes back from its bytes as it was, in any script, and its bytes come back from it."""
    receipt = Receipt.from_bytes(canonical(sound()))
    receipt = replace(
        receipt,
        person_name=name,
        notice=notice,
        notice_sha256=sha256_hex(notice.encode()),
        guardian=guardian,
        valid_until=receipt.given + timedelta(days=days),
        with_template=template,
    )
    again = Receipt.from_bytes(receipt.to_bytes())
    assert again == receipt
    assert again.to_bytes() == receipt.to_bytes()


def test_a_receipt_cannot_be_made_wrong(receipt: Receipt) -> None:
    """R1: the same rules hold for a receipt made in memory: local times, split seconds and blanks are refused."""
    wrong: list[dict[str, Any]] = [
        {"given": receipt.given.replace(tzinfo=None)},
        {"given": receipt.given.replace(microsecond=1)},
        {"valid_until": receipt.given},
        {"person_name": ""},
        {"purposes": ()},
        {"purposes": (Purpose.BE_SHOWN, Purpose.FIND_ME)},
        {"recipients": ()},
        {"notice": "another"},
        {"id": ""},
        {"checkpoint": " "},
        {"checkpoint": signed_checkpoint("another", bytes(32))},
    ]
    for change in wrong:
        with pytest.raises(ReceiptInvalid):
            replace(receipt, **change)


def test_a_receipt_without_a_checkpoint_is_of_the_first_version(receipt: Receipt) -> None:
    """R27: what was signed before receipts remembered the ledger is read as it was, and never passes for the second."""
    value = sound()
    del value["event"]["ledger_checkpoint"]
    refused(value, ("event", "ledger_checkpoint"))
    value["schema"] = "urn:countenance:receipt:1"
    first = Receipt.from_bytes(canonical(value))
    assert (first.schema, first.checkpoint, first.ledger) == (value["schema"], "", None)
    assert first.to_bytes() == canonical(value)
    refused({**sound(), "schema": "urn:countenance:receipt:1"}, ("event", "ledger_checkpoint"))
    assert replace(receipt, checkpoint="").schema == "urn:countenance:receipt:1"


def test_a_moment_of_another_zone_is_written_in_utc(receipt: Receipt) -> None:
    """One moment has one spelling, whatever zone it came in."""
    there = replace(receipt, given=receipt.given.astimezone(timezone(timedelta(hours=-5))))
    assert there.to_bytes() == receipt.to_bytes()
