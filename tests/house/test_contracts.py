"""The import contracts are alive: each one is kept by the code as it is, and broken by an import that breaks it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

# For each contract a module of the package and a line that must not stand in it.
PLANTS: Final = {
    "layers": ("seals/_digests.py", "import countenance.faces"),
    "journeys": ("journeys/search.py", "import countenance.journeys.index"),
    "stores-memory": ("stores/_rules.py", "import countenance.stores._memory"),
    "stores-no-sql": ("stores/_memory.py", "import sqlalchemy"),
    "permit": ("consent/_standing.py", "from countenance.consent._permit import mint"),
    "brush": ("redaction/__init__.py", "import countenance.consent"),
    "network": ("vision/_session.py", "import http.client"),
    "pure": ("journeys/publish.py", "import sqlite3"),
    "runtime": ("library/__init__.py", "import onnxruntime"),
    "sql": ("library/__init__.py", "import sqlalchemy"),
    "decoders": ("vision/__init__.py", "import pillow_heif"),
    "primitives": ("keys/__init__.py", "import cryptography"),
    "keyring": ("library/__init__.py", "import keyring"),
    "plots": ("measures/_rows.py", "import matplotlib"),
    "terminal": ("journeys/enrol.py", "import rich"),
    "doors": ("cli/__init__.py", "import countenance.journeys.enrol"),
}
# What several journeys share.
NOT_JOURNEYS: Final = {
    "__init__",
    "covering",
    "fives",
    "forms",
    "looking",
    "matching",
    "placing",
    "portraits",
    "proving",
    "searchers",
    "thresholds",
}
VERDICT: Final = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)", re.MULTILINE)


@pytest.fixture(scope="module")
def contracts(project: Path) -> Mapping[str, dict[str, object]]:
    """Give the contracts by their ids."""
    stated = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in stated["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """Give a copy of the package's code with its contracts, to plant violations in."""
    shutil.copytree(
        project / "src", tmp_path / "src", ignore=lambda _, names: [n for n in names if "." in n and n[-3:] != ".py"]
    )
    shutil.copy(project / "pyproject.toml", tmp_path)
    return tmp_path


def _lint(folder: Path) -> tuple[int, dict[str, str], str]:
    """Give the exit code, the verdict on each contract by its name, and all that was said."""
    script = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-B", "-c", script, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    return done.returncode, {found["name"].strip(): found["verdict"] for found in VERDICT.finditer(said)}, said


def _plant(folder: Path, module: str, line: str) -> None:
    path = folder / "src/countenance" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")


def test_the_house_keeps_its_contracts(copy: Path, contracts: Mapping[str, dict[str, object]]) -> None:
    """Every contract is kept by the code as it is."""
    status, verdicts, said = _lint(copy)
    assert verdicts == {contract["name"]: "KEPT" for contract in contracts.values()}, said
    assert status == 0


def test_each_contract_breaks_on_its_violation(copy: Path, contracts: Mapping[str, dict[str, object]]) -> None:
    """R10: with a forbidden import planted for each, every contract is broken: none sleeps."""
    assert PLANTS.keys() == contracts.keys(), "each contract needs a violation here"
    for module, line in PLANTS.values():
        _plant(copy, module, line)
    status, verdicts, said = _lint(copy)
    assert verdicts == {contract["name"]: "BROKEN" for contract in contracts.values()}, said
    assert status == 1


def test_a_room_without_a_place_is_noticed(copy: Path) -> None:
    """A new room that the layers do not name breaks them: they are exhaustive."""
    room = copy / "src/countenance/watchlist"
    room.mkdir()
    (room / "__init__.py").write_text('"""A room that nobody agreed on."""\n', encoding="utf-8")
    status, _, said = _lint(copy)
    assert status == 1
    assert "watchlist" in said


def test_the_list_of_journeys_is_whole(package: Path, contracts: Mapping[str, dict[str, object]]) -> None:
    """The contract about journeys names every one of them."""
    journeys = {path.stem for path in (package / "journeys").glob("*.py")} - NOT_JOURNEYS
    assert contracts["journeys"]["modules"] == [f"countenance.journeys.{name}" for name in sorted(journeys)]


def test_the_rooms_that_must_be_pure_are_all_named(
    rooms: tuple[str, ...], contracts: Mapping[str, dict[str, object]]
) -> None:
    """R10: every room from the journeys down is held to having no database, model runtime or framework."""
    above = {"cli", "web", "demo", "library", "stores", "vision", "keys"}
    pure = {f"countenance.{room}" for room in {*rooms, "ports", "errors"} - above}
    named = contracts["pure"]["source_modules"]
    assert isinstance(named, list)
    assert pure == set(named)
