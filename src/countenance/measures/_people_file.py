"""`people.csv`: the groups that people say they belong to, for error rates by group; nothing else knows of them."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NoReturn

from countenance.errors import EvaluationInvalid

PEOPLE_FILE: Final = "people.csv"
# A line for each of 100,000 people takes a few megabytes.
MAX_FILE_BYTES: Final = 20_000_000
# Among fewer people each may well have a group of their own; a column in which more do holds names or numbers.
MOST_APART: Final = 10
# Ages are cut here, so that a group has people in it: under 30, 30-44, 45+.
_AGE: Final = "age"
# What tables say where nothing was said.
_NOTHING: Final = frozenset({"", "na", "n/a", "nan", "-", "?"})
_MIDDLE, _OLD = 30, 45


def read_groups(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Give each person's labels by column; nothing if there is no such file.

    The first column names the person; an empty cell or `NA` says nothing. `age`, if it is a number, is cut into three.

    Raises:
        EvaluationInvalid: it is no table in UTF-8, a column has no name or one twice, a person has two lines, or a
            column names everybody.
    """
    try:
        if not path.exists():
            return {}
        if path.stat().st_size > MAX_FILE_BYTES:
            _refuse("it is too large")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise EvaluationInvalid(
            f"{PEOPLE_FILE} cannot be read as a table: {problem}", remedy="save it as CSV in UTF-8"
        ) from problem
    header = [name.strip() for name in rows[0]] if rows else []
    labels = header[1:]
    if not header or not all(header) or len(set(header)) != len(header):
        _refuse("its first line does not name each column once")
    groups: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header) or not row[0].strip():
            _refuse(f"line {number} does not have a person and {len(labels)} labels")
        person = row[0].strip()
        if person in groups:
            _refuse(f"line {number} is the second one for {person}")
        groups[person] = {
            label: _cut(value.strip()) if label.lower() == _AGE else value.strip()
            for label, value in zip(labels, row[1:], strict=True)
            if value.strip().lower() not in _NOTHING
        }
    _refuse_names(labels, groups)
    return groups


def _refuse_names(labels: Sequence[str], groups: Mapping[str, Mapping[str, str]]) -> None:
    for label in labels:
        values = [one[label] for one in groups.values() if label in one]
        if len(values) >= MOST_APART and len(set(values)) == len(values):
            _refuse(f"in {label} everybody has a value of their own, which is no group but would tell who is who")


def _cut(age: str) -> str:
    try:
        years = float(age)
    except ValueError:
        return age
    if years < _MIDDLE:
        return f"under {_MIDDLE}"
    return f"{_MIDDLE}-{_OLD - 1}" if years < _OLD else f"{_OLD}+"


def _refuse(why: str) -> NoReturn:
    raise EvaluationInvalid(
        f"{PEOPLE_FILE} cannot be used: {why}", remedy="write one line a person: the person, then each label"
    )
