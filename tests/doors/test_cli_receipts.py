"""`receipts --to`: the files that a person is given, whole, checkable, and never over another file."""

import base64
import errno
import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from countenance.ledger import open_checkpoint
from countenance.library import ReceiptFormat
from receipt_example import VERIFIER
from terminal import Terminal


def files(folder: Path) -> dict[str, bytes]:
    """Give the files of a folder with what is in them."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_form_is_written(school: Terminal) -> None:
    """R1, R2: a person is given each form of each receipt, the record, and the key to check them with."""
    out = school.folder / "given"
    told = school.do("receipts", "Ada Byron", "--to", out)
    (receipt,) = told["receipts"]
    written = files(out)
    assert set(written) == {
        f"receipt-{receipt['receipt']}.html",
        f"receipt-{receipt['receipt']}.jws",
        f"receipt-{receipt['receipt']}.jsonld",
        f"receipt-{receipt['receipt']}.kantara.json",
        f"record-{told['person']}.jsonld",
        "library.pub",
    }
    assert sorted(told["files"]) == sorted(str(out / name) for name in written)
    assert written[f"receipt-{receipt['receipt']}.jws"].decode().strip() == receipt["signed"]
    assert b"Ada Byron" in written[f"receipt-{receipt['receipt']}.html"]
    for name in written:
        if name.endswith(("json", "ld")):
            assert json.loads(written[name])


def test_what_the_receipt_remembers_is_shown(school: Terminal) -> None:
    """R27: the note of the ledger is given as it was signed, told in words, and printed to the letter."""
    out = school.folder / "given"
    (receipt,) = school.do("receipts", "Ada Byron", "--to", out)["receipts"]
    key = bytes.fromhex((out / "library.pub").read_text(encoding="ascii"))
    checkpoint = open_checkpoint(receipt["ledger_checkpoint"], public_key=key)
    told = " ".join(school.run("receipts", "Ada Byron").out.split())
    root = base64.b64encode(checkpoint.root).decode()
    assert (checkpoint.size, f"Ledger 1 entry when it was signed, root {root}" in told) == (1, True)
    page = (out / f"receipt-{receipt['receipt']}.html").read_text(encoding="utf-8")
    assert re.findall(r"<pre>(.*?)</pre>", unescape(page), re.DOTALL) == [receipt["ledger_checkpoint"]]


def test_what_is_written_is_checked_by_a_stranger(school: Terminal) -> None:
    """R2: the verifier that imports nothing of ours accepts each file that it reads, with the key beside it."""
    out = school.folder / "given"
    school.do("withdraw", "Ada Byron", "--purpose", "be-shown")
    school.do("receipts", "Ada Byron", "--to", out)
    checked = [path for path in out.iterdir() if path.suffix in {".jws", ".jsonld", ".json"}]
    assert len(checked) == 4
    for path in checked:
        command = [sys.executable, "-I", str(VERIFIER), str(path), "--key", str(out / "library.pub")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own tool)
        assert done.returncode == 0, done.stderr
        assert ("withdrawn at" in done.stdout) is path.name.startswith("record-")
        assert " entries when it was signed, and the root " in " ".join(done.stdout.split())


def test_an_export_is_checked_by_a_stranger(school: Terminal) -> None:
    """R2, R9: the receipts in a person's export verify with the key that the person was given elsewhere."""
    school.do("receipts", "Ada Byron", "--to", school.folder / "given")
    school.do("export", "Ada Byron", "--to", school.folder / "export")
    export = school.folder / "export" / "export.json"
    key = school.folder / "given" / "library.pub"
    command = [sys.executable, "-I", str(VERIFIER), str(export), "--key", str(key)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own tool)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("holds.") == 1
    assert "Ada Byron" in done.stdout


def test_the_qr_code_leads_to_the_withdrawal(school: Terminal) -> None:
    """R5: what the QR code on a printed receipt holds, handed in as it is, takes everything back."""
    page, scanned = school.folder / "ben.html", school.folder / "scanned.txt"
    allowed = ["--no-face", "--purpose", "be-shown", "--release", school.form()]
    ben = school.do("enrol", "Ben", *allowed, "--receipt", page)["person"]
    link = re.search(r'<p class="link">(.*?)</p>', page.read_text(encoding="utf-8"))
    assert link is not None
    scanned.write_text(unescape(link[1]), encoding="utf-8")
    school.do("open-link", "--withdraw", "--code-file", scanned)
    (receipt,) = school.do("receipts", ben)["receipts"]
    assert receipt["state"] == "withdrawn"


@pytest.mark.parametrize("form", list(ReceiptFormat))
def test_one_form_is_written_if_one_is_asked_for(school: Terminal, form: ReceiptFormat) -> None:
    """A form by itself comes with the public key, JSON-LD with the record as well."""
    out = school.folder / "given"
    told = school.run("receipts", "Ada Byron", "--to", out, "--format", form)
    assert told.code == 0
    written = files(out)
    assert len(written) == (3 if form is ReceiptFormat.JSONLD else 2)
    assert all(str(out / name) in told.out for name in written)


def test_nothing_is_overwritten(school: Terminal) -> None:
    """What is there and says the same stays; what says something else is refused before anything is written."""
    out = school.folder / "given"
    school.do("receipts", "Ada Byron", "--to", out)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    school.do("receipts", "Ada Byron", "--to", out)
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before
    (page,) = out.glob("*.html")
    page.write_text("somebody else's", encoding="utf-8")
    (out / "library.pub").unlink()
    told = school.run("receipts", "Ada Byron", "--to", out)
    assert told.code == 1
    assert "is there already" in told.err
    assert page.read_text(encoding="utf-8") == "somebody else's"
    assert not (out / "library.pub").exists()


def test_a_form_needs_a_folder(school: Terminal) -> None:
    """A form without a folder is a misuse, and so is a form that there is none of."""
    assert school.run("receipts", "Ada Byron", "--format", "html").code == 2
    assert school.run("receipts", "Ada Byron", "--to", school.folder / "given", "--format", "pdf").code == 2
    assert school.run("receipts", "Nobody", "--to", school.folder / "given").code == 1
    assert not (school.folder / "given").exists()


def test_a_full_disk_is_said_plainly(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """R40: a disk that refuses is one sentence and exit 1, and leaves no half file behind."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    told = school.run("receipts", "Ada Byron", "--to", school.folder / "given")
    assert told.code == 1
    assert "a receipt could not be written: No space left on device" in told.err
    assert files(school.folder / "given") == {}


def test_without_a_folder_nothing_is_written(school: Terminal) -> None:
    """The command as it was: what was allowed, and no file."""
    before = set(school.folder.rglob("*"))
    told = school.run("receipts", "Ada Byron")
    assert told.code == 0
    assert "Written" not in told.out
    assert school.do("receipts", "Ada Byron")["files"] == []
    assert set(school.folder.rglob("*")) - before <= set(school.folder.rglob("library.db*"))
