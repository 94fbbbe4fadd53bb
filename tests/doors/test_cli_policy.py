"""`policy`: show it, write it, put another in force; and libraries that are refused for theirs."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countenance.consent import Policy, policy_from_toml
from countenance.ledger import Actor, Entry, EntryKind
from countenance.library import Library
from countenance.library._keys import open_store
from terminal import Terminal


def edited(terminal: Terminal, *changes: tuple[str, str], name: str = "policy.toml") -> Path:
    """Write the policy in force to a file and edit it there."""
    file = terminal.folder / name
    file.unlink(missing_ok=True)
    terminal.do("policy", "show", "--to", file)
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")
    return file


def put_in_force_by_other_means(terminal: Terminal, change: Callable[[Policy], Policy]) -> None:
    """Let something other than this program put a policy in force."""
    store = open_store(terminal.library, key=None)
    at = datetime.now(UTC)
    with store.read(now=at) as reading:
        # Who signed in the same second counts as told of the later policy: it must be nobody, however fast we are.
        while reading.receipts_since(at.replace(microsecond=0)):
            time.sleep(0.05)
            at = datetime.now(UTC)
    with store.write(now=at) as unit:
        policy = change(unit.policy())
        number = unit.set_policy(policy)
        body: dict[str, int | str] = {"number": number, "policy_sha256": policy.sha256}
        unit.record(Entry(kind=EntryKind.POLICY_SET, at=at, actor=Actor("steward", "x"), body=body, concerns={}))
    store.close()


def test_the_policy_is_shown_in_words(school: Terminal) -> None:
    """Who, what for, how long, who searches, how to withdraw: on 80 columns, in words, without the notices' texts."""
    told = school.run("policy", "show")
    words = " ".join(told.out.split())
    assert told.code == 0
    assert max(map(len, told.out.splitlines())) <= 80
    for fact in (
        "Hollybank School looks for people in its photos only if they asked for it",
        "office@hollybank.example",
        "Be found by staff (be-found)",
        "at most 1 year (365 days)",
        "at most 180 days",
        "at most 3 years (1,095 days) longer than your consent",
        "the people who answer for the photo library (stewards)",
        "No reason is needed",
        "At most 30 people are enrolled in one day",
        "Each of them can find at most 50 different people in one day",
        "we can read that for 3 years (1,095 days) from the end of the month",
        "Policy 1, in force since",
    ):
        assert fact in words
    assert "Photos of you: what you may allow" not in words
    assert "Ada" not in told.out


def test_the_policy_is_shown_in_french(school: Terminal) -> None:
    """R8: the page is to be had in the languages that there are plain words in, and in no other."""
    assert "Les visages sur nos photos" in school.run("policy", "show", "--language", "fr").out
    told = school.run("policy", "show", "--language", "de")
    assert (told.code, told.out) == (2, "")
    assert "choose one of en, fr" in told.err


def test_what_is_written_is_what_is_in_force(school: Terminal) -> None:
    """The file that is written can be put in force again as it is, which changes nothing."""
    file = edited(school)
    assert policy_from_toml(file.read_bytes()).controller == "Hollybank School"
    told = school.run("policy", "set", file)
    assert told.code == 0
    assert "Nothing changed: this is policy 1, and it is in force already." in told.out
    assert school.do("policy", "set", file)["ledger_entry"] is None


def test_a_policy_is_put_in_force(school: Terminal) -> None:
    """What changed is printed, the page and the ledger know it at once, and the versions are all there."""
    file = edited(school, ("retention_days = 365", "retention_days = 200"), ('contact = "office', 'contact = "privacy'))
    told = school.run("policy", "set", file)
    words = " ".join(told.out.split())
    assert told.code == 0
    assert "Policy 2 is in force. What changed:" in words
    assert "contact: office@hollybank.example -> privacy@hollybank.example" in words
    assert "retention_days: 365 -> 200" in words
    assert "notice in fr has another text" in words
    shown = school.do("policy", "show")
    assert shown["number"] == 2
    assert shown["policy"]["retention_days"] == 200
    assert "200 days" in shown["policy"]["notices"][0]["text"]
    assert [version["number"] for version in shown["versions"]] == [1, 2]
    last = school.do("ledger", "show")["entries"][-1]
    assert (last["kind"], last["body"]) == ("policy-set", {"number": 2, "policy_sha256": shown["sha256"]})
    assert "put policy 2 in force" in school.run("ledger", "show").out
    assert school.do("verify")["ok"]


