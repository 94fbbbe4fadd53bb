"""Backing up and restoring at the command line: what it says, what scripts get, and where mirrors are."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from terminal import Terminal, Told


def mirrors(terminal: Terminal) -> Path:
    """Give the folder of mirrors in the user's data folder."""
    return terminal.folder / "home/data/countenance/mirrors"


def state_of(terminal: Terminal, name: str, library: Path) -> str:
    """Tell how somebody stands in a library."""
    people = terminal.do("people", "--library", library)["people"]
    return next(str(person["state"]) for person in people if person["name"] == name)


def back_up(terminal: Terminal) -> Any:  # noqa: ANN401  (the command's shape)
    """Make a backup."""
    return terminal.do("backup", terminal.folder / "backups")


def flat(told: Told) -> str:
    """Give what was said on one line."""
    return " ".join(told.out.split())


def test_a_library_is_backed_up_and_restored(school: Terminal) -> None:
    """R41: a backup restores elsewhere: the same people are found in the same photos, and everything verifies."""
    made = back_up(school)
    assert Path(made["backup"]).parent == school.folder / "backups"
    assert (made["people"], made["photos"], made["mirror_current"]) == (2, 3, True)
    shutil.rmtree(school.library)
    told = school.do("restore", made["backup"])
    assert told["library"] == str(school.library)
    assert told["to_renew"] == told["withdrawn"] == told["forgotten"] == []
    assert told["entries_lost"] == [made["ledger_size"], made["ledger_size"]]
    assert school.run("verify").code == 0
    probe = school.photo("probes/ada.png", 1)
    (answer,) = school.do("search", probe, "--reason", "r")["answers"]
    assert answer["name"] == "Ada Byron"
    assert [Path(one["photo"]).name for one in answer["photos"]] == ["a.png", "b.png"]


def test_who_was_rejected_stays_rejected_in_what_is_restored(school: Terminal) -> None:
    """R14, R41: what a human said is in the backup: indexed anew in the restored library, Ada is not in that photo."""
    rejected, left = (school.folder / "photos" / name for name in ("a.png", "b.png"))
    school.do("reject", rejected, "Ada Byron")
    made = back_up(school)
    shutil.rmtree(school.library)
    school.do("restore", made["backup"])
    school.do("index", school.folder / "photos", "--again")
    listed = school.do("photos", "Ada Byron", "--for-person")["photos"]
    assert [one["photo"] for one in listed] == [str(left)]
    assert school.do("search", rejected, "--reason", "r", "--face", "1")["answers"] == []
    (copy,) = school.do("publish", rejected, "--to", school.folder / "out")["published"]
    assert (copy["shown"], copy["covered"]) == (0, 2)


def test_who_withdrew_since_stays_withdrawn(school: Terminal) -> None:
    """R21: a backup from before a withdrawal brings nobody back, and restoring says whom it left out."""
    made = back_up(school)
    assert school.do("withdraw", "Ada Byron")["wiped"] is True
    there = school.folder / "restored"
    told = school.run("restore", made["backup"], "--to", there)
    assert told.code == 0
    assert "Withdrawn since the backup, and withdrawn here too:" in told.out
    assert "Ada Byron may no longer find the photos they are in, be found by staff and be shown" in flat(told)
    assert "ledger are lost" in flat(told)
    assert state_of(school, "Ada Byron", there) == "withdrawn"
    assert school.do("search", school.photo("x/ada.png", 1), "--reason", "r", "--library", there)["answers"] == []
    assert school.run("verify", "--library", there).code == 0


def test_without_a_mirror_it_is_said_plainly(school: Terminal) -> None:
    """R41: without the mirror every template is dropped; it is said in capitals, with names, and is no failure."""
    made = back_up(school)
    shutil.rmtree(mirrors(school))
    there = school.folder / "restored"
    told = school.run("restore", made["backup"], "--to", there)
    assert told.code == 0
    assert "THERE WAS NO MIRROR" in told.out
    assert "every face template was dropped" in flat(told)
    assert "recognised no more until their photos are taken again: Ada Byron (p-" in flat(told)
    assert school.do("search", school.photo("x/ada.png", 1), "--reason", "r", "--library", there)["answers"] == []
    assert state_of(school, "Ada Byron", there) == "given"


def test_an_older_copy_put_back_by_hand_brings_nobody_back(school: Terminal) -> None:
    """R21: who copies an old library.db back finds those who withdrew since withdrawn, at the first command."""
    old = (school.library / "library.db").read_bytes()
    school.do("withdraw", "Ada Byron")
    (school.library / "library.db").write_bytes(old)
    assert school.do("search", school.photo("x/ada.png", 1), "--reason", "r")["answers"] == []
    assert state_of(school, "Ada Byron", school.library) == "withdrawn"
    assert "found an older copy of the library; ended the consent of 1 person who had withdrawn since" in flat(
        school.run("ledger", "show")
    )


