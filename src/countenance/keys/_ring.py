"""The operating system's keyring, by the optional package `keyring`, which is loaded when a key is asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from countenance.errors import KeyMissing, KeyProblem, UsageWrong
from countenance.keys._lost import LOST
from countenance.keys._text import key_line, parse_key
from countenance.seals import new_key

SERVICE = "countenance"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The operating system's keyring, and the service and name it keeps a key under: our name, and the library's id.

    An empty id stands for the library that is opened with it.
    """

    service: str = SERVICE
    library: str = ""

    def __str__(self) -> str:
        """Say where the key is, as a person looks for it in the keyring."""
        return f"the operating system's keyring ({self.service}, {self.library})"


def read_ring(source: KeyRing) -> bytes:
    """Read a master key from the keyring.

    Raises:
        KeyMissing: there is none, or the keyring cannot be asked.
        KeyWrong: what is there is no key.
    """
    text = peek(source)
    if text is None:
        raise KeyMissing(
            f"there is no key in {source}",
            remedy=f"work in the account that made the library, or say where a copy of the key is; {LOST}",
        )
    return parse_key(text, source=str(source))


def make_in_ring(source: KeyRing) -> bytes:
    """Draw a fresh master key, put it into the keyring and see that it is there; gives the key.

    Raises:
        UsageWrong: there is one already; a key is never overwritten.
        KeyProblem: the keyring cannot be asked, or does not keep what it is given.
    """
    if peek(source) is not None:
        raise UsageWrong(
            f"there is a key already in {source}", remedy="take it out of the keyring, if it opens nothing"
        )
    key = new_key()
    put(source, key)
    return key


def put(source: KeyRing, key: bytes) -> None:
    """Put a key into the keyring, in place of what is there, and see that it is kept.

    Raises:
        KeyProblem: the keyring cannot be asked, or does not keep what it is given.
    """
    line = key_line(key)
    with _keyring("write to") as ring:
        ring.set_password(source.service, source.library, line)
    # There are keyrings that take everything and keep nothing, and such as cut off what is long.
    if peek(source) != line:
        raise KeyProblem(
            f"the keyring {backend()} did not keep the key that it was given", remedy="keep the key in a file instead"
        )


def take_out(source: KeyRing) -> None:
    """Take a key out of the keyring; one that is not there is no error.

    Raises:
        KeyProblem: the keyring cannot be asked, or keeps it.
    """
    if peek(source) is not None:
        with _keyring("delete from") as ring:
            ring.delete_password(source.service, source.library)


def peek(source: KeyRing) -> str | None:
    """Give what the keyring holds in this place; None for nothing.

    Raises:
        KeyMissing: the keyring cannot be asked.
    """
    with _keyring("read from") as ring:
        held: str | None = ring.get_password(source.service, source.library)
    return held


def backend() -> str:
    """Give the name of the keyring in use, as the package `keyring` calls it.

    Raises:
        KeyMissing: the keyring cannot be asked.
    """
    with _keyring("name") as ring:
        return str(ring.get_keyring().name)


@contextmanager
def _keyring(deed: str) -> Iterator[ModuleType]:
    """Give the package, and turn what it or a backend of it raises into ours; nothing of what a backend says is told.

    Raises:
        KeyMissing: the keyring cannot be asked.
    """
    try:
        import keyring  # noqa: PLC0415  (optional, and slow to load)
        from keyring import errors  # noqa: PLC0415
    except ImportError:
        raise KeyMissing(
            "the package that asks the operating system's keyring is not installed",
            remedy="run: pip install 'countenance[keyring]', or say with --key-file where a copy of the key is",
        ) from None
    try:
        yield keyring
    except errors.NoKeyringError:
        raise KeyMissing(
            "this machine has no keyring that can be asked",
            remedy="keep the key in a file (--key-file) or with a password manager (--key-command)",
        ) from None
    except errors.KeyringLocked:
        raise KeyMissing(
            "the operating system's keyring is locked",
            remedy="unlock it, as by logging in, and try again",
        ) from None
    except Exception as problem:  # noqa: BLE001  (a backend is anybody's code, and may raise anything)
        raise KeyMissing(
            f"the operating system's keyring did not let us {deed} it ({type(problem).__name__})",
            remedy="see with the system's own tools whether it works; `keyring diagnose` names the one in use",
        ) from None
