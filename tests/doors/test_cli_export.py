"""`export` at the door: what is written, what is said, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path

from terminal import Terminal


def test_export_writes_a_folder_and_says_where(school: Terminal) -> None:
    """R9: everything that is kept about Ada is in a new folder, which the answer names within 80 columns."""
    school.do("search", school.photo("probes/ada.png", 1), "--reason", "her mother asks")
    told = school.run("export", "Ada Byron", "--to", school.folder / "given")
    assert told.code == 0, told.err
    assert str(school.folder / "given") in told.out
    assert max(len(line) for line in told.out.splitlines() if str(school.folder) not in line) <= 80
    data = json.loads((school.folder / "given/export.json").read_text(encoding="utf-8"))
    assert data["person"]["name"] == "Ada Byron"
    assert "her mother asks" in (school.folder / "given/index.html").read_text(encoding="utf-8")


def test_export_says_how_many_searches_are_proved(school: Terminal) -> None:
    """R28: a search and a listing are counted, and a proof for each entry that the person is told."""
    school.do("search", school.photo("probes/ada.png", 1), "--reason", "her mother asks")
    school.do("search", school.photo("probes/ben.png", 2), "--reason", "a bicycle of his")
    school.do("photos", "Ada Byron", "--reason", "the year book")
    told = school.do("export", "Ada Byron", "--to", school.folder / "given")
    assert (told["searches"], told["proofs"], told["ledger_entries"]) == (2, 4, 4)
    assert sum(name.startswith("proofs/") for name in told["files"]) == 4
    assert "ledger.checkpoint" in told["files"]
    said = " ".join(school.run("export", "Ada Byron", "--to", school.folder / "again").out.split())
    assert "5 ledger entries about the person (2 searches and listings), each with a proof." in said


def test_the_proofs_of_an_export_are_checked_by_a_stranger(school: Terminal) -> None:
    """R25, R28: the command that the page names, with the key from an earlier gift, says what the page says."""
    school.do("search", school.photo("probes/ada.png", 1), "--reason", "her mother asks")
    school.do("receipts", "Ada Byron", "--to", school.folder / "given")
    school.do("export", "Ada Byron", "--to", school.folder / "export")
    proofs = sorted((school.folder / "export/proofs").iterdir())
    done = _checked_by_stranger(proofs, school.folder / "given/library.pub")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" holds: ") == len(proofs) == 3
    assert "her mother asks" in done.stdout
    other = school.folder / "moved.tlog-proof"
    other.write_text(proofs[0].read_text(encoding="utf-8").replace("index 1\n", "index 2\n"), encoding="utf-8")
    assert _checked_by_stranger([other], school.folder / "given/library.pub").returncode == 1


def _checked_by_stranger(proofs: list[Path], key: Path) -> subprocess.CompletedProcess[str]:
    verifier = Path(__file__).resolve().parents[2] / "tools/verify_ledger.py"
    command = [sys.executable, "-I", str(verifier), "proof", *map(str, proofs), "--key", str(key)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own interpreter and tool)


def test_what_was_signed_comes_out_as_it_was_signed(school: Terminal) -> None:
    """R2, R9: the receipt in the export is the very one that `receipts` gives."""
    school.do("export", "Ben Carter", "--to", school.folder / "ben")
    (receipt,) = school.do("receipts", "Ben Carter")["receipts"]
    jws = school.folder / f"ben/receipts/receipt-{receipt['receipt']}.jws"
    assert jws.read_text(encoding="ascii").strip() == receipt["signed"]
    verifier = Path(__file__).resolve().parents[2] / "tools/verify_receipt.py"
    checked = subprocess.run(  # noqa: S603  (our own interpreter and tool)
        [sys.executable, "-I", str(verifier), str(jws), "--key", str(jws.with_name("library.pub"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_a_taken_place_and_an_unknown_person_are_refused(school: Terminal) -> None:
    """R19: nothing is ever written over; somebody unknown gets nothing."""
    taken = school.folder / "taken.zip"
    taken.write_bytes(b"mine")
    assert school.run("export", "Ada Byron", "--to", taken).code == 2
    assert taken.read_bytes() == b"mine"
    assert school.run("export", "Zoe", "--to", school.folder / "zoe").code == 1
    assert not (school.folder / "zoe").exists()
    assert school.run("export", "Ada Byron").code == 2
