"""The wrapped keys of one transaction, and what is sealed under them."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from countenance.errors import StoreBroken
from countenance.ports import KeyKind, Vault
from countenance.seals import new_key, seal, unseal
from countenance.stores._rows import Rows
from countenance.stores._schema import keys
from countenance.stores._spelling import bound

# A person has these from the beginning to the end of the evidence, and a template key as long as references.
LASTING_KEYS = (KeyKind.EVIDENCE, KeyKind.AUDIT)
PERSON_KEYS = (KeyKind.TEMPLATE, *LASTING_KEYS)
# The label under which the vault gives the key of keyed digests.
DIGEST_LABEL = "digest"


class Keyring:
    """Open keys when they are needed, and hold them as long as the transaction lasts."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._open: dict[tuple[KeyKind, str], bytes] = {}

    @property
    def library(self) -> str:
        """The id of the library."""
        return self._vault.library

    def own(self, kind: KeyKind) -> bytes:
        """Give a key of the library itself."""
        return self.key(kind, self.library)

    def key(self, kind: KeyKind, subject: str) -> bytes:
        """Give a key.

        Raises:
            StoreBroken: there is none.
            SealBroken: it was changed or moved.
        """
        known = self._open.get((kind, subject))
        if known is None:
            wrapped = self.wrapped(kind, subject)
            if wrapped is None:
                raise StoreBroken(f"the {kind} key of {subject} is gone", remedy="restore the library from a backup")
            known = self._open[kind, subject] = self.unwrapped(wrapped, kind, subject)
        return known

    def controllers(self) -> Iterator[bytes]:
        """Give the controller's keys: the lasting one, then those of searches, the newest month first."""
        yield self.own(KeyKind.CONTROLLER)
        for month in reversed(self.months()):
            yield self.key(KeyKind.SEARCHES, month)

    def months(self) -> tuple[str, ...]:
        """Give the months of which there is a key of searches, in order."""
        statement = select(keys.c.subject).where(keys.c.kind == str(KeyKind.SEARCHES)).order_by(keys.c.subject)
        return tuple(self._connection.execute(statement).scalars())

    def has(self, kind: KeyKind, subject: str) -> bool:
        """Tell whether there is such a key."""
        return self.wrapped(kind, subject) is not None

    def wrapped(self, kind: KeyKind, subject: str) -> bytes | None:
        """Give a key as it is stored."""
        return self._connection.execute(
            select(keys.c.wrapped).where(keys.c.kind == str(kind), keys.c.subject == subject)
        ).scalar_one_or_none()

    def unwrapped(self, wrapped: bytes, kind: KeyKind, subject: str) -> bytes:
        """Open a stored key."""
        return self._vault.unwrap(wrapped, kind=kind, subject=subject)

    def make(self, rows: Rows, kind: KeyKind, subject: str) -> bytes:
        """Draw a fresh key and keep it."""
        key = new_key()
        wrapped = self._vault.wrap(key, kind=kind, subject=subject)
        rows.insert(keys, {"kind": str(kind), "subject": subject, "wrapped": wrapped})
        self._open[kind, subject] = key
        return key

    def forget(self, kind: KeyKind, subject: str) -> None:
        """Let go of an open key that was erased."""
        self._open.pop((kind, subject), None)

    def seal(self, kind: KeyKind, subject: str, plain: bytes, *where: str) -> bytes:
        """Seal under a key, bound to the library, the subject and where it belongs."""
        return seal(self.key(kind, subject), plain, bound_to=bound(self.library, subject, *where))

    def unseal(self, kind: KeyKind, subject: str, sealed: bytes, *where: str) -> bytes:
        """Open what `seal` gave.

        Raises:
            SealBroken: it was changed or moved.
        """
        return unseal(self.key(kind, subject), sealed, bound_to=bound(self.library, subject, *where))

    def digest_key(self) -> bytes:
        """Give the key of keyed digests: the one kept when the master key was changed, or else the derived one."""
        if self.has(KeyKind.DIGEST, self.library):
            return self.own(KeyKind.DIGEST)
        return self._vault.derive(DIGEST_LABEL)

    def keep_digest_key(self, rows: Rows) -> None:
        """Keep the key of keyed digests, before the master key that it is derived from goes."""
        if not self.has(KeyKind.DIGEST, self.library):
            wrapped = self._vault.wrap(self.digest_key(), kind=KeyKind.DIGEST, subject=self.library)
            rows.insert(keys, {"kind": str(KeyKind.DIGEST), "subject": self.library, "wrapped": wrapped})
