"""R28: a person is told each search about them, with a proof that strangers check; R27: all under a checkpoint."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from countenance.consent import State
from countenance.errors import LedgerBroken, PersonUnknown
from countenance.journeys.prove import Told
from countenance.journeys.proving import prove_told
from countenance.ledger import Actor, Entry, EntryKind, open_checkpoint, verify_against
from countenance.ports import PersonFinding, Unit
from countenance.stores._engine import FILE_NAME
from library_desk import make_sql
from small_house import STEWARD, House
from stranger import Checked, checked

ADA, BEN = 1, 2


def by_stranger(told: Told) -> list[Checked]:
    """Check every proof with nothing of ours."""
    return [checked(one.proof.to_text(), told.public_key) for one in told.proofs]


def test_each_search_is_told_with_a_proof(searched: House) -> None:
    """R28: who by role, when, purpose, reason, which photos, outcome; a stranger's code opens the proof to the same."""
    told = searched.library.told("Ada Moss")
    search, listed, own = told.searches
    finding = search.finding
    assert (finding.kind, finding.role, finding.at) == ("searched", "steward", searched.now)
    assert finding.facts["purpose"] == "be-found"
    assert (finding.facts["reason"], finding.facts["reason_class"]) == ("her <mother> asks", "request")
    assert finding.facts["outcome"] == "possible match"
    assert finding.facts["photos"] == [str(searched.folder / "photos" / name) for name in ("ada.png", "both.png")]
    assert (listed.finding.facts["reason"], listed.finding.facts["for_person"]) == ("the year book", False)
    assert own.finding.facts["for_person"] is True
    for one, shown in zip(told.proofs, by_stranger(told), strict=True):
        (says,) = shown.says()
        assert says == {
            "at": one.finding.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "facts": one.finding.facts,
            "kind": one.finding.kind,
            "role": one.finding.role,
        }


def test_all_proofs_are_under_one_checkpoint_of_all_that_was_done(searched: House) -> None:
    """R27, R28: the checkpoint has the answer's own entry as its last, and is the one that the library keeps."""
    told = searched.library.told("Ada Moss")
    shown = by_stranger(told)
    assert {(one.origin, one.size) for one in shown} == {(f"countenance/ledger/{told.library}/1", told.entry + 1)}
    assert {one.proof.checkpoint for one in told.proofs} == {told.checkpoint}
    assert shown[-1].place == told.entry
    assert len(searched.library.ledger_findings()) == told.entry + 1
    with searched.store.read(now=searched.now) as reading:
        assert reading.last_checkpoint() == told.checkpoint


def test_asking_is_an_entry_and_the_persons_own_act(searched: House) -> None:
    """R24, R28: the answer is in the ledger before it is given, told to the person, and apart from a whole export."""
    searched.pass_time(days=30)
    told = searched.library.told("Ada Moss")
    last = told.proofs[-1].finding
    assert (last.kind, dict(last.facts)) == ("exported", {"receipts": 0, "scope": "ledger"})
    (entry,) = searched.entries(EntryKind.EXPORTED)
    assert dict(entry.body) == {"person": told.person.id, "scope": "ledger"}
    assert told.person.last_act == searched.now
    searched.library.export("Ada Moss", searched.folder / "given")
    assert [one.body["scope"] for one in searched.entries(EntryKind.EXPORTED)] == ["ledger", "everything"]


def test_a_proof_opens_its_own_part_of_its_own_entry_alone(searched: House) -> None:
    """R28: the key in a proof, tried on every part of every entry in the ledger, opens one: the person's own."""
    searched.enrol_twin("Zoe Moss", ADA)
    searched.library.search(searched.photo("../probes/again.png", [ADA]), reason="who is it?")
    ada, zoe = searched.library.told("Ada Moss"), searched.library.told("Zoe Moss")
    proofs = by_stranger(ada) + by_stranger(zoe)
    for proof in proofs:
        opened = [(one.place, len(one.opened_by(proof.key))) for one in proofs if one.opened_by(proof.key)]
        assert set(opened) == {(proof.place, 1)}
    assert len({proof.key for proof in proofs}) == len(proofs)


