"""A sealed entry tells each reader their part, and nobody else anything."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import EntryTooLarge, LedgerBroken, SealBroken
from countenance.ledger import (
    JSON,
    Actor,
    Entry,
    EntryKind,
    SealedEntry,
    leaf_hash,
    open_controller_part,
    open_person_part,
    seal_entry,
)
from countenance.seals import new_key

LIBRARY = "0f" * 16
ANNA, BERT, CARL = "a1" * 16, "b2" * 16, "c3" * 16
CONTROLLER_KEY = bytes(range(32))
AUDIT_KEYS = {ANNA: b"A" * 32, BERT: b"B" * 32, CARL: b"C" * 32}

fields = st.text(max_size=20)
values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(fields, inner, max_size=4),
    max_leaves=12,
)
mappings = st.dictionaries(fields, values, max_size=5)


def sealed_of(entry: Entry) -> SealedEntry:
    """Give the entry sealed with the keys above."""
    return seal_entry(entry, controller_key=CONTROLLER_KEY, audit_keys=AUDIT_KEYS, library=LIBRARY)


def spellings(text: str) -> Iterator[bytes]:
    """Give the ways in which a text could lie open in bytes."""
    for plain in (text.encode(), text.encode("utf-16-le")):
        yield plain
        yield plain.hex().encode()
        yield base64.b64encode(plain).rstrip(b"=")[:-1]
    if len(text) % 2 == 0 and all(letter in "0123456789abcdef" for letter in text):
        yield bytes.fromhex(text)


def texts_of(value: JSON) -> Iterator[str]:
    """Give every text in a JSON value, field names among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def test_nothing_lies_open(search: Entry) -> None:
    """R29: no name, id, reason, account, path, field or kind of an entry is in its bytes, however spelt."""
    sealed = sealed_of(search)
    told = [*texts_of(search.body), *(text for facts in search.concerns.values() for text in texts_of(facts))]
    told += [search.actor.role, search.actor.account, str(search.kind), "2026-03-14", LIBRARY, *search.concerns]
    told = [text for text in told if len(text) > 3]
    assert len(told) > 20
    found = [text for text in told for spelt in spellings(text) if spelt in sealed.salt + sealed.payload]
    assert found == []


def test_controller_reads_their_part(search: Entry) -> None:
    """The controller's key opens kind, moment, actor, body and who was concerned, without the facts told to them."""
    opened = open_controller_part(sealed_of(search), CONTROLLER_KEY, library=LIBRARY)
    assert opened == replace(search, concerns={ANNA: {}, BERT: {}})


def test_each_reads_their_own(search: Entry) -> None:
    """R28: an audit key opens what that person is told, who by role and when among it, and no other person's facts."""
    sealed = sealed_of(search)
    for person in (ANNA, BERT):
        assert open_person_part(sealed, AUDIT_KEYS[person], library=LIBRARY) == {
            "at": "2026-03-14T09:26:53.589793Z",
            "facts": search.concerns[person],
            "kind": "searched",
            "role": "staff",
        }


def test_others_read_nothing(search: Entry) -> None:
    """R28: somebody who is not concerned, or holds another key, is told nothing; the controller's part stays shut."""
    sealed = sealed_of(search)
    for key in (AUDIT_KEYS[CARL], CONTROLLER_KEY, new_key()):
        assert open_person_part(sealed, key, library=LIBRARY) is None
    for key in (AUDIT_KEYS[ANNA], new_key()):
        with pytest.raises(SealBroken):
            open_controller_part(sealed, key, library=LIBRARY)


def test_bound_to_library_and_salt(search: Entry) -> None:
    """R26: the same bytes under another library or another salt open for nobody."""
    sealed = sealed_of(search)
    moved = replace(sealed, salt=b"s" * 32)
    for entry, library in ((sealed, "f0" * 16), (moved, LIBRARY)):
        assert open_person_part(entry, AUDIT_KEYS[ANNA], library=library) is None
        with pytest.raises(SealBroken):
            open_controller_part(entry, CONTROLLER_KEY, library=library)


def test_kinds_of_part_are_apart() -> None:
    """A person part is no controller's part, even if the same key was used for both."""
    entry = Entry(EntryKind.ENROLLED, datetime(2026, 1, 1, tzinfo=UTC), Actor("steward", "s1"), {}, {ANNA: {}})
    sealed = seal_entry(entry, controller_key=CONTROLLER_KEY, audit_keys={ANNA: CONTROLLER_KEY}, library=LIBRARY)
    length = 4 + int.from_bytes(sealed.payload[1:5], "big")
    exchanged = sealed.payload[:1] + sealed.payload[1 + length :] + sealed.payload[1 : 1 + length]
    assert len(exchanged) == len(sealed.payload)
    with pytest.raises(SealBroken):
        open_controller_part(replace(sealed, payload=exchanged), CONTROLLER_KEY, library=LIBRARY)


def test_missing_audit_key_is_refused(search: Entry) -> None:
    """R24: an entry about somebody without an audit key is refused, rather than sealed without their part."""
    with pytest.raises(ValueError, match=BERT):
        seal_entry(search, controller_key=CONTROLLER_KEY, audit_keys={ANNA: b"A" * 32}, library=LIBRARY)


@pytest.mark.parametrize(("people", "parts"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (9, 16)])
def test_number_of_parts_is_blurred(people: int, parts: int) -> None:
    """R15: an entry about nobody has the size of one about one person; the number of people is doubled up."""
    ids = [f"person {place}" for place in range(people)]
    entry = Entry(
        EntryKind.SEARCHED, datetime(2026, 1, 1, tzinfo=UTC), Actor("staff", "s1"), {}, {who: {"n": 1} for who in ids}
    )
    keys = {who: hashlib.sha256(who.encode()).digest() for who in ids}
    sealed = seal_entry(entry, controller_key=CONTROLLER_KEY, audit_keys=keys, library=LIBRARY)
    assert len(sealed.payload) == 1 + (1 + parts) * (4 + 32 + 12 + 1024 + 16)
    assert all(open_person_part(sealed, key, library=LIBRARY) for key in keys.values())


