"""The proof that an entry is in the ledger, as one text (c2sp.org/tlog-proof) that verifies without the library."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countenance.errors import CheckpointInvalid, LedgerBroken, SealBroken
from countenance.ledger._checkpoint import REMEDY, Checkpoint, open_checkpoint
from countenance.ledger._entry import JSON
from countenance.ledger._frame import SALT_BYTES, SealedEntry, leaf_hash, split_payload
from countenance.ledger._proof_lines import decoded, encoded, hash_lines, number, split_proof
from countenance.ledger._proofs import inclusion_proof, verify_inclusion
from countenance.ledger._sealed import open_with_part_key
from countenance.ledger._tree import NodeAt
from countenance.seals import KEY_BYTES

HEAD: Final = "c2sp.org/tlog-proof@v1"
EXTRA_VERSION: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class EntryProof:
    """An entry as it is sealed, its place, the hashes up to the root, and the signed checkpoint with that root.

    `part_key` (32 bytes) opens one part of this entry and of no other; None: the proof shows that the entry is there,
    and not what it says.
    """

    place: int
    sealed: SealedEntry
    hashes: tuple[bytes, ...]
    checkpoint: str
    part_key: bytes | None = None

    def to_text(self) -> str:
        """Give the text; its `extra` line holds the sealed entry and the key."""
        extra = EXTRA_VERSION + _with_length(self.part_key or b"") + self.sealed.salt + self.sealed.payload
        head = [HEAD, f"extra {encoded(extra)}", f"index {self.place}", *map(encoded, self.hashes)]
        return "\n".join(head) + "\n\n" + self.checkpoint

    @staticmethod
    def from_text(text: str) -> "EntryProof":
        """Read what `to_text` gave; whether it holds, `verified` says.

        Raises:
            CheckpointInvalid: it is no such proof.
        """
        lines, checkpoint = split_proof(text)
        match lines:
            case [head, extra, index, *hashes] if head == HEAD:
                key, sealed = _read_extra(decoded(extra, "extra "))
                proof = EntryProof(number(index, "index "), sealed, hash_lines(hashes), checkpoint, key)
                if proof.to_text() == text:
                    return proof
        raise CheckpointInvalid("this is no proof of a ledger entry", remedy=REMEDY)

    def verified(
        self, *, public_key: bytes, library: str | None = None
    ) -> tuple[Checkpoint, Mapping[str, JSON] | None]:
        """Give the checkpoint under which the entry is, and what the proof lets read of it.

        Raises:
            CheckpointInvalid: the signature does not hold, the entry is not under it, or the key is not this entry's.
        """
        checkpoint = open_checkpoint(self.checkpoint, public_key=public_key, library=library)
        if not verify_inclusion(leaf_hash(self.sealed), self.place, checkpoint.size, checkpoint.root, self.hashes):
            raise CheckpointInvalid("the entry is not in the ledger that the checkpoint is of", remedy=REMEDY)
        try:
            split_payload(self.sealed.payload)
            if self.part_key is None:
                return checkpoint, None
            return checkpoint, open_with_part_key(self.sealed, self.part_key, library=checkpoint.library)
        except (LedgerBroken, SealBroken) as problem:
            raise CheckpointInvalid(f"the proof does not show its entry: {problem.what}", remedy=REMEDY) from problem


def prove_entry(
    place: int, sealed: SealedEntry, *, size: int, node: NodeAt, checkpoint: str, part_key: bytes | None = None
) -> EntryProof:
    """Prove the entry at a place to be under a signed checkpoint of `size` entries.

    Raises:
        ValueError: there are not so many entries.
    """
    return EntryProof(place, sealed, inclusion_proof(place, size, node), checkpoint, part_key)


def _with_length(key: bytes) -> bytes:
    return bytes([len(key)]) + key


def _read_extra(extra: bytes) -> tuple[bytes | None, SealedEntry]:
    key_start = len(EXTRA_VERSION) + 1
    length = extra[len(EXTRA_VERSION)] if len(extra) >= key_start else 1
    key_end = key_start + length
    if not extra.startswith(EXTRA_VERSION) or length not in {0, KEY_BYTES} or len(extra) < key_end + SALT_BYTES:
        raise CheckpointInvalid("the proof does not hold a ledger entry", remedy=REMEDY)
    sealed = SealedEntry(extra[key_end : key_end + SALT_BYTES], extra[key_end + SALT_BYTES :])
    return extra[key_start:key_end] or None, sealed
