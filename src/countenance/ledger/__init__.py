"""What was done and what it hashes to: entries, their sealed form, the tree, checkpoints and proofs.

Keeping them is left to the stores. The format is promised in `docs/formats/ledger.md`.
"""

from countenance.ledger._checkpoint import Checkpoint, library_and_branch, open_checkpoint, origin_of, sign_checkpoint
from countenance.ledger._consistency_proof import ConsistencyProof, prove_consistency
from countenance.ledger._copy import CopyHead, read_copy, write_copy
from countenance.ledger._entry import BODY_FIELDS, JSON, Actor, Entry, EntryKind, read_moment, spell_moment
from countenance.ledger._entry_proof import EntryProof, prove_entry
from countenance.ledger._frame import SealedEntry, leaf_hash
from countenance.ledger._proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from countenance.ledger._reasons import REASON_CLASS_WORDS, ReasonClass
from countenance.ledger._sealed import (
    controller_part_key,
    fitting_controller_key,
    open_controller_part,
    open_person_part,
    open_with_part_key,
    person_part_key,
    seal_entry,
)
from countenance.ledger._tree import Edge, Node, NodeAt, append, edge_at, nodes_of_append, root, root_at
from countenance.ledger._verdict import Agreement, Comparison, Verdict, verify, verify_against

__all__ = [
    "BODY_FIELDS",
    "JSON",
    "REASON_CLASS_WORDS",
    "Actor",
    "Agreement",
    "Checkpoint",
    "Comparison",
    "ConsistencyProof",
    "CopyHead",
    "Edge",
    "Entry",
    "EntryKind",
    "EntryProof",
    "Node",
    "NodeAt",
    "ReasonClass",
    "SealedEntry",
    "Verdict",
    "append",
    "consistency_proof",
    "controller_part_key",
    "edge_at",
    "fitting_controller_key",
    "inclusion_proof",
    "leaf_hash",
    "library_and_branch",
    "nodes_of_append",
    "open_checkpoint",
    "open_controller_part",
    "open_person_part",
    "open_with_part_key",
    "origin_of",
    "person_part_key",
    "prove_consistency",
    "prove_entry",
    "read_copy",
    "read_moment",
    "root",
    "root_at",
    "seal_entry",
    "sign_checkpoint",
    "spell_moment",
    "verify",
    "verify_against",
    "verify_consistency",
    "verify_inclusion",
    "write_copy",
]
