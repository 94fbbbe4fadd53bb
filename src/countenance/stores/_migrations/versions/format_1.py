"""Format 1: the first."""

import sqlalchemy as sa
from alembic import op

from countenance.stores._schema import Blob

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "keys",
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("wrapped", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", Blob(), nullable=False),
        sa.Column("payload", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "library",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.Column("key_check", Blob(), nullable=False),
        sa.Column("public_key", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "people",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id", name=op.f("uq_people_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", Blob(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("modified_ns", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("seen_with", sa.Text(), nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path", name=op.f("uq_photos_path")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "rest",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sqlite_strict=True,
    )
    op.create_table(
        "policies",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("policy", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "publications",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", Blob(), nullable=False),
        sa.Column("source_fingerprint", sa.Text(), nullable=False),
        sa.Column("temporary", Blob(), nullable=False),
        sa.Column("target", Blob(), nullable=False),
        sa.Column("target_fingerprint", sa.Text(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id", name=op.f("uq_publications_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_publications_target"), "publications", ["target"], unique=False)
    op.create_table(
        "standing",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("enrolled_roll", sa.Integer(), nullable=False),
        sa.Column("wipe_due", sa.Integer(), nullable=False),
        sa.Column("edge", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "tallies",
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("total", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "boxes",
        sa.Column("photo", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("w", sa.Integer(), nullable=False),
        sa.Column("h", sa.Integer(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["photo"], ["photos.id"]),
        sa.PrimaryKeyConstraint("photo", "place"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "publication_people",
        sa.Column("publication", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["publication"], ["publications.id"]),
        sa.PrimaryKeyConstraint("publication", "person"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Integer(), nullable=False),
        sa.Column("with_template", sa.Integer(), nullable=False),
        sa.Column("jws", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id", name=op.f("uq_receipts_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_receipts_person"), "receipts", ["person"], unique=False)
    op.create_table(
        "refs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("template", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_refs_person"), "refs", ["person"], unique=False)
    op.create_table(
        "releases",
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("content", Blob(), nullable=True),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("fingerprint"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "appearances",
        sa.Column("photo", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["photo", "place"], ["boxes.photo", "boxes.place"]),
        sa.PrimaryKeyConstraint("photo", "place"),
        sa.UniqueConstraint("photo", "person", name=op.f("uq_appearances_photo_person")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_appearances_person"), "appearances", ["person"], unique=False)
    op.create_table(
        "crops",
        sa.Column("reference", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("image", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["reference"], ["refs.number"]),
        sa.PrimaryKeyConstraint("reference", "place"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_crops_person"), "crops", ["person"], unique=False)
    op.create_table(
        "permissions",
        sa.Column("receipt", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.Column("with_template", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.Integer(), nullable=True),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["receipt"], ["receipts.id"]),
        sa.PrimaryKeyConstraint("receipt", "purpose"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_permissions_person"), "permissions", ["person"], unique=False)
