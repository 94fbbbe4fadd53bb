"""tools/verify_ledger.py and our own code, written apart from each other, accept and refuse the same."""

import io
import json
import random
import string
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from countenance.errors import CheckpointInvalid, CountenanceError, LedgerBroken
from countenance.ledger import (
    Checkpoint,
    ConsistencyProof,
    EntryProof,
    SealedEntry,
    consistency_proof,
    inclusion_proof,
    open_checkpoint,
    person_part_key,
    read_copy,
    root_at,
    verify_against,
    verify_consistency,
    verify_inclusion,
)
from countenance.ledger._frame import split_payload
from countenance.ledger._parts import sealed_part
from countenance.seals import canonical
from grown_ledger import ANNA, AUDIT_KEYS, LIBRARY, PRIVATE_KEY, PUBLIC_KEY, GrownLedger, deed, sealed
from ledger_notes import signed_checkpoint
from ledger_page import ledger_verifier
from ledger_shapes import MALFORMED, WELL_FRAMED, framed

SIZE = 9
OLD = 5
Judge = Callable[[str], Any]
"""Give what a text proves, or None if it is refused."""


@cache
def ledger() -> GrownLedger:
    """Give a small ledger."""
    return GrownLedger.of(sealed(deed(number)) for number in range(SIZE))


def proof(place: int, size: int) -> str:
    """Give the proof of an entry with which Anna reads her part of it."""
    key = person_part_key(ledger().rows[place], AUDIT_KEYS[ANNA], library=LIBRARY)
    return ledger().entry_proof(place, size=size, part_key=key).to_text()


def our_checkpoint(text: str) -> object:
    """Judge a checkpoint with our code."""
    try:
        found = open_checkpoint(text, public_key=PUBLIC_KEY)
    except CheckpointInvalid:
        return None
    return found.origin, found.size, found.root


def their_checkpoint(text: str) -> object:
    """Judge it with the other program."""
    tool = ledger_verifier()
    try:
        found = tool.open_checkpoint(text, PUBLIC_KEY)
    except tool.Wrong:
        return None
    return found.origin, found.size, found.root


def our_proof(text: str) -> object:
    """Judge the proof of an entry with our code."""
    try:
        read = EntryProof.from_text(text)
        checkpoint, told = read.verified(public_key=PUBLIC_KEY)
    except CheckpointInvalid:
        return None
    return checkpoint.size, checkpoint.root, read.place, told


def their_proof(text: str) -> object:
    """Judge it with the other program."""
    tool = ledger_verifier()
    try:
        checkpoint, place, _, told = tool.check_proof(text, PUBLIC_KEY)
    except tool.Wrong:
        return None
    return checkpoint.size, checkpoint.root, place, told


@cache
def remembered() -> Checkpoint:
    """Give the earlier checkpoint."""
    return ledger().checkpoint(OLD)


def our_growth(text: str) -> object:
    """Judge with our code whether the ledger of nine entries is proved to begin with that of five."""
    try:
        later = ConsistencyProof.from_text(text).verified(remembered(), public_key=PUBLIC_KEY)
    except CheckpointInvalid:
        return None
    return later.size == SIZE or None


@cache
def old_and_new() -> tuple[Any, Any]:
    """Give the two checkpoints that growth is proved between, as the other program holds them."""
    old, new = (ledger_verifier().open_checkpoint(ledger().note(size), PUBLIC_KEY) for size in (OLD, SIZE))
    return old, new


def their_growth(text: str) -> object:
    """Judge it with the other program."""
    tool = ledger_verifier()
    try:
        tool.check_growth(text, *old_and_new(), PUBLIC_KEY)
    except tool.Wrong:
        return None
    return True


def our_copy(text: str) -> object:
    """Judge a copy with our code."""
    try:
        head, rows = read_copy(io.StringIO(text))
        checkpoint = open_checkpoint(head.checkpoint, public_key=PUBLIC_KEY)
        verdict = verify_against(rows, [checkpoint])
    except CountenanceError:
        return None
    spelt = json.loads(text.split("\n", maxsplit=1)[0])["public_key"]
    return (
        (verdict.size, verdict.root)
        if verdict.ok and verdict.size == checkpoint.size and spelt == PUBLIC_KEY.hex()
        else None
    )


