"""The commands of publishing, withdrawing and proving: what they do, what they say, and what they give to scripts."""

import os
import re
import sqlite3
from contextlib import closing

import pytest

from terminal import Terminal

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_publish_covers_and_tells_to_look(school: Terminal) -> None:
    """R18: copies and contact sheet are named, and a person is told to look; originals stay as they are."""
    photos, out = school.folder / "photos", school.folder / "out"
    before = {path: path.read_bytes() for path in photos.iterdir()}
    told = school.run("publish", photos, "--to", out)
    words = " ".join(told.out.split())
    assert told.code == 0
    assert "3 copies made" in words
    assert "3 faces covered, 2 shown with consent" in words
    assert str(out / "contact-sheet.html") in told.out
    assert "A face can always be missed" in words
    assert "look at every picture" in words
    assert "upright and clear: about 3 of 24 to 31 pixels, none of 32 pixels and more" in words
    assert {path.name for path in out.iterdir()} >= {"a.unreviewed.png", "contact-sheet.html"}
    assert {path: path.read_bytes() for path in photos.iterdir()} == before


def test_publish_gives_counts_and_failures(school: Terminal) -> None:
    """R16: covered and shown are counts; a photo that cannot be read has no copy and is listed: exit 3."""
    photos, out = school.folder / "photos", school.folder / "out"
    (photos / "d.jpg").write_bytes(b"\xff\xd8\xff nothing")
    told = school.run("publish", photos, "--to", out, "--reviewed-by", "Anna", "--json")
    assert told.code == 3
    assert [(copy["covered"], copy["shown"]) for copy in told.json["published"]] == [(1, 1), (1, 1), (1, 0)]
    assert [one["photo"] for one in told.json["failed"]] == [str(photos / "d.jpg")]
    assert all(os.path.exists(copy["to"]) for copy in told.json["published"])  # noqa: PTH110  (they are texts)
    assert not list(out.glob("d*"))
    assert told.json["misses"] == [
        {"faces": "upright", "from_px": 24, "to_px": 31, "missed": 12, "of": 400},
        {"faces": "upright", "from_px": 32, "to_px": None, "missed": 0, "of": 400},
    ]


def test_publish_dry_run_makes_no_copy(school: Terminal) -> None:
    """R24: a dry run gives the same counts and makes no copy; for each photo there is an entry that it was asked."""
    entries = len(school.do("ledger", "show")["entries"])
    out = school.folder / "out"
    given = school.do("publish", school.folder / "photos", "--to", out, "--dry-run", "--style", "mosaic")
    assert len(given["published"]) == 3
    assert given["contact_sheet"] is None
    assert not out.exists()
    asked = school.do("ledger", "show")["entries"][entries:]
    assert [entry["kind"] for entry in asked] == ["publication-planned"] * 3
    assert [len(entry["body"]["shown"]) for entry in asked] == [one["shown"] for one in given["published"]]


def test_publish_never_goes_among_the_originals(school: Terminal) -> None:
    """R19: a target inside the folder of originals is a misuse, exit 2."""
    photos = school.folder / "photos"
    original = (photos / "a.png").read_bytes()
    assert school.run("publish", photos, "--to", photos / "out").code == 2
    assert school.run("publish", photos / "a.png", "--to", photos, "--reviewed-by", "Anna").code == 2
    assert school.run("publish", photos).code == 2
    assert (photos / "a.png").read_bytes() == original


def test_withdraw_says_what_went_and_what_to_recover(school: Terminal) -> None:
    """R6: the next search is silent; what was erased is counted, and copies that show the person are named."""
    out = school.folder / "out"
    school.do("publish", school.folder / "photos", "--to", out)
    told = school.run("withdraw", "Ada Byron")
    nobody = school.do("search", school.photo("probes/ada.png", 1), "--reason", "r")
    words = " ".join(told.out.split())
    assert told.code == 0
    assert "Ada Byron has withdrawn." in words
    assert "Erased: 1 face template, 2 possible matches in photos." in words
    assert "wiped from the library's files" in words
    assert str(out / "a.unreviewed.png") in told.out
    assert str(out / "c.unreviewed.png") not in told.out
    assert nobody["answers"] == []


