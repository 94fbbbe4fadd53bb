"""R35: measuring, from labelled photos to stored scores, end to end."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from colour_vision import ColourVision, square
from countenance.errors import EvaluationInvalid, LibraryUnsuited
from countenance.faces import Box
from countenance.measures import (
    SCALED,
    WORN,
    Evaluation,
    Kind,
    Plan,
    Protocol,
    Search,
    evaluate,
    evaluation_from_bytes,
    evaluation_to_lines,
    figures,
    read_labelled,
)
from countenance.ports import Look, Pixels, Step, Vision
from countenance.vision import StubVision

QUICK = Plan(sizes_px=(64, 40), wears=(SCALED,), mirrored=False, blends=0)


def _patch(*identities: int, side: int = 96) -> Pixels:
    boxes = [Box(20 + place * 130, 20, side, side) for place in range(len(identities))]
    return StubVision.draw((160 + 130 * (len(identities) - 1), 140), list(zip(boxes, identities, strict=True)))


def _keep(folder: Path, photos: dict[str, Pixels]) -> None:
    for name, pixels in photos.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        # A word of its own makes every file another one.
        word = PngInfo()
        word.add_text("Title", name)
        Image.fromarray(pixels).save(path, pnginfo=word)


def _evaluated(folder: Path, plan: Plan = QUICK, vision: Vision | None = None) -> Evaluation:
    return evaluate(read_labelled(folder), vision or StubVision(), plan, data_set="patches", software="0.1.0")


def _of(made: Evaluation, *, kind: Kind = Kind.PORTRAIT, protocol: Protocol = Protocol.ONE) -> list[Search]:
    return [search for search in made.searches if search.kind is kind and search.protocol is protocol]


def _bytes(made: Evaluation) -> bytes:
    return b"".join(evaluation_to_lines(made))


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five drawn people: four with two photos (the second of dora shows somebody else), and one with a single one."""
    folder = tmp_path_factory.mktemp("school")
    names = ("anna", "ben", "cora", "dora")
    photos = {f"{name}_{number}.png": _patch(place + 10) for place, name in enumerate(names) for number in (1, 2)}
    _keep(folder, {**photos, "dora_2.png": _patch(99), "emil_1.png": _patch(50)})
    (folder / "people.csv").write_text("person,house\nanna,red\nben,red\ncora,blue\n", encoding="utf-8")
    return folder


def test_drawn_patches_end_to_end(school: Path) -> None:
    """R35: who looks the same is found at each size, and nobody else; who looks different is missed."""
    made = _evaluated(school)
    assert (made.model, made.photos.opened, made.filled, made.enrolled(Protocol.ONE)) == ("stub-embedder/1", 9, 0, 4)
    searches = _of(made)
    assert [(one.wear, one.asked_px) for one in searches[:3]] == [("as-taken", None), ("scaled", 64), ("scaled", 40)]
    assert len(searches) == 5 * 3
    for one in searches:
        assert one.px is not None
        assert abs(one.px - (one.asked_px or 96)) <= 2
        assert one.compared == len(one.others) == (3 if one.mated else 4)
    own = sorted(score for one in searches if (score := one.own) is not None)
    assert own[3:] == [1.0] * 9
    assert max(own[:3]) < 0.6
    assert max(one.highest for one in searches) < 0.6
    row = figures(made).galleries[0].total
    assert (row.rank_one.errors, row.rank_one.trials) == (sum(one.highest >= (one.own or 1) for one in searches), 12)


def test_the_same_photos_and_plan_give_the_same_bytes(school: Path) -> None:
    """R35: an evaluation can be repeated to the byte, and is read back as it was; another seed orders people anew."""
    plan = replace(QUICK, wears=(WORN,), mirrored=True)
    made = _evaluated(school, plan)
    assert _bytes(_evaluated(school, plan)) == _bytes(made)
    assert evaluation_from_bytes(_bytes(made)) == made
    orders = {
        tuple(dict(subject.groups).get("house", "") for subject in _evaluated(school, replace(QUICK, seed=s)).subjects)
        for s in ("1", "2", "3")
    }
    assert len(orders) > 1


