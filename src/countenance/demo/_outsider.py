"""Whoever checks from outside: a program of one file that has nothing of ours, or, without it, our own code."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from countenance.errors import CheckpointInvalid
from countenance.ledger import EntryProof, open_checkpoint, read_copy, verify_against

# It looks at a few files of some kilobytes.
LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Said:
    """Whether what was looked at holds, and what was said about it."""

    holds: bool
    text: str


@dataclass(frozen=True, slots=True)
class Outsider:
    """Look at proofs and copies of a ledger: with `tools/verify_ledger.py` if it is given, else with our own code."""

    verifier: Path | None

    @property
    def name(self) -> str:
        """Who looks, in words."""
        if self.verifier is None:
            return "the library's own code"
        return f"{self.verifier.name}, which has nothing of Countenance in it"

    def proofs(self, files: Sequence[Path], *, key: bytes) -> Said:
        """Look at proofs of entries, under the library's public key (32 bytes)."""
        if self.verifier is not None:
            return self._run("proof", *map(str, files), "--key", key.hex())
        try:
            found = [EntryProof.from_text(_read(file)).verified(public_key=key)[0] for file in files]
        except CheckpointInvalid as problem:
            return Said(holds=False, text=f"DOES NOT HOLD: {problem.what}.")
        return Said(holds=True, text=f"{len(found)} of {len(files)} proofs hold.")

    def copy(self, file: Path, *, against: Path, key: bytes) -> Said:
        """Look at a copy of a ledger beside a checkpoint that somebody has kept."""
        if self.verifier is not None:
            return self._run("copy", str(file), "--against", str(against), "--key", key.hex())
        remembered = open_checkpoint(_read(against), public_key=key)
        with file.open(encoding="utf-8") as lines:
            found = verify_against(read_copy(lines)[1], [remembered])
        begins = f"The copy begins with the {remembered.size} entries that {against.name} remembers."
        return Said(holds=found.ok, text=begins if found.ok else f"DOES NOT HOLD: {found.problem}.")

    def _run(self, *words: str) -> Said:
        """Run the verifier; isolated, so that it finds nothing but what is installed, and none of our variables."""
        done = subprocess.run(  # noqa: S603  (whoever runs the demo says which program; no shell reads it)
            [sys.executable, "-I", str(self.verifier), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
            encoding="utf-8",
        )
        return Said(holds=done.returncode == 0, text=(done.stdout + done.stderr).strip())


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
