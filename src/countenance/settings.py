"""What a door needs to know before it opens a library: one frozen value, read once, at the door."""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from countenance.errors import UsageWrong
from countenance.keys import KeyCommand, KeyFile, KeyRing, KeySource, KeyVariable

# What a variable that is a yes or a no says when it says no.
_NO = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the library lies, where its key comes from (None: the default file), who works, with how many workers.

    `mirror` is the folder of mirrors (None: the default one).
    """

    library: Path
    key: KeySource | None
    mirror: Path | None
    account: str
    workers: int

    @classmethod
    def read(
        cls,
        environment: Mapping[str, str],
        *,
        library: Path | None = None,
        key_file: Path | None = None,
        key_command: str | None = None,
        keyring: bool = False,
        mirror: Path | None = None,
        account: str | None = None,
        workers: int | None = None,
    ) -> "Settings":
        """Read arguments first, then the `COUNTENANCE_*` variables of the environment given, then defaults.

        Raises:
            UsageWrong: the key is given in several ways, or the number of workers is none.
        """
        return cls(
            library=Path(os.path.abspath(library or environment.get("COUNTENANCE_LIBRARY") or ".")),  # noqa: PTH100  (resolve() would follow links)
            key=_key(environment, key_file, key_command, keyring=keyring),
            mirror=mirror or _folder(environment.get("COUNTENANCE_MIRROR")),
            account=account or environment.get("COUNTENANCE_ACCOUNT") or _login(environment),
            workers=_workers(environment, workers),
        )


def key_source(
    key_file: Path | str | None, key_command: str | None, *, keyring: bool, variable: str = ""
) -> KeySource | None:
    """Give where a key is, or is to go, as it was said in one of these ways; None if in none.

    Raises:
        UsageWrong: in several.
    """
    if sum(bool(given) for given in (key_file, key_command, keyring, variable)) > 1:
        raise UsageWrong(
            "the master key is given in more than one way",
            remedy="keep one: a key file, a key command, the keyring, or COUNTENANCE_KEY",
        )
    if key_file:
        return KeyFile(Path(key_file))
    if key_command:
        return KeyCommand(key_command)
    if keyring:
        return KeyRing()
    return KeyVariable("COUNTENANCE_KEY", variable) if variable else None


def _key(
    environment: Mapping[str, str], key_file: Path | None, key_command: str | None, *, keyring: bool
) -> KeySource | None:
    if key_file or key_command or keyring:
        return key_source(key_file, key_command, keyring=keyring)
    return key_source(
        environment.get("COUNTENANCE_KEY_FILE"),
        environment.get("COUNTENANCE_KEY_COMMAND"),
        keyring=environment.get("COUNTENANCE_KEYRING", "").strip().lower() not in _NO,
        variable=environment.get("COUNTENANCE_KEY", ""),
    )


def _folder(text: str | None) -> Path | None:
    return Path(os.path.abspath(text)) if text else None  # noqa: PTH100  (resolve() would follow links)


def _login(environment: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "USERNAME"):
        if environment.get(name):
            return environment[name]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _workers(environment: Mapping[str, str], workers: int | None) -> int:
    given = workers if workers is not None else environment.get("COUNTENANCE_WORKERS")
    if given is None:
        return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    try:
        number = int(given)
    except ValueError:
        number = 0
    if number < 1:
        raise UsageWrong(f"{given} is no number of workers", remedy="give 1 or more")
    return number
