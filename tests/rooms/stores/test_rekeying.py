"""R22: a library under another master key is the same library, and the old key opens nothing of it."""

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.consent import Purpose
from countenance.errors import KeyWrong, LibraryBusy, SealBroken, StoreBroken
from countenance.keys import MasterVault
from countenance.ledger import Entry, EntryKind
from countenance.ports import KeyKind, Vault
from countenance.stores import Kept, SqlStore, _rekeying
from library_desk import LIBRARY, MASTER_KEY, Desk, entry, make_sql, open_sql, photo, vault_for

Statement = Callable[..., list[tuple[object, ...]]]
Behind = Callable[[Path], Statement]

NEW_KEY = bytes(range(100, 132))
PIECE_BYTES = 16


def under(key: bytes) -> Callable[[str], MasterVault]:
    """Give a way to make the vault of a master key."""
    return lambda library: MasterVault(key, library)


def rekeyed(kept: Kept) -> Entry:
    """Write the entry of a change of key."""
    return entry(EntryKind.REKEYED, keys=kept.keys, rows=kept.rows)


def rekey(store: SqlStore, key: bytes = NEW_KEY) -> tuple[Kept, int]:
    """Put a library under another key."""
    desk = Desk(store)
    return store.rekey(lambda: MasterVault(key, store.library), now=desk.now, entry=rekeyed)


def everything(store: SqlStore) -> dict[str, object]:
    """Give what can be read of a library: what is found by, shown, proved, and told."""
    desk = Desk(store)
    with store.read(now=desk.now) as reading:
        people = reading.people()
        return {
            "templates": [
                (one.person, one.template.model, one.template.values.tobytes()) for one in reading.references()
            ],
            "crops": {person.id: reading.enrolment_crops(person.id) for person in people},
            "people": people,
            "receipts": [receipt.jws for person in people for receipt in reading.receipts(person.id)],
            "photos": list(reading.photos()),
            "found": {person.id: reading.appearances_of(person.id, Purpose.FIND_ME) for person in people},
            "copies": reading.publications(),
            "told": {person.id: list(reading.findings_about(person.id)) for person in people},
            "ledger": list(reading.ledger_rows())[:10],
            "digest": reading.keyed_digest(b"a probe"),
            "public key": reading.public_key(),
            "policy": reading.policy(),
            "thresholds": reading.calibrations(),
        }


def test_nothing_changes_but_the_key(lived_in: Path) -> None:
    """R22: templates are the same to the last bit, so is all else that can be read; it verifies, open and closed."""
    store = open_sql(lived_in)
    before = everything(store)
    kept, place = rekey(store)
    assert everything(store) == before
    assert Desk(store).problems() == []
    store.close()
    again = SqlStore.open(lived_in, vault_for=under(NEW_KEY))
    assert everything(again) == before
    assert Desk(again).problems() == []
    with again.read(now=Desk(again).now) as reading:
        found = next(one.entry for one in reading.ledger_findings(place))
    assert found is not None
    assert found.body == {"keys": kept.keys, "rows": kept.rows}
    again.close()


def test_a_library_under_a_new_key_goes_on(lived_in: Path) -> None:
    """R22: people enrol, are found and withdraw under the new key as before, and it verifies."""
    store = open_sql(lived_in)
    rekey(store)
    desk = Desk(store)
    desk.enrol("p-new")
    desk.index("/photos/new.jpg", 3, {1: desk.permit("p-new")})
    desk.withdraw("p-ann")
    assert store.wipe()
    assert "p-new" in desk.referenced()
    assert "p-ann" not in desk.referenced()
    assert desk.appearances("p-new") == ["/photos/new.jpg"]
    store.close()
    again = Desk(SqlStore.open(lived_in, vault_for=under(NEW_KEY)))
    assert again.problems() == []
    again.store.close()


def test_the_old_key_opens_nothing(lived_in: Path, behind: Behind) -> None:
    """R22: with the old master key and the new file nothing opens: not the library, and not one wrapped key in it."""
    store = open_sql(lived_in)
    rekey(store)
    store.close()
    with pytest.raises(KeyWrong):
        open_sql(lived_in)
    old, new = MasterVault(MASTER_KEY, LIBRARY), MasterVault(NEW_KEY, LIBRARY)
    held = behind(lived_in)("SELECT kind, subject, wrapped FROM keys")
    assert len(held) > 10
    for kind, subject, wrapped in held:
        assert isinstance(wrapped, bytes)
        assert len(new.unwrap(wrapped, kind=KeyKind(str(kind)), subject=str(subject))) == 32
        with pytest.raises(SealBroken):
            old.unwrap(wrapped, kind=KeyKind(str(kind)), subject=str(subject))


