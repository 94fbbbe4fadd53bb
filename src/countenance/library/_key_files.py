"""The library's public key in a file beside what it has signed, for those who have nothing else of the library."""

from pathlib import Path
from typing import Final

from countenance.errors import CheckpointInvalid
from countenance.library._handing_out import hand_out

# 64 digits and what an editor may have put around them.
_MOST_BYTES: Final = 1024


def key_file_in(folder: Path, library: str) -> Path:
    """Give where a library's public key lies in a folder of checkpoints: named as they are."""
    return folder / f"{library[:8]}.pub"


def hand_out_key(file: Path, public_key: bytes) -> None:
    """Write the public key for everybody, if it is not there yet.

    Raises:
        CheckpointInvalid: another key is there.
        LedgerNotWritten: the disk refuses.
    """
    if problem := problem_with_key(file, public_key):
        raise CheckpointInvalid(
            f"{file}: {problem}",
            remedy="ask who put it there, and compare it with a printed receipt; if it is wrong, move it away",
        )
    if not file.exists():
        hand_out(file, [public_key.hex().encode("ascii") + b"\n"])


def problem_with_key(file: Path, public_key: bytes) -> str:
    """Say what is wrong with a file that should have the public key (empty: nothing, or it is not there)."""
    try:
        with file.open("rb") as opened:
            said = opened.read(_MOST_BYTES)
    except FileNotFoundError:
        return ""
    except OSError as problem:
        return f"the public key in it cannot be read: {problem.strerror}"
    if said.strip().lower() == public_key.hex().encode("ascii"):
        return ""
    return "what is in it is not this library's public key, so that others would believe another signature"
