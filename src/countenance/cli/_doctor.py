"""`doctor`: what is installed, and what is wrong."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import click

from countenance.cli._exit_codes import DONE, ERROR
from countenance.cli._opening import open_library, settings
from countenance.cli._options import Command
from countenance.cli._speaking import answer
from countenance.cli._verify import check_lines
from countenance.library import condition
from countenance.ports import Check

PACKAGES = ("numpy", "onnxruntime", "pillow", "pillow-heif", "sqlalchemy", "cryptography", "click", "rich")


@click.command("doctor", cls=Command)
def doctor() -> int:
    """Say what is installed, whether the model files are right, where library and key are, and what is wrong."""
    chosen = settings()
    checks: tuple[Check, ...] = (
        Check("countenance", ok=True, detail=_version("countenance")),
        Check("python", ok=True, detail=f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        _packages(),
        Check("processors", ok=True, detail=f"{os.cpu_count() or 1}; index uses {chosen.workers} workers"),
        *condition(chosen.library, key=chosen.key, mirror=chosen.mirror),
    )
    if all(check.ok for check in checks) and any(check.name == "key" for check in checks):
        with open_library(whatever_policy=True) as library:
            checks = (*checks, library.recognition(), library.thresholds())
    ok = all(check.ok for check in checks)
    answer(
        {"ok": ok, "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]},
        [*check_lines(checks), "", "Nothing is wrong." if ok else "Something is wrong: see the lines that say NOT OK."],
    )
    return DONE if ok else ERROR


def _packages() -> Check:
    versions = {name: _version(name) for name in PACKAGES}
    return Check(
        "packages",
        all(versions.values()),
        ", ".join(f"{name} {found or 'missing'}" for name, found in versions.items()),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
