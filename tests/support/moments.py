"""Moments in the work of a process with its database: before and after each statement, and each commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

Moment = Callable[[str, Any], None]
"""Be told of a moment (`before INSERT INTO ledger ...`, `after COMMIT`), with the driver's connection."""


@contextmanager
def moments(told: Moment) -> Iterator[None]:
    """Tell of every moment in any database of ours."""

    def before(_: Any, cursor: Any, statement: str, *__: Any) -> None:  # noqa: ANN401  (SQLAlchemy's signature)
        told(f"before {statement}", cursor.connection)

    def after(_: Any, cursor: Any, statement: str, *__: Any) -> None:  # noqa: ANN401  (the same)
        told(f"after {statement}", cursor.connection)

    commit: Callable[[DefaultDialect, Any], None] = DefaultDialect.do_commit

    def committed(dialect: DefaultDialect, connection: Any) -> None:  # noqa: ANN401  (the same)
        driver = connection.driver_connection
        told("before COMMIT", driver)
        commit(dialect, connection)
        told("after COMMIT", driver)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "do_commit", committed)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", before)
            event.remove(Engine, "after_cursor_execute", after)
