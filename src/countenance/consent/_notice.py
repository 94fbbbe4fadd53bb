"""A notice: the text that people are shown before they choose, in one language, and the facts that it states."""

from collections.abc import Sequence
from dataclasses import dataclass

from countenance.consent._values import Purpose
from countenance.seals import sha256_hex


@dataclass(frozen=True, slots=True)
class Notice:
    """A text in one language (RFC 5646 tag), kept to the letter."""

    language: str
    text: str

    @property
    def sha256(self) -> str:
        """The SHA-256 of its UTF-8 bytes, hexadecimal, as receipts carry it."""
        return sha256_hex(self.text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """What a notice tells people, whatever the language: the fields of the policy that it is written from."""

    controller: str
    contact: str
    authority: str
    location: str
    recipients: Sequence[str]
    lawful_basis: str
    purposes: Sequence[Purpose]
    recognition: bool
    be_found_waits: str
    retention_days: int
    child_retention_days: int
    evidence_days: int


def primary(language: str) -> str:
    """Give the language of a tag without region or script: `fr` of `fr-CA`."""
    return language.partition("-")[0].casefold()


def chosen(notices: Sequence[Notice], language: str) -> Notice:
    """Give the notice in this language, else in the nearest one, else the first.

    A tag is shortened from its end until there is one (RFC 4647, section 3.4): `fr-CH` is served by `fr`. Then any
    notice of the same language serves: `pt` by `pt-BR`.
    """
    by_tag = {notice.language.casefold(): notice for notice in notices}
    parts = language.casefold().split("-")
    for length in range(len(parts), 0, -1):
        if (found := by_tag.get("-".join(parts[:length]))) is not None:
            return found
    kin = (notice for notice in notices if primary(notice.language) == parts[0])
    return next(kin, notices[0])
