"""The store's format is what docs/formats/store.md promises, to the byte: old libraries open, the page is true."""

import hashlib
import hmac
import lzma
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countenance.consent import Hold, Purpose, State
from countenance.errors import LedgerBroken, SealBroken, StoreBroken
from countenance.ledger import edge_at, inclusion_proof, leaf_hash, open_checkpoint, root, root_at, verify_inclusion
from countenance.ports import CalibrationVersion, Due, Erased, JobState, KeyKind, PhotoState, PublicationState, Verdict
from countenance.seals import sha256_hex, unseal
from countenance.stores import _schema
from countenance.stores._rows import RowKeys
from countenance.stores._spelling import moment_number
from library_desk import (
    MODEL,
    POLICY,
    SEEN_WITH,
    Desk,
    boxes,
    calibration,
    first_entry,
    form,
    make_sql,
    open_sql,
    template,
    vault_for,
)

GOLDEN = Path(__file__).parent / "golden"
GOLDEN_SEAL = "e041af9e750481e2b30aa1813ac23cc6ad7b10d009fc77a91920bf7510f95bab"
GOLDEN_SHARE = "c52cf2aceab88e395398988df0421ffcf50acf49b25b4da14da3bcb9815a3e8a"
GOLDEN_DIGEST = "da0b4bd3695a340fda4fba1b37a9b1a67f8279938a95f0dcc7c638a60dd2a257"
PAGE = Path(__file__).parents[2] / "docs/formats/store.md"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Make a library with a person in it."""
    desk = Desk(make_sql(tmp_path))
    desk.enrol("p-ann", "Ann Lee")
    desk.index("/photos/a.jpg", 2, {1: desk.permit("p-ann")})
    desk.store.close()
    return tmp_path


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    """Read a library's file with nothing of ours."""
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        return connection.execute(statement).fetchall()


