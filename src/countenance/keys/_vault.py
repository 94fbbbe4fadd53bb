"""The vault: it holds the master key and lends only what is wrapped under it or derived from it."""

from typing import Never

from countenance.ports import KeyKind
from countenance.seals import KEY_BYTES, canonical, derived_key, seal, unseal


class MasterVault:
    """Wrap keys by AES-256-GCM, and derive keys by HKDF-SHA-256, under one master key for one library.

    Raises:
        ValueError: the master key has not 32 bytes, or the library's id is blank.
    """

    __slots__ = ("_library", "_root", "_wrapping")

    def __init__(self, master: bytes, library: str) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        if not library.strip():
            raise ValueError("a vault needs the id of its library")
        self._library = library
        # The same master key for two libraries still makes two vaults: what one seals the other cannot open, and equal
        # photos have unequal digests. Each use has a label of its own, so that no derived key is ever another's.
        self._root = derived_key(master, _label("root", library))
        self._wrapping = derived_key(self._root, _label("wrap"))

    @property
    def library(self) -> str:
        """The id of the library that it wraps for; every wrapped key is bound to it."""
        return self._library

    def wrap(self, key: bytes, *, kind: KeyKind, subject: str) -> bytes:
        """Give a 32-byte key as ciphertext, bound to library, kind and subject (a person's id, or the library's).

        Raises:
            ValueError: it is not a 32-byte key.
        """
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        return seal(self._wrapping, key, bound_to=_label("wrapped", self._library, kind, subject))

    def unwrap(self, wrapped: bytes, *, kind: KeyKind, subject: str) -> bytes:
        """Give the key back.

        Raises:
            SealBroken: changed, moved to another kind or subject, or wrapped under another master key.
        """
        return unseal(self._wrapping, wrapped, bound_to=_label("wrapped", self._library, kind, subject))

    def derive(self, label: str) -> bytes:
        """Give 32 bytes that only this master key gives for this label (for keyed digests and row seals)."""
        return derived_key(self._root, _label("derive", label))

    def __repr__(self) -> str:
        return f"MasterVault(library={self._library!r})"

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a vault is not copied and does not travel")


def _label(*words: str) -> str:
    """Join words so that no other words give the same label: canonical JSON quotes them."""
    return canonical(["countenance-vault-1", *map(str, words)]).decode()
