"""R35: `scores.jsonl` is written and read as `docs/formats/evaluation.md` promises, to the byte."""

# ruff: noqa: FBT003 - a search is a line of a table here

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.errors import EvaluationInvalid
from countenance.measures import (
    KEPT,
    SCALED,
    WORN,
    Evaluation,
    Kind,
    PhotoCounts,
    Plan,
    Protocol,
    Search,
    Subject,
    Wear,
    evaluation_from_bytes,
    evaluation_to_lines,
)
from countenance.seals import canonical

FOLDER = Path(__file__).resolve().parent
GOLDEN = (FOLDER / "golden/scores-1.jsonl").read_bytes()
PAGE = (FOLDER.parents[1] / "docs/formats/evaluation.md").read_text(encoding="utf-8")

ONE, SEVERAL = Protocol.ONE, Protocol.SEVERAL
FIRST = Evaluation(
    software="0.1.0",
    model="drawn/1",
    detector="drawn-detector/1",
    nameable_px=32,
    data_set="drawn faces",
    plan=Plan(protocols=(ONE, SEVERAL), references="neutral*", sizes_px=(64, 32), wears=(SCALED, WORN), blends=1),
    photos=PhotoCounts(opened=7, unreadable=1, unlabelled=2, duplicates=1, faceless=0, crowded=1),
    filled=0,
    subjects=(
        Subject("p001", 3, {"gender": "female", "age": "under 30"}, {ONE: ("good",), SEVERAL: ("good", "too-small")}),
        Subject("p002", 3, {"gender": "male"}, {ONE: ("no-face",), SEVERAL: ("no-face", "good")}),
        Subject("p003", 1, {}, {ONE: (), SEVERAL: ()}),
    ),
    searches=(
        Search("s0001", ("p001",), Kind.PORTRAIT, ONE, "as-taken", None, 212, True, 0.9375, (), 0),
        Search("s0001", ("p001",), Kind.PORTRAIT, SEVERAL, "worn", 32, None, True, None, (), 0),
        Search("s0002", ("p003",), Kind.PORTRAIT, SEVERAL, "scaled", 64, 61, False, None, (0.625, 0.5), 2),
        Search("s0003", ("p002",), Kind.MIRRORED, ONE, "scaled", 64, 65, False, None, (0.453125,), 1),
        Search("s0004", ("p001", "p003"), Kind.BLEND, SEVERAL, "worn", 32, 33, False, None, (-0.125,), 1),
    ),
)


def written(evaluation: Evaluation) -> bytes:
    """Give the bytes of the file."""
    return b"".join(evaluation_to_lines(evaluation))


def test_the_bytes_of_version_1_are_for_good() -> None:
    """The golden bytes are read, and are what is written."""
    assert evaluation_from_bytes(GOLDEN) == FIRST
    assert written(FIRST) == GOLDEN


def test_the_page_lists_every_field_and_no_other() -> None:
    """The tables of the page name the fields of the header, its parts and a search, and the closed lists of words."""
    section = PAGE.split("\n## scores.jsonl\n")[1].split("\n## ")[0]
    named = {
        cell for row in section.splitlines() if row.startswith("| `") for cell in row.split("|")[1].split("`")[1::2]
    }
    header, search = (json.loads(line) for line in GOLDEN.split(b"\n")[:2])
    parts = [header, header["plan"], header["plan"]["wears"][0], header["photos"], header["people"][0], search]
    assert named == {name for part in parts for name in part}
    assert all(f"`{word}`" in section for word in (*Kind, *Protocol, "good", "as-taken", header["format"]))
    assert f"| `kept` | {KEPT}:" in section


def test_nothing_but_pseudonyms_scores_and_labels_is_stored() -> None:
    """R23: what is written of a search has no field for a name, a photo, a path or a template."""
    assert {field.name for field in fields(Search)} == {
        *("probe", "people", "kind", "protocol", "wear", "asked_px"),
        *("px", "mated", "own", "others", "compared"),
    }
    assert {field.name for field in fields(Subject)} == {"id", "photos", "groups", "references"}


