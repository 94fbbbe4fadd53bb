"""Rows carry seals and tables carry tallies: whatever is done to them elsewhere shows, and is not mended by use."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.consent import Purpose
from countenance.errors import StoreBroken
from countenance.ledger import EntryKind
from countenance.stores import _schema
from countenance.stores._rows import RowKeys
from library_desk import Desk, entry, open_sql, photo

Statement = Callable[..., list[tuple[object, ...]]]
Behind = Callable[[Path], Statement]

KEYS = RowKeys(row=b"r" * 32, tally=b"t" * 32)
values = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.binary(max_size=6), st.text(max_size=6))
rows = st.fixed_dictionaries(dict.fromkeys(("kind", "subject", "wrapped"), values))


@given(rows, rows)
def test_no_two_rows_have_one_seal(first: dict[str, object], second: dict[str, object]) -> None:
    """A seal tells values, their types and their columns apart: no other row is spelt alike."""
    same = {name: (type(value), value) for name, value in first.items()} == {
        name: (type(value), value) for name, value in second.items()
    }
    assert (KEYS.seal(_schema.keys, first) == KEYS.seal(_schema.keys, second)) == same


@given(rows)
def test_a_seal_is_its_tables_and_keys_own(row: dict[str, object]) -> None:
    """The same values in another table, or under another key, have another seal."""
    moved = {"name": row["kind"], "row_count": row["subject"], "total": row["wrapped"]}
    seal = KEYS.seal(_schema.keys, row)
    assert seal != KEYS.seal(_schema.tallies, moved)
    assert seal != RowKeys(row=b"R" * 32, tally=b"t" * 32).seal(_schema.keys, row)
    assert len(seal) == 32


def test_a_column_without_value_changes_no_seal() -> None:
    """A column that a later format adds does not break the seals of rows that have nothing in it."""
    row = {"fingerprint": "ff", "person": "p", "content": None}
    with_value = {**row, "content": b""}
    assert KEYS.seal(_schema.releases, row) != KEYS.seal(_schema.releases, with_value)


BEHIND_THE_BACK = {
    "a value changed": "UPDATE photos SET fingerprint = 'ff' WHERE id = 2",
    "a withdrawal undone": "UPDATE permissions SET withdrawn_at = NULL",
    "a consent made longer": "UPDATE permissions SET expires = expires + 1",
    "a name given to another": "UPDATE people SET name = (SELECT name FROM people WHERE number = 1) WHERE number = 2",
    "a row taken away": "DELETE FROM photos WHERE id = (SELECT max(id) FROM photos)",
    "a box moved": "UPDATE boxes SET x = x + 1 WHERE photo = 1 AND place = 0",
    "an appearance given away": "UPDATE appearances SET person = 'p-dee' WHERE person = 'p-bo' AND photo = 2",
    "an appearance taken away": "DELETE FROM appearances WHERE photo = 2",
    "an entry taken away": "DELETE FROM ledger WHERE place = (SELECT max(place) FROM ledger)",
    "an entry changed": "UPDATE ledger SET salt = zeroblob(32) WHERE place = 3",
    "two entries swapped": """UPDATE ledger SET
        salt = (SELECT o.salt FROM ledger o WHERE o.place = 5 - ledger.place),
        payload = (SELECT o.payload FROM ledger o WHERE o.place = 5 - ledger.place)
        WHERE place IN (2, 3)""",
    "the edge changed": "UPDATE standing SET edge = x'010000000000000000'",
    "the roll set back": "UPDATE standing SET roll = 0",
    "the policy changed": "UPDATE policies SET policy = CAST(policy || ' ' AS BLOB)",
    "a key taken away": "DELETE FROM keys WHERE kind = 'audit' AND subject = 'p-ann'",
    "a receipt taken away": "DELETE FROM permissions WHERE receipt = (SELECT id FROM receipts LIMIT 1)",
    "a form changed": "UPDATE releases SET content = zeroblob(100) WHERE person = 'p-ann'",
    "a form forgotten": "DELETE FROM releases WHERE person = 'p-ann'",
    "a copy made fresh": "UPDATE publications SET state = 'placed', target_fingerprint = 'ff'",
    "somebody shown": "INSERT INTO publication_people SELECT id, 'p-bo', zeroblob(32) FROM publications LIMIT 1",
    "a row added": "INSERT INTO policies SELECT 2, since, policy, seal FROM policies",
    "a tally changed": "UPDATE tallies SET row_count = row_count + 1 WHERE name = 'photos'",
    "a tally taken away": "DELETE FROM tallies WHERE name = 'photos'",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON photos BEGIN DELETE FROM ledger; END",
    "an index dropped": "DROP INDEX ix_refs_person",
    "a table added": "CREATE TABLE strangers (face BLOB)",
    "a format denied": "UPDATE alembic_version SET version_num = '0'",
}


def problems_of(folder: Path) -> list[str]:
    """Open a library, verify it, and close it."""
    store = open_sql(folder)
    try:
        return Desk(store).problems()
    finally:
        store.close()


@pytest.mark.parametrize("statement", BEHIND_THE_BACK.values(), ids=BEHIND_THE_BACK.keys())
def test_what_is_done_behind_the_back_is_seen(lived_in: Path, behind: Behind, statement: str) -> None:
    """R26: whatever another program does to the database is told, in words, without a traceback."""
    behind(lived_in)(statement)
    problems = problems_of(lived_in)
    # That the file as a whole was changed is seen anyhow; the rows and the schema must speak for themselves.
    assert [one for one in problems if not one.startswith("file: ")]


def test_an_older_copy_of_a_row_is_seen(folder: Path, behind: Behind) -> None:
    """A row that was genuine once, with its genuine seal, is seen when it is put back."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.index("/photos/a.jpg")
    run = behind(folder)
    ((older,),) = run("SELECT group_concat(hex(seal)) FROM photos")
    old_row = run("SELECT * FROM photos")[0]
    desk.index("/photos/a.jpg", seen_with="newer")
    assert desk.problems() == []
    store.close()
    run("DELETE FROM boxes")
    run("DELETE FROM photos")
    run("INSERT INTO photos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *old_row)
    assert run("SELECT group_concat(hex(seal)) FROM photos") == [(older,)]
    assert any(one.startswith("tallies: ") and "photos" in one for one in problems_of(folder))


def test_use_does_not_mend_what_was_changed(folder: Path, behind: Behind) -> None:
    """A changed row stays seen when the library itself changes it again, or takes it away."""
    store = open_sql(folder)
    desk = Desk(store)
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg", 3, {0: desk.permit("p-ann")})
    run = behind(folder)
    run("UPDATE permissions SET expires = expires + 1000000")
    run("UPDATE appearances SET place = 2")
    run("UPDATE photos SET size_bytes = 1")
    desk.withdraw("p-ann")
    desk.index("/photos/a.jpg", 2)
    problems = " ".join(desk.problems())
    for table in ("permissions", "appearances", "photos"):
        assert table in problems
    store.close()


def test_nothing_is_built_on_a_broken_tally(folder: Path, behind: Behind) -> None:
    """A tally that was changed is told at the next change to its table, and nothing is kept."""
    store = open_sql(folder)
    desk = Desk(store)
    behind(folder)("UPDATE tallies SET row_count = 7 WHERE name = 'photos'")
    with pytest.raises(StoreBroken, match="photos"):
        desk.index("/photos/a.jpg")
    with store.read(now=desk.now) as reading:
        assert reading.photo(photo("/photos/a.jpg").path) is None
    store.close()


def test_damaged_values_are_damage_and_no_traceback(lived_in: Path, behind: Behind) -> None:
    """A value that we never write is told as damage by whoever reads it."""
    run = behind(lived_in)
    for statement in (
        "UPDATE photos SET state = 'lost'",
        "UPDATE publications SET state = 'sold'",
        "UPDATE boxes SET w = 0",
        "UPDATE standing SET roll = 1",
        "UPDATE receipts SET given = given + 1000000 WHERE person = 'p-ann'",
        "UPDATE policies SET policy = x'7b7d'",
        "UPDATE refs SET model = 'another'",
    ):
        run(statement)
    run("DELETE FROM standing")
    store = open_sql(lived_in)
    desk = Desk(store)
    with store.read(now=desk.now) as reading:
        for look in (
            lambda: list(reading.photos()),
            reading.publications,
            lambda: reading.appearances_of("p-ann", Purpose.FIND_ME),
            reading.roll,
            lambda: reading.consents("p-ann"),
            reading.policy,
        ):
            with pytest.raises(StoreBroken):
                look()
    with pytest.raises(StoreBroken), store.write(now=desk.now) as unit:
        unit.record(entry(EntryKind.SEARCHED))
    assert desk.problems()
    store.close()
