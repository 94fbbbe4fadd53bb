"""Keyrings to set while a test lasts: one in memory, and such as fail in the ways that real ones do."""

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
import keyring.core
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError


class MemoryRing(KeyringBackend):
    """A keyring that lasts as long as the test."""

    priority = 0.1

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Give what is held."""
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Hold it."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Let go of it."""
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class ForgetfulRing(MemoryRing):
    """A keyring that takes everything and keeps nothing, as the package's own null keyring does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Say nothing, and do nothing."""


class LockedRing(MemoryRing):
    """A keyring whose owner did not unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse."""
        raise KeyringLocked(f"no passphrase for {service} {username}")


class NoRing(MemoryRing):
    """What the package gives where there is no keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse."""
        raise NoKeyringError(f"no backend for {service} {username}")


class BrokenRing(MemoryRing):
    """A keyring whose system is not there, and which says so in an error of its own, with more than it should."""

    def get_password(self, service: str, username: str) -> str | None:
        """Fail."""
        raise ConnectionResetError(f"org.freedesktop.DBus: {service} {username} {CANARY}")


CANARY = "countenance-key-1:c0ffee"


@contextmanager
def ring_set(ring: KeyringBackend) -> Iterator[None]:
    """Let a keyring be the operating system's for a while."""
    before = keyring.core._keyring_backend
    keyring.set_keyring(ring)
    try:
        yield
    finally:
        keyring.core._keyring_backend = before
