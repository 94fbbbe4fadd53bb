"""How often faces are missed, in plain words: for whoever must look at the copies before they leave the house."""

from collections.abc import Sequence
from itertools import groupby

from countenance.faces import MissRate, Seeing

# How faces are called that were seen in one way.
_WORDS = {
    Seeing.UPRIGHT: "upright and clear",
    Seeing.TURNED: "turned by 15 to 180 degrees",
    Seeing.HIDDEN: "partly hidden",
    Seeing.BLURRED: "blurred",
    Seeing.BADLY_LIT: "too dark or too bright",
}


def misses_in_words(rates: Sequence[MissRate]) -> tuple[str, ...]:
    """Say of how many faces of 100 the detector missed one, a line for each way in which faces were seen."""
    return tuple(
        f"{_WORDS[seeing]}: " + ", ".join(_classes(list(group)))
        for seeing, group in groupby(rates, key=lambda rate: rate.seeing)
    )


def _classes(rates: list[MissRate]) -> list[str]:
    """Say each class of size; those at the end of which nothing was missed are one."""
    last = max((place for place, rate in enumerate(rates) if rate.missed), default=-1)
    told = [f"{_of_100(rate)} of {_size(rate.from_px, rate.to_px)}" for rate in rates[: last + 1]]
    if last + 1 < len(rates):
        rest = rates[last + 1 :]
        told.append(f"none of {_size(rest[0].from_px, rest[-1].to_px)}")
    return told


def _of_100(rate: MissRate) -> str:
    share = 100 * rate.missed / rate.faces
    return f"about {share:.0f}" if share >= 1 else "less than 1"


def _size(low: int, high: int | None) -> str:
    return f"{low} to {high} pixels" if high else f"{low} pixels and more"
