"""The tables of `library.db`, format 4, as docs/formats/store.md promises them; migrations build exactly these."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.types import UserDefinedType

# The number of the format that this code reads and writes: the last migration's.
FORMAT: Final = 4
# "Cntn": tells our files from other SQLite databases (PRAGMA application_id).
APPLICATION_ID: Final = 0x436E746E


class Blob(UserDefinedType[bytes]):
    """Bytes, handed over as they are: a damaged row must reach the check of its seal, not a converter's traceback."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401  (SQLAlchemy passes whatever it likes)
        """Give the type's name in SQL."""
        return "BLOB"


metadata: Final = MetaData(
    naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)


def _table(
    name: str,
    *columns: Column[Any] | ForeignKeyConstraint | UniqueConstraint,
    added: Sequence[Column[Any]] = (),
    with_rowid: bool = True,
) -> Table:
    # STRICT: the engine itself keeps text out of a column of numbers, and its integrity check looks for it.
    # A column that a later format added stands behind the seal, where SQLite puts it, and may be null.
    seal = Column("seal", Blob, nullable=False)
    return Table(name, metadata, *columns, seal, *added, sqlite_strict=True, sqlite_with_rowid=with_rowid)


def _number(name: str, *more: ForeignKey, **options: Any) -> Column[int]:  # noqa: ANN401  (Column's options)
    return Column(name, Integer, *more, **{"nullable": False, **options})


def _text(name: str, *more: ForeignKey, **options: Any) -> Column[str]:  # noqa: ANN401  (Column's options)
    return Column(name, Text, *more, **{"nullable": False, **options})


def _blob(name: str, **options: Any) -> Column[bytes]:  # noqa: ANN401  (Column's options)
    return Column(name, Blob, **{"nullable": False, **options})


def _key(make: Callable[..., Column[Any]], name: str, *more: ForeignKey, index: bool = False) -> Column[Any]:
    return make(name, *more, primary_key=True, autoincrement=False, index=index)


