"""A terminal in a home of its own, with drawn faces for eyes."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from countenance.consent import Policy
from countenance.ports import Vision
from countenance.vision import StubVision
from terminal import Terminal


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home of its own, so that no key of a test comes near a real one, and no variable of ours from outside."""
    for name in [name for name in os.environ if name.startswith(("COUNTENANCE", "XDG_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("LOGNAME", "m.holt")
    monkeypatch.setenv("COLUMNS", "80")
    return folder


def _drawn(policy: Policy) -> Callable[[], Vision]:
    return partial(StubVision, recognises=policy.recognition)


@pytest.fixture
def stub_eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let drawn patches be faces, looked at in this process."""
    monkeypatch.setattr("countenance.library._library.default_vision", _drawn)
    monkeypatch.setenv("COUNTENANCE_WORKERS", "1")


@pytest.fixture
def terminal(tmp_path: Path, stub_eyes: None, monkeypatch: pytest.MonkeyPatch) -> Terminal:  # noqa: ARG001  (it is there)
    """Give a terminal whose library is named, but not made."""
    monkeypatch.setenv("COUNTENANCE_LIBRARY", str(tmp_path / "library"))
    return Terminal(tmp_path)


@pytest.fixture
def school(terminal: Terminal) -> Terminal:
    """Give a terminal with a library that allows staff search, where Ada (1) and Ben (2, for himself) are enrolled.

    Three photos are indexed: Ada with a stranger, Ben with Ada, and a stranger.
    """
    terminal.make("--staff-search")
    terminal.enrol("Ada Byron", 1)
    terminal.enrol("Ben Carter", 2, purposes=["find-me"])
    terminal.photo("photos/a.png", 1, 77)
    terminal.photo("photos/b.png", 2, 1)
    terminal.photo("photos/c.png", 78)
    terminal.do("index", terminal.folder / "photos")
    return terminal
