"""Keep everything, in transactions: an SQL store on SQLite and its in-memory twin; deciding is left to `consent`."""

from countenance.stores._backing_up import Backup
from countenance.stores._keyless import library_id, verify_tree
from countenance.stores._memory import MemoryStore
from countenance.stores._rekeying import Kept
from countenance.stores._restoration import Restoration
from countenance.stores._store import SqlStore

__all__ = ["Backup", "Kept", "MemoryStore", "Restoration", "SqlStore", "library_id", "verify_tree"]
