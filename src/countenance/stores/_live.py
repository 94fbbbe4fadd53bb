"""The wall: the one way to references, crops, appearances, human decisions and the people of publications.

Every statement here asks, within itself, for a permission that has begun, has not ended, was not withdrawn and waits
for nothing. So a withdrawal that was committed between a permit and its use always wins. A lint (tools/lint_sql.py)
keeps those tables out of every other module, but for the few that erase, verify and create them.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select

from countenance.consent import Hold, Purpose
from countenance.ports import KeyKind
from countenance.stores._rows import PAGE_ROWS, Rows, Values
from countenance.stores._rules import APPEARANCE_PURPOSES, PLACING_VERDICTS
from countenance.stores._schema import (
    appearances,
    boxes,
    crops,
    decisions,
    keys,
    permissions,
    photos,
    publication_people,
    publications,
    receipts,
    refs,
)


class Live:
    """The live rows of one transaction at one moment (microseconds, UTC)."""

    def __init__(self, connection: Connection, at: int) -> None:
        self._connection = connection
        self._at = at

    def references(self) -> Iterator[Values]:
        """Give person, model, sealed template, wrapped template key, and whether a guardian signed for the person."""
        wrapped = and_(keys.c.kind == str(KeyKind.TEMPLATE), keys.c.subject == refs.c.person)
        statement = (
            select(refs.c.person, refs.c.model, refs.c.template, keys.c.wrapped, self._child().label("child"))
            .select_from(refs.join(keys, wrapped, isouter=True))
            .where(self._template_allowed(refs.c.person))
            .order_by(refs.c.number)
        )
        # A page at a time: a million references would fill the memory twice.
        with self._connection.execute(statement, execution_options={"yield_per": PAGE_ROWS}) as result:
            yield from result.mappings()

    def _child(self) -> ColumnElement[bool]:
        """Say of a reference that a guardian signed the receipt given last, or one that has not ended."""
        newest = (
            select(receipts.c.id)
            .where(receipts.c.person == refs.c.person)
            .order_by(receipts.c.given.desc(), receipts.c.number.desc())
            .limit(1)
            .correlate(refs)
            .scalar_subquery()
        )
        lasting = and_(permissions.c.expires > self._at, permissions.c.withdrawn_at.is_(None))
        return exists().where(
            permissions.c.person == refs.c.person,
            permissions.c.child == 1,
            or_(permissions.c.receipt == newest, lasting),
        )

    def with_reference(self) -> frozenset[str]:
        """Give the ids of everybody who has a reference."""
        return frozenset(
            self._connection.execute(
                select(refs.c.person).distinct().where(self._template_allowed(refs.c.person))
            ).scalars()
        )

    def embedded_otherwise(self, model: str) -> tuple[str, ...]:
        """Give the ids of everybody who has a reference, but none of a model, by the number of the first."""
        other = refs.alias()
        of_it = exists().where(other.c.person == refs.c.person, other.c.model == model)
        statement = (
            select(refs.c.person)
            .where(self._template_allowed(refs.c.person), ~of_it)
            .group_by(refs.c.person)
            .order_by(func.min(refs.c.number))
        )
        return tuple(self._connection.execute(statement).scalars())

    def has_reference(self, person: str) -> bool:
        """Tell whether a person has a reference."""
        kept = exists().where(refs.c.person == person)
        return bool(self._connection.execute(select(and_(kept, self._template_allowed(person)))).scalar_one())

    def add_reference(self, rows: Rows, values: Values) -> int | None:
        """Keep a reference, and give its number; None if the person has no live consent for a template."""
        number = self._next(refs.c.number)
        kept = rows.insert_if(refs, {**values, "number": number}, self._template_allowed(values["person"]))
        return number if kept else None

    def add_crop(self, rows: Rows, values: Values) -> bool:
        """Keep an enrolment crop; False if the person has no live consent for a template."""
        return rows.insert_if(crops, values, self._template_allowed(values["person"]))

    def crops(self, person: str) -> list[Values]:
        """Give a person's sealed enrolment crops, if a live consent allows a template; by reference and place."""
        statement = (
            select(crops.c.reference, crops.c.place, crops.c.image)
            .where(crops.c.person == person, self._template_allowed(crops.c.person))
            .order_by(crops.c.reference, crops.c.place)
        )
        return list(self._connection.execute(statement).mappings())

    def appearances(self, person: str, purpose: Purpose) -> Iterator[Values]:
        """Give path, box and last verdict (or none) of each photo that a person is in, if that purpose is live."""
        decided = and_(decisions.c.fingerprint == photos.c.fingerprint, decisions.c.person == appearances.c.person)
        statement = (
            select(photos.c.path, boxes.c.x, boxes.c.y, boxes.c.w, boxes.c.h, decisions.c.verdict)
            .select_from(appearances)
            .join(boxes, and_(boxes.c.photo == appearances.c.photo, boxes.c.place == appearances.c.place))
            .join(photos, photos.c.id == appearances.c.photo)
            .outerjoin(decisions, decided)
            .where(appearances.c.person == person, self._allowed(appearances.c.person, purpose))
        )
        yield from self._connection.execute(statement).mappings().all()

    def people_in(self, photo: int) -> dict[int, str]:
        """Give who is at which box of a photo, of those who may be found in any way."""
        statement = (
            select(appearances.c.place, appearances.c.person)
            .where(appearances.c.photo == photo, self._allowed(appearances.c.person, *APPEARANCE_PURPOSES))
            .order_by(appearances.c.place)
        )
        return dict(self._connection.execute(statement).all())

    def may_appear(self, photo: int, person: str, purpose: Purpose) -> bool:
        """Tell whether a person may be kept in a photo: the purpose is live, and a reference or a human says so."""
        return bool(self._connection.execute(select(self._may_appear(photo, person, purpose))).scalar_one())

    def add_appearance(self, rows: Rows, values: Values, purpose: Purpose) -> bool:
        """Keep that a person is in a photo; False if the person may not be kept there."""
        return rows.insert_if(appearances, values, self._may_appear(values["photo"], values["person"], purpose))

    def decisions(self, fingerprint: str) -> list[Values]:
        """Give what humans decided about a photo with this content, for people with any live consent; by person."""
        statement = (
            select(decisions)
            .where(decisions.c.fingerprint == fingerprint, self._allowed(decisions.c.person, *Purpose))
            .order_by(decisions.c.person)
        )
        return list(self._connection.execute(statement).mappings())

    def decisions_about(self, person: str) -> list[Values]:
        """Give what humans decided about a person with any live consent; by content hash."""
        statement = (
            select(decisions)
            .where(decisions.c.person == person, self._allowed(decisions.c.person, *Purpose))
            .order_by(decisions.c.fingerprint)
        )
        return list(self._connection.execute(statement).mappings())

    def add_decision(self, rows: Rows, values: Values) -> bool:
        """Keep what a human decided; False if the person has no live consent."""
        return rows.insert_if(decisions, values, self._allowed(values["person"], *Purpose))

    def add_shown(self, rows: Rows, publication: str, person: str) -> bool:
        """Keep that a copy shows a person; False if being shown is not live."""
        values = {"publication": publication, "person": person}
        return rows.insert_if(publication_people, values, self._allowed(person, Purpose.BE_SHOWN))

    def shown(self) -> dict[str, tuple[str, ...]]:
        """Give for each copy the people whom it shows and who may be shown now."""
        statement = (
            select(publication_people.c.publication, publication_people.c.person)
            .where(self._allowed(publication_people.c.person, Purpose.BE_SHOWN))
            .order_by(publication_people.c.publication, publication_people.c.person)
        )
        found: dict[str, list[str]] = {}
        for publication, person in self._connection.execute(statement):
            found.setdefault(publication, []).append(person)
        return {publication: tuple(people) for publication, people in found.items()}

    def everybody_shown(self, publication: str) -> bool:
        """Tell whether there is such a copy and everybody in it may be shown now."""
        known = select(publications.c.id).where(publications.c.id == publication)
        in_it = and_(
            publication_people.c.publication == publication,
            ~self._allowed(publication_people.c.person, Purpose.BE_SHOWN),
        )
        statement = select(and_(known.exists(), ~exists().where(in_it)))
        return bool(self._connection.execute(statement).scalar_one())

    def purposes(self, person: str) -> frozenset[str]:
        """Give the purposes that are live for a person."""
        statement = select(permissions.c.purpose).where(
            permissions.c.person == person, *self._now(), permissions.c.held.is_(None)
        )
        return frozenset(self._connection.execute(statement).scalars())

    def template_allowed(self, person: str) -> bool:
        """Tell whether a live consent of a person allows a template."""
        return bool(self._connection.execute(select(self._template_allowed(person))).scalar_one())

    def _may_appear(self, photo: int, person: str, purpose: Purpose) -> ColumnElement[bool]:
        if purpose not in APPEARANCE_PURPOSES:
            return false()
        enrolled = and_(exists().where(refs.c.person == person), self._template_allowed(person))
        placed = exists().where(
            photos.c.id == photo,
            decisions.c.fingerprint == photos.c.fingerprint,
            decisions.c.person == person,
            decisions.c.verdict.in_(map(str, PLACING_VERDICTS)),
        )
        return and_(self._allowed(person, purpose), or_(enrolled, placed))

    def _allowed(self, person: ColumnElement[str] | str, *purposes: Purpose) -> ColumnElement[bool]:
        """Say that any of these purposes is live."""
        return exists().where(
            permissions.c.person == person,
            permissions.c.purpose.in_(map(str, purposes)),
            *self._now(),
            permissions.c.held.is_(None),
        )

    def _template_allowed(self, person: ColumnElement[str] | str) -> ColumnElement[bool]:
        """Say that a permission for a template is live; of what may hold it, only a doubtful face forbids one."""
        return exists().where(
            permissions.c.person == person,
            permissions.c.with_template == 1,
            *self._now(),
            or_(permissions.c.held.is_(None), permissions.c.held != str(Hold.FACE)),
        )

    def _now(self) -> tuple[ColumnElement[bool], ...]:
        return (
            permissions.c.given <= self._at,
            permissions.c.expires > self._at,
            permissions.c.withdrawn_at.is_(None),
        )

    def _next(self, column: ColumnElement[int]) -> int:
        return int(self._connection.execute(select(func.coalesce(func.max(column), 0) + 1)).scalar_one())
