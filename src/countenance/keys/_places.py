"""Places that a key can be put into: made, changed for another, destroyed; a crash in between loses no key.

A changed key waits beside the old one (`NAME.new`) until the library is under it, and takes the old one's place then.
Who may do which when (under the library's lock) is left to the library.
"""

import os
from pathlib import Path
from typing import TypeAlias

from countenance.errors import KeyMissing, KeyWrong, UsageWrong
from countenance.keys._file import destroy_key_file, make_key_file, may_be_ours, take_place
from countenance.keys._ring import KeyRing, make_in_ring, peek, put, take_out
from countenance.keys._sources import KeyFile, read_key

KeyPlace: TypeAlias = KeyFile | KeyRing
"""A source of keys that can be written to."""

WAITING = ".new"


def make_key(place: KeyPlace) -> bytes:
    """Draw a fresh master key and put it there; gives the key.

    Raises:
        UsageWrong: something is there already; a key is never overwritten.
        KeyProblem: it could not be written; nothing is left of the attempt.
    """
    match place:
        case KeyFile(path):
            return make_key_file(path)
        case KeyRing():
            return make_in_ring(place)


def destroy_key(place: KeyPlace) -> None:
    """Take a key away for good; one that is not there is no error.

    Raises:
        KeyProblem: it could not be done.
    """
    match place:
        case KeyFile(path):
            destroy_key_file(_real(path))
        case KeyRing():
            take_out(place)


def waiting(place: KeyPlace) -> KeyPlace:
    """Give where the next key of a place waits: beside it, also if the place is a link to where the key is."""
    match place:
        case KeyFile(path):
            real = _real(path)
            return KeyFile(real.with_name(real.name + WAITING))
        case KeyRing(service, library):
            return KeyRing(service, library + WAITING)


def key_at(place: KeyPlace) -> tuple[bytes, bool]:
    """Give the key there, made if there is nothing; and whether it was made.

    Raises:
        KeyMissing, KeyWrong: something is there, but it is no key, or cannot be read.
        KeyProblem: a key could not be made; nothing is left of the attempt.
    """
    free = peek(place) is None if isinstance(place, KeyRing) else not os.path.lexists(place.path)
    return (make_key(place), True) if free else (read_key(place), False)


def is_same(place: KeyPlace, other: KeyPlace) -> bool:
    """Tell whether two places are one, also if one of them is a link."""
    match place, other:
        case KeyFile(path), KeyFile(path=another):
            return _real(path) == _real(another)
        case _:
            return place == other


def clear(beside: KeyPlace) -> None:
    """Take away what an attempt left that was cut off before the library was put under its key.

    Raises:
        UsageWrong: what is there was not put there by us.
        KeyProblem: it could not be taken away.
    """
    if isinstance(beside, KeyFile) and not may_be_ours(beside.path):
        raise UsageWrong(
            f"a file is in the way that is no key file: {beside.path}", remedy="move it elsewhere, and try again"
        )
    destroy_key(beside)


def settle(place: KeyPlace, key: bytes) -> None:
    """Let the key that waits take the place of the old one, which is destroyed; nothing happens if it does not wait.

    Raises:
        KeyProblem: it could not be done; the key still waits, or is in its place.
    """
    beside = waiting(place)
    try:
        if read_key(beside) != key:
            return
    except (KeyMissing, KeyWrong):
        return
    match place, beside:
        case KeyFile(path), KeyFile(path=new):
            take_place(new, _real(path))
        case KeyRing(), KeyRing():
            put(place, key)
            take_out(beside)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
