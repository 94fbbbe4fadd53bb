"""Writing the ledger of the in-memory store: a transaction on a copy of the state."""

from datetime import datetime

from countenance.ledger import Entry, append, leaf_hash, nodes_of_append, seal_entry
from countenance.seals import new_key
from countenance.stores import _searches
from countenance.stores._continuing import next_checkpoint
from countenance.stores._memory_reading import MemoryReading
from countenance.stores._memory_state import Keys, MemoryState


class MemoryLedgerUnit(MemoryReading):
    """What every writing transaction begins with: a copy of the state, and the ledger in it."""

    def __init__(self, state: MemoryState, keys: Keys, now: datetime) -> None:
        super().__init__(state, keys, now)
        self._changed = False
        self._recorded = False
        self._receiptless: set[str] = set()
        self._dropped: set[str] = set()

    @property
    def state(self) -> MemoryState:
        """What is to be the state when the transaction ends well."""
        return self._state

    def record(self, entry: Entry) -> int:
        sealed = seal_entry(
            entry,
            controller_key=self._controller_key(entry),
            audit_keys=self._state.audit_keys,
            library=self._keys.library,
        )
        leaf = leaf_hash(sealed)
        self._state.nodes |= {(one.level, one.place): one.digest for one in nodes_of_append(self._state.edge, leaf)}
        self._state.edge = append(self._state.edge, leaf)
        self._state.ledger = (*self._state.ledger, sealed)
        self._recorded = True
        return self._state.edge.size - 1

    def checkpoint(self) -> str:
        self._state.checkpoint = next_checkpoint(
            self._state.checkpoint,
            self._state.edge,
            self.ledger_node,
            origin=self.ledger_origin(),
            signing_key=self._keys.signing,
        )
        return self._state.checkpoint

    def forget_searches(self, month: str) -> bool:
        if self._state.search_keys.pop(month, None) is None:
            return False
        self._changed = True
        return True

    def _controller_key(self, entry: Entry) -> bytes:
        if entry.kind not in _searches.ENDING_KINDS:
            return self._keys.controller
        return self._state.search_keys.setdefault(_searches.month_of(entry.at), new_key())
