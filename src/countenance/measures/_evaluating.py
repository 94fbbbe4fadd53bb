"""Measure: look at labelled photos, wear them, search with each in each gallery, and keep the scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import comb
from pathlib import Path

import numpy as np

from countenance.errors import EvaluationInvalid, LibraryUnsuited, PhotoProblem
from countenance.faces import Box, Template
from countenance.measures._blending import blended, combinations
from countenance.measures._choosing import face_at, refuse_without_references
from countenance.measures._evaluation import Evaluation, Kind, Search, Subject
from countenance.measures._galleries import Opponents, fill
from countenance.measures._labelled import Labelled
from countenance.measures._plan import Plan, Protocol
from countenance.measures._subjects import Looking, Measured, outcomes
from countenance.measures._wearing import AS_TAKEN, Wear, worn
from countenance.photos import open_photo
from countenance.ports import Pixels, Progress, Step, Vision


def evaluate(
    labelled: Labelled,
    vision: Vision,
    plan: Plan,
    *,
    data_set: str,
    software: str,
    progress: Progress = lambda _: None,
) -> Evaluation:
    """Search with every labelled photo, mirrored photo and blend of the plan, and give the scores.

    `progress` is told of each photo that was looked at, filled in with, or searched with.

    Raises:
        EvaluationInvalid: nobody has a reference photo and another one, or no reference photo serves.
        LibraryUnsuited: the vision recognises nobody.
    """
    if not vision.model:
        raise LibraryUnsuited("nobody is recognised here", remedy="evaluate with a library that recognises people")
    refuse_without_references(labelled, plan.references)
    steps = _Steps(progress, _total(labelled, plan))
    people, photos = Looking(vision, plan, steps.photo).look(labelled)
    subjects = tuple(
        Subject(one.id, len(one.faces), dict(one.person.groups), outcomes(one, plan.protocols)) for one in people
    )
    if not all(any(subject.enrolled(protocol) for subject in subjects) for protocol in plan.protocols):
        raise EvaluationInvalid(
            "no reference photo can be enrolled", remedy="give photos with one large, well-lit face each"
        )
    filled = fill(people, plan, vision, lambda one: steps.photo(one.person.photos[0].path))
    galleries = {protocol: Opponents(protocol, people, filled, vision.model) for protocol in plan.protocols}
    searching = _Searching(vision, plan, galleries, steps)
    return Evaluation(
        software=software,
        model=vision.model,
        detector=vision.detector,
        nameable_px=vision.nameable_px,
        data_set=data_set,
        plan=plan,
        photos=photos,
        filled=len(filled),
        subjects=subjects,
        searches=tuple(searching.all(people)),
    )


@dataclass(slots=True)
class _Steps:
    """Count what is done of a long piece of work."""

    progress: Progress
    total: int
    done: int = 0
    failed: int = 0

    def photo(self, path: Path, failed: bool = False) -> None:  # noqa: FBT001, FBT002 - a photo that failed
        self.done += 1
        self.failed += failed
        self.progress(Step(self.done, max(self.total, self.done), self.failed, path))


@dataclass(frozen=True, slots=True)
class _Probe:
    """What is searched with: pixels and the face's box in them (None: no face was found), whom it shows."""

    people: tuple[str, ...]
    kind: Kind
    pixels: Pixels
    box: Box | None
    seed: str


@dataclass(slots=True, eq=False)
class _Searching:
    """Search with one probe after the other, each worn in every way, in every gallery."""

    vision: Vision
    plan: Plan
    galleries: dict[Protocol, Opponents]
    steps: _Steps
    number: int = field(default=0)

    def all(self, people: Sequence[Measured]) -> Iterator[Search]:
        """Give all searches: with photos, with mirrored ones, and with blends."""
        for one in people:
            for place, face in one.faces.items():
                path = one.person.photos[place].path
                try:
                    pixels = open_photo(path).pixels
                except PhotoProblem:  # it was there when it was looked at first
                    continue
                box, seed = face.box if face else None, one.person.photos[place].fingerprint
                if place in one.chosen.probes:
                    own = {protocol: gallery.own(one, place) for protocol, gallery in self.galleries.items()}
                    yield from self._search(_Probe((one.id,), Kind.PORTRAIT, pixels, box, seed), own)
                if self.plan.mirrored:
                    mirrored = np.ascontiguousarray(pixels[:, ::-1])
                    turned = box and Box(pixels.shape[1] - box.x - box.w, box.y, box.w, box.h)
                    yield from self._search(_Probe((one.id,), Kind.MIRRORED, mirrored, turned, seed), {})
                self.steps.photo(path)
        able = [(one, one.cut) for one in people if one.cut is not None]
        for places in islice(combinations(len(able), 2, f"{self.plan.seed}/blends"), self.plan.blends):
            parents = [able[place] for place in places]
            pixels, box = blended([cut for _, cut in parents])
            ids = tuple(one.id for one, _ in parents)
            yield from self._search(_Probe(ids, Kind.BLEND, pixels, box, "/".join(ids)), {})
            self.steps.photo(parents[0][0].person.photos[0].path)

    def _search(self, probe: _Probe, own: dict[Protocol, Template | None]) -> Iterator[Search]:
        self.number += 1
        made = [(wear, px, *self._found(probe, wear, px)) for wear, px in self._ways(probe.box)]
        templates = [template for *_, template in made if template is not None]
        for protocol, gallery in self.galleries.items():
            reference = own.get(protocol)
            compared = iter(gallery.compare(templates, probe.people, reference))
            for wear, asked_px, px, template in made:
                scores = None if template is None else next(compared)
                yield Search(
                    probe=f"s{self.number:04}",
                    people=probe.people,
                    kind=probe.kind,
                    protocol=protocol,
                    wear=wear.name,
                    asked_px=asked_px,
                    px=px,
                    mated=reference is not None,
                    own=scores.own if scores else None,
                    others=scores.others if scores else (),
                    compared=scores.count if scores else 0,
                )

    def _ways(self, box: Box | None) -> Iterator[tuple[Wear, int | None]]:
        """Give in which ways a photo is worn: as it is, and at every size below its own."""
        yield AS_TAKEN, None
        for wear in self.plan.wears:
            for px in self.plan.sizes_px:
                if box is None or px < box.side:
                    yield wear, px

    def _found(self, probe: _Probe, wear: Wear, asked_px: int | None) -> tuple[int | None, Template | None]:
        """Wear a photo, and find and embed its face as in life."""
        if probe.box is None:
            return None, None
        pixels, box = probe.pixels, probe.box
        if wear is not AS_TAKEN:
            seed = f"{self.plan.seed}/{probe.seed}/{probe.kind}/{wear.name}/{asked_px}"
            pixels, box = worn(pixels, box, wear, face_px=asked_px, seed=seed)
        face = face_at(self.vision.detect(pixels), box)
        if face is None:
            return None, None
        return face.box.side, self.vision.embed(pixels, [face.box])[0]


def _total(labelled: Labelled, plan: Plan) -> int:
    """Say how much there is to do at most: each photo is looked at and searched with, faces are filled in, blends."""
    photos = sum(len(person.photos) for person in labelled.people)
    people = len(labelled.people)
    return 2 * photos + max(plan.people - people, 0) + min(plan.blends, comb(people, 2))
