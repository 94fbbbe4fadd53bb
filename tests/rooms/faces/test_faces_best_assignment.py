"""The best assignment within a photo, against every assignment there is."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import ModelMismatch
from countenance.faces import Gallery, Match, Score, Template, Threshold, assign

MODEL = "drawn/1"
PEOPLE = ("ada", "ben", "cleo", "dan", "eve")
# Scores are sixteenths, exact in float32, small enough that five of them fit into a row of length one.
SIXTEENTH = 1 / 16
MOST = 7

Scores = Sequence[Mapping[str, int]]


def threshold(sixteenths: int, model: str = MODEL) -> Threshold:
    """Give a threshold at so many sixteenths."""
    return Threshold(Score(sixteenths * SIXTEENTH), model, 0.0, 0.0, 5, 5, "drawn scores")


def templates(scores: Scores) -> tuple[list[Template], dict[str, Template]]:
    """Give probes and references that compare with these scores, in sixteenths: of each face with each person."""
    size = len(PEOPLE) + len(scores)
    probes = []
    for place, row in enumerate(scores):
        values = np.zeros(size, np.float32)
        values[: len(PEOPLE)] = [row.get(person, 0) * SIXTEENTH for person in PEOPLE]
        values[len(PEOPLE) + place] = np.sqrt(1 - float(values @ values))
        probes.append(Template(values, MODEL))
    return probes, {person: Template(np.eye(size, dtype=np.float32)[at], MODEL) for at, person in enumerate(PEOPLE)}


def matched(
    scores: Scores,
    thresholds: Sequence[int],
    *,
    order: Sequence[str] = PEOPLE,
    strict: Sequence[int] | None = None,
    children: Sequence[str] = (),
    taken: Sequence[str] = (),
    lead: float = 0.0,
) -> dict[int, str]:
    """Match by thresholds in sixteenths; the gallery's rows lie in this order."""
    probes, references = templates(scores)
    gallery = Gallery(MODEL, [(person, references[person]) for person in order], strict=children)
    matches = assign(
        probes,
        gallery,
        [threshold(one) for one in thresholds],
        strict_thresholds=None if strict is None else [threshold(one) for one in strict],
        taken=taken,
        lead=lead,
    )
    assert list(matches) == sorted(matches, key=lambda match: match.face)
    return {match.face: match.person for match in matches}


def best_total(scores: Scores, thresholds: Sequence[int], people: Sequence[str]) -> int:
    """Give the highest total of (score - threshold), in sixteenths, over every assignment there is."""
    totals = []
    for choice in product((None, *people), repeat=len(scores)):
        chosen = [(scores[place].get(who, 0), thresholds[place], who) for place, who in enumerate(choice) if who]
        if len({who for _, _, who in chosen}) == len(chosen) and all(score >= least for score, least, _ in chosen):
            totals.append(sum(score - least for score, least, _ in chosen))
    return max(totals)


def rows(faces: st.SearchStrategy[int]) -> st.SearchStrategy[list[dict[str, int]]]:
    """Draw a score of each of several faces with each person."""
    row = st.fixed_dictionaries({person: st.integers(0, MOST) for person in PEOPLE})
    return faces.flatmap(lambda many: st.lists(row, min_size=many, max_size=many))


@st.composite
def photos(draw: st.DrawFn) -> tuple[list[dict[str, int]], list[int]]:
    """Draw the faces of a photo, up to five, each with its scores and a threshold of its own."""
    scores = draw(rows(st.integers(1, 5)))
    return scores, draw(st.lists(st.integers(1, MOST), min_size=len(scores), max_size=len(scores)))


def test_the_best_of_all_assignments_and_not_the_best_pair_first() -> None:
    """Ada's face is hers although her brother's is more like her still; he has his, and neither is left without."""
    scores = [{"ada": 7, "ben": 6}, {"ada": 6, "ben": 1}]
    assert matched(scores, [2, 2]) == {0: "ben", 1: "ada"}


def test_nobody_is_displaced_by_weaker_seconds() -> None:
    """Two matches that just reach the threshold are worth less than one that is far above it."""
    scores = [{"ada": 7, "ben": 3}, {"ada": 3}]
    assert matched(scores, [2, 2]) == {0: "ada"}


def test_a_match_counts_by_how_far_it_is_above_the_threshold_of_its_own_face() -> None:
    """The higher score loses where the face asks for more, as a small one does."""
    scores = [{"ada": 6}, {"ada": 5}]
    assert matched(scores, [5, 2]) == {1: "ada"}
    assert matched(scores, [5, 5]) == {0: "ada"}


def test_a_score_at_the_threshold_is_a_match_beside_others() -> None:
    """Who just reaches it is matched, also where other faces are contended for."""
    scores = [{"ada": 5, "ben": 4}, {"ada": 3}, {"cleo": 2}]
    assert matched(scores, [2, 3, 2]) == {0: "ada", 2: "cleo"}
    assert matched([{"ada": 2}], [2]) == {0: "ada"}


