"""Writing photos: what was seen in them, who is in them, and what humans decided about that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countenance.consent import Permit
from countenance.errors import StoreBroken
from countenance.faces import Box
from countenance.ports import Decision, PhotoState, SeenPhoto
from countenance.stores import _rules, _schema
from countenance.stores._spelling import box_row, decision_row, path_bytes, photo_row
from countenance.stores._unit_base import BaseUnit


class PhotosUnit(BaseUnit):
    """Photos in one writing transaction."""

    def keep_photo(self, photo: SeenPhoto) -> int:
        """Keep a photo with its boxes and appearances in place of what was known; give the appearances kept."""
        _rules.check_photo(photo)
        number = self._keep(photo_row(photo))
        self._rows.insert(
            _schema.boxes,
            *({"photo": number, "place": place, **box_row(box)} for place, box in enumerate(photo.boxes)),
        )
        return self._keep_appearances(number, photo.matched)

    def keep_failure(self, path: Path, *, fingerprint: str, size_bytes: int, modified_ns: int, why: str) -> None:
        """Keep that a file could not be read."""
        _rules.check_path(path)
        failed = SeenPhoto(path, fingerprint, size_bytes, modified_ns, "", 0, (), {})
        self._keep({**photo_row(failed), "state": str(PhotoState.FAILED), "why": _rules.plain_text(why)})

    def keep_missing(self, path: Path) -> None:
        """Keep that a known file is gone."""
        row = self._photo_row(_schema.photos.c.path == path_bytes(path))
        if row is not None:
            self._keep(
                {
                    **{name: value for name, value in row.items() if name not in {"id", "seal"}},
                    "state": str(PhotoState.MISSING),
                    "why": "",
                    "seen_with": "",
                    "roll": 0,
                }
            )

    def keep_matches(self, photo: int, *, fingerprint: str, roll: int, matched: Mapping[int, Permit]) -> int:
        """Match the known boxes of a photo anew; give the appearances kept."""
        row = self._photo_row(_schema.photos.c.id == photo)
        if row is None or row["state"] != str(PhotoState.DONE) or row["fingerprint"] != fingerprint:
            return 0
        _rules.check_matched(matched, boxes=len(self._box_rows(photo)))
        self._rows.update(_schema.photos, _schema.photos.c.id == photo, {"roll": roll})
        self._erasing.matches(photo)
        return self._keep_appearances(photo, matched)

    def add_box(self, photo: int, box: Box) -> int:
        """Add a box that a human drew to a done photo, and give its place."""
        row = self._photo_row(_schema.photos.c.id == photo)
        if row is None or row["state"] != str(PhotoState.DONE):
            raise _rules.not_done(photo)
        place = len(self._box_rows(photo))
        self._rows.insert(_schema.boxes, {"photo": photo, "place": place, **box_row(box)})
        self._changed = True
        return place

    def keep_appearance(self, photo: int, place: int, permit: Permit) -> bool:
        """Keep that a person is at a box, in place of what was kept of the person in this photo and of the box."""
        _rules.check_place(place, boxes=len(self._box_rows(photo)))
        if not self._live.may_appear(photo, permit.person, permit.purpose):
            return False
        self._erasing.appearance(photo, permit.person)
        self._erasing.at_box(photo, place)
        return bool(self._keep_appearances(photo, {place: permit}))

    def drop_appearance(self, photo: int, person: str) -> bool:
        """Take away that a person is in a photo; False if nothing said so."""
        dropped = bool(self._erasing.appearance(photo, person))
        self._changed = self._changed or dropped
        return dropped

    def keep_decision(self, decision: Decision) -> None:
        """Keep a human's word, in place of an earlier one about the same person and photo."""
        _rules.check_decision(decision)
        if not self._live.purposes(decision.person):
            raise _rules.undecidable(self.consents(decision.person), self._now) or _contradicted(decision.person)
        self._erasing.decision(decision.fingerprint, decision.person)
        self._live.add_decision(self._rows, decision_row(decision))
        self._changed = True

    def _keep(self, values: dict[str, Any]) -> int:
        """Keep a photo's row, without boxes; give its id, which stays the same for the same path."""
        row = self._photo_row(_schema.photos.c.path == values["path"])
        if row is None:
            number = self._next(_schema.photos.c.id)
            self._rows.insert(_schema.photos, {**values, "id": number})
        else:
            number = row["id"]
            self._erasing.boxes(number)
            self._rows.update(_schema.photos, _schema.photos.c.id == number, values)
        self._changed = True
        return number

    def _keep_appearances(self, photo: int, matched: Mapping[int, Permit]) -> int:
        kept = [
            self._live.add_appearance(
                self._rows, {"photo": photo, "place": place, "person": permit.person}, permit.purpose
            )
            for place, permit in matched.items()
        ]
        self._changed = True
        return sum(kept)


def _contradicted(person: str) -> StoreBroken:
    return StoreBroken(
        f"the permissions of {person} say something else than the receipts", remedy="restore the library from a backup"
    )
