"""The key at the door: in the keyring, lost, and changed; what is said each time."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from countenance.keys import key_text
from ring import MemoryRing, ring_set
from terminal import Terminal, Told

KEY = bytes(range(1, 33))
PHOTOS_UNTOUCHED = "photos and published copies are untouched"


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    """Give a keyring in memory, set as the operating system's."""
    held = MemoryRing()
    with ring_set(held):
        yield held


def key_file(terminal: Terminal) -> Path:
    """Give the only key file of the home."""
    (path,) = (terminal.folder / "home/data").rglob("*.key")
    return path


def said(told: Told) -> str:
    """Give what was said, in one line."""
    return " ".join((told.out + told.err).split())


def test_a_library_with_its_key_in_the_keyring(terminal: Terminal, ring: MemoryRing) -> None:
    """R20: `init --keyring` makes the key there and says so; it opens with --keyring, by option or variable, only."""
    made = terminal.run("init", terminal.library, "--controller", "C", "--contact", "D", "--keyring")
    assert made.code == 0, made.err
    assert "the operating system's keyring (countenance, " in said(made)
    assert len(ring.held) == 1
    assert not list((terminal.folder / "home").rglob("*.key"))
    assert terminal.run("people", "--keyring").code == 0
    assert terminal.run("people", COUNTENANCE_KEYRING="1").code == 0
    assert terminal.run("people", COUNTENANCE_KEYRING="0").code == 1
    assert terminal.run("people").code == 1
    told = terminal.run("doctor", "--keyring")
    assert "which is kept by" in said(told)
    assert told.code == 0
    ring.held.clear()
    told = terminal.run("doctor", "--keyring")
    assert told.code == 1
    assert "there is no key in the operating system's keyring" in said(told)
    assert PHOTOS_UNTOUCHED in said(told)


def test_two_keys_are_a_misuse(terminal: Terminal) -> None:
    """The key is in one place: two options, or two variables, are exit 2; an option wins over a variable."""
    terminal.make()
    assert terminal.run("people", "--keyring", "--key-file", "a").code == 2
    assert terminal.run("people", COUNTENANCE_KEYRING="1", COUNTENANCE_KEY_FILE="a").code == 2
    assert terminal.run("people", "--key-file", key_file(terminal), COUNTENANCE_KEYRING="1").code == 0
    assert terminal.run("rekey", "--to-keyring", "--to-key-file", terminal.folder / "a").code == 2


def _gone(path: Path) -> None:
    path.unlink()


def _anothers(path: Path) -> None:
    path.write_text(key_text(KEY))


def _cut(path: Path) -> None:
    path.write_text(path.read_text()[:-20])


def _empty(path: Path) -> None:
    path.write_text("")


