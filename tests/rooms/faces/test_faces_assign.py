"""The assignment within a photo: one face a person, one person a face, and children only when it is surer."""

import numpy as np
import pytest

from countenance.faces import Gallery, Match, Template, Threshold, Use, assign
from countenance.vision import StubVision

VISION = StubVision()
CLEAR = {who: StubVision.template(who) for who in range(4)}
UNCLEAR = {who: StubVision.template(who, unclear=True) for who in range(4)}


def threshold(use: Use) -> Threshold:
    """Give what a comparison of drawn faces must reach."""
    return VISION.calibration.threshold(use, people=4, px=96)


def matched(probes: list[Template | None], gallery: Gallery, *, strictly: bool = True) -> tuple[Match, ...]:
    """Match by the thresholds of the drawn faces."""
    return assign(
        probes,
        gallery,
        [threshold(Use.SEARCH)] * len(probes),
        strict_thresholds=[threshold(Use.SHOW)] * len(probes) if strictly else None,
    )


def gallery(*people: tuple[str, int], strict: str = "") -> Gallery:
    """Give a gallery of these people, some of them strict."""
    return Gallery(VISION.model, [(name, CLEAR[who]) for name, who in people], strict=strict.split())


def at(score: float, template: Template) -> Template:
    """Give a template that compares so with another one."""
    aside = CLEAR[0].values - template.values * float(CLEAR[0].values @ template.values)
    values = score * template.values + np.sqrt(1 - score**2) * aside / np.linalg.norm(aside)
    return Template((values / np.linalg.norm(values)).astype(np.float32), template.model)


def test_the_best_pair_goes_first_and_nobody_twice() -> None:
    """Two faces of one person: the clear one is theirs, the other is nobody's."""
    people = gallery(("ada", 1), ("ben", 2))
    assert matched([UNCLEAR[1], None, CLEAR[1], CLEAR[2], CLEAR[3]], people) == (Match(2, "ada"), Match(3, "ben"))


def test_a_child_is_matched_by_the_stricter_threshold() -> None:
    """R34: an unclear face is enough for an adult, and not for a child; a clear one is enough for both."""
    people = gallery(("ada", 1), ("kim", 2), strict="kim")
    assert matched([UNCLEAR[1], UNCLEAR[2]], people) == (Match(0, "ada"),)
    assert matched([CLEAR[2]], people) == (Match(0, "kim"),)


def test_without_a_stricter_threshold_a_child_matches_nobody() -> None:
    """R34: whoever forgets to give it names no child wrongly."""
    people = gallery(("ada", 1), ("kim", 2), strict="kim")
    assert matched([CLEAR[1], CLEAR[2]], people, strictly=False) == (Match(0, "ada"),)


def test_a_face_that_is_not_surely_a_childs_falls_to_no_second() -> None:
    """R34: an unclear face that is most like a child is not given to an adult who comes next."""
    probe = UNCLEAR[2]
    ada = at(0.82, probe)
    alone, both = [("ada", ada)], [("ada", ada), ("kim", CLEAR[2])]
    assert matched([probe], Gallery(VISION.model, alone)) == (Match(0, "ada"),)
    assert matched([probe], Gallery(VISION.model, both)) == (Match(0, "kim"),)
    assert matched([probe], Gallery(VISION.model, both, strict=["kim"])) == ()


def test_only_people_in_the_gallery_are_strict() -> None:
    """A name that is not in the gallery does not stay in it by being strict."""
    assert gallery(("ada", 1), strict="ada zoe").strict == {"ada"}


def test_what_is_no_number_is_no_template() -> None:
    """R16: a network that gives NaN or nothing gives no template, so that nothing is compared with it."""
    for value in (np.nan, np.inf, 0.0):
        with pytest.raises(ValueError, match="length one"):
            Template(np.full(4, value, np.float32), "drawn/1")
