"""Keeping the mirror in step with the store: when it is written, whether it is behind, and what it knows better."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, Engine, select

from countenance.errors import BackupDamaged, CountenanceError
from countenance.ledger import Edge, root
from countenance.ports import Check, KeyKind
from countenance.stores import _schema
from countenance.stores._engine import WRITING, transaction
from countenance.stores._mirror import Mirror, Mirrored, Withdrawn

# A change to one of these, or to the roll, is one that the mirror must know of.
MIRRORED_TABLES: Final = frozenset({"keys", "permissions", "tombstones"})


@dataclass(frozen=True, slots=True)
class Overdue:
    """What a mirror knows and the store does not: purposes withdrawn of receipts, and people forgotten."""

    withdrawn: tuple[Withdrawn, ...] = ()
    forgotten: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.withdrawn or self.forgotten)


def mirrored(connection: Connection, library: str, at: int) -> Mirrored:
    """Give what the mirror of a library should say, out of a transaction that ends at this moment."""
    standing = connection.execute(select(_schema.standing.c.roll, _schema.standing.c.edge)).one()
    edge = Edge.from_bytes(standing.edge)
    given = _schema.permissions.c
    ended = select(given.receipt, given.purpose, given.person, given.withdrawn_at).where(
        given.withdrawn_at.is_not(None)
    )
    dead = select(_schema.tombstones.c.person, _schema.tombstones.c.ended_at)
    wrapped = select(_schema.keys.c.subject, _schema.keys.c.wrapped).where(_schema.keys.c.kind == str(KeyKind.TEMPLATE))
    return Mirrored(
        library=library,
        format=_schema.FORMAT,
        roll=standing.roll,
        at=at,
        size=edge.size,
        root=root(edge),
        withdrawn=tuple(sorted(Withdrawn(*row) for row in connection.execute(ended))),
        forgotten=dict(connection.execute(dead).all()),
        keys=dict(connection.execute(wrapped).all()),
        keys_roll=standing.roll,
    )


def overdue(connection: Connection, said: Mirrored) -> Overdue:
    """Give what a mirror says that the store has live still."""
    given = _schema.permissions.c
    dead = set(connection.execute(select(_schema.tombstones.c.person)).scalars())
    ended = select(given.receipt, given.purpose).where(given.withdrawn_at.is_not(None))
    known = {(receipt, purpose) for receipt, purpose in connection.execute(ended)}
    return Overdue(
        withdrawn=tuple(
            one
            for one in said.withdrawn
            if (one.receipt, one.purpose) not in known and _is_live(connection, one.receipt, one.purpose)
        ),
        forgotten={person: at for person, at in said.forgotten.items() if person not in dead},
    )


def _is_live(connection: Connection, receipt: str, purpose: str) -> bool:
    given = _schema.permissions.c
    same = select(given.receipt).where(given.receipt == receipt, given.purpose == purpose, given.withdrawn_at.is_(None))
    return connection.execute(same).first() is not None


@dataclass(frozen=True, slots=True)
class Written:
    """What a transaction did to the mirror: whether it is as it should be, and its files before and after."""

    done: bool
    before: Mapping[str, bytes] = field(default_factory=dict)
    after: Mapping[str, bytes] = field(default_factory=dict)


class MirrorKeeper:
    """The mirror of an open library; without one, everything is as if it were always current."""

    def __init__(self, mirror: Mirror | None, library: str) -> None:
        self._mirror = mirror
        self._library = library

    @property
    def there_is(self) -> bool:
        """Whether the library has a mirror at all."""
        return self._mirror is not None

    @property
    def folder(self) -> Path | None:
        """Where the mirror is, if there is one at all."""
        return None if self._mirror is None else self._mirror.folder

    def said(self) -> Mirrored | None:
        """Give what the mirror says; None if there is none that can be believed."""
        if self._mirror is None:
            return None
        with suppress(BackupDamaged, OSError):
            return self._mirror.read()
        return None

    def is_current(self, connection: Connection, *, whole: bool = False) -> bool:
        """Tell whether the mirror says what it should; with `whole`, how long the ledger is counts too."""
        if self._mirror is None:
            return True
        said = self.said()
        if said is None or overdue(connection, said):
            return False
        wanted = self._wanted(connection, said, said.at)
        return said.says_the_same(wanted) and not (whole and (said.size, said.root) != (wanted.size, wanted.root))

    def keep(self, connection: Connection, at: int, *, before: Mirrored | None = None) -> Written:
        """Write the mirror out of a transaction that holds the write lock; it stops nothing if it cannot be written.

        `before` is what it said, if it was under another master key.
        """
        if self._mirror is None:
            return Written(done=True)
        was = self._bytes_now()
        try:
            self._mirror.write(self._wanted(connection, before or self.said(), at))
        except OSError:
            return Written(done=False, before=was, after=self._bytes_now())
        return Written(done=True, before=was, after=self._bytes_now())

    def undo(self, written: Written | None, engine: Engine) -> None:
        """Put the mirror back as it was before a transaction that did not commit; best effort, the next opening looks.

        Nothing is done if another transaction has written it since.
        """
        if self._mirror is None or written is None or written.before == written.after:
            return
        with suppress(CountenanceError, OSError), transaction(engine, WRITING):
            if self._bytes_now() == written.after:
                self._mirror.put_back(written.before)

    def check(self, connection: Connection) -> Check:
        """Say how the mirror stands."""
        if self._mirror is None:
            return Check("mirror", ok=True, detail="there is none: no backup brings a template back")
        where = f"the mirror in {self._mirror.folder}"
        said = self.said()
        if said is not None and overdue(connection, said):
            return Check("mirror", ok=False, detail=f"{where} knows of withdrawals that are done at the next opening")
        if self.is_current(connection):
            return Check("mirror", ok=True, detail=f"{where} is current")
        return Check("mirror", ok=False, detail=f"{where} is behind, because it cannot be written")

    def _bytes_now(self) -> Mapping[str, bytes]:
        with suppress(OSError):
            return {} if self._mirror is None else self._mirror.bytes_now()
        return {}

    def _wanted(self, connection: Connection, before: Mirrored | None, at: int) -> Mirrored:
        wanted = mirrored(connection, self._library, at or (before.at if before else 0))
        if before is None:
            return wanted
        late = overdue(connection, before)
        # The key of somebody who has withdrawn elsewhere does not come back while the store has not heeded it yet.
        leaving = {one.person for one in late.withdrawn} | late.forgotten.keys()
        keys = {person: key for person, key in wanted.keys.items() if person not in leaving}
        return replace(wanted, keys=keys).with_what_stays(before)
