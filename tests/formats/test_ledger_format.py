"""`docs/formats/ledger.md` and the code promise the same."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countenance.errors import LedgerBroken, SealBroken
from countenance.ledger import (
    BODY_FIELDS,
    Actor,
    Checkpoint,
    ConsistencyProof,
    Edge,
    Entry,
    EntryKind,
    EntryProof,
    SealedEntry,
    append,
    controller_part_key,
    leaf_hash,
    open_checkpoint,
    open_controller_part,
    open_person_part,
    open_with_part_key,
    person_part_key,
    root,
    seal_entry,
    sign_checkpoint,
)
from countenance.seals import canonical
from ledger_page import PAGE, golden, golden_bytes, golden_lines
from ledger_shapes import MALFORMED, PART_BYTES, WELL_FRAMED, framed

VERSIONS = {1: "first version's ", 2: ""}


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    """Give each version of the format in turn."""
    return int(request.param)


@pytest.fixture
def sealed(version: int) -> SealedEntry:
    """Give the golden entry of a version."""
    return SealedEntry(golden_bytes(f"{VERSIONS[version]}salt"), golden_bytes(f"{VERSIONS[version]}payload"))


def test_golden_opens(sealed: SealedEntry) -> None:
    """The golden entry opens to the golden texts."""
    library = golden("library id")
    entry = open_controller_part(sealed, golden_bytes("controller's key"), library=library)
    told = open_person_part(sealed, golden_bytes("audit key"), library=library)
    spelt = {
        "actor": {"role": entry.actor.role, "account": entry.actor.account},
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "body": entry.body,
        "concerns": list(entry.concerns),
        "kind": entry.kind,
    }
    assert canonical(spelt).decode() == golden("controller's plain text")
    assert canonical(told).decode() == golden("person's plain text")


def test_golden_opens_by_the_page_alone(sealed: SealedEntry, version: int) -> None:
    """Read as the page says, with nothing of ours, the golden payload gives the golden texts."""
    texts = []
    salt = sealed.salt.hex()
    place = 1
    for key, kind in (("controller's key", "controller"), ("audit key", "person")):
        length = int.from_bytes(sealed.payload[place : place + 4], "big")
        part = sealed.payload[place + 4 : place + 4 + length]
        place += 4 + length
        bound = f"countenance ledger {version} {kind} {salt} {golden('library id')}".encode()
        secret = golden_bytes(key)
        if version == 2:
            own = hmac.digest(secret, bound, "sha256")
            assert part[:32] == hmac.digest(own, b"commitment", "sha256")
            secret, part = hmac.digest(own, b"sealing", "sha256"), part[32:]
        texts.append(AESGCM(secret).decrypt(part[:12], part[12:], bound).rstrip(b"\0").decode())
    assert texts == [golden("controller's plain text"), golden("person's plain text")]
    assert sealed.payload[:1] == bytes([version])
    assert place == len(sealed.payload)


def test_golden_leaf(sealed: SealedEntry, version: int) -> None:
    """R25: the golden entry of each version has the golden leaf."""
    assert leaf_hash(sealed) == golden_bytes(f"{VERSIONS[version]}leaf hash")


@pytest.mark.parametrize("version", [2])
def test_golden_hashes(sealed: SealedEntry) -> None:
    """The golden entry has the golden leaf, and three of them the golden edge and root, computed here by hand too."""
    leaf = hashlib.sha256(b"\x00" + sealed.salt + sealed.payload).digest()
    pair = hashlib.sha256(b"\x01" + leaf + leaf).digest()
    edge = append(append(append(Edge.empty(), leaf), leaf), leaf)
    assert leaf == leaf_hash(sealed) == golden_bytes("leaf hash")
    assert edge.to_bytes() == golden_bytes("edge after this entry three times")
    assert Edge.from_bytes(edge.to_bytes()) == edge == Edge(3, (pair, leaf))
    assert root(edge) == golden_bytes("root after this entry three times")
    assert root(edge) == hashlib.sha256(b"\x01" + pair + leaf).digest()


def test_every_kind_and_field_is_on_the_page() -> None:
    """The page's table has the kinds and body fields of the code, and explains each field."""
    kinds, explanations = PAGE.split("What the fields hold:")
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]*) \| [^|]* \|([^|]*)\|$", kinds, re.MULTILINE)
    bodies = {kind: set(re.findall(r"`(\w+)`", body)) for kind, body, _ in rows}
    fields = {EntryKind(kind): frozenset(body) for kind, body in bodies.items()}
    assert fields == BODY_FIELDS
    explained = set(
        re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", explanations, re.MULTILINE)))
    )
    used = {field for _, body, facts in rows for field in re.findall(r"`(\w+)`", body + facts)}
    assert used == explained


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_payloads_are_refused(payload: bytes) -> None:
    """A payload that is not framed as the page says is refused by both readers."""
    sealed = SealedEntry(bytes(32), payload)
    with pytest.raises(LedgerBroken):
        open_controller_part(sealed, bytes(32), library="l")
    with pytest.raises(LedgerBroken):
        open_person_part(sealed, bytes(32), library="l")


