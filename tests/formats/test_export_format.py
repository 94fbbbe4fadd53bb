"""`docs/formats/export.md` and the code promise the same, for libraries of earlier versions too."""

import json
import lzma
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from countenance.journeys.export import export
from countenance.library._export import export_files
from library_desk import ACTOR, open_sql
from small_house import House
from stranger import checked

PAGE = (Path(__file__).parents[2] / "docs/formats/export.md").read_text(encoding="utf-8")
GOLDEN = Path(__file__).parent / "golden"
FIELD = re.compile(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", re.MULTILINE)
FILE = re.compile(r"^\| `([a-z-]+[./][^`]*)`", re.MULTILINE)


def test_the_page_names_every_field_and_file(tmp_path: Path, now: datetime) -> None:
    """R9, R28: each file or folder of an export, and each field, is on the page, and the other way round."""
    house = House(tmp_path, now)
    house.enrol("Ada Moss", 1)
    house.photo("ada.png", [1])
    house.library.index([house.folder / "photos"])
    house.library.photos("Ada Moss", reason=None)
    done = house.library.export("Ada Moss", tmp_path / "given")
    told = json.loads((done.to / "export.json").read_bytes())
    assert {field for row in FIELD.findall(PAGE) for field in re.findall(r"`(.*?)`", row)} == set(told)
    for of in ("person", "periods", "receipts", "photos", "ledger"):
        (row,) = re.findall(rf"^\| `{of}` \| (.*) \|$", PAGE, re.MULTILINE)
        (one,) = {tuple(one) for one in (told[of] if isinstance(told[of], list) else [told[of]])}
        assert {field for field in one if f"`{field}`" not in row} == set()
    assert {name.partition("/")[0] for name in FILE.findall(PAGE)} == {name.partition("/")[0] for name in done.files}


def test_an_export_from_an_upgraded_library(tmp_path: Path) -> None:
    """R28, R41: entries of the first version are told, and proved to be there; only what came after opens to others."""
    (tmp_path / "library.db").write_bytes(lzma.decompress((GOLDEN / "library-2.db.xz").read_bytes()))
    store = open_sql(tmp_path)
    now = datetime(2029, 5, 7, 9, 30, tzinfo=UTC)
    dossier = export("p-ann", store=store, actor=ACTOR, clock=lambda: now)
    store.close()
    files = export_files(replace(dossier, forms={}))
    *old, own = json.loads(files["export.json"])["ledger"]
    assert [one["proof_opens"] for one in old] == [False] * len(old)
    assert [one["kind"] for one in old] == ["enrolled", "decided"]
    assert own["proof_opens"] is True
    for one in [*old, own]:
        shown = checked(files[one["proof"]].decode(), dossier.public_key)
        assert (shown.place, shown.size) == (one["entry"], 20)
        assert [part["facts"] for part in shown.says()] == ([one["facts"]] if one["proof_opens"] else [])
    assert files["index.html"].count(b"written by an earlier version") == len(old)