def test_a_worse_policy_is_refused_with_all_that_is_wrong(school: Terminal) -> None:
    """R8: each thing in a line of its own, exit code 2, and nothing is changed."""
    file = edited(
        school,
        ('controller = "Hollybank School"', 'controller = "Acme Photos"'),
        ('"nobody outside the controller",', '"nobody outside the controller", "Acme Advertising",'),
    )
    told = school.run("policy", "set", file)
    first, *listed = told.err.splitlines()
    assert (told.code, told.out) == (2, "")
    assert "breaks what people were told" in first
    assert "correct what is listed below" in first
    assert [line[:14] for line in listed] == ["  - controller", "  - recipients"]
    given = school.run("policy", "set", file, "--json").json["error"]
    assert given["kind"] == "PolicyRefused"
    assert len(given["wrong"]) == 2
    assert school.do("policy", "show")["number"] == 1
    assert not [one for one in school.do("ledger", "show")["entries"] if one["kind"] == "policy-set"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "schema is missing"),
        (b"controller = ", "is no TOML"),
        (b"\xff\xfe", "no text in UTF-8"),
    ],
    ids=["missing", "empty", "half", "no text"],
)
def test_a_file_that_is_no_policy_is_refused(school: Terminal, content: bytes | None, said: str) -> None:
    """R7: forged, half-written or absent: what is wrong and what to do, exit code 2; by `set` and by `init`."""
    file = school.folder / "wrong.toml"
    if content is not None:
        file.write_bytes(content)
    for words in (("policy", "set", file), ("init", school.folder / "new", "--policy", file)):
        told = school.run(*words)
        assert told.code == 2
        assert said in told.err
        assert "; " in told.err
    assert school.do("policy", "show")["number"] == 1
    assert not (school.folder / "new").exists()


@pytest.mark.parametrize("field", ["retention_days", "evidence_days"])
def test_a_longer_setting_is_refused(school: Terminal, field: str) -> None:
    """R7: nothing lasts longer than 1,095 days, whoever sets it."""
    file = edited(school)
    file.write_text(re.sub(rf"^{field} = \d+$", f"{field} = 1096", file.read_text(), flags=re.MULTILINE))
    for words in (("policy", "set", file), ("init", school.folder / "new", "--policy", file)):
        told = school.run(*words)
        assert told.code == 2
        assert f"{field} is 1096; it must be 1 to 1095" in told.err
    assert not (school.folder / "new").exists()


def test_nothing_is_written_over(school: Terminal) -> None:
    """A file that is there stays as it is, and an ending that says nothing is refused."""
    file = school.folder / "page.html"
    file.write_text("mine")
    for to, said in ((file, "is there already"), (school.folder / "page.txt", "does not say in its ending")):
        for words in (("policy", "show", "--to", to), ("policy", "record", "--to", to)):
            told = school.run(*words)
            assert told.code == 2
            assert said in told.err
    told = school.run("policy", "show", "--to", school.folder / "nowhere" / "page.html")
    assert (told.code, file.read_text()) == (2, "mine")
    assert "cannot be written" in told.err


def test_init_takes_a_whole_policy(school: Terminal) -> None:
    """A library is made with the policy of a file, every field of it; other options beside it are refused."""
    file = edited(
        school,
        ("enrolments_per_day = 30", "enrolments_per_day = 5"),
        ("people_found_per_day = 50", "people_found_per_day = 6"),
        ("search_record_days = 1095", "search_record_days = 183"),
        ("regions = []", 'regions = ["IE"]'),
    )
    other = school.folder / "other"
    made = school.do("init", other, "--policy", file)
    assert made["controller"] == "Hollybank School"
    assert made["purposes"] == ["find-me", "be-found", "be-shown"]
    shown = school.do("policy", "show", "--library", other)["policy"]
    assert (shown["enrolments_per_day"], shown["regions"]) == (5, ["IE"])
    assert (shown["people_found_per_day"], shown["search_record_days"]) == (6, 183)
    told = school.run("init", school.folder / "third", "--policy", file, "--staff-search")
    assert told.code == 2
    assert "give --policy alone" in told.err
    assert not (school.folder / "third").exists()


def test_init_needs_to_know_who_answers(terminal: Terminal) -> None:
    """Without a policy, controller and contact are asked for."""
    for words in ((), ("--controller", "Hill School"), ("--contact", "office@hill.example")):
        told = terminal.run("init", terminal.library, *words)
        assert told.code == 2
        assert "--controller and --contact" in told.err
    assert not terminal.library.exists()


def test_init_says_which_language_comes_first(terminal: Terminal) -> None:
    """R8: the plain notice in the language asked for is the first, and is what receipts carry."""
    terminal.make("--language", "fr")
    shown = terminal.do("policy", "show")
    assert [notice["language"] for notice in shown["policy"]["notices"]] == ["fr", "en"]
    assert "Les visages sur nos photos" in terminal.run("policy", "show").out


