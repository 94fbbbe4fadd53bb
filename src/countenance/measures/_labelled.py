"""Labelled photos: whose each is, by its name or folder, and the groups that people said they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photo: where it lies, the SHA-256 of its bytes (empty: it cannot be read), and its name without the person."""

    path: Path
    fingerprint: str
    rest: str


@dataclass(frozen=True, slots=True)
class LabelledPerson:
    """Somebody by the name in the folder, with photos in the order of their names and group labels by column."""

    name: str
    photos: tuple[LabelledPhoto, ...]
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A folder of labelled photos; `remarks` say in sentences what was passed over and why."""

    people: tuple[LabelledPerson, ...]
    unlabelled: int
    duplicates: int
    remarks: tuple[str, ...]
