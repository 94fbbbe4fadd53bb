"""What the ledger tells a person, each entry with a proof that strangers can check; shared by journeys.

Whether it is given, and what is recorded of that, is left to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from countenance.errors import CheckpointInvalid, LedgerBroken
from countenance.ledger import Actor, Entry, EntryKind, EntryProof, prove_entry, spell_moment, verify
from countenance.ports import PersonFinding, Unit

# The kinds that say who looked for somebody, or at what somebody is in.
SEARCHES: Final = frozenset({EntryKind.SEARCHED, EntryKind.PHOTOS_LISTED})


_REMEDY: Final = "see what `countenance verify` says, and restore the library from a backup"


class Scope(StrEnum):
    """How much was taken out for a person, as an entry of the kind `exported` says it."""

    EVERYTHING = "everything"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class PersonProof:
    """What an entry tells a person, and the proof that the ledger holds it.

    The proof has the key of this person's part of this entry: it opens to the finding, and to nothing about anybody
    else. An entry of the first version has no such key: its proof shows that it is there, and not what it says.
    """

    finding: PersonFinding
    proof: EntryProof

    @property
    def is_search(self) -> bool:
        """Tell whether somebody looked for the person, or at the photos that the person is in."""
        return self.finding.kind in SEARCHES

    @property
    def opens(self) -> bool:
        """Tell whether the proof shows what the entry says, too."""
        return self.proof.part_key is not None


def record_giving(person: str, scope: Scope, *, unit: Unit, actor: Actor) -> int:
    """Record that something is taken out for a person, which is the person's own act; gives the place of the entry.

    Recorded first, so that what is given tells of itself; committed before anything is given.
    """
    receipts = len(unit.receipts(person)) if scope is Scope.EVERYTHING else 0
    entry = unit.record(
        Entry(
            kind=EntryKind.EXPORTED,
            at=unit.now,
            actor=actor,
            body={"person": person, "scope": scope},
            concerns={person: {"receipts": receipts, "scope": scope}},
        )
    )
    unit.note_act(person)
    return entry


def prove_told(person: str, *, unit: Unit, library: str) -> tuple[str, tuple[PersonProof, ...]]:
    """Sign the ledger as it stands in this transaction, and prove each entry that tells the person something.

    Gives the signed checkpoint, and the entries in their order with proofs that are all under it. Two passes over the
    ledger, and for each proof as many hashes as the tree is high. Nothing is given that a stranger would not accept:
    each proof is verified first. Nor is anything left out: of an entry that was changed on the disk nobody could tell
    whether it was about the person, so all of them are hashed first, as they are read for it.

    Raises:
        LedgerBroken: the ledger does not continue what was signed before, or does not give what was told; or one of
            its entries, whoever it is about, was changed.
    """
    checkpoint = unit.checkpoint()
    verdict = verify((sealed for _, sealed in unit.ledger_rows()), unit.ledger_edge())
    if not verdict.ok:
        raise LedgerBroken(f"nobody can be told what the ledger has about them: {verdict.problem}", remedy=_REMEDY)
    return checkpoint, tuple(_proofs(person, unit, library, checkpoint))


def _proofs(person: str, unit: Unit, library: str, checkpoint: str) -> Iterator[PersonProof]:
    size, public_key = unit.ledger_edge().size, unit.public_key()
    # The proofs of one tree have most of their hashes in common.
    node = cache(unit.ledger_node)
    for finding in unit.findings_about(person):
        proof = prove_entry(
            finding.index,
            unit.ledger_row(finding.index),
            size=size,
            node=node,
            checkpoint=checkpoint,
            part_key=unit.part_key(finding.index, person),
        )
        _look_at(proof, finding, public_key, library)
        yield PersonProof(finding, proof)


def _look_at(proof: EntryProof, finding: PersonFinding, public_key: bytes, library: str) -> None:
    """See that a proof shows to a stranger what the person is told."""
    told = {"at": spell_moment(finding.at), "facts": finding.facts, "kind": finding.kind, "role": finding.role}
    try:
        _, shown = proof.verified(public_key=public_key, library=library)
    except CheckpointInvalid as problem:
        raise _not_proved(finding, problem.what) from problem
    if shown is not None and shown != told:
        raise _not_proved(finding, "it opens to something else")


def _not_proved(finding: PersonFinding, why: str) -> LedgerBroken:
    return LedgerBroken(
        f"entry {finding.index} of the ledger cannot be proved: {why}",
        remedy=_REMEDY,
    )
