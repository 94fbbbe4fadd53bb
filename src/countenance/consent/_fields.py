"""Reading a JSON object field by field, strictly: what is missing, blank, unknown or of another type is refused."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Never

from countenance.consent._values import Purpose, in_order, is_id, read_moment

# A notice is a page or two; a text longer than this is not meant to be read by anybody.
MAX_TEXT_CHARACTERS = 100_000

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")
# NUL, and halves of surrogate pairs. One search of a text, as every receipt that is read has long ones.
_NOT_WRITTEN = re.compile(r"[\0\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")

Refuse = Callable[[str, str], Never]
"""Raise the room's error for a field and what is wrong with it."""


class Fields:
    """One JSON object of which each field is read once; `done` refuses what was not read."""

    def __init__(self, value: object, refuse: Refuse, *, within: str = "") -> None:
        self._within = within
        self._refuse = refuse
        if not isinstance(value, Mapping):
            refuse(within.rstrip(".") or "the whole", "must be an object")
        self._left = dict(value)

    def _take(self, name: str) -> object:
        if name not in self._left:
            self._refuse(self._within + name, "is missing")
        return self._left.pop(name)

    def text(self, name: str) -> str:
        """Give a text."""
        value = self._take(name)
        if not isinstance(value, str):
            self._refuse(self._within + name, "must be a text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts."""
        value = self._take(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._refuse(self._within + name, "must be a list of texts")
        return tuple(value)

    def number(self, name: str) -> int:
        """Give a whole number."""
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            self._refuse(self._within + name, "must be a whole number")
        return value

    def yes_or_no(self, name: str) -> bool:
        """Give true or false."""
        value = self._take(name)
        if not isinstance(value, bool):
            self._refuse(self._within + name, "must be true or false")
        return value

    def moment(self, name: str) -> datetime:
        """Give a moment (UTC)."""
        text = self.text(name)
        try:
            return read_moment(text)
        except ValueError as problem:
            self._refuse(self._within + name, f"is no moment: {problem}")

    def purposes(self, name: str) -> tuple[Purpose, ...]:
        """Give a list of purposes."""
        found = []
        for text in self.texts(name):
            try:
                found.append(Purpose(text))
            except ValueError:
                self._refuse(self._within + name, "has a purpose that does not exist")
        return tuple(found)

    def fields(self, name: str) -> "Fields":
        """Give an object within the object."""
        return Fields(self._take(name), self._refuse, within=f"{self._within}{name}.")

    def objects(self, name: str) -> "tuple[Fields, ...]":
        """Give a list of objects."""
        value = self._take(name)
        if not isinstance(value, list):
            self._refuse(self._within + name, "must be a list of objects")
        return tuple(Fields(one, self._refuse, within=f"{self._within}{name}.") for one in value)

    def done(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._left:
            self._refuse(f"{self._within}{name}", "is not known")


def check_line(field: str, text: str, refuse: Refuse) -> None:
    """Refuse a text that is blank, has blanks around it, or is not one printable line."""
    check_page(field, text, refuse)
    if text != text.strip():
        refuse(field, "has blanks around it")
    # What is printable throughout needs no look at each character; most lines are.
    if not text.isprintable() and any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        refuse(field, "must be one line without control characters")


def check_page(field: str, text: str, refuse: Refuse) -> None:
    """Refuse a text of several lines that is blank, endless, or cannot be written down."""
    if not text.strip():
        refuse(field, "is blank")
    if len(text) > MAX_TEXT_CHARACTERS:
        refuse(field, f"is longer than {MAX_TEXT_CHARACTERS} characters")
    if _NOT_WRITTEN.search(text):
        refuse(field, "has characters that cannot be written")


def check_lines(field: str, texts: tuple[str, ...], refuse: Refuse) -> None:
    """Refuse an empty list, and a list with a blank or broken line in it."""
    if not texts:
        refuse(field, "is empty")
    for text in texts:
        check_line(field, text, refuse)


def check_sha256(field: str, text: str, refuse: Refuse) -> None:
    """Refuse what is no SHA-256 in 64 small hexadecimal digits."""
    if _SHA256_HEX.fullmatch(text) is None:
        refuse(field, "is blank" if not text.strip() else "is no SHA-256 (64 hexadecimal digits)")


def check_language(field: str, text: str, refuse: Refuse) -> None:
    """Refuse what has not the form of a language tag (RFC 5646)."""
    if _LANGUAGE.fullmatch(text) is None:
        refuse(field, "is blank" if not text.strip() else "is no language tag such as en or pt-BR")


def check_id(field: str, text: str, refuse: Refuse) -> None:
    """Refuse what cannot be an id."""
    if not is_id(text):
        refuse(field, "is blank" if not text.strip() else "is no id")


def check_purposes(field: str, purposes: tuple[Purpose, ...], refuse: Refuse) -> None:
    """Refuse no purposes, and purposes twice or out of order (one set has one spelling)."""
    if not purposes:
        refuse(field, "is empty")
    if purposes != in_order(purposes):
        refuse(field, "must list each purpose once, in the order find-me, be-found, be-shown")
