"""What a library begins with, what is read of it before anything is verified, and bringing an older one up to date."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from countenance.consent import Policy
from countenance.errors import LedgerBroken, StoreBroken
from countenance.ledger import Edge, Entry, append, leaf_hash, nodes_of_append
from countenance.ports import KeyKind, Vault
from countenance.seals import public_key_of
from countenance.stores import _resting, _schema
from countenance.stores._continuing import REMEDY
from countenance.stores._ended import Ended
from countenance.stores._erasing import Erasing
from countenance.stores._keyring import Keyring
from countenance.stores._reading import SqlReading
from countenance.stores._reading_base import ONLY
from countenance.stores._rows import PAGE_ROWS, RowKeys, Rows, Values
from countenance.stores._spelling import moment_number, moment_of, node_row
from countenance.stores._unit import SqlUnit

# What may stand in a library's id: it goes into the vault before anything could be verified.
_LIBRARY_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")

# From this format on, the nodes of the ledger's tree are kept, and checkpoints signed.
PROVING_FORMAT: Final = 3
# From this format on, permissions say whether a guardian signed, and template keys come with references.
HOLDING_FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class Birth:
    """What must be known of a library before its format can be understood; these columns stay in every format."""

    library: str
    format: int
    key_check: bytes


def birth(connection: sqlite3.Connection) -> Birth | None:
    """Read a library's id, format and check value; None if the database is empty.

    Raises:
        StoreBroken: it is not, but these are not there.
    """
    with closing(connection.execute("SELECT count(*) FROM sqlite_schema")) as cursor:
        if cursor.fetchone() == (0,):
            return None
    with closing(connection.execute("SELECT id, format, key_check FROM library")) as cursor:
        match cursor.fetchall():
            case [(str(library), int(number), bytes(check))] if is_library_id(library) and number > 0:
                return Birth(library, number, check)
    raise StoreBroken("the library does not say which one it is", remedy="restore it from a backup")


def key_check(vault: Vault) -> bytes:
    """Give 32 bytes that only a library's own master key gives, and that tell nothing about it."""
    return vault.derive("check")


def has_tables(connection: Connection) -> bool:
    """Tell whether there is anything in the database."""
    return connection.exec_driver_sql("SELECT 1 FROM sqlite_schema LIMIT 1").first() is not None


def is_library_id(text: str) -> bool:
    """Tell whether a text can be a library's id."""
    return _LIBRARY_ID.fullmatch(text) is not None


def lay_out(connection: Connection) -> None:
    """Make the tables of the newest format in an empty database, within the connection's transaction."""
    connection.exec_driver_sql(f"PRAGMA application_id = {_schema.APPLICATION_ID}")
    _upgrade(connection)


def found(connection: Connection, vault: Vault, row_keys: RowKeys, *, policy: Policy, entry: Entry) -> None:
    """Make tables, keys, policy and the first ledger entry, within the connection's transaction."""
    lay_out(connection)
    rows = Rows(connection, row_keys)
    rows.begin_tallies(_schema.TALLIED)
    _resting.begin(connection)
    keyring = Keyring(connection, vault)
    keyring.make(rows, KeyKind.CONTROLLER, vault.library)
    signing = keyring.make(rows, KeyKind.SIGNING, vault.library)
    made = moment_number(entry.at)
    rows.insert(
        _schema.library,
        {
            "id": vault.library,
            "format": _schema.FORMAT,
            "made_at": made,
            "key_check": key_check(vault),
            "public_key": public_key_of(signing),
        },
    )
    rows.insert(
        _schema.standing,
        {
            "place": ONLY,
            "roll": 0,
            "enrolled_roll": 0,
            "wipe_due": 0,
            "edge": Edge.empty().to_bytes(),
            "branch": None,
            "checkpoint": None,
        },
    )
    rows.insert(_schema.policies, {"number": 1, "since": made, "policy": policy.to_json()})
    rows.settle()
    unit = SqlUnit(connection, vault, row_keys, entry.at)
    unit.begin_log()
    unit.record(entry)
    unit.checkpoint()
    unit.finish()


def bring_up_to_date(connection: Connection, vault: Vault, row_keys: RowKeys) -> None:
    """Upgrade an older format, within the connection's transaction; nothing happens if another process was faster."""
    before = connection.execute(select(_schema.library.c.format)).scalar_one()
    if before == _schema.FORMAT:
        return
    _upgrade(connection)
    rows = Rows(connection, row_keys)
    known = set(connection.execute(select(_schema.tallies.c.name)).scalars())
    rows.begin_tallies([table for table in _schema.TALLIED if table.name not in known])
    if before < HOLDING_FORMAT:
        _fill_format_2(connection, vault, rows)
    if before < PROVING_FORMAT:
        _fill_format_3(SqlUnit(connection, vault, row_keys, _any_moment(connection)), rows)
    rows.update(_schema.library, _schema.library.c.id == vault.library, {"format": _schema.FORMAT})
    rows.settle()


def _fill_format_2(connection: Connection, vault: Vault, rows: Rows) -> None:
    """Say for whom a guardian signed, as the signed receipts have it, and let go of template keys that open nothing.

    Raises:
        StoreBroken, SealBroken, ReceiptInvalid: a receipt does not open; the library stays in its older format.
    """
    reading = SqlReading(connection, vault, _any_moment(connection))
    erasing = Erasing(connection, rows)
    ended = Ended(connection, moment_number(reading.now))
    for person in connection.execute(select(_schema.people.c.id)).scalars().all():
        if not ended.has_reference(person):
            erasing.key(KeyKind.TEMPLATE, person)
        for stored in reading.receipts(person):
            if stored.consent.receipt.guardian:
                rows.update(_schema.permissions, _schema.permissions.c.receipt == stored.id, {"child": 1})


def _fill_format_3(unit: SqlUnit, rows: Rows) -> None:
    """Keep the nodes of the tree that the ledger's entries give, a page at a time, and begin the log.

    Raises:
        LedgerBroken: they do not give the edge that was kept; the library stays in its older format.
    """
    found = Edge.empty()
    waiting: list[Values] = []
    for _, sealed in unit.ledger_rows():
        leaf = leaf_hash(sealed)
        waiting += map(node_row, nodes_of_append(found, leaf))
        found = append(found, leaf)
        if len(waiting) >= PAGE_ROWS:
            rows.insert(_schema.nodes, *waiting)
            waiting = []
    rows.insert(_schema.nodes, *waiting)
    if found != unit.ledger_edge():
        raise LedgerBroken("the ledger's entries do not give the tree that was recorded", remedy=REMEDY)
    # Signed for is nothing yet: if this is an older copy, that shows when the mirror is looked at.
    unit.begin_log()
    unit.finish()


def _any_moment(connection: Connection) -> datetime:
    """Give the moment of the library's making: what is filled in does not depend on the moment."""
    return moment_of(connection.execute(select(_schema.library.c.made_at)).scalar_one())


def _upgrade(connection: Connection) -> None:
    from countenance.stores._migrate import upgrade  # noqa: PLC0415  (Alembic is slow to load, and rarely needed)

    upgrade(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {_schema.FORMAT}")
