"""A terminal in a home of its own, with drawn faces for eyes."""

import os
import shutil
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from countenance.consent import Policy
from countenance.ports import Vision
from countenance.vision import StubVision
from terminal import Terminal


def _move_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let a folder be the home, so that no key of a test comes near a real one; no variable of ours is from outside."""
    for name in [name for name in os.environ if name.startswith(("COUNTENANCE", "XDG_"))]:
        patch.delenv(name)
    patch.setenv("HOME", str(folder / "home"))
    patch.setenv("USERPROFILE", str(folder / "home"))
    patch.setenv("XDG_DATA_HOME", str(folder / "home/data"))
    patch.setenv("LOGNAME", "m.holt")
    patch.setenv("COLUMNS", "80")


def _draw_eyes(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let drawn patches be faces, looked at in this process, and a folder hold the library that commands are about."""
    patch.setattr("countenance.library._library.default_vision", _drawn)
    patch.setenv("COUNTENANCE_WORKERS", "1")
    patch.setenv("COUNTENANCE_LIBRARY", str(folder / "library"))


def _drawn(policy: Policy | None) -> Callable[[], Vision]:
    return partial(StubVision, recognises=policy is not None and policy.recognition)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Move into a folder of one's own."""
    _move_in(tmp_path, monkeypatch)


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Give a terminal whose library is named, but not made."""
    _draw_eyes(tmp_path, monkeypatch)
    return Terminal(tmp_path)


@pytest.fixture(scope="session")
def school_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a school's folder as it is to be at the beginning of each test: making it takes longer than copying it."""
    place = tmp_path_factory.mktemp("school")
    terminal = Terminal(place / "now")
    terminal.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        _move_in(terminal.folder, patch)
        _draw_eyes(terminal.folder, patch)
        terminal.make("--staff-search")
        terminal.enrol("Ada Byron", 1)
        terminal.enrol("Ben Carter", 2, purposes=["find-me"])
        terminal.photo("photos/a.png", 1, 77)
        terminal.photo("photos/b.png", 2, 1)
        terminal.photo("photos/c.png", 78)
        terminal.do("index", terminal.folder / "photos")
    return terminal.folder.rename(place / "kept")


@pytest.fixture(scope="session")
def school_again(school_once: Path) -> Callable[[pytest.MonkeyPatch], Terminal]:
    """Give a way to set the school up as it is at the beginning."""

    def set_up(patch: pytest.MonkeyPatch) -> Terminal:
        folder = school_once.with_name("now")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(school_once, folder)
        _move_in(folder, patch)
        _draw_eyes(folder, patch)
        return Terminal(folder, count(100))  # its forms are none of those used already

    return set_up


@pytest.fixture
def school(school_again: Callable[[pytest.MonkeyPatch], Terminal], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Give a terminal with a library that allows staff search, where Ada (1) and Ben (2, for himself) are enrolled.

    Three photos are indexed: Ada with a stranger, Ben with Ada, and a stranger.
    """
    return school_again(monkeypatch)
