"""R28: an export gives each search with a proof that strangers check; R27: it carries the checkpoint they are under."""

import json
import re
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from countenance.errors import LedgerBroken
from countenance.journeys import proving
from countenance.library._export import Exported, export_files
from small_house import House
from stranger import checked, checked_note

ADA = 1
SECTION = re.compile(r"<h2[^>]*>(.*?)</h2>(.*?)(?=<h2|</html>)", re.DOTALL)


def given(house: House, to: str = "given", named: str = "Ada Moss") -> tuple[Exported, dict[str, Any], dict[str, str]]:
    """Export somebody: what was done, the data, and the page's sections by their heads."""
    done = house.library.export(named, house.folder / to)
    page = (done.to / "index.html").read_text(encoding="utf-8")
    return done, json.loads((done.to / "export.json").read_text(encoding="utf-8")), dict(SECTION.findall(page))


def test_each_entry_of_an_export_is_proved_to_a_stranger(searched: House) -> None:
    """R27, R28: each proof, under the export's one checkpoint, opens to exactly what the data says."""
    done, told, _ = given(searched)
    key = bytes.fromhex((done.to / "receipts/library.pub").read_text(encoding="ascii"))
    note = (done.to / "ledger.checkpoint").read_text(encoding="utf-8")
    origin, size, root = checked_note(note, key)
    assert told["checkpoint"] == note
    assert size == told["ledger_entry"] + 1
    for one in told["ledger"]:
        text = (done.to / one["proof"]).read_text(encoding="utf-8")
        proof = checked(text, key)
        assert text.endswith("\n\n" + note)
        assert (proof.origin, proof.size, proof.root, proof.place) == (origin, size, root, one["entry"])
        (says,) = proof.says()
        assert (says["kind"], says["role"], says["facts"]) == (one["kind"], one["role"], one["facts"])
        assert f"{says['at'][:19]}Z" == one["at"]
        assert one["proof_opens"] is True
    named = sorted(f"proofs/{path.name}" for path in (done.to / "proofs").iterdir())
    assert named == [one["proof"] for one in told["ledger"]]
    assert sum(one["kind"] in {"searched", "photos-listed"} for one in told["ledger"]) == 3


def test_a_zip_has_the_same_proofs(searched: House) -> None:
    """R28: what is in the one file to hand over verifies as well."""
    done, told, _ = given(searched, "given")
    done = searched.library.export("Ada Moss", searched.folder / "given.zip")
    with zipfile.ZipFile(done.to) as archive:
        told = json.loads(archive.read("export.json"))
        key = bytes.fromhex(archive.read("receipts/library.pub").decode())
        says = [checked(archive.read(one["proof"]).decode(), key).says() for one in told["ledger"]]
    assert [[one["facts"]] for one in told["ledger"]] == [[part["facts"] for part in opened] for opened in says]


def test_the_page_tells_who_searched(searched: House) -> None:
    """R28: each search with who, when, purpose, reason and its class, outcome, photos, proof; the latest first."""
    done, told, sections = given(searched)
    items = re.findall(r"<li><h3>.*?</dl></li>", sections["Who searched for you"], re.DOTALL)
    assert [re.findall(r"<h3>(.*?)</h3>", item)[0] for item in items] == [
        "The photos you are in were listed for you",
        "The photos you are in were listed",
        "You were found by a photo",
    ]
    rows = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", items[-1]))
    assert unescape(rows["Reason"]) == "her <mother> asks"
    assert (rows["Who"], rows["Kind of reason"]) == ("a steward", "you or your guardian asked")
    assert (rows["For"], rows["Outcome"]) == (
        "being found by staff (be-found)",
        "possible match, which nobody had confirmed by looking",
    )
    assert "4 May 2026, 09:30 UTC" in items[-1]
    (search,) = [one for one in told["ledger"] if one["kind"] == "searched"]
    assert re.findall(r"<li>(.*?)</li>", rows["Photos"]) == search["facts"]["photos"]
    assert rows["Proof"] == f'<a href="{search["proof"]}">entry {search["entry"]}</a>'
    assert "the year book" in items[1]
    assert "Reason" not in items[0]
    others = sections["What else was done"]
    assert "You were enrolled" in others
    assert "year book" not in others
    linked = {name for section in sections.values() for name in re.findall(r'href="([^"#]+)"', section)}
    assert {name for name in linked if not (done.to / name).is_file()} == set()
    assert {one["proof"] for one in told["ledger"]} <= linked


