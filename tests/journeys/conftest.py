"""The small house that every journey is walked in."""

from datetime import datetime
from pathlib import Path

import pytest

from countenance.ledger import ReasonClass
from small_house import House


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> House:
    """Give a school's library with staff search, empty."""
    return House(tmp_path, now)


@pytest.fixture
def searched(house: House) -> House:
    """Give a house in which Ada was searched for, and listed by staff and for herself; Ben too was searched for."""
    ada, ben = 1, 2
    house.enrol("Ada Moss", ada)
    house.enrol("Ben Vale", ben)
    house.photo("both.png", [ada, ben])
    house.photo("ada.png", [ada])
    house.library.index([house.folder / "photos"])
    probe = house.photo("../probes/ada.png", [ada])
    house.library.search(probe, reason="her <mother> asks", reason_class=ReasonClass.REQUEST)
    house.library.search(house.photo("../probes/ben.png", [ben]), reason="a bicycle of his")
    house.library.photos("Ada Moss", reason="the year book", reason_class=ReasonClass.PUBLISHING)
    house.library.photos("Ada Moss", reason=None)
    return house
