"""Who is who in one photo, within a transaction: humans first, then the gallery, and the gate about each.

For indexing, re-scanning, deciding and publishing. What a human said about a person and a photo comes before whatever
the machine thinks: who was rejected is not in the photo, who was tagged or confirmed is at that box and nowhere else,
and nobody else is at it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from countenance.consent import Permit, Purpose, decide
from countenance.errors import GalleryUnmeasured
from countenance.faces import Box, Template, Use, assign, faces_meant, same_face
from countenance.journeys.thresholds import Fit, InUse, fit, in_use
from countenance.ports import Decision, Galleries, Reading, Unit, Vision

# An appearance is kept for these; being shown needs none, because publication looks at the pixels anew.
APPEARANCE_PURPOSES: Final = (Purpose.FIND_ME, Purpose.BE_FOUND)
# At publication a face stays covered if somebody else is nearly as like it: within this share of the way from the
# threshold to full agreement. Of true faces hardly one has so close a rival, of those taken wrongly most (accuracy.md).
SHOWN_LEAD: Final = 1 / 3
# The kind of job that an opt-in leaves: the photos indexed before are to be matched again.
RESCAN: Final = "rescan"


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one photo, known by its content hash: boxes in order, and a template for each that has one."""

    fingerprint: str
    boxes: tuple[Box, ...]
    templates: tuple[Template | None, ...]


@dataclass(frozen=True, slots=True)
class Placing:
    """Who is in a photo: its boxes in order (drawn ones last), and whom humans placed at which.

    `decided` are the people about whom humans have said anything, also that they are not in it. `appearing` are the
    placed and the matched ones, as far as the gate permits.
    """

    boxes: tuple[Box, ...]
    placed: Mapping[int, str]
    decided: frozenset[str]
    appearing: Mapping[int, Permit]


@dataclass(frozen=True, slots=True)
class Showing:
    """Whose face may be seen, by its place; and why nobody was recognised but by hand, if that is so."""

    permits: Mapping[int, Permit]
    unmeasured: str = ""


@dataclass(frozen=True, slots=True)
class Matcher:
    """The eyes and the gallery in memory."""

    vision: Vision
    galleries: Galleries

    @property
    def seen_with(self) -> str:
        """Name what a photo is seen with: detector and embedder."""
        return seen_with(self.vision)

    def in_use(self, reading: Reading) -> InUse:
        """Give the thresholds that hold in this transaction."""
        return in_use(reading, self.vision, self.galleries)

    def fit(self, reading: Reading) -> Fit:
        """Tell how they fit the library.

        Raises:
            GalleryUnmeasured: more people are enrolled than the thresholds were measured with.
        """
        return fit(reading, self.vision, self.galleries)

    def refuse_unmeasured(self, reading: Reading, *, joining: int = 0) -> None:
        """Refuse to match anybody if more people are enrolled, with those `joining`, than were ever measured.

        Raises:
            GalleryUnmeasured: they are.
        """
        now = self.in_use(reading)
        now.calibration.step(now.people + joining)

    def appearances(self, faces: Faces, reading: Reading) -> Placing:
        """Give who appears at which face, for those who may be found by themselves or by staff.

        Boxes that were drawn by hand and that the detector did not find are added.

        Raises:
            GalleryUnmeasured: more people are enrolled than the thresholds were measured with.
        """
        placing = arranged(reading.decisions(faces.fingerprint), faces.boxes)
        templates = _without(placing.placed, faces.templates)
        found = self._assigned(templates, faces.boxes, reading, Use.SEARCH, placing.decided)
        return replace(placing, appearing=permitted({**found, **placing.placed}, reading, APPEARANCE_PURPOSES))

    def shown(self, faces: Faces, reading: Reading) -> Showing:
        """Give whose face may be seen, by the stricter threshold of publication.

        A person placed by hand is shown at one face: the one that is clearly of their box, and of nobody else's. A face
        that somebody's box lies over in doubt is nobody's; nor is one that two people are nearly as like, or that is
        nearly as like somebody as another face is: until a human says who it is, it stays covered. While more
        people are enrolled than the thresholds were measured with, nobody is recognised, and only who is placed by hand
        is shown.
        """
        decisions = reading.decisions(faces.fingerprint)
        claims: dict[int, list[str]] = {}
        for decision in decisions:
            if decision.box is not None:
                clear = same_face(decision.box, faces.boxes)
                for place in faces_meant(decision.box, faces.boxes):
                    claims.setdefault(place, []).append(decision.person if place == clear else "")
        placed = {place: people[0] for place, people in claims.items() if len(people) == 1 and people[0]}
        decided = {decision.person for decision in decisions}
        found: dict[int, str] = {}
        unmeasured = ""
        try:
            found = self._assigned(_without(claims, faces.templates), faces.boxes, reading, Use.SHOW, decided)
        except GalleryUnmeasured as problem:
            unmeasured = problem.what
        return Showing(permitted({**found, **placed}, reading, (Purpose.BE_SHOWN,)), unmeasured)

    def _assigned(
        self,
        templates: Sequence[Template | None],
        boxes: Sequence[Box],
        reading: Reading,
        use: Use,
        decided: Collection[str],
    ) -> dict[int, str]:
        """Assign faces among everybody enrolled about whom no human has decided.

        Raises:
            ModelMismatch: a template is of another model than the gallery.
            GalleryUnmeasured: more people are enrolled than the thresholds were measured with.
        """
        if not self.vision.model:
            return {}
        thresholds, sized = self.in_use(reading), boxes[: len(templates)]
        matches = assign(
            templates,
            self.galleries.at(reading),
            thresholds.thresholds(use, sized),
            strict_thresholds=thresholds.thresholds(Use.SHOW, sized),
            taken=decided,
            lead=SHOWN_LEAD if use is Use.SHOW else 0.0,
        )
        return {match.face: match.person for match in matches}


