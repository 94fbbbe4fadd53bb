"""How long an entry and a proof take while the ledger grows from a hundred entries to a million.

    .venv/bin/python -m bench.speed.ledger [--most 6]

Two ledgers grow: that of the pure room, whose nodes lie in memory, and that of a library on SQLite. At each power of
ten from 10^2 to 10^most is measured: adding entries one by one, as any deed does, in transactions of 1,000; and each
alone in a transaction that is on the disk when it ends; proving an entry, and that the ledger only grew; signing a
checkpoint; reading all of it through. In between the library is filled with rows like any other, sealed and with their
nodes, written many at a time; their payloads are one and the same, under salts of their own, and open for nobody.
Writes bench/speed/results/ledger.json, and exits with 1 if a proof has more hashes than the tree is deep, or asks the
store for more than twice as many rows. 10^6 takes some minutes and some gigabytes in the folder for temporary files.
"""

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from math import ceil, log2
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from countenance.consent import Policy
from countenance.keys import MasterVault
from countenance.ledger import (
    JSON,
    Actor,
    Edge,
    Entry,
    EntryKind,
    NodeAt,
    SealedEntry,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_of_append,
    root_at,
    seal_entry,
    verify,
    verify_consistency,
    verify_inclusion,
)
from countenance.stores import SqlStore, _schema
from countenance.stores._spelling import node_row

RESULTS = Path(__file__).parent / "results" / "ledger.json"
MODULE = "bench.speed.ledger"
LEAST = 2
# Records in one transaction, transactions in one measurement, proofs in one measurement, deeds alone in a transaction.
BATCH, BATCHES, PROOFS, ALONE = 1000, 5, 200, 30
FILLED_AT_ONCE = 5000
HASH_BYTES = 32
# The size that the largest one is compared with: below it, a transaction costs more than what is done in it.
COMPARED = 1000
MOMENT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)

Figures = dict[str, Any]
Result = TypeVar("Result")


