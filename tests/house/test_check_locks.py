"""R48: the check of the requirement locks finds what it is for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def _check(project: Path, root: Path) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, str(project / "tools/check_locks.py"), "--root", str(root)],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path, project: Path) -> Path:
    """Give a copy of what the locks are made of, and of the locks."""
    shutil.copytree(project / "requirements", tmp_path / "requirements")
    shutil.copy(project / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_locks_are_in_step(copy: Path, project: Path) -> None:
    """R48: the locks were made of what is stated now; every package is pinned and hashed."""
    status, said = _check(project, copy)
    assert status == 0, said


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("pyproject.toml", '"click>=', '"click>=99",\n    "click>=', "click>=99 is asked for"),
        ("pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.12"', "from other requirements"),
        ("requirements/dev.in", "pytest\n", "pytest\nnot-locked\n", "not-locked is asked for, nothing is locked"),
        ("requirements/run.txt", "click==", "click>=", "not pinned to one version: click>="),
        ("requirements/run.txt", "alembic==", "--index-url https://example.org/simple\nalembic==", "names an address"),
        ("requirements/dev.txt", "numpy==", "numpy==0.", "but"),
        ("requirements/bench.txt", "numpy==", "numpy==0.", "in dev.txt"),
        ("requirements/bench.in", "dlib-bin\n", "dlib-bin\nnot-locked\n", "not-locked is asked for"),
    ],
)
def test_a_lock_out_of_step_is_named(copy: Path, project: Path, file: str, old: str, new: str, complaint: str) -> None:
    """R48: a stated requirement that is not locked, a loose pin, an address and two locks that differ are found."""
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    status, said = _check(project, copy)
    assert status == 1
    assert complaint in said


def test_a_pin_without_its_hashes_is_named(copy: Path, project: Path) -> None:
    """R48: a pinned package without a hash is found."""
    path = copy / "requirements/run.txt"
    path.write_text(path.read_text(encoding="utf-8").rstrip() + "\nunhashed==1.0\n    # via nobody\n", encoding="utf-8")
    status, said = _check(project, copy)
    assert status == 1
    assert "unhashed has no hash" in said
