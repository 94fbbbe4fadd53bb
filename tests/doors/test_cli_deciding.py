"""The commands of deciding and of work left for later: tag, confirm, reject, jobs."""

import pytest

from terminal import Terminal


def test_tag_says_where_and_what_follows(school: Terminal) -> None:
    """R12: a person without face data is tagged in an indexed photo, and is in the list from then on."""
    school.enrol("Cleo Fern", purposes=["find-me", "be-shown"])
    photo = school.folder / "photos" / "c.png"
    told = school.run("tag", photo, "cleo fern", "--box", "20,30,96,96")
    words = " ".join(told.out.split())
    assert told.code == 0
    assert "Cleo Fern is tagged in c.png, at a face that was known." in words
    assert "in the person's list, and copies published from now on show this face" in words
    (listed,) = school.do("photos", "Cleo Fern", "--for-person")["photos"]
    assert (listed["photo"], listed["box"]) == (str(photo), [20, 30, 96, 96])
    assert school.run("photos", "Cleo Fern", "--reason", "r").code == 20
    assert school.run("verify").code == 0


def test_confirmed_photos_are_told_apart_from_possible_ones(school: Terminal) -> None:
    """R38: `photos` and `search` say first what a person has confirmed or tagged, then what is possible."""
    a, b = (school.folder / "photos" / name for name in ("a.png", "b.png"))
    school.do("confirm", b, "Ada Byron")
    for_ada = ("photos", "Ada Byron", "--for-person")
    probe = ("search", school.photo("probes/ada.png", 1), "--reason", "her parents asked")
    decided = [(str(a), "possible"), (str(b), "confirmed")]
    assert [(one["photo"], one["decided"]) for one in school.do(*for_ada)["photos"]] == decided
    (found,) = school.do(*probe)["answers"]
    assert [(one["photo"], one["decided"]) for one in found["photos"]] == decided
    assert school.run(*for_ada).out.splitlines() == [
        "Ada Byron is in 1 photo, confirmed by a person:",
        f"  {b}",
        "Ada Byron is possibly in 1 more:",
        f"  {a}",
    ]
    said = school.run(*probe).out.splitlines()
    assert said[0].startswith("Possible match: Ada Byron (")
    assert said[1:5] == ["  Confirmed by a person:", f"    {b}", "  Possible matches:", f"    {a}"]
    school.do("tag", a, "Ada Byron", "--face", 1)
    assert school.run(*for_ada).out.splitlines() == [
        "Ada Byron is in 2 photos, confirmed by a person:",
        f"  {a}",
        f"  {b}",
    ]


def test_tag_gives_json(school: Terminal) -> None:
    """The shape says whose box it is, whether it was drawn, for how many files it holds."""
    school.enrol("Cleo Fern", purposes=["be-shown"])
    photo = school.folder / "photos" / "c.png"
    drawn = school.do("tag", photo, "Cleo Fern", "--box", " 2, 2, 20, 22")
    assert (drawn["box"], drawn["drawn"], drawn["copies"], drawn["verdict"]) == ([2, 2, 20, 22], True, 1, "tagged")
    known = school.do("tag", photo, "Cleo Fern", "--face", "1")
    assert (known["box"], known["drawn"]) == ([20, 30, 96, 96], False)
    assert known["ledger_entry"] == drawn["ledger_entry"] + 1


def test_tag_lists_the_faces_to_choose_from(school: Terminal) -> None:
    """R12: without a box, in a photo of several faces: exit 2, the faces numbered; a number chooses one."""
    school.enrol("Cleo Fern", purposes=["be-shown"])
    photo = school.folder / "photos" / "a.png"
    told = school.run("tag", photo, "Cleo Fern")
    assert told.code == 2
    assert told.err.splitlines()[0] == (
        "countenance: 2 faces are known in this photo; say which is meant with --face N or a closer --box"
    )
    assert [line.split()[0] for line in told.err.splitlines()[1:]] == ["1", "2"]
    assert school.run("tag", photo, "Cleo Fern", "--face", "2").code == 0


def test_the_last_word_says_whom_it_displaces(school: Terminal) -> None:
    """R14: a face tagged anew is told to be taken from who was tagged before, and both words are in the ledger."""
    photo = school.folder / "photos" / "c.png"
    for name in ("Cleo Fern", "Dan Elm"):
        school.enrol(name, purposes=["be-shown"])
    school.do("tag", photo, "Cleo Fern", "--face", "1")
    told = school.run("tag", photo, "Dan Elm", "--face", "1")
    assert "Cleo Fern, placed at this face before, is not there any more." in " ".join(told.out.split())
    assert "The photo is in no list" in " ".join(told.out.split())
    words = " ".join(school.run("ledger", "show").out.split())
    assert "said that Cleo Fern is in a photo" in words
    assert "said that Cleo Fern is not in a photo" in words
    assert "said that Dan Elm is in a photo" in words


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "1,2,0,4", "1,2,3,-4", "1.5,2,3,4", ""])
def test_a_box_is_four_whole_numbers(school: Terminal, box: str) -> None:
    """A box that is none is a misuse, exit 2, with an example."""
    told = school.run("tag", school.folder / "photos" / "c.png", "Ada Byron", "--box", box)
    assert told.code == 2
    assert "120,80,96,110" in told.err