def test_no_piece_of_an_old_wrapped_key_is_left(lived_in: Path, behind: Behind) -> None:
    """R22: after wiping a byte scan of every file finds nothing that the old key could unwrap, open and closed."""
    needles = [wrapped for (wrapped,) in behind(lived_in)("SELECT wrapped FROM keys")]
    needles += [seal for (seal,) in behind(lived_in)("SELECT seal FROM refs UNION ALL SELECT seal FROM library")]
    store = open_sql(lived_in)
    rekey(store)
    assert store.wipe()
    scanned = 0
    for closed in (False, True):
        if closed:
            store.close()
        content = b"".join(path.read_bytes() for path in sorted(lived_in.iterdir()))
        scanned += len(content)
        for needle in needles:
            assert isinstance(needle, bytes)
            pieces = [needle[start : start + PIECE_BYTES] for start in range(0, len(needle) - PIECE_BYTES, 8)]
            assert not any(piece in content for piece in pieces)
    assert scanned > 200_000


def test_wiping_is_due_until_it_is_done(lived_in: Path, behind: Behind) -> None:
    """R22: killed between the change and the wiping, the next opening wipes what the old key could open."""
    store = open_sql(lived_in)
    rekey(store)
    store._engine.dispose()  # as a kill leaves it: not wiped, not closed
    assert behind(lived_in)("SELECT wipe_due FROM standing") == [(1,)]
    again = SqlStore.open(lived_in, vault_for=under(NEW_KEY))
    assert behind(lived_in)("SELECT wipe_due FROM standing") == [(0,)]
    assert Desk(again).problems() == []
    again.close()


def test_twice_in_a_row_and_back(lived_in: Path) -> None:
    """R22: keys may be changed again and again, also back to one that was had before."""
    store = open_sql(lived_in)
    before = everything(store)
    for key in (NEW_KEY, bytes([9]) * 32, MASTER_KEY):
        rekey(store, key)
        assert everything(store) == before
        assert Desk(store).problems() == []
    store.close()
    open_sql(lived_in).close()


def test_an_empty_library_has_its_key_changed_too(folder: Path) -> None:
    """R22: a library without people is no exception."""
    store = open_sql(folder)
    rekey(store)
    assert Desk(store).problems() == []
    store.close()


def test_digests_stay_comparable(lived_in: Path) -> None:
    """R22: the digest of a probe is the same after the change, so that earlier searches by it can still be told."""
    store = open_sql(lived_in)
    with store.read(now=Desk(store).now) as reading:
        before = reading.keyed_digest(b"a probe")
    for key in (NEW_KEY, bytes([9]) * 32):
        rekey(store, key)
        with store.read(now=Desk(store).now) as reading:
            assert reading.keyed_digest(b"a probe") == before
            assert reading.keyed_digest(b"another") != before
    store.close()


def test_whoever_has_it_open_is_told_and_writes_nothing(lived_in: Path, behind: Behind) -> None:
    """R22: a process that opened the library before reads and writes nothing under the old key; no row is spoilt."""
    early, late = open_sql(lived_in), open_sql(lived_in)
    early_desk = Desk(early)
    early_desk.enrol("p-new")  # so that it has something to do when it closes
    rekey(late)
    rows = behind(lived_in)("SELECT count(*) FROM ledger")
    for deed in (
        early_desk.referenced,
        lambda: early_desk.enrol("p-newer"),
        lambda: early_desk.withdraw("p-ann"),
        lambda: rekey(early, bytes([9]) * 32),
    ):
        with pytest.raises(KeyWrong, match="changed by another process") as caught:
            deed()
        assert "open it again" in caught.value.remedy
    assert not all(one.ok for one in early.verify(now=early_desk.now))
    early.close()
    assert behind(lived_in)("SELECT count(*) FROM ledger") == rows
    assert Desk(late).problems() == []
    late.close()


