"""R20: templates, crops, names, receipts and forms are sealed per person and bound to where they belong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.errors import CountenanceError, SealBroken, StoreBroken
from countenance.keys import MasterVault
from countenance.stores import SqlStore
from library_desk import Desk, crop, form, make_sql, open_sql, permit, template

Statement = Callable[..., list[tuple[object, ...]]]
Behind = Callable[[Path], Statement]


def references(folder: Path) -> list[str]:
    """Read all references of a library."""
    store = open_sql(folder)
    try:
        return Desk(store).referenced()
    finally:
        store.close()


SWAP = "UPDATE refs SET template = (SELECT o.template FROM refs o WHERE o.person = 'p-bo') WHERE person = 'p-ann'"
EVIDENCE = {
    "name": "UPDATE people SET name = (SELECT o.name FROM people o WHERE o.id = 'p-bo') WHERE id = 'p-ann'",
    "receipt": "UPDATE receipts SET jws = (SELECT o.jws FROM receipts o WHERE o.person = 'p-bo')"
    " WHERE person = 'p-ann'",
    "form": "UPDATE releases SET content = (SELECT o.content FROM releases o WHERE o.person = 'p-bo')"
    " WHERE person = 'p-ann'",
}


def test_a_template_does_not_open_for_another_person(lived_in: Path, behind: Behind) -> None:
    """R20: a template moved to another person opens for nobody."""
    assert references(lived_in) == ["p-ann", "p-bo"]
    behind(lived_in)(SWAP)
    with pytest.raises(SealBroken):
        references(lived_in)


def test_a_template_does_not_open_with_anothers_key(lived_in: Path, behind: Behind) -> None:
    """R20: a template moved together with its wrapped key opens for nobody: the key is bound to its person."""
    run = behind(lived_in)
    run(SWAP)
    run(
        "UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE kind = 'template' AND subject = 'p-bo')"
        " WHERE kind = 'template' AND subject = 'p-ann'"
    )
    with pytest.raises(SealBroken):
        references(lived_in)


def test_a_key_does_not_open_as_another_kind(lived_in: Path, behind: Behind) -> None:
    """R20: a person's audit key in the place of the template key opens nothing."""
    behind(lived_in)(
        "UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE kind = 'audit' AND subject = 'p-ann')"
        " WHERE kind = 'template' AND subject = 'p-ann'"
    )
    with pytest.raises(SealBroken):
        references(lived_in)


def test_a_template_does_not_open_for_another_model(lived_in: Path, behind: Behind) -> None:
    """R20: a template that is said to be of another model opens for none, so it is compared with none."""
    behind(lived_in)("UPDATE refs SET model = 'faceres 2'")
    with pytest.raises(SealBroken):
        references(lived_in)


def test_a_template_does_not_open_in_another_library(lived_in: Path, behind: Behind, tmp_path: Path) -> None:
    """R20: rows of one library opened under another's id, with the same master key, give nothing."""
    other = tmp_path / "other"
    store = make_sql(other, "another-library")
    Desk(store).enrol("p-ann")
    store.close()
    ((sealed, wrapped),) = behind(other)(
        "SELECT template, wrapped FROM refs JOIN keys ON subject = person AND kind = 'template'"
    )
    run = behind(lived_in)
    run("UPDATE refs SET template = ? WHERE person = 'p-ann'", sealed)
    with pytest.raises(SealBroken):
        references(lived_in)
    run("UPDATE keys SET wrapped = ? WHERE subject = 'p-ann' AND kind = 'template'", wrapped)
    with pytest.raises(SealBroken):
        references(lived_in)


@pytest.mark.parametrize("bytes_left", [0, 1, 27, 28, 100, 283])
def test_a_truncated_template_does_not_open(lived_in: Path, behind: Behind, bytes_left: int) -> None:
    """R20: a template that was cut short is refused."""
    behind(lived_in)("UPDATE refs SET template = substr(template, 1, ?)", bytes_left)
    with pytest.raises(SealBroken):
        references(lived_in)


def test_a_lengthened_or_bent_template_does_not_open(lived_in: Path, behind: Behind) -> None:
    """R20: a byte more, or one bit another, is refused."""
    ((number, sealed),) = behind(lived_in)("SELECT number, template FROM refs WHERE person = 'p-ann'")
    assert isinstance(sealed, bytes)
    for changed in (sealed + b"\0", sealed[:-1] + bytes([sealed[-1] ^ 1]), bytes([sealed[0] ^ 128]) + sealed[1:]):
        behind(lived_in)("UPDATE refs SET template = ? WHERE number = ?", changed, number)
        with pytest.raises(SealBroken):
            references(lived_in)


def test_an_erased_template_cannot_be_put_back(folder: Path, behind: Behind) -> None:
    """R20: a template copied before withdrawal opens no more, even when the person has enrolled again."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    run = behind(folder)
    ((old,),) = run("SELECT template FROM refs")
    desk.withdraw("p-ann")
    with desk.recorded() as unit:
        unit.add_receipt("p-ann", desk.receipt(unit, "p-ann"))
        unit.add_reference(permit(unit, "p-ann"), template("p-ann"), [])
    run("UPDATE refs SET template = ?", old)
    with pytest.raises(SealBroken):
        desk.referenced()
    store.close()


@pytest.mark.parametrize("what", EVIDENCE)
def test_evidence_does_not_open_for_another_person(lived_in: Path, behind: Behind, what: str) -> None:
    """R20: a name, receipt or form moved to another person is refused by whoever reads it."""
    behind(lived_in)(EVIDENCE[what])
    store = open_sql(lived_in)
    desk = Desk(store)
    if what != "form":
        with pytest.raises(CountenanceError), store.read(now=desk.now) as reading:
            reading.people()
    assert any(one.startswith(("people: ", "receipts: ", "releases: ")) for one in desk.problems())
    store.close()


def test_a_template_without_its_key_is_damage(lived_in: Path, behind: Behind) -> None:
    """A reference whose key is gone is told as damage."""
    behind(lived_in)("DELETE FROM keys WHERE kind = 'template' AND subject = 'p-ann'")
    with pytest.raises(StoreBroken):
        references(lived_in)


def test_no_nonce_is_used_twice(folder: Path, behind: Behind) -> None:
    """R20: each sealing draws its own nonce, so that equal templates have unequal ciphertexts."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    held = desk.permit("p-ann")
    with desk.recorded() as unit:
        for _ in range(50):
            unit.add_reference(held, template("p-ann"), [crop("p-ann")])
    store.close()
    sealed = [row[0] for row in behind(folder)("SELECT template FROM refs UNION ALL SELECT image FROM crops")]
    nonces = {one[:12] for one in sealed if isinstance(one, bytes)}
    assert len(nonces) == len(sealed) == 102


def test_nothing_of_a_person_lies_in_clear(lived_in: Path) -> None:
    """R20: neither template, crop, name, form nor receipt can be read from the file without the master key."""
    content = (lived_in / "library.db").read_bytes()
    for clear in (
        template("p-ann").values.tobytes(),
        crop("p-ann")[:64],
        b"Name of p-ann",
        form("p-ann"),
        b"eyJhbGciOiJFZERTQSI",
    ):
        assert clear not in content


def test_a_copied_library_opens_only_with_its_key(lived_in: Path, tmp_path: Path) -> None:
    """R20: who has a copy of the file and another key has nothing."""
    copied = shutil.copytree(lived_in, tmp_path / "stolen")
    with pytest.raises(CountenanceError):
        SqlStore.open(copied, vault_for=lambda library: MasterVault(b"\1" * 32, library))
