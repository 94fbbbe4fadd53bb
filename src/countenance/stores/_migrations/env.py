"""What Alembic runs: the revisions that are missing, on the connection and in the transaction that it was given."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    # The caller's transaction holds all of it: an upgrade happens wholly or not at all.
    transactional_ddl=True,
)
context.run_migrations()