def test_malformed_is_malformed_for_its_fault_alone() -> None:
    """The parts that the malformed payloads are made of pass when framed well; only their seal is wrong."""
    for payload in WELL_FRAMED:
        assert open_person_part(SealedEntry(bytes(32), payload), bytes(32), library="l") is None


TEXT = (
    '{"actor":{"account":"a","role":"r"},"at":"2026-01-01T00:00:00.000000Z","body":{},"concerns":["p"],'
    '"kind":"indexed"}'
)
WRONG_TEXTS = {
    "not canonical": TEXT.replace(":", ": "),
    "not JSON": TEXT[:-1],
    "a list": "[]",
    "no text at all": "",
    "unknown kind": TEXT.replace("indexed", "sold"),
    "a moment in another spelling": TEXT.replace(".000000Z", "Z"),
    "a moment elsewhere": TEXT.replace(".000000Z", ".000000+01:00"),
    "no moment": TEXT.replace("2026-01-01T00:00:00.000000Z", "soon"),
    "a fraction": TEXT.replace('"body":{}', '"body":{"score":0.5}'),
    "no account": TEXT.replace('"a","role"', '"","role"'),
    "an account that is a number": TEXT.replace('"a","role"', '1,"role"'),
    "no actor": TEXT.replace('{"account":"a","role":"r"}', '"r"'),
    "a body that is text": TEXT.replace("{},", '"",'),
    "somebody twice": TEXT.replace('["p"]', '["p","p"]'),
    "people out of order": TEXT.replace('["p"]', '["q","p"]'),
    "people as numbers": TEXT.replace('["p"]', "[1]"),
    "people as text": TEXT.replace('["p"]', '"p"'),
    "a field too many": TEXT.replace("indexed", "indexed")[:-1] + ',"more":1}',
    "a field missing": TEXT.replace('"body":{},', ""),
}


def resealed(text: str, *, kind: str, key: bytes) -> SealedEntry:
    """Give an entry whose part of this kind says `text`, sealed as it must be."""
    salt = b"s" * 32
    parts = []
    for part in ("controller", "person"):
        said = text.encode() if part == kind else b"{}"
        bound = f"countenance ledger 1 {part} {salt.hex()} l".encode()
        parts.append(bytes(12) + AESGCM(key).encrypt(bytes(12), said.ljust(1024, b"\0"), bound))
    return SealedEntry(salt, framed(*parts))


@pytest.mark.parametrize("text", WRONG_TEXTS.values(), ids=WRONG_TEXTS.keys())
def test_wrong_texts_are_refused(text: str) -> None:
    """A controller's part that opens but does not say what an entry says is refused."""
    assert text != TEXT
    with pytest.raises(LedgerBroken, match="does not say"):
        open_controller_part(resealed(text, kind="controller", key=bytes(32)), bytes(32), library="l")


def test_the_right_text_is_read() -> None:
    """The text that the wrong ones are made of is read."""
    entry = open_controller_part(resealed(TEXT, kind="controller", key=bytes(32)), bytes(32), library="l")
    assert entry == Entry(EntryKind.INDEXED, datetime(2026, 1, 1, tzinfo=UTC), Actor("r", "a"), {}, {"p": {}})


