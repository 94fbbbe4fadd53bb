"""Making and opening: where the key lies, which store keeps the library, which models look at photos."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from countenance.consent import Policy
from countenance.errors import LibraryExists, PolicyRefused, UsageWrong
from countenance.journeys.govern import refuse_policy_in_force
from countenance.keys import KeyFile, KeySource, MasterVault, default_key_path, make_key_file, read_key
from countenance.ledger import Actor, Entry, EntryKind
from countenance.ports import Store, Vault, Vision
from countenance.stores import SqlStore
from countenance.vision import OnnxVision


def default_vision(policy: Policy | None) -> Callable[[], Vision]:
    """Give a way to load the shipped models: the embedder only where a policy allows recognition.

    One thread each for workers: side by side they beat one wide one on small machines (docs/reference/models.md).
    """
    return partial(OnnxVision.load, threads=1, recognises=policy is not None and policy.recognition)


def widened(load_vision: Callable[[], Vision], threads: int) -> Callable[[], Vision]:
    """Let the shipped models use several threads, for a process that looks at one photo after the other."""
    if isinstance(load_vision, partial) and load_vision.func == OnnxVision.load:
        return partial(load_vision, threads=threads)
    return load_vision


def make_store(folder: Path, policy: Policy, *, key: KeySource | None, actor: Actor, now: datetime) -> Store:
    """Make the database of a new library; its master key is made too, unless its source is given and has one."""
    if isinstance(key, KeyFile) and key.path.resolve().is_relative_to(folder.resolve()):
        raise UsageWrong(
            "the master key would lie inside the library's folder", remedy="give a --key-file somewhere else"
        )
    made: list[Path] = []

    def vault(library: str) -> Vault:
        return MasterVault(_new_master(key, library, made), library)

    entry = Entry(kind=EntryKind.LIBRARY_MADE, at=now, actor=actor, body={"controller": policy.controller}, concerns={})
    try:
        return SqlStore.make(folder, vault_for=vault, policy=policy, entry=entry)
    except LibraryExists:
        for path in made:  # the key of no library, which would be taken for somebody's
            path.unlink(missing_ok=True)
        raise


def open_store(folder: Path, *, key: KeySource | None) -> Store:
    """Open the database of a library with its master key."""

    def vault(library: str) -> Vault:
        return MasterVault(read_key(key or KeyFile(default_key_path(library))), library)

    return SqlStore.open(folder, vault_for=vault)


def policy_to_work_under(store: Store, *, now: datetime, whatever: bool) -> Policy | None:
    """Give the policy in force; if it is refused, give None where `whatever` holds.

    Raises:
        PolicyRefused: it is refused.
    """
    try:
        with store.read(now=now) as reading:
            refuse_policy_in_force(reading)
            return reading.policy()
    except PolicyRefused:
        if whatever:
            return None
        store.close()
        raise


def _new_master(key: KeySource | None, library: str, made: list[Path]) -> bytes:
    """Make the key file, noted in `made`; a file that holds a key already, a command or a variable is read instead."""
    match key:
        case None:
            path = default_key_path(library)
        case KeyFile(path=path) if not path.exists():
            pass
        case _:
            return read_key(key)
    master = make_key_file(path)
    made.append(path)
    return master
