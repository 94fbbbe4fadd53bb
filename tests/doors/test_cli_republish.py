"""The command republish: which copies it names, what it does with them, and how it ends."""

from pathlib import Path

import pytest

from terminal import Terminal


@pytest.fixture
def website(school: Terminal) -> Path:
    """Give the folder of a website that shows Ada in two copies, and nobody in a third."""
    out = school.folder / "out"
    school.do("publish", school.folder / "photos", "--to", out, "--reviewed-by", "Anna")
    return out


def test_withdraw_names_the_command_and_republish_does_it(school: Terminal, website: Path) -> None:
    """R6: withdrawing lists the copies with the command that covers them; after it none is stale."""
    told = school.run("withdraw", "Ada Byron")
    assert "Cover them again with `countenance republish`" in " ".join(told.out.split())
    before = {path.name: path.read_bytes() for path in website.glob("*.png")}
    done = school.run("republish")
    after = {path.name: path.read_bytes() for path in website.glob("*.png")}
    words = " ".join(done.out.split())
    assert done.code == 0
    assert "2 published copies covered again, in their places" in words
    assert "Nobody has looked at them since" in words
    assert {name for name in before if before[name] != after[name]} == {"a.png", "b.png"}
    assert before.keys() == after.keys()
    assert school.run("republish").out == "No published copy shows anybody who must not be seen.\n"
    assert school.run("verify").code == 0


def test_one_copy_is_told_as_one(school: Terminal) -> None:
    """A single copy is told in the singular."""
    out = school.folder / "out"
    school.do("publish", school.folder / "photos" / "a.png", "--to", out)
    school.do("withdraw", "Ada Byron", "--purpose", "be-shown")
    words = " ".join(school.run("republish").out.split())
    assert words.startswith("1 published copy covered again, in its place: ")
    assert words.endswith("Nobody has looked at it since. Open it before you leave it where it is.")


def test_a_dry_run_lists(school: Terminal, website: Path) -> None:
    """`--dry-run` gives the same list and changes no file and no entry."""
    school.do("withdraw", "Ada Byron")
    before = {path: path.read_bytes() for path in website.iterdir()}
    entries = len(school.do("ledger", "show")["entries"])
    given = school.do("republish", "--dry-run")
    assert given["dry_run"] is True
    assert [Path(one["copy"]).name for one in given["recovered"]] == ["a.png", "b.png"]
    assert "nothing was written" in school.run("republish", "--dry-run").out
    assert {path: path.read_bytes() for path in website.iterdir()} == before
    assert len(school.do("ledger", "show")["entries"]) == entries


def test_what_cannot_be_covered_is_to_be_taken_down(school: Terminal, website: Path) -> None:
    """R16, R43: a copy that was edited is left and named, exit 3; the others are covered; one that is gone is told."""
    school.do("withdraw", "Ada Byron")
    (website / "a.png").write_bytes((website / "c.png").read_bytes())
    (website / "b.png").unlink()
    told = school.run("republish", "--json")
    assert told.code == 3
    assert told.json["recovered"] == []
    assert told.json["taken_down"] == [str(website / "b.png")]
    assert [one["copy"] for one in told.json["failed"]] == [str(website / "a.png")]
    words = " ".join(school.run("republish").out.split())
    assert "Take these down by hand" in words
    assert "changed since it was published" in words


def test_without_originals_the_copies_are_covered_themselves(school: Terminal, website: Path) -> None:
    """R6: with the originals gone, copies are made from the old ones, and the answer says so."""
    for photo in (school.folder / "photos").iterdir():
        photo.unlink()
    school.do("withdraw", "Ada Byron")
    dry = school.run("republish", "--dry-run").out
    assert "the original is gone" in " ".join(dry.split())
    given = school.do("republish")
    assert [one["from"] for one in given["recovered"]] == [str(website / name) for name in ("a.png", "b.png")]
    assert [one["shown"] for one in given["recovered"]] == [0, 0]
    assert [one["reviewed_before"] for one in given["recovered"]] == ["Anna", "Anna"]
