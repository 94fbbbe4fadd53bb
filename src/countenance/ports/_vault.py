"""The vault: every key of a library is wrapped under one master key, which never leaves it."""

from enum import StrEnum
from typing import Protocol


class KeyKind(StrEnum):
    """What a wrapped key is for; each person has the first three, a month the fourth, the library the others."""

    TEMPLATE = "template"
    """References and enrolment crops; goes at withdrawal."""
    EVIDENCE = "evidence"
    """Name, receipts and release; goes when the evidence period ends."""
    AUDIT = "audit"
    """The person's part of ledger entries; goes when the evidence period ends."""
    SEARCHES = "searches"
    """The controller's part of what was searched in one month (`2026-03`); goes when the policy's days are over."""
    CONTROLLER = "controller"
    """The controller's part of all other ledger entries."""
    SIGNING = "signing"
    """The library's Ed25519 private key."""
    DIGEST = "digest"
    """Keyed digests, so that they stay comparable when the master key changes; until it first does, it is derived."""


class Vault(Protocol):
    """Wrap the keys of people and of the library under the master key, which never leaves it."""

    @property
    def library(self) -> str:
        """The id of the library that it wraps for; every wrapped key is bound to it."""

    def wrap(self, key: bytes, *, kind: KeyKind, subject: str) -> bytes:
        """Give a 32-byte key as ciphertext, bound to library, kind and subject (a person, month or library)."""

    def unwrap(self, wrapped: bytes, *, kind: KeyKind, subject: str) -> bytes:
        """Give the key back.

        Raises:
            SealBroken: changed, moved to another kind or subject, or wrapped under another master key.
        """

    def derive(self, label: str) -> bytes:
        """Give 32 bytes that only this master key gives for this label (for keyed digests and row seals)."""