def test_the_page_lists_every_column(library: Path) -> None:
    """The page names each table with its columns, their types and their order, as they are in a library's file."""
    promised = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = line.split(" | ")
        if re.fullmatch(r"\| `\w+`", cells[0]):
            promised[cells[0].strip("| `")] = re.findall(r"`(\w+ [A-Z0-9()]+)`", cells[1])
    found = {}
    for (table,) in rows(library, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        columns = [f"{row[1]} {row[2]}" for row in rows(library, f"PRAGMA table_info({table})")]
        found[table] = [column for column in columns if column != "seal BLOB"]
    assert promised == found


def test_all_tables_but_two_carry_seals(library: Path) -> None:
    """Every table has a seal, but the digest's, which vouches for itself, and the migrations' own."""
    unsealed = {
        table
        for (table,) in rows(library, "SELECT name FROM sqlite_schema WHERE type = 'table'")
        if ("seal", "BLOB") not in {row[1:3] for row in rows(library, f"PRAGMA table_info({table})")}
    }
    assert unsealed == {"rest", "alembic_version"}
    assert {name for (name,) in rows(library, "SELECT name FROM tallies")} == {one.name for one in _schema.TALLIED}


def framed(data: bytes) -> bytes:
    """Frame bytes as the page says."""
    return len(data).to_bytes(8, "big") + data


def spelt(table: str, row: Mapping[str, object]) -> bytes:
    """Spell a row as the page says, with nothing of ours."""
    parts = [framed(table.encode())]
    for name, value in row.items():
        if value is None or name == "seal":
            continue
        parts.append(framed(name.encode()))
        match value:
            case bytes():
                parts.append(b"b" + framed(value))
            case str():
                parts.append(b"t" + framed(value.encode()))
            case _:
                parts.append(b"i" + framed(str(value).encode()))
    return b"".join(parts)


def named_rows(folder: Path, table: str) -> Iterator[dict[str, object]]:
    """Read a table, each row by the names of its columns."""
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608  (a name out of the database itself)
            yield dict(row)


def test_a_seal_has_these_bytes() -> None:
    """A row's seal is, to the byte, what it always was."""
    row: dict[str, object] = {"photo": 7, "place": 0, "x": -5, "y": 12, "w": 80, "h": 90}
    keys = RowKeys(row=bytes(range(32)), tally=bytes(range(32, 64)))
    seal = keys.seal(_schema.boxes, row)
    assert spelt("boxes", row)[:37].hex() == (
        "0000000000000005626f786573000000000000000570686f746f6900000000000000013700"
    )
    assert seal == hmac.digest(bytes(range(32)), spelt("boxes", row), "sha256")
    assert seal.hex() == GOLDEN_SEAL
    assert keys.share(seal).to_bytes(32, "big").hex() == GOLDEN_SHARE


def test_seals_and_tallies_can_be_checked_by_the_page_alone(library: Path) -> None:
    """Whoever has the derived keys and the page can check every row and every table."""
    vault = vault_for("hollybank")
    tallies = {row["name"]: row for row in named_rows(library, "tallies")}
    for table in [*tallies, "tallies"]:
        total = count = 0
        for row in named_rows(library, str(table)):
            seal = hmac.digest(vault.derive("rows"), spelt(str(table), row), "sha256")
            assert row["seal"] == seal
            total += int.from_bytes(hmac.digest(vault.derive("tallies"), seal, "sha256"), "big")
            count += 1
        if table != "tallies":
            assert tallies[table]["row_count"] == count
            assert tallies[table]["total"] == (total % 2**256).to_bytes(32, "big")


def test_the_digest_at_rest_can_be_checked_by_the_page_alone(library: Path) -> None:
    """The file's digest is over all its bytes but SQLite's counters and the digest itself."""
    content = bytearray((library / "library.db").read_bytes())
    ((number,),) = rows(library, "SELECT rootpage FROM sqlite_schema WHERE name = 'rest'")
    ((digest,),) = rows(library, "SELECT digest FROM rest")
    for first, end in ((24, 28), (40, 44), (92, 100)):
        content[first:end] = bytes(end - first)
    assert isinstance(number, int)
    start = (number - 1) * 4096
    assert content[start + 4064 : start + 4096] == digest
    covered = content[: start + 4064] + content[start + 4096 :]
    assert digest == hmac.digest(vault_for("hollybank").derive("rest"), bytes(covered), "sha256")


def test_sealed_bytes_open_by_the_page_alone(library: Path) -> None:
    """Template, name and form open with their keys and the additional data that the page gives."""
    vault = vault_for("hollybank")
    keys = {row["kind"]: row["wrapped"] for row in named_rows(library, "keys") if row["subject"] == "p-ann"}
    (ref,) = named_rows(library, "refs")
    (person,) = named_rows(library, "people")
    (release,) = named_rows(library, "releases")

    def opened(kind: KeyKind, sealed: object, *where: str) -> bytes:
        wrapped = keys[str(kind)]
        assert isinstance(wrapped, bytes)
        assert isinstance(sealed, bytes)
        key = vault.unwrap(wrapped, kind=kind, subject="p-ann")
        words = ",".join(f'"{word}"' for word in ("countenance-store-1", "hollybank", "p-ann", *where))
        return unseal(key, sealed, bound_to=f"[{words}]")

    values = template("p-ann").values
    assert opened(KeyKind.TEMPLATE, ref["template"], "template", MODEL) == values.astype("<f4").tobytes()
    assert opened(KeyKind.EVIDENCE, person["name"], "name") == b"Ann Lee"
    fingerprint = hashlib.sha256(form("p-ann")).hexdigest()
    assert opened(KeyKind.EVIDENCE, release["content"], "release", fingerprint) == form("p-ann")


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 5, 4, 9, 30, 0, 1, tzinfo=UTC), 1_777_887_000_000_001),
        (datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), -1),
        (datetime(9999, 12, 31, tzinfo=UTC), 253_402_214_400_000_000),
    ],
)
def test_moments_are_microseconds(moment: datetime, number: int) -> None:
    """A moment is the number of microseconds since 1970 in UTC, exactly."""
    assert moment_number(moment) == number


def golden(name: str, folder: Path) -> Desk:
    """Open a library as an earlier version left it."""
    (folder / "library.db").write_bytes(lzma.decompress((GOLDEN / f"{name}.db.xz").read_bytes()))
    return Desk(open_sql(folder))


