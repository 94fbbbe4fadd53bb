"""What can be told of a library without its key: which one it is, and whether its ledger's tree is whole."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, select

from countenance.errors import LedgerBroken, NoLibrary, StoreBroken
from countenance.ledger import Edge, SealedEntry, Verdict, verify
from countenance.stores import _schema
from countenance.stores._engine import FILE_NAME, READING, connect, make_engine, transaction, translated
from countenance.stores._founding import Birth, birth
from countenance.stores._spelling import understood


def library_id(folder: Path) -> str:
    """Give the id of the library in a folder.

    Raises:
        NoLibrary: there is none.
        StoreBroken: the database does not say.
    """
    return birth_in(folder).library


def birth_in(folder: Path) -> Birth:
    """Give what must be known of the library in a folder before it is opened.

    Raises:
        NoLibrary: there is none.
        StoreBroken: the database does not say.
    """
    file = folder / FILE_NAME
    if not file.is_file():
        raise _none(folder)
    with translated(), closing(connect(file)) as connection:
        made = birth(connection)
    if made is None:
        raise _none(folder)
    return made


def verify_tree(folder: Path) -> Verdict:
    """Compute the ledger's tree from the sealed entries, and compare it with the edge that was kept; opens nothing.

    Raises:
        NoLibrary: there is none.
        StoreBroken: the database is damaged, or of a format without these tables.
    """
    birth_in(folder)
    engine = make_engine(folder / FILE_NAME)
    try:
        with transaction(engine, READING) as connection:
            edge = connection.execute(select(_schema.standing.c.edge)).scalar_one_or_none()
            if not isinstance(edge, bytes):
                raise StoreBroken("the ledger's edge is gone", remedy="restore the library from a backup")
            return verify(_entries(connection), Edge.from_bytes(edge))
    finally:
        engine.dispose()


def _entries(connection: Connection) -> Iterator[SealedEntry]:
    kept = _schema.ledger.c
    for place, (number, salt, payload) in enumerate(
        connection.execute(select(kept.place, kept.salt, kept.payload).order_by(kept.place))
    ):
        if number != place:
            raise LedgerBroken(f"the ledger has no entry {place}", remedy="restore the library from a backup")
        with understood():
            sealed = SealedEntry(salt, payload)
        yield sealed


def _none(folder: Path) -> NoLibrary:
    return NoLibrary(f"there is no library in {folder}", remedy="make one with `countenance init`, or name its folder")
