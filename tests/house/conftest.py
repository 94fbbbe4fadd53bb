"""What the tests of the house look at: the project's own files."""

import ast
import subprocess
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
CODE_FOLDERS = ("src", "tests", "tools", "bench")


@pytest.fixture(scope="session")
def project() -> Path:
    """Give the project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def package() -> Path:
    """Give the folder of the package."""
    return PROJECT / "src/countenance"


@pytest.fixture(scope="session")
def rooms(package: Path) -> tuple[str, ...]:
    """Give the names of the rooms that are packages."""
    return tuple(sorted(init.parent.name for init in package.glob("*/__init__.py")))


@pytest.fixture(scope="session")
def syntax(package: Path) -> Mapping[Path, ast.Module]:
    """Give the syntax tree of each source file, by its path in the package."""
    return {
        path.relative_to(package): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))
    }


@pytest.fixture(scope="session")
def project_files() -> tuple[Path, ...]:
    """Give the files that belong to the project: those that git tracks, else all that .gitignore does not name."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607 - git is where the developer has it
            cwd=PROJECT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        listed = ""
    tracked = tuple(path for name in listed.split("\0") if name and (path := PROJECT / name).is_file())
    return tracked or tuple(_walk(PROJECT, _ignored()))


def _ignored() -> tuple[str, ...]:
    lines = (PROJECT / ".gitignore").read_text(encoding="utf-8").split()
    return (".git", *(line.strip("/") for line in lines))


def _walk(folder: Path, ignored: tuple[str, ...]) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        inside = path.relative_to(PROJECT).as_posix()
        if any(fnmatch(path.name, pattern) or inside == pattern for pattern in ignored):
            continue
        found += _walk(path, ignored) if path.is_dir() else [path]
    return found


@pytest.fixture(scope="session")
def texts(project_files: tuple[Path, ...]) -> Mapping[str, str]:
    """Give the project's text files, by their path in it."""
    found: dict[str, str] = {}
    for path in project_files:
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(PROJECT).as_posix()] = content.decode("utf-8")
    return found


@pytest.fixture(scope="session")
def code(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Give the project's code, by its path in it."""
    return {
        name: text
        for name, text in texts.items()
        if name.startswith(tuple(f"{folder}/" for folder in CODE_FOLDERS))
        and name.endswith((".py", ".js", ".sh", ".css", ".html"))
    }
