"""Portraits: from one person's own photos to a template of the face, and whom else it looks like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from countenance.consent import Permit, decide_template
from countenance.errors import FaceTooPoor, LibraryUnsuited, NoFace, PhotoProblem, SeveralFaces
from countenance.faces import (
    ENROL_MIN_PX,
    Face,
    Quality,
    Score,
    Template,
    Threshold,
    Trouble,
    Unfit,
    combined,
    good_face,
)
from countenance.journeys.matching import Matcher
from countenance.photos import Photo, crop, encode_crop, open_photo
from countenance.ports import Reading, Vision

# Room around the face in the crop that is kept (sealed) for embedding anew after a change of model.
CROP_MARGIN = 0.5
# So many things that are wrong with a photo are said at once; the next photo may be good in all of them.
TOLD = 2
# What it is called in the ledger when a face is handed in that is enrolled for somebody else.
FACE_ENROLLED = "face-enrolled-already"


@dataclass(frozen=True, slots=True)
class Likeness:
    """A face as one template, the crops to keep with it, and template and size in pixels of each photo by itself."""

    template: Template
    crops: tuple[bytes, ...]
    each: tuple[Template, ...]
    sides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Portrait:
    face: Face
    quality: Quality
    crop: bytes
    template: Template


def likeness(photos: Sequence[Path], vision: Vision) -> Likeness | None:
    """Make a template of the one good face in each of a person's photos; None without photos.

    Raises:
        LibraryUnsuited: there are photos, but the library recognises nobody.
        PhotoProblem, NoFace, SeveralFaces, FaceTooPoor: a photo cannot serve; the message says which and why.
    """
    if not photos:
        return None
    portraits = [_portrait(path, vision) for path in photos]
    templates = tuple(portrait.template for portrait in portraits)
    template = combined([portrait.quality for portrait in portraits], templates)
    crops = tuple(portrait.crop for portrait in portraits)
    sides = tuple(portrait.face.box.side for portrait in portraits)
    return Likeness(template, crops, templates, sides)


def people_like(face: Likeness, reading: Reading, matcher: Matcher) -> frozenset[str]:
    """Give everybody enrolled whom the face looks like, in any of its photos, by the threshold of a search.

    One photo is enough: with somebody else's face among one's own, the mean of both would look like nobody.
    """
    thresholds = _thresholds(face, reading, matcher)
    scores = matcher.galleries.at(reading).scores([face.template, *face.each])
    alike = (person for person, row in scores.items() if any(_reached(thresholds, row)))
    return frozenset(person for person in alike if _is_enrolled(person, reading))


def is_like(face: Likeness, person: str, reading: Reading, matcher: Matcher) -> bool | None:
    """Tell whether the face, in each of its photos, looks like the person's enrolled one; None if there is none.

    Every photo must: one of somebody else among the person's own would come into the template, and its crop be kept.
    """
    scores = matcher.galleries.at(reading).scores([face.template, *face.each]).get(person)
    if scores is None or not _is_enrolled(person, reading):
        return None
    return all(_reached(_thresholds(face, reading, matcher), scores))


def _thresholds(face: Likeness, reading: Reading, matcher: Matcher) -> list[Threshold]:
    """Give what each score must reach: that of all photos together, whose size is the largest one's, and of each."""
    now = matcher.in_use(reading)
    return [now.for_enrolling(side) for side in (max(face.sides), *face.sides)]


def _reached(thresholds: Sequence[Threshold], scores: Sequence[Score]) -> Iterator[bool]:
    return (threshold.reached_by(score) for threshold, score in zip(thresholds, scores, strict=True))


def _is_enrolled(person: str, reading: Reading) -> bool:
    """Ask the gate: in memory, somebody whose consent has just expired may stay a little longer."""
    return isinstance(decide_template(reading.consents(person), now=reading.now), Permit)


def _portrait(path: Path, vision: Vision) -> _Portrait:
    if not vision.model:
        raise LibraryUnsuited(
            "this library recognises nobody, so it takes no photos of faces", remedy="enrol with --no-face"
        )
    try:
        photo = open_photo(path)
    except PhotoProblem as problem:
        raise type(problem)(f"{path.name}: {problem.what}", remedy=problem.remedy) from problem
    good = good_face(vision.detect(photo.pixels), partial(vision.quality, photo.pixels))
    if isinstance(good, Unfit):
        raise _unfit(good, photo, path.name)
    picture = encode_crop(crop(photo.pixels, good.face.box.as_tuple(), margin=CROP_MARGIN))
    return _Portrait(good.face, good.quality, picture, vision.reference(photo.pixels, good.face.box))


def _unfit(unfit: Unfit, photo: Photo, name: str) -> NoFace | SeveralFaces | FaceTooPoor:
    """Say in one sentence what is wrong with a photo, and what to do about it."""
    told = unfit.troubles[:TOLD]
    remedy = "; ".join(trouble.advice for trouble in told)
    if Trouble.NO_FACE in told:
        return NoFace(f"no face was found in {name}", remedy=remedy)
    if Trouble.SEVERAL_FACES in told:
        boxes = [face.box.as_tuple() for face in unfit.faces]
        what = f"{len(boxes)} faces are in {name}, and one person is enrolled at a time"
        return SeveralFaces(what, boxes=boxes, remedy=remedy)
    words = [trouble.seen for trouble in told]
    if Trouble.TOO_SMALL in told:
        side = unfit.faces[0].box.side
        words[0] += f" ({side} pixels in a photo of {photo.width} x {photo.height}; {ENROL_MIN_PX} are needed)"
    return FaceTooPoor(f"the face in {name} {' and '.join(words)}", troubles=unfit.troubles, remedy=remedy)
