"""What happened in the demo, and what was expected of it."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from countenance.demo._cast import Member, member_of
from countenance.demo._group_photos import Boxed, GroupPhoto
from countenance.demo._outsider import Said
from countenance.faces import Box
from countenance.ledger import Entry
from countenance.library import Publishing

# A found face is the one that was put there from this overlap on (intersection over union).
SAME_FACE = 0.3
NOTHING_SAID = Said(holds=False, text="")


@dataclass(frozen=True, slots=True)
class Found:
    """A member found in a group photo: the photo and the box there."""

    photo: Path
    box: Boxed


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: by which portrait, with which reason, and who was answered in how many photos (empty: nobody)."""

    portrait: str
    reason: str
    answered: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A covered copy: its original, the copy, and the boxes covered and left open."""

    source: Path
    target: Path
    covered: tuple[Boxed, ...]
    shown: tuple[Boxed, ...]

    @classmethod
    def all_of(cls, published: Publishing) -> "tuple[Covered, ...]":
        """Give the copies that a run made."""
        return tuple(
            cls(
                copy.source,
                copy.target,
                tuple(box.as_tuple() for box in copy.covered),
                tuple(box.as_tuple() for box in copy.shown),
            )
            for copy in published.copies
        )


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something that must come out of the demo, and whether it did."""

    what: str
    met: bool


@dataclass(slots=True)
class Watched:
    """What was said from outside, and by whom.

    Of how many proofs, of that of a search, of the same with a letter changed, and of another past of `other_size`
    entries beside what the council keeps.
    """

    by: str
    proofs: int = 0
    search: Said = NOTHING_SAID
    changed: Said = NOTHING_SAID
    other_size: int = 0
    noticed: Said = NOTHING_SAID


@dataclass(slots=True)
class Story:
    """All that happened, filled step by step."""

    folder: Path
    began: datetime
    group_photos: tuple[GroupPhoto, ...] = ()
    forms: dict[str, Path] = field(default_factory=dict)
    expires: dict[str, datetime] = field(default_factory=dict)
    faces_seen: int = 0
    unreadable: tuple[tuple[str, str], ...] = ()
    found: dict[str, tuple[Found, ...]] = field(default_factory=dict)
    searches: dict[str, Asked] = field(default_factory=dict)
    copies: tuple[Covered, ...] = ()
    again: tuple[Covered, ...] = ()
    stale: tuple[Path, ...] = ()
    erased_matches: int = 0
    checks: tuple[tuple[str, bool, str], ...] = ()
    ledger_size: int = 0
    entries: tuple[Entry | None, ...] = ()
    people: dict[str, str] = field(default_factory=dict)
    public_key: bytes = b""
    proof: Path = Path()
    remembered: int = 0
    watched: Watched = field(default_factory=lambda: Watched(by=""))
    expectations: list[Expectation] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def receipt(self) -> Path:
        """The receipt that is printed for Lisa."""
        return self.folder / "given" / "receipt-of-lisa.html"

    @property
    def export(self) -> Path:
        """The folder with all that is kept about Lisa."""
        return self.folder / "given" / "kept-about-lisa"

    @property
    def policy(self) -> Path:
        """The page that tells everybody what the library promises."""
        return self.folder / "given" / "policy.html"

    @property
    def checkpoint(self) -> Path:
        """What the parents' council keeps of the record."""
        return self.folder / "given" / "for-the-parents-council.checkpoint"

    @property
    def tampered(self) -> Path:
        """The folder of what was changed in order to see whether it is noticed."""
        return self.folder / "tampered"

    @property
    def ok(self) -> bool:
        """Tell whether everything came out as it must."""
        return all(expectation.met for expectation in self.expectations)

    def expect(self, what: str, met: bool) -> None:  # noqa: FBT001  (what is expected, and whether it is so)
        """Note something that must be so."""
        self.expectations.append(Expectation(what, met))

    def there(self, member: Member) -> tuple[Found, ...]:
        """Give where a member truly is."""
        return tuple(
            Found(photo.path, present.box)
            for photo in self.group_photos
            for present in photo.present
            if member_of(present.portrait) is member
        )

    def portrait_at(self, photo: Path, box: Boxed) -> str:
        """Give whose portrait was put where a face was found, or an empty text."""
        present = next((one.present for one in self.group_photos if one.path == photo), ())
        return next((one.portrait for one in present if overlap(one.box, box) > SAME_FACE), "")

    def shows(self, member: Member, copy: Covered) -> bool:
        """Tell whether a copy leaves a member's face uncovered."""
        return any(member_of(self.portrait_at(copy.source, box)) is member for box in copy.shown)


def overlap(one: Boxed, other: Boxed) -> float:
    """Give intersection over union of two boxes, 0 to 1."""
    return Box(*one).overlap(Box(*other))
