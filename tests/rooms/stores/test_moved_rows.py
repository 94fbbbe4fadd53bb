"""R20: whatever is sealed opens in its own place only: for one person, one library, one model, one row."""

from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.errors import CountenanceError, SealBroken
from countenance.faces import Template
from countenance.ledger import EntryKind
from library_desk import MODEL, Desk, crop, entry, make_sql, open_sql, permit, template

Statement = Callable[..., list[tuple[object, ...]]]
Behind = Callable[[Path], Statement]
LATER_MODEL = "faceres 2"


def everything_read(folder: Path) -> None:
    """Open everything of everybody: crops, templates, names, receipts, and what the ledger tells each."""
    store = open_sql(folder)
    desk = Desk(store)
    try:
        with store.read(now=desk.now) as reading:
            list(reading.references())
            for person in reading.people():
                reading.enrolment_crops(person.id)
                reading.receipts(person.id)
                list(reading.findings_about(person.id))
            list(reading.ledger_findings())
    finally:
        store.close()


def problems(folder: Path) -> set[str]:
    """Give the names of the checks that fail."""
    store = open_sql(folder)
    try:
        return {problem.partition(":")[0] for problem in Desk(store).problems()}
    finally:
        store.close()


# One column after the other: the table, the sealed column, and how to name a row of Ann's and one of Bo's.
SEALED = {
    "template": ("refs", "template", "person = 'p-ann'", "person = 'p-bo'"),
    "crop": ("crops", "image", "person = 'p-ann'", "person = 'p-bo'"),
    "name": ("people", "name", "id = 'p-ann'", "id = 'p-bo'"),
    "receipt": ("receipts", "jws", "person = 'p-ann'", "person = 'p-bo'"),
    "template key": (
        "keys",
        "wrapped",
        "kind = 'template' AND subject = 'p-ann'",
        "kind = 'template' AND subject = 'p-bo'",
    ),
    "evidence key": (
        "keys",
        "wrapped",
        "kind = 'evidence' AND subject = 'p-ann'",
        "kind = 'evidence' AND subject = 'p-bo'",
    ),
    "audit key": ("keys", "wrapped", "kind = 'audit' AND subject = 'p-ann'", "kind = 'audit' AND subject = 'p-bo'"),
    "entry": ("ledger", "payload", "place = 1", "place = 2"),
}


@pytest.mark.parametrize("what", SEALED)
def test_nothing_opens_for_somebody_else(lived_in: Path, behind: Behind, what: str) -> None:
    """R20: put Bo's in the place of Ann's, and it is refused by who reads it, and by verify."""
    table, column, ann, bo = SEALED[what]
    everything_read(lived_in)
    behind(lived_in)(f"UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE {bo}) WHERE {ann}")  # noqa: S608  (our own words)
    with pytest.raises(CountenanceError):
        everything_read(lived_in)
    assert "rows" in problems(lived_in)


@pytest.mark.parametrize("what", SEALED)
@pytest.mark.parametrize("bytes_left", [0, 11, 28, -1])
def test_nothing_opens_that_was_cut_short(lived_in: Path, behind: Behind, what: str, bytes_left: int) -> None:
    """R20: a beginning of what was sealed is refused by who reads it, and by verify."""
    table, column, ann, _ = SEALED[what]
    behind(lived_in)(
        f"UPDATE {table} SET {column} = substr({column}, 1, CASE WHEN ?1 < 0 THEN length({column}) + ?1 ELSE ?1 END)"  # noqa: S608  (our own words)
        f" WHERE {ann}",
        bytes_left,
    )
    with pytest.raises(CountenanceError):
        everything_read(lived_in)
    assert "rows" in problems(lived_in)


@pytest.mark.parametrize("what", SEALED)
def test_nothing_opens_in_another_library(lived_in: Path, behind: Behind, what: str, tmp_path: Path) -> None:
    """R20: the same person in another library under the same master key: what is sealed there is nothing here."""
    other = tmp_path / "other"
    store = make_sql(other, "another-library")
    desk = Desk(store)
    for person in ("p-ann", "p-bo"):
        desk.enrol(person)
    store.close()
    table, column, ann, _ = SEALED[what]
    ((sealed,),) = behind(other)(f"SELECT {column} FROM {table} WHERE {ann}")  # noqa: S608  (our own words)
    behind(lived_in)(f"UPDATE {table} SET {column} = ? WHERE {ann}", sealed)  # noqa: S608  (the same)
    with pytest.raises(CountenanceError):
        everything_read(lived_in)
    assert "rows" in problems(lived_in)


