"""Format 2: what is held, who is a child, human decisions, private links, jobs, and who was forgotten."""

import sqlalchemy as sa
from alembic import op

from countenance.stores._schema import Blob

revision = "2"
down_revision = "1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns that may be null, indexes for what comes due, and tables."""
    op.add_column("permissions", sa.Column("held", sa.Text(), nullable=True))
    op.add_column("permissions", sa.Column("child", sa.Integer(), nullable=True))
    op.add_column("people", sa.Column("last_act", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_permissions_expires"), "permissions", ["expires"], unique=False)
    op.create_index(
        op.f("ix_permissions_withdrawn_at"),
        "permissions",
        ["withdrawn_at"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_receipts_given"), "receipts", ["given"], unique=False)
    op.create_index(op.f("ix_publication_people_person"), "publication_people", ["person"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=True),
        sa.Column("y", sa.Integer(), nullable=True),
        sa.Column("w", sa.Integer(), nullable=True),
        sa.Column("h", sa.Integer(), nullable=True),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("fingerprint", "person"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_decisions_person"), "decisions", ["person"], unique=False)
    op.create_table(
        "links",
        sa.Column("digest", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("person", name=op.f("uq_links_person")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "jobs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "tombstones",
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ended_at", sa.Integer(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
