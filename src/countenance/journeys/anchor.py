"""Anchor: have the ledger remembered outside, in files that others keep, and by authorities that stamp them.

How the files are written and what an authority answered is the caller's; this is what is signed and what is recorded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from countenance.ledger import JSON, Actor, Checkpoint, Entry, EntryKind, open_checkpoint, spell_moment
from countenance.ports import Clock, Finding, Store
from countenance.seals import TimeStamp, note_key, sha256_hex


@dataclass(frozen=True, slots=True)
class Anchored:
    """A checkpoint that was written outside: its file, what it remembers, as it is signed, and its ledger entry.

    `public_key` (32 bytes) is the library's, with which others verify the note.
    """

    file: Path
    checkpoint: Checkpoint
    note: str
    entry: int
    public_key: bytes

    @property
    def verifier_key(self) -> str:
        """Give the public key as other programs take it that verify signed notes."""
        return note_key(self.checkpoint.origin, self.public_key)


@dataclass(frozen=True, slots=True)
class Stamped:
    """A time stamp of a checkpoint's file that holds: what it says, and the answer as the authority gave it."""

    file: Path
    checkpoint: Checkpoint
    stamp: TimeStamp
    answer: bytes


def sign_ledger(*, store: Store, clock: Clock) -> str:
    """Sign the ledger as it stands; gives the note, which may be shown to others when this returns.

    Raises:
        LedgerBroken: it does not continue what was signed before; nothing is signed.
    """
    with store.write(now=clock()) as unit:
        return unit.checkpoint()


def anchor(write: Callable[[str, Checkpoint, bytes], Path], *, store: Store, actor: Actor, clock: Clock) -> Anchored:
    """Sign the ledger, have the note written outside, and only then record that it is there.

    `write` is given the note, what it remembers and the library's public key, and gives the file.

    An anchor that is recorded and not there is an alarm; a file that is there and not recorded is none.

    Raises:
        LedgerBroken: the ledger does not continue what was signed before.
        LedgerNotWritten: the file cannot be written; nothing is recorded.
    """
    with store.write(now=clock()) as unit:
        note, public_key = unit.checkpoint(), unit.public_key()
    checkpoint = open_checkpoint(note, public_key=public_key, library=store.library)
    file = write(note, checkpoint, public_key)
    now = clock()
    with store.write(now=now) as unit:
        entry = unit.record(_entry(EntryKind.ANCHORED, now, actor, checkpoint, file, {}))
    return Anchored(file, checkpoint, note, entry, public_key)


def keep_stamp(stamped: Stamped, *, store: Store, actor: Actor, clock: Clock) -> int:
    """Record that an authority stamped a checkpoint; gives the entry's place, also of one recorded before."""
    now, answer = clock(), sha256_hex(stamped.answer)
    with store.write(now=now) as unit:
        for place, body in bodies(unit.ledger_findings(), EntryKind.TIME_STAMPED):
            if (body["answer_sha256"], body["file"]) == (answer, str(stamped.file)):
                return place
        more = {
            "stamped_at": spell_moment(stamped.stamp.at),
            "authority": stamped.stamp.authority,
            "answer_sha256": answer,
        }
        return unit.record(_entry(EntryKind.TIME_STAMPED, now, actor, stamped.checkpoint, stamped.file, more))


def bodies(findings: Iterable[Finding], kind: EntryKind) -> Iterable[tuple[int, Mapping[str, JSON]]]:
    """Give the places and the bodies of the entries of a kind."""
    for finding in findings:
        if finding.entry is not None and finding.entry.kind is kind:
            yield finding.index, finding.entry.body


def _entry(
    kind: EntryKind, now: datetime, actor: Actor, checkpoint: Checkpoint, file: Path, more: Mapping[str, JSON]
) -> Entry:
    body: dict[str, JSON] = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "file": str(file),
        **more,
    }
    return Entry(kind=kind, at=now, actor=actor, body=body, concerns={})