def test_a_library_of_format_1_opens(tmp_path: Path) -> None:
    """R41: a library that was made by the first version opens, verifies, and says what it always said."""
    desk = golden("library-1", tmp_path)
    assert desk.problems() == []
    with desk.store.read(now=desk.now) as reading:
        ann, bo = reading.people()
        assert (ann.id, ann.name, ann.purposes, ann.has_template) == ("p-ann", "Ann Lee", tuple(Purpose), True)
        assert (bo.id, bo.state) == ("p-bo", State.WITHDRAWN)
        assert (ann.held, ann.child, ann.last_act) == ({}, False, reading.receipts("p-ann")[0].consent.receipt.given)
        (reference,) = reading.references()
        assert reference.template.values.tobytes() == template("p-ann").values.tobytes()
        (seen,) = reading.appearances_of("p-ann", Purpose.FIND_ME)
        assert (str(seen.photo), seen.box) == ("/photos/a.jpg", boxes(3)[1])
        assert [record.state for record in reading.photos()] == [PhotoState.DONE, PhotoState.FAILED]
        assert [(copy.id, copy.state, copy.shown) for copy in reading.publications()] == [
            ("c-1", PublicationState.STALE, ("p-ann",))
        ]
        assert next(reading.ledger_findings()).entry == first_entry()
        assert reading.ledger_edge().size == 8
        assert reading.keyed_digest(b"probe") == GOLDEN_DIGEST
    desk.store.close()


def test_an_upgrade_tells_children_by_their_receipts(tmp_path: Path) -> None:
    """R34, R41: who was enrolled by a guardian in format 1 is a child in this one; unused template keys go."""
    desk = golden("library-1-guardian", tmp_path)
    assert rows(tmp_path, "SELECT DISTINCT person FROM permissions WHERE child = 1") == [("p-kim",)]
    assert rows(tmp_path, "SELECT count(*) FROM permissions WHERE child IS NULL") == [(7,)]
    assert {who for (who,) in rows(tmp_path, "SELECT subject FROM keys WHERE kind = 'template'")} == {
        "p-ann",
        "p-ed",
        "p-kim",
    }
    with desk.store.read(now=desk.now) as reading:
        assert {one.person: one.strict for one in reading.references()} == {
            "p-ann": False,
            "p-kim": True,
            "p-ed": False,
        }
    assert desk.problems() == []
    desk.later(days=1)
    assert desk.due().unfounded == ("p-ed",)
    assert desk.sweep("p-ed") == Erased(1, 1, (Path("/out/c-1.jpg"),))
    desk.later(days=POLICY.evidence_days)
    assert desk.due().forgotten == ("p-ed",)
    desk.forget("p-ed")
    assert desk.problems() == []
    desk.store.close()


def test_a_damaged_library_of_format_1_is_not_upgraded(tmp_path: Path) -> None:
    """R41: if a receipt does not open, the library stays in its format, byte by byte, and the answer is plain."""
    content = bytearray(lzma.decompress((GOLDEN / "library-1-guardian.db.xz").read_bytes()))
    (tmp_path / "library.db").write_bytes(content)
    ((receipt,),) = rows(tmp_path, "SELECT jws FROM receipts WHERE person = 'p-dee'")
    assert isinstance(receipt, bytes)
    content[content.index(receipt[:64])] ^= 1
    (tmp_path / "library.db").write_bytes(content)
    with pytest.raises(SealBroken):
        open_sql(tmp_path)
    assert (tmp_path / "library.db").read_bytes() == content


