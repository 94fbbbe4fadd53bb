"""The commands of making, enrolling, indexing and finding: what they do, what they say, what they give to scripts."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from countenance.faces import Trouble
from terminal import Terminal

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_init_says_where_the_key_is_and_what_it_is_for(terminal: Terminal) -> None:
    """The key lies outside the library, for its owner alone; its place is told, and what to do about it."""
    told = terminal.run("init", terminal.library, "--controller", "Hill School", "--contact", "office@hill.example")
    (key,) = (terminal.folder / "home").rglob("*.key")
    words = " ".join(told.out.split())
    assert told.code == 0
    assert (terminal.library / "library.db").is_file()
    assert key.stat().st_mode & 0o077 == 0
    assert str(key) in told.out
    assert "Without it nobody can open the library" in words
    assert "second copy" in words
    assert "staff" not in told.out


def test_init_gives_json(terminal: Terminal) -> None:
    """The shape says where library and key are and what people are asked for."""
    given = terminal.do("init", terminal.library, "--controller", "Hill School", "--contact", "x@y.example")
    assert given["library"] == str(terminal.library)
    assert given["key_file"].endswith(".key")
    assert given["purposes"] == ["find-me", "be-shown"]
    assert (given["staff_search"], given["recognition"]) == (False, True)


def test_init_twice_makes_no_second_key(terminal: Terminal) -> None:
    """A library is never made over another, and the attempt leaves no key behind that belongs to nothing."""
    terminal.make()
    told = terminal.run("init", terminal.library, "--controller", "Hill School", "--contact", "x@y.example")
    assert told.code == 1
    assert len(list((terminal.folder / "home").rglob("*.key"))) == 1


def test_init_takes_a_notice_of_ones_own(terminal: Terminal) -> None:
    """R8: the notice given is what receipts carry; one that is no text is refused."""
    notice = terminal.folder / "notice.txt"
    notice.write_text("find-me: we look for you if you ask us to. be-shown: your face may be seen.", encoding="utf-8")
    terminal.make("--notice", str(notice))
    terminal.enrol("Ada", 1, purposes=["find-me"])
    (receipt,) = terminal.do("receipts", "Ada")["receipts"]
    notice.write_bytes(b"\xff\xfe\x00")
    other = terminal.folder / "other"
    told = terminal.run("init", other, "--controller", "A", "--contact", "B", "--notice", notice)
    assert receipt["signed"].count(".") == 2
    assert told.code == 2
    assert not other.exists()


def test_the_key_may_come_from_elsewhere(terminal: Terminal) -> None:
    """A key file of one's own is made where it is said to be, and the library opens with no other."""
    key = terminal.folder / "safe" / "school.key"
    terminal.make("--key-file", str(key))
    assert key.is_file()
    assert not list((terminal.folder / "home").rglob("*.key"))
    assert terminal.run("people").code == 1
    assert terminal.run("people", "--key-file", key).code == 0
    assert terminal.run("people", COUNTENANCE_KEY_FILE=str(key)).code == 0
    assert terminal.run("people", "--key-command", f"cat {key}").code == 0
    line = key.read_text(encoding="ascii").splitlines()[-1]
    assert terminal.run("people", COUNTENANCE_KEY=line).code == 0
    assert terminal.run("people", COUNTENANCE_KEY=line, COUNTENANCE_KEY_FILE=str(key)).code == 2
    assert terminal.run("people", "--key-file", key, COUNTENANCE_KEY="nonsense").code == 0


def test_enrol_says_what_was_agreed(terminal: Terminal) -> None:
    """The receipt, the purposes in words and the last day are told; JSON has them as ids and moments in UTC."""
    terminal.make("--staff-search")
    last = datetime.now(UTC).date() + timedelta(days=100)
    portrait = terminal.photo("p/ada.png", 1, side=160)
    words = ["--photo", portrait, "--purpose", "find-me", "--purpose", "be-shown", "--expires", last.isoformat()]
    told = terminal.run("enrol", "Ada Byron", *words, "--release", terminal.form())
    given = terminal.do("enrol", "Ben", *words, "--release", terminal.form(), "--guardian", "Cleo Carter")
    assert told.code == 0
    assert "Ada Byron is enrolled as p-" in told.out
    assert "find the photos they are in; be shown in published photos" in " ".join(told.out.split())
    assert f"{last.day} {last:%B %Y}" in told.out
    assert given["purposes"] == ["find-me", "be-shown"]
    assert given["expires"] == f"{last.isoformat()}T23:59:59Z"
    assert terminal.do("receipts", given["person"])["receipts"][0]["guardian"] == "Cleo Carter"


