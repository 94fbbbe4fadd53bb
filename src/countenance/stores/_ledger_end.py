"""Looking at the ledger's end before an entry is added: on what was changed elsewhere nothing more is built.

It costs one statement, however long the ledger is. Whether all the entries before the last are whole, `verify` tells.
"""

from typing import Final

from sqlalchemy import Connection, select

from countenance.errors import LedgerBroken, StoreBroken
from countenance.ledger import EntryKind
from countenance.stores._continuing import REMEDY
from countenance.stores._rows import Rows, Values
from countenance.stores._schema import ledger, standing

# What ends something is recorded after damage as well: a withdrawal must find its way in, and so must the opening of
# the library before it. The damage stays to be seen.
UNHINDERED_KINDS: Final = frozenset(
    {
        EntryKind.WITHDRAWN,
        EntryKind.SWEPT,
        EntryKind.FORGOTTEN,
        EntryKind.RESTORED,
        EntryKind.SEARCHES_ENDED,
        EntryKind.PUBLICATION_SETTLED,
    }
)
_SO: Final = "so nothing is added to the ledger and nothing is told"


def refuse_broken_end(connection: Connection, rows: Rows, stands: Values, size: int, kind: EntryKind) -> None:
    """Refuse to add to a ledger of this size whose last entry, or the row that has its edge, was changed elsewhere.

    Raises:
        LedgerBroken: the entry was, or is gone; or there is one already where the next one belongs.
        StoreBroken: the row was.
    """
    place = ledger.c.place
    end = connection.execute(select(ledger).where(place >= size - 1).order_by(place).limit(2)).mappings().all()
    beyond = [row["place"] for row in end if row["place"] >= size]
    if beyond and (kind not in UNHINDERED_KINDS or size in beyond):
        raise _broken("the ledger has more entries than its edge counts")
    if kind in UNHINDERED_KINDS:
        return
    if len(end) != min(size, 1):
        raise _broken("the ledger's last entry is gone")
    if not all(rows.holds(ledger, row) for row in end):
        raise _broken("the ledger's last entry was changed")
    if not rows.holds(standing, stands):
        raise StoreBroken(f"the row with the ledger's edge was changed, {_SO}", remedy=REMEDY)


def _broken(what: str) -> LedgerBroken:
    return LedgerBroken(f"{what}, {_SO}", remedy=REMEDY)
