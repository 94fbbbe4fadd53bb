"""R24 at the command line: while the ledger fails nothing about anybody is said, and what is said has its entry."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest

from ledger_troubles import TROUBLES, Trouble
from terminal import Terminal, Told

# Sealed, it is more than fits into what is left of a page, or of a log.
REASON = "her family asked for the photos, " * 1000
WAYS = ("text", "json")


@pytest.fixture
def asking(school: Terminal) -> Terminal:
    """Give the school, with a photo to search by."""
    school.photo("probes/one.png", 1)
    return school


def search(asking: Terminal) -> list[object]:
    """Give the words of a search."""
    return ["search", asking.folder / "probes/one.png", "--reason", REASON]


def commands(asking: Terminal, out: Path) -> list[list[object]]:
    """Give the words of every command by which something about Ada is told."""
    return [
        search(asking),
        ["photos", "Ada Byron", "--reason", REASON],
        ["photos", "Ada Byron", "--for-person"],
        ["export", "Ada Byron", "--to", out / "export"],
        ["open-link"],
        ["publish", asking.folder / "photos/a.png", "--to", out / "copies", "--dry-run"],
        ["publish", asking.folder / "photos/a.png", "--to", out / "copies"],
    ]


def entries(asking: Terminal) -> int:
    """Count the ledger's entries, without opening the library."""
    with closing(sqlite3.connect(asking.library / "library.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM ledger").fetchone()
    return int(count)


def said(asking: Terminal, words: list[object], way: str, **typed: str) -> Told:
    """Run a command and hear it in text or in JSON."""
    return asking.run(*words, *(["--json"] if way == "json" else []), **typed)


def check_silence(told: Told, way: str, trouble: Trouble) -> None:
    """See that nothing but the error was said, with its exit code and in words that name nobody."""
    assert told.code == trouble.code, told.err
    if way == "text":
        assert told.out == ""
    else:
        assert set(told.json) == {"error"}
        assert set(told.json["error"]) == {"kind", "what", "remedy"}
        assert told.json["error"]["kind"] == trouble.error.__name__
    assert re.search(trouble.words, told.err), told.err
    assert "; " in told.err, "what to do is not said"
    assert not re.search(r"Ada|Byron|\.png", told.out + told.err)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_a_search_says_nothing_while_the_ledger_fails(asking: Terminal, trouble: Trouble) -> None:
    """R24: no answer, in text or in JSON; an exit code and words for what is wrong; afterwards it is as before."""
    before = entries(asking)
    with trouble.lasting(asking.library):
        for way in WAYS:
            check_silence(said(asking, search(asking), way), way, trouble)
    assert entries(asking) == before


@pytest.mark.parametrize(("trouble", "way"), [("read-only", "text"), ("last entry changed", "json")])
def test_no_command_says_anything_about_anybody_while_the_ledger_fails(
    asking: Terminal, trouble: str, way: str
) -> None:
    """R24: neither search nor lists, export, link or publishing say or write anything without an entry."""
    code = asking.enrol("Cy Moss")["link_code"]
    out = asking.folder / "out"
    before = entries(asking)
    with TROUBLES[trouble].lasting(asking.library):
        for words in commands(asking, out):
            check_silence(said(asking, words, way, typed=code), way, TROUBLES[trouble])
    assert entries(asking) == before
    assert [path for path in out.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("way", WAYS)
def test_the_first_word_comes_after_the_entry(asking: Terminal, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R24: when the first byte of an answer leaves, everybody else can read its entry; JSON says at which place."""
    code = asking.enrol("Cy Moss")["link_code"]
    echo, seen = click.echo, list[int]()

    def seeing(message: Any = None, *, err: bool = False, **more: Any) -> None:  # noqa: ANN401  (click's signature)
        if not err:
            seen.append(entries(asking))
        echo(message, err=err, **more)

    monkeypatch.setattr(click, "echo", seeing)
    out = asking.folder / "out"
    for words in commands(asking, out):
        before = entries(asking)
        seen.clear()
        told = said(asking, words, way, typed=code)
        assert told.code == 0, told.err
        # What is published is recorded before it is written, and again when it is in its place.
        assert set(seen) == {before + (2 if words[-1] == out / "copies" else 1)}
        if way == "json" and words[0] != "publish":
            assert told.json["ledger_entry"] == before
