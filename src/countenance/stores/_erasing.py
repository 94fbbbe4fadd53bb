"""Taking away: what was made of a face, what was seen in a photo, copies that are no more, evidence at its end.

It goes round the live-receipt view on purpose: what must go belongs, as a rule, to people whose consent has ended.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, and_, exists, select

from countenance.ports import KeyKind, PublicationState
from countenance.stores._keyring import PERSON_KEYS
from countenance.stores._rows import Rows
from countenance.stores._rules import PLACING_VERDICTS
from countenance.stores._schema import (
    appearances,
    boxes,
    crops,
    decisions,
    keys,
    links,
    people,
    permissions,
    photos,
    publication_people,
    publications,
    receipts,
    refs,
    releases,
)
from countenance.stores._spelling import path_of


class Erasing:
    """The erasures of one transaction. The bytes are overwritten in the pages at once, and in all files by `wipe`."""

    def __init__(self, connection: Connection, rows: Rows) -> None:
        self._connection = connection
        self._rows = rows

    def references(self, person: str) -> int:
        """Take away a person's references and enrolment crops; gives how many references."""
        self._rows.delete(crops, crops.c.person == person)
        return self._rows.delete(refs, refs.c.person == person)

    def key(self, kind: KeyKind, person: str) -> int:
        """Take away a person's key; 0 if there is none."""
        return self._rows.delete(keys, and_(keys.c.kind == str(kind), keys.c.subject == person))

    def appearances(self, person: str) -> int:
        """Take away where a person is; gives in how many photos. The boxes stay: a gap would betray who has left."""
        return self._rows.delete(appearances, appearances.c.person == person)

    def matches_of(self, person: str) -> int:
        """Take away where a person is but for the photos into which a human put the person; gives in how many."""
        placed = exists().where(
            photos.c.id == appearances.c.photo,
            decisions.c.fingerprint == photos.c.fingerprint,
            decisions.c.person == appearances.c.person,
            decisions.c.verdict.in_(map(str, PLACING_VERDICTS)),
        )
        return self._rows.delete(appearances, and_(appearances.c.person == person, ~placed))

    def decisions(self, person: str) -> int:
        """Take away what humans decided about a person."""
        return self._rows.delete(decisions, decisions.c.person == person)

    def decision(self, fingerprint: str, person: str) -> int:
        """Take away what a human decided about a person and a photo."""
        return self._rows.delete(decisions, and_(decisions.c.fingerprint == fingerprint, decisions.c.person == person))

    def matches(self, photo: int) -> int:
        """Take away who was found in a photo."""
        return self._rows.delete(appearances, appearances.c.photo == photo)

    def appearance(self, photo: int, person: str) -> int:
        """Take away that a person is in a photo."""
        return self._rows.delete(appearances, and_(appearances.c.photo == photo, appearances.c.person == person))

    def at_box(self, photo: int, place: int) -> int:
        """Take away who is at a box."""
        return self._rows.delete(appearances, and_(appearances.c.photo == photo, appearances.c.place == place))

    def boxes(self, photo: int) -> None:
        """Take away the boxes of a photo, and who was found in them."""
        self.matches(photo)
        self._rows.delete(boxes, boxes.c.photo == photo)

    def make_stale(self, person: str) -> int:
        """Mark the copies in place that show a person as stale; gives how many were not so before."""
        shows = select(publication_people.c.publication).where(publication_people.c.person == person)
        placed = and_(publications.c.id.in_(shows), publications.c.state == str(PublicationState.PLACED))
        return self._rows.update(publications, placed, {"state": str(PublicationState.STALE)})

    def stale(self, person: str) -> tuple[Path, ...]:
        """Give where the stale copies that show a person are."""
        shows = select(publication_people.c.publication).where(publication_people.c.person == person)
        statement = (
            select(publications.c.target)
            .where(publications.c.id.in_(shows), publications.c.state == str(PublicationState.STALE))
            .order_by(publications.c.number)
        )
        return tuple(path_of(target) for target in self._connection.execute(statement).scalars())

    def evidence(self, person: str) -> None:
        """Take away all that is left of a person; of the signed form, its hash stays, so that it is used once."""
        self._rows.delete(publication_people, publication_people.c.person == person)
        self._rows.delete(links, links.c.person == person)
        self._rows.update(releases, releases.c.person == person, {"person": None, "content": None})
        self._rows.delete(permissions, permissions.c.person == person)
        self._rows.delete(receipts, receipts.c.person == person)
        for kind in PERSON_KEYS:
            self.key(kind, person)
        self._rows.delete(people, people.c.id == person)

    def links(self, person: str) -> None:
        """Take away a person's private link."""
        self._rows.delete(links, links.c.person == person)

    def publications(self, ids: Sequence[str]) -> None:
        """Forget copies."""
        for publication in ids:
            self._rows.delete(publication_people, publication_people.c.publication == publication)
            self._rows.delete(publications, publications.c.id == publication)
