"""The words of a receipt in every language that the house speaks; the language of the notice chooses among them.

A table is only ever added to: a receipt keeps the words it was signed with, and they must still be understood.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from countenance.consent import _words, _words_fr
from countenance.consent._values import Purpose


class _Retention(Protocol):
    def __call__(self, *, until: datetime, evidence_days: int, with_template: bool) -> str: ...


class _Withdrawal(Protocol):
    def __call__(self, contact: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a receipt says of itself in one language; the two `data` and `method` are with a template and without."""

    purposes: Mapping[Purpose, str]
    rights: tuple[str, ...]
    collection_method: str
    methods: Mapping[bool, str]
    data: Mapping[bool, tuple[str, ...]]
    storage: str
    retention: _Retention
    withdrawal: _Withdrawal
    phrases: Mapping[str, str]

    def own(self, text: str) -> str:
        """Give a text of the policy: in this language if the house wrote it, else as the controller did."""
        return self.phrases.get(text, text)


ENGLISH = Wording(
    purposes=_words.PURPOSE_WORDS,
    rights=_words.RIGHTS,
    collection_method=_words.COLLECTION_METHOD,
    methods={True: _words.WITH_TEMPLATE_METHOD, False: _words.WITHOUT_TEMPLATE_METHOD},
    data={True: _words.WITH_TEMPLATE_DATA, False: _words.WITHOUT_TEMPLATE_DATA},
    storage=_words.STORAGE,
    retention=_words.retention,
    withdrawal=_words.withdrawal_method,
    phrases={},
)
FRENCH = Wording(
    purposes=_words_fr.PURPOSE_WORDS,
    rights=_words_fr.RIGHTS,
    collection_method=_words_fr.COLLECTION_METHOD,
    methods={True: _words_fr.WITH_TEMPLATE_METHOD, False: _words_fr.WITHOUT_TEMPLATE_METHOD},
    data={True: _words_fr.WITH_TEMPLATE_DATA, False: _words_fr.WITHOUT_TEMPLATE_DATA},
    storage=_words_fr.STORAGE,
    retention=_words_fr.retention,
    withdrawal=_words_fr.withdrawal_method,
    phrases=_words_fr.POLICY_PHRASES,
)
WORDINGS: Mapping[str, Wording] = MappingProxyType({"en": ENGLISH, "fr": FRENCH})


def wording_in(language: str) -> Wording:
    """Give the words of a language (a tag such as fr or fr-CA); of one that the house does not speak, the English."""
    return WORDINGS.get(language.partition("-")[0].lower(), ENGLISH)


def purpose_words(language: str) -> Mapping[Purpose, str]:
    """Give what each purpose allows, in a language that the house speaks, else in English."""
    return wording_in(language).purposes
