"""Bringing a database to a format; only making a library, opening an older one and verifying the schema come here."""

from pathlib import Path
from typing import Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS: Final = Path(__file__).with_name("_migrations")


def upgrade(connection: Connection, *, more: Path | None = None) -> None:
    """Run the migrations that are missing, within the connection's transaction.

    `more` is a further folder of revisions, for trying out formats that are yet to come.
    """
    folders = [MIGRATIONS / "versions", *([more] if more else [])]
    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(folder) for folder in folders])
    context = MigrationContext.configure(connection)
    before = context.get_current_revision() or "base"
    with Operations.context(context):
        for revision in reversed(list(scripts.iterate_revisions("heads", before))):
            revision.module.upgrade()
            context.stamp(scripts, revision.revision)
