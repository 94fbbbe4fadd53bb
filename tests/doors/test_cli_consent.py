"""The commands of consent: renew, approve, open-link, sweep, and what enrol and people say of them."""

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.library import Library
from terminal import Terminal, Told


@pytest.fixture
def careful(terminal: Terminal) -> Terminal:
    """Give a terminal with a library where being found waits for the person's link or a second steward."""
    terminal.make("--staff-search")
    change_policy(terminal, be_found_waits="link-or-steward")
    return terminal


def change_policy(terminal: Terminal, **changes: Any) -> None:  # noqa: ANN401  (whatever a policy's field is)
    """Put a policy in force in which some fields are others."""
    with Library.open(terminal.library) as library, library._store.write(now=datetime.now(UTC)) as unit:
        number = unit.set_policy(replace(unit.policy(), **changes))
        body: dict[str, JSON] = {"number": number, "policy_sha256": "00" * 32}
        unit.record(Entry(kind=EntryKind.POLICY_SET, at=unit.now, actor=Actor("steward", "m"), body=body, concerns={}))


def words(told: Told) -> str:
    """Give what was said as one line."""
    return " ".join(told.out.split())


def test_enrol_says_what_waits_and_gives_the_link_once(careful: Terminal) -> None:
    """R31: what waits and for what is told, and the private link stands alone in a line; JSON has both."""
    portrait = careful.photo("p/ada.png", 1, side=160)
    allowed = ["--purpose", "find-me", "--purpose", "be-found", "--photo", portrait]
    told = careful.run("enrol", "Ada Byron", *allowed, "--release", careful.form())
    given = careful.do("enrol", "Ben", "--no-face", "--purpose", "be-found", "--release", careful.form())
    lines = told.out.splitlines()
    assert told.code == 0
    assert "May find the photos they are in Waits" in words(told)
    assert "be found by staff: for the person to open their private link, or a second steward" in words(told)
    (code,) = [line.strip() for line in lines if line.count("-") == 6]
    assert lines[lines.index(f"  {code}") - 1] == "Private link, for the person alone. It is shown this once:"
    assert code not in careful.run("ledger", "show", "--json").out + careful.run("receipts", "Ada Byron", "--json").out
    assert given["held"] == {"be-found": "link-or-steward"}
    assert len(given["link_code"]) == 34
    assert all(len(line) <= 80 for line in lines)


def test_a_held_face_is_told_without_a_name(school: Terminal) -> None:
    """R31: the steward hears that a second one must look, not whose face it is; exit 0, because the form is kept."""
    portrait = school.photo("p/bob.png", 1, side=160)
    told = school.run("enrol", "Bob", "--photo", portrait, "--purpose", "find-me", "--release", school.form())
    assert told.code == 0
    assert "May nothing" in words(told)
    assert "for a second steward, who is to look at the face" in words(told)
    assert "Nothing of the face in these photos was kept." in words(told)
    assert "Ada" not in told.out
    assert "waiting" in next(line for line in school.run("people").out.splitlines() if line.startswith("Bob"))
    (bob,) = [one for one in school.do("people")["people"] if one["name"] == "Bob"]
    assert (bob["state"], bob["face_data"], bob["held"]) == ("waiting", False, {"find-me": "face"})


def test_too_many_in_a_day_is_refused(terminal: Terminal) -> None:
    """R31: beyond the policy's number a form is refused with exit 20, and what to do."""
    terminal.make()
    change_policy(terminal, enrolments_per_day=1)
    allowed = ["--no-face", "--purpose", "be-shown", "--release"]
    first = terminal.run("enrol", "Ada", *allowed, terminal.form())
    second = terminal.run("enrol", "Ben", *allowed, terminal.form())
    assert (first.code, second.code) == (0, 20)
    assert "go on tomorrow" in second.err