def test_what_others_are_told_lies_sealed_in_a_proof(searched: House) -> None:
    """R28: both were found by one search; each proof has both parts and the controller's, and opens its own."""
    zoe = searched.enrol_twin("Zoe Moss", ADA)
    searched.library.search(searched.photo("../probes/again.png", [ADA]), reason="who is it?")
    ada_told, zoe_told = searched.library.told("Ada Moss"), searched.library.told("Zoe Moss")
    adas, zoes = (checked(told.searches[-1].proof.to_text(), told.public_key) for told in (ada_told, zoe_told))
    assert (adas.place, adas.parts) == (zoes.place, zoes.parts)
    assert len(adas.parts) == 3
    assert adas.key != zoes.key
    (ada_reads,), (zoe_reads,) = adas.says(), zoes.says()
    assert ada_reads["facts"]["photos"] != zoe_reads["facts"]["photos"]
    unsealed = b"".join(part for shown in by_stranger(ada_told) for part in shown.parts)
    names = [b"Zoe Moss", b"Ben Vale", zoe.person.encode(), STEWARD.account.encode(), b"bicycle"]
    read = repr([shown.says() for shown in by_stranger(ada_told)]).encode()
    assert [name for name in names if name in unsealed + read] == []
    assert b"who is it?" in read
    assert b"who is it?" not in unsealed


def test_searches_are_told_and_proved_after_a_withdrawal(searched: House) -> None:
    """R28: who has taken back everything still learns of each search while evidence is kept, and can prove it."""
    before = [one.finding for one in searched.library.told("Ada Moss").searches]
    searched.library.withdraw("Ada Moss")
    told = searched.library.told("Ada Moss")
    assert told.person.state is State.WITHDRAWN
    assert [one.finding for one in told.searches] == before
    assert all(shown.says() for shown in by_stranger(told))


def test_searches_are_told_and_proved_when_consent_has_run_out(searched: House) -> None:
    """R28: the end of a consent erases what was made of the face, and not what was done with it."""
    person = searched.library.told("Ada Moss").person
    searched.now = person.expires + timedelta(days=1)
    searched.library.sweep()
    told = searched.library.told("Ada Moss")
    assert told.person.state is State.EXPIRED
    assert [one.finding.kind for one in told.searches] == ["searched", "photos-listed", "photos-listed"]
    assert all(shown.says() for shown in by_stranger(told))


def test_who_waits_is_told_and_proved_too(searched: House) -> None:
    """R28: a consent that waits for a second steward is told with proofs like any other."""
    held = searched.enrol("Zoe Moss", ADA)
    told = searched.library.told(held.person)
    assert told.person.state is State.WAITING
    assert [shown.says()[0]["kind"] for shown in by_stranger(told)] == ["enrolled", "exported"]


def test_after_the_evidence_period_there_is_nothing_to_tell(searched: House) -> None:
    """R8, R28: nobody is known by that name; no key opens a part of theirs; the proof that was given still holds."""
    told = searched.library.told("Ada Moss")
    with searched.store.read(now=searched.now) as reading:
        searched.now = reading.evidence_ends(told.person.id) + timedelta(days=1)
    assert searched.library.sweep().forgotten == 2
    before = len(searched.library.ledger_findings())
    for named in ("Ada Moss", told.person.id):
        with pytest.raises(PersonUnknown):
            searched.library.told(named)
    assert len(searched.library.ledger_findings()) == before
    with searched.store.read(now=searched.now) as reading:
        assert [reading.part_key(one.finding.index, told.person.id) for one in told.proofs] == [None] * len(told.proofs)
    assert [len(shown.says()) for shown in by_stranger(told)] == [1] * len(told.proofs)


def test_what_was_given_remembers_the_whole_ledger(searched: House) -> None:
    """R26, R27: an earlier checkpoint is continued by what was done since, and contradicts a changed ledger."""
    earlier = searched.library.told("Ada Moss")
    searched.library.search(searched.photo("../probes/b2.png", [BEN]), reason="once more")
    later = searched.library.told("Ada Moss")
    remembered = [open_checkpoint(told.checkpoint, public_key=told.public_key) for told in (earlier, later)]
    assert remembered[0].size < remembered[1].size
    with searched.store.read(now=searched.now) as reading:
        rows = [sealed for _, sealed in reading.ledger_rows()]
    assert verify_against(rows, remembered).ok
    assert not verify_against([rows[1], rows[0], *rows[2:]], remembered[:1]).ok
    assert not verify_against(rows[: remembered[0].size - 1], remembered[:1]).ok