@given(photos(), st.sets(st.sampled_from(PEOPLE), max_size=2))
def test_it_is_the_best_of_all_and_never_below_a_threshold(
    photo: tuple[list[dict[str, int]], list[int]], taken: set[str]
) -> None:
    """Against every assignment of up to five faces and people: none has a higher total, and each pair is admissible."""
    scores, thresholds = photo
    found = matched(scores, thresholds, taken=sorted(taken))
    assert len(set(found.values())) == len(found)
    assert not taken & set(found.values())
    assert all(scores[place][who] >= thresholds[place] for place, who in found.items())
    total = sum(scores[place][who] - thresholds[place] for place, who in found.items())
    assert total == best_total(scores, thresholds, [person for person in PEOPLE if person not in taken])


@given(photos(), st.permutations(PEOPLE))
def test_the_same_photo_gives_the_same_answer_whatever_the_order_of_the_gallery(
    photo: tuple[list[dict[str, int]], list[int]], order: list[str]
) -> None:
    """Ties fall the same way each time."""
    assert matched(*photo, order=order) == matched(*photo)


@given(photos())
def test_a_strangers_face_stays_nobodys(photo: tuple[list[dict[str, int]], list[int]]) -> None:
    """A face that reaches its threshold with nobody is left alone, whatever happens at the others."""
    scores, thresholds = photo
    stranger = dict.fromkeys(PEOPLE, MOST - 1)
    assert len(scores) not in matched([*scores, stranger], [*thresholds, MOST])
    assert matched([*scores, stranger], [*thresholds, MOST]) == matched(scores, thresholds)


@given(photos(), st.sets(st.sampled_from(PEOPLE), min_size=1))
def test_children_contend_like_others_and_are_named_by_the_stricter_threshold_alone(
    photo: tuple[list[dict[str, int]], list[int]], children: set[str]
) -> None:
    """R34: who has which face does not change; a child's that is not sure enough is nobody's, not a second's."""
    scores, thresholds = photo
    stricter = [min(one + 2, MOST) for one in thresholds]
    found = matched(scores, thresholds)
    surely = {who: at for at, who in found.items() if who not in children or scores[at][who] >= stricter[at]}
    assert matched(scores, thresholds, strict=stricter, children=sorted(children)) == {
        at: who for who, at in surely.items()
    }
    assert matched(scores, thresholds, children=sorted(children)) == {
        at: who for at, who in found.items() if who not in children
    }


@given(photos())
def test_with_a_lead_only_who_has_no_close_rival_keeps_the_face(photo: tuple[list[dict[str, int]], list[int]]) -> None:
    """R16: a match stays if it is clearly ahead of everybody else there and of the person elsewhere; none is added."""
    scores, thresholds = photo
    kept = {
        at: who
        for at, who in matched(scores, thresholds).items()
        for rivals in [
            [
                *(scores[at][other] for other in PEOPLE if other != who),
                *(row[who] for place, row in enumerate(scores) if place != at),
            ]
        ]
        if 4 * (scores[at][who] - max(rivals)) > 16 - thresholds[at]
    }
    assert matched(scores, thresholds, lead=0.25) == kept


def test_a_rival_below_the_threshold_is_a_rival_still_and_one_whom_a_human_placed_is_none() -> None:
    """R16: doubt does not end at the threshold; a human's word ends it."""
    scores = [{"ada": 7, "ben": 5}]
    assert matched(scores, [6], lead=0.25) == {}
    assert matched(scores, [6], lead=0.25, taken=["ben"]) == {0: "ada"}
    assert matched(scores, [6], lead=0.1) == {0: "ada"}


def test_thresholds_belong_to_the_gallerys_model() -> None:
    """R36: one measured with another model decides nothing, and each face has one."""
    probes, references = templates([{"ada": 6}])
    gallery = Gallery(MODEL, references.items())
    with pytest.raises(ModelMismatch):
        assign(probes, gallery, [threshold(2, "other/1")])
    with pytest.raises(ModelMismatch):
        assign(probes, gallery, [threshold(2)], strict_thresholds=[threshold(2, "other/1")])
    with pytest.raises(ValueError, match="shorter"):
        assign(probes, gallery, [])
    assert assign(probes, gallery, [threshold(2)]) == (Match(0, "ada"),)


PROGRAM = """
import sys
import numpy as np
from countenance.faces import Gallery, Score, Template, Threshold, assign

people = np.eye(4, dtype=np.float32)
gallery = Gallery("drawn/1", [(name, Template(row, "drawn/1")) for name, row in zip("abcd", people)])
least = Threshold(Score(0.5), "drawn/1", 0.0, 0.0, 4, 4, "drawn scores")
between = Template((people[2] + people[3]) / np.float32(2**0.5), "drawn/1")
found = assign([Template(row, "drawn/1") for row in people], gallery, [least] * 4)
assert "".join(match.person for match in found) == "abcd"
assert not any(name.partition(".")[0] == "scipy" for name in sys.modules)
assert assign([between], gallery, [least])[0].person in "cd"
assert "scipy.optimize" in sys.modules
"""


def test_scipy_is_loaded_only_when_there_is_something_to_weigh() -> None:
    """A photo in which nobody contends, as most, does not wait for it."""
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)  # noqa: S603  (our own interpreter and program)