def test_enrol_takes_the_last_day_that_the_policy_allows(terminal: Terminal) -> None:
    """A consent may be asked for up to the very day on which the policy ends it, and for none after."""
    terminal.make()
    last = (datetime.now(UTC) + timedelta(days=365)).date()
    allowed = ["--no-face", "--purpose", "be-shown", "--release"]
    assert terminal.run("enrol", "Ada", *allowed, terminal.form(), "--expires", last).code == 0
    assert terminal.run("enrol", "Ada", *allowed, terminal.form(), "--expires", last + timedelta(days=1)).code == 2
    assert terminal.run("enrol", "Ada", *allowed, terminal.form(), "--expires", "2020-01-01").code == 2
    assert terminal.run("enrol", "Ada", *allowed, terminal.form(), "--expires", "30.6.2027").code == 2


def test_enrol_looks_through_earlier_photos(terminal: Terminal) -> None:
    """R14: somebody who joins late is found in photos indexed before, at once or (--later) with the next index."""
    terminal.make()
    terminal.photo("photos/a.png", 1, 2)
    terminal.photo("photos/b.png", 2)
    terminal.do("index", terminal.folder / "photos")
    told = terminal.run(
        "enrol", "Ada", "--photo", terminal.photo("p/1.png", 1, side=160), "--purpose", "find-me",
        "--release", terminal.form(),
    )  # fmt: skip
    given = terminal.enrol("Ben", 2, more=["--later"], purposes=["find-me"])
    assert "2 photos indexed before were looked through again." in told.out
    assert len(terminal.do("photos", "Ada", "--for-person")["photos"]) == 1
    assert given["rescanned"] == 0
    assert terminal.do("photos", "Ben", "--for-person")["photos"] == []
    assert terminal.do("index", terminal.folder / "photos")["rescanned"] == 2
    assert len(terminal.do("photos", "Ben", "--for-person")["photos"]) == 2


def test_enrol_without_a_face(terminal: Terminal) -> None:
    """R12: a person can be held without face data; either photos or --no-face must be said, and not both."""
    terminal.make()
    terminal.enrol("Ada", purposes=["be-shown"])
    (ada,) = terminal.do("people")["people"]
    form, portrait = terminal.form(), terminal.photo("p/1.png", 1, side=160)
    neither = terminal.run("enrol", "Ben", "--purpose", "be-shown", "--release", form)
    both = terminal.run("enrol", "Ben", "--no-face", "--photo", portrait, "--purpose", "be-shown", "--release", form)
    assert ada["face_data"] is False
    assert (neither.code, both.code) == (2, 2)


def test_enrol_wants_one_person_in_each_photo(terminal: Terminal) -> None:
    """Several faces: exit 2 with each face's box and where it is; no face: exit 1; and nobody is enrolled."""
    terminal.make()
    words = ["--purpose", "find-me", "--release", terminal.form()]
    several = terminal.run("enrol", "Ada", "--photo", terminal.photo("p/two.png", 1, 2, side=160), *words)
    nobody = terminal.run("enrol", "Ada", "--photo", terminal.photo("p/none.png"), *words)
    missing = terminal.run("enrol", "Ada", "--photo", terminal.folder / "nothing.png", *words)
    assert several.code == 2
    assert "160 x 160 pixels" in several.err
    assert (nobody.code, missing.code) == (1, 1)
    assert "nothing.png" in missing.err
    assert terminal.do("people")["people"] == []


