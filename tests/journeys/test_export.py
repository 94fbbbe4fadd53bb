"""R9: a person's export holds everything that is kept about that person, and nothing of anybody else."""

import errno
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from countenance.consent import Purpose
from countenance.errors import PersonUnknown, PhotoNotWritten, UsageWrong
from countenance.faces import Box
from countenance.journeys.publish import Order
from countenance.ledger import Actor, Entry, EntryKind, ReasonClass
from countenance.library._export import write_export
from countenance.photos import read_photo
from countenance.ports import Decision, Verdict
from small_house import House
from stranger import checked
from template_traces import traces

ADA, BEN, STRANGER = 1, 2, 9


@pytest.fixture
def lived(house: House) -> House:
    """Give a house in which Ada and Ben were enrolled, found, listed, published and tagged."""
    house.enrol("Ada Moss", ADA)
    house.enrol("Ben Vale", BEN)
    house.photo("both.png", [ADA, BEN])
    house.photo("ada.png", [ADA, STRANGER])
    house.photo("ben.png", [BEN])
    house.library.index([house.folder / "photos"])
    house.library.search(
        house.photo("../probes/ada.png", [ADA]), reason="her mother asks", reason_class=ReasonClass.REQUEST
    )
    house.library.search(house.photo("../probes/ben.png", [BEN]), reason="a bicycle of his")
    house.library.photos("Ben Vale", reason="the year book")
    house.library.publish([house.folder / "photos"], house.folder / "out", Order())
    return house


def exported(house: House, name: str = "Ada Moss", to: str = "given") -> tuple[Path, dict[str, Any]]:
    """Export somebody into a folder; gives the folder and the JSON in it."""
    done = house.library.export(name, house.folder / to)
    told: dict[str, Any] = json.loads((done.to / "export.json").read_text(encoding="utf-8"))
    return done.to, told


def everything(folder: Path) -> bytes:
    """Give all bytes of an export, file names among them; for what is sealed in a proof, all that its key opens."""
    key = bytes.fromhex((folder / "receipts/library.pub").read_text(encoding="ascii"))
    return b"\n".join(
        str(path.relative_to(folder)).encode() + _readable(path, key) for path in folder.rglob("*") if path.is_file()
    )


def _readable(path: Path, key: bytes) -> bytes:
    if path.suffix != ".tlog-proof":
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    bare = re.sub(r"(?m)^extra .*$", "", text)
    return f"{bare}\n{checked(text, key).says()}".encode()


def test_it_holds_everything_kept_about_the_person(lived: House) -> None:
    """R9: receipts as signed, the form, the enrolment photo, photos, published copies, periods, every search."""
    folder, told = exported(lived)
    person, (receipt,) = lived.library.receipts("Ada Moss")
    assert told["person"]["id"] == person.id
    assert told["person"]["face_template_kept"] is True
    assert [one["signed"] for one in told["receipts"]] == [receipt.jws]
    assert (folder / f"receipts/receipt-{receipt.id}.jws").read_text(encoding="ascii").strip() == receipt.jws
    assert (folder / "forms/form-1.pdf").read_bytes() == lived.release("Ada Moss").read_bytes()
    assert read_photo((folder / "enrolment-photos/photo-1.jpg").read_bytes(), name="crop").width > 100
    assert [Path(one["photo"]).name for one in told["photos"]] == ["ada.png", "both.png"]
    assert {Path(copy).name for copy in told["published_copies"]} == {"ada.unreviewed.png", "both.unreviewed.png"}
    assert told["periods"]["consent_ends"] == "2027-05-04T09:30:00Z"
    assert told["periods"]["everything_is_gone_by"] == "2030-05-03T09:30:00Z"
    kinds = [one["kind"] for one in told["ledger"]]
    assert kinds == ["enrolled", "searched", "published", "published", "exported"]
    (search,) = [one for one in told["ledger"] if one["kind"] == "searched"]
    assert (search["role"], search["facts"]["reason"]) == ("steward", "her mother asks")
    assert {Path(photo).name for photo in search["facts"]["photos"]} == {"ada.png", "both.png"}


def test_it_holds_nothing_of_anybody_else(lived: House) -> None:
    """R9, R28: no name, id, reason, form or photo of another person, and no account: staff are named by role."""
    ben = lived.library.receipts("Ben Vale")[0]
    folder, _ = exported(lived)
    whole = everything(folder)
    # Whole words: keys, hashes and seals are letters drawn by chance.
    foreign = ["Ben", "Vale", ben.id, "bicycle", "year book", "m.holt", "ben.png"]
    assert [word for word in foreign if re.search(rf"\b{re.escape(word)}\b".encode(), whole)] == []
    assert b"Ada Moss" in whole


def test_it_holds_no_template(lived: House) -> None:
    """R9, R23: no template leaves the doors, not even to the person whose face it is of."""
    folder, _ = exported(lived)
    assert traces([folder], (ADA, BEN, STRANGER)) == []


