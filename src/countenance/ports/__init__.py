"""What journeys and measures need from outside; who provides it (`stores`, `vision`, `keys`, `library`) is left open.

Every provider is admitted by passing the conformance suite of its port (`tests/contracts`). None can grant consent.
"""

from countenance.ports._kept import (
    Appearance,
    Basis,
    Check,
    Decision,
    Due,
    Erased,
    Finding,
    Job,
    JobState,
    PeopleFound,
    Person,
    PersonFinding,
    PhotoRecord,
    PhotoState,
    PolicyVersion,
    Publication,
    PublicationState,
    Reference,
    SeenPhoto,
    StoredReceipt,
    Verdict,
)
from countenance.ports._seeing import Clock, Eyes, KnownPhoto, Pixels, Progress, Step, Vision
from countenance.ports._store import Galleries, Reading, Store, Unit
from countenance.ports._vault import KeyKind, Vault

__all__ = [
    "Appearance",
    "Basis",
    "Check",
    "Clock",
    "Decision",
    "Due",
    "Erased",
    "Eyes",
    "Finding",
    "Galleries",
    "Job",
    "JobState",
    "KeyKind",
    "KnownPhoto",
    "PeopleFound",
    "Person",
    "PersonFinding",
    "PhotoRecord",
    "PhotoState",
    "Pixels",
    "PolicyVersion",
    "Progress",
    "Publication",
    "PublicationState",
    "Reading",
    "Reference",
    "SeenPhoto",
    "Step",
    "Store",
    "StoredReceipt",
    "Unit",
    "Vault",
    "Verdict",
    "Vision",
]
