"""Labelled photos: whose each is, by its name or folder, and the groups that people said they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from countenance.errors import EvaluationInvalid, PhotoProblem
from countenance.measures._people_file import PEOPLE_FILE, read_groups
from countenance.photos import find_photos, fingerprint_file

_REMEDY = "name photos PERSON_anything.jpg, or put each person's photos into a folder with the person's name"


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


def read_labelled(folder: Path) -> Labelled:
    """Find out whose photos lie in a folder: by `PERSON_anything.jpg`, or by sub-folders named for the person.

    `people.csv` beside them gives group labels; files that are no photos are passed over.

    Raises:
        EvaluationInvalid: it is no folder, fewer than two people have photos, one file is labelled as two people, or
            `people.csv` cannot be used.
    """
    if not folder.is_dir():
        raise EvaluationInvalid(f"{folder} is not a folder", remedy="give the folder with the labelled photos")
    photos: dict[str, list[LabelledPhoto]] = {}
    unlabelled: list[Path] = []
    for path in find_photos([folder]):
        person, rest = _person_of(path.relative_to(folder))
        if person:
            photos.setdefault(person, []).append(LabelledPhoto(path, _fingerprint(path), rest))
        else:
            unlabelled.append(path.relative_to(folder))
    duplicates = [path.relative_to(folder) for path in _without_duplicates(photos)]
    if len(photos) < 2:  # noqa: PLR2004 - a person and somebody else
        raise EvaluationInvalid(f"photos of {len(photos)} people are in {folder}, and two are needed", remedy=_REMEDY)
    groups = read_groups(folder / PEOPLE_FILE)
    return Labelled(
        tuple(
            LabelledPerson(name, tuple(sorted(photos[name], key=lambda photo: photo.path)), groups.get(name, {}))
            for name in sorted(photos)
        ),
        len(unlabelled),
        len(duplicates),
        tuple(_remarks(photos, unlabelled, duplicates, groups)),
    )


def _person_of(path: Path) -> tuple[str, str]:
    """Give the person and the rest of a photo's name, by its path in the folder."""
    if len(path.parts) > 1:
        return path.parts[0].strip(), Path(*path.parts[1:]).as_posix()
    person, mark, rest = path.name.partition("_")
    return (person.strip(), rest) if mark else ("", path.name)


def _fingerprint(path: Path) -> str:
    try:
        return fingerprint_file(path)
    except PhotoProblem:
        return ""


def _without_duplicates(photos: dict[str, list[LabelledPhoto]]) -> list[Path]:
    """Take files with the same bytes out, and give them.

    Raises:
        EvaluationInvalid: the same bytes are labelled as two people: one of the labels is wrong.
    """
    first: dict[str, tuple[str, LabelledPhoto]] = {}
    again: list[Path] = []
    for person in sorted(photos):
        kept: list[LabelledPhoto] = []
        for photo in sorted(photos[person], key=lambda one: one.path):
            owner, earlier = first.setdefault(photo.fingerprint, (person, photo)) if photo.fingerprint else ("", photo)
            if earlier is photo:
                kept.append(photo)
            elif owner == person:
                again.append(photo.path)
            else:
                raise EvaluationInvalid(
                    f"{earlier.path} and {photo.path} are the same file, labelled as two people",
                    remedy="take away the one that is labelled wrongly",
                )
        photos[person] = kept
    return again


def _remarks(
    photos: Mapping[str, list[LabelledPhoto]],
    unlabelled: list[Path],
    duplicates: list[Path],
    groups: Mapping[str, Mapping[str, str]],
) -> list[str]:
    """Say in sentences what was passed over."""
    single = sum(len(one) == 1 for one in photos.values())
    nobody = sorted(set(groups) - set(photos))
    without = sum(name not in groups for name in photos) if groups else 0
    remarks: list[str] = []
    if unlabelled:
        remarks.append(f"{_photos(unlabelled)} without a person in the name, passed over: {_named(unlabelled)}")
    if duplicates:
        what = "with the same bytes as another of the same person, passed over"
        remarks.append(f"{_photos(duplicates)} {what}: {_named(duplicates)}")
    if single:
        remarks.append(f"{_people(single)} with one photo only, which is not both enrolled and searched with")
    if nobody:
        remarks.append(f"{_people(len(nobody))} in {PEOPLE_FILE} without a photo: {_named(nobody)}")
    if without:
        remarks.append(f"{_people(without)} with photos, but not in {PEOPLE_FILE}: in no group")
    return remarks


def _photos(paths: Sequence[Path]) -> str:
    return "1 photo" if len(paths) == 1 else f"{len(paths):,} photos"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _named(names: Sequence[str | Path]) -> str:
    """Name the first few."""
    shown = 3
    return ", ".join(map(str, names[:shown])) + (" ..." if len(names) > shown else "")
