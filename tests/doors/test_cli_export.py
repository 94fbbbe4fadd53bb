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
