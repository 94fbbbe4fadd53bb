"""Labelled people as they are measured: looked at once, under pseudonyms, with what each photo can be used for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from countenance.errors import PhotoProblem
from countenance.faces import Face, Quality, Template, Unfit, good_face
from countenance.measures._blending import Cut, cut_out
from countenance.measures._choosing import Chosen, chosen, main_face
from countenance.measures._evaluation import GOOD, PhotoCounts
from countenance.measures._labelled import Labelled, LabelledPerson, LabelledPhoto
from countenance.measures._plan import Plan, Protocol
from countenance.measures._wearing import WORN, worn
from countenance.photos import open_photo
from countenance.ports import Pixels, Vision
from countenance.seals import sha256_hex


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference photo: its outcome, and if it is good its quality and template."""

    outcome: str
    quality: Quality | None = None
    template: Template | None = None


@dataclass(slots=True, eq=False)
class Measured:
    """A person under a pseudonym. By a photo's place: its own face if it was opened and one was found, and references.

    `worn` is the worn copy of the first reference photo. `cut` is one of the faces, for blending.
    """

    id: str
    person: LabelledPerson
    chosen: Chosen
    faces: dict[int, Face | None] = field(default_factory=dict)
    references: dict[int, Reference] = field(default_factory=dict)
    worn: Reference | None = None
    cut: Cut | None = None

    def reference_of(self, protocol: Protocol, *, without: int | None = None) -> tuple[Reference, ...]:
        """Give the references of a protocol; `without` the photo that is searched with."""
        places = self.chosen.references
        if protocol is Protocol.SEVERAL and self.chosen.in_turn and places:
            places = tuple(place for place in self.references if place != without)
        elif protocol is not Protocol.SEVERAL:
            places = places[:1]
        references = tuple(self.references[place] for place in places if place in self.references)
        return (*references, self.worn) if protocol is Protocol.WITH_WORN and self.worn else references


@dataclass(frozen=True, slots=True, eq=False)
class Looking:
    """Look at every labelled photo once; `step` is called with each."""

    vision: Vision
    plan: Plan
    step: Callable[[Path, bool], None]

    def look(self, labelled: Labelled) -> tuple[tuple[Measured, ...], PhotoCounts]:
        """Give the people in the order of their pseudonyms, and what became of their photos."""
        people = tuple(
            Measured(f"p{place:03}", person, chosen(person, self.plan.references))
            for place, person in enumerate(sorted(labelled.people, key=self._order), start=1)
        )
        opened = unreadable = faceless = crowded = 0
        for one in people:
            for place, photo in enumerate(one.person.photos):
                found = self._look_at(one, place, photo)
                self.step(photo.path, found is None)
                opened, unreadable = opened + (found is not None), unreadable + (found is None)
                faceless, crowded = faceless + (found == 0), crowded + ((found or 0) > 1)
        counts = PhotoCounts(opened, unreadable, labelled.unlabelled, labelled.duplicates, faceless, crowded)
        return people, counts

    def _order(self, person: LabelledPerson) -> tuple[str, str]:
        """Order people by their photos' bytes: who knows the names alone learns nothing from the pseudonyms."""
        content = "".join(sorted(photo.fingerprint for photo in person.photos))
        return sha256_hex(f"{self.plan.seed}/{content}".encode()), person.name

    def _look_at(self, one: Measured, place: int, photo: LabelledPhoto) -> int | None:
        """Look at a photo, and give the number of its faces; None if it cannot be opened."""
        several_in_turn = Protocol.SEVERAL in self.plan.protocols and one.chosen.in_turn and one.chosen.references
        is_reference = place in one.chosen.references or bool(several_in_turn)
        try:
            opened = open_photo(photo.path)
        except PhotoProblem:
            if is_reference:
                one.references[place] = Reference("unreadable")
            return None
        pixels = opened.pixels
        faces = self.vision.detect(pixels)
        face = main_face(faces, opened.width, opened.height)
        one.faces[place] = face
        if is_reference:
            one.references[place] = self._reference(pixels, faces)
        if face and one.cut is None:
            one.cut = cut_out(pixels, face)
        if face and Protocol.WITH_WORN in self.plan.protocols and place == next(iter(one.chosen.references), None):
            seed = f"{self.plan.seed}/{photo.fingerprint}/reference"
            copy, _ = worn(pixels, face.box, WORN, face_px=self.plan.worn_reference_px, seed=seed)
            one.worn = self._reference(copy, self.vision.detect(copy))
        return len(faces)

    def _reference(self, pixels: Pixels, faces: tuple[Face, ...]) -> Reference:
        """Make a reference as enrolment would, or say why it would not."""
        found = good_face(faces, partial(self.vision.quality, pixels))
        if isinstance(found, Unfit):
            return Reference(found.troubles[0].value)
        return Reference(GOOD, found.quality, self.vision.reference(pixels, found.face.box))


def outcomes(one: Measured, protocols: tuple[Protocol, ...]) -> Mapping[Protocol, tuple[str, ...]]:
    """Give the outcome of each reference photo by protocol."""
    return {protocol: tuple(reference.outcome for reference in one.reference_of(protocol)) for protocol in protocols}


def good(references: tuple[Reference, ...]) -> Iterator[tuple[Quality, Template]]:
    """Give quality and template of the references that serve."""
    for reference in references:
        if reference.quality is not None and reference.template is not None:
            yield reference.quality, reference.template
