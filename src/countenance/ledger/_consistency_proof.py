"""The proof that the ledger only grew between two checkpoints, framed as c2sp.org/tlog-witness has it."""

from dataclasses import dataclass

from countenance.errors import CheckpointInvalid
from countenance.ledger._checkpoint import REMEDY, Checkpoint, open_checkpoint
from countenance.ledger._proof_lines import encoded, hash_lines, no_proof, number, split_proof
from countenance.ledger._proofs import consistency_proof, verify_consistency
from countenance.ledger._tree import NodeAt


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The size of the earlier tree, the hashes, and the later signed checkpoint."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    def to_text(self) -> str:
        """Give the text: `old` and the size, the hashes, an empty line, the later checkpoint."""
        return "\n".join([f"old {self.old}", *map(encoded, self.hashes)]) + "\n\n" + self.checkpoint

    @staticmethod
    def from_text(text: str) -> "ConsistencyProof":
        """Read what `to_text` gave; whether it holds, `verified` says.

        Raises:
            CheckpointInvalid: it is no such proof.
        """
        lines, checkpoint = split_proof(text)
        proof = ConsistencyProof(number(lines[0], "old "), hash_lines(lines[1:]), checkpoint)
        if proof.to_text() != text:
            raise no_proof()
        return proof

    def verified(self, earlier: Checkpoint, *, public_key: bytes) -> Checkpoint:
        """Give the later checkpoint, whose tree begins with that of an earlier one.

        Raises:
            CheckpointInvalid: it does not, or they are of two logs.
        """
        later = open_checkpoint(self.checkpoint, public_key=public_key, library=earlier.library)
        if later.origin != earlier.origin:
            raise CheckpointInvalid(
                f"the checkpoints are of two logs: {earlier.origin} and {later.origin}",
                remedy="the ledger was put back to an older state in between; ask the controller why",
            )
        if self.old != earlier.size or not verify_consistency(
            earlier.size, earlier.root, later.size, later.root, self.hashes
        ):
            raise CheckpointInvalid("the later ledger does not begin with the earlier one", remedy=REMEDY)
        return later


def prove_consistency(old: int, *, size: int, node: NodeAt, checkpoint: str) -> ConsistencyProof:
    """Prove that the ledger of `size` entries under a signed checkpoint begins with that of `old` entries.

    Raises:
        ValueError: it has not so many.
    """
    return ConsistencyProof(old, consistency_proof(old, size, node), checkpoint)
