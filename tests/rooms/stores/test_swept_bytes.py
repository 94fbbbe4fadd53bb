"""R7, R21: with the master key in hand, no file holds anything of who was swept or forgotten that could be opened."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from countenance.consent import Hold, Purpose
from countenance.errors import SealBroken
from countenance.keys import MasterVault
from countenance.ports import KeyKind, Verdict
from countenance.seals import sha256_hex
from countenance.stores import SqlStore
from countenance.stores._keyring import PERSON_KEYS
from library_desk import LIBRARY, POLICY, Desk, crop, form, open_sql, template, vault_for

Behind = Callable[[Path], Callable[..., list[tuple[object, ...]]]]

# Long enough to be found nowhere by chance, short enough to be found in a row that was torn apart.
NEEDLE_BYTES: Final = 16
# A wrapped key: nonce, 32 bytes, tag.
WRAPPED_BYTES: Final = 60
NAME: Final = "Annabel Quillfeather-Lee"
# What each person's rows hold, by table: the sealed column and the column that names the person.
SEALED: Final = {
    "refs": ("template", "person"),
    "crops": ("image", "person"),
    "people": ("name", "id"),
    "receipts": ("jws", "person"),
    "releases": ("content", "person"),
    "keys": ("wrapped", "subject"),
}
OF_THE_FACE: Final = {"refs", "crops", "template key"}


def planted(run: Callable[..., list[tuple[object, ...]]], person: str) -> dict[str, bytes]:
    """Give every sealed cell of a person, by where it is, as it lies on the disk."""
    cells: dict[str, bytes] = {}
    for table, (column, owner) in SEALED.items():
        kind = ", kind" if table == "keys" else ""
        for cell, *more in run(f"SELECT {column}{kind} FROM {table} WHERE {owner} = ?", person):  # noqa: S608
            assert isinstance(cell, bytes)
            cells[f"{more[0]} key" if more else table] = cell
    return cells


def contents(folder: Path) -> bytes:
    """Give the bytes of every file of the folder."""
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def found(folder: Path, wanted: dict[str, bytes]) -> set[str]:
    """Tell of which needles any piece is in any file."""
    content = contents(folder)
    return {
        name
        for name, needle in wanted.items()
        for start in range(0, len(needle) - NEEDLE_BYTES + 1, NEEDLE_BYTES)
        if needle[start : start + NEEDLE_BYTES] in content
    }


def keys_that_open(folder: Path, vault: MasterVault, person: str) -> set[KeyKind]:
    """Try with the master key whether a key of the person can be opened at any byte of any file."""
    content = contents(folder)
    opened = set()
    for start in range(len(content) - WRAPPED_BYTES + 1):
        piece = content[start : start + WRAPPED_BYTES]
        if piece.count(0) > WRAPPED_BYTES // 2:
            continue  # a key at random is not half zeros
        for kind in PERSON_KEYS:
            try:
                vault.unwrap(piece, kind=kind, subject=person)
            except SealBroken:
                continue
            opened.add(kind)
    return opened


@pytest.fixture
def lived(folder: Path) -> Iterator[Desk]:
    """Give a library of three people, one of whom (p-ann) is everywhere, for ten days."""
    desk = Desk(open_sql(folder))
    for person, name, days in (("p-bo", "Bo Day", 2000), ("p-ann", NAME, 10), ("p-cy", "Cy Poe", 2000)):
        desk.enrol(person, name, days=min(days, POLICY.retention_days))
        desk.index(f"/photos/{person}.jpg", 3, {1: desk.permit(person)})
    desk.index("/photos/far.jpg", 2)
    assert desk.tag("/photos/far.jpg", "p-ann", 1)
    desk.publish("c-1", [desk.permit("p-ann", Purpose.BE_SHOWN)])
    desk.place("c-1")
    with desk.recorded() as unit:
        unit.add_link("p-ann", sha256_hex(b"link"))
        unit.note_act("p-ann")
    yield desk
    desk.store.close()


def test_nothing_of_a_face_is_found_after_a_sweep(folder: Path, lived: Desk, behind: Behind) -> None:
    """R7, R21: swept and wiped, neither template nor crop nor template key is in any file; the evidence is."""
    run = behind(folder)
    wanted = planted(run, "p-ann")
    assert found(folder, wanted) == wanted.keys() == {*SEALED, *OF_THE_FACE, "evidence key", "audit key"} - {"keys"}
    lived.later(days=10)
    assert lived.due().unfounded == ("p-ann",)
    assert lived.sweep("p-ann").references == 1
    assert run("SELECT wipe_due FROM standing") == [(1,)]
    assert lived.store.wipe()
    assert found(folder, wanted) == wanted.keys() - OF_THE_FACE
    clear = {"template": template("p-ann").values.tobytes(), "crop": crop("p-ann")}
    assert found(folder, clear) == set()
    assert (
        run("SELECT count(*) FROM decisions")
        == run("SELECT count(*) FROM appearances WHERE person = 'p-ann'")
        == [(0,)]
    )
    assert lived.referenced() == ["p-bo", "p-cy"]
    assert lived.problems() == []


def test_nothing_of_a_person_is_found_after_forgetting(folder: Path, lived: Desk, behind: Behind) -> None:
    """R7, R21: forgotten and wiped, neither name nor receipt nor form nor any key of the person is in any file."""
    run = behind(folder)
    wanted = planted(run, "p-ann")
    link = {"link": sha256_hex(b"link").encode()}
    assert found(folder, link) == {"link"}
    lived.later(days=10)
    lived.sweep("p-ann")
    lived.later(days=POLICY.evidence_days)
    assert lived.due().forgotten == ("p-ann",)
    lived.forget("p-ann")
    assert lived.store.wipe()
    clear = {"name": NAME.encode(), "form": form("p-ann")}
    assert found(folder, {**wanted, **clear, **link}) == set()
    assert run("SELECT person, content FROM releases WHERE fingerprint = ?", sha256_hex(form("p-ann"))) == [
        (None, None)
    ]
    assert lived.problems() == []


def test_no_key_of_a_person_opens_at_any_byte(folder: Path, lived: Desk, tmp_path: Path) -> None:
    """R21: whoever has the master key and tries every byte of every file finds no key of who was forgotten."""
    small = tmp_path / "small"
    lived.later(days=10)
    lived.sweep("p-ann")
    lived.store.wipe()
    shutil.copytree(folder, small)
    vault = vault_for(LIBRARY)
    assert keys_that_open(small, vault, "p-ann") == {KeyKind.EVIDENCE, KeyKind.AUDIT}
    lived.later(days=POLICY.evidence_days)
    lived.forget("p-ann")
    lived.store.wipe()
    assert keys_that_open(folder, vault, "p-ann") == set()


def test_a_sweep_that_finds_nothing_owes_no_wipe(folder: Path, lived: Desk, behind: Behind) -> None:
    """R7: sweeping somebody whose consent is live changes nothing, and the database is not written anew for it."""
    run = behind(folder)
    before = run("SELECT roll, wipe_due FROM standing")
    assert lived.sweep("p-bo").references == 0
    assert run("SELECT roll, wipe_due FROM standing") == before
    assert lived.referenced() == ["p-bo", "p-ann", "p-cy"]


def test_a_template_key_is_there_as_long_as_references(folder: Path, lived: Desk, behind: Behind) -> None:
    """R20: nobody has a template key without a reference: not who is held, nor who has none, nor who lost the last."""
    lived.enrol("p-dee", face=False)
    lived.enrol("p-hal", held=dict.fromkeys(Purpose, Hold.FACE))
    run = behind(folder)
    keyed = "SELECT subject FROM keys WHERE kind = 'template' ORDER BY subject"
    assert run(keyed) == [("p-ann",), ("p-bo",), ("p-cy",)]
    with lived.recorded() as unit:
        unit.drop_references("p-bo")
    lived.withdraw("p-cy")
    assert run(keyed) == [("p-ann",)]
    assert lived.problems() == []


def test_a_clock_set_back_erases_nobody(lived: Desk) -> None:
    """R7: on a machine that wakes in 1970 nobody's consent has begun, nobody is found, and nothing is erased."""
    lived.now -= timedelta(days=20_000)
    assert lived.referenced() == []
    assert lived.due().unfounded == lived.due().forgotten == ()
    assert (lived.sweep("p-ann").references, lived.sweep("p-bo").references) == (0, 0)
    lived.later(days=20_001)
    assert lived.referenced() == ["p-bo", "p-ann", "p-cy"]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_decisions_go_with_the_last_consent(lived: Desk, verdict: Verdict) -> None:
    """R5: what humans decided about a person is where the person is: it goes when nothing is live any more."""
    lived.decide("/photos/p-bo.jpg", "p-bo", verdict)
    lived.withdraw("p-bo", (Purpose.FIND_ME, Purpose.BE_FOUND))
    with lived.store.read(now=lived.now) as reading:
        assert len(reading.decisions(sha256_hex(b"/photos/p-bo.jpg"))) == 1
    lived.withdraw("p-bo")
    assert isinstance(lived.store, SqlStore)
    with lived.store.read(now=lived.now) as reading:
        assert reading.decisions(sha256_hex(b"/photos/p-bo.jpg")) == ()
    assert lived.problems() == []