class Counting:
    """A unit of work that counts what it is asked for, and may answer with something else."""

    def __init__(self, unit: Unit, **answers: Callable[..., Any]) -> None:
        """Ask the unit, but for these methods."""
        self._unit, self._answers = unit, answers
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give the method of the unit, counted."""

        def ask(*arguments: Any) -> Any:  # noqa: ANN401  (any method's)
            self.asked.append((name, *arguments))
            return self._answers.get(name, getattr(self._unit, name))(*arguments)

        return ask


def test_proving_many_entries_takes_two_passes(house: House) -> None:
    """R9, R28: one look for changes, one for what is told, then for each entry itself, its key, hashes not had yet."""
    person = house.enrol("Ada Moss", ADA).person
    told = 150
    with house.store.write(now=house.now) as unit:
        for number in range(2 * told):
            concerned = {person: {"receipts": number}} if number % 2 else {}
            unit.record(Entry(EntryKind.EXPORTED, house.now, STEWARD, {"person": person}, concerned))
        counting = Counting(unit)
        _, proofs = prove_told(person, unit=counting, library=house.store.library)  # type: ignore[arg-type]  # a unit in all it is asked
        size = unit.ledger_edge().size
    asked = [name for name, *_ in counting.asked]
    nodes = [what for what in counting.asked if what[0] == "ledger_node"]
    assert len(proofs) == told + 1
    assert (asked.count("findings_about"), asked.count("checkpoint")) == (1, 1)
    assert (asked.count("ledger_row"), asked.count("part_key")) == (told + 1, told + 1)
    assert len(nodes) == len(set(nodes)) < 2 * size
    assert asked.count("ledger_rows") == 1
    assert max(len(one.proof.hashes) for one in proofs) <= size.bit_length()


def test_a_search_that_was_spoilt_on_the_disk_is_not_passed_over(tmp_path: Path, now: datetime) -> None:
    """R26, R28: one bit of the entry of a search, changed without a key: all are told it broke, and nobody less."""
    house = House(tmp_path, now)
    house.use(make_sql(tmp_path / "library"))
    house.enrol("Ada Moss", ADA)
    house.enrol("Ben Vale", BEN)
    place = house.library.search(house.photo("../probes/ada.png", [ADA]), reason="curious").entry
    house.library.search(house.photo("../probes/ben.png", [BEN]), reason="a bicycle of his")
    assert [one.finding.index for one in house.library.told("Ada Moss").searches] == [place]
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as file, file:
        (payload,) = file.execute("SELECT payload FROM ledger WHERE place = ?", (place,)).fetchone()
        spoilt = payload[:-1] + bytes([payload[-1] ^ 1])
        file.execute("UPDATE ledger SET payload = ? WHERE place = ?", (spoilt, place))
    for named in ("Ada Moss", "Ben Vale"):
        with pytest.raises(LedgerBroken, match="was changed"):
            house.library.told(named)
        with pytest.raises(LedgerBroken, match="was changed"):
            house.library.export(named, tmp_path / "export")
    assert not (tmp_path / "export").exists()


def _changed(finding: PersonFinding) -> PersonFinding:
    return PersonFinding(finding.index, finding.kind, finding.at, finding.role, {**finding.facts, "reason": "another"})


@pytest.mark.parametrize(
    ("what", "why"),
    [("ledger_node", "not in the ledger"), ("part_key", "sealed with this key"), ("findings_about", "something else")],
)
def test_nothing_is_given_that_a_stranger_would_not_accept(searched: House, what: str, why: str) -> None:
    """R26, R28: hashes, key or facts that do not fit the entry are a broken ledger, and no proof."""
    person = searched.library.receipts("Ada Moss")[0].id
    with searched.store.write(now=searched.now) as unit:

        def told(who: str) -> Iterator[PersonFinding]:
            return map(_changed, unit.findings_about(who))

        answers: dict[str, Callable[..., Any]] = {
            "ledger_node": lambda *_: bytes(32),
            "part_key": lambda *_: bytes(32),
            "findings_about": told,
        }
        lying = Counting(unit, **{what: answers[what]})
        with pytest.raises(LedgerBroken, match=why):
            prove_told(person, unit=lying, library=searched.store.library)  # type: ignore[arg-type]  # a unit in all it is asked
        unit.record(Entry(EntryKind.EXPORTED, searched.now, Actor("steward", "m.holt"), {}, {}))
