"""Work by hand in the small house: people without face data, tags, and who is where in a photo."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from countenance.consent import Purpose
from countenance.faces import Box
from countenance.journeys.decide import Decided, Word
from countenance.journeys.enrol import Enrolment, EnrolmentForm
from countenance.journeys.publish import Copy, Order
from countenance.ledger import JSON, Entry, EntryKind
from countenance.ports import Decision, Look, Verdict
from countenance.seals import sha256_hex
from small_house import ALL, PATCH, STEWARD, House


def face(place: int, *, side: int = PATCH) -> Box:
    """Give the box of the face at a place, from the left, in a photo that the house has drawn."""
    return Box(20 + place * (side + 20), 30, side, side)


def without_face(house: House, name: str, purposes: Sequence[Purpose] = ALL) -> Enrolment:
    """Take somebody up of whose face nothing is kept."""
    return house.library.enrol(EnrolmentForm(name, (), house.release(name), tuple(purposes)))


def say(house: House, verdict: Verdict, photo: str, named: str, box: Box | None = None) -> Decided:
    """Say something about a person and a photo of the house."""
    return house.library.decide(Word(house.folder / "photos" / photo, named, verdict, box))


def tag(house: House, photo: str, named: str, box: Box) -> Decided:
    """Tag somebody."""
    return say(house, Verdict.TAGGED, photo, named, box)


def places(house: House, named: str) -> dict[str, Box]:
    """Give the photos that a person is in, on the person's own behalf, with the box."""
    return {one.photo.name: one.box for one in house.library.photos(named, reason=None).appearances}


def index(house: House, *, again: bool = False) -> None:
    """Index the photos of the house."""
    assert not house.library.index([house.folder / "photos"], again=again).failed


def decisions(house: House, photo: str) -> tuple[Decision, ...]:
    """Give what humans decided about a photo of the house."""
    with house.store.read(now=house.now) as reading:
        return reading.decisions(sha256_hex((house.folder / "photos" / photo).read_bytes()))


def keep_word(house: House, photo: str, person: str, box: Box) -> None:
    """Keep a tag as it stands, whatever faces are known: as another detector's faces, or a clock, may have left it."""
    fingerprint = sha256_hex((house.folder / "photos" / photo).read_bytes())
    body: dict[str, JSON] = {"person": person, "verdict": "tagged", "photo_sha256": fingerprint}
    with house.store.write(now=house.now) as unit:
        unit.keep_decision(Decision(fingerprint, person, Verdict.TAGGED, box, house.now))
        unit.record(Entry(kind=EntryKind.DECIDED, at=house.now, actor=STEWARD, body=body, concerns={}))


def publish(house: House, photo: str, *, reviewed_by: str = "") -> Copy:
    """Publish one photo of the house."""
    result = house.library.publish(
        [house.folder / "photos" / photo], house.folder / "out", Order(reviewed_by=reviewed_by)
    )
    assert not result.failed, result.failed
    return result.copies[0]


def visible(house: House, path: Path) -> list[Box]:
    """Give the faces that can be seen in a file, from the left."""
    pixels = np.asarray(Image.open(path).convert("RGB"))
    return sorted(found.box for found in house.vision.detect(pixels, Look.PUBLISHING))
