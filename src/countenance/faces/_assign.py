"""Who is who in one photo: at most one face a person and one person a face, the best score first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from countenance.faces._gallery import Gallery
from countenance.faces._values import Score, Template, Threshold


@dataclass(frozen=True, slots=True)
class Match:
    """A possible match: the face's place in the list of probes, and the person."""

    face: int
    person: str


def assign(
    probes: Sequence[Template | None],
    gallery: Gallery,
    threshold: Threshold,
    *,
    strict_threshold: Threshold | None = None,
    taken: Collection[str] = (),
) -> tuple[Match, ...]:
    """Match the faces of one photo to the gallery, greedily from the best score down.

    A face without a template (None) matches nobody; people in `taken` are left out: a human has placed them already.
    Those for whom the gallery is strict must reach `strict_threshold` too (without one they match nobody); a face that
    is theirs by `threshold` alone is nobody's, and falls to no second. The matches come in the order of the faces.

    Raises:
        ModelMismatch: a probe is of another model than the gallery, or the threshold is.
    """
    named = [(place, template) for place, template in enumerate(probes) if template is not None]
    scores = gallery.scores([template for _, template in named])
    pairs: list[tuple[Score, int, str]] = [
        (score, place, person)
        for person, row in scores.items()
        if person not in taken
        for (place, _), score in zip(named, row, strict=True)
        if threshold.reached_by(score)
    ]
    # Ties are broken by place and id, so that the same photo always gives the same answer.
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    faces: set[int] = set()
    people: set[str] = set()
    matches: list[Match] = []
    for score, place, person in pairs:
        if place not in faces and person not in people:
            faces.add(place)
            people.add(person)
            if person not in gallery.strict or (strict_threshold and strict_threshold.reached_by(score)):
                matches.append(Match(place, person))
    return tuple(sorted(matches, key=lambda match: match.face))
