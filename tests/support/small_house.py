"""A small house to walk the journeys in: the in-memory store, drawn patches for faces, a clock that is set by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from countenance.consent import Policy, Purpose
from countenance.faces import Box
from countenance.journeys.enrol import Enrolment, EnrolmentForm
from countenance.journeys.matching import Matcher
from countenance.ledger import Actor, Entry, EntryKind
from countenance.library import Library
from countenance.ports import Step, Store
from countenance.stores import MemoryStore
from countenance.vision import StubVision

ALL = tuple(Purpose)
STEWARD = Actor("steward", "m.holt")
PATCH = 96
"""Side of a drawn face in pixels: large enough to enrol."""


@dataclass(slots=True)
class House:
    """A library with its folder of photos and its clock."""

    folder: Path
    now: datetime
    staff_search: bool = True
    vision: StubVision = field(default_factory=StubVision)
    policy: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the policy that are not as drafted."""
    store: Store = field(init=False)
    library: Library = field(init=False)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the store and open the library on it."""
        self.use(
            memory_store(
                self.now, staff_search=self.staff_search, recognition=bool(self.vision.model), changed=self.policy
            )
        )

    def use(self, store: Store) -> None:
        """Open the library on a store."""
        self.store = store
        self.library = self.library_of(STEWARD.account)

    def library_of(self, account: str) -> Library:
        """Open the same library as another steward."""
        return Library(self.store, lambda: self.vision, actor=Actor("steward", account), clock=self.clock)

    def clock(self) -> datetime:
        """Tell the time that was set."""
        return self.now

    def pass_time(self, **span: float) -> None:
        """Let days or hours go by."""
        self.now += timedelta(**span)

    def photo(
        self,
        name: str,
        identities: Sequence[int],
        *,
        side: int = PATCH,
        gap: int = 20,
        unclear: Sequence[int] = (),
    ) -> Path:
        """Draw a photo of these identities side by side and save it as PNG below the folder."""
        boxes = [(Box(gap + place * (side + gap), 30, side, side), who) for place, who in enumerate(identities)]
        size = (max(200, 2 * gap + len(boxes) * (side + gap)), side + 80)
        path = self.folder / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(StubVision.draw(size, boxes, unclear=unclear)).save(path)
        return path

    def release(self, name: str) -> Path:
        """Write a signed form for somebody: a PDF whose content is of that person alone."""
        path = self.folder / "releases" / f"{name}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n% signed by " + name.encode() + b"\n%%EOF\n")
        return path

    def form(
        self, name: str, *identities: int, purposes: Sequence[Purpose] = ALL, form: str = "", guardian: str = ""
    ) -> EnrolmentForm:
        """Fill in a form of somebody's own, with a portrait drawn for each identity (none: no face data)."""
        portraits = [
            self.photo(f"../portraits/{form or name}-{identity}.png", [identity], side=PATCH + place)
            for place, identity in enumerate(identities)
        ]
        return EnrolmentForm(name, tuple(portraits), self.release(form or name), tuple(purposes), guardian=guardian)

    def enrol(self, name: str, identity: int, purposes: Sequence[Purpose] = ALL, *, form: str = "") -> Enrolment:
        """Enrol somebody by a portrait drawn for it and a form of their own."""
        return self.library.enrol(self.form(name, identity, purposes=purposes, form=form), progress=self.steps.append)

    def enrol_twin(self, name: str, identity: int) -> Enrolment:
        """Enrol somebody whose face is enrolled already, and let a second steward approve it."""
        held = self.enrol(name, identity)
        portrait = self.photo(f"../portraits/{name}-again.png", [identity])
        self.library_of("b.lee").approve(held.person, [portrait])
        return held

    def entries(self, kind: EntryKind) -> list[Entry]:
        """Give the ledger's entries of a kind."""
        return [
            finding.entry
            for finding in self.library.ledger_findings()
            if finding.entry is not None and finding.entry.kind is kind
        ]

    def matcher(self) -> Matcher:
        """Give the library's matcher, with its gallery in memory."""
        return self.library._matcher


def drafted_policy(*, staff_search: bool = True, recognition: bool = True, **changed: Any) -> Policy:  # noqa: ANN401  (fields of a policy)
    """Draft the policy of a school, with some fields changed."""
    drafted = Policy.draft(
        controller="Hollybank School",
        contact="office@hollybank.example",
        staff_search=staff_search,
        recognition=recognition,
    )
    return replace(drafted, **changed)


def memory_store(
    now: datetime,
    *,
    staff_search: bool = True,
    recognition: bool = True,
    changed: Mapping[str, Any] | None = None,
) -> MemoryStore:
    """Make an in-memory store for a school, with some fields of its policy changed."""
    drafted = drafted_policy(staff_search=staff_search, recognition=recognition, **(changed or {}))
    made = Entry(
        kind=EntryKind.LIBRARY_MADE, at=now, actor=STEWARD, body={"controller": drafted.controller}, concerns={}
    )
    return MemoryStore.make(policy=drafted, entry=made)


def references(house: House) -> int:
    """Count the references that the store holds live."""
    with house.store.read(now=house.now) as reading:
        return len(list(reading.references()))
