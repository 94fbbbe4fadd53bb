"""Programs that are not ours read the ledger: tlog-scales and proofbundle accept what is right, and nothing else."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import proofbundle.checkpoint
import proofbundle.merkle
import proofbundle.tlogproof
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales import signing, tlog

from countenance.errors import CheckpointInvalid
from countenance.ledger import (
    EntryProof,
    SealedEntry,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    open_checkpoint,
    person_part_key,
    root_at,
)
from countenance.seals import note_key
from grown_ledger import ANNA, AUDIT_KEYS, LIBRARY, PRIVATE_KEY, PUBLIC_KEY, GrownLedger, deed, sealed, told

MOST = 70


@cache
def tall() -> GrownLedger:
    """Give a ledger of 70 entries, for proofs of every size; what the entries say is no matter here."""
    return GrownLedger.of(SealedEntry(bytes([place]) * 32, str(place).encode()) for place in range(MOST))


@cache
def real() -> GrownLedger:
    """Give a ledger of a few entries that are sealed as entries are."""
    return GrownLedger.of(sealed(deed(number)) for number in range(7))


def data(row: SealedEntry) -> bytes:
    """Give what the leaf is the hash of, behind the mark of leaves."""
    return row.salt + row.payload


def sizes() -> Iterator[tuple[int, int]]:
    """Give each pair of an earlier size, or a place, and a later size up to 70."""
    yield from ((first, size) for size in range(1, MOST + 1) for first in range(size + 1))


def changed(hashes: tuple[bytes, ...], chance: int) -> list[list[bytes]]:
    """Give the hashes with one bit flipped somewhere, with one too many, and with one too few."""
    place, bit = chance % len(hashes), chance % 256
    digest = bytearray(hashes[place])
    digest[bit // 8] ^= 1 << bit % 8
    flipped = [*hashes[:place], bytes(digest), *hashes[place + 1 :]]
    return [flipped, [*hashes, bytes(32)], list(hashes[:-1])]


def scales_includes(row: SealedEntry, place: int, size: int, hashes: list[bytes], root: bytes) -> bool:
    """Tell whether tlog-scales accepts an inclusion proof."""
    try:
        tlog.InclusionProof(place, size, hashes).check(leaf_hash(row), root)
    except tlog.InclusionProofInvalid:
        return False
    return True


def scales_extends(old: int, new: int, hashes: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Tell whether tlog-scales accepts a consistency proof."""
    try:
        tlog.ConsistencyProof(old, new, hashes).check(old_root, new_root)
    except tlog.ConsistencyProofInvalid:
        return False
    return True


