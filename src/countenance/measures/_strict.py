"""Read fields of JSON that must be just so; which file and line they stand in is left to the caller."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

_Word = TypeVar("_Word", bound=StrEnum)
_Read = TypeVar("_Read")


class WrongField(Exception):
    """A field is not what it must be: its name, and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} {why}".strip())


def fields(told: object, names: Sequence[str]) -> dict[str, Any]:
    """Give an object that has just these fields."""
    if not isinstance(told, dict):
        raise WrongField("", "it is no object")
    if missing := [name for name in names if name not in told]:
        raise WrongField(missing[0], "is missing")
    if unknown := sorted(set(told) - set(names)):
        raise WrongField(unknown[0], "is not known")
    return told


def text(told: Mapping[str, Any], name: str, *, form: str = r"(?s).*\S.*") -> str:
    """Give text that is not blank, and of a form if one is asked for."""
    value = told[name]
    if not isinstance(value, str) or not re.fullmatch(form, value):
        raise WrongField(name, "is no such text")
    return value


def count(told: Mapping[str, Any], name: str, *, least: int = 0) -> int:
    """Give a whole number of `least` or more."""
    value = told[name]
    if type(value) is not int or value < least:
        raise WrongField(name, f"is no whole number of {least} or more")
    return value


def number(told: Mapping[str, Any], name: str) -> float:
    """Give a number; canonical JSON writes 1.0 as 1."""
    value = told[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongField(name, "is no number")
    return float(value)


def yes(told: Mapping[str, Any], name: str) -> bool:
    """Give true or false."""
    value = told[name]
    if not isinstance(value, bool):
        raise WrongField(name, "is neither true nor false")
    return value


def each(told: Mapping[str, Any], name: str, reader: Callable[[Mapping[str, Any], str], _Read]) -> tuple[_Read, ...]:
    """Give a list, each of its values read by one of these readers."""
    value = told[name]
    if not isinstance(value, list):
        raise WrongField(name, "is no list")
    return tuple(reader({name: one}, name) for one in value)


def word(told: Mapping[str, Any], name: str, words: type[_Word]) -> _Word:
    """Give a word of a closed list."""
    try:
        return words(told[name])
    except ValueError as problem:
        raise WrongField(name, f"is none of {', '.join(words)}") from problem