def test_approve_needs_another_account(school: Terminal) -> None:
    """R31: exit 20 for the account that entered it; with another and the photos, all of it is live."""
    school.enrol("Bob", 1, purposes=["find-me", "be-shown"])
    portrait = school.photo("p/again.png", 1, side=160)
    own = school.run("approve", "Bob", "--photo", portrait)
    bare = school.run("approve", "Bob", "--account", "b.lee")
    told = school.run("approve", "Bob", "--photo", portrait, "--account", "b.lee")
    again = school.run("approve", "Bob", "--account", "b.lee")
    assert (own.code, bare.code, told.code, again.code) == (20, 2, 0, 2)
    assert "Bob may now find the photos they are in and be shown in published photos." in words(told)
    assert "3 photos indexed before were looked through again." in words(told)
    entry = school.do("ledger", "show")["entries"]
    assert [one["account"] for one in entry if one["kind"] == "released"] == ["b.lee"]


def test_open_link_takes_the_code_from_a_file_or_stdin(careful: Terminal) -> None:
    """R31: never as an argument; what became live and what is kept is told, and how to take it back."""
    ada = careful.enrol("Ada Byron", 1)
    file = careful.folder / "code.txt"
    file.write_text(ada["link_code"].lower() + "\n", encoding="ascii")
    told = careful.run("open-link", "--code-file", file)
    given = careful.do("open-link", typed=ada["link_code"])
    assert told.code == 0
    assert "This is the private link of Ada Byron" in words(told)
    assert "From now on: be found by staff." in words(told)
    assert "open this link with --withdraw, or tell office@hollybank.example" in words(told)
    assert "at most 1,095 days" in words(told)
    assert (given["released"], given["purposes"]) == ([], ["find-me", "be-found", "be-shown"])
    assert given["contact"] == "office@hollybank.example"
    assert all(len(line) <= 80 for line in told.out.splitlines())
    entries = careful.do("ledger", "show")["entries"]
    assert [one["role"] for one in entries if one["kind"] == "released"] == ["person", "person"]


def test_a_wrong_code_is_refused_alike(careful: Terminal) -> None:
    """R31: mistyped is a misuse (2); well typed and unknown is refused (20); and no output repeats the code."""
    ada = careful.enrol("Ada Byron", 1)
    code = ada["link_code"]
    mistyped, nothing = careful.run("open-link", typed=code[:-2]), careful.run("open-link", typed=b"\xff\xfe\x00")
    unknown = careful.run("open-link", typed="0000-0000-0000-0000-0000-0000-0000")
    missing = careful.run("open-link", "--code-file", careful.folder / "none.txt")
    assert (mistyped.code, nothing.code, missing.code) == (2, 2, 2)
    assert unknown.code in {2, 20}
    assert code[:-2] not in mistyped.err
    careful.do("renew", ada["person"], "--purpose", "find-me", "--release", careful.form())
    replaced = careful.run("open-link", typed=code)
    assert replaced.code == 20
    assert "opens nothing" in replaced.err


def test_the_link_withdraws_with_no_more_ado_than_enrolling(school: Terminal) -> None:
    """R5: one command with the code, no reason asked, and the same answer as a withdrawal at the desk."""
    ada = school.do("renew", "Ada Byron", "--purpose", "find-me", "--release", school.form())
    told = school.run("open-link", "--withdraw", typed=ada["link_code"])
    assert told.code == 0
    assert "Ada Byron has withdrawn." in words(told)
    assert "Erased: 1 face template, 2 possible matches in photos." in words(told)
    assert school.do("open-link", "--withdraw", typed=ada["link_code"])["purposes"] == []


def test_withdrawing_takes_no_more_than_giving(school: Terminal) -> None:
    """R5: one command with no option, where giving needs a form and its purposes; it works for who waits, too."""
    held = school.enrol("Bob", 1)
    assert held["held"]
    given = school.do("withdraw", "Bob")
    assert given["purposes"] == ["find-me", "be-found", "be-shown"]
    assert (given["references_erased"], given["purposes_left"]) == (0, [])