def test_no_name_and_no_path_is_stored(school: Path) -> None:
    """R23: neither a person's name, nor a file's, nor the folder's, nor a photo's hash is in the scores."""
    stored = _bytes(_evaluated(school)).decode()
    labelled = read_labelled(school)
    secrets = [person.name for person in labelled.people] + [school.name, ".png"]
    secrets += [photo.fingerprint for person in labelled.people for photo in person.photos]
    assert not [secret for secret in secrets if secret in stored]


def test_pseudonyms_do_not_follow_the_names(school: Path, tmp_path: Path) -> None:
    """R23: other names for the same photos give the same pseudonyms."""
    renamed = dict(zip(("anna", "ben", "cora", "dora", "emil"), ("zoe", "yves", "xenia", "will", "vera"), strict=True))
    for path in school.glob("*.png"):
        person, _, rest = path.name.partition("_")
        (tmp_path / f"{renamed[person]}_{rest}").write_bytes(path.read_bytes())
    without_groups = [replace(subject, groups={}) for subject in _evaluated(school).subjects]
    other = _evaluated(tmp_path)
    assert list(other.subjects) == without_groups
    assert other.searches == _evaluated(school).searches


def test_what_cannot_be_enrolled_or_read_is_counted(tmp_path: Path) -> None:
    """R32, R35: no face, several, too small, unreadable: each is told; who has no reference is searched for in vain."""
    nobody = StubVision.draw((160, 140), [])
    _keep(
        tmp_path,
        {
            "anna_1.png": nobody,
            "anna_2.png": _patch(1),
            "ben_1.png": _patch(2, 3),
            "ben_2.png": _patch(2, 4),
            "cora_1.png": _patch(5, side=64),
            "cora_2.png": _patch(5),
            "dora_1.png": _patch(6),
            "dora_2.png": nobody,
            "emil_2.png": _patch(7),
        },
    )
    (tmp_path / "emil_1.png").write_bytes(b"no photo")
    made = _evaluated(tmp_path)
    told = sorted(subject.references[Protocol.ONE] for subject in made.subjects)
    assert told == [("good",), ("no-face",), ("several-faces",), ("too-small",), ("unreadable",)]
    assert (made.photos.opened, made.photos.unreadable, made.photos.faceless, made.photos.crowded) == (9, 1, 2, 2)
    searches = _of(made)
    assert {one.mated for one in searches if one.px is not None} == {False}
    lost = [one for one in searches if one.px is None]
    assert [(one.mated, one.own, one.compared) for one in lost] == [(True, None, 0)] * 3
    gallery = figures(made).galleries[0]
    assert (gallery.photos_refused.errors, gallery.people_refused.trials, gallery.people) == (4, 5, 1)
    assert figures(made).detection[0].missed.errors == 1


def test_a_face_is_never_made_larger(tmp_path: Path) -> None:
    """R35: there is no search at a size that is above the face's own."""
    _keep(tmp_path, {"a_1.png": _patch(1), "a_2.png": _patch(1, side=64), "b_1.png": _patch(2), "b_2.png": _patch(2)})
    searches = _of(_evaluated(tmp_path, replace(QUICK, sizes_px=(96, 64, 40))))
    asked = {tuple(one.asked_px for one in searches if one.people == who) for who in {one.people for one in searches}}
    assert asked == {(None, 40), (None, 64, 40)}