def main() -> int:
    """Measure both ledgers; give 1 if something grows faster than the tree is deep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=6, help="the largest ledger has ten to this power entries")
    parser.add_argument("--part", choices=("room", "store"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [10**power for power in range(LEAST, options.most + 1)]
    if options.part:
        print(json.dumps(_room(sizes) if options.part == "room" else _store(sizes)))
        return 0
    # Each in a process of its own, so that each has a peak memory of its own.
    room, store = (_apart(part, options.most) for part in ("room", "store"))
    figures = {
        "command": " ".join([f"python -m {MODULE}", *sys.argv[1:]]),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "ratios": {"room": _ratios(room["sizes"]), "store": _ratios(store["sizes"])},
        "room": room,
        "store": store,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for name, one in (("room", room), ("store", store)):
        for row in one["sizes"]:
            print(name, json.dumps(row))
    print(json.dumps(figures["ratios"]))
    return int(not all(_is_logarithmic(row) for one in (room, store) for row in one["sizes"]))


def _apart(part: str, most: int) -> Figures:
    command = [sys.executable, "-m", MODULE, "--part", part, "--most", str(most)]
    told: Figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603 -- ourselves
    return told


def _room(sizes: list[int]) -> Figures:
    """Grow the tree of the pure room; leaves are random, for it makes no difference what they are the hash of."""
    chance = random.Random(4)  # noqa: S311  (leaves to be had again, not secrets)
    tree, measured = _Tree(), []
    sealing = [_timed(_sealed)[1] for _ in range(PROOFS)]
    for size in sizes:
        tree.add(chance.randbytes(HASH_BYTES) for _ in range(size - tree.edge.size))
        batch = min(BATCH, size)
        leaves = [[chance.randbytes(HASH_BYTES) for _ in range(batch)] for _ in range(BATCHES)]
        appends = [_timed(partial(tree.add, some))[1] / batch for some in leaves]
        proofs = _proofs(size, tree.node, partial(tree.node, 0), chance)
        measured.append({"entries": size, "append_us": _median(appends), **proofs, "peak_mb": _peak_mb()})
    return {"seal_us": _median(sealing), "sizes": measured}


class _Tree:
    """A tree that keeps its nodes level by level, as a store does, but in memory."""

    def __init__(self) -> None:
        self.edge = Edge.empty()
        self._levels: list[bytearray] = [bytearray() for _ in range(64)]

    def add(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self._levels[0] += leaf
            for node in nodes_of_append(self.edge, leaf):
                self._levels[node.level] += node.digest
            self.edge = append(self.edge, leaf)

    def node(self, level: int, place: int) -> bytes:
        return bytes(self._levels[level][place * HASH_BYTES : (place + 1) * HASH_BYTES])


def _store(sizes: list[int]) -> Figures:
    """Grow the ledger of a library on SQLite."""
    chance = random.Random(4)  # noqa: S311  (the same)
    with tempfile.TemporaryDirectory() as work, _library(Path(work)) as store:
        return {"sizes": [_at(store, size, Path(work), chance) for size in sizes]}


@contextmanager
def _library(work: Path) -> Iterator[SqlStore]:
    store = SqlStore.make(
        work,
        vault_for=lambda library: MasterVault(bytes(range(32)), library),
        policy=Policy.draft(controller="A school", contact="office@school.example", staff_search=True),
        entry=Entry(EntryKind.LIBRARY_MADE, MOMENT, Actor("steward", "s"), {"controller": "A school"}, {}),
    )
    try:
        yield store
    finally:
        store.close()


def _at(store: SqlStore, size: int, work: Path, chance: random.Random) -> Figures:
    """Measure the library when its ledger has so many entries."""
    _fill(store, size)
    batch = min(BATCH, size)
    appends, commits, alone, signing = [], [], [], []
    for _ in range(BATCHES):
        began = time.perf_counter()
        with store.write(now=MOMENT) as unit:
            _, spent = _timed(lambda unit=unit: [unit.record(_search()) for _ in range(batch)])  # type: ignore[misc]
        appends.append(spent / batch)
        commits.append(((time.perf_counter() - began) * 1e6 - spent) / 1e3)
    for _ in range(ALONE):
        began = time.perf_counter()
        with store.write(now=MOMENT) as unit:
            unit.record(_search())
        alone.append((time.perf_counter() - began) * 1e3)
        with store.write(now=MOMENT) as unit:
            signing.append(_timed(unit.checkpoint)[1] / 1e3)
    with store.read(now=MOMENT) as reading:
        proofs = _proofs(size, reading.ledger_node, partial(reading.ledger_node, 0), chance)
        rows = [
            _rows(partial(inclusion_proof, chance.randrange(size), size, reading.ledger_node)) for _ in range(PROOFS)
        ]
        edge = reading.ledger_edge()
        verdict, whole = _timed(partial(verify, (row for _, row in reading.ledger_rows()), edge))
    if not verdict.ok or verdict.size != edge.size:
        raise SystemExit(f"the ledger that was just written does not verify: {verdict.problem}")
    return {
        "entries": size,
        "append_us": _median(appends),
        "commit_of_batch_ms": _median(commits),
        "deed_alone_ms": _median(alone),
        "checkpoint_ms": _median(signing),
        **proofs,
        "rows_a_proof": {"median": median(rows), "at_most": max(rows)},
        "verify_whole_us_an_entry": round(whole / edge.size, 1),
        "files_mb": round(sum(file.stat().st_size for file in work.rglob("library.db*")) / 1e6, 1),
        "peak_mb": _peak_mb(),
    }


def _fill(store: SqlStore, size: int) -> None:
    """Bring the ledger to so many entries, many rows at a time."""
    payload = _sealed().payload
    while True:
        with store.write(now=MOMENT) as unit:
            unit.record(_search())  # a transaction that changes the ledger has an entry
            edge = unit.ledger_edge()
            entries: list[Figures] = []
            nodes: list[Figures] = []
            for place in range(edge.size, min(size, edge.size + FILLED_AT_ONCE)):
                row = SealedEntry(os.urandom(32), payload)
                leaf = leaf_hash(row)
                nodes += map(node_row, nodes_of_append(edge, leaf))
                entries.append({"place": place, "salt": row.salt, "payload": row.payload})
                edge = append(edge, leaf)
            unit._rows.insert(_schema.ledger, *entries)  # noqa: SLF001  (written as `record` writes, but together)
            unit._rows.insert(_schema.nodes, *nodes)  # noqa: SLF001  (the same)
            unit._stand(edge=edge.to_bytes())  # noqa: SLF001  (the same)
        if edge.size >= size:
            return


def _search() -> Entry:
    """Give the entry of a search that found nobody: it has as many bytes as one that found one person."""
    body: dict[str, JSON] = {
        "began": "2026-03-14T09:26:53.201000Z",
        "ended": "2026-03-14T09:26:53.580000Z",
        "purpose": "be-found",
        "reason": "yearbook of class 9b",
        "reason_class": "publishing",
        "probe_digest": "5e" * 32,
        "model": "faceres-1",
        "roll": 12,
        "ledger_size": 310,
        "answered": [],
        "confirmed_by": None,
    }
    return Entry(EntryKind.SEARCHED, MOMENT, Actor("staff", "frau-meier"), body, {})


def _sealed() -> SealedEntry:
    return seal_entry(_search(), controller_key=bytes(32), audit_keys={}, library="0f" * 16)


def _proofs(size: int, node: NodeAt, leaf: Callable[[int], bytes], chance: random.Random) -> Figures:
    """Prove entries to be among the first `size`, and these to begin with fewer; every proof is verified, too."""
    root = root_at(size, node)
    included, grown, verified, longest = [], [], [], 0
    for _ in range(PROOFS):
        place, old = chance.randrange(size), chance.randrange(1, size)
        path, spent = _timed(partial(inclusion_proof, place, size, node))
        included.append(spent)
        between, spent = _timed(partial(consistency_proof, old, size, node))
        grown.append(spent)
        holds, spent = _timed(partial(verify_inclusion, leaf(place), place, size, root, path))
        verified.append(spent)
        if not holds or not verify_consistency(old, root_at(old, node), size, root, between):
            raise SystemExit("a proof does not hold")
        # A proof of growth may have one hash more than the tree is deep (RFC 6962, section 2.1.2).
        longest = max(longest, len(path), len(between) - 1)
    return {
        "inclusion_us": _median(included),
        "consistency_us": _median(grown),
        "verify_inclusion_us": _median(verified),
        "depth": ceil(log2(size)),
        "hashes_at_most": longest,
    }


def _rows(work: Callable[[], object]) -> int:
    """Count the rows that the store is asked for: one statement gives one."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(sent)


def _is_logarithmic(row: Figures) -> bool:
    rows = row.get("rows_a_proof", {"at_most": 0})["at_most"]
    return bool(row["hashes_at_most"] <= row["depth"] and rows <= 2 * row["depth"])


def _ratios(rows: list[Figures]) -> Figures:
    """Give what the largest ledger costs, as a multiple of what the one of 1,000 entries does."""
    (small,) = (row for row in rows if row["entries"] == COMPARED)
    large = rows[-1]
    names = ("append_us", "deed_alone_ms", "checkpoint_ms", "inclusion_us", "consistency_us")
    ratios = {name.rpartition("_")[0]: round(large[name] / small[name], 2) for name in names if name in large}
    return {"entries": large["entries"], "as_against": COMPARED, **ratios}


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """Give what work gives, and how many microseconds it took."""
    began = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - began) * 1e6


def _median(figures: list[float]) -> float:
    return round(median(figures), 2)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