@pytest.mark.parametrize("text", ["{}", "", '{"at":1}', '{ "at":"","facts":{},"kind":"","role":""}'])
def test_wrong_person_texts_are_refused(text: str) -> None:
    """A person part that opens but does not say what it must is refused, not handed on."""
    with pytest.raises(LedgerBroken, match="does not say"):
        open_person_part(resealed(text, kind="person", key=bytes(32)), bytes(32), library="l")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x02" + bytes(8),
        b"\x01" + bytes(7),
        b"\x01" + bytes(9),
        b"\x01" + bytes(7) + b"\x01",
        b"\x01" + bytes(7) + b"\x01" + bytes(31),
        b"\x01" + bytes(7) + b"\x01" + bytes(33),
        b"\x01" + bytes(7) + b"\x02" + bytes(64),
        b"\x01\x80" + bytes(7) + bytes(32),
    ],
)
def test_malformed_edges_are_refused(data: bytes) -> None:
    """Bytes that are no edge are refused: another version, length or size."""
    with pytest.raises(LedgerBroken):
        Edge.from_bytes(data)


def test_parts_are_laid_out_as_the_page_says() -> None:
    """A new entry has the version, and parts of commitment, nonce, doubled-up text and tag, each after its length."""
    entry = Entry(EntryKind.INDEXED, datetime(2026, 1, 1, tzinfo=UTC), Actor("steward", "s1"), {}, {"p": {}})
    made = seal_entry(entry, controller_key=bytes(32), audit_keys={"p": bytes(32)}, library="l")
    assert made.payload[:5] == b"\x02" + PART_BYTES[2].to_bytes(4, "big")
    assert made.payload[5 + PART_BYTES[2] :][:4] == PART_BYTES[2].to_bytes(4, "big")
    assert len(made.payload) == 1 + 2 * (4 + PART_BYTES[2])


def test_golden_part_key_opens_one_part(sealed: SealedEntry, version: int) -> None:
    """R28: the golden key of the person's part opens that part and no other; the first version has none."""
    library = golden("library id")
    key = person_part_key(sealed, golden_bytes("audit key"), library=library)
    if version == 1:
        assert key is None
        assert controller_part_key(sealed, golden_bytes("controller's key"), library=library) is None
        return
    assert key == golden_bytes("key of the person's part alone")
    assert canonical(open_with_part_key(sealed, key, library=library)).decode() == golden("person's plain text")
    again = seal_entry(
        Entry(EntryKind.INDEXED, datetime(2026, 1, 1, tzinfo=UTC), Actor("r", "a"), {}, {"p": {}}),
        controller_key=golden_bytes("controller's key"),
        audit_keys={"p": golden_bytes("audit key")},
        library=library,
    )
    with pytest.raises(SealBroken):
        open_with_part_key(again, key, library=library)


@pytest.mark.parametrize("version", [2])
def test_golden_checkpoint_and_proofs(sealed: SealedEntry) -> None:
    """R25: the golden checkpoint and proofs are written as they stand on the page, and verify."""
    note = golden_lines("checkpoint")
    public_key = golden_bytes("public key")
    checkpoint = open_checkpoint(note, public_key=public_key, library=golden("library id"))
    assert (checkpoint.size, checkpoint.root) == (3, golden_bytes("root after this entry three times"))
    assert sign_checkpoint(checkpoint, golden_bytes("private key")) == note
    proof = EntryProof(1, sealed, golden_hashes(), note, golden_bytes("key of the person's part alone"))
    lines = proof.to_text().splitlines(keepends=True)
    assert "".join([lines[0], *lines[2:]]) == golden_lines("proof of entry 1 without its extra")
    assert EntryProof.from_text(proof.to_text()) == proof
    told = proof.verified(public_key=public_key)[1]
    assert told is not None
    assert canonical(told).decode() == golden("person's plain text")
    grown = ConsistencyProof.from_text(golden_lines("proof that they begin with the first two"))
    first_two = append(append(Edge.empty(), leaf_hash(sealed)), leaf_hash(sealed))
    earlier = Checkpoint(checkpoint.origin, 2, root(first_two))
    assert grown.verified(earlier, public_key=public_key) == checkpoint


def golden_hashes() -> tuple[bytes, ...]:
    """Give the hashes of the golden proof."""
    head = golden_lines("proof of entry 1 without its extra").partition("\n\n")[0].splitlines()
    return tuple(base64.b64decode(line) for line in head[2:])