def test_renew_tells_like_enrol(school: Terminal) -> None:
    """R8: a renewal is another receipt of the same person, told in the same words and the same shape."""
    told = school.run("renew", "ben carter", "--purpose", "be-shown", "--release", school.form())
    enrolled = school.enrol("Cleo", 3)
    renewed = school.do("renew", "Cleo", "--purpose", "find-me", "--release", school.form())
    assert told.code == 0
    assert "Ben Carter has signed anew, as p-" in told.out
    assert renewed.keys() == enrolled.keys()
    assert renewed["person"] == enrolled["person"]
    assert renewed["face_data"] is True
    assert len(school.do("receipts", "Cleo")["receipts"]) == 2
    assert school.run("renew", "Nobody", "--purpose", "find-me", "--release", school.form()).code == 1


def test_a_childs_last_day_is_the_policys_for_children(terminal: Terminal) -> None:
    """R34: the last of 180 days may be asked for, and none after; people and sweep tell that it is a child."""
    terminal.make()
    last = (datetime.now(UTC) + timedelta(days=180)).date()
    allowed = ["--no-face", "--purpose", "be-shown", "--guardian", "Jo Reed"]
    late = terminal.run("enrol", "Kim", *allowed, "--expires", last + timedelta(days=1), "--release", terminal.form())
    done = terminal.run("enrol", "Kim", *allowed, "--expires", last, "--release", terminal.form())
    assert (late.code, done.code) == (2, 0)
    assert "(child)" in terminal.run("people").out
    assert terminal.do("people")["people"][0]["child"] is True


def test_the_receipt_is_printed_with_the_link(terminal: Terminal) -> None:
    """R5, R31: --receipt writes a page with the code on it; over no file, and before anything is signed."""
    terminal.make()
    page, taken = terminal.folder / "ada.html", terminal.folder / "taken.html"
    taken.write_text("mine", encoding="ascii")
    allowed = ["--no-face", "--purpose", "be-shown"]
    refused = terminal.run("enrol", "Ada", *allowed, "--release", terminal.form(), "--receipt", taken)
    given = terminal.do("enrol", "Ada", *allowed, "--release", terminal.form(), "--receipt", page)
    assert refused.code == 2
    assert taken.read_text(encoding="ascii") == "mine"
    assert [one["name"] for one in terminal.do("people")["people"]] == ["Ada"]
    assert given["printed_receipt"] == str(page)
    assert "Ada" in page.read_text(encoding="utf-8")
    assert given["link_code"] in page.read_text(encoding="utf-8")
    if os.name == "posix":
        assert page.stat().st_mode & 0o777 == 0o600  # who else has an account here reads no code


def test_a_receipt_that_cannot_be_printed_loses_no_code(terminal: Terminal) -> None:
    """R31: the enrolment stands, the code is told, and the exit code says that not all was done."""
    terminal.make()
    blocked = terminal.folder / "file"
    blocked.write_text("no folder", encoding="ascii")
    told = terminal.run(
        "enrol", "Ada", "--no-face", "--purpose", "be-shown", "--release", terminal.form(),
        "--receipt", blocked / "ada.html", "--json",
    )  # fmt: skip
    assert told.code == 3
    assert told.json["printed_receipt"] is None
    assert len(told.json["link_code"]) == 34


def test_the_notice_is_in_the_persons_language(terminal: Terminal) -> None:
    """R1: who reads French is shown the French notice; where there is none, the language shown is told."""
    terminal.make()
    allowed = ["--no-face", "--purpose", "be-shown", "--release"]
    french = terminal.do("enrol", "Ada", *allowed, terminal.form(), "--language", "fr-CH")
    other = terminal.run("enrol", "Ben", *allowed, terminal.form(), "--language", "pl")
    assert french["notice_language"] == "fr"
    assert "Notice in the language en" in words(other)