def _something_else(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff a photo")


LOST = {
    "gone": (_gone, "there is no key file at"),
    "another's": (_anothers, "but not the one of this library"),
    "cut short": (_cut, "was cut short: 45 of 64 digits are there"),
    "empty": (_empty, "holds no master key"),
    "something else": (_something_else, "holds no master key"),
}


@pytest.mark.parametrize("how", LOST)
def test_a_lost_key_is_said_plainly(school: Terminal, how: str) -> None:
    """R20: what is lost (names, templates, the ledger's contents), what is not, and where to read what can be done."""
    lose, words = LOST[how]
    entries = school.do("ledger", "verify")["size"]
    lose(key_file(school))
    for command in (("people",), ("search", school.photo("x/1.png", 1), "--reason", "r"), ("rekey",)):
        told = school.run(*command)
        assert told.code == 1
        assert told.out == ""
        assert words in told.err
        assert "nobody opens the names, the face templates or what the ledger says" in told.err
        assert PHOTOS_UNTOUCHED in told.err
        assert "docs/how-to/keep-the-key.md" in told.err
        assert len(told.err.splitlines()) == 1
    told = school.run("doctor")
    assert told.code == 1
    assert f"the ledger's {entries} entries are whole, unread" in said(told)
    assert PHOTOS_UNTOUCHED in said(told)


def test_a_key_that_others_may_read_is_not_called_lost(school: Terminal) -> None:
    """R20: a key that others may read is refused with the command that mends it; nobody says that it is lost."""
    key_file(school).chmod(0o644)
    told = school.run("people")
    assert told.code == 1
    assert "chmod 600" in told.err
    assert "rekey" in told.err
    assert "nobody opens" not in told.err


def test_a_lost_key_by_command_or_variable(school: Terminal) -> None:
    """R20: a command that fails and a variable that is cut short are told in the same words."""
    for variables in (
        {"COUNTENANCE_KEY_COMMAND": "false"},
        {"COUNTENANCE_KEY": "countenance-key-1:abc"},
        {"COUNTENANCE_KEY": key_text(KEY).splitlines()[-1]},
    ):
        told = school.run("people", **variables)
        assert told.code == 1
        assert "nobody opens the names" in told.err
        assert KEY.hex()[:8] not in told.err


def test_without_the_key_the_ledger_is_still_proved(school: Terminal) -> None:
    """R20, R26: without the key the ledger's tree verifies, with the size and root told before; a change shows."""
    before = school.do("ledger", "verify")
    key_file(school).unlink()
    assert school.run("ledger", "verify").code == 21
    after = school.do("ledger", "verify", "--without-key")
    assert (after["size"], after["root"], after["ok"]) == (before["size"], before["root"], True)
    database = school.library / "library.db"
    content = database.read_bytes()
    assert school.run("ledger", "verify", "--without-key", "--library", school.folder).code == 10
    payload = content.rindex(b"\x02\x00\x00\x04\x3c")  # version, and the length of a controller's part of 1,024 bytes
    database.write_bytes(content[: payload + 50] + bytes([content[payload + 50] ^ 1]) + content[payload + 51 :])
    told = school.run("ledger", "verify", "--without-key", "--json")
    assert (told.code, told.json["ok"]) == (21, False)
    assert "was changed" in told.json["detail"]


def test_the_key_is_changed_in_its_place(school: Terminal) -> None:
    """R22: everybody is found as before, the old key opens nothing, and the library verifies."""
    path, probe = key_file(school), school.photo("x/1.png", 1)
    before, old = school.do("search", probe, "--reason", "r"), path.read_text()
    done = school.do("rekey")
    assert done["key_file"] == str(path)
    assert done["old_key_destroyed"] is True
    assert done["wiped"] is True
    assert done["keys"] > 0
    assert path.read_text() != old
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    after = school.do("search", probe, "--reason", "r")
    assert after["answers"] == before["answers"]
    assert school.run("verify").code == 0
    assert "changed the master key" in school.run("ledger", "show").out
    (school.folder / "old.key").write_text(old)
    (school.folder / "old.key").chmod(0o600)
    told = school.run("people", "--key-file", school.folder / "old.key")
    assert told.code == 1
    assert "but not the one of this library" in told.err


def test_the_key_moves_to_another_file_and_into_the_keyring(school: Terminal, ring: MemoryRing) -> None:
    """R22: the new key may go elsewhere; the old one is destroyed where it was, and a place that has a key gives it."""
    before, new = key_file(school), school.folder / "safe" / "new.key"
    told = school.run("rekey", "--to-key-file", new)
    assert told.code == 0, told.err
    assert "The old key is overwritten" in said(told)
    assert "make a new backup" in said(told)
    assert not before.exists()
    assert school.run("people").code == 1
    assert school.run("people", "--key-file", new).code == 0
    done = school.do("rekey", "--key-file", new, "--to-keyring")
    assert (done["key_file"], done["old_key_destroyed"]) == (None, True)
    assert not new.exists()
    assert len(ring.held) == 1
    assert school.do("rekey", "--keyring")["old_key_destroyed"] is True
    assert len(ring.held) == 1
    ready = school.folder / "ready.key"
    ready.write_text(key_text(KEY))
    ready.chmod(0o600)
    assert school.do("rekey", "--keyring", "--to-key-file", ready)["key_file"] == str(ready)
    assert ready.read_text() == key_text(KEY)
    assert not ring.held
    assert school.run("verify", "--key-file", ready).code == 0


def test_the_key_comes_from_a_command(school: Terminal) -> None:
    """R22: a password manager's command gives the new key; what is in it afterwards is for its owner to clear up."""
    command = f"printf {key_text(KEY).splitlines()[-1]}"
    assert school.do("rekey", "--to-key-command", command)["key_file"] is None
    assert school.run("people", "--key-command", command).code == 0
    told = school.run("rekey", "--key-command", command)
    assert told.code == 2
    assert "say where the new key is" in told.err
    told = school.run("rekey", "--key-command", command, "--to-key-file", school.folder / "new.key")
    assert told.code == 0
    assert "Take it away yourself" in said(told)
    told = school.run("rekey", "--key-file", school.folder / "new.key", "--to-key-command", "false")
    assert told.code == 1
    assert school.run("verify", "--key-file", school.folder / "new.key").code == 0


def test_the_old_key_may_stay(school: Terminal) -> None:
    """R22: with --keep-old-key the old file stays, for another library or a backup; never in the new key's place."""
    path = key_file(school)
    old = path.read_bytes()
    assert school.run("rekey", "--keep-old-key").code == 2
    assert path.read_bytes() == old
    done = school.do("rekey", "--keep-old-key", "--to-key-file", school.folder / "new.key")
    assert done["old_key_destroyed"] is False
    assert path.read_bytes() == old
    assert school.run("people").code == 1
    assert school.run("people", "--key-file", school.folder / "new.key").code == 0


def test_a_key_does_not_go_where_it_must_not(school: Terminal) -> None:
    """R20, R22: not into the library's folder, not over a file of somebody else, and never the old one again."""
    path = key_file(school)
    old = path.read_bytes()
    notes = school.folder / "notes.txt"
    notes.write_text("mine")
    copy = school.folder / "copy.key"
    shutil.copy(path, copy)
    for where, code in ((school.library / "a.key", 2), (notes, 1), (copy, 1), (school.folder, 1)):
        told = school.run("rekey", "--to-key-file", where)
        assert told.code == code, where
        assert path.read_bytes() == old
    assert notes.read_text() == "mine"
    assert school.run("verify").code == 0


def test_a_library_that_was_changed_keeps_its_key(school: Terminal) -> None:
    """R22, R26: a library that does not verify is told so, and its key is not changed: that would hide the change."""
    path = key_file(school)
    old = path.read_bytes()
    _bend(school.library / "library.db")
    told = school.run("rekey")
    assert told.code == 21
    assert "the key was not changed" in told.err
    assert path.read_bytes() == old
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def _bend(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE permissions SET expires = expires + 1")
