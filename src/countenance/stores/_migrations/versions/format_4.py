"""Format 4: the thresholds that a library measured for itself."""

import sqlalchemy as sa
from alembic import op

from countenance.stores._schema import Blob

revision = "4"
down_revision = "3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "calibrations",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("calibration", Blob(), nullable=False),
        sa.Column("seal", Blob(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=True,
    )
