"""Writing the ledger in one transaction: an entry with the nodes that it completes, and signing the tree."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table, and_

from countenance.errors import LedgerBroken
from countenance.ledger import Edge, Entry, append, leaf_hash, nodes_of_append, seal_entry
from countenance.ports import KeyKind
from countenance.stores import _schema
from countenance.stores._continuing import FIRST_BRANCH, REMEDY, empty_checkpoint, next_checkpoint, was_put_back
from countenance.stores._ledger_end import UNHINDERED_KINDS, refuse_broken_end
from countenance.stores._outside import Outside
from countenance.stores._reading_ledger import node_of
from countenance.stores._rows import Values
from countenance.stores._searches import ENDING_KINDS, month_of
from countenance.stores._spelling import node_row
from countenance.stores._unit_base import BaseUnit

# What a row of these tables is to who reads of it.
_CALLED: Final = {
    _schema.standing.name: "the ledger's edge, or what is kept beside it,",
    _schema.nodes.name: "a node of the ledger's tree",
    _schema.ledger.name: "an entry of the ledger",
}


class LedgerUnit(BaseUnit):
    """The ledger in one writing transaction.

    `outside` is what is remembered of it elsewhere; `signed` is the note that this transaction gives to be shown.
    """

    outside = Outside(None, "")
    signed = ""

    def record(self, entry: Entry) -> int:
        """Append an entry to the ledger and give its place.

        Raises:
            LedgerBroken, StoreBroken: the ledger's end is not as it was written, so nothing is built on it.
            EntryTooLarge: there is more to be told than an entry can hold.
        """
        edge = self.ledger_edge()
        if not self._recorded:
            refuse_broken_end(self._connection, self._rows, self._standing(), edge.size, entry.kind)
        sealed = seal_entry(
            entry,
            controller_key=self._controller_key(entry),
            audit_keys={
                person: self._keyring.key(KeyKind.AUDIT, person)
                for person in entry.concerns
                if self._person_row(person) is not None
            },
            library=self._keyring.library,
        )
        leaf = leaf_hash(sealed)
        self._rows.insert(_schema.ledger, {"place": edge.size, "salt": sealed.salt, "payload": sealed.payload})
        nodes = [node_row(node) for node in nodes_of_append(edge, leaf)]
        if entry.kind in UNHINDERED_KINDS:
            self._make_room(nodes)
        self._rows.insert(_schema.nodes, *nodes)
        self._stand(edge=append(edge, leaf).to_bytes())
        self._look_anew()
        self._recorded = True
        return edge.size

    def checkpoint(self) -> str:
        """Sign the tree as it stands in this transaction, and give the note; that is no deed and needs no entry."""
        edge, origin = self._vouched_edge(), self.ledger_origin()
        remembered = self.outside.remembered_of(self)
        if remembered and was_put_back(remembered, origin=origin, edge=edge, node=self._vouched_node):
            raise LedgerBroken(
                f"the ledger does not continue the checkpoint of {remembered.size} entries that is remembered outside",
                remedy="close the library and open it again: its ledger then goes on under another name",
            )
        last = self.last_checkpoint()
        signing = self._keyring.own(KeyKind.SIGNING)
        note = next_checkpoint(last, edge, self._vouched_node, origin=origin, signing_key=signing)
        if note != last:
            self._stand(checkpoint=note)
        self.signed = note
        return note

    def forget_searches(self, month: str) -> bool:
        """Erase the key of the controller's part of all searches of a month; False if there is none."""
        if not self._erasing.key(KeyKind.SEARCHES, month):
            return False
        self._keyring.forget(KeyKind.SEARCHES, month)
        self._look_anew()
        self._owe_a_wipe()
        return True

    def begin_log(self) -> None:
        """Begin the library's first log: with the checkpoint of no entries, which every ledger continues."""
        signing = self._keyring.own(KeyKind.SIGNING)
        self._stand(branch=FIRST_BRANCH, checkpoint=empty_checkpoint(self._keyring.library, signing))

    def _controller_key(self, entry: Entry) -> bytes:
        # Opened in any case: a library that has lost it can record nothing.
        lasting = self._keyring.own(KeyKind.CONTROLLER)
        if entry.kind not in ENDING_KINDS:
            return lasting
        month = month_of(entry.at)
        if self._keyring.has(KeyKind.SEARCHES, month):
            return self._keyring.key(KeyKind.SEARCHES, month)
        return self._keyring.make(self._rows, KeyKind.SEARCHES, month)

    def _vouched_edge(self) -> Edge:
        return Edge.from_bytes(self._vouched(_schema.standing, self._standing())["edge"])

    def _make_room(self, nodes: Sequence[Values]) -> None:
        """Take away what somebody put where these nodes belong: they come from the leaves, and nothing is lost."""
        for node in nodes:
            there = _schema.nodes.c
            self._rows.delete(_schema.nodes, and_(there.level == node["level"], there.place == node["place"]))

    def _vouched_node(self, level: int, place: int) -> bytes:
        table = _schema.nodes if level else _schema.ledger
        return node_of(level, self._vouched(table, self._node_row(level, place)))

    def _vouched(self, table: Table, row: Values) -> Values:
        """Give a row as it was written: what somebody changed behind the library's back is not signed for."""
        if not self._rows.holds(table, row):
            raise LedgerBroken(f"{_CALLED[table.name]} was changed, so the ledger is not signed", remedy=REMEDY)
        return row