def their_copy(text: str) -> object:
    """Judge it with the other program."""
    tool = ledger_verifier()
    try:
        checkpoint, _ = tool.check_copy(io.StringIO(text), PUBLIC_KEY)
    except tool.Wrong:
        return None
    return checkpoint.size, checkpoint.root


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED.keys())
def test_they_refuse_the_same_frames(payload: bytes) -> None:
    """R25: a payload that is not framed as the page says is refused by both, whoever signed it."""
    tool = ledger_verifier()
    with pytest.raises(LedgerBroken):
        split_payload(payload)
    with pytest.raises(tool.Wrong):
        tool.split_payload(payload)


def test_they_read_the_same_frames() -> None:
    """R25: the parts of a payload that is framed well are the same for both."""
    for payload in (*WELL_FRAMED, *(row.payload for row in ledger().rows)):
        ours = split_payload(payload)
        assert ledger_verifier().split_payload(payload) == (ours.version, [ours.controller, *ours.persons])


FACTS = {"\U0001f600": 1, "\ue000": "after it, by UTF-16", "": [None, True, {"é": '\x7f\x1f"\\'}], "n": 2**53 - 1}
TOLD = {"at": "2026-01-01T00:00:00.000000Z", "facts": FACTS, "kind": "indexed", "role": "staff"}


def proof_saying(plain: bytes, key: bytes = bytes(32), version: int = 2) -> str:
    """Give a proof, signed and all, of an entry whose person part says these bytes."""
    salt, length = bytes(32), 1024 if version == 2 else 1024 - 32
    parts = [
        sealed_part(one, text.ljust(length, b"\0"), name, salt=salt, library=LIBRARY)
        for one, text, name in ((b"c" * 32, b"{}", "controller"), (key, plain, "person"))
    ]
    held = GrownLedger.of([SealedEntry(salt, framed(*parts, version=version))])
    return held.entry_proof(0, part_key=key).to_text()