def test_withdraw_gives_json(school: Terminal) -> None:
    """The shape counts what was erased and lists what must be recovered; in part, it says what is left."""
    school.do("publish", school.folder / "photos", "--to", school.folder / "out")
    part = school.do("withdraw", "Ada Byron", "--purpose", "be-shown")
    rest = school.do("withdraw", part["person"])
    again = school.do("withdraw", part["person"])
    assert (part["references_erased"], part["purposes_left"]) == (0, ["find-me", "be-found"])
    assert len(part["published_to_recover"]) == 2
    assert (rest["references_erased"], rest["appearances_erased"], rest["wiped"]) == (1, 2, True)
    assert (again["references_erased"], again["purposes_left"]) == (0, [])


def test_withdraw_says_when_bytes_are_still_there(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """R21: while another program reads the library, the wiping is pending, and that is said."""
    monkeypatch.setattr("countenance.stores._sql.WIPE_TRIES", 1)
    with closing(sqlite3.connect(school.library / "library.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        given = school.do("withdraw", "Ada Byron")
        told = school.run("withdraw", "Ben Carter")
    assert given["wiped"] == "pending"
    assert "not wiped from the disk yet" in " ".join(told.out.split())
    assert school.do("withdraw", "Ada Byron")["wiped"] is True


def test_the_ledger_tells_who_did_what_and_why(school: Terminal) -> None:
    """R28: each deed is shown with account, moment and reason; a search names whom it found."""
    school.run("search", school.photo("probes/ada.png", 1), "--reason", "her parents asked", "--account", "b.lee")
    told = " ".join(school.run("ledger", "show").out.split())
    given = school.do("ledger", "show")["entries"]
    assert "m.holt: made the library for Hollybank School" in told
    assert 'b.lee: searched by a photo, because "her parents asked": Ada Byron in 2 photos' in told
    assert [entry["index"] for entry in given] == list(range(len(given)))
    assert given[-1]["kind"] == "searched"
    assert (given[-1]["account"], given[-1]["role"]) == ("b.lee", "steward")
    assert given[-1]["body"]["reason"] == "her parents asked"
    assert all(MOMENT.fullmatch(entry["at"]) for entry in given)


def test_every_kind_of_deed_has_words(school: Terminal) -> None:
    """No entry that the commands can bring about is shown without a sentence."""
    school.do("search", school.photo("probes/ada.png", 1), "--reason", "r")
    school.do("photos", "Ada Byron", "--reason", "the yearbook")
    school.do("publish", school.folder / "photos", "--to", school.folder / "out", "--reviewed-by", "Anna")
    school.enrol("Cleo", 3)
    school.do("withdraw", "Ada Byron")
    given = school.do("ledger", "show")["entries"]
    told = school.run("ledger", "show")
    kinds = {entry["kind"] for entry in given}
    assert kinds == {
        "library-made", "enrolled", "indexed", "rescanned", "searched", "photos-listed", "published",
        "publication-settled", "withdrawn",
    }  # fmt: skip
    assert told.code == 0
    assert all(len(line) <= 80 for line in told.out.splitlines())


def test_verify_and_ledger_verify_pass(school: Terminal) -> None:
    """After the usual work every check holds, a line each, and both commands end with 0."""
    told = school.run("verify")
    given = school.do("verify")
    ledger = school.do("ledger", "verify")
    lines = told.out.splitlines()
    assert told.code == 0
    assert lines[-1] == "Everything verifies."
    assert sum(line.startswith("ok ") for line in lines) == len(given["checks"])
    assert given["ok"] is True
    assert (ledger["ok"], ledger["size"]) == (True, len(school.do("ledger", "show")["entries"]))
    assert re.fullmatch(r"[0-9a-f]{64}", ledger["root"])
    assert ledger["root"] in school.run("ledger", "verify").out


def test_verify_fails_when_bytes_were_changed(school: Terminal) -> None:
    """R26: a byte changed anywhere that is looked at makes both commands end with 21, and say NOT OK or NOT."""
    file = school.library / "library.db"
    content = bytearray(file.read_bytes())
    where = content.index(b"enrolled") if b"enrolled" in content else len(content) // 2
    content[where] ^= 1
    file.write_bytes(content)
    told, ledger = school.run("verify"), school.run("ledger", "verify")
    given = school.run("verify", "--json")
    assert (told.code, ledger.code, given.code) == (21, 21, 21)
    assert "NOT OK" in told.out
    assert "NOT" in ledger.out
    assert given.json["ok"] is False
    assert school.run("ledger", "verify", "--json").json["ok"] is False


def test_verify_of_what_is_no_database(school: Terminal) -> None:
    """R26: a library that does not even open is not verified: exit 21 with the same shapes."""
    (school.library / "library.db").write_bytes(b"nothing of a library" * 500)
    told, ledger = school.run("verify", "--json"), school.run("ledger", "verify", "--json")
    assert (told.code, ledger.code) == (21, 21)
    assert [check["ok"] for check in told.json["checks"]] == [False]
    assert (ledger.json["ok"], ledger.json["size"], ledger.json["root"]) == (False, 0, "")


def test_doctor_says_what_is_there_and_what_is_wrong(school: Terminal) -> None:
    """The doctor names key file and library, never the key; a key that others may read or that is gone is not well."""
    (key,) = (school.folder / "home").rglob("*.key")
    told = school.run("doctor")
    key.chmod(0o644)
    open_to_all = school.run("doctor", "--json")
    key.unlink()
    gone = school.run("doctor", "--json")
    secret = re.compile(r"[0-9a-f]{64}")
    assert told.code == 0
    assert str(key) in told.out
    assert str(school.library) in told.out
    assert not secret.search(told.out + open_to_all.out)
    assert (open_to_all.code, gone.code) == (1, 1)
    assert {check["name"] for check in open_to_all.json["checks"] if not check["ok"]} == {"library", "key"}
    assert {check["name"] for check in gone.json["checks"] if not check["ok"]} == {"library", "key"}


def test_doctor_works_without_a_library(terminal: Terminal) -> None:
    """Where there is no library the doctor says so, and finds nothing wrong with that."""
    given = terminal.do("doctor")
    (library,) = [check for check in given["checks"] if check["name"] == "library"]
    assert given["ok"] is True
    assert "none" in library["detail"]


def test_models_are_named_with_licence_source_and_limits(terminal: Terminal) -> None:
    """R11: two models look at photos: one finds faces, one tells them apart; none does anything else."""
    given = terminal.do("models")["models"]
    told = terminal.run("models").out
    assert sorted(model["task"] for model in given) == ["detect", "embed"]
    assert all(model["licence"] and model["source"] and model["limits"] for model in given)
    assert all(re.fullmatch(r"[0-9a-f]{64}", model["sha256"]) for model in given)
    assert all(model["sha256"][:16] in told for model in given)


def test_a_library_that_recognises_nobody(terminal: Terminal) -> None:
    """R12: with --no-recognition photos are published with every face covered, and nothing is searched."""
    terminal.make("--no-recognition")
    terminal.enrol("Ada", purposes=["be-shown"])
    photo = terminal.photo("photos/a.png", 1, 2)
    assert terminal.do("index", photo)["faces"] == 2
    assert terminal.run("search", photo, "--reason", "r").code == 20
    (copy,) = terminal.do("publish", photo, "--to", terminal.folder / "out")["published"]
    assert (copy["covered"], copy["shown"]) == (2, 0)


@pytest.mark.parametrize("column", ["id", "format", "made_at", "key_check", "public_key"])
def test_a_change_of_what_the_library_says_of_itself_is_seen(school: Terminal, column: str) -> None:
    """R26: also where the library says who it is, which key it has or which format, a change ends both with 21."""
    with closing(sqlite3.connect(school.folder / "library" / "library.db")) as database:
        changed = {"id": "'x' || id", "format": "format + 1", "made_at": "made_at + 1"}.get(column, "zeroblob(32)")
        database.execute(f"UPDATE library SET {column} = {changed}")  # noqa: S608  (five fixed columns)
        database.commit()
    for command in (("verify",), ("ledger", "verify")):
        told = school.run(*command, "--json")
        assert told.code == 21, (command, told)
        assert told.json["ok"] is False