def test_a_library_of_format_2_opens(tmp_path: Path) -> None:
    """R41: a library with all that format 2 brought opens, verifies, and says what it always said."""
    desk = golden("library-2", tmp_path)
    desk.now = datetime(2029, 5, 7, 9, 30, tzinfo=UTC)
    assert desk.problems() == []
    with desk.store.read(now=desk.now) as reading:
        people = {person.id: person for person in reading.people()}
        assert list(people) == ["p-ann", "p-kim", "p-hal", "p-bo", "p-tess", "p-ed"]
        assert [person for person in people if people[person].child] == ["p-kim"]
        assert [person for person in people if people[person].has_template] == ["p-ann", "p-kim", "p-bo"]
        assert (people["p-hal"].state, people["p-ed"].state) == (State.WAITING, State.EXPIRED)
        assert people["p-hal"].held == dict.fromkeys(Purpose, Hold.FACE)
        assert people["p-bo"].held == {Purpose.BE_FOUND: Hold.LINK_OR_STEWARD}
        assert people["p-ann"].last_act == desk.now
        assert reading.appearances_in(Path("/photos/a.jpg")) == {0: "p-ann", 1: "p-kim", 2: "p-tess"}
        (tag,) = reading.decisions(sha256_hex(b"/photos/a.jpg"))
        assert (tag.person, tag.verdict, tag.box) == ("p-tess", Verdict.TAGGED, boxes(3)[2])
        (rejection,) = reading.decisions(sha256_hex(b"/photos/b.jpg"))
        assert (rejection.person, rejection.verdict, rejection.box) == ("p-ann", Verdict.REJECTED, None)
        assert reading.linked(sha256_hex(b"link of p-ann")) == "p-ann"
        assert [(job.state, job.total, job.done) for job in reading.jobs()] == [
            (JobState.DONE, 2, 2),
            (JobState.QUEUED, 5, 0),
        ]
        assert [version.policy.evidence_days for version in reading.policies()] == [1095, 400]
        assert reading.tombstones() == {"p-fay"}
        assert reading.release_used(sha256_hex(form("p-fay")))
        assert reading.due() == Due((), ())
        assert reading.ledger_edge().size == 19
    desk.store.close()


def test_a_library_of_format_3_opens(tmp_path: Path) -> None:
    """R41: a library with all that format 3 brought opens, verifies, and says what it always said.

    It was put back once, searches were ended for one month of two, and the last entry was not signed for.
    """
    desk = golden("library-3", tmp_path)
    desk.now = datetime(2029, 6, 2, 9, 30, tzinfo=UTC)
    assert desk.problems() == []
    with desk.store.read(now=desk.now) as reading:
        assert reading.ledger_origin() == "countenance/ledger/hollybank/2"
        checkpoint = open_checkpoint(reading.last_checkpoint(), public_key=reading.public_key(), library="hollybank")
        assert (checkpoint.origin, checkpoint.size) == (reading.ledger_origin(), 8)
        assert checkpoint.root.hex() == "0fa98d573bb83517a3f2f324d888302e754068b6afc4d2551b0ffc0b04b3d927"
        assert (root_at(8, reading.ledger_node), reading.ledger_edge().size) == (checkpoint.root, 9)
        told = [one.entry and str(one.entry.kind) for one in reading.ledger_findings()]
        assert told == [
            "library-made",
            "enrolled",
            "enrolled",
            "indexed",
            None,
            "restored",
            "searched",
            "searches-ended",
            "searched",
        ]
        assert [reading.part_key(place, None) is None for place in range(9)] == [one is None for one in told]
        assert [one.kind for one in reading.findings_about("p-ann")] == ["enrolled", "searched"]
        assert reading.part_key(4, "p-ann") is not None
    assert rows(tmp_path, "SELECT kind, subject FROM keys WHERE kind = 'searches'") == [("searches", "2029-06")]
    desk.store.close()


def test_a_library_of_format_4_opens(tmp_path: Path) -> None:
    """R36, R41: a library with all that format 4 brought opens, verifies, and says what it always said."""
    desk = golden("library-4", tmp_path)
    desk.now = datetime(2026, 5, 8, 9, 30, tzinfo=UTC)
    assert desk.problems() == []
    with desk.store.read(now=desk.now) as reading:
        first, second = reading.calibrations()
        assert (first.number, first.since, first.people) == (1, datetime(2026, 5, 4, 10, 30, tzinfo=UTC), 2)
        assert (second.number, second.since, second.people) == (2, datetime(2026, 5, 7, 10, 30, tzinfo=UTC), 110)
        assert (first.calibration, second.calibration) == (calibration(0.5), calibration(0.625))
        assert reading.calibration() == second.calibration
        assert reading.photos_behind_count(seen_with=SEEN_WITH) == 2
    ((kept,),) = rows(tmp_path, "SELECT calibration FROM calibrations WHERE number = 2")
    assert kept == calibration(0.625).to_json()
    desk.store.close()