def test_init_refuses_a_notice_that_hides_what_is_offered(terminal: Terminal) -> None:
    """R1: a notice of one's own names each purpose; what it does not name is listed, and no library is made."""
    notice = terminal.folder / "notice.txt"
    notice.write_text("We take photos. find-me")
    told = terminal.run("init", terminal.library, "--controller", "A", "--contact", "B", "--notice", notice)
    assert told.code == 2
    assert "the notice in en does not name be-shown" in told.err
    assert "find-me" not in told.err
    assert not terminal.library.exists()


def test_without_recognition_be_shown_alone_is_offered(terminal: Terminal) -> None:
    """R12: the policy offers be-shown and nothing else, says so in words, and a file cannot sneak more in."""
    terminal.make("--no-recognition")
    assert terminal.do("policy", "show")["policy"]["purposes"] == ["be-shown"]
    words = " ".join(terminal.run("policy", "show").out.split())
    assert "uses no face recognition on its photos" in words
    assert "find-me" not in words
    assert "measured for a moment" not in words
    told = terminal.run("policy", "set", edited(terminal, ('    "be-shown",', '    "find-me",\n    "be-shown",')))
    assert told.code == 2
    assert "purposes has find-me, which the policy switches off" in told.err


def test_recognition_is_not_switched_on_over_people(terminal: Terminal) -> None:
    """R12: people who were told of no face recognition are not recognised by a change of policy."""
    terminal.make("--no-recognition")
    terminal.enrol("Ada Byron", purposes=["be-shown"])
    told = terminal.run("policy", "set", edited(terminal, ("recognition = false", "recognition = true")))
    assert told.code == 2
    assert "people were told that no face recognition is used on them" in told.err


WORK = (
    ("index", "photos"),
    ("search", "probes/ada.png", "--reason", "r"),
    ("photos", "Ada Byron", "--for-person"),
    ("publish", "photos", "--to", "out"),
    ("enrol", "Eve", "--no-face", "--purpose", "be-shown", "--release", "form.pdf"),
)
LOOKS = (("people",), ("receipts", "Ada Byron"), ("ledger", "show"), ("policy", "show"), ("policy", "record"))


def test_a_library_with_a_worse_policy_does_not_open_for_work(
    school: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever put it in force: no work is done under it, looking and withdrawing is, and `policy set` mends it."""
    school.photo("probes/ada.png", 1)
    school.form().rename(school.folder / "form.pdf")
    put_in_force_by_other_means(school, lambda policy: replace(policy, controller="Acme Photos"))
    monkeypatch.chdir(school.folder)
    for words in WORK:
        told = school.run(*words)
        assert told.code == 2, words
        assert "the policy in force is worse than what people were told" in told.err
        assert "countenance policy set FILE" in told.err
        assert "'Hollybank School'" in told.err
    assert [school.run(*words).code for words in LOOKS] == [0] * len(LOOKS)
    verified = school.run("verify", "--json")
    assert verified.code == 21
    assert [check["name"] for check in verified.json["checks"] if not check["ok"]] == ["policy"]
    assert school.do("withdraw", "Ben Carter")["wiped"] is True
    school.do("policy", "set", edited(school, ('controller = "Acme Photos"', 'controller = "Hollybank School"')))
    assert school.do("index", school.folder / "photos")["photos"] == 3
    assert school.do("verify")["ok"]


def test_a_library_with_a_policy_beyond_the_limits_does_not_open_for_work(
    school: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R7: a policy that was stored by a program without our limits is refused by name; withdrawing works."""
    honest = Policy.to_json

    def boundless(policy: Policy) -> bytes:
        return honest(policy).replace(b'"retention_days":365,', b'"retention_days":4000,')

    with monkeypatch.context() as patch:
        patch.setattr(Policy, "to_json", boundless)
        put_in_force_by_other_means(school, lambda policy: replace(policy, contact="elsewhere"))
    for words in (("index", school.folder / "photos"), ("policy", "show")):
        told = school.run(*words)
        assert told.code == 2
        assert "retention_days is 4000; it must be 1 to 1095" in told.err
    assert school.do("withdraw", "Ada Byron")["references_erased"] == 1


def test_a_program_reads_and_sets_policies(tmp_path: Path, now: datetime) -> None:
    """The library's own methods do what the commands do."""
    policy = Policy.draft(controller="Hill School", contact="office@hill.example")
    with Library.make(tmp_path / "made", policy, clock=lambda: now) as library:
        done = library.set_policy(replace(policy, contact="privacy@hill.example").in_plain_words())
        assert (done.number, done.entry) == (2, 1)
        assert [version.number for version in library.policies()] == [1, 2]
    with Library.open(tmp_path / "made", clock=lambda: now) as library:
        assert library.policy().contact == "privacy@hill.example"


def test_the_shape_of_a_policy_is_that_of_its_format(school: Terminal) -> None:
    """What `policy show --json` gives as the policy is the policy's own JSON, to the field."""
    shown = school.do("policy", "show")["policy"]
    policy = Policy.from_object(shown)
    assert json.loads(policy.to_json()) == shown
