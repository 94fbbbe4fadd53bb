"""How often a detector misses faces: counts from a measurement, by how the face is seen and how large it is."""

from dataclasses import dataclass
from enum import StrEnum


class Seeing(StrEnum):
    """How a face is seen, as far as it was measured."""

    UPRIGHT = "upright"
    TURNED = "turned"
    HIDDEN = "hidden"
    BLURRED = "blurred"
    BADLY_LIT = "badly lit"


@dataclass(frozen=True, slots=True)
class MissRate:
    """Of `faces` seen in one way, `from_px` to `to_px` pixels high (None: or more), `missed` were not found."""

    seeing: Seeing
    from_px: int
    to_px: int | None
    missed: int
    faces: int

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if not 0 <= self.missed <= self.faces or self.faces == 0:
            raise ValueError(f"of {self.faces} faces {self.missed} cannot be missed")
        if self.from_px < 1 or (self.to_px is not None and self.to_px < self.from_px):
            raise ValueError(f"faces of {self.from_px} to {self.to_px} pixels are no class")
