"""The command line as a program of its own, with drawn faces for eyes: `python drawn_program.py ARGUMENTS`.

DRAWN_SECONDS in the environment says how long looking at one photo takes, DRAWN_MARK names a file that is made when it
begins.
"""

import importlib
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from countenance.cli import main
from countenance.consent import Policy
from countenance.faces import Face
from countenance.ports import Look, Pixels, Vision
from countenance.vision import StubVision


class SlowVision(StubVision):
    """See drawn faces, and take one's time about it."""

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Give the faces of a photo."""
        if "DRAWN_MARK" in os.environ:
            Path(os.environ["DRAWN_MARK"]).touch()
        time.sleep(float(os.environ.get("DRAWN_SECONDS", "0")))
        return super().detect(pixels, look)


def drawn_vision(policy: Policy) -> Callable[[], Vision]:
    """Give a way to load eyes that see drawn faces."""
    return partial(SlowVision, recognises=policy.recognition)


if __name__ == "__main__":
    setattr(importlib.import_module("countenance.library._library"), "default_vision", drawn_vision)  # noqa: B010  (mypy: it is bound there, not offered)
    main()