# The library as it was made: read before anything else, so `id`, `format` and `key_check` stay in every format.
library: Final = _table(
    "library",
    _key(_text, "id"),
    _number("format"),
    _number("made_at"),
    _blob("key_check"),
    _blob("public_key"),
)
# How it stands now: one row, place 1.
standing: Final = _table(
    "standing",
    _key(_number, "place"),
    _number("roll"),
    _number("enrolled_roll"),
    _number("wipe_due"),
    _blob("edge"),
    added=[_number("branch", nullable=True), _text("checkpoint", nullable=True)],
)
policies: Final = _table("policies", _key(_number, "number"), _number("since"), _blob("policy"))
# Thresholds that were measured for this library; `people` were enrolled when they came into force.
calibrations: Final = _table(
    "calibrations", _key(_number, "number"), _number("since"), _number("people"), _blob("calibration")
)
keys: Final = _table("keys", _key(_text, "kind"), _key(_text, "subject"), _blob("wrapped"), with_rowid=False)
people: Final = _table(
    "people",
    _key(_number, "number"),
    _text("id", unique=True),
    _blob("name"),
    added=[_number("last_act", nullable=True)],
)
receipts: Final = _table(
    "receipts",
    _key(_number, "number"),
    _text("id", unique=True),
    _text("person", ForeignKey("people.id"), index=True),
    _number("given", index=True),
    _number("valid_until"),
    _number("with_template"),
    _blob("jws"),
)
permissions: Final = _table(
    "permissions",
    _key(_text, "receipt", ForeignKey("receipts.id")),
    _key(_text, "purpose"),
    _text("person", ForeignKey("people.id"), index=True),
    _number("given"),
    _number("expires", index=True),
    _number("with_template"),
    _number("withdrawn_at", nullable=True),
    added=[_text("held", nullable=True), _number("child", nullable=True)],
    with_rowid=False,
)
# Only of what was withdrawn: most permissions are not, and nothing that asks for live ones may come by this way.
withdrawals: Final = Index(
    "ix_permissions_withdrawn_at",
    permissions.c.withdrawn_at,
    sqlite_where=permissions.c.withdrawn_at.is_not(None),
)
releases: Final = _table(
    "releases",
    _key(_text, "fingerprint"),
    _text("person", ForeignKey("people.id"), nullable=True),
    _blob("content", nullable=True),
)
refs: Final = _table(
    "refs",
    _key(_number, "number"),
    _text("person", ForeignKey("people.id"), index=True),
    _text("model"),
    _blob("template"),
)
crops: Final = _table(
    "crops",
    _key(_number, "reference", ForeignKey("refs.number")),
    _key(_number, "place"),
    _text("person", ForeignKey("people.id"), index=True),
    _blob("image"),
)
photos: Final = _table(
    "photos",
    _key(_number, "id"),
    _blob("path", unique=True),
    _text("fingerprint"),
    _number("size_bytes"),
    _number("modified_ns"),
    _text("state"),
    _text("why"),
    _text("seen_with"),
    _number("roll"),
)
boxes: Final = _table(
    "boxes",
    _key(_number, "photo", ForeignKey("photos.id")),
    _key(_number, "place"),
    _number("x"),
    _number("y"),
    _number("w"),
    _number("h"),
    with_rowid=False,
)
appearances: Final = _table(
    "appearances",
    _key(_number, "photo"),
    _key(_number, "place"),
    _text("person", ForeignKey("people.id"), index=True),
    ForeignKeyConstraint(["photo", "place"], ["boxes.photo", "boxes.place"]),
    UniqueConstraint("photo", "person"),
    with_rowid=False,
)
publications: Final = _table(
    "publications",
    _key(_number, "number"),
    _text("id", unique=True),
    _blob("source"),
    _text("source_fingerprint"),
    _blob("temporary"),
    _blob("target", index=True),
    _text("target_fingerprint"),
    _text("style"),
    _text("reviewed_by"),
    _number("at"),
    _number("covered"),
    _text("state"),
)
publication_people: Final = _table(
    "publication_people",
    _key(_text, "publication", ForeignKey("publications.id")),
    _key(_text, "person", ForeignKey("people.id"), index=True),
    with_rowid=False,
)
# What humans decided: about a photo by its content, so that moving a file loses nothing.
decisions: Final = _table(
    "decisions",
    _key(_text, "fingerprint"),
    _key(_text, "person", ForeignKey("people.id"), index=True),
    _text("verdict"),
    _number("x", nullable=True),
    _number("y", nullable=True),
    _number("w", nullable=True),
    _number("h", nullable=True),
    _number("at"),
    with_rowid=False,
)
links: Final = _table(
    "links",
    _key(_text, "digest"),
    _text("person", ForeignKey("people.id"), unique=True),
    _number("made_at"),
)
jobs: Final = _table(
    "jobs",
    _key(_number, "number"),
    _text("kind"),
    _text("state"),
    _number("queued_at"),
    _number("began_at", nullable=True),
    _number("ended_at", nullable=True),
    _number("total"),
    _number("done"),
    _number("failed"),
)
# Who was forgotten: an id drawn at random and a moment, and nothing else.
tombstones: Final = _table("tombstones", _key(_text, "person"), _number("ended_at"))
ledger: Final = _table("ledger", _key(_number, "place"), _blob("salt"), _blob("payload"))
# The inner nodes of the ledger's tree, from level 1 on; what is on level 0 the entries give.
nodes: Final = _table("nodes", _key(_number, "level"), _key(_number, "place"), _blob("hash"), with_rowid=False)
# For each table above: how many rows it has, and the keyed sum of their seals.
tallies: Final = _table("tallies", _key(_text, "name"), _number("row_count"), _blob("total"), with_rowid=False)

# The keyed digest of the file as it was last closed: one row of fixed length, which vouches for itself.
rest: Final = Table(
    "rest",
    metadata,
    _key(_number, "place"),
    _blob("digest"),
    sqlite_strict=True,
)

SEALED: Final = tuple(table for table in metadata.sorted_tables if table is not rest)
TALLIED: Final = tuple(table for table in SEALED if table is not tallies)