def test_sweep_tells_what_went_and_what_comes(terminal: Terminal) -> None:
    """R7: what is due is erased when any command opens; sweep says it, and who comes due, children earlier."""
    terminal.make()
    soon = (datetime.now(UTC) + timedelta(days=20)).date()
    terminal.enrol("Ada", 1, purposes=["find-me"], more=["--expires", str(soon)])
    later = str(soon + timedelta(days=30))
    terminal.enrol("Kim", 2, purposes=["find-me"], more=["--guardian", "Jo", "--expires", later])
    terminal.enrol("Cleo", 3, purposes=["find-me"])
    first = terminal.run("sweep")
    assert "Nothing was due." in first.out
    assert [line.split()[0] for line in first.out.splitlines() if "new form" in line] == ["Ada", "Kim"]
    assert "new form and photos" in next(line for line in first.out.splitlines() if line.startswith("Kim"))
    now = datetime.now(UTC)
    with terminal.at(now + timedelta(days=30)):
        given = terminal.do("sweep")
        again = terminal.do("sweep")
    assert [one["references_erased"] for one in given["swept"]] == [1]
    assert given["wiped"] is True
    assert [(one["name"], one["child"]) for one in given["coming_due"]] == [("Kim", True)]
    assert again["swept"] == []
    with terminal.at(now + timedelta(days=60)):
        terminal.do("people")
    kinds = [one["kind"] for one in terminal.do("ledger", "show")["entries"]]
    assert kinds.count("swept") == 2


def test_sweep_tells_which_searches_can_be_read_no_more(school: Terminal) -> None:
    """R29: the sweep says of which months the record of searches has ended; the ledger says that they are sealed."""
    school.do("search", school.photo("x/ada.png", 1), "--reason", "lost child")
    now = datetime.now(UTC)
    assert school.do("sweep")["searches_ended"] == []
    shown = school.run("ledger", "show").out
    assert ("lost child" in shown, "sealed for good" in shown) == (True, False)
    with school.at(now + timedelta(days=1095 + 62)):
        told = school.run("sweep").out
        again = school.do("sweep")
        shown = school.run("ledger", "show").out
    (month,) = re.findall(r"who searched, and why, in (\d{4}-\d{2})\.", " ".join(told.split()))
    assert month in {f"{now:%Y-%m}", f"{now + timedelta(minutes=5):%Y-%m}"}
    assert again["searches_ended"] == []
    assert ("lost child" in shown, shown.count("sealed for good")) == (False, 1)
    assert f"ended the record of the searches of {month}" in " ".join(shown.split())
    assert school.do("ledger", "verify")["ok"]


def test_shapes_are_json(careful: Terminal) -> None:
    """What scripts get of these commands is JSON in each case, also when it is refused."""
    ada = careful.enrol("Ada Byron", 1)
    for told in (
        careful.run("approve", "Ada Byron", "--json"),
        careful.run("open-link", "--json", typed="x"),
        careful.run("sweep", "--json"),
        careful.run("renew", ada["person"], "--purpose", "find-me", "--release", careful.form(), "--json"),
    ):
        assert json.loads(told.out)


def test_the_export_says_what_was_done_with_ones_face(school: Terminal) -> None:
    """R9, R31: Ada reads that her face was handed in for somebody else, and that it was approved; not for whom."""
    twin = school.enrol_twin("Robert Quill", 1)
    ada = school.do("renew", "Ada Byron", "--purpose", "find-me", "--release", school.form())
    school.do("open-link", typed=ada["link_code"])
    school.do("export", "Ada Byron", "--to", school.folder / "ada")
    page = (school.folder / "ada" / "index.html").read_text(encoding="utf-8")
    assert "Your face was handed in for somebody else, and was not taken" in page
    assert "Your face, handed in for somebody else, was approved by a second one" in page
    assert "Your private link was opened" in page
    assert "face-enrolled-already" not in page
    assert "Robert" not in page + (school.folder / "ada" / "export.json").read_text(encoding="utf-8")
    assert twin["person"] not in page
