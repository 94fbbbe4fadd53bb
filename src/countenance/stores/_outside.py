"""The checkpoint that is remembered outside the library, in the mirror's folder; promised in docs/formats/backup.md.

It is a signed note, so it needs no mac: whoever changes it makes it nobody's. What it means is said in `_continuing`.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from countenance.errors import CheckpointInvalid, LedgerBroken, LibraryBusy, SealBroken, StoreBroken
from countenance.ledger import Checkpoint, open_checkpoint
from countenance.stores import _placing
from countenance.stores._continuing import was_put_back
from countenance.stores._reading_ledger import LedgerReading

CHECKPOINT: Final = "checkpoint"
# A note of ours has some 250 bytes; what is larger is another file.
LARGEST_NOTE_BYTES: Final = 10_000
# Two processes that have signed wait for each other's few file operations, about two seconds at most.
HOLD_TRIES: Final = 100
HOLD_PAUSE_SECONDS: Final = 0.02


class Outside:
    """What is remembered of one library's ledger outside it; without a folder, nothing is."""

    def __init__(self, folder: Path | None, library: str) -> None:
        self._folder = folder
        self._library = library

    def remembered(self, public_key: bytes) -> Checkpoint | None:
        """Give the checkpoint that lies there, if this library has signed it; None if none does."""
        if self._folder is None:
            return None
        with suppress(OSError, UnicodeDecodeError, CheckpointInvalid):
            note = _placing.read_plain(self._folder / CHECKPOINT, most=LARGEST_NOTE_BYTES).decode()
            return open_checkpoint(note, public_key=public_key, library=self._library)
        return None

    def remembered_of(self, reading: LedgerReading) -> Checkpoint | None:
        """Give the checkpoint that lies there, read by the key that a library signs with; without that key none.

        Not by the public key that is kept in a row: whoever changes that row must not make anything forgotten.
        """
        if self._folder is None:
            return None
        with suppress(SealBroken, StoreBroken):
            return self.remembered(reading.verifying_key())
        return None

    def is_ahead_of(self, reading: LedgerReading) -> bool:
        """Tell whether a library is an older copy of the one that signed it; what is damaged is for verify to tell."""
        try:
            remembered = self.remembered_of(reading)
            if remembered is None:
                return False
            edge, origin = reading.ledger_edge(), reading.ledger_origin()
            return was_put_back(remembered, origin=origin, edge=edge, node=reading.ledger_node)
        except (LedgerBroken, StoreBroken):
            return False

    def has(self, note: str, *, public_key: bytes) -> bool:
        """Tell whether what lies there is as new as a note; without a folder, nothing is asked for."""
        return self._folder is None or not self._is_newer(note, public_key)

    def remember(self, note: str, *, public_key: bytes) -> None:
        """Write a note that was committed, unless what is remembered is as new; if it cannot be, that stops nothing."""
        if self._folder is None or not self._is_newer(note, public_key):
            return
        with suppress(OSError, LibraryBusy):
            _placing.make_folder(self._folder)
            with _held(self._folder):
                # Looked at again: two processes that write at a time must leave the newer of their notes.
                if self._is_newer(note, public_key):
                    _placing.renew(self._folder / CHECKPOINT, note.encode())

    def _is_newer(self, note: str, public_key: bytes) -> bool:
        new = open_checkpoint(note, public_key=public_key, library=self._library)
        known = self.remembered(public_key)
        return known is None or (new.branch, new.size) > (known.branch, known.size)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    with ExitStack() as holding:
        for tries_left in reversed(range(HOLD_TRIES)):
            try:
                holding.enter_context(_placing.held(folder, busy=f"another process is writing to {folder}"))
                break
            except LibraryBusy:
                if not tries_left:
                    raise
                time.sleep(HOLD_PAUSE_SECONDS)
        yield
