"""Restoring: a backup's database becomes a library's in memory, where nobody reads it before the mirror was heeded.

It goes round the live-receipt view on purpose: what is in an old copy belongs, in part, to people who have withdrawn.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, select

from countenance.consent import Purpose
from countenance.errors import BackupDamaged, CountenanceError, LedgerBroken, SealBroken, StoreBroken
from countenance.ledger import Checkpoint, library_and_branch
from countenance.ports import KeyKind, PhotoState, PublicationState, Vault
from countenance.seals import unseal
from countenance.stores import _resting, _schema
from countenance.stores._continuing import branch_after, was_put_back
from countenance.stores._copying import row_count, rows_in
from countenance.stores._engine import READING, WRITING, transaction, translated
from countenance.stores._founding import bring_up_to_date
from countenance.stores._images import driver_of, image_from, in_memory, with_log
from countenance.stores._keyring import PERSON_KEYS
from countenance.stores._manifest import Manifest
from countenance.stores._mirror import Mirrored
from countenance.stores._mirroring import Overdue, overdue
from countenance.stores._outside import Outside
from countenance.stores._reading_base import ONLY
from countenance.stores._restoration import EntryFor, Extent, Restoration, agrees, known_size
from countenance.stores._rows import RowKeys, Rows
from countenance.stores._schema import crops, permissions, publication_people, publications, refs
from countenance.stores._spelling import bound, moment_of, purpose_of
from countenance.stores._unit import SqlUnit
from countenance.stores._verifying import verified_in


class RestoringUnit(SqlUnit):
    """The one transaction in which an older state of a library is brought to what is known since."""

    def brought_in_line(self, said: Mirrored | None, remembered: Checkpoint | None) -> Restoration | None:
        """Heed the mirror of a library whose file is older than what it says; None if there is nothing to heed."""
        late = Overdue() if said is None else overdue(self._connection, said)
        # Without a checkpoint outside there is nothing to tell by whether more was put back than consents.
        put_back = bool(late) if remembered is None else self._is_put_back(remembered)
        if not late and not put_back:
            return None
        restoration = replace(
            Restoration(**self.extent(), made=self.now),
            checkpoint=known_size(said, remembered),
            agrees=agrees(self, said, remembered),
        )
        ended = self.heed(late)
        if put_back:
            self.begin_branch(remembered)
        self.rise_above(said.roll if said is not None else 0)
        forgotten = tuple(sorted(late.forgotten))
        return replace(restoration, ended=ended, forgotten=forgotten, branch=self.branch())

    def extent(self) -> Extent:
        """Tell how much there is."""
        done = _schema.photos.c.state == str(PhotoState.DONE)
        return {
            "library": self._keyring.library,
            "people": row_count(self._connection, _schema.people),
            "photos": row_count(self._connection, _schema.photos, done),
            "ledger_size": self.ledger_edge().size,
        }

    def heed(self, late: Overdue) -> Mapping[str, tuple[Purpose, ...]]:
        """End what was withdrawn, and forget who was forgotten; gives the purposes that were ended, by person."""
        ended: dict[str, set[Purpose]] = defaultdict(set)
        for one in late.withdrawn:
            same = and_(
                permissions.c.receipt == one.receipt,
                permissions.c.purpose == one.purpose,
                permissions.c.withdrawn_at.is_(None),
            )
            for person in self._connection.execute(select(permissions.c.person).where(same)).scalars().all():
                ended[person].add(purpose_of(one.purpose))
            self._rows.update(permissions, same, {"withdrawn_at": one.at})
        for person in ended:
            self._receipts.pop(person, None)
            self._erase_unfounded(person)
        for person, at in late.forgotten.items():
            self._bury(person, at)
            ended.pop(person, None)
        if late:
            self._raise_roll(enrolled=False)
        return {person: tuple(sorted(purposes, key=list(Purpose).index)) for person, purposes in sorted(ended.items())}

    def bring_back_keys(self, key_set: Mapping[str, bytes]) -> tuple[str, ...]:
        """Put back the template keys that a consent still allows, and take away what no key opens; gives of whom."""
        dropped: list[str] = []
        for person in self._everybody():
            if not self._ended.lasting(person).template:
                self._erase_unfounded(person)
                continue
            wrapped = key_set.get(person)
            if wrapped is not None and self._opens(person, wrapped):
                values = {"kind": str(KeyKind.TEMPLATE), "subject": person, "wrapped": wrapped}
                self._rows.insert(_schema.keys, values)
                self._changed = True
            elif self._erasing.references(person):
                self._erasing.matches_of(person)
                self._raise_roll(enrolled=False)
                dropped.append(person)
        return tuple(dropped)

    def sweep_what_is_due(self) -> tuple[str, ...]:
        """Erase what expired meanwhile, and forget whose evidence has ended; gives who was forgotten."""
        due = self.due()
        for person in due.unfounded:
            self.sweep(person)
        for person in due.forgotten:
            self.forget(person)
        return due.forgotten

    def branch(self) -> int:
        """Give the number of the branch that the ledger is on."""
        return library_and_branch(self.ledger_origin())[1]

    def begin_branch(self, remembered: Checkpoint | None) -> None:
        """Let the ledger go on under a name under which nothing was signed yet."""
        self._stand(branch=branch_after(self.branch(), remembered))
        self._changed = True

    def rise_above(self, roll: int) -> None:
        """Let the roll be one that this library never had, on either side."""
        self._stand(roll=max(self.roll(), roll) + 1)
        self._changed = True

    def _is_put_back(self, remembered: Checkpoint) -> bool:
        try:
            edge, origin = self._vouched_edge(), self.ledger_origin()
            return was_put_back(remembered, origin=origin, edge=edge, node=self._vouched_node)
        except (LedgerBroken, StoreBroken):
            return False  # what is damaged is for verify to tell, and is not signed for

    def _everybody(self) -> list[str]:
        return list(self._connection.execute(select(_schema.people.c.id).order_by(_schema.people.c.number)).scalars())

    def _opens(self, person: str, wrapped: bytes) -> bool:
        """Tell whether a wrapped key opens all that is kept of a face."""
        library = self._keyring.library
        try:
            key = self._keyring.unwrapped(wrapped, KeyKind.TEMPLATE, person)
            for model, template in self._connection.execute(
                select(refs.c.model, refs.c.template).where(refs.c.person == person)
            ):
                unseal(key, template, bound_to=bound(library, person, "template", model))
            for reference, place, image in self._connection.execute(
                select(crops.c.reference, crops.c.place, crops.c.image).where(crops.c.person == person)
            ):
                unseal(key, image, bound_to=bound(library, person, "crop", str(reference), str(place)))
        except SealBroken:
            return False
        return True

    def _bury(self, person: str, at: int) -> None:
        """Forget somebody who was forgotten already, whatever an older state says of their consent."""
        if self._person_row(person) is not None:
            live = and_(permissions.c.person == person, permissions.c.withdrawn_at.is_(None))
            self._rows.update(permissions, live, {"withdrawn_at": at})
            self._erase_unfounded(person)
            shown = select(publication_people.c.publication).where(publication_people.c.person == person)
            pending = and_(publications.c.id.in_(shown), publications.c.state == str(PublicationState.PENDING))
            self._erasing.publications(
                self._connection.execute(select(publications.c.id).where(pending)).scalars().all()
            )
            self._erasing.evidence(person)
            self._receipts.pop(person, None)
            for kind in PERSON_KEYS:
                self._keyring.forget(kind, person)
        self._rows.insert(_schema.tombstones, {"person": person, "ended_at": at})
        self._changed = True


def restored(
    image: bytes,
    said: Mirrored | None,
    outside: Outside,
    *,
    vault: Vault,
    row_keys: RowKeys,
    manifest: Manifest,
    now: datetime,
    entry_for: EntryFor,
) -> tuple[bytes, Restoration]:
    """Give the database of a library out of a backup's, and what became of it on the way; nothing is written to a disk.

    Raises:
        BackupDamaged: it does not hold what it should, or what comes of it does not verify.
    """
    with in_memory(image) as engine:
        try:
            _compare_counts(engine, manifest.counts)
            with transaction(engine, WRITING) as connection:
                bring_up_to_date(connection, vault, row_keys)
            with transaction(engine, WRITING) as connection:
                unit = RestoringUnit(connection, vault, row_keys, now)
                remembered = outside.remembered_of(unit)
                restoration = _brought_to_today(unit, connection, said, remembered, moment_of(manifest.at))
                restoration = replace(restoration, entry=unit.record(entry_for(restoration)))
                unit.checkpoint()
                unit.finish()
            _write_anew(engine, row_keys)
        except CountenanceError as problem:
            raise _does_not_restore(problem.what) from problem
        with transaction(engine, WRITING) as connection:
            _resting.keep_digest(connection, key=vault.derive(_resting.REST_LABEL), as_file=with_log)
        wrong = [one for one in verified_in(engine, vault, row_keys, now) if not one.ok]
        if wrong:
            raise _does_not_restore("; ".join(f"{one.name}: {one.detail}" for one in wrong))
        return with_log(image_from(engine)), restoration


def _brought_to_today(
    unit: RestoringUnit,
    connection: Connection,
    said: Mirrored | None,
    remembered: Checkpoint | None,
    made: datetime,
) -> Restoration:
    restoration = Restoration(**unit.extent(), made=made)
    if said is not None:
        late = overdue(connection, said)
        restoration = replace(
            restoration,
            checkpoint=known_size(said, remembered),
            agrees=agrees(unit, said, remembered),
            older=said.roll < unit.roll(),
            ended=unit.heed(late),
            forgotten=tuple(sorted(late.forgotten)),
        )
    dropped = unit.bring_back_keys(said.keys if said is not None else {})
    unit.sweep_what_is_due()
    unit.rise_above(said.roll if said is not None else 0)
    unit.begin_branch(remembered)
    return replace(restoration, dropped=dropped, branch=unit.branch())


def _write_anew(engine: Engine, row_keys: RowKeys) -> None:
    """Leave nothing of what was dropped in unused parts of pages, and nothing to be wiped."""
    with transaction(engine, WRITING) as connection:
        rows = Rows(connection, row_keys)
        rows.update(_schema.standing, _schema.standing.c.place == ONLY, {"wipe_due": 0})
        rows.settle()
    with translated(), engine.connect() as connection:
        driver_of(connection).execute("VACUUM").close()


def _compare_counts(engine: Engine, counts: Mapping[str, int]) -> None:
    """See that each table has as many rows as the library had at that moment."""
    with transaction(engine, READING) as connection:
        for name, count in counts.items():
            if rows_in(connection, name) != count:
                raise _does_not_restore(f"there should be {count} rows in {name}")


def _does_not_restore(why: str) -> BackupDamaged:
    return BackupDamaged(
        f"the backup does not restore: {why}",
        remedy="make or restore another one; `countenance verify` says whether the library itself is whole",
    )
