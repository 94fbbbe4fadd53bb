"""Who plays in the demo: one volunteer, and composites of four people each, who are nobody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from countenance import Purpose
from countenance.ledger import ReasonClass

PHOTOS = Path(__file__).parent / "photos"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who signed a form: name, portraits to enrol with, one to search with, what the form allows, a colour.

    The colour (red, green, blue) marks this person in the pictures.
    """

    name: str
    portraits: tuple[str, ...]
    probe: str
    purposes: tuple[Purpose, ...]
    colour: tuple[int, int, int]

    @property
    def slug(self) -> str:
        """The name as it stands in file names."""
        return self.name.lower().replace(" ", "-")

    @property
    def first_name(self) -> str:
        """The name as it stands at a face."""
        return self.name.split()[0]


LISA = Member(
    "Lisa", ("lisa/45cm.jpg", "lisa/lisa1.jpg", "lisa/lisa4.jpg"), "lisa/lisa3.jpg", tuple(Purpose), (11, 122, 107)
)  # fmt: skip
ROBIN = Member(
    "Robin Vale",
    ("strangers/f_wasian.jpg",),
    "strangers/f_wasian.jpg",
    (Purpose.FIND_ME, Purpose.BE_FOUND),
    (178, 84, 12),
)
TONI = Member(
    "Toni Marsh",
    ("strangers/m_white.jpg",),
    "strangers/m_white.jpg",
    (Purpose.FIND_ME, Purpose.BE_SHOWN),
    (92, 62, 158),
)
MEMBERS = (LISA, ROBIN, TONI)

# Somebody who signed nothing, and is searched for all the same.
STRANGER = "strangers/f_white.jpg"
REASON_OWN_PHOTOS = "asked the office for the photos of the year"
REASON_LOST_COAT = "a coat was found in the garden: whose is it?"


@dataclass(frozen=True, slots=True)
class Question:
    """A search: its name on the page, the portrait that is searched by, the reason, and of what kind that is."""

    what: str
    portrait: str
    reason: str
    reason_class: ReasonClass = ReasonClass.OTHER


QUESTIONS = (
    Question("volunteer", LISA.probe, REASON_OWN_PHOTOS, ReasonClass.REQUEST),
    Question("robin", ROBIN.probe, REASON_LOST_COAT),
    Question("toni", TONI.probe, REASON_LOST_COAT),
    Question("stranger", STRANGER, REASON_LOST_COAT),
)

ALLOWED: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.FIND_ME: "find my own photos",
        Purpose.BE_FOUND: "staff may look for me",
        Purpose.BE_SHOWN: "my face may be shown",
    }
)
"""What a person allows, in the person's own words."""


def portrait_names() -> Mapping[str, str]:
    """Give for each portrait that enrols somebody or searches the name of its copy in the demo's folder."""
    names = {STRANGER: "stranger.jpg"}
    for member in MEMBERS:
        first = member.first_name.lower()
        names[member.probe] = f"{first}-new.jpg"
        for number, portrait in enumerate(member.portraits, start=1):
            names[portrait] = f"{first}-{number}.jpg" if len(member.portraits) > 1 else f"{first}.jpg"
    return names


def member_of(portrait: str) -> Member | None:
    """Give the member whose portrait this is, or None: a stranger."""
    if portrait.startswith("lisa/"):
        return LISA
    return next((member for member in MEMBERS if portrait in member.portraits), None)


def face_box(portrait: str) -> tuple[float, float, float, float]:
    """Give where the face is in a portrait: (x, y, w, h) in pixels."""
    path = PHOTOS / portrait
    x, y, w, h = json.loads((path.parent / "boxes.json").read_text(encoding="utf-8"))[path.name]["box"]
    return x, y, w, h