def test_confirm_and_reject(school: Terminal) -> None:
    """R14: a match is confirmed, or taken back for good, whatever is indexed again."""
    photos = school.folder / "photos"
    confirmed = school.run("confirm", photos / "a.png", "Ada Byron")
    rejected = school.run("reject", photos / "b.png", "Ada Byron")
    assert (confirmed.code, rejected.code) == (0, 0)
    assert confirmed.out.startswith("The possible match of Ada Byron in a.png is confirmed.")
    assert rejected.out == "Ada Byron is not in b.png, and will not be found there again.\n"
    school.do("index", photos, "--again")
    listed = school.do("photos", "Ada Byron", "--for-person")["photos"]
    assert [one["photo"] for one in listed] == [str(photos / "a.png")]
    assert school.do("confirm", photos / "a.png", "Ada Byron")["verdict"] == "confirmed"
    assert school.do("reject", photos / "b.png", "Ada Byron")["box"] is None


def test_a_freed_face_waits_with_the_work_that_is_left(school: Terminal) -> None:
    """R43: rejecting a match while other photos wait says with which command the photo's other faces are matched."""
    school.enrol("Cleo Fern", 78, more=["--later"])
    told = school.run("reject", school.folder / "photos" / "a.png", "Ada Byron")
    assert "countenance jobs run" in " ".join(told.out.split())
    assert {job["state"] for job in school.do("jobs")["jobs"]} == {"queued"}


def test_what_cannot_be_decided_says_why(school: Terminal) -> None:
    """Nobody by that name: 1; no consent left: 20; not indexed, or not matched there: 2; no photo: 1."""
    photos = school.folder / "photos"
    new = school.photo("elsewhere/new.png", 5)
    assert school.run("reject", photos / "a.png", "Nobody").code == 1
    assert school.run("confirm", photos / "c.png", "Ada Byron").code == 2
    assert "countenance index" in school.run("reject", new, "Ada Byron").err
    missing = school.run("reject", photos / "nothing.png", "Ada Byron")
    assert (missing.code, "nothing.png" in missing.err) == (1, True)
    assert school.run("tag", photos / "a.png", "Ada Byron", "--box", "1,2,3,4", "--face", "1").code == 2
    school.do("withdraw", "Ada Byron")
    assert school.run("tag", photos / "a.png", "Ada Byron", "--face", "1").code == 20


def test_a_decision_names_the_copies_that_it_outdates(school: Terminal) -> None:
    """R16: who is rejected after publication is still to be seen in a copy: it is named, with the command for it."""
    photos, out = school.folder / "photos", school.folder / "out"
    school.do("publish", photos / "a.png", "--to", out, "--reviewed-by", "Anna")
    told = school.run("reject", photos / "a.png", "Ada Byron")
    assert "countenance republish" in " ".join(told.out.split())
    assert f"  {out / 'a.png'}" in told.out.splitlines()
    assert school.do("republish")["recovered"][0]["shown"] == 0
    assert school.do("reject", photos / "a.png", "Ada Byron")["published_to_recover"] == []


def test_jobs_tell_what_is_left_and_run_does_it(school: Terminal) -> None:
    """R14, R43: enrolling for later leaves a job; it is listed with its progress, and done by one command."""
    assert school.run("jobs").out == "No work is left.\n"
    assert school.do("jobs") == {"jobs": []}
    school.enrol("Cleo Fern", 78, more=["--later"])
    (queued,) = school.do("jobs")["jobs"]
    assert (queued["kind"], queued["state"], queued["photos"], queued["done"]) == ("rescan", "queued", 3, 0)
    told = school.run("jobs").out.splitlines()
    assert told[1].split()[:6] == ["1:", "match", "photos", "again", "0", "of"]
    assert told[-1] == "Do what is left with `countenance jobs run`."
    run = school.run("jobs", "run")
    assert (run.code, " ".join(run.out.split())) == (
        0,
        "3 earlier photos looked through again: 4 possible matches with people who asked to be found.",
    )
    (done,) = school.do("jobs")["jobs"]
    assert (done["state"], done["done"], done["ended"] is not None) == ("done", 3, True)
    assert "3 of 3 photos" in school.run("jobs").out
    assert school.run("jobs", "run").out == "No work is left.\n"
    assert len(school.do("photos", "Cleo Fern", "--for-person")["photos"]) == 1


def test_a_job_that_fails_says_which_photo(school: Terminal) -> None:
    """R43: a photo that is away fails the job, exit 3; it is tried again by the next run."""
    school.enrol("Cleo Fern", 78, more=["--later"])
    away = school.folder / "photos" / "b.png"
    kept = away.rename(school.folder / "b.png")
    told = school.run("jobs", "run", "--json")
    assert (told.code, [one["photo"] for one in told.json["failed"]]) == (3, [str(away)])
    assert "1 failed" in school.run("jobs").out
    kept.rename(away)
    assert school.do("jobs", "run")["rescanned"] == 1


def test_everything_fits_eighty_columns(school: Terminal) -> None:
    """No line of these commands is wider than 80 columns, but for a path, which is never broken."""
    photos = school.folder / "photos"
    school.enrol("Cleo Fern", 78, more=["--later"])
    said = [
        school.run("tag", photos / "c.png", "Cleo Fern", "--box", "200,20,30,30"),
        school.run("confirm", photos / "a.png", "Ada Byron"),
        school.run("reject", photos / "b.png", "Ada Byron"),
        school.run("jobs"),
        school.run("jobs", "run"),
        school.run("jobs"),
    ]
    assert not [line for told in said for line in told.out.splitlines() if len(line) > 80 and "/" not in line]
