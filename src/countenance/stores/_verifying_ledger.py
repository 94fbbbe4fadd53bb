"""Verifying the ledger in one pass over its entries, of which no more than a page is held in memory."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from sqlalchemy import Connection, func, select

from countenance.errors import CountenanceError
from countenance.ledger import (
    Checkpoint,
    Edge,
    Entry,
    EntryKind,
    Node,
    SealedEntry,
    append,
    leaf_hash,
    library_and_branch,
    nodes_of_append,
    root,
    verify,
)
from countenance.stores._continuing import opened
from countenance.stores._reading import SqlReading
from countenance.stores._rows import PAGE_ROWS
from countenance.stores._schema import nodes
from countenance.stores._unsealing import Unsealing

Noting: TypeAlias = Callable[[Entry], None]
"""Look at an entry that was opened; raise what is wrong with it."""


class LedgerCheck:
    """What must hold of a ledger: edge, nodes and last checkpoint are those that its entries give."""

    def __init__(self, connection: Connection, reading: SqlReading, unsealing: Unsealing, note: Noting) -> None:
        self._reading = reading
        self._unsealing = unsealing
        self._note = note
        self._kept = _KeptNodes(connection)
        self._found = Edge.empty()
        self._problems: list[str] = []
        self._keyless: list[int] = []

    def problems(self, library: str) -> Iterator[str]:
        """Go through the entries of this library, once; gives what does not hold."""
        last = self._last_checkpoint(library)
        verdict = verify(self._entries(last), self._reading.ledger_edge())
        if not verdict.ok:
            yield verdict.problem
        yield from (f"no key opens entry {place}" for place in self._keyless)
        if last is not None and last.size > self._found.size:
            yield f"{_continued(last)}: there are only {self._found.size} entries"
        if self._kept.others(self._found.size):
            yield "there are nodes of the tree that its entries do not give"
        yield from self._problems

    @property
    def size(self) -> int:
        """How many entries were found."""
        return self._found.size

    def _entries(self, last: Checkpoint | None) -> Iterator[SealedEntry]:
        self._compare(last)
        for place, sealed in self._reading.ledger_rows():
            if place != self._found.size:
                self._problems.append(f"there is no entry {self._found.size}")
                return
            try:
                self._opened(place, self._unsealing.entry(place, sealed))
            except CountenanceError as problem:
                self._problems.append(f"entry {place}: {problem.what}")
            leaf = leaf_hash(sealed)
            self._problems += self._kept.compared(nodes_of_append(self._found, leaf))
            self._found = append(self._found, leaf)
            self._compare(last)
            yield sealed

    def _opened(self, place: int, entry: Entry | None) -> None:
        if entry is None:
            self._keyless.append(place)
            return
        if entry.kind is EntryKind.SEARCHES_ENDED:
            # Whatever was recorded before may be of a month that was ended.
            self._keyless.clear()
        self._note(entry)

    def _last_checkpoint(self, library: str) -> Checkpoint | None:
        try:
            note, origin = self._reading.last_checkpoint(), self._reading.ledger_origin()
            last = opened(note, public_key=self._reading.public_key(), library=library)
            if last.branch > library_and_branch(origin)[1]:
                self._problems.append(f"the last checkpoint is of {last.origin}, and the ledger is {origin}")
        except CountenanceError as problem:
            self._problems.append(problem.what)
            return None
        return last

    def _compare(self, last: Checkpoint | None) -> None:
        if last is not None and last.size == self._found.size and last.root != root(self._found):
            self._problems.append(f"{_continued(last)}: its entries are others")


class _KeptNodes:
    """The kept nodes, level by level: appending completes those of one level in the order of their places."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._levels: dict[int, Iterator[tuple[int, bytes]]] = {}
        self._broken: set[int] = set()

    def compared(self, completed: tuple[Node, ...]) -> Iterator[str]:
        """Compare the next nodes with those that were kept; of each level, only the first that differs is told."""
        for node in completed:
            kept = next(self._levels.setdefault(node.level, self._level(node.level)), None)
            if kept != (node.place, node.digest) and node.level not in self._broken:
                self._broken.add(node.level)
                yield f"the node {node.place} of level {node.level} is not the one that the entries give"

    def others(self, size: int) -> bool:
        """Tell whether there are other nodes than those of a tree of so many leaves."""
        # Each merge takes one hash off the edge: n leaves have been merged n - (hashes left) times.
        count = self._connection.execute(select(func.count()).select_from(nodes)).scalar_one()
        return bool(count != size - size.bit_count())

    def _level(self, level: int) -> Iterator[tuple[int, bytes]]:
        after = -1
        while True:
            statement = select(nodes.c.place, nodes.c.hash).where(nodes.c.level == level, nodes.c.place > after)
            page = self._connection.execute(statement.order_by(nodes.c.place).limit(PAGE_ROWS)).all()
            yield from ((row.place, row.hash) for row in page)
            if len(page) < PAGE_ROWS:
                return
            after = page[-1].place


def _continued(last: Checkpoint) -> str:
    return f"the ledger does not continue the checkpoint of {last.size} entries that was signed"