def test_every_inclusion_proof_is_accepted_by_both() -> None:
    """R25: each of the 2,485 inclusion proofs up to 70 entries is accepted by both; changed, by neither."""
    ledger, accepted, refused = tall(), 0, 0
    for place, size in sizes():
        if place == size:
            continue
        row, root = ledger.rows[place], root_at(size, ledger.node)
        hashes = inclusion_proof(place, size, ledger.node)
        assert scales_includes(row, place, size, list(hashes), root)
        assert proofbundle.merkle.verify_inclusion(data(row), place, size, list(hashes), root)
        accepted += 1
        for other in changed(hashes, 31 * size + place) if hashes else [[bytes(32)]]:
            assert not scales_includes(row, place, size, other, root)
            assert not proofbundle.merkle.verify_inclusion(data(row), place, size, other, root)
            refused += 1
    assert (accepted, refused) == (MOST * (MOST + 1) // 2, 3 * (MOST * (MOST + 1) // 2) - 2)


def test_every_consistency_proof_is_accepted_by_both() -> None:
    """R25: each of the 2,555 consistency proofs up to 70 entries is accepted; changed, by neither.

    RFC 9162 leaves open whether a tree can be proved to begin with the empty one. tlog-scales says yes, proofbundle is
    not asked.
    """
    ledger, accepted, refused = tall(), 0, 0
    for old, new in sizes():
        roots = root_at(old, ledger.node), root_at(new, ledger.node)
        hashes = consistency_proof(old, new, ledger.node)
        assert scales_extends(old, new, list(hashes), *roots)
        assert not old or proofbundle.merkle.verify_consistency(old, new, list(hashes), *roots)
        accepted += 1
        if not old or old == new:
            assert hashes == ()
            continue
        for other in changed(hashes, 31 * new + old):
            assert not scales_extends(old, new, other, *roots)
            assert not proofbundle.merkle.verify_consistency(old, new, other, *roots)
            refused += 1
    assert (accepted, refused) == (MOST * (MOST + 3) // 2, 3 * MOST * (MOST - 1) // 2)


def test_their_trees_are_ours() -> None:
    """R25: proofbundle grows the same roots and makes the same proofs from the same entries, at every size to 33."""
    ledger = tall()
    rows = [data(row) for row in ledger.rows]
    for size in range(34):
        assert proofbundle.merkle.merkle_tree_hash(rows[:size]) == root_at(size, ledger.node)
        for place in range(size):
            theirs = proofbundle.merkle.inclusion_proof(rows[:size], place)
            assert tuple(theirs) == inclusion_proof(place, size, ledger.node)
            grown = proofbundle.merkle.consistency_proof(rows[:size], place + 1)
            assert tuple(grown) == consistency_proof(place + 1, size, ledger.node)


def scales_opens(note: str, key: str) -> tlog.Checkpoint:
    """Give a checkpoint as tlog-scales reads and verifies it."""
    checkpoint = tlog.Checkpoint.from_text(note)
    checkpoint.verify(signing.Vkey.from_string(key))
    return checkpoint


def test_our_checkpoints_open_in_both() -> None:
    """R25: a checkpoint of any size, and our public key as C2SP spells it, are read and verified by both."""
    ledger = tall()
    key = note_key(ledger.origin, PUBLIC_KEY)
    assert proofbundle.checkpoint.vkey(ledger.origin, PUBLIC_KEY) == key
    assert signing.Vkey.from_string(key).key_id == signing.Vkey(ledger.origin, None, 1, PUBLIC_KEY).key_id
    for size in range(MOST + 1):
        ours = ledger.checkpoint(size)
        scales = scales_opens(ledger.note(size), key)
        assert (scales.origin, scales.size, scales.root_hash) == (ours.origin, size, ours.root)
        bundle = proofbundle.checkpoint.verify_checkpoint(ledger.note(size), key)
        assert (bundle["ok"], bundle["origin"], bundle["tree_size"]) == (True, ours.origin, size)
        assert bundle["root"] == ours.root


def test_our_changed_checkpoints_open_in_neither() -> None:
    """R26: a checkpoint with another size, root or signature, or under another key, is refused by both."""
    ledger = tall()
    key = note_key(ledger.origin, PUBLIC_KEY)
    note = ledger.note()
    lines = note.split("\n")
    other = base64.b64encode(bytes(32)).decode()
    signature = lines[4][:-6] + ("A" if lines[4][-6] != "A" else "B") + lines[4][-5:]
    for spoilt in (
        note.replace("\n70\n", "\n71\n"),
        note.replace(lines[2], other),
        note.replace(lines[4], signature),
        replace(ledger, private_key=bytes(32)).note(),
    ):
        assert spoilt != note
        with pytest.raises((InvalidSignature, RuntimeError)):
            scales_opens(spoilt, key)
        assert not proofbundle.checkpoint.verify_checkpoint(spoilt, key)["ok"]
        with pytest.raises(CheckpointInvalid):
            open_checkpoint(spoilt, public_key=PUBLIC_KEY)


def test_both_sign_as_we_do() -> None:
    """R25: what they sign with our key for the same tree is our note to the byte, and ours opens it."""
    ledger = real()
    ours = ledger.checkpoint()
    scales = tlog.Checkpoint.make_signed(
        ours.origin, ours.size, ours.root, [signing.PlainEd25519Signer(ours.origin, PRIVATE_KEY)]
    ).serialize()
    signer = Ed25519PrivateKey.from_private_bytes(PRIVATE_KEY)
    bundle = proofbundle.checkpoint.sign_checkpoint(ours.origin, ours.size, ours.root, signer, ours.origin)
    assert scales == bundle == ledger.note()
    assert open_checkpoint(scales, public_key=PUBLIC_KEY, library=LIBRARY) == ours


def test_a_witness_may_sign_too() -> None:
    """R25, R27: a witness adds its line to our checkpoint; ours still opens it, and theirs finds both signatures."""
    ledger = real()
    witness = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
    note = proofbundle.checkpoint.cosign_checkpoint(ledger.note(), witness, "works-council.example", 1_800_000_000)
    assert note.count("\n— ") == 2
    assert open_checkpoint(note, public_key=PUBLIC_KEY, library=LIBRARY) == ledger.checkpoint()
    key = proofbundle.checkpoint.cosign_vkey("works-council.example", witness.public_key().public_bytes_raw())
    assert proofbundle.checkpoint.verify_cosignature(note, key)["ok"]
    assert len(scales_opens(note, note_key(ledger.origin, PUBLIC_KEY)).signatures) == 2
    proof = replace(ledger.entry_proof(2), checkpoint=note)
    assert EntryProof.from_text(proof.to_text()).verified(public_key=PUBLIC_KEY)[0] == ledger.checkpoint()


def bundle_holds(text: str, row: SealedEntry) -> bool:
    """Tell whether proofbundle verifies a proof of an entry, and finds nothing wrong on the way."""
    key = note_key(real().origin, PUBLIC_KEY)
    verdict = proofbundle.tlogproof.verify_tlog_proof(text, data(row), key, expected_origin=real().origin)
    return bool(verdict["ok"])


def test_our_proofs_hold_for_proofbundle() -> None:
    """R25, R28: the text of each proof is parsed and verified by proofbundle; another entry is not in it."""
    ledger = real()
    for place, row in enumerate(ledger.rows):
        key = person_part_key(row, AUDIT_KEYS[ANNA], library=LIBRARY)
        for proof in (ledger.entry_proof(place), ledger.entry_proof(place, part_key=key)):
            text = proof.to_text()
            assert bundle_holds(text, row)
            assert not bundle_holds(text, ledger.rows[place - 1])
            assert not bundle_holds(text.replace(f"index {place}", f"index {place + 1}"), row)
            parsed = proofbundle.tlogproof.parse_tlog_proof(text)
            assert (parsed["index"], tuple(parsed["proof"])) == (place, proof.hashes)
            assert parsed["checkpoint"] == ledger.note()
            assert parsed["extra"].endswith(data(row))


def test_their_proofs_hold_for_us() -> None:
    """R25, R28: a proof that proofbundle wrote, hashes and all, is ours to the byte, and opens."""
    ledger = real()
    rows = [data(row) for row in ledger.rows]
    for place, row in enumerate(ledger.rows):
        key = person_part_key(row, AUDIT_KEYS[ANNA], library=LIBRARY)
        ours = ledger.entry_proof(place, part_key=key)
        extra = proofbundle.tlogproof.parse_tlog_proof(ours.to_text())["extra"]
        hashes = proofbundle.merkle.inclusion_proof(rows, place)
        theirs = proofbundle.tlogproof.format_tlog_proof(place, hashes, ledger.note(), extra=extra)
        assert theirs == ours.to_text()
        said = told(EntryProof.from_text(theirs))
        assert said is not None
        assert said["facts"] == deed(place).concerns[ANNA]
