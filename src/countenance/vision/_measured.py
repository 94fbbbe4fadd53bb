"""What was measured of the detector: how many faces it missed, at the looks that publish."""

import json
from typing import Any

from countenance.errors import ModelFileWrong
from countenance.faces import MissRate, Seeing
from countenance.ports import Look
from countenance.vision._catalogue import REMEDY, card, weights

FILE = "centerface.measured.json"


def measured(detector: str) -> dict[Look, tuple[MissRate, ...]]:
    """Read the counts measured with this detector: its version with its working points, and its very weights.

    Raises:
        ModelFileWrong: they are missing, unreadable or measured with another detector.
    """
    try:
        told: dict[str, Any] = json.loads((weights() / FILE).read_text(encoding="utf-8"))
        if told["detector"] != detector or told["sha256"] != card("centerface").sha256:
            raise ModelFileWrong("the misses were measured with another detector", remedy=REMEDY)
        return {
            Look(look): tuple(MissRate(**{**rate, "seeing": Seeing(rate["seeing"])}) for rate in rates)
            for look, rates in told["looks"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelFileWrong("the measured misses of centerface cannot be read", remedy=REMEDY) from error
