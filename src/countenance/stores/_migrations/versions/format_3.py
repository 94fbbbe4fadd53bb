"""Format 3: the inner nodes of the ledger's tree, the branch that the ledger is on, the checkpoint signed last."""

import sqlalchemy as sa
from alembic import op

from countenance.stores._schema import Blob

revision = "3"
down_revision = "2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns that may be null, and a table."""
    op.add_column("standing", sa.Column("branch", sa.Integer(), nullable=True))
    op.add_column("standing", sa.Column("checkpoint", sa.Text(), nullable=True))
    op.create_table(
        "nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