_words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(str.strip)
_scores = st.floats(-1, 1, allow_nan=False).map(lambda score: round(score, 6) + 0.0)
_factors = st.tuples(st.floats(0, 1), st.floats(1, 3))
_wears = st.builds(
    Wear,
    _words.filter(lambda name: name != "as-taken"),
    _factors,
    _factors,
    _factors,
    st.floats(0, 90),
    st.floats(0, 1),
    st.none() | st.just((50, 90)),
)


@st.composite
def evaluations(draw: st.DrawFn) -> Evaluation:
    """Draw an evaluation that holds together."""
    wears = draw(st.lists(_wears, max_size=2, unique_by=lambda wear: wear.name))
    sizes = draw(st.lists(st.integers(1, 300), min_size=1, max_size=3, unique=True))
    protocols = draw(st.lists(st.sampled_from(Protocol), min_size=1, unique=True))
    plan = Plan(tuple(protocols), draw(st.text(max_size=5)), tuple(sizes), tuple(wears), seed=draw(_words))
    outcomes = st.lists(st.sampled_from(["good", "too-small"]), max_size=2).map(tuple)
    subjects = [
        Subject(
            f"p{number:03}",
            draw(st.integers(0, 9)),
            draw(st.dictionaries(_words, _words, max_size=2)),
            {protocol: draw(outcomes) for protocol in protocols},
        )
        for number in range(1, draw(st.integers(2, 5)) + 1)
    ]
    filled = draw(st.integers(0, 60))

    def search(number: int) -> Search:
        kind, protocol = draw(st.sampled_from(Kind)), draw(st.sampled_from(protocols))
        people = draw(st.lists(st.sampled_from(subjects), min_size=2, max_size=2, unique_by=lambda one: one.id))
        people = people if kind is Kind.BLEND else people[:1]
        mated = kind is Kind.PORTRAIT and people[0].enrolled(protocol) and draw(st.booleans())
        found = draw(st.booleans())
        compared = draw(st.integers(0, len(subjects) + filled - len(people))) if found else 0
        others = sorted((draw(_scores) for _ in range(min(compared, KEPT))), reverse=True)
        wear, asked_px = draw(st.sampled_from([("as-taken", None), *((one.name, px) for one in wears for px in sizes)]))
        return Search(
            probe=f"s{number:04}",
            people=tuple(one.id for one in people),
            kind=kind,
            protocol=protocol,
            wear=wear,
            asked_px=asked_px,
            px=draw(st.integers(1, 400)) if found else None,
            mated=mated,
            own=draw(_scores) if mated and found else None,
            others=tuple(others),
            compared=compared,
        )

    searches = tuple(search(number) for number in range(1, draw(st.integers(0, 4)) + 1))
    counts = PhotoCounts(*(draw(st.integers(0, 99)) for _ in fields(PhotoCounts)))
    return Evaluation(
        software=draw(_words),
        model=draw(_words),
        detector=draw(_words),
        nameable_px=draw(st.integers(1, 99)),
        data_set=draw(_words),
        plan=plan,
        photos=counts,
        filled=filled,
        subjects=tuple(subjects),
        searches=searches,
    )


@settings(max_examples=40)
@given(evaluations())
def test_what_is_written_is_read_back(evaluation: Evaluation) -> None:
    """Every evaluation survives being written and read, and gives the same bytes again."""
    again = evaluation_from_bytes(written(evaluation))
    assert again == evaluation
    assert written(again) == written(evaluation)


def _changed(line: int, change: Callable[[dict[str, Any]], object]) -> bytes:
    lines = GOLDEN.split(b"\n")
    told = json.loads(lines[line - 1])
    change(told)
    lines[line - 1] = canonical(told)
    return b"\n".join(lines)


def _with(**changes: object) -> Callable[[dict[str, Any]], object]:
    return lambda told: told.update(changes)