def test_a_poor_photo_among_good_ones_is_named(terminal: Terminal) -> None:
    """R32: exit 1 and one line with the photo, what is wrong, what to do; scripts get the code; nobody is kept."""
    terminal.make()
    photos = ("--photo", terminal.photo("p/near.png", 1, side=160), "--photo", terminal.photo("p/far.png", 1, side=60))
    words = ["enrol", "Ada", *photos, "--purpose", "find-me", "--release", terminal.form()]
    told, scripted = terminal.run(*words), terminal.run(*words, "--json")
    assert (told.code, told.out, len(told.err.splitlines())) == (1, "", 1)
    assert all(word in told.err for word in ("far.png", "60 pixels", "80 are needed", "go closer"))
    assert "near.png" not in told.err
    assert scripted.json["error"]["kind"] == "FaceTooPoor"
    assert scripted.json["error"]["troubles"] == ["too-small"]
    assert terminal.do("people")["people"] == []


def test_every_trouble_is_on_the_page() -> None:
    """R32: json.md has each code that an error can carry, in the order in which they are told."""
    page = (Path(__file__).resolve().parents[2] / "docs/reference/json.md").read_text(encoding="utf-8")
    codes = [str(trouble) for trouble in Trouble if trouble not in (Trouble.NO_FACE, Trouble.SEVERAL_FACES)]
    assert re.findall(r"^\| `([a-z-]+)` \|", page[page.index("`FaceTooPoor` has") :], re.MULTILINE) == codes


def test_a_form_is_used_once(terminal: Terminal) -> None:
    """R3: a signed form stands for one enrolment; used again it is refused, exit 20, and nobody is enrolled."""
    terminal.make()
    form = terminal.form()
    assert terminal.run("enrol", "Ada", "--no-face", "--purpose", "be-shown", "--release", form).code == 0
    again = terminal.run("enrol", "Ben", "--no-face", "--purpose", "be-shown", "--release", form)
    wrong = terminal.run("enrol", "Cleo", "--no-face", "--purpose", "be-shown", "--release", __file__)
    assert (again.code, wrong.code) == (20, 1)
    assert [person["name"] for person in terminal.do("people")["people"]] == ["Ada"]


def test_index_counts_and_lists(terminal: Terminal) -> None:
    """R43: each photo is counted once as done, done before or failed with its reason; a failed one is tried again."""
    terminal.make()
    folder = terminal.folder / "photos"
    terminal.photo("photos/a.png", 1, 2)
    broken = folder / "broken.png"
    broken.write_bytes((folder / "a.png").read_bytes()[:200])
    told = terminal.run("index", folder)
    again = terminal.run("index", folder, "--json")
    assert told.code == 3
    assert "2 photos: 1 looked at, 0 done before, 1 could not be read." in told.out
    assert str(broken) in told.out
    assert again.code == 3
    assert again.json == {
        "photos": 2,
        "indexed": 0,
        "unchanged": 1,
        "failed": [{"photo": str(broken), "why": again.json["failed"][0]["why"]}],
        "faces": 0,
        "appearances": 0,
        "rescanned": 0,
    }
    assert again.json["failed"][0]["why"]
    broken.unlink()
    assert terminal.run("index", folder, "--again", "--json").json["indexed"] == 1


def test_index_takes_several_folders_and_single_photos(terminal: Terminal) -> None:
    """Folders and photos may be mixed; a photo named twice is one photo; a place that is not there is an error."""
    terminal.make()
    one = terminal.photo("photos/a.png", 1)
    terminal.photo("photos/deep/b.png", 2)
    assert terminal.do("index", one, terminal.folder / "photos", one)["photos"] == 2
    assert terminal.run("index", terminal.folder / "nothing").code == 1
    assert terminal.run("index").code == 2