def test_they_agree_on_what_is_said() -> None:
    """R28: any text, number and name is read alike; what is spelt in another way than RFC 8785 has it is refused."""
    text = proof_saying(canonical(TOLD))
    assert our_proof(text) == their_proof(text) is not None
    plain = canonical(TOLD)
    for other in (
        plain.replace(b":", b": ", 1),
        plain.replace(b"2026", b"\\u0032026"),
        plain.replace(b"{", b'{"at":"",', 1),
        plain[:-1],
        json.dumps(TOLD, separators=(",", ":")).encode(),
        json.dumps(TOLD, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode(),
        plain.decode().encode("utf-16"),
        b"[]",
        b"",
        b"\xff",
        b"[" * 900,
        canonical({**TOLD, "more": 1}),
        canonical({"at": "", "kind": "", "role": ""}),
        canonical({"at": "", "kind": "", "actor": {}, "body": {}, "concerns": []}),
    ):
        assert other != plain
        assert our_proof(proof_saying(other)) is None
        assert their_proof(proof_saying(other)) is None
    # In the frame of the first version, whose parts are committed to nothing, a key opens nothing.
    assert our_proof(proof_saying(plain, version=1)) is their_proof(proof_saying(plain, version=1)) is None
    for number in (0.5, 2**53, -(2**53)):
        fraction = json.dumps({**TOLD, "facts": {"n": number}}, separators=(",", ":"), sort_keys=True).encode()
        assert their_proof(proof_saying(fraction)) is None


def test_they_agree_on_what_cannot_be() -> None:
    """R26: a place beyond the end, a size that no ledger has, a hash too many for the empty one: refused by both."""
    single = GrownLedger.of(ledger().rows[:1])
    beyond = single.entry_proof(0).to_text().replace("index 0", "index 5")
    assert our_proof(beyond) == their_proof(beyond) is None
    for size, holds in ((2**63 - 1, True), (2**63, False), (10**18 * 9 + 10**18, False)):
        note = signed_checkpoint(LIBRARY, PRIVATE_KEY, size=size)
        assert our_checkpoint(note) == their_checkpoint(note)
        assert (our_checkpoint(note) is not None) is holds
    tool, empty = ledger_verifier(), ledger().checkpoint(0)
    for hashes in ((), (bytes(32),)):
        text = replace(ledger().growth(0), hashes=hashes).to_text()
        with pytest.raises(CheckpointInvalid) if hashes else nullcontext():
            ConsistencyProof.from_text(text).verified(empty, public_key=PUBLIC_KEY)
        with pytest.raises(tool.Wrong) if hashes else nullcontext():
            tool.check_growth(text, tool.open_checkpoint(ledger().note(0), PUBLIC_KEY), old_and_new()[1], PUBLIC_KEY)


def test_they_agree_on_many_signatures() -> None:
    """R25: up to 64 signatures are read, whoever gave them; more, or a line that is none behind many, are refused."""
    note = ledger().note()
    witness = "".join(f"— witness/{number} {'x' * 91}=\n" for number in range(64)).replace("x=", "w=")
    lines = witness.splitlines(keepends=True)
    assert our_checkpoint(note + "".join(lines[:63])) == their_checkpoint(note + "".join(lines[:63])) is not None
    for more in (witness, "".join(lines[:63]) + "— "):
        assert our_checkpoint(note + more) is None
        assert their_checkpoint(note + more) is None


def test_they_agree_on_kinds_of_values() -> None:
    """R28: what is signed and sealed well, and yet is no entry, is refused by both and crashes neither."""
    others: list[dict[str, Any]] = [
        {"kind": []},
        {"at": 1},
        {"role": None},
        {"facts": "purpose"},
        {"facts": {"n": 0.5}},
        {"facts": 2**53},
    ]
    for other in others:
        text = proof_saying(json.dumps({**TOLD, "facts": {}, **other}, separators=(",", ":"), sort_keys=True).encode())
        assert our_proof(text) is None
        assert their_proof(text) is None


def test_they_agree_on_spellings_of_copies() -> None:
    """R25: true is no place, a name stands once, and base64 has one spelling."""
    text = "".join(ledger().copy(SIZE))
    assert our_copy(text) == their_copy(text) is not None
    salt = json.loads(text.splitlines()[1])["salt"]
    other = salt[:-2] + chr(ord(salt[-2]) ^ 1) + "="
    for changed in (
        text.replace('"entry": 1,', '"entry": true,'),
        text.replace('"entry": 1,', '"entry": 7, "entry": 1,'),
        text.replace(salt, other),
    ):
        assert changed != text
        assert our_copy(changed) is None
        assert their_copy(changed) is None


def test_every_letter_of_a_checkpoint_counts() -> None:
    """R26: change, take out or put in any one letter of a checkpoint: both refuse it."""
    note = ledger().note()
    assert our_checkpoint(note) == their_checkpoint(note) is not None
    for place in range(len(note)):
        before, letter, after = note[:place], note[place], note[place + 1 :]
        for changed in (before + chr(ord(letter) ^ 1) + after, before + after, f"{before}{letter}{letter}{after}"):
            if changed != note:
                assert our_checkpoint(changed) is None
                assert their_checkpoint(changed) is None
    # Bits that base64 does not need, in the last letter of the root and of the signature.
    for place in (note.index("=") - 1, note.rindex("=") - 1):
        for letter in set(string.ascii_letters + string.digits + "+/") - {note[place]}:
            changed = note[:place] + letter + note[place + 1 :]
            assert our_checkpoint(changed) is None
            assert their_checkpoint(changed) is None


def test_every_letter_of_a_proof_counts() -> None:
    """R26: change any one letter of a proof, of an entry or of growth: both refuse it, wherever it is."""
    text, grown = proof(3, SIZE), ledger().growth(OLD).to_text()
    assert our_proof(text) == their_proof(text) is not None
    assert our_growth(grown) == their_growth(grown) is True
    for place in range(len(text)):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        assert their_proof(changed) is None
        assert place % 11 or our_proof(changed) is None
    for place in range(len(grown)):
        changed = grown[:place] + chr(ord(grown[place]) ^ 1) + grown[place + 1 :]
        assert their_growth(changed) is None
        assert our_growth(changed) is None
    assert len(text) > 3000


def spoilt(text: str, others: list[str], chance: random.Random) -> str:
    """Give a text with something done to it by somebody who has others of its kind at hand."""
    lines = text.split("\n")
    line, other = chance.randrange(len(lines)), chance.choice(others).split("\n")
    place = chance.randrange(len(text))
    match chance.randrange(9):
        case 0:
            return text[:place] + chance.choice("AZaz09+/= \n\t\x00—é\u2028\U0001f600") + text[place + 1 :]
        case 1:
            return text[:place] + text[place + 1 :]
        case 2:
            return text[:place] + chance.choice(text) + text[place:]
        case 3:
            lines[line] = chance.choice(other)
        case 4:
            lines.insert(line, chance.choice(other))
        case 5:
            del lines[line]
        case 6:
            lines[line:] = other[line:]
        case 7:
            swapped = chance.randrange(len(lines))
            lines[line], lines[swapped] = lines[swapped], lines[line]
        case _:
            return text.replace("1\n", "2\n", 1) if chance.randrange(2) else text + text[:place]
    return "\n".join(lines)


def agree(ours: Judge, theirs: Judge, texts: list[str], rounds: int) -> None:
    """State that two judges say the same of many spoilt texts, and that some were accepted and more refused."""
    chance = random.Random(25)  # noqa: S311  (texts to be had again, not secrets)
    accepted = 0
    for _ in range(rounds):
        changed = spoilt(chance.choice(texts), texts, chance)
        verdict = ours(changed)
        assert theirs(changed) == verdict, changed
        accepted += verdict is not None
    assert 0 < accepted < rounds // 2


def test_they_agree_on_checkpoints() -> None:
    """R25, R26: whatever is done to checkpoints, both open it to the same, or neither."""
    agree(our_checkpoint, their_checkpoint, [ledger().note(size) for size in (0, 1, OLD, SIZE)], 1500)


def test_they_agree_on_proofs() -> None:
    """R25, R26: whatever is done to proofs, both are told the same by it, or neither."""
    agree(
        our_proof, their_proof, [proof(place, size) for place, size in ((3, SIZE), (3, OLD), (4, OLD), (8, SIZE))], 1000
    )


def test_they_agree_on_growth() -> None:
    """R25, R26: whatever is done to proofs of growth, both are shown the same by it, or neither."""
    sizes = ((OLD, SIZE), (OLD, 8), (4, SIZE), (OLD, OLD), (0, SIZE))
    agree(our_growth, their_growth, [ledger().growth(old, size=new).to_text() for old, new in sizes], 1000)


def test_they_agree_on_copies() -> None:
    """R25, R26: whatever is done to copies, both find the same ledger in it, or neither."""
    agree(our_copy, their_copy, ["".join(ledger().copy(size)) for size in (0, 1, OLD, SIZE)], 600)


def test_they_agree_on_trees() -> None:
    """R25: written from RFC 6962, read backwards, they accept what is written from RFC 9162, for every size to 33."""
    tool, node = ledger_verifier(), GrownLedger.of(SealedEntry(bytes([place]) * 32, b"") for place in range(33)).node
    chance = random.Random(33)  # noqa: S311  (the same)

    def shown(size: int, place: int, hashes: tuple[bytes, ...]) -> bool:
        try:
            return bool(tool.root_by_inclusion(node(0, place), place, size, list(hashes)) == root_at(size, node))
        except tool.Wrong:
            return False

    def grown(old: int, new: int, hashes: tuple[bytes, ...]) -> bool:
        roots = root_at(old, node), root_at(new, node)
        try:
            return bool(tool.roots_by_growth(old, roots[0], new, list(hashes)) == roots)
        except tool.Wrong:
            return False

    for size in range(1, 34):
        for place in range(size):
            for hashes in versions(inclusion_proof(place, size, node), chance):
                root = root_at(size, node)
                assert shown(size, place, hashes) == verify_inclusion(node(0, place), place, size, root, hashes)
            old = place + 1
            for hashes in versions(consistency_proof(old, size, node), chance):
                roots = root_at(old, node), root_at(size, node)
                assert grown(old, size, hashes) == verify_consistency(old, roots[0], size, roots[1], hashes)


def versions(hashes: tuple[bytes, ...], chance: random.Random) -> list[tuple[bytes, ...]]:
    """Give hashes as they are, and with one more, one less, another, and two exchanged."""
    if not hashes:
        return [hashes, (bytes(32),)]
    place = chance.randrange(len(hashes))
    return [
        hashes,
        (*hashes, bytes(32)),
        hashes[:-1],
        (*hashes[:place], bytes(32), *hashes[place + 1 :]),
        (*hashes[place:], *hashes[:place]),
    ]