def test_several_photos_are_combined_without_the_one_searched_with(tmp_path: Path) -> None:
    """R35: in `several` the own reference is made of all other photos; for everybody else's searches it is of all."""
    identities = {"anna": (1, 1, 2), "ben": (3, 3)}
    _keep(
        tmp_path,
        {f"{name}_{place}.png": _patch(one) for name, ones in identities.items() for place, one in enumerate(ones)},
    )
    made = _evaluated(tmp_path, replace(QUICK, protocols=(Protocol.ONE, Protocol.SEVERAL), sizes_px=()))
    one, two, three = (StubVision.template(identity) for identity in (1, 2, 3))
    both = (one.values + two.values) / np.linalg.norm(one.values + two.values)
    all_of_anna = (2 * one.values + two.values) / np.linalg.norm(2 * one.values + two.values)
    expected = {
        Protocol.ONE: [1.0, one.compare(two), 1.0],
        Protocol.SEVERAL: [float(both @ one.values), one.compare(two), 1.0],
    }
    for protocol, scores in expected.items():
        found = [search.own or 0 for search in _of(made, protocol=protocol)]
        assert sorted(found) == pytest.approx(sorted(scores), abs=1e-5)
    of_ben = [s for s in _of(made, protocol=Protocol.SEVERAL) if s.own == pytest.approx(1, abs=1e-5)]
    assert of_ben[0].others[0] == pytest.approx(float(all_of_anna @ three.values), abs=1e-5)
    outcomes = sorted(len(subject.references[Protocol.SEVERAL]) for subject in made.subjects)
    assert outcomes == [2, 3]


def test_a_pattern_chooses_the_references(tmp_path: Path) -> None:
    """R35: with a pattern, `one` takes the first that matches, `several` all of them, and the rest is searched with."""
    _keep(
        tmp_path,
        {
            "anna_a.png": _patch(9),
            "anna_good1.png": _patch(1),
            "anna_good2.png": _patch(2),
            "ben_good.png": _patch(3),
            "ben_x.png": _patch(3),
        },
    )
    plan = replace(QUICK, references="good*", protocols=(Protocol.ONE, Protocol.SEVERAL), sizes_px=())
    made = _evaluated(tmp_path, plan)
    assert [len(_of(made, protocol=protocol)) for protocol in plan.protocols] == [2, 2]
    counts = sorted(tuple(len(one.references[p]) for p in plan.protocols) for one in made.subjects)
    assert counts == [(1, 1), (1, 2)]
    with pytest.raises(EvaluationInvalid, match=r"bad\*"):
        _evaluated(tmp_path, replace(QUICK, references="bad*"))


def test_a_worn_copy_is_enrolled_beside_the_good_photo(tmp_path: Path) -> None:
    """R35: in `with-worn` two references are combined: the photo and its worn copy."""
    photos = {f"{name}_{number}.png": square(name) for name in ("anna", "ben", "cora") for number in (1, 2)}
    _keep(tmp_path, photos)
    plan = replace(QUICK, protocols=(Protocol.ONE, Protocol.WITH_WORN), worn_reference_px=88)
    made = _evaluated(tmp_path, plan, ColourVision())
    assert {one.references[Protocol.WITH_WORN] for one in made.subjects} == {("good", "good")}
    one, with_worn = (
        [search.own for search in _of(made, protocol=protocol)] for protocol in (Protocol.ONE, Protocol.WITH_WORN)
    )
    assert one != with_worn
    small = _evaluated(tmp_path, replace(plan, worn_reference_px=60), ColourVision())
    assert {subject.references[Protocol.WITH_WORN] for subject in small.subjects} == {("good", "too-small")}
    scores = [[search.own for search in _of(small, protocol=protocol)] for protocol in plan.protocols]
    assert scores[0] == scores[1]


def _colours(folder: Path, count: int) -> None:
    _keep(folder, {f"n{place}_{number}.png": square(f"n{place}") for place in range(count) for number in (1, 2)})