def test_the_page_says_what_a_proof_is_worth(searched: House) -> None:
    """R27, R28: how to check it alone, what it shows and what not, and to keep it; the command names what is there."""
    done, told, sections = given(searched)
    (head,) = [head for head in sections if head.startswith("How to check this without trusting")]
    box = sections[head]
    assert "python verify_ledger.py proof proofs/*.tlog-proof --key receipts/library.pub" in box
    assert f"all {told['ledger_entry'] + 1} entries" in box
    assert "That no search is missing" in box
    assert "ledger.checkpoint" in box
    assert {"ledger.checkpoint", "receipts/library.pub"} <= set(done.files)


def test_nobody_searched(house: House) -> None:
    """R28: who was never searched for reads that, and no more than the ledger knows."""
    house.enrol("Ada Moss", ADA)
    _, told, sections = given(house)
    assert "The ledger tells of nobody who did." in sections["Who searched for you"]
    assert "tlog-proof" not in sections["Who searched for you"]
    assert [one["kind"] for one in told["ledger"]] == ["enrolled", "exported"]


def test_what_was_told_before_is_told_again_apart_from_a_whole_export(searched: House) -> None:
    """R28: that the ledger alone was asked for is told in words."""
    searched.library.told("Ada Moss")
    _, _, sections = given(searched)
    others = sections["What else was done"]
    assert "What the ledger tells you was given out, with its proofs" in others
    assert "What is kept about you was exported" in others


def test_an_export_after_a_withdrawal_proves_the_searches(searched: House) -> None:
    """R9, R28: the photos are gone, the searches are not, nor what proves them."""
    searched.library.withdraw("Ada Moss")
    done, told, sections = given(searched)
    assert told["photos"] == []
    assert "her &lt;mother&gt; asks" in sections["Who searched for you"]
    proofs = [(done.to / one["proof"]).read_text(encoding="utf-8") for one in told["ledger"]]
    assert all(checked(proof, done.dossier.public_key).says() for proof in proofs)


def test_an_entry_of_the_first_version_is_proved_to_be_there(searched: House) -> None:
    """R28: its part has no key of its own, so data and page say that the proof does not show what it says."""
    dossier = searched.library.export("Ada Moss", searched.folder / "given").dossier
    old = replace(dossier.told[0], proof=replace(dossier.told[0].proof, part_key=None))
    files = export_files(replace(dossier, told=(old, *dossier.told[1:])))
    first, second, *_ = json.loads(files["export.json"])["ledger"]
    assert (first["proof_opens"], second["proof_opens"]) == (False, True)
    assert files["index.html"].count(b"written by an earlier version") == 1
    shown = checked(files[first["proof"]].decode(), dossier.public_key)
    assert (shown.place, shown.key, shown.says()) == (first["entry"], b"", [])


def test_a_ledger_that_does_not_hold_gives_no_export(searched: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """R26: what could not be proved is not given: nothing is written, and nothing is recorded."""
    unproved = replace(searched.library.told("Ada Moss").proofs[0].proof, hashes=())
    before = searched.library.ledger_findings()
    monkeypatch.setattr(proving, "prove_entry", lambda *_, **__: unproved)
    with pytest.raises(LedgerBroken, match="cannot be proved"):
        searched.library.export("Ada Moss", searched.folder / "given")
    assert not Path(searched.folder / "given").exists()
    assert searched.library.ledger_findings() == before
