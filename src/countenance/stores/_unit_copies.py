"""Writing covered copies: pending, in place, forgotten."""

from collections.abc import Sequence

from sqlalchemy import select

from countenance.consent import Permit
from countenance.ports import Publication, PublicationState
from countenance.stores import _rules, _schema
from countenance.stores._spelling import publication_row
from countenance.stores._unit_base import BaseUnit


class CopiesUnit(BaseUnit):
    """Covered copies in one writing transaction."""

    def add_publication(self, publication: Publication, permits: Sequence[Permit]) -> None:
        """Keep a covered copy as pending, with the permits of those who are shown."""
        same = select(_schema.publications.c.id).where(_schema.publications.c.id == publication.id)
        _rules.check_publication(publication, permits, known=self._connection.execute(same).scalars().all())
        for permit in permits:
            if str(permit.purpose) not in self._live.purposes(permit.person):
                raise _rules.refused(permit, self.consents(permit.person), self._now)
        number = self._next(_schema.publications.c.number)
        self._rows.insert(_schema.publications, {**publication_row(publication), "number": number})
        for permit in permits:
            self._live.add_shown(self._rows, publication.id, permit.person)
        self._changed = True

    def publication_permits_live(self, publication: str) -> bool:
        """Tell whether a copy is still pending, and everybody shown in it has a live consent for being shown."""
        return self._is_pending(publication) and self._live.everybody_shown(publication)

    def place_publication(self, publication: str) -> None:
        """Keep that the covered copy is in its place; an earlier copy at the same target is forgotten."""
        target = self._pending(publication)
        if not self._live.everybody_shown(publication):
            raise _rules.withdrawn_meanwhile()
        copies = _schema.publications.c
        earlier = select(copies.id).where(copies.target == target, copies.state != str(PublicationState.PENDING))
        self._erasing.publications(self._connection.execute(earlier).scalars().all())
        self._rows.update(_schema.publications, copies.id == publication, {"state": str(PublicationState.PLACED)})
        self._changed = True

    def drop_publication(self, publication: str) -> None:
        """Forget a pending copy that was not placed; one that another process forgot already is no error."""
        if not self._is_pending(publication):
            return
        self._erasing.publications([publication])
        self._changed = True

    def _pending(self, publication: str) -> bytes:
        target = self._pending_target(publication)
        if target is None:
            raise _rules.not_pending(publication)
        return target

    def _is_pending(self, publication: str) -> bool:
        return self._pending_target(publication) is not None

    def _pending_target(self, publication: str) -> bytes | None:
        copies = _schema.publications.c
        statement = select(copies.target).where(copies.id == publication, copies.state == str(PublicationState.PENDING))
        target: bytes | None = self._connection.execute(statement).scalar_one_or_none()
        return target