def test_what_humans_decided_is_in_it(lived: House) -> None:
    """R9: tags and rejections about the person are told, with the photos that they are about."""
    (appearance, *_) = lived.library.photos("Ada Moss", reason=None).appearances
    person = lived.library.receipts("Ada Moss")[0].id
    with lived.store.write(now=lived.now) as unit:
        record = unit.photo(appearance.photo)
        assert record is not None
        for fingerprint, verdict in ((record.fingerprint, Verdict.CONFIRMED), ("ff" * 32, Verdict.REJECTED)):
            box = Box(1, 2, 90, 90) if verdict is Verdict.CONFIRMED else None
            unit.keep_decision(Decision(fingerprint, person, verdict, box, lived.now))
        unit.record(Entry(EntryKind.DECIDED, lived.now, Actor("steward", "m.holt"), {"person": person}, {}))
    folder, told = exported(lived)
    assert {(one["verdict"], len(one["photos"])) for one in told["decisions"]} == {("confirmed", 1), ("rejected", 0)}
    assert {Path(one["photo"]).name: (one["said_by"], one["decided"]) for one in told["photos"]} == {
        "ada.png": ("human", "confirmed"),
        "both.png": ("machine", "possible"),
    }
    page = (folder / "index.html").read_text()
    confirmed, possible = page.index("Confirmed by a person:"), page.index("Possible matches, confirmed by nobody:")
    assert confirmed < page.index("ada.png", confirmed) < possible < page.index("both.png", possible)


def test_a_person_who_withdrew_still_gets_what_is_kept(lived: House) -> None:
    """R9, R28: after a withdrawal: receipts, form and searches, as long as the evidence is kept; no photos, no crop."""
    lived.library.withdraw("Ada Moss")
    folder, told = exported(lived)
    assert told["person"]["state"] == "withdrawn"
    assert told["photos"] == []
    assert not (folder / "enrolment-photos").exists()
    assert "searched" in [one["kind"] for one in told["ledger"]]
    assert told["receipts"][0]["withdrawn"].keys() == {str(purpose) for purpose in Purpose}


def test_asking_is_an_act_of_the_person_and_recorded(lived: House) -> None:
    """R7, R9: the export is an entry that concerns the person, and counts as the person's last own act."""
    lived.pass_time(days=30)
    _, told = exported(lived)
    assert told["person"]["last_own_act"] == "2026-06-03T09:30:00Z"
    assert told["ledger"][-1]["kind"] == "exported"
    with lived.store.read(now=lived.now) as reading:
        assert reading.person("Ada Moss").last_act == lived.now
    (entry,) = lived.entries(EntryKind.EXPORTED)
    assert list(entry.concerns) == [told["person"]["id"]]


def test_a_zip_holds_the_same_as_the_folder(lived: House) -> None:
    """R9: a name that ends in .zip gives one file to hand over, with the same files in it."""
    done = lived.library.export("Ada Moss", lived.folder / "given.zip")
    folder = write_export(done.dossier, lived.folder / "given").to
    with zipfile.ZipFile(done.to) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }
    assert done.to.stat().st_mode & 0o077 == 0


def test_nothing_is_written_over(lived: House) -> None:
    """R9, R19: a place that is taken is refused before anything is recorded, and so is a person who is not there."""
    (lived.folder / "taken").mkdir()
    (lived.folder / "taken/mine.txt").write_text("mine", encoding="utf-8")
    before = len(lived.entries(EntryKind.EXPORTED))
    with pytest.raises(UsageWrong):
        lived.library.export("Ada Moss", lived.folder / "taken")
    with pytest.raises(PersonUnknown):
        lived.library.export("Zoe", lived.folder / "zoe")
    assert not (lived.folder / "zoe").exists()
    assert len(lived.entries(EntryKind.EXPORTED)) == before


@pytest.mark.parametrize("name", ["given", "given.zip"])
def test_a_disk_that_fails_leaves_nothing_half_done(name: str, lived: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R9, R40: when the disk is full in the middle of it, that is said, and no part of an export is left."""
    written: list[int] = []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == (1 if name.endswith("zip") else 3):
            raise OSError(errno.ENOSPC, "No space left on device")

    before = set(lived.folder.iterdir())
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PhotoNotWritten, match="No space left"):
        lived.library.export("Ada Moss", lived.folder / name)
    assert set(lived.folder.iterdir()) == before


def test_the_page_reads_as_the_data_does(lived: House) -> None:
    """R9, R28: the page names each search with its reason, each photo, and how to take consent back; all is escaped."""
    lived.enrol("<b>Odd</b> & Co", 5)
    folder, told = exported(lived, "<b>Odd</b> & Co", "odd")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<b>Odd</b>" not in page
    assert "&lt;b&gt;Odd&lt;/b&gt; &amp; Co" in page
    folder, told = exported(lived)
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "her mother asks" in page
    assert "<dt>Kind of reason</dt><dd>you or your guardian asked</dd>" in page
    assert "being found by staff (be-found)" in page
    assert not re.search(r"<dd>(?:<ul><li>)?(?:find-me|be-found|be-shown|\d{4}-\d\d-\d\d)", page), "a word for programs"
    assert all(one["photo"] in page for one in told["photos"])
    assert "office@hollybank.example" in page
    assert "http" not in page.replace("http-equiv", "")
