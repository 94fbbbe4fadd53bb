"""Proofs and copies of the ledger for others to keep: nothing is given that a stranger would not accept."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from countenance.errors import CheckpointInvalid, LedgerBroken, UsageWrong
from countenance.journeys.anchor import sign_ledger
from countenance.journeys.prove import prove
from countenance.ledger import (
    Actor,
    Checkpoint,
    CopyHead,
    Edge,
    SealedEntry,
    append,
    leaf_hash,
    open_checkpoint,
    prove_consistency,
    prove_entry,
    root,
    write_copy,
)
from countenance.library._comparing import compare
from countenance.library._handing_out import hand_out
from countenance.library._remembered import Remembered
from countenance.ports import Clock, Reading, Store


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof that was written: its file, what it proves, and the checkpoint that it leads to.

    Either the place of an entry, or (`since`) the earlier checkpoint with which the ledger begins.
    """

    file: Path
    checkpoint: Checkpoint
    entry: int | None = None
    since: Checkpoint | None = None


_REMEDY = "see what `countenance ledger verify` says, and restore the library from a backup"


def prove_place(place: int, to: Path, *, opened: bool, store: Store, clock: Clock) -> Proved:
    """Sign the ledger as it stands and write a proof that the entry at a place is in it, maybe with what it says.

    Raises:
        UsageWrong: there is no such entry, or what it says can be shown to nobody.
        LedgerBroken: the ledger does not hold what it should.
    """
    with store.read(now=clock()) as reading:
        reading.ledger_row(place)  # before anything is signed: there may be no such entry
        part_key = reading.part_key(place, None) if opened else None
    if opened and part_key is None:
        raise UsageWrong(
            f"what entry {place} says cannot be shown: an earlier version wrote it, or its key has ended",
            remedy="prove it without --open: that it is there can be shown",
        )
    note = sign_ledger(store=store, clock=clock)
    with store.read(now=clock()) as reading:
        checkpoint = open_checkpoint(note, public_key=reading.public_key(), library=store.library)
        proof = prove_entry(
            place,
            reading.ledger_row(place),
            size=checkpoint.size,
            node=reading.ledger_node,
            checkpoint=note,
            part_key=part_key,
        )
        try:
            proof.verified(public_key=reading.public_key(), library=store.library)
        except CheckpointInvalid as problem:
            raise LedgerBroken(f"entry {place} cannot be proved: {problem.what}", remedy=_REMEDY) from problem
    hand_out(to, [proof.to_text().encode()], private=opened)
    return Proved(to, checkpoint, entry=place)


def prove_for(place: int, named: str, to: Path, *, store: Store, actor: Actor, clock: Clock) -> Proved:
    """Write a proof of an entry with what it tells a person, on that person's behalf; that is an entry itself.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        UsageWrong: there is no such entry, or nothing in it that can be shown to the person.
        LedgerBroken: the ledger does not hold what it should.
    """
    with store.read(now=clock()) as reading:
        person = reading.person(named)
        if reading.part_key(place, person.id) is None:
            raise UsageWrong(
                f"entry {place} tells {person.name} nothing that could be shown",
                remedy="`countenance export` gives what the ledger tells a person, with all proofs",
            )
    told = prove(person.id, store=store, actor=actor, clock=clock)
    (proof,) = (one.proof for one in told.proofs if one.finding.index == place)
    hand_out(to, [proof.to_text().encode()], private=True)
    return Proved(to, open_checkpoint(told.checkpoint, public_key=told.public_key), entry=place)


def prove_growth(remembered: Remembered, to: Path, *, store: Store, clock: Clock) -> Proved:
    """Sign the ledger as it stands and write a proof that it begins with what somebody remembers.

    Raises:
        UsageWrong: that is of an earlier branch: no proof leads from one log to another.
        LedgerBroken: it does not begin so.
    """
    note = sign_ledger(store=store, clock=clock)
    earlier = remembered.checkpoint
    with store.read(now=clock()) as reading:
        later = open_checkpoint(note, public_key=reading.public_key(), library=store.library)
        if later.origin != earlier.origin:
            raise UsageWrong(
                f"{remembered.file} is of branch {earlier.branch} of the ledger, and this is branch {later.branch}: "
                "nothing can be proved from one to the other",
                remedy="`countenance ledger verify --against` compares what both begin with",
            )
        try:
            proof = prove_consistency(earlier.size, size=later.size, node=reading.ledger_node, checkpoint=note)
            proof.verified(earlier, public_key=reading.public_key())
        except (CheckpointInvalid, ValueError) as problem:
            (how,) = compare([remembered], reading)
            why = how.problem or "the kept nodes of its tree are not those of its entries"
            raise LedgerBroken(f"the ledger does not begin with {remembered.file}: {why}", remedy=_REMEDY) from problem
    hand_out(to, [proof.to_text().encode()])
    return Proved(to, later, since=earlier)


def copy_ledger(to: Path, *, store: Store, clock: Clock) -> Checkpoint:
    """Sign the ledger as it stands, and write all of it, sealed as it is, into a new file.

    Raises:
        LedgerBroken: the entries do not give what was signed; nothing is written.
        LedgerNotWritten: another file is there, or the disk refuses.
    """
    note = sign_ledger(store=store, clock=clock)
    with store.read(now=clock()) as reading:
        public_key = reading.public_key()
        checkpoint = open_checkpoint(note, public_key=public_key, library=store.library)
        hand_out(to, _lines(CopyHead(public_key, note), checkpoint, reading))
    return checkpoint


def _lines(head: CopyHead, checkpoint: Checkpoint, reading: Reading) -> Iterator[bytes]:
    """Give the lines of a copy; if its entries do not give the checkpoint in it, the last thing given is an error."""
    found = Edge.empty()

    def rows() -> Iterator[SealedEntry]:
        nonlocal found
        for _, sealed in islice(reading.ledger_rows(), checkpoint.size):
            found = append(found, leaf_hash(sealed))
            yield sealed

    for line in write_copy(head, rows()):
        yield line.encode()
    if (found.size, root(found)) != (checkpoint.size, checkpoint.root):
        raise LedgerBroken("the ledger's entries do not give the tree that was signed", remedy=_REMEDY)
