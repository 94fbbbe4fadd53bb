"""Looking for templates in files, in every way in which one could lie there."""

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from countenance.vision import StubVision


def spellings(identity: int) -> dict[str, bytes]:
    """Give the ways in which a template could lie in a file: raw in several widths, hexadecimal, base64."""
    values = StubVision.template(identity).values
    raw = {
        "f32": values.astype("<f4").tobytes(),
        "f64": values.astype("<f8").tobytes(),
        "f16": values.astype("<f2").tobytes(),
        "int8": np.round(values * 127).astype(np.int8).tobytes(),
    }
    # From the middle, so that a part of a template is found too; base64 of any alignment.
    found = {name: content[len(content) // 4 : len(content) // 4 + 24] for name, content in raw.items()}
    for name, content in list(raw.items()):
        found[f"{name} hex"] = content[8:32].hex().encode()
        for shift in range(3):
            found[f"{name} base64 {shift}"] = base64.b64encode(content[shift:])[8:40]
    return found


def files_below(places: Iterable[Path]) -> list[Path]:
    """Give the plain files in these folders, and those of the places that are files."""
    return [
        file
        for place in places
        for file in ([place] if place.is_file() else place.rglob("*"))
        if file.is_file() and not file.is_symlink()
    ]


def traces(places: Iterable[Path], identities: Sequence[int]) -> list[str]:
    """Name every spelling of these identities' templates that lies in a file below these places."""
    contents = [(path, path.read_bytes()) for path in files_below(places)]
    return [
        f"{name} of {identity} in {path.name}"
        for identity in identities
        for name, spelt in spellings(identity).items()
        for path, content in contents
        if spelt in content
    ]