def test_a_change_within_another_units_way_waits(lived_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R22: while a unit is open the key is not changed under it: the change waits, and says that it is busy."""
    monkeypatch.setattr("countenance.stores._rules.BUSY_SECONDS", 0.05)
    early, late = open_sql(lived_in), open_sql(lived_in)
    desk = Desk(early)
    with desk.recorded(), pytest.raises(LibraryBusy, match="another process"):
        rekey(late)
    assert desk.problems() == []
    early.close()
    late.close()


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE refs SET template = zeroblob(284) WHERE person = 'p-ann'",
        "UPDATE keys SET wrapped = zeroblob(60) WHERE kind = 'template' AND subject = 'p-ann'",
        "UPDATE permissions SET expires = expires + 1 WHERE person = 'p-ann'",
        "UPDATE boxes SET x = x + 1 WHERE photo = 1",
        "DELETE FROM appearances WHERE person = 'p-ann'",
        "UPDATE tallies SET row_count = row_count - 1 WHERE name = 'photos'",
        "UPDATE standing SET roll = roll + 1",
    ],
)
def test_a_library_that_does_not_verify_is_left_alone(lived_in: Path, behind: Behind, harm: str) -> None:
    """R22: sealing anew would mend what was changed behind the library's back, so it is refused and nothing changes."""
    behind(lived_in)(harm)
    before = behind(lived_in)("SELECT kind, subject, wrapped, seal FROM keys")
    store = open_sql(lived_in)
    with pytest.raises((StoreBroken, SealBroken)) as caught:
        rekey(store)
    assert caught.value.remedy
    assert Desk(store).problems() != []
    store.close()
    assert behind(lived_in)("SELECT kind, subject, wrapped, seal FROM keys") == before
    open_sql(lived_in).close()


def test_the_same_key_again_is_refused(lived_in: Path) -> None:
    """R22: a change to the key that it has would leave a thief with a key that opens."""
    store = open_sql(lived_in)
    with pytest.raises(KeyWrong, match="is the old one"):
        rekey(store, MASTER_KEY)
    with pytest.raises(KeyWrong):
        store.rekey(lambda: MasterVault(NEW_KEY, "another"), now=Desk(store).now, entry=rekeyed)
    assert Desk(store).problems() == []
    store.close()


def test_a_key_that_cannot_be_made_changes_nothing(lived_in: Path) -> None:
    """R40: an error while the key is made, or while its entry is written, leaves the library under the old one."""

    def full() -> Vault:
        raise OSError(28, "No space left on device")

    def wordless(_: Kept) -> Entry:
        raise RuntimeError("no entry")

    store = open_sql(lived_in)
    before = everything(store)
    with pytest.raises(OSError, match="No space"):
        store.rekey(full, now=Desk(store).now, entry=rekeyed)
    with pytest.raises(RuntimeError):
        store.rekey(lambda: MasterVault(NEW_KEY, LIBRARY), now=Desk(store).now, entry=wordless)
    assert everything(store) == before
    assert Desk(store).problems() == []
    store.close()


def test_pages_of_rows_are_all_gone_over(lived_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R22: wherever a page ends, in tables of one key column or several, no row is left out or done twice."""
    keys = [MASTER_KEY, *(bytes([number]) * 32 for number in range(1, 5))]
    for rows, old, new in zip((1, 2, 3, 7), keys, keys[1:], strict=False):
        monkeypatch.setattr(_rekeying, "PAGE_ROWS", rows)
        store = SqlStore.open(lived_in, vault_for=under(old))
        rekey(store, new)
        assert Desk(store).problems() == []
        store.close()


def test_memory_stays_flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R22: a table ten times as long takes no more memory."""
    monkeypatch.setattr(_rekeying, "PAGE_ROWS", 200)
    store = make_sql(tmp_path / "library")
    desk = Desk(store)
    desk.enrol("p-ann")
    rekey(store, bytes([7]) * 32)  # what is loaded once is loaded
    peaks: list[int] = []
    for run, photos in enumerate((100, 1000)):
        with desk.recorded() as unit:
            for number in range(photos):
                unit.keep_photo(photo(f"/photos/{run}-{number}.jpg", 4))
        tracemalloc.start()
        rekey(store, bytes([run + 1]) * 32)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    store.close()
    assert peaks[1] < 1.5 * peaks[0]


def test_the_wrapped_digest_key_is_sealed_like_any_other(lived_in: Path, behind: Behind) -> None:
    """R20: the key of digests that is kept at the first change opens for this library alone, and verify knows it."""
    store = open_sql(lived_in)
    rekey(store)
    store.close()
    assert behind(lived_in)("SELECT count(*) FROM keys WHERE kind = 'digest'") == [(1,)]
    behind(lived_in)("UPDATE keys SET wrapped = ? WHERE kind = 'digest'", os.urandom(60))
    again = SqlStore.open(lived_in, vault_for=under(NEW_KEY))
    assert any(problem.startswith(("keys", "rows")) for problem in Desk(again).problems())
    again.close()


def test_a_library_of_ours_is_never_under_two_keys(lived_in: Path) -> None:
    """R22: whoever opens it meanwhile sees it under the one key or under the other, never a part of each."""
    store = open_sql(lived_in)
    seen: list[str] = []

    def looked(kept: Kept) -> Entry:
        # From inside the change: another process opens the library as it still is.
        other = open_sql(lived_in)
        seen.extend(Desk(other).referenced())
        other.close()
        return rekeyed(kept)

    store.rekey(lambda: MasterVault(NEW_KEY, LIBRARY), now=Desk(store).now, entry=looked)
    assert seen == ["p-ann", "p-bo"]
    assert vault_for(LIBRARY).derive("check") != under(NEW_KEY)(LIBRARY).derive("check")
    store.close()
