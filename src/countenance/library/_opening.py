"""Making and opening: the key and database of a new library, the models, and the policy to work under."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from countenance.consent import Policy
from countenance.errors import LibraryExists, PolicyRefused
from countenance.journeys.govern import refuse_policy_in_force
from countenance.keys import (
    KeyFile,
    KeyPlace,
    KeyRing,
    KeySource,
    MasterVault,
    destroy_key,
    key_at,
    read_key,
    source_of,
)
from countenance.ledger import Actor, Entry, EntryKind
from countenance.library._keys import refuse_inside
from countenance.library._mirrors import mirror_outside
from countenance.ports import Store, Vault, Vision
from countenance.stores import SqlStore
from countenance.vision import OnnxVision


def default_vision(policy: Policy | None) -> Callable[[], Vision]:
    """Give a way to load the shipped models: the embedder only where a policy allows recognition.

    One thread each for workers: side by side they beat one wide one on small machines (docs/reference/models.md).
    """
    return partial(OnnxVision.load, threads=1, recognises=policy is not None and policy.recognition)


def measuring_vision(threads: int) -> Callable[[], Vision]:
    """Give a way to load the shipped models for measuring, which no policy is about and one process does."""
    return partial(OnnxVision.load, threads=threads, recognises=True)


def widened(load_vision: Callable[[], Vision], threads: int) -> Callable[[], Vision]:
    """Let the shipped models use several threads, for a process that looks at one photo after the other."""
    if isinstance(load_vision, partial) and load_vision.func == OnnxVision.load:
        return partial(load_vision, threads=threads)
    return load_vision


def make_store(
    folder: Path, policy: Policy, *, key: KeySource | None, mirror: Path | None, actor: Actor, now: datetime
) -> Store:
    """Make the database of a new library; its master key is made too, unless its source is given and has one."""
    refuse_inside(folder, key)
    mirror_for = mirror_outside(folder, mirror)
    made: list[KeyPlace] = []

    def vault(library: str) -> Vault:
        return MasterVault(_new_master(source_of(key, library), made), library)

    entry = Entry(kind=EntryKind.LIBRARY_MADE, at=now, actor=actor, body={"controller": policy.controller}, concerns={})
    try:
        return SqlStore.make(folder, vault_for=vault, policy=policy, entry=entry, mirror_for=mirror_for)
    except LibraryExists:
        for place in made:  # the key of no library, which would be taken for somebody's
            destroy_key(place)
        raise


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


def _new_master(source: KeySource, made: list[KeyPlace]) -> bytes:
    """Make the key, noted in `made`, unless there is one in its place, or a command or variable gives it."""
    if not isinstance(source, KeyFile | KeyRing):
        return read_key(source)
    master, is_new = key_at(source)
    if is_new:
        made.append(source)
    return master
