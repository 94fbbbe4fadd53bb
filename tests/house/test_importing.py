"""Importing does nothing: no model, database or image library is loaded, no file written, no process or socket made."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

import pytest

# Runs in an interpreter of its own: imports what it is told, one after the other, and tells what each brought about.
SPY: Final = """
import importlib, json, logging, os, sys, threading

deeds = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
LOUD = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.fork", "os.system", "os.posix_spawn",
        "subprocess.Popen", "socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect", "shutil.")

def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        deeds.append(f"open {arguments[0]}")
    elif event.startswith(LOUD):
        deeds.append(f"{event} {arguments}")

sys.addaudithook(watch)
told = {}
for name in sys.argv[1:]:
    variables = dict(os.environ)
    importlib.import_module(name)
    told[name] = {
        "loaded": sorted({module.partition(".")[0] for module in sys.modules}),
        "deeds": deeds[:],
        "loggers": [logger for logger in logging.root.manager.loggerDict if logger.startswith("countenance")],
        "handlers": len(logging.root.handlers),
        "threads": threading.active_count(),
        "variables_changed": variables != dict(os.environ),
    }
    deeds.clear()
print(json.dumps(told))
"""
RUNTIME: Final = {"onnxruntime"}
DATABASE: Final = {"sqlalchemy", "alembic"}
DOOR: Final = {"click", "rich", "litestar"}
STATISTICS: Final = {"scipy", "matplotlib"}
IMAGES: Final = {"PIL", "pillow_heif"}
# From the ground up, as the layers lie: what the rooms below have loaded is there when the ones above are imported.
UPWARDS: Final = (
    "errors",
    "seals",
    "accounts",
    "faces",
    "photos",
    "ledger",
    "consent",
    "redaction",
    "ports",
    "measures",
    "journeys",
    "keys",
    "vision",
    "stores",
    "settings",
    "library",
    "demo",
    "web",
    "cli",
    "__main__",
)


def _spy(names: Sequence[str]) -> dict[str, dict[str, object]]:
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-B", "-I", "-c", SPY, *names], check=True, capture_output=True, text=True
    )
    told: dict[str, dict[str, object]] = json.loads(done.stdout)
    return told


def _loaded(told: dict[str, object]) -> set[str]:
    loaded = told["loaded"]
    assert isinstance(loaded, list)
    return set(loaded)


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import countenance` loads no model runtime, no database, no image library and no door's framework."""
    told = _spy(["countenance"])["countenance"]
    assert not _loaded(told) & (RUNTIME | DATABASE | DOOR | IMAGES)
    assert _quiet(told)


@pytest.fixture(scope="module")
def told_upwards(rooms: tuple[str, ...]) -> dict[str, dict[str, object]]:
    """Give what importing each room brought about, from the ground up."""
    assert set(rooms) <= set(UPWARDS), "a room is missing in the order of this test"
    there = [name for name in UPWARDS if name in {*rooms, "errors", "ports", "settings", "__main__"}]
    return {name.removeprefix("countenance."): told for name, told in _spy([f"countenance.{n}" for n in there]).items()}


def test_importing_a_room_does_nothing(told_upwards: dict[str, dict[str, object]]) -> None:
    """Importing any room writes no file, starts no thread or process, and touches no logger and no variable."""
    assert not {name: told for name, told in told_upwards.items() if not _quiet(told)}


def test_no_import_loads_the_model_runtime(told_upwards: dict[str, dict[str, object]]) -> None:
    """The model runtime is loaded when a model is, never by an import."""
    assert not [name for name, told in told_upwards.items() if _loaded(told) & RUNTIME]


def test_no_import_loads_what_only_measuring_needs(told_upwards: dict[str, dict[str, object]]) -> None:
    """Statistics and plots take a second to load: only those who measure wait for them."""
    assert not [name for name, told in told_upwards.items() if _loaded(told) & STATISTICS]


def test_frameworks_come_with_their_rooms(told_upwards: dict[str, dict[str, object]]) -> None:
    """Rooms up to the journeys load no database; rooms below the doors load no door's framework."""
    below_stores = UPWARDS[: UPWARDS.index("vision") + 1]
    below_doors = UPWARDS[: UPWARDS.index("library") + 1]
    loaded = {name: _loaded(told) for name, told in told_upwards.items()}
    assert not [name for name in below_stores if loaded.get(name, set()) & DATABASE]
    assert not [name for name in below_doors if loaded.get(name, set()) & DOOR]


def _quiet(told: dict[str, object]) -> bool:
    quiet = {"deeds": [], "loggers": [], "handlers": 0, "threads": 1, "variables_changed": False}
    return all(told[what] == expected for what, expected in quiet.items())