def seen_with(vision: Vision) -> str:
    """Name what a photo is seen with: detector and embedder."""
    return f"{vision.detector}+{vision.model or 'none'}"


def permitted(people: Mapping[int, str], reading: Reading, purposes: Iterable[Purpose]) -> dict[int, Permit]:
    """Let the gate decide about each: a face assigned to somebody without a permit never falls to a second."""
    permits: dict[int, Permit] = {}
    for place, person in people.items():
        consents = reading.consents(person)
        for purpose in purposes:
            decision = decide(consents, purpose, now=reading.now)
            if isinstance(decision, Permit):
                permits[place] = decision
                break
    return permits


def may_be_shown(person: str, reading: Reading) -> bool:
    """Tell whether the gate lets a person be seen in published photos."""
    return isinstance(decide(reading.consents(person), Purpose.BE_SHOWN, now=reading.now), Permit)


def arranged(decisions: Sequence[Decision], boxes: Sequence[Box]) -> Placing:
    """Place people where humans said that they are; where no box is clearly of the same face, theirs is added.

    If two boxes are of one face, the closer one has it, and of two that are equally close the one drawn later.
    """
    drawn = [(decision.box, decision) for decision in decisions if decision.box is not None]
    closeness = {decision.person: max(map(box.overlap, boxes), default=0.0) for box, decision in drawn}
    drawn.sort(key=lambda one: (closeness[one[1].person], one[1].at, one[1].person), reverse=True)
    everywhere = list(boxes)
    placed: dict[int, str] = {}
    for box, decision in drawn:
        place = same_face(box, boxes)
        if place is None or place in placed:
            place = len(everywhere)
            everywhere.append(box)
        placed[place] = decision.person
    decided = frozenset(decision.person for decision in decisions)
    return Placing(tuple(everywhere), placed, decided, {})


def leave_rescan(unit: Unit, seen_with: str) -> None:
    """Leave a job for matching again the photos that are behind, if there are any."""
    behind = unit.photos_behind_count(seen_with=seen_with)
    if behind:
        unit.queue_job(RESCAN, total=behind)


def _without(places: Collection[int], templates: Sequence[Template | None]) -> list[Template | None]:
    """Leave out the templates of faces that are somebody's by hand: they fall to nobody else."""
    return [None if place in places else template for place, template in enumerate(templates)]
