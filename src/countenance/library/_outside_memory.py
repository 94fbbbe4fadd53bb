"""What a library does so that others remember its ledger: checkpoints, proofs, copies, time stamps, checking them."""

from collections.abc import Sequence
from pathlib import Path

from countenance.errors import LedgerNotWritten
from countenance.journeys.anchor import Anchored, Stamped, anchor, keep_stamp, sign_ledger
from countenance.ledger import Actor, Checkpoint
from countenance.library._anchor_check import AnchorCheck, compared, look_at_anchors
from countenance.library._anchors import (
    Requests,
    files_of,
    listed,
    request_stamps,
    take_answer,
    the_checkpoint_in,
)
from countenance.library._handing_out import hand_out
from countenance.library._key_files import hand_out_key, key_file_in
from countenance.library._proofs import Proved, copy_ledger, prove_for, prove_growth, prove_place
from countenance.library._remembered import Remembered, remembered_in
from countenance.library._stamp_files import read_authority
from countenance.ports import Clock, Store
from countenance.seals import note_key


class OutsideMemory:
    """The side of a library that is turned to those who remember its ledger; the library brings store, actor, clock."""

    _store: Store
    _actor: Actor
    _clock: Clock

    def checkpoint(self) -> str:
        """Sign the ledger as it stands, and give the signed note to be shown to others.

        Raises:
            LedgerBroken: the ledger does not continue what was signed before.
        """
        return sign_ledger(store=self._store, clock=self._clock)

    def public_key(self) -> bytes:
        """Give the key (32 bytes) with which others verify what the library signs; it is no secret."""
        with self._store.read(now=self._clock()) as reading:
            return reading.public_key()

    def verifier_key(self) -> str:
        """Give the public key as other programs for signed notes (C2SP) take it; it changes with the ledger's name."""
        with self._store.read(now=self._clock()) as reading:
            return note_key(reading.ledger_origin(), reading.public_key())

    def write_checkpoint(self, to: Path) -> Anchored:
        """Sign the ledger and write the note outside: to a new file, or into a folder under a name of its own.

        That it was written is recorded, with the file's place: `check_anchors` looks for it there from then on.
        A folder is given the library's public key too, once, so that whoever keeps it can verify the checkpoints.

        Raises:
            LedgerBroken: the ledger does not continue what was signed before.
            CheckpointInvalid: another key lies in the folder under this library's name; nothing is recorded.
            LedgerNotWritten: another file is there, or the disk refuses; nothing is recorded.
        """
        place = to.absolute()

        def write(note: str, checkpoint: Checkpoint, public_key: bytes) -> Path:
            folder = place.is_dir()
            file = place / checkpoint_name(checkpoint) if folder else place
            _refuse_unspeakable(file)
            if folder:
                hand_out_key(key_file_in(place, checkpoint.library), public_key)
            hand_out(file, [note.encode()])
            return file

        return anchor(write, store=self._store, actor=self._actor, clock=self._clock)

    def prove_entry(self, place: int, to: Path, *, person: str | None = None, opened: bool = False) -> Proved:
        """Write the proof that an entry is in the ledger to a new file, also with what it says.

        Namely what it tells a person, which is asked on that person's behalf and recorded as such, or (`opened`) the
        controller.

        Raises:
            UsageWrong: there is no such entry, or what it says cannot be shown.
            PersonUnknown, PersonAmbiguous: nobody, or several.
            LedgerBroken: the ledger does not hold what it should.
            LedgerNotWritten: another file is there, or the disk refuses.
        """
        if person is not None:
            return prove_for(place, person, to, store=self._store, actor=self._actor, clock=self._clock)
        return prove_place(place, to, opened=opened, store=self._store, clock=self._clock)

    def prove_growth(self, since: Path, to: Path) -> Proved:
        """Write the proof that the ledger begins with the checkpoint that is in a file to a new file.

        Raises:
            UsageWrong, CheckpointInvalid: there is no such checkpoint, or it is of an earlier branch.
            LedgerBroken: the ledger does not begin with it.
            LedgerNotWritten: another file is there, or the disk refuses.
        """
        with self._store.read(now=self._clock()) as reading:
            public_key = reading.public_key()
        remembered = the_checkpoint_in(since, public_key=public_key, library=self._store.library)
        return prove_growth(remembered, to, store=self._store, clock=self._clock)

    def copy_ledger(self, to: Path) -> Checkpoint:
        """Write the whole ledger, sealed as it is, to a new file for somebody outside; gives the checkpoint in it.

        Raises:
            LedgerBroken: the entries do not give what was signed.
            LedgerNotWritten: another file is there, or the disk refuses.
        """
        return copy_ledger(to, store=self._store, clock=self._clock)

    def remembered_in(self, places: Sequence[Path]) -> tuple[Remembered, ...]:
        """Give the checkpoints of this library in files and folders, whatever they are in: `verify_ledger` compares.

        Raises:
            UsageWrong: there is none.
            CheckpointInvalid: one is another library's, or the library has not signed it.
        """
        with self._store.read(now=self._clock()) as reading:
            public_key = reading.public_key()
        return tuple(
            one for place in places for one in remembered_in(place, public_key=public_key, library=self._store.library)
        )

    def request_stamps(self, files: Sequence[Path] = ()) -> Requests:
        """Write a request for a time stamp beside each of these checkpoints, or of all that the ledger lists.

        Those that have one already keep it. Nothing is sent anywhere.

        Raises:
            UsageWrong, CheckpointInvalid: a file is no checkpoint of this library.
            LedgerNotWritten: the disk refuses.
        """
        with self._store.read(now=self._clock()) as reading:
            public_key = reading.public_key()
            chosen = [file.absolute() for file in files] or files_of(listed(reading))
        return request_stamps(chosen, public_key=public_key, library=self._store.library)

    def add_stamps(self, answers: Sequence[Path], authority: Sequence[Path]) -> tuple[Stamped, ...]:
        """Verify what an authority answered by its certificates, put it beside the checkpoint, and record it.

        One after the other: what was verified before one that is refused stays recorded.

        Raises:
            UsageWrong: a file cannot be read, or there is no certificate in it.
            CheckpointInvalid: an answer does not hold, or is about no checkpoint that is known.
            LedgerNotWritten: the disk refuses.
        """
        certificates = read_authority(authority)
        done = []
        for answer in answers:
            with self._store.read(now=self._clock()) as reading:
                stamped = take_answer(
                    answer.absolute(),
                    files_of(listed(reading)),
                    certificates,
                    reading=reading,
                    library=self._store.library,
                )
            keep_stamp(stamped, store=self._store, actor=self._actor, clock=self._clock)
            done.append(stamped)
        return tuple(done)

    def check_anchors(self, *, at: Sequence[Path] = (), authority: Sequence[Path] = ()) -> AnchorCheck:
        """Look at every anchor that the ledger lists and at what lies beside them, and compare them with the ledger.

        Each is looked for where it was written, and by its name in the folders `at`. Time stamps are verified if the
        authority's certificates are given.

        Raises:
            UsageWrong: one of `at` is no folder, or there is no certificate in a file.
        """
        certificates = read_authority(authority)
        with self._store.read(now=self._clock()) as reading:
            anchors, public_key = listed(reading), reading.public_key()
        found = look_at_anchors(
            anchors,
            at=[folder.absolute() for folder in at],
            certificates=certificates,
            public_key=public_key,
            library=self._store.library,
        )
        with self._store.read(now=self._clock()) as reading:
            return compared(found, reading)


def checkpoint_name(checkpoint: Checkpoint) -> str:
    """Give the name of a checkpoint's file in a folder: by library, branch and size, so that they stand in order."""
    return f"{checkpoint.library[:8]}-{checkpoint.branch}-{checkpoint.size:09}.checkpoint"


def _refuse_unspeakable(file: Path) -> None:
    """Refuse a name that cannot be written down: nobody would find the anchor again by what the ledger says."""
    try:
        str(file).encode()
    except UnicodeEncodeError as problem:
        raise LedgerNotWritten("the name of the file cannot be recorded", remedy="give it another name") from problem