@pytest.mark.parametrize(
    ("line", "change", "named"),
    [
        (1, _with(format="countenance evaluation 2"), "format"),
        (1, _with(kept=49), "kept"),
        (1, _with(searches=6), "searches"),
        (1, _with(model=" "), "model"),
        (1, _with(nameable_px=0), "nameable_px"),
        (2, _with(own=1.02), "own"),
        (1, _with(note="more"), "note"),
        (1, lambda told: told.pop("detector"), "detector"),
        (1, lambda told: told["plan"].update(galleries=[]), "plan"),
        (1, lambda told: told["plan"].update(galleries=["two"]), "galleries"),
        (1, lambda told: told["plan"].update(mirrored=1), "mirrored"),
        (1, lambda told: told["plan"].update(sizes_px=[64, 64]), "plan"),
        (1, lambda told: told["plan"]["wears"][0].update(brightness=[1]), "brightness"),
        (1, lambda told: told["plan"]["wears"][0].update(colour=[2, 1]), "colour"),
        (1, lambda told: told["plan"]["wears"][0].update(jpeg=[]), "jpeg"),
        (1, lambda told: told["plan"]["wears"][0].update(name="as-taken"), "plan"),
        (1, lambda told: told["photos"].update(opened=-1), "opened"),
        (1, lambda told: told["people"].append(told["people"][0]), "people"),
        (1, lambda told: told["people"][0].update(id="anna"), "id"),
        (1, lambda told: told["people"][0].update(groups=[]), "groups"),
        (1, lambda told: told["people"][0]["groups"].update(age=30), "age"),
        (1, lambda told: told["people"][0]["references"].pop("one"), "one"),
        (1, lambda told: told["people"][0]["references"].update(one=["Good!"]), "one"),
        (2, _with(kind="stranger"), "kind"),
        (2, _with(gallery="with-worn"), "gallery"),
        (2, _with(people=["p009"]), "people"),
        (2, _with(people=["p001", "p002"]), "people"),
        (6, _with(people=["p001"]), "people"),
        (6, _with(people=["p001", "p001"]), "people"),
        (2, _with(asked_px=64), "wear"),
        (4, _with(asked_px=63), "wear"),
        (4, _with(wear="torn"), "wear"),
        (2, _with(px=0), "px"),
        (2, _with(own=None), "own"),
        (2, _with(own="0.9"), "own"),
        (3, _with(own=0.5), "own"),
        (3, _with(compared=1, others=[0.5]), "compared"),
        (4, _with(mated=True, own=0.5), "mated"),
        (5, _with(mated=True, own=0.5), "mated"),
        (4, _with(others=[0.5, 0.625]), "others"),
        (4, _with(others=[0.5]), "others"),
        (4, _with(compared=3, others=[0.625, 0.5, 0.25]), "compared"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(
    line: int, change: Callable[[dict[str, Any]], object], named: str
) -> None:
    """A field that is missing, unknown, wrong or against another is refused; the error names the line and the field."""
    with pytest.raises(EvaluationInvalid) as refused:
        evaluation_from_bytes(_changed(line, change))
    assert f"line {line} " in refused.value.what
    assert named in refused.value.what
    assert "countenance evaluate" in refused.value.remedy


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\n",
        GOLDEN[:-1],
        GOLDEN + b"\n",
        GOLDEN.rstrip(b"\n") + b" \n",
        GOLDEN.replace(b"\n", b"\r\n"),
        b"\n".join(GOLDEN.split(b"\n")[1:]),
        b"\n".join(GOLDEN.split(b"\n")[:-2]) + b"\n",
        b"\xff" + GOLDEN,
        GOLDEN.replace(b'"own":null', b'"own":NaN', 1),
        GOLDEN.replace(b'"px":61', b'"px":61.0', 1),
        GOLDEN.replace(b'"mated":', b'"mated":true,"mated":', 1),
    ],
)
def test_other_bytes_are_no_scores(data: bytes) -> None:
    """What is cut short, or is not lines of canonical JSON, is refused."""
    with pytest.raises(EvaluationInvalid):
        evaluation_from_bytes(data)


def test_a_blend_of_three_is_read() -> None:
    """Faces of nobody may be made of three people."""
    people = ("p001", "p002", "p003")
    blend = replace(FIRST.searches[4], people=people, others=(), compared=0)
    evaluation = replace(FIRST, searches=(blend,))
    assert evaluation_from_bytes(written(evaluation)) == evaluation
