"""The whole of it on the real weights: the volunteer is found, nobody else is, and withdrawing ends it."""

import shutil
from pathlib import Path

import pytest

from terminal import Terminal

BUNDLED = Path(__file__).resolve().parent.parent.parent / "src/countenance/demo/photos"


@pytest.fixture
def volunteers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Give a terminal with the real eyes, and a folder with two photos of the volunteer and one of nobody."""
    monkeypatch.setenv("COUNTENANCE_LIBRARY", str(tmp_path / "library"))
    (tmp_path / "photos").mkdir()
    for photo in ("lisa/lisa2.jpg", "lisa/30cm.jpg", "strangers/f_white.jpg"):
        shutil.copy(BUNDLED / photo, tmp_path / "photos")
    return Terminal(tmp_path)


def test_the_volunteer_is_found_until_she_withdraws(volunteers: Terminal) -> None:
    """R6, R15, R26: found by another photo, composites are nobody, silence after withdrawal, tampering is seen."""
    run, do, photos = volunteers.run, volunteers.do, volunteers.folder / "photos"
    volunteers.make("--staff-search")
    portraits = ("--photo", BUNDLED / "lisa/lisa1.jpg", "--photo", BUNDLED / "lisa/60cm.jpg")
    allowed = ("--purpose", "find-me", "--purpose", "be-found", "--release", volunteers.form())
    lisa = do("enrol", "Lisa", *portraits, *allowed)
    indexed = do("index", photos)
    probe, reason = BUNDLED / "lisa/lisa4.jpg", ("--reason", "she asked for her photos")
    found = do("search", probe, *reason)
    nobody = [do("search", BUNDLED / f"strangers/{who}.jpg", *reason) for who in ("m_multi", "f_easian")]
    assert (indexed["faces"], indexed["appearances"]) == (3, 2)
    assert [answer["person"] for answer in found["answers"]] == [lisa["person"]]
    assert [Path(one["photo"]).name for one in found["answers"][0]["photos"]] == ["30cm.jpg", "lisa2.jpg"]
    assert [one["answers"] for one in nobody] == [[], []]

    withdrawn = do("withdraw", "Lisa")
    assert (withdrawn["references_erased"], withdrawn["appearances_erased"], withdrawn["wiped"]) == (1, 2, True)
    assert do("search", probe, *reason)["answers"] == []
    assert do("verify")["ok"]
    assert do("ledger", "verify")["ok"]

    file = volunteers.library / "library.db"
    content = bytearray(file.read_bytes())
    for share in (0.0, 0.3, 0.6, 0.9):
        where = round(share * (len(content) - 1))
        file.write_bytes(content[:where] + bytes([content[where] ^ 1]) + content[where + 1 :])
        assert (run("verify").code, run("ledger", "verify").code) == (21, 21), where
    file.write_bytes(content)
    assert run("verify").code == 0


def test_the_volunteer_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R35: measured on her own photos beside a composite, she is never missed and nobody is named for anybody else."""
    monkeypatch.setenv("COUNTENANCE_LIBRARY", str(tmp_path / "no-library"))
    (tmp_path / "known").mkdir()
    for photo, name in (("lisa/lisa1", "lisa_1"), ("lisa/lisa2", "lisa_2"), ("strangers/f_white", "nobody_1")):
        shutil.copy(BUNDLED / f"{photo}.jpg", tmp_path / "known" / f"{name}.jpg")
    told = Terminal(tmp_path).do("evaluate", tmp_path / "known", "--sizes", "none", "--blends", "0")
    (gallery,) = told["figures"]["galleries"]
    point = gallery["total"]["points"][0]
    assert (point["at"], point["fnir"]["errors"], point["fnir"]["trials"]) == ("search", 0, 1)
    assert (point["fpir"]["errors"], point["fpir"]["trials"] > 0) == (0, True)
    assert told["figures"]["thresholds"]["chosen_here"] is False