def test_lengths_are_blurred(search: Entry) -> None:
    """All person parts are as long as the longest one, which is doubled up; so one photo more changes no length."""
    photos = [f"/photos/{place:04}.jpg" for place in range(100)]
    lengths = set()
    for count in (80, 81, 100):
        sealed = sealed_of(replace(search, concerns={**search.concerns, BERT: {"photos": photos[:count]}}))
        lengths.add(len(sealed.payload))
    assert lengths == {1 + (4 + 60 + 1024) + 2 * (4 + 60 + 2048)}


def test_order_says_nothing(search: Entry) -> None:
    """Which of two person parts stands first is left to chance, whatever order the entry names them in."""
    first = set()
    for _ in range(64):
        sealed = sealed_of(search)
        place = 1 + 4 + 60 + 1024
        only_first = sealed.payload[: place + 4 + 60 + 1024]
        # Alone, the first part is a payload of its own.
        first.add(open_person_part(replace(sealed, payload=only_first), AUDIT_KEYS[ANNA], library=LIBRARY) is None)
    assert first == {True, False}


def test_same_entry_never_the_same_bytes(search: Entry) -> None:
    """R29: sealed again, an entry has another salt, other bytes and another leaf: a leaf cannot be guessed."""
    several = [sealed_of(search) for _ in range(50)]
    assert len({entry.salt for entry in several}) == 50
    assert len({entry.payload for entry in several}) == 50
    assert len({leaf_hash(entry) for entry in several}) == 50


def test_leaf_hash_is_rfc_6962(search: Entry) -> None:
    """R25: the leaf hash is SHA-256 over a zero byte, the salt and the payload."""
    sealed = sealed_of(search)
    assert leaf_hash(sealed) == hashlib.sha256(b"\x00" + sealed.salt + sealed.payload).digest()


def test_salt_has_32_bytes() -> None:
    """A salt of another length is refused, so that one leaf hash has one reading."""
    for length in (0, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            SealedEntry(bytes(length), b"")


def test_odd_file_names_are_recorded(search: Entry) -> None:
    """A path in another encoding does not keep a deed from being recorded: it is written with escapes."""
    odd = replace(search, concerns={ANNA: {"photos": ["/photos/f\udceate.jpg"]}})
    told = open_person_part(sealed_of(odd), AUDIT_KEYS[ANNA], library=LIBRARY)
    assert told is not None
    assert told["facts"] == {"photos": ["/photos/f\\udceate.jpg"]}


def test_too_long_is_refused(search: Entry) -> None:
    """A part beyond 16 MiB is refused before anything is sealed."""
    with pytest.raises(EntryTooLarge, match="16,777,216 bytes"):
        sealed_of(replace(search, body={"reason": "x" * 2**24}))


def test_a_part_of_ones_own_that_was_changed_is_not_nothing(search: Entry) -> None:
    """R28: somebody whose part is there and was changed is told so, and not that the entry says nothing about them."""
    sealed = sealed_of(search)
    for place in (-1, -17, -500):
        payload = bytearray(sealed.payload)
        payload[place] ^= 1
        spoilt = replace(sealed, payload=bytes(payload))
        told = []
        for person in (ANNA, BERT):
            try:
                told.append(open_person_part(spoilt, AUDIT_KEYS[person], library=LIBRARY))
            except LedgerBroken as problem:
                assert "was changed" in problem.what  # noqa: PT017  (one of the two, whichever stands last)
        assert len(told) == 1
        assert told[0] is not None


@given(body=mappings, anna=mappings, bert=mappings, kind=st.sampled_from(EntryKind), at=st.datetimes())
def test_whatever_is_sealed_opens(
    body: dict[str, JSON], anna: dict[str, JSON], bert: dict[str, JSON], kind: EntryKind, at: datetime
) -> None:
    """Any entry opens to what was sealed, to the last digit of its moment."""
    entry = Entry(kind, at.replace(tzinfo=UTC), Actor("staff", "s1"), body, {BERT: bert, ANNA: anna})
    sealed = sealed_of(entry)
    assert open_controller_part(sealed, CONTROLLER_KEY, library=LIBRARY) == replace(
        entry, concerns={ANNA: {}, BERT: {}}
    )
    for person, facts in ((ANNA, anna), (BERT, bert)):
        told = open_person_part(sealed, AUDIT_KEYS[person], library=LIBRARY)
        assert told is not None
        assert told["facts"] == facts


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_bit_is_noticed(place: int, bit: int) -> None:
    """R26: whichever bit is flipped, the leaf hash differs, and nothing wrong is ever read from a part."""
    entry = Entry(
        EntryKind.ENROLLED, datetime(2026, 1, 1, tzinfo=UTC), Actor("steward", "s1"), {"roll": 1}, {ANNA: {"roll": 1}}
    )
    sealed = sealed_of(entry)
    flipped = bytearray(sealed.payload)
    flipped[place % len(flipped)] ^= 1 << bit
    changed = replace(sealed, payload=bytes(flipped))
    assert leaf_hash(changed) != leaf_hash(sealed)
    try:
        opened = open_controller_part(changed, CONTROLLER_KEY, library=LIBRARY)
        told = open_person_part(changed, AUDIT_KEYS[ANNA], library=LIBRARY)
    except (SealBroken, LedgerBroken):
        return
    assert opened.body == {"roll": 1}
    assert told is None or told["facts"] == {"roll": 1}
