"""Every way in which a command can end badly: its exit code, what is said, and that nothing else is."""

import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from countenance import errors
from countenance.cli import EXIT_CODES
from countenance.errors import CountenanceError
from terminal import Terminal


def _tree(kind: type[CountenanceError]) -> set[type[CountenanceError]]:
    return {kind}.union(*(_tree(child) for child in kind.__subclasses__()))


def test_every_error_has_its_exit_code() -> None:
    """Each class of the tree is in the door's table, none else is, and no code is one that means success."""
    assert set(EXIT_CODES) == _tree(CountenanceError)
    assert set(EXIT_CODES.values()) == {1, 2, 10, 11, 20, 21}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.UsageWrong, 2),
        (errors.SeveralFaces, 2),
        (errors.NoLibrary, 10),
        (errors.LibraryBusy, 11),
        (errors.ConsentRefused, 20),
        (errors.LedgerBroken, 21),
        (errors.StoreBroken, 21),
    ],
)
def test_the_codes_that_scripts_rely_on(kind: type[CountenanceError], code: int) -> None:
    """The exit codes promised in the design are those of these errors."""
    assert EXIT_CODES[kind] == code


def test_no_library(terminal: Terminal) -> None:
    """Where there is no library: exit 10, one line on stderr, nothing on stdout; with --json the error is there."""
    told = terminal.run("people")
    scripted = terminal.run("people", "--json")
    assert (told.code, told.out) == (10, "")
    assert re.fullmatch(r"countenance: there is no library in .*; .*\n", told.err)
    assert scripted.code == 10
    assert set(scripted.json) == {"error"}
    assert scripted.json["error"]["kind"] == "NoLibrary"
    assert scripted.json["error"]["remedy"]
    assert len(scripted.err.splitlines()) == 1


def test_library_busy(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process holds the library: exit 11."""
    monkeypatch.setattr("countenance.stores._rules.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(school.library / "library.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = school.run("withdraw", "Ada Byron", "--json")
    assert told.code == 11
    assert told.json["error"]["kind"] == "LibraryBusy"


def test_misuse_is_told_in_one_line(terminal: Terminal) -> None:
    """What click cannot make sense of is exit 2, one line that names the help, and JSON if that was asked for."""
    for words in (("nothing",), ("people", "--nothing"), ("people", "more"), ("search", "x.jpg"), ("--library",)):
        told = terminal.run(*words)
        assert (told.code, told.out) == (2, ""), words
        assert len(told.err.splitlines()) == 1
        assert "--help" in told.err
    for asked in (["--json", "nothing"], ["people", "--nothing", "--json"], ["search", "x.jpg", "--json"]):
        scripted = terminal.run(*asked)
        assert scripted.json["error"]["kind"] == "UsageWrong"
        assert scripted.code == 2
    assert terminal.run("search", "x.jpg", COUNTENANCE_JSON="1").json["error"]["what"]


def test_no_command_shows_the_help(terminal: Terminal) -> None:
    """Nothing said at all is a misuse that shows what there is, on stderr."""
    told = terminal.run()
    assert (told.code, told.out) == (2, "")
    assert "Commands:" in told.err


def test_what_nobody_foresaw_names_nobody(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen exception is exit 1 and a line with its kind and where to look, but none of its own words."""

    def fail(_: object) -> None:
        raise RuntimeError("Ada Byron, portrait p/1.png")

    monkeypatch.setattr("countenance.library.Library.people", fail)
    told = school.run("people")
    scripted = school.run("people", "--json")
    debugged = school.run("people", COUNTENANCE_DEBUG="1")
    assert (told.code, told.out, len(told.err.splitlines())) == (1, "", 1)
    assert "RuntimeError" in told.err
    assert "COUNTENANCE_DEBUG=1" in told.err
    assert "Ada" not in told.err + scripted.out + scripted.err
    assert scripted.json["error"]["kind"] == "Defect"
    assert "Traceback" in debugged.err


def test_a_full_disk_is_called_one(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the operating system says is told in its words, without the path that it was about."""

    def fail(_: object) -> None:
        raise OSError(28, "No space left on device", "private.jpg")

    monkeypatch.setattr("countenance.library.Library.people", fail)
    told = school.run("people")
    assert told.code == 1
    assert "No space left on device" in told.err
    assert "private.jpg" not in told.err


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_interrupted(json: tuple[str, ...], school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C: exit 130 and one line; index says that the same command goes on from there."""

    def interrupt(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("countenance.library.Library.index", interrupt)
    monkeypatch.setattr("countenance.library.Library.people", interrupt)
    index, people = school.run("index", school.folder, *json), school.run("people", *json)
    assert (index.code, people.code) == (130, 130)
    assert len(index.err.splitlines()) == len(people.err.splitlines()) == 1
    assert "run the same command again" in index.err
    assert bool(json) == bool(index.out)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_in_disguise(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C that an extension turned into another error is still an interruption."""

    def interrupt(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("initialisation failed") from None

    monkeypatch.setattr("countenance.library.Library.people", interrupt)
    assert school.run("people").code == 130


def test_names_of_files_do_not_write_on_the_terminal(terminal: Terminal) -> None:
    """Control characters and half letters in a file's name are spelt out, in results and in errors."""
    terminal.make()
    folder = terminal.folder / "photos"
    folder.mkdir()
    (folder / "bad\x1b[2J\u202e.png").write_bytes(b"nothing")
    (folder / b"half\xff.png".decode("utf-8", "surrogateescape")).write_bytes(b"nothing")
    told = terminal.run("index", folder)
    scripted = terminal.run("index", folder, "--json")
    error = terminal.run("search", folder / "none\x1b[2J.png", "--reason", "r")
    assert told.code == 3
    assert "\x1b" not in told.out + error.err
    assert "bad\\x1b[2J\\u202e.png" in told.out
    assert "half\\udcff.png" in told.out
    assert Path(scripted.json["failed"][1]["photo"]).exists()