def test_search_finds_who_asked_to_be_found(school: Terminal) -> None:
    """Ada is a possible match, with her photos; Ben, who did not allow staff search, and strangers are nobody."""
    told = school.run("search", school.photo("probes/ada.png", 1), "--reason", "her parents asked")
    given = school.do("search", school.photo("probes/ada2.png", 1), "--reason", "her parents asked")
    photos = [str(school.folder / "photos" / name) for name in ("a.png", "b.png")]
    assert told.code == 0
    assert "Possible match: Ada Byron" in told.out
    assert all(photo in told.out for photo in photos)
    assert [one["photo"] for one in given["answers"][0]["photos"]] == photos
    assert given["answers"][0]["name"] == "Ada Byron"
    for place, who in enumerate((2, 77, 99)):
        nobody = school.run("search", school.photo(f"probes/{place}.png", who), "--reason", "her parents asked")
        assert (nobody.code, nobody.out) == (0, "Nobody who asked to be found matches.\n")


def test_search_among_several_faces(school: Terminal) -> None:
    """Several faces: exit 2, the faces numbered and placed in words; --face chooses one of them."""
    probe = school.photo("probes/two.png", 99, 1)
    several = school.run("search", probe, "--reason", "r")
    scripted = school.run("search", probe, "--reason", "r", "--json")
    lines = several.err.splitlines()
    assert (several.code, several.out) == (2, "")
    assert re.match(r"  1  (left|right): 96 x 96 pixels, \d+ from the left, \d+ from the top", lines[1])
    assert len(lines) == 3
    assert scripted.code == 2
    assert scripted.json["error"]["kind"] == "SeveralFaces"
    assert all(len(box) == 4 for box in scripted.json["error"]["boxes"])
    assert len(scripted.err.splitlines()) == 1
    found = {
        school.do("search", probe, "--reason", "r", "--face", number)["answers"][0]["name"]
        for number in (1, 2)
        if school.do("search", probe, "--reason", "r", "--face", number)["answers"]
    }
    assert found == {"Ada Byron"}
    assert school.run("search", probe, "--reason", "r", "--face", "3").code == 2


def test_search_needs_a_reason_and_a_policy(school: Terminal, tmp_path_factory: pytest.TempPathFactory) -> None:
    """R4: no reason is exit 2; a library made without --staff-search refuses with exit 20, whoever is looked for."""
    probe = school.photo("probes/ada.png", 1)
    assert school.run("search", probe).code == 2
    assert school.run("search", probe, "--reason", " ").code == 2
    plain = Terminal(tmp_path_factory.mktemp("plain"))
    assert plain.run("init", plain.library, "--controller", "C", "--contact", "D").code == 0
    refused = plain.run("--library", plain.library, "search", probe, "--reason", "r", "--json")
    assert refused.code == 20
    assert refused.json["error"]["kind"] == "ConsentRefused"


def test_the_class_of_a_reason(school: Terminal) -> None:
    """R30: --reason-class is noted, `other` if nothing is said, and one not on the list, or of no reason, is exit 2."""
    probe = school.photo("probes/ada.png", 1)
    school.do("search", probe, "--reason", "r", "--reason-class", "safety")
    school.do("search", probe, "--reason", "r")
    school.do("photos", "Ada Byron", "--reason", "r", "--reason-class", "legal")
    school.do("photos", "Ada Byron", "--reason", "r")
    noted = [one["body"]["reason_class"] for one in school.do("ledger", "show")["entries"][-4:]]
    told = " ".join(school.run("ledger", "show").out.split())
    assert noted == ["safety", "other", "legal", "other"]
    assert told.count('because "r" (protecting somebody):') == 1
    assert told.count('because "r":') == 1
    assert told.count('because "r" (a legal duty or claim)') == 1
    assert school.run("search", probe, "--reason", "r", "--reason-class", "curiosity").code == 2
    assert school.run("photos", "Ada Byron", "--reason", "r", "--reason-class", "").code == 2
    assert school.run("photos", "Ada Byron", "--for-person", "--reason-class", "request").code == 2


