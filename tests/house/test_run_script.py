"""The two commands, without a network: `./run` finds its Python, sets up once, and says plainly what is wrong."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

# Stands for a Python: notes how it was called, and makes a "virtual environment" that holds a copy of itself.
PYTHON: Final = """#!/bin/sh
case "$*" in
    *"version_info < (3, 11)"*) exit {too_old} ;;
    *"import ensurepip, venv"*) exit {bare} ;;
    *platform*) echo "Python 3.99.0" ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo made >>"$CALLS" ;;
    "-m pip "*) echo "$*" >>"$CALLS"; exit {pip} ;;
    "-m countenance.demo "*) echo "$*" >>"$CALLS" ;;
esac
"""


class House:
    """A copy of the script with requirements, and a PATH on which the only Python is the stand-in."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.folder = folder / "a house with spaces"
        self.calls = folder / "calls"
        self.path = folder / "bin"
        shutil.copytree(project / "requirements", self.folder / "requirements")
        for name in ("run", "pyproject.toml"):
            shutil.copy(project / name, self.folder)
        self.path.mkdir()
        for tool in ("sh", "cat", "cksum", "dirname", "basename", "mkdir", "cp", "rm", "find", "head", "tail", "grep"):
            found = shutil.which(tool)
            assert found, tool
            (self.path / tool).symlink_to(found)

    def python(self, name: str = "python3", *, too_old: int = 0, bare: int = 0, pip: int = 0) -> None:
        """Put a Python on the PATH; the figures are what it answers (0: yes) when it is asked what it can."""
        script = self.path / name
        script.write_text(PYTHON.format(too_old=too_old, bare=bare, pip=pip), encoding="utf-8")
        script.chmod(0o755)

    def run(self, *words: str, cwd: Path | None = None) -> tuple[int, str]:
        """Run the script; give its exit code and what it said."""
        done = subprocess.run(  # noqa: S603 - our own script
            [str(self.folder / "run"), *words],
            cwd=cwd or self.folder,
            env={"PATH": str(self.path), "CALLS": str(self.calls), "HOME": str(self.folder)},
            check=False,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    def called(self) -> list[str]:
        """Give what the stand-in was called for since the last time this was asked."""
        lines = self.calls.read_text(encoding="utf-8").splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return lines


@pytest.fixture
def house(tmp_path: Path, project: Path) -> House:
    """Give a house without Python."""
    return House(tmp_path, project)


def test_help_names_every_command(house: House) -> None:
    """Help, which needs no Python, names every command and goes to stdout; an unknown command exits with 2."""
    status, said = house.run("help")
    assert status == 0
    for command in ("setup", "demo", "test", "check", "bench", "serve", "lock"):
        assert f"\n  {command} " in said
    assert house.run()[0] == 0
    status, said = house.run("sell")
    assert status == 2
    assert "there is no command 'sell'" in said


def test_serve_says_that_it_is_not_there_yet(house: House) -> None:
    """`serve` says plainly that the web application is not part of this version."""
    status, said = house.run("serve")
    assert status == 2
    assert "not part of this version" in said


def test_no_python_is_said(house: House) -> None:
    """Without a Python, or with one that is too old, the message says which is needed."""
    for _ in range(2):
        status, said = house.run("setup")
        assert status == 1
        assert "no Python 3.11 or newer was found" in said
        house.python(too_old=1)


def test_missing_venv_is_said(house: House) -> None:
    """A Python without venv, as Debian has it, gives the hint that helps."""
    house.python(bare=1)
    status, said = house.run("setup")
    assert status == 1
    assert "python3-venv" in said


def test_an_older_python_is_passed_over(house: House) -> None:
    """The first Python on the list that can make virtual environments is taken."""
    house.python("python3.13", bare=1)
    house.python("python3.12", too_old=1)
    house.python("python3.11")
    assert house.run("setup")[0] == 0
    assert house.called()[0] == "made"


def test_setup_installs_hashed_and_once(house: House, tmp_path: Path) -> None:
    """R48: setup installs the lock, hashes required, then the project alone; from anywhere; and only once."""
    house.python()
    status, said = house.run("setup", cwd=tmp_path)
    made, requirements, package = house.called()
    assert (status, made) == (0, "made"), said
    assert "-r requirements/run.txt --require-hashes" in requirements
    assert "--no-deps --no-build-isolation -e ." in package
    assert house.run("setup")[0] == 0
    assert house.called() == []


def test_setup_follows_the_requirements(house: House) -> None:
    """Other requirements are installed anew, into the same environment."""
    house.python()
    house.run("setup")
    house.called()
    with (house.folder / "requirements/run.txt").open("a", encoding="utf-8") as lock:
        lock.write("# another line\n")
    assert house.run("setup")[0] == 0
    assert len(house.called()) == 2


@pytest.mark.parametrize("harm", ["moved", "broken", "half made"])
def test_a_useless_environment_is_made_anew(house: House, harm: str) -> None:
    """An environment that was moved with its folder, has lost its Python or was never finished is made again."""
    house.python()
    house.run("setup")
    house.called()
    if harm == "moved":
        house.folder = house.folder.rename(house.folder.parent / "another place")
    elif harm == "broken":
        (house.folder / ".venv/bin/python").unlink()
    else:
        (house.folder / ".venv/place").unlink()
    assert house.run("setup")[0] == 0
    assert [call.split()[0] for call in house.called()] == ["made", "-m", "-m"]


def test_a_failed_installation_is_said_and_tried_again(house: House) -> None:
    """When pip fails, setup fails, says so, and the next setup tries again."""
    house.python(pip=1)
    status, said = house.run("setup")
    assert status == 1
    assert "could not be installed" in said
    house.called()
    shutil.rmtree(house.folder / ".venv")
    house.python()
    assert house.run("setup")[0] == 0
    assert len(house.called()) == 3


def test_demo_sets_up_and_shows(house: House) -> None:
    """`demo` alone is enough: it sets up and starts the demonstration, whose folder lies beside the script."""
    house.python()
    assert house.run("demo")[0] == 0
    assert house.called()[-1] == "-m countenance.demo demo-output --verifier tools/verify_ledger.py"


def test_ci_fails_when_either_fails(tmp_path: Path, project: Path) -> None:
    """The CI script runs checks and tests, both, and fails when either does; so it does if nothing was collected."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(project / ".ci/run", tmp_path / ".ci/run")
    run = tmp_path / "run"
    for check, test, expected in ((0, 0, 0), (1, 0, 1), (0, 1, 1), (0, 5, 1)):
        run.write_text(
            f"#!/bin/sh\necho ran $1\ncase $1 in check) exit {check} ;; test) exit {test} ;; esac\n", encoding="utf-8"
        )
        run.chmod(0o755)
        done = subprocess.run(  # noqa: S603 - our own script
            [str(tmp_path / ".ci/run")], check=False, capture_output=True, text=True, env=dict(os.environ)
        )
        assert "ran check\nran test\n" in done.stdout
        assert done.returncode == expected
