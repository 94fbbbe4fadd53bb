"""A ledger that grows in memory, with the room's own functions: rows, nodes, signed checkpoints, proofs, copies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from countenance.ledger import (
    JSON,
    Actor,
    Checkpoint,
    ConsistencyProof,
    CopyHead,
    Edge,
    Entry,
    EntryKind,
    EntryProof,
    SealedEntry,
    append,
    leaf_hash,
    nodes_of_append,
    origin_of,
    prove_consistency,
    prove_entry,
    root_at,
    seal_entry,
    sign_checkpoint,
    write_copy,
)
from countenance.seals import public_key_of

LIBRARY = "0f" * 16
ANNA, BERT = "a1" * 16, "b2" * 16
CONTROLLER_KEY = bytes(range(32))
AUDIT_KEYS = {ANNA: b"A" * 32, BERT: b"B" * 32}
PRIVATE_KEY = bytes(range(32, 64))
PUBLIC_KEY = public_key_of(PRIVATE_KEY)


def deed(number: int) -> Entry:
    """Give the entry of a search that found Anna, and says its number."""
    return Entry(
        EntryKind.SEARCHED,
        datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC) + timedelta(minutes=number),
        Actor("staff", "frau-meier"),
        {"roll": number, "reason": f"yearbook, page {number}", "answered": [{"person": ANNA, "photos": 1}]},
        {ANNA: {"roll": number, "reason": f"yearbook, page {number}", "photos": [f"/photos/{number}.jpg"]}},
    )


def sealed(entry: Entry, *, library: str = LIBRARY, audit_keys: Mapping[str, bytes] = AUDIT_KEYS) -> SealedEntry:
    """Seal an entry under the keys above."""
    return seal_entry(entry, controller_key=CONTROLLER_KEY, audit_keys=audit_keys, library=library)


@dataclass
class GrownLedger:
    """A ledger and everything that its library can give out of it, at any size that it ever had."""

    origin: str = origin_of(LIBRARY, 1)
    private_key: bytes = PRIVATE_KEY
    rows: list[SealedEntry] = field(default_factory=list)
    edge: Edge = field(default_factory=Edge.empty)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[SealedEntry], *, origin: str = origin_of(LIBRARY, 1)) -> "GrownLedger":
        """Give the ledger of these rows."""
        ledger = cls(origin=origin)
        for row in rows:
            ledger.record(row)
        return ledger

    def record(self, row: SealedEntry) -> None:
        """Append a row."""
        leaf = leaf_hash(row)
        self.nodes[0, self.edge.size] = leaf
        self.nodes.update({(one.level, one.place): one.digest for one in nodes_of_append(self.edge, leaf)})
        self.edge = append(self.edge, leaf)
        self.rows.append(row)

    def node(self, level: int, place: int) -> bytes:
        """Give a node, as a store does."""
        return self.nodes[level, place]

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Give the checkpoint of the ledger when it had `size` entries, or of now."""
        size = len(self.rows) if size is None else size
        return Checkpoint(self.origin, size, root_at(size, self.node))

    def note(self, size: int | None = None) -> str:
        """Give the same, signed."""
        return sign_checkpoint(self.checkpoint(size), self.private_key)

    def entry_proof(self, place: int, *, size: int | None = None, part_key: bytes | None = None) -> EntryProof:
        """Prove an entry to be in the ledger when it had `size` entries."""
        note = self.note(size)
        size = len(self.rows) if size is None else size
        return prove_entry(place, self.rows[place], size=size, node=self.node, checkpoint=note, part_key=part_key)

    def growth(self, old: int, *, size: int | None = None) -> ConsistencyProof:
        """Prove that the ledger of `size` entries begins with that of `old` entries."""
        note = self.note(size)
        return prove_consistency(old, size=len(self.rows) if size is None else size, node=self.node, checkpoint=note)

    def copy(self, size: int | None = None) -> Iterator[str]:
        """Give the lines of a copy."""
        head = CopyHead(public_key_of(self.private_key), self.note(size))
        return write_copy(head, self.rows[:size])


def told(proof: EntryProof) -> Mapping[str, JSON] | None:
    """Give what a proof lets read of its entry."""
    return proof.verified(public_key=PUBLIC_KEY)[1]
