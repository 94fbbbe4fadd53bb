"""Bringing a database to a format; only making a library and opening an older one come here."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS: Final = Path(__file__).with_name("_migrations")


def upgrade(connection: Connection, *, to: str = "head", more: Path | None = None) -> None:
    """Run the migrations that are missing, within the connection's transaction.

    `more` is a further folder of revisions, for trying out formats that are yet to come.
    """
    config = Config()
    # Alembic reads % as the beginning of a placeholder.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    folders = [MIGRATIONS / "versions", *([more] if more else [])]
    config.set_main_option("version_locations", "\n".join(str(folder).replace("%", "%%") for folder in folders))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
