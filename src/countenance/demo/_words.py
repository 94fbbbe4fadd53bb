"""The record in plain words, and other things that are said in the same way on the page and on the terminal."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from countenance import Purpose
from countenance.demo._cast import ALLOWED
from countenance.ledger import Entry, EntryKind

Body = Mapping[str, Any]
Names = Mapping[str, str]

_COPIES = {EntryKind.PUBLISHED, EntryKind.PUBLICATION_SETTLED}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the record: the first and last entry that it stands for, when, and what was done."""

    first: int
    last: int
    at: datetime | None
    text: str

    @property
    def number(self) -> str:
        """The entries' numbers."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def clock(self) -> str:
        """The time of day on this computer."""
        return f"{self.at.astimezone():%H:%M:%S}" if self.at else ""


def count(number: int, thing: str, things: str = "") -> str:
    """Give a number with its thing: 1 photo, 2 photos."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def listed(words: Sequence[str]) -> str:
    """Join words as a person would: a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def day(moment: datetime) -> str:
    """Give the day of a moment: 4 May 2026."""
    return f"{moment.day} {moment:%B %Y}"


def record(entries: Iterable[Entry | None], names: Names) -> Iterator[Line]:
    """Give the record line by line; the copies of one run, two entries each, make one line together."""
    numbered = enumerate(entries)
    for copies, run in groupby(numbered, key=lambda pair: pair[1] is not None and pair[1].kind in _COPIES):
        group = list(run)
        if copies:
            yield _copies(group)
        else:
            yield from (_line(number, entry, names) for number, entry in group)


def _copies(group: Sequence[tuple[int, Entry | None]]) -> Line:
    made = [entry for _, entry in group if entry is not None and entry.kind is EntryKind.PUBLISHED]
    covered = sum(int(entry.body["covered"]) for entry in made if isinstance(entry.body["covered"], int))
    text = f"Made {count(len(made), 'covered copy', 'covered copies')} ({count(covered, 'face')} covered)."
    return Line(group[0][0], group[-1][0], made[0].at if made else None, text)


def _line(number: int, entry: Entry | None, names: Names) -> Line:
    if entry is None:
        return Line(number, number, None, "Sealed for good.")
    return Line(number, number, entry.at, _DEEDS[entry.kind](entry.body, names))


def _made(body: Body, names: Names) -> str:  # noqa: ARG001  (every deed is told people's names)
    return f"Made the library for {body['controller']}."


def _enrolled(body: Body, names: Names) -> str:
    until = day(datetime.fromisoformat(body["expires"]))
    return f"Enrolled {_who(body, names)} by a signed form: {_allowed(body)}. Until {until}."


def _indexed(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    unreadable = f"; {count(body['failed'], 'file')} could not be read" if body["failed"] else ""
    matches = count(body["appearances"], "possible match", "possible matches")
    return f"Looked through {count(body['indexed'], 'photo')}: {matches}{unreadable}."


def _rescanned(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"Looked again at {count(body['photos'], 'photo')}."


def _searched(body: Body, names: Names) -> str:
    found = [f"{_who(one, names)}, in {count(one['photos'], 'photo')}" for one in body["answered"]]
    return f"Searched by a photo, because: “{body['reason']}” Answer: {listed(found) or 'nobody'}."


def _photos_listed(body: Body, names: Names) -> str:
    return f"Listed the photos of {_who(body, names)}, for {_who(body, names)}: {body['photos']}."


def _withdrawn(body: Body, names: Names) -> str:
    erased = count(body["appearances_erased"], "match", "matches")
    if body["references_erased"]:
        return f"{_who(body, names)} withdrew everything: face data and {erased} erased."
    stale = count(len(body["stale"]), "copy", "copies")
    return f"{_who(body, names)} withdrew: {_allowed(body)}. {stale} to be taken back."


def _exported(body: Body, names: Names) -> str:
    return f"Wrote down for {_who(body, names)} all that is kept about {_who(body, names)}."


def _anchored(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"Gave a checkpoint of the first {count(body['size'], 'entry', 'entries')} to others to keep."


_DEEDS: Mapping[EntryKind, Callable[[Body, Names], str]] = MappingProxyType(
    {
        EntryKind.LIBRARY_MADE: _made,
        EntryKind.ENROLLED: _enrolled,
        EntryKind.INDEXED: _indexed,
        EntryKind.RESCANNED: _rescanned,
        EntryKind.SEARCHED: _searched,
        EntryKind.PHOTOS_LISTED: _photos_listed,
        EntryKind.WITHDRAWN: _withdrawn,
        EntryKind.EXPORTED: _exported,
        EntryKind.ANCHORED: _anchored,
    }
)


def _who(body: Body, names: Names) -> str:
    return names.get(body["person"], "somebody")


def _allowed(body: Body) -> str:
    return listed([ALLOWED[Purpose(purpose)] for purpose in body["purposes"]])