@pytest.mark.parametrize("name", ["library-1", "library-2", "library-3"])
def test_an_upgraded_library_can_be_calibrated(tmp_path: Path, name: str) -> None:
    """R36, R41: an older library has no thresholds of its own, and takes them; what was indexed is matched anew."""
    desk = golden(name, tmp_path)
    desk.now = datetime(2029, 6, 2, 9, 30, tzinfo=UTC)
    with desk.store.read(now=desk.now) as reading:
        assert reading.calibration() is None
    given = desk.calibrate(0.5, 7)
    assert desk.problems() == []
    desk.store.close()
    again = open_sql(tmp_path)
    with again.read(now=desk.now) as reading:
        assert reading.calibrations() == (CalibrationVersion(1, desk.now, 7, given),)
    again.close()


@pytest.mark.parametrize(("name", "size"), [("library-1", 8), ("library-2", 19)])
def test_an_upgrade_fills_in_the_tree(tmp_path: Path, name: str, size: int) -> None:
    """R25, R41: of a ledger that was written before nodes were kept, all proofs can be made, and it can be signed for.

    What its entries say cannot be shown entry by entry: they are of the first version.
    """
    desk = golden(name, tmp_path)
    desk.now = datetime(2029, 5, 7, 9, 30, tzinfo=UTC)
    with desk.store.read(now=desk.now) as reading:
        assert reading.ledger_origin() == "countenance/ledger/hollybank/1"
        key, node = reading.public_key(), reading.ledger_node
        assert open_checkpoint(reading.last_checkpoint(), public_key=key).size == 0
        assert edge_at(size, node) == reading.ledger_edge()
        for place in range(size):
            proof = inclusion_proof(place, size, node)
            leaf, top = leaf_hash(reading.ledger_row(place)), root(reading.ledger_edge())
            assert verify_inclusion(leaf, place, size, top, proof)
            assert reading.part_key(place, None) is reading.part_key(place, "p-ann") is None
    with desk.store.write(now=desk.now) as unit:
        assert open_checkpoint(unit.checkpoint(), public_key=key, library="hollybank").size == size
    assert desk.problems() == []
    desk.store.close()


@pytest.mark.parametrize("damage", ["UPDATE ledger SET salt = zeroblob(32) WHERE place = 3", "DELETE FROM ledger"])
def test_a_damaged_ledger_of_format_2_is_not_upgraded(tmp_path: Path, damage: str) -> None:
    """R26, R41: if its entries do not give its tree, the library stays in its format, and the answer is plain."""
    (tmp_path / "library.db").write_bytes(lzma.decompress((GOLDEN / "library-2.db.xz").read_bytes()))
    with closing(sqlite3.connect(tmp_path / "library.db", isolation_level=None)) as connection:
        connection.execute(damage)
    with pytest.raises(LedgerBroken, match="do not give the tree"):
        open_sql(tmp_path)
    assert rows(tmp_path, "SELECT format, version_num FROM library, alembic_version") == [(2, "2")]
    assert rows(tmp_path, "SELECT name FROM sqlite_schema WHERE name = 'nodes'") == []


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM library",
        "INSERT INTO library SELECT id || 'x', format, made_at, key_check, public_key, seal FROM library",
        "UPDATE library SET format = 0",
        "UPDATE library SET id = ''",
        "DROP TABLE library",
    ],
)
def test_a_malformed_beginning_is_refused(library: Path, damage: str) -> None:
    """What is read before anything is verified is read strictly."""
    with closing(sqlite3.connect(library / "library.db", isolation_level=None)) as connection:
        connection.execute(damage)
    with pytest.raises(StoreBroken):
        open_sql(library)
