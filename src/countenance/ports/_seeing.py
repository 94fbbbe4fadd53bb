"""Seeing: how photos are looked at, how far a long piece of work is, and what time it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from countenance.errors import PhotoProblem
from countenance.faces import Box, Calibration, Face, MissRate, Quality, Seen, Template

Pixels = npt.NDArray[np.uint8]
"""An upright photo: RGB, shape (height, width, 3)."""


class Look(StrEnum):
    """How closely a photo is looked at: for faces that can be named, or so that nobody is missed when it is published.

    The thorough look takes longest and misses fewest, also of those who lie on their side or stand on their head.
    """

    INDEXING = "indexing"
    PUBLISHING = "publishing"
    THOROUGH = "thorough"


class Vision(Protocol):
    """Detect faces and turn them into templates; it keeps nothing and opens no connection."""

    @property
    def detector(self) -> str:
        """The name and version of the detector with its working points."""

    @property
    def model(self) -> str:
        """The name and version of the embedder (weights, preprocessing, geometry); empty if it recognises nobody."""

    @property
    def nameable_px(self) -> int:
        """The longer side in pixels from which a face may be named; smaller faces are only covered."""

    @property
    def calibration(self) -> Calibration:
        """The thresholds measured for this model; without recognition one that is never reached."""

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Give the faces of a photo, the most certain first."""

    def misses(self, look: Look) -> tuple[MissRate, ...]:
        """Give how many faces were missed at this look when it was measured; empty if it was not."""

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give a template for each box; the same pixels and box always give the same template."""

    def reference(self, pixels: Pixels, box: Box) -> Template:
        """Give the template that is kept of a person: made with more care than a probe's, and comparable with it."""

    def quality(self, pixels: Pixels, face: Face) -> Quality:
        """Measure how good the photo of a face is for a template of this model; the same pixels give the same."""


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo whose boxes are in the store: where it lies, its content hash and its boxes in order."""

    id: int
    path: Path
    fingerprint: str
    boxes: tuple[Box, ...]


class Eyes(Protocol):
    """Look at many photos, one after the other or side by side; results come in any order, each with its question.

    Templates that come out of it live in memory only.
    """

    def look(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Seen | PhotoProblem]]:
        """Open, detect and embed each photo."""

    def look_again(self, photos: Iterable[KnownPhoto]) -> Iterator[tuple[KnownPhoto, Seen | PhotoProblem]]:
        """Open each photo and embed its known boxes, without detecting; another content hash is a PhotoProblem."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a long piece of work is: photos done (failed ones among them), all photos, and the last one's path."""

    done: int
    total: int
    failed: int
    photo: Path


Progress = Callable[[Step], None]

Clock = Callable[[], datetime]
"""Tells the time in UTC; long journeys judge consent anew in each transaction."""
