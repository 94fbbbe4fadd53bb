"""Keep between runs what takes long to see and comes out the same again, so that a run can be interrupted."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from countenance.faces import Box
from countenance.ports import Pixels

Vector = npt.NDArray[np.float64]
# So few are lost when a run is interrupted.
KEPT_EVERY = 100
MISSING = np.full(1, np.nan)


class Kept:
    """Numbers by what was looked at and how; written to a file, or only remembered when there is none."""

    def __init__(self, file: Path | None) -> None:
        """Read what there is in the file."""
        self._file = file
        self._known: dict[str, Vector] = {}
        if file is not None and file.is_file():
            with np.load(file) as known:
                self._known = dict(known)

    def write(self) -> None:
        """Write everything to the file, if there is one; all of it or nothing new."""
        if self._file is not None:
            beside = self._file.with_name(f"new-{self._file.name}")
            np.savez(beside, **self._known)  # type: ignore[arg-type]  # names and arrays
            beside.replace(self._file)

    def seen(self, how: str, pixels: Pixels, box: Box, look: Callable[[], npt.NDArray[np.floating[Any]]]) -> Vector:
        """Give what a look gives, without looking again."""
        told = f"{how} {box.as_tuple()} {pixels.shape}".encode()
        key = hashlib.sha256(told + pixels.tobytes()).hexdigest()
        if key not in self._known:
            self._known[key] = np.asarray(look(), np.float64)
            if len(self._known) % KEPT_EVERY == 0:
                self.write()
        return self._known[key]