@pytest.fixture
def renewed(folder: Path, behind: Behind) -> tuple[Path, Statement, dict[str, tuple[object, ...]]]:
    """Give a library in which Ann's template was renewed for a later model, and the rows as they were before."""
    store = open_sql(folder)
    desk = Desk(store)
    with desk.recorded() as unit:
        desk.take_up(unit, "p-ann")
        unit.add_reference(permit(unit, "p-ann"), template("p-ann"), [crop("p-ann", 1), crop("p-ann", 2)])
    run = behind(folder)
    (reference,) = run("SELECT * FROM refs ORDER BY number LIMIT 1")
    (key,) = run("SELECT * FROM keys WHERE kind = 'template'")
    with store.write(now=desk.now) as unit:
        unit.renew_reference(permit(unit, "p-ann"), Template(template("p-ann").values, LATER_MODEL))
        unit.record(entry(EntryKind.REEMBEDDED, desk.now, "p-ann", person="p-ann", model=LATER_MODEL))
    assert desk.problems() == []
    store.close()
    return folder, run, {"reference": reference, "key": key}


def test_a_template_of_one_model_is_none_of_another(
    renewed: tuple[Path, Statement, dict[str, tuple[object, ...]]],
) -> None:
    """R20: the person's own earlier template, said to be of the later model, opens for none."""
    folder, run, before = renewed
    run("UPDATE refs SET template = ?", before["reference"][3])
    with pytest.raises(SealBroken):
        everything_read(folder)
    run("UPDATE refs SET model = ?", MODEL)
    everything_read(folder)  # it is the person's own, of the model that it says: it opens, and is compared with none
    assert {"rows"} <= problems(folder)


def test_a_row_put_back_is_noticed(renewed: tuple[Path, Statement, dict[str, tuple[object, ...]]]) -> None:
    """R20: a whole row as it was written, seal and all, put back after it went, does not add up."""
    folder, run, before = renewed
    marks = ", ".join("?" * len(before["reference"]))
    number = before["reference"][0]
    run("DELETE FROM refs WHERE number = ?", number)
    run(f"INSERT INTO refs VALUES ({marks})", *before["reference"])  # noqa: S608  (question marks)
    assert {"tallies"} <= problems(folder)


def test_a_crop_is_no_template_and_has_its_place(
    renewed: tuple[Path, Statement, dict[str, tuple[object, ...]]],
) -> None:
    """R20: under one key, a crop does not open as a template, nor in the place of another crop."""
    folder, run, _ = renewed
    crops = run("SELECT reference, place, image FROM crops ORDER BY reference, place")
    assert len(crops) == 3
    (reference, place, image), (_, _, other) = crops[0], crops[1]
    run("UPDATE crops SET image = ? WHERE reference = ? AND place = ?", other, reference, place)
    with pytest.raises(SealBroken):
        everything_read(folder)
    run("UPDATE crops SET image = ? WHERE reference = ? AND place = ?", image, reference, place)
    everything_read(folder)
    assert problems(folder) == set()
    run("UPDATE refs SET template = ?", image)
    with pytest.raises(SealBroken):
        everything_read(folder)


def test_templates_of_several_models_are_kept_apart(folder: Path, behind: Behind) -> None:
    """R20: two references of one person, of two models, cannot be given each other's model."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    with desk.recorded() as unit:
        unit.add_reference(permit(unit, "p-ann"), Template(template("p-ann").values, LATER_MODEL), [])
    store.close()
    run = behind(folder)
    assert run("SELECT DISTINCT model FROM refs ORDER BY model") == [(MODEL,), (LATER_MODEL,)]
    run("UPDATE refs SET model = CASE model WHEN ?1 THEN ?2 ELSE ?1 END", MODEL, LATER_MODEL)
    with pytest.raises(SealBroken):
        everything_read(folder)


def test_the_store_says_so_when_it_is_asked_again(lived_in: Path, behind: Behind) -> None:
    """R20: a store that is open when a row is moved refuses it at the next reading: nothing opened is held on to."""
    store = open_sql(lived_in)
    desk = Desk(store)
    assert desk.referenced() == ["p-ann", "p-bo"]
    behind(lived_in)("UPDATE refs SET template = (SELECT template FROM refs WHERE person = 'p-bo')")
    with pytest.raises(SealBroken):
        desk.referenced()
    store.close()
