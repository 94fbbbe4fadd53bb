"""Backups and mirrors are what docs/formats/backup.md promises, to the byte: old ones restore, the page is true."""

import hashlib
import hmac
import json
import lzma
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from copies import House, rows, sql
from countenance.consent import Purpose, State
from countenance.errors import BackupDamaged
from countenance.ledger import EntryKind
from countenance.stores import SqlStore
from library_desk import LIBRARY, Desk, boxes, open_sql, template, vault_for

GOLDEN = Path(__file__).parent / "golden"
PAGE = Path(__file__).parents[2] / "docs/formats/backup.md"
MIRROR_FILES = ("withdrawals.json", "keys.json")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Lay out the golden backup with its mirror, as they were written by the version that made the format."""
    house = House(tmp_path)
    golden = GOLDEN / "backup-1"
    folder = house.backups / "golden"
    folder.mkdir(parents=True)
    (folder / "library.db").write_bytes(lzma.decompress((golden / "library.db.xz").read_bytes()))
    shutil.copy(golden / "manifest.json", folder)
    house.mirror.mkdir(parents=True)
    for name in MIRROR_FILES:
        shutil.copy(golden / name, house.mirror)
    return house


def document(file: Path) -> dict[str, Any]:
    """Read a document with nothing of ours."""
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def promised(heading: str) -> dict[str, set[str]]:
    """Give the fields that the page promises under a heading in bold, each with the fields inside it."""
    table = PAGE.read_text(encoding="utf-8").split(f"**`{heading}`**")[1].split("\n\n")[1]
    fields: dict[str, set[str]] = {}
    for line in table.splitlines()[2:]:
        names, holds = re.findall(r"`(\w+)`", line.split("|")[1]), line.split("|")[2]
        inner = re.search(r"\{(\"[\w\", ]+)\}", holds)
        fields |= {name: set(re.findall(r"\"(\w+)\"", inner[1])) if inner else set() for name in names}
    return fields


@pytest.mark.parametrize("name", ["manifest.json", *MIRROR_FILES])
def test_the_page_lists_every_field(house: House, name: str) -> None:
    """Each document has the fields that the page has for it, at both depths, and no others."""
    found = document((house.backups / "golden" if name == "manifest.json" else house.mirror) / name)
    fields = promised(name)
    assert found.keys() == fields.keys()
    for field, inner in fields.items():
        values = found[field] if isinstance(found[field], list) else [found[field]]
        assert all(value.keys() == inner for value in values if inner)


def test_it_can_be_checked_by_the_page_alone(house: House) -> None:
    """Whoever has the derived keys and the page can check all three documents, and the database by its hash."""
    vault = vault_for(LIBRARY)
    for file, label in (
        (house.backups / "golden/manifest.json", "backup"),
        (house.mirror / "withdrawals.json", "mirror"),
        (house.mirror / "keys.json", "mirror"),
    ):
        found = document(file)
        mac = found.pop("mac")
        # Canonical JSON of such values: sorted keys, no blanks.
        spelt = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert hmac.digest(vault.derive(label), spelt, "sha256").hex() == mac
    manifest = document(house.backups / "golden/manifest.json")
    content = (house.backups / "golden/library.db").read_bytes()
    assert manifest["file"] == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert manifest["key_check"] == vault.derive("check").hex()
    assert content[18:20] == b"\1\1"
    copy = house.backups / "golden/library.db"
    for table, count in manifest["counts"].items():
        assert rows(copy, f"SELECT count(*) FROM {table}") == [(count,)]  # noqa: S608  (a name out of the manifest)
    assert rows(copy, "SELECT count(*) FROM keys WHERE kind = 'template'") == [(0,)]
    assert rows(copy, "SELECT digest FROM rest") == [(bytes(32),)]


def test_a_backup_of_version_1_restores(house: House) -> None:
    """R41: a backup that was made by the first version that makes any restores, and says what it always said."""
    desk, restoration = house.restore(house.backups / "golden")
    assert desk.problems() == []
    assert restoration.ended == {"p-bo": tuple(Purpose)}
    assert (restoration.ledger_size, restoration.checkpoint, restoration.agrees) == (8, 10, True)
    with desk.store.read(now=desk.now) as reading:
        ann, bo, cy = reading.people()
        assert (ann.name, ann.purposes, ann.has_template) == ("Ann Lee", tuple(Purpose), True)
        assert (bo.name, bo.state, bo.has_template) == ("Bo Berg", State.WITHDRAWN, False)
        assert (cy.name, cy.state) == ("Cy Dow", State.WITHDRAWN)
        (reference,) = reading.references()
        assert reference.template.values.tobytes() == template("p-ann").values.tobytes()
        (seen,) = reading.appearances_of("p-ann", Purpose.FIND_ME)
        assert (str(seen.photo), seen.box) == ("/photos/a.jpg", boxes(3)[1])
        assert [(copy.id, copy.shown) for copy in reading.publications()] == [("c-1", ("p-ann",))]
        kinds = [one.entry.kind for one in reading.ledger_findings() if one.entry is not None]
    assert kinds[-1] is EntryKind.RESTORED
    assert len(kinds) == 9
    sql(desk).close()


def test_a_library_of_format_1_is_backed_up_and_restored(tmp_path: Path) -> None:
    """R41: a library of the first format, opened, backed up and restored elsewhere, holds everything it held."""
    house = House(tmp_path)
    house.library.mkdir()
    (house.library / "library.db").write_bytes(lzma.decompress((GOLDEN / "library-1.db.xz").read_bytes()))
    with house.opened() as old:
        made = house.back_up(old)
        with old.store.read(now=old.now) as reading:
            people, photos, copies = reading.people(), list(reading.photos()), reading.publications()
            seen, findings = reading.appearances_of("p-ann", Purpose.FIND_ME), list(reading.ledger_findings())
    desk, _ = house.restore(made.folder)
    assert desk.problems() == []
    with desk.store.read(now=desk.now) as reading:
        assert reading.people() == people
        assert [person.id for person in people] == ["p-ann", "p-bo"]
        assert list(reading.photos()) == photos
        assert reading.publications() == copies
        assert reading.appearances_of("p-ann", Purpose.FIND_ME) == seen != ()
        assert list(reading.ledger_findings())[: made.ledger_size] == findings[: made.ledger_size]
        (reference,) = reading.references()
        assert reference.template.values.tobytes() == template("p-ann").values.tobytes()
    sql(desk).close()


def test_a_backup_of_an_older_format_is_upgraded(tmp_path: Path) -> None:
    """R41: a database of format 1 in a backup is brought to the newest format on its way, in memory."""
    house = House(tmp_path)
    folder = house.backups / "of-format-1"
    folder.mkdir(parents=True)
    file = folder / "library.db"
    file.write_bytes(lzma.decompress((GOLDEN / "library-1.db.xz").read_bytes()))
    (wrapped,) = rows(file, "SELECT wrapped FROM keys WHERE kind = 'template'")[0]
    _without_template_keys(file)
    _vouch(folder)
    house.mirror.mkdir(parents=True)
    _mirror(house, {"p-ann": wrapped.hex()})
    desk, restoration = house.restore(folder)
    assert desk.problems() == []
    assert restoration.dropped == ()
    assert desk.referenced() == ["p-ann"]
    sql(desk).close()


def _without_template_keys(file: Path) -> None:
    """Make of a library what a backup of it would have been, with nothing of ours but its keys."""
    vault = vault_for(LIBRARY)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON").close()
        connection.execute("PRAGMA journal_mode = DELETE").close()
        ((count, total),) = connection.execute("SELECT row_count, total FROM tallies WHERE name = 'keys'").fetchall()
        number = int.from_bytes(total, "big")
        for (seal,) in connection.execute("SELECT seal FROM keys WHERE kind = 'template'").fetchall():
            number -= int.from_bytes(hmac.digest(vault.derive("tallies"), seal, "sha256"), "big")
            count -= 1
        connection.execute("DELETE FROM keys WHERE kind = 'template'")
        connection.execute("UPDATE rest SET digest = zeroblob(32)")
        total = (number % 2**256).to_bytes(32, "big")
        spelt = b"".join(
            len(part).to_bytes(8, "big") + part if not mark else mark + len(part).to_bytes(8, "big") + part
            for mark, part in (
                (b"", b"tallies"),
                (b"", b"name"),
                (b"t", b"keys"),
                (b"", b"row_count"),
                (b"i", str(count).encode()),
                (b"", b"total"),
                (b"b", total),
            )
        )
        seal = hmac.digest(vault.derive("rows"), spelt, "sha256")
        connection.execute(
            "UPDATE tallies SET row_count = ?, total = ?, seal = ? WHERE name = 'keys'", (count, total, seal)
        )
        connection.execute("VACUUM")


def _vouch(folder: Path) -> None:
    """Write the manifest that a backup of format 1 would have had."""
    vault = vault_for(LIBRARY)
    file = folder / "library.db"
    content = file.read_bytes()
    ((size,),) = rows(file, "SELECT count(*) FROM ledger")
    said: dict[str, Any] = {
        "schema": "urn:countenance:backup:1",
        "library": LIBRARY,
        "format": 1,
        "roll": rows(file, "SELECT roll FROM standing")[0][0],
        "at": 1_777_887_000_000_000,
        "key_check": vault.derive("check").hex(),
        "ledger": {"root": "00" * 32, "size": size},
        "counts": dict(rows(file, "SELECT name, row_count FROM tallies")),
        "file": {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()},
    }
    _write(folder / "manifest.json", said, "backup")


def _mirror(house: House, keys: dict[str, str]) -> None:
    """Write a mirror."""
    said = {
        "schema": "urn:countenance:mirror-withdrawals:1",
        "library": LIBRARY,
        "format": 1,
        "roll": 99,
        "at": 0,
        "ledger": {"root": "00" * 32, "size": 999},
        "withdrawn": [],
        "forgotten": [],
    }
    _write(house.mirror / "withdrawals.json", said, "mirror")
    key_set = {"schema": "urn:countenance:mirror-keys:1", "library": LIBRARY, "roll": 99, "keys": keys}
    _write(house.mirror / "keys.json", key_set, "mirror")


def _write(file: Path, said: dict[str, Any], label: str) -> None:
    spelt = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    mac = hmac.digest(vault_for(LIBRARY).derive(label), spelt, "sha256").hex()
    file.write_text(json.dumps({**said, "mac": mac}, sort_keys=True, separators=(",", ":")), encoding="utf-8")


MALFORMED: dict[str, tuple[str, dict[str, object]]] = {
    "withdrawn is no list": ("withdrawals.json", {"withdrawn": {}, "forgotten": []}),
    "a field more": ("keys.json", {"more": 1}),
    "a withdrawal with a field more": (
        "withdrawals.json",
        {"withdrawn": [{"at": 1, "person": "p", "purpose": "find-me", "receipt": "r", "why": "x"}]},
    ),
    "a withdrawal with a field less": ("withdrawals.json", {"withdrawn": [{"at": 1, "person": "p"}]}),
    "a root that is no hexadecimal": ("withdrawals.json", {"ledger": {"root": "zz", "size": 1}}),
    "a size that is text": ("withdrawals.json", {"ledger": {"root": "00", "size": "1"}}),
    "a roll that is true": ("withdrawals.json", {"roll": True}),
    "another schema": ("withdrawals.json", {"schema": "urn:countenance:mirror-withdrawals:9"}),
    "another library": ("keys.json", {"library": "elsewhere"}),
    "keys that are a list": ("keys.json", {"keys": []}),
    "a key that is no text": ("keys.json", {"keys": {"p-ann": 7}}),
    "the files swapped": ("keys.json", {"schema": "urn:countenance:mirror-withdrawals:1"}),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_mirrors_are_refused_though_vouched_for(house: House, what: str) -> None:
    """R41: a mirror of another shape is refused in a sentence, even when the key's holder wrote it."""
    name, changes = MALFORMED[what]
    said = document(house.mirror / name)
    said.pop("mac")
    _write(house.mirror / name, {**said, **changes}, "mirror")
    with pytest.raises(BackupDamaged, match="the mirror in"):
        house.restore(house.backups / "golden")


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"null", b"7", b"{", b'{"mac":"00"}', b'{"mac":7}', b"\xff\xfe", b'{"mac":"00","mac":"00"}']
)
def test_what_is_no_document_is_refused(house: House, text: bytes) -> None:
    """R41: other JSON, and what is no JSON, is refused as manifest and as mirror, in a sentence."""
    for file in (house.mirror / "keys.json", house.backups / "golden/manifest.json"):
        whole = file.read_bytes()
        file.write_bytes(text)
        with pytest.raises(BackupDamaged):
            house.restore(house.backups / "golden")
        file.write_bytes(whole)


def test_a_store_opens_what_was_restored_without_a_mirror_too(house: House) -> None:
    """What restoring makes is a library like any other: opened by itself it has all it needs."""
    sql(house.restore(house.backups / "golden")[0]).close()
    alone: SqlStore = open_sql(house.root / "restored")
    assert Desk(alone).referenced() == ["p-ann"]
    alone.close()
