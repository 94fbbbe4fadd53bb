"""Whether a ledger may be signed for: only if it begins with what was signed for last; pure, so that stores agree."""

import secrets

from countenance.errors import CheckpointInvalid, LedgerBroken
from countenance.ledger import (
    Checkpoint,
    Edge,
    NodeAt,
    consistency_proof,
    edge_at,
    library_and_branch,
    open_checkpoint,
    origin_of,
    root,
    root_at,
    sign_checkpoint,
    verify_consistency,
)
from countenance.seals import public_key_of

FIRST_BRANCH = 1
# An origin has room for nine digits.
LAST_BRANCH = 999_999_999
# Two restorings of one backup, each with a mirror of its own or with none, take the same number once in so many times.
BRANCHES_AHEAD = 1_000_000
REMEDY = "see what `countenance verify` says, and restore the library from a backup"


def empty_checkpoint(library: str, signing_key: bytes) -> str:
    """Give the signed note of a ledger of no entries, which every ledger continues: a library begins with it."""
    return sign_checkpoint(Checkpoint(origin_of(library, FIRST_BRANCH), 0, root(Edge.empty())), signing_key)


def next_checkpoint(last: str, edge: Edge, node: NodeAt, *, origin: str, signing_key: bytes) -> str:
    """Give the signed note of a tree, after seeing that it continues the one of the last note.

    The last note itself, if it is of this tree and this origin. What is looked at are the nodes of the proof that a
    verifier would ask for, so that nothing is signed for which none could be made.

    Raises:
        LedgerBroken: the tree does not continue it, or the nodes do not give the tree's edge.
    """
    checkpoint = Checkpoint(origin, edge.size, root(edge))
    before = opened(last, public_key=public_key_of(signing_key), library=checkpoint.library)
    if not continues(before, edge, node):
        raise LedgerBroken(
            f"the ledger does not continue the checkpoint of {before.size} entries that was signed", remedy=REMEDY
        )
    if edge_at(edge.size, node) != edge:
        raise LedgerBroken("the nodes of the ledger's tree do not give the edge that was kept", remedy=REMEDY)
    return last if checkpoint == before else sign_checkpoint(checkpoint, signing_key)


def was_put_back(remembered: Checkpoint, *, origin: str, edge: Edge, node: NodeAt) -> bool:
    """Tell whether a ledger is older, or another, than a checkpoint that is remembered of it outside.

    A ledger on a later branch has left the remembered one behind on purpose.
    """
    _, branch = library_and_branch(origin)
    if branch != remembered.branch:
        return branch < remembered.branch
    return not begins_with(remembered, edge, node)


def begins_with(before: Checkpoint, edge: Edge, node: NodeAt) -> bool:
    """Tell whether a ledger had this tree once, as its nodes have it."""
    return before.size <= edge.size and root_at(before.size, node) == before.root


def branch_after(branch: int, remembered: Checkpoint | None) -> int:
    """Give the number of the branch on which a ledger goes on that was put back while it was on this one.

    The next number may have been used already, by another restoring of the same backup beside another copy of what is
    remembered. So it is drawn from the million after both, and from fewer when fewer are left, so that they do not end.
    """
    known = branch if remembered is None else max(branch, remembered.branch)
    ahead = min(BRANCHES_AHEAD, max(1, (LAST_BRANCH - known) // 1000))
    return known + 1 + secrets.randbelow(ahead)


def opened(note: str, *, public_key: bytes, library: str) -> Checkpoint:
    """Give the checkpoint that a library keeps as the one signed last.

    Raises:
        LedgerBroken: the library has not signed it.
    """
    try:
        return open_checkpoint(note, public_key=public_key, library=library)
    except CheckpointInvalid as problem:
        raise LedgerBroken(f"the last checkpoint is not one: {problem.what}", remedy=REMEDY) from problem


def continues(before: Checkpoint, edge: Edge, node: NodeAt) -> bool:
    """Tell whether a tree with this edge begins with the one that a checkpoint is of."""
    if before.size > edge.size:
        return False
    proof = consistency_proof(before.size, edge.size, node)
    return verify_consistency(before.size, before.root, edge.size, root(edge), proof)
