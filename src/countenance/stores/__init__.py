"""Keep everything, in transactions: an SQL store on SQLite and its in-memory twin; deciding is left to `consent`."""

from countenance.stores._memory import MemoryStore
from countenance.stores._sql import SqlStore

__all__ = ["MemoryStore", "SqlStore"]
