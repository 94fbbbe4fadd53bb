"""The formats of `library.db`, one Alembic revision each; the revision's id is the format's number."""
