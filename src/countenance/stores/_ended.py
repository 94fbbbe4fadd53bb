"""Whose time is up: what is kept of people that no consent allows any more, and whose evidence period has ended.

It goes round the live-receipt view on purpose: what has ended is not live. It gives ids, moments, yes or no.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, literal, or_, select, true, union

from countenance.consent import Hold, Purpose
from countenance.ports import KeyKind, PolicyVersion, PublicationState
from countenance.stores._lasting import Lasting, evidence_days
from countenance.stores._rules import APPEARANCE_PURPOSES
from countenance.stores._schema import (
    appearances,
    crops,
    decisions,
    keys,
    people,
    permissions,
    publication_people,
    publications,
    refs,
)
from countenance.stores._spelling import moment_number, moment_of

# What is asked of so many people at a time; SQLite takes 32,766 values in a statement.
PEOPLE_AT_ONCE = 5000


class Ended:
    """What has ended at one moment (microseconds, UTC), in one transaction."""

    def __init__(self, connection: Connection, at: int) -> None:
        self._connection = connection
        self._at = at

    def lasting(self, person: str) -> Lasting:
        """Tell what may stay of a person: that for which a permission has not ended and does not wait.

        A permission that has not begun, because a clock was set back, has not ended either.
        """
        statement = select(permissions.c.purpose, permissions.c.with_template, permissions.c.held).where(
            permissions.c.person == person, permissions.c.expires > self._at, permissions.c.withdrawn_at.is_(None)
        )
        staying = self._connection.execute(statement).all()
        free = {purpose for purpose, _, held in staying if held is None}
        return Lasting(
            template=any(with_template and held != str(Hold.FACE) for _, with_template, held in staying),
            appearances=not free.isdisjoint(map(str, APPEARANCE_PURPOSES)),
            shown=str(Purpose.BE_SHOWN) in free,
            decisions=bool(free),
        )

    def unfounded(self) -> tuple[str, ...]:
        """Give those of whom something is kept that nothing allows any more, in the order of enrolment.

        Only time brings that about, because a withdrawal erases in its own transaction: so only those are looked at
        with a permission that has expired, which an index gives.
        """
        expired = select(permissions.c.person).where(
            permissions.c.expires <= self._at, permissions.c.withdrawn_at.is_(None)
        )
        person = people.c.id
        placed = _in_copy(person, PublicationState.PLACED)
        template_key = exists().where(keys.c.kind == str(KeyKind.TEMPLATE), keys.c.subject == person)
        statement = (
            select(people.c.id)
            .where(
                person.in_(expired),
                or_(
                    and_(or_(_kept(refs, person), _kept(crops, person)), ~self._stays(person, template=True)),
                    and_(_kept(appearances, person), ~self._stays(person, APPEARANCE_PURPOSES)),
                    and_(_kept(decisions, person), ~self._stays(person, Purpose)),
                    and_(placed, ~self._stays(person, [Purpose.BE_SHOWN])),
                    and_(template_key, ~self._stays(person, template=True)),
                ),
            )
            .order_by(people.c.number)
        )
        return tuple(self._connection.execute(statement).scalars())

    def forgotten(self, policies: Sequence[PolicyVersion]) -> tuple[str, ...]:
        """Give those whose evidence period has ended, in the order of enrolment; nobody whom a pending copy shows."""
        shortest = min(version.policy.evidence_days for version in policies)
        before = moment_number(moment_of(self._at) - timedelta(days=shortest))
        # Each side is a range of an index; whoever has nothing that ended so long ago is not looked at.
        long_ended = union(
            select(permissions.c.person).where(permissions.c.expires <= before),
            select(permissions.c.person).where(permissions.c.withdrawn_at <= before),
        ).subquery()
        statement = (
            select(people.c.id)
            .join(long_ended, long_ended.c.person == people.c.id)
            .where(~_in_copy(people.c.id, PublicationState.PENDING))
            .order_by(people.c.number)
        )
        candidates = self._connection.execute(statement).scalars().all()
        now = moment_of(self._at)
        ends = self._evidence_ends(candidates, policies)
        return tuple(person for person in candidates if ends[person] <= now)

    def has_reference(self, person: str) -> bool:
        """Tell whether a person has a reference, live or not."""
        return bool(self._connection.execute(select(_kept(refs, literal(person)))).scalar_one())

    def shown_in_pending(self, person: str) -> bool:
        """Tell whether a pending copy shows a person: without the name it could be placed."""
        return bool(self._connection.execute(select(_in_copy(literal(person), PublicationState.PENDING))).scalar_one())

    def evidence_end(self, person: str, policies: Sequence[PolicyVersion]) -> datetime:
        """Give the moment from which nothing of a person may be kept."""
        return self._evidence_ends([person], policies)[person]

    def _evidence_ends(self, wanted: Sequence[str], policies: Sequence[PolicyVersion]) -> dict[str, datetime]:
        # Withdrawing what has expired already makes nothing last longer.
        end = func.min(permissions.c.expires, func.coalesce(permissions.c.withdrawn_at, permissions.c.expires))
        given: dict[str, set[int]] = defaultdict(set)
        ended: dict[str, int] = {}
        for start in range(0, len(wanted), PEOPLE_AT_ONCE):
            some = wanted[start : start + PEOPLE_AT_ONCE]
            statement = select(permissions.c.person, permissions.c.given, end).where(permissions.c.person.in_(some))
            for person, began, over in self._connection.execute(statement):
                given[person].add(began)
                ended[person] = max(ended.get(person, over), over)
        return {
            person: moment_of(ended[person]) + timedelta(days=evidence_days(map(moment_of, given[person]), policies))
            for person in wanted
        }

    def _stays(
        self, person: ColumnElement[str], purposes: Iterable[Purpose] = (), *, template: bool = False
    ) -> ColumnElement[bool]:
        """Say that a permission has not ended: a free one for one of these purposes, or one that allows a template."""
        staying = permissions.alias()
        what: ColumnElement[bool] = true()
        if template:
            what = and_(staying.c.with_template == 1, or_(staying.c.held.is_(None), staying.c.held != str(Hold.FACE)))
        elif wanted := list(map(str, purposes)):
            what = and_(staying.c.held.is_(None), staying.c.purpose.in_(wanted))
        return exists().where(
            staying.c.person == person, staying.c.expires > self._at, staying.c.withdrawn_at.is_(None), what
        )


def _kept(table: Table, person: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(table.c.person == person)


def _in_copy(person: ColumnElement[str], state: PublicationState) -> ColumnElement[bool]:
    return exists().where(
        publication_people.c.person == person,
        publications.c.id == publication_people.c.publication,
        publications.c.state == str(state),
    )