def test_mirrored_photos_and_blends_are_searches_for_nobody(tmp_path: Path) -> None:
    """R35: every photo mirrored, and blends of two; the references of all whom they show are taken out."""
    _colours(tmp_path, 5)
    plan = replace(QUICK, mirrored=True, blends=7)
    made = _evaluated(tmp_path, plan, ColourVision())
    mirrored, blends = _of(made, kind=Kind.MIRRORED), _of(made, kind=Kind.BLEND)
    assert (len(mirrored), len(blends)) == (10 * 3, 7 * 3)
    assert {(one.mated, one.compared) for one in mirrored} == {(False, 4)}
    assert {(one.mated, one.compared) for one in blends} == {(False, 3)}
    assert len({frozenset(one.people) for one in blends}) == 7
    # Nobody's own reference is among them: a parent's would score above 0.5.
    assert max(one.highest for one in blends) < min(one.own or 0 for one in _of(made))
    more = _evaluated(tmp_path, replace(plan, blends=99), ColourVision())
    assert len(_of(more, kind=Kind.BLEND)) == 10 * 3


def test_the_gallery_is_filled_up_with_faces_of_nobody(tmp_path: Path) -> None:
    """R35, R36: pairs, then triples; those made of whom a search shows are left out of its comparison."""
    _colours(tmp_path, 5)
    plan = replace(QUICK, people=12, blends=1, sizes_px=())
    made = _evaluated(tmp_path, plan, ColourVision())
    # Of ten pairs four contain anybody, of the triples six: 4 others and 6 pairs, and 2 triples or more.
    compared = [one.compared for one in _of(made)]
    assert min(compared) == 12
    assert 10 + 5 <= made.filled < 10 + 10
    (blend,) = _of(made, kind=Kind.BLEND)
    assert 3 + 3 <= blend.compared <= 3 + 3 + 1
    for one in _of(made):
        assert one.own is not None
        assert one.highest < one.own
    assert evaluation_from_bytes(_bytes(made)) == made
    rows = figures(made).galleries[0]
    assert (rows.people, rows.filled, rows.compared) == (5, made.filled, (blend.compared, max(compared)))
    most = _evaluated(tmp_path, replace(plan, people=1000), ColourVision())
    assert most.filled == 10 + 10


def test_progress_is_told_of_every_photo(school: Path) -> None:
    """R43: steps are counted up to a total that is known from the beginning."""
    steps: list[Step] = []
    plan = replace(QUICK, sizes_px=())
    evaluate(read_labelled(school), StubVision(), plan, data_set="x", software="1", progress=steps.append)
    assert [step.done for step in steps] == list(range(1, 19))
    assert {step.total for step in steps} == {18}
    assert all(isinstance(step.photo, Path) for step in steps)


def test_nothing_to_measure_is_refused(tmp_path: Path) -> None:
    """R35: nobody with two photos, no reference that serves, or a vision that recognises nobody."""
    _keep(tmp_path, {"anna_1.png": _patch(1), "ben_1.png": _patch(2)})
    with pytest.raises(EvaluationInvalid, match="nobody has two photos"):
        _evaluated(tmp_path)
    _keep(tmp_path, {"anna_2.png": _patch(1), "anna_1.png": _patch(1, side=50)})
    with pytest.raises(EvaluationInvalid, match="no reference photo can be enrolled"):
        _evaluated(tmp_path)
    with pytest.raises(LibraryUnsuited):
        _evaluated(tmp_path, vision=StubVision(recognises=False))


class Wrong(StubVision):
    """Finds the face of a small photo somewhere else."""

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple:  # type: ignore[type-arg]
        """Give faces that are moved by their size."""
        faces = super().detect(pixels, look)
        if pixels.shape[0] > 120:
            return faces
        return tuple(replace(face, box=replace(face.box, x=face.box.x + face.box.w)) for face in faces)


def test_a_face_found_in_another_place_is_a_miss(school: Path) -> None:
    """R35: a box that is not where the face is acquires nobody."""
    made = _evaluated(school, vision=Wrong())
    assert {one.px is None for one in _of(made) if one.asked_px} == {True}
    assert {one.px is None for one in _of(made) if not one.asked_px} == {False}
