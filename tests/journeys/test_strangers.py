"""R13: of people who did not opt in nothing is stored but where their faces are."""

import base64
import tempfile
from pathlib import Path

import pytest

from countenance.consent import Policy
from countenance.journeys.publish import Order
from countenance.keys import MasterVault
from countenance.ledger import Entry, EntryKind
from countenance.stores import SqlStore
from countenance.vision import StubVision
from small_house import STEWARD, House
from template_traces import traces

STRANGERS = (8, 9, 10)
MASTER = bytes(range(32))


@pytest.fixture
def stored(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give the house with its library in a folder, and temporary files in a folder that can be searched."""
    temporary = house.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    policy = Policy.draft(controller="Hollybank School", contact="office@hollybank.example", staff_search=True)
    made = Entry(
        kind=EntryKind.LIBRARY_MADE, at=house.now, actor=STEWARD, body={"controller": policy.controller}, concerns={}
    )
    store = SqlStore.make(
        house.folder / "library", vault_for=lambda library: MasterVault(MASTER, library), policy=policy, entry=made
    )
    house.use(store)
    return house


def test_no_template_of_a_stranger_is_anywhere(stored: House) -> None:
    """R13: after indexing, searching and publishing no file holds a stranger's template, while the library is open."""
    stored.enrol("Ada Moss", 7)
    for number in range(12):
        stored.photo(f"{number}.png", [7, *STRANGERS])
    stored.library.index([stored.folder / "photos"])
    stored.library.search(stored.photo("../probes/stranger.png", [STRANGERS[0]]), reason="a coat was found")
    stored.library.publish([stored.folder / "photos" / "0.png"], stored.folder / "out", Order())
    places = [stored.folder / "library", stored.folder / "temporary", stored.folder / "out"]
    assert (stored.folder / "library" / "library.db-wal").stat().st_size > 0
    assert traces(places, STRANGERS) == []
    stored.library.close()
    assert traces(places, STRANGERS) == []


def test_nor_does_an_enrolled_template_lie_in_clear(stored: House) -> None:
    """R20: the template of an enrolled person is sealed: its numbers are in no file either."""
    stored.enrol("Ada Moss", 7)
    assert traces([stored.folder / "library", stored.folder / "temporary"], (7,)) == []


def test_the_scan_would_find_one(tmp_path: Path) -> None:
    """The scan can fail: a template written raw, as hexadecimal or as base64 is found."""
    values = StubVision.template(8).values
    (tmp_path / "raw").write_bytes(b"x" + values.tobytes())
    (tmp_path / "hex").write_text(values.tobytes().hex())
    (tmp_path / "base64").write_bytes(base64.b64encode(b"ab" + values.astype("<f2").tobytes()))
    found = traces([tmp_path], (8,))
    assert {trace.rpartition(" ")[2] for trace in found} == {"raw", "hex", "base64"}
