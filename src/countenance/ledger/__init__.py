"""What was done and what it hashes to: entries, their sealed form, the tree; keeping them is left to the stores.

The format is promised in `docs/formats/ledger.md`.
"""

from countenance.ledger._entry import BODY_FIELDS, JSON, Actor, Entry, EntryKind, read_moment, spell_moment
from countenance.ledger._reasons import REASON_CLASS_WORDS, ReasonClass
from countenance.ledger._sealed import SealedEntry, leaf_hash, open_controller_part, open_person_part, seal_entry
from countenance.ledger._tree import Edge, append, root
from countenance.ledger._verdict import Verdict, verify

__all__ = [
    "BODY_FIELDS",
    "JSON",
    "REASON_CLASS_WORDS",
    "Actor",
    "Edge",
    "Entry",
    "EntryKind",
    "ReasonClass",
    "SealedEntry",
    "Verdict",
    "append",
    "leaf_hash",
    "open_controller_part",
    "open_person_part",
    "read_moment",
    "root",
    "seal_entry",
    "spell_moment",
    "verify",
]
