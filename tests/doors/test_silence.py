"""R15: a stranger, somebody who withdrew and somebody whose consent has run out are answered alike, to the byte."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from countenance.library import Library
from statements_sent import statements_sent
from terminal import Terminal, Told

STRANGER, WITHDRAWN, EXPIRED, FOUND = 300, 31, 32, 1
SOON = datetime.now(UTC) + timedelta(days=2)
LATER = SOON + timedelta(days=3)


@pytest.fixture
def after(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Give the school after one person withdrew, and the day after another's consent ran out."""
    school.enrol("Cleo Hart", WITHDRAWN)
    school.enrol("Dora Finn", EXPIRED, more=["--expires", f"{SOON:%Y-%m-%d}"])
    for identity in (STRANGER, WITHDRAWN, EXPIRED, FOUND):
        school.photo(f"probes/{identity}.png", identity)
    school.photo("photos/all.png", STRANGER, WITHDRAWN, EXPIRED)
    school.do("index", school.folder / "photos")
    school.do("withdraw", "Cleo Hart")
    monkeypatch.setitem(Library.open.__func__.__kwdefaults__, "clock", lambda: LATER)  # type: ignore[attr-defined]  # it is a method
    school.run("people")  # the first to open it that day sweeps
    return school


def asked(school: Terminal, identity: int, *words: str) -> tuple[Told, list[str]]:
    """Search by somebody's photo; gives what was said, and the statements that it took."""
    with statements_sent() as sent:
        probe = school.folder / f"probes/{identity}.png"
        told = school.run("search", probe, "--reason", "a coat was found", *words)
    return told, sent


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_unknown_withdrawn_and_expired_get_the_same_bytes(words: tuple[str, ...], after: Terminal) -> None:
    """R15: text, JSON, exit code and stderr are the same; only the entry's number counts up."""
    said = []
    for identity in (STRANGER, WITHDRAWN, EXPIRED):
        told, _ = asked(after, identity, *words)
        number = str(json.loads(told.out)["ledger_entry"]) if words else ""
        said.append((told.code, told.out.replace(number, "N") if number else told.out, told.err))
    assert said[0] == said[1] == said[2]
    assert said[0][0] == 0
    assert "Ada" in asked(after, FOUND)[0].out, "somebody is found all the same"


def test_they_take_the_same_steps(after: Terminal) -> None:
    """R15: the same statements in the same order go to the database, so that no clock can tell who was asked about."""
    steps = []
    for identity in (STRANGER, WITHDRAWN, EXPIRED):
        # How many nodes an entry completes depends on its place alone, which everybody may know: an even one, none.
        while json.loads(asked(after, STRANGER, "--json")[0].out)["ledger_entry"] % 2 == 0:
            pass
        steps.append(asked(after, identity)[1])
    assert steps[0] == steps[1] == steps[2]
    assert steps[0] != asked(after, FOUND)[1]
    assert len(steps[0]) > 3


def test_their_entries_have_the_same_size(after: Terminal) -> None:
    """R15: in the ledger the three look alike to whoever has no key, and to the controller nobody was answered."""
    for identity in (STRANGER, WITHDRAWN, EXPIRED):
        asked(after, identity)
    with Library.open(after.library) as library, library._store.read(now=LATER) as reading:
        sizes = {len(sealed.payload) for _, sealed in list(reading.ledger_rows())[-3:]}
        bodies = [finding.entry.body for finding in list(reading.ledger_findings())[-3:] if finding.entry]
    assert len(sizes) == 1
    assert [body["answered"] for body in bodies] == [[], [], []]


def test_the_probe_is_gone_when_the_search_ends(after: Terminal) -> None:
    """R15: no file that a search leaves behind holds the probe's bytes, and nothing new lies beside the library."""
    before = {path for path in after.folder.rglob("*") if path.is_file()}
    asked(after, STRANGER)
    new = {path for path in after.folder.rglob("*") if path.is_file()} - before
    assert {path.name for path in new} <= {"library.db-wal", "library.db-shm"}
    probe = (after.folder / f"probes/{STRANGER}.png").read_bytes()[40:120]
    assert not [path for path in after.library.iterdir() if probe in path.read_bytes()]