def test_the_ledger_tells_of_both(school: Terminal) -> None:
    """R24: backing up and restoring stand in the ledger, in words."""
    made = back_up(school)
    school.do("restore", made["backup"], "--to", school.folder / "restored")
    assert "made a backup (2 people, 3 photos)" in flat(school.run("ledger", "show"))
    assert "restored the library from a backup; ended the consent of 0 people" in flat(
        school.run("ledger", "show", "--library", school.folder / "restored")
    )


def test_old_backups_go_when_asked(school: Terminal) -> None:
    """R41: --keep leaves so many, and names those that went."""
    first, second = back_up(school), back_up(school)
    told = school.run("backup", school.folder / "backups", "--keep", 2)
    assert f"Removed: {Path(first['backup']).name}" in flat(told)
    left = {path.name for path in (school.folder / "backups").iterdir()}
    assert Path(second["backup"]).name in left
    assert len(left) == 2


def test_what_cannot_be_meant_is_a_misuse(school: Terminal) -> None:
    """A place inside the library, no backups kept, an address: refused with exit code 2, and nothing is written."""
    inside = school.library / "backups"
    for words in (
        ["backup", inside],
        ["backup", school.folder / "b", "--keep", "0"],
        ["backup", "https://example.org/b"],
        ["restore", "https://example.org/b"],
        ["people", "--mirror", school.library],
        ["people", "--mirror", "https://example.org/m"],
        ["init", school.folder / "new", "--controller", "C", "--contact", "D", "--mirror", school.folder / "new/m"],
    ):
        told = school.run(*words)
        assert told.code == 2, words
        assert told.err.startswith("countenance: ")
    assert not inside.exists()
    assert not (school.folder / "b").exists()
    assert not (school.folder / "new").exists()


def test_what_cannot_be_restored_is_told(school: Terminal) -> None:
    """R41: no backup, a damaged one, a library in the way, no key: each has its sentence and its exit code."""
    made = Path(back_up(school)["backup"])
    there = school.folder / "restored"
    assert school.run("restore", school.folder, "--to", there).code == 21
    told = school.run("restore", made)
    assert told.code == 1
    assert "there is a library in" in told.err
    told = school.run("restore", made, "--to", there, "--key-file", school.folder / "no.key")
    assert told.code == 1
    assert "there is no key file" in told.err
    content = bytearray((made / "library.db").read_bytes())
    content[5000] ^= 1
    (made / "library.db").write_bytes(content)
    told = school.run("restore", made, "--to", there, "--json")
    assert told.code == 21
    assert told.json["error"]["kind"] == "BackupDamaged"
    assert not there.exists()


def test_a_mirror_elsewhere(terminal: Terminal) -> None:
    """R41: --mirror, or its variable, says where mirrors are; several libraries may share the folder."""
    place = terminal.folder / "stick"
    terminal.make("--mirror", str(place))
    assert not mirrors(terminal).exists()
    (mirror,) = place.iterdir()
    assert {path.name for path in mirror.iterdir()} == {"withdrawals.json", "keys.json", "checkpoint"}
    told = terminal.do("backup", terminal.folder / "backups", COUNTENANCE_MIRROR=str(place))
    assert told["mirror"] == str(mirror)
    named = terminal.do("backup", terminal.folder / "backups", "--mirror", mirror)
    assert named["mirror"] == str(mirror)
    assert not mirrors(terminal).exists()


def test_a_mirror_that_cannot_be_written_is_told(school: Terminal) -> None:
    """R40: withdrawing works, and says that it is pending; doctor, verify and backup say that the mirror is behind."""
    (mirror,) = mirrors(school).iterdir()
    keys = mirror / "keys.json"
    keys.unlink()
    keys.mkdir()  # what cannot be written over, whoever runs the tests
    (keys / "in the way").write_text("x", encoding="utf-8")
    told = school.run("withdraw", "Ada Byron")
    assert told.code == 0
    assert "its mirror cannot be written" in flat(told)
    assert school.do("withdraw", "Ada Byron")["wiped"] == "pending"
    doctor = school.run("doctor")
    assert doctor.code == 1
    assert "is behind, because it cannot be written" in flat(doctor)
    assert "is behind" in flat(school.run("verify"))
    assert school.run("verify").code == 0
    assert "The mirror is behind" in flat(school.run("backup", school.folder / "backups"))
    shutil.rmtree(keys)
    assert school.do("withdraw", "Ada Byron")["wiped"] is True
    assert school.run("doctor").code == 0
    assert len(json.loads(keys.read_text(encoding="utf-8"))["keys"]) == 1


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_it_says_where_everything_is(school: Terminal, command: str) -> None:
    """The answer in words names the folders that are to be remembered."""
    told = school.run("backup", school.folder / "backups")
    (made,) = (school.folder / "backups").iterdir()
    if command == "restore":
        told = school.run("restore", made, "--to", school.folder / "restored")
        assert "The library is restored in" in flat(told)
        assert "2 people and 3 photos" in flat(told)
    else:
        assert str(made) in told.out
        assert str(mirrors(school)) in told.out
        assert "No face template opens from it" in flat(told)
