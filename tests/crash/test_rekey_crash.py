"""R39: a change of the master key that is killed at any moment loses neither the library nor its key."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Final

import pytest
from hypothesis import settings

from countenance.errors import KeyProblem, KeyWrong
from countenance.keys import KeyFile, MasterVault, make_key_file, read_key
from countenance.ledger import EntryKind
from countenance.library import rekey
from countenance.library._keys import open_store
from countenance.ports import Store
from countenance.stores import SqlStore
from library_desk import LIBRARY, POLICY, Desk, first_entry

# Each kills one more process: beside those at each step, few by day; set it higher for a longer hunt.
NIGHTLY: Final = settings.get_current_profile_name() == "nightly"
KILLS: Final = int(os.environ.get("COUNTENANCE_TEST_KILLS", "24" if NIGHTLY else "12"))
MOST_KILLS: Final = 10 * KILLS
OPENING_SECONDS: Final = 10.0

# Loads everything once, then forks a worker for each line that it reads. A worker changes the key again and again, and
# says after each time which entry of the ledger tells of it; or it dies at the step that the line names.
NURSERY: Final = """
import os, signal, sys
from pathlib import Path
import countenance.keys._file, countenance.keys._places, countenance.stores._sql
from countenance.keys import KeyFile
from countenance.library import rekey
from countenance.stores import SqlStore, _migrate

PLACES = {
    "the new key is written": (countenance.keys._places, "make_key_file"),
    "all rows are sealed": (countenance.stores._sql, "rekey"),
    "it is committed": (SqlStore, "rekey"),
    "the old key is overwritten": (Path, "replace"),  # and this is not done any more
    "the new key has its place": (countenance.keys._places, "take_place"),
    "it is wiped": (SqlStore, "wipe"),
}

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def die_after(step):
    place, name = PLACES[step]
    real = getattr(place, name)
    def deadly(*given, **named):
        if place is Path and given[0].suffix != ".new":
            return real(*given, **named)  # another file's, such as the mirror's
        if place is not Path:
            real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(place, name, deadly)

for line in sys.stdin:
    folder, key, step = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        if step:
            die_after(step)
        say("child", os.getpid())
        while True:
            say("changed", rekey(Path(folder), key=KeyFile(Path(key))).entry)
    os.waitpid(child, 0)
    say("dead")
"""
# At each step: whether the library is under the new key then, and whether that still waits beside the old one.
STEPS: Final = {
    "the new key is written": (False, True),
    "all rows are sealed": (False, True),
    "it is committed": (True, True),
    "the old key is overwritten": (True, True),
    "the new key has its place": (True, False),
    "it is wiped": (True, False),
}


@pytest.fixture
def nursery() -> Iterator[subprocess.Popen[str]]:
    """Give a process that forks workers."""
    if not hasattr(os, "fork"):
        pytest.skip("there is no kill -9 here")
    with subprocess.Popen(  # noqa: S603  (our own interpreter and script)
        [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.communicate(timeout=60)


class Safe:
    """A library of two people and its key file, and what must not change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "library"
        self.place = KeyFile(folder / "keys" / "library.key")
        store = SqlStore.make(
            self.folder,
            vault_for=lambda library: MasterVault(make_key_file(self.place.path), library),
            policy=POLICY,
            entry=first_entry(),
            library=LIBRARY,
        )
        desk = Desk(store)
        for person in ("p-ann", "p-bo"):
            desk.enrol(person)
            desk.index(f"/photos/{person}.jpg", 40, {2: desk.permit(person)})
        self.templates = templates(store)
        self.keys = [read_key(self.place)]
        store.close()

    @property
    def waiting(self) -> KeyFile:
        """Where a new key waits."""
        return KeyFile(self.place.path.with_name("library.key.new"))

    def opens_with(self, key: bytes) -> bool:
        """Tell whether a key is the library's."""
        try:
            SqlStore.open(self.folder, vault_for=lambda library: MasterVault(key, library)).close()
        except KeyWrong:
            return False
        return True

    def check(self, told: list[int]) -> None:
        """Open it by its key file: it verifies, is the same, knows each change that was told; old keys open nothing."""
        began = time.monotonic()
        store = open_store(self.folder, key=self.place)
        assert time.monotonic() - began < OPENING_SECONDS
        desk = Desk(store)
        assert desk.problems() == []
        assert templates(store) == self.templates
        with store.read(now=desk.now) as reading:
            found = [
                one.index for one in reading.ledger_findings() if one.entry and one.entry.kind is EntryKind.REKEYED
            ]
        assert set(told) <= set(found)
        store.close()
        key = read_key(self.place)
        assert self.opens_with(key)
        assert not [old for old in self.keys if old != key and self.opens_with(old)]
        self.keys.append(key)


