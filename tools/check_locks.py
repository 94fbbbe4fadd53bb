"""Check that the requirement locks are what `./run lock` makes of the stated requirements; nothing is looked up.

A lock is trusted when it was compiled from just these inputs (their digest stands in its first line; `--write` puts it
there), pins every package to one version with its hashes, names no address, and satisfies what the project asks for.
"""

import argparse
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS: Final = ("run", "dev", "bench")
NOTE: Final = "# made by `./run lock` from inputs with SHA-256 "
PIN: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>[^\n]*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE
)
ADDRESS: Final = re.compile(r"://|--(?:extra-)?index-url|--find-links|--trusted-host")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the locks, or note their inputs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--write", action="store_true", help="note the digest of the inputs in the locks")
    options = parser.parse_args(arguments)
    root: Path = options.root
    if options.write:
        for lock in LOCKS:
            _write_note(root / f"requirements/{lock}.txt", inputs_digest(root))
    problems = [*_lock_problems(root), *_unsatisfied(root)]
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(_pins(root, 'run'))} packages to run, {len(_pins(root, 'dev'))} to develop; all pinned and hashed")
    return 1 if problems else 0


def stated(root: Path) -> dict[str, list[str]]:
    """Give the stated requirements by where they stand, in order, without comments."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    found = {
        "python": [project["project"]["requires-python"]],
        "build": project["build-system"]["requires"],
        "package": project["project"]["dependencies"],
    }
    for lock in LOCKS:
        lines = (root / f"requirements/{lock}.in").read_text(encoding="utf-8").splitlines()
        found[lock] = [said for line in lines if (said := line.partition("#")[0].strip())]
    return {where: sorted(requirements) for where, requirements in found.items()}


def inputs_digest(root: Path) -> str:
    """Give the SHA-256 of the stated requirements, in hexadecimal."""
    return hashlib.sha256(json.dumps(stated(root), sort_keys=True).encode()).hexdigest()


def _write_note(path: Path, digest: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(NOTE)]
    path.write_text(f"{NOTE}{digest}\n{''.join(kept)}", encoding="utf-8")


def _pins(root: Path, lock: str) -> dict[str, str]:
    text = (root / f"requirements/{lock}.txt").read_text(encoding="utf-8")
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(text)}


def _lock_problems(root: Path) -> list[str]:
    problems: list[str] = []
    digest = inputs_digest(root)
    for lock in LOCKS:
        name = f"requirements/{lock}.txt"
        text = (root / name).read_text(encoding="utf-8")
        if not text.startswith(f"{NOTE}{digest}\n"):
            problems.append(f"{name}: was made from other requirements than are stated now: ./run lock")
        if found := ADDRESS.search(text):
            problems.append(f"{name}: names an address or an index: {found[0]}")
        problems += [
            f"{name}: {pin['name']} has no hash" for pin in PIN.finditer(text) if "--hash=sha256:" not in pin["rest"]
        ]
        written = [line for line in text.splitlines() if line and line[0] not in " \t#"]
        problems += [f"{name}: not pinned to one version: {line}" for line in written if not PIN.match(line)]
    run, dev = _pins(root, "run"), _pins(root, "dev")
    problems += [
        f"requirements/dev.txt: {name} is {dev.get(name, 'missing')}, but {version} in run.txt"
        for name, version in run.items()
        if dev.get(name) != version
    ]
    problems += [
        f"requirements/bench.txt: {name} is {version}, but {dev[name]} in dev.txt"
        for name, version in _pins(root, "bench").items()
        if dev.get(name, version) != version
    ]
    return problems


def _unsatisfied(root: Path) -> list[str]:
    requirements = stated(root)
    pins: Mapping[str, dict[str, str]] = {lock: _pins(root, lock) for lock in LOCKS}
    asked = [("run", said) for where in ("build", "package", "run") for said in requirements[where]]
    asked += [(lock, said) for lock in ("dev", "bench") for said in requirements[lock]]
    problems: list[str] = []
    for lock, said in asked:
        requirement = Requirement(said)
        version = pins[lock].get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            problems.append(
                f"requirements/{lock}.txt: {said} is asked for, {version or 'nothing'} is locked: ./run lock"
            )
    return problems


if __name__ == "__main__":
    sys.exit(main())
