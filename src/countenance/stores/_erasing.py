"""Taking away: what was made of a face, what was seen in a photo, copies that are no more.

It goes round the live-receipt view on purpose: what must go belongs, as a rule, to people whose consent has ended.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, and_, select

from countenance.ports import KeyKind, PublicationState
from countenance.stores._rows import Rows
from countenance.stores._schema import appearances, boxes, crops, keys, publication_people, publications, refs
from countenance.stores._spelling import path_of


class Erasing:
    """The erasures of one transaction. The bytes are overwritten in the pages at once, and in all files by `wipe`."""

    def __init__(self, connection: Connection, rows: Rows) -> None:
        self._connection = connection
        self._rows = rows

    def references(self, person: str) -> int:
        """Take away a person's references, enrolment crops and template key; gives how many references."""
        self._rows.delete(crops, crops.c.person == person)
        erased = self._rows.delete(refs, refs.c.person == person)
        self._rows.delete(keys, and_(keys.c.kind == str(KeyKind.TEMPLATE), keys.c.subject == person))
        return erased

    def appearances(self, person: str) -> int:
        """Take away where a person is; gives in how many photos. The boxes stay: a gap would betray who has left."""
        return self._rows.delete(appearances, appearances.c.person == person)

    def matches(self, photo: int) -> int:
        """Take away who was found in a photo."""
        return self._rows.delete(appearances, appearances.c.photo == photo)

    def boxes(self, photo: int) -> None:
        """Take away the boxes of a photo, and who was found in them."""
        self.matches(photo)
        self._rows.delete(boxes, boxes.c.photo == photo)

    def make_stale(self, person: str) -> tuple[Path, ...]:
        """Mark the placed copies that show a person as stale, and give where they are."""
        shows = select(publication_people.c.publication).where(publication_people.c.person == person)
        placed = and_(publications.c.id.in_(shows), publications.c.state != str(PublicationState.PENDING))
        statement = select(publications.c.target).where(placed).order_by(publications.c.number)
        targets = [path_of(target) for target in self._connection.execute(statement).scalars()]
        self._rows.update(
            publications,
            and_(placed, publications.c.state == str(PublicationState.PLACED)),
            {"state": str(PublicationState.STALE)},
        )
        return tuple(targets)

    def publications(self, ids: Sequence[str]) -> None:
        """Forget copies."""
        for publication in ids:
            self._rows.delete(publication_people, publication_people.c.publication == publication)
            self._rows.delete(publications, publications.c.id == publication)