def templates(store: Store) -> list[bytes]:
    """Give all templates, to the bit."""
    with store.read(now=Desk(store).now) as reading:
        return [one.template.values.tobytes() for one in reading.references()]


def killed(nursery: subprocess.Popen[str], safe: Safe, *, step: str = "", after_seconds: float = 0.0) -> list[int]:
    """Let a worker change the key, kill it so long after it has begun or at a step; give the entries it told of."""
    asked, told = nursery.stdin, nursery.stdout
    assert asked is not None
    assert told is not None
    asked.write(f"{safe.folder}\t{safe.place.path}\t{step}\n")
    asked.flush()
    child = int(_heard(told)[1])
    if not step:
        time.sleep(after_seconds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    entries: list[int] = []
    while (words := _heard(told)) != ["dead"]:
        entries.append(int(words[1]))
    return entries


def _heard(told: IO[str]) -> list[str]:
    line = told.readline()
    assert line, "the nursery has ended"
    return line.split()


def test_a_kill_while_the_key_is_changed_loses_nothing(nursery: subprocess.Popen[str], tmp_path: Path) -> None:
    """R22, R39: after each kill the key file opens the library, templates are the same, old keys open nothing."""
    safe = Safe(tmp_path)
    generator = random.Random(7)  # noqa: S311  (the same moments in each run, as far as a machine allows)
    began = time.monotonic()
    told = [rekey(safe.folder, key=safe.place).entry]
    span = time.monotonic() - began
    safe.check(told)
    # Until enough changes came to their end, too: on a busy machine most are killed before they have begun.
    for kill in count(1):
        told += killed(nursery, safe, after_seconds=generator.uniform(0.0, 3 * span))
        safe.check(told)
        if kill >= KILLS and len(told) > 1 and len(set(safe.keys)) > max(KILLS // 8, 3):
            break
        assert kill < MOST_KILLS, "no change of the key ever came to its end"


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_each_step_is_made_good(nursery: subprocess.Popen[str], tmp_path: Path, step: str) -> None:
    """R22, R39: killed at a step, one key opens the library; the next opening finds it and puts it into its place."""
    safe = Safe(tmp_path)
    is_new, waits = STEPS[step]
    (old,) = safe.keys
    assert killed(nursery, safe, step=step) == []
    assert safe.opens_with(old) is not is_new
    assert safe.waiting.path.exists() is waits
    drawn = read_key(safe.waiting) if waits else read_key(safe.place)
    assert safe.opens_with(drawn) is is_new
    safe.check([])
    assert (read_key(safe.place) != old) is is_new
    # A key that opens nothing may still lie there; the next change clears it away.
    assert safe.waiting.path.exists() is (waits and not is_new)
    killed(nursery, safe, step="it is wiped")
    safe.check([])
    assert not safe.waiting.path.exists()
    assert read_key(safe.place) not in {old, drawn}


def test_both_keys_at_hand_the_right_one_is_taken(nursery: subprocess.Popen[str], tmp_path: Path) -> None:
    """R22: a copy of the old key put back into its place, while the new one waits, does not win."""
    safe = Safe(tmp_path)
    copy = safe.place.path.read_bytes()
    killed(nursery, safe, step="the old key is overwritten")
    with pytest.raises(KeyProblem):
        read_key(safe.place)
    safe.place.path.write_bytes(copy)
    safe.check([])
    assert read_key(safe.place) != safe.keys[0]