def test_one_account_finds_so_many_in_a_day(school: Terminal) -> None:
    """R23: beyond the policy's number exit 20, what to do, and the entry; another account, and the person, go on."""
    file, probe = school.folder / "policy.toml", school.photo("probes/ada.png", 1)
    school.do("policy", "show", "--to", file)
    file.write_text(file.read_text(encoding="utf-8").replace("found_per_day = 50", "found_per_day = 1"), "utf-8")
    school.do("policy", "set", file)
    school.do("search", probe, "--reason", "r")
    told = school.run("search", probe, "--reason", "her mother asks", "--reason-class", "request")
    listed = school.run("photos", "Ada Byron", "--reason", "r", "--account", "M. Holt", "--json")
    assert (told.code, told.out, listed.code) == (20, "", 20)
    assert "lets one account find one person in a day" in " ".join(told.err.split())
    assert "go on tomorrow" in " ".join(told.err.split())
    assert listed.json["error"]["kind"] == "TooManyFound"
    said = " ".join(school.run("ledger", "show").out.split())
    why = 'because "her mother asks" (the person or their guardian asked)'
    assert f"wanted to search, {why}, and was refused: 1 person may be found in one day" in said
    assert school.run("search", probe, "--reason", "r", "--account", "b.lee").code == 0
    assert school.run("photos", "Ada Byron", "--for-person").code == 0


def test_photos_by_purpose(school: Terminal) -> None:
    """R4: staff need be-found and a reason, the person find-me; one way must be chosen; names may be in any case."""
    for_staff = school.do("photos", "ada byron", "--reason", "the yearbook")
    for_ben = school.do("photos", "Ben Carter", "--for-person")
    told = school.run("photos", "Ben Carter", "--for-person")
    assert len(for_staff["photos"]) == 2
    assert [len(photo["box"]) for photo in for_staff["photos"]] == [4, 4]
    assert [one["photo"] for one in for_ben["photos"]] == [str(school.folder / "photos" / "b.png")]
    assert told.out.splitlines()[0] == "Ben Carter is possibly in 1 photo:"
    assert school.run("photos", "Ben Carter", "--reason", "r").code == 20
    assert school.run("photos", "Ben Carter").code == 2
    assert school.run("photos", "Ben Carter", "--for-person", "--reason", "r").code == 2
    assert school.run("photos", "Nobody", "--for-person").code == 1


def test_people_in_a_table(school: Terminal) -> None:
    """People are listed with what they may, until when, and how their consent stands, in 80 columns."""
    lines = school.run("people").out.splitlines()
    given = school.do("people")["people"]
    assert lines[0].split() == ["Name", "May", "be", "Until", "Consent"]
    assert lines[1].startswith("Ada Byron   found (self, staff), shown  ")
    assert "in force" in lines[2]
    assert max(map(len, lines)) <= 80
    assert [person["purposes"] for person in given] == [["find-me", "be-found", "be-shown"], ["find-me"]]
    assert all(MOMENT.fullmatch(person["expires"]) for person in given)
    assert {person["state"] for person in given} == {"given"}


def test_people_of_the_same_name_are_told_apart(terminal: Terminal) -> None:
    """Two of a name are listed with their ids; the name alone is exit 2 and lists the ids."""
    terminal.make()
    ids = [terminal.enrol(name, purposes=["be-shown"])["person"] for name in ("Ada Byron", "ada byron")]
    listed = terminal.run("people").out
    told = terminal.run("withdraw", "Ada Byron")
    scripted = terminal.run("withdraw", "Ada Byron", "--json")
    assert all(person in listed for person in ids)
    assert told.code == 2
    assert all(person in told.err for person in ids)
    assert scripted.json["error"]["kind"] == "PersonAmbiguous"
    assert scripted.json["error"]["ids"] == ids
    assert terminal.run("withdraw", ids[0]).code == 0


def test_receipts_say_what_was_signed(school: Terminal) -> None:
    """A person's receipts are given with purposes, days, what was withdrawn since, and the signed text itself."""
    school.do("withdraw", "Ada Byron", "--purpose", "be-shown")
    told = school.run("receipts", "Ada Byron").out
    given = school.do("receipts", "Ada Byron")
    (receipt,) = given["receipts"]
    assert "Withdrawn  be shown in published photos" in told
    assert list(receipt["withdrawn"]) == ["be-shown"]
    assert (receipt["state"], receipt["purposes"]) == ("given", ["find-me", "be-found", "be-shown"])
    assert receipt["signed"].count(".") == 2
