"""The small house that every journey is walked in."""

from datetime import datetime
from pathlib import Path

import pytest

from small_house import House


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> House:
    """Give a school's library with staff search, empty."""
    return House(tmp_path, now)
