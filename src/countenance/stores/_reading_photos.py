"""Reading photos: what is known of each file, its boxes, who is in it, and what humans decided about it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, select

from countenance.consent import Purpose
from countenance.faces import Box
from countenance.ports import Appearance, Decision, KnownPhoto, PhotoRecord, PhotoState
from countenance.stores import _rules, _schema
from countenance.stores._reading_base import BaseReading
from countenance.stores._rows import Values
from countenance.stores._spelling import basis_of, box_of, decision_of, path_bytes, path_of, photo_of, understood

# Rows fetched at once: iterators stay valid while the same transaction writes.
PAGE_ROWS = 500


class PhotosReading(BaseReading):
    """Photos at one moment."""

    def photo(self, path: Path) -> PhotoRecord | None:
        """Give what is known of a file by its absolute path."""
        row = self._photo_row(_schema.photos.c.path == path_bytes(path))
        return None if row is None else photo_of(row)

    def photos(self) -> Iterator[PhotoRecord]:
        """Give all photos in the order in which they were first seen."""
        after = 0
        while page := self._photo_page(_schema.photos.c.id > after, PAGE_ROWS):
            yield from page
            after = page[-1].id

    def photos_of(self, fingerprint: str) -> tuple[PhotoRecord, ...]:
        """Give the done photos with this content hash, by id: copies of one file."""
        same = and_(_schema.photos.c.fingerprint == fingerprint, _schema.photos.c.state == str(PhotoState.DONE))
        return tuple(self._photo_page(same, None))

    def photos_behind(self, *, seen_with: str, limit: int, after: int = 0) -> tuple[KnownPhoto, ...]:
        """Give up to `limit` done photos with an id above `after`, matched before the last enrolment, by id."""
        page = self._photo_page(and_(_schema.photos.c.id > after, self._behind(seen_with)), limit)
        return tuple(
            KnownPhoto(photo.id, photo.path, photo.fingerprint, tuple(map(box_of, self._box_rows(photo.id))))
            for photo in page
        )

    def photos_behind_count(self, *, seen_with: str) -> int:
        """Count the photos that `photos_behind` would give in all."""
        statement = select(func.count()).select_from(_schema.photos).where(self._behind(seen_with))
        return int(self._connection.execute(statement).scalar_one())

    def appearances_of(self, person: str, purpose: Purpose) -> tuple[Appearance, ...]:
        """Give where a person is, if the person's consent for this purpose is live; by path."""
        with understood():
            return _rules.by_path(
                Appearance(person, path_of(row["path"]), box_of(row), basis_of(row["verdict"]))
                for row in self._live.appearances(person, purpose)
            )

    def appearances_in(self, photo: Path) -> Mapping[int, str]:
        """Give who is kept at which box of a photo, for people with any live appearance purpose."""
        row = self._photo_row(_schema.photos.c.path == path_bytes(photo))
        return {} if row is None else self._live.people_in(row["id"])

    def boxes_of(self, photo: Path) -> tuple[Box, ...]:
        """Give the boxes of a photo in order; empty for one that is not indexed."""
        row = self._photo_row(_schema.photos.c.path == path_bytes(photo))
        if row is None:
            return ()
        with understood():
            return tuple(map(box_of, self._box_rows(row["id"])))

    def decisions(self, fingerprint: str) -> tuple[Decision, ...]:
        """Give what humans decided about a photo with this content hash, for people with any live consent."""
        return tuple(map(decision_of, self._live.decisions(fingerprint)))

    def decisions_about(self, person: str) -> tuple[Decision, ...]:
        """Give what humans decided about a person with any live consent."""
        return tuple(map(decision_of, self._live.decisions_about(person)))

    def _photo_row(self, where: ColumnElement[bool]) -> Values | None:
        return self._connection.execute(select(_schema.photos).where(where)).mappings().one_or_none()

    def _photo_page(self, where: ColumnElement[bool], limit: int | None) -> list[PhotoRecord]:
        statement = select(_schema.photos).where(where).order_by(_schema.photos.c.id).limit(limit)
        return [photo_of(row) for row in self._connection.execute(statement).mappings().all()]

    def _box_rows(self, photo: int) -> list[Values]:
        statement = select(_schema.boxes).where(_schema.boxes.c.photo == photo).order_by(_schema.boxes.c.place)
        return list(self._connection.execute(statement).mappings())

    def _behind(self, seen_with: str) -> ColumnElement[bool]:
        enrolled = select(_schema.standing.c.enrolled_roll).scalar_subquery()
        return and_(
            _schema.photos.c.state == str(PhotoState.DONE),
            _schema.photos.c.seen_with == seen_with,
            _schema.photos.c.roll < enrolled,
        )
