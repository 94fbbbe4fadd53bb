"""R35, R37: labelled photos are read by name or folder, and what is passed over is said."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from countenance.errors import EvaluationInvalid
from countenance.faces import Box, Face
from countenance.measures import Labelled, read_labelled
from countenance.measures._choosing import chosen, face_at, main_face


def _photo(path: Path, shade: int | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shade = sum(path.as_posix().encode()) % 251 if shade is None else shade
    Image.fromarray(np.full((8, 8, 3), shade, np.uint8)).save(path)


def _names(labelled: Labelled) -> dict[str, list[str]]:
    return {person.name: [photo.rest for photo in person.photos] for person in labelled.people}


def test_people_are_told_by_name_and_by_folder(tmp_path: Path) -> None:
    """R35: PERSON_anything and PERSON/anything are both read, in the order of names; other files are passed over."""
    shades = iter(range(100))
    for name in ("anna_smiling.png", "anna_neutral.png", "ben/2.png", "ben/away/1.png", "ben/one_two.png", "logo.png"):
        _photo(tmp_path / name, next(shades))
    (tmp_path / "boxes.json").write_text("{}", encoding="utf-8")
    labelled = read_labelled(tmp_path)
    assert _names(labelled) == {
        "anna": ["neutral.png", "smiling.png"],
        "ben": ["2.png", "away/1.png", "one_two.png"],
    }
    assert labelled.unlabelled == 1
    assert labelled.remarks == ("1 photo without a person in the name, passed over: logo.png",)


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    """R35: a copy of a photo would make its person easy to find; it is passed over, and said."""
    for name, shade in (("anna_1.png", 1), ("anna_2.png", 1), ("ben_1.png", 2)):
        _photo(tmp_path / name, shade)
    labelled = read_labelled(tmp_path)
    assert (labelled.duplicates, _names(labelled)["anna"]) == (1, ["1.png"])
    assert any("same bytes" in remark and "anna_2.png" in remark for remark in labelled.remarks)
    assert any("2 people with one photo only" in remark for remark in labelled.remarks)


def test_one_file_labelled_as_two_people_is_refused(tmp_path: Path) -> None:
    """R35: one of the labels is wrong, and would be measured as an error; both files are named."""
    for name in ("anna_1.png", "ben_1.png"):
        _photo(tmp_path / name, 1)
    with pytest.raises(EvaluationInvalid, match=r"anna_1\.png and .*ben_1\.png are the same file"):
        read_labelled(tmp_path)


def test_nobody_to_compare_with_is_refused(tmp_path: Path) -> None:
    """R35: two people are the least, in a folder that is there; the error says how photos are named."""
    with pytest.raises(EvaluationInvalid, match="is not a folder"):
        read_labelled(tmp_path / "nowhere")
    _photo(tmp_path / "anna_1.png")
    with pytest.raises(EvaluationInvalid, match="photos of 1 people") as refused:
        read_labelled(tmp_path)
    assert "PERSON_anything.jpg" in refused.value.remedy


def _with_groups(folder: Path, table: str | bytes) -> Labelled:
    for place, name in enumerate(("anna_1.png", "ben_1.png", "cora_1.png")):
        _photo(folder / name, place)
    (folder / "people.csv").write_bytes(table.encode() if isinstance(table, str) else table)
    return read_labelled(folder)


def test_groups_come_from_the_table(tmp_path: Path) -> None:
    """R37: every column but the first is a label; ages are cut into three; empty cells and unknown columns are fine."""
    table = "\ufeffid,Age,house,shoe size\nanna,29.5,red,40\nben,30,,41\n\ncora,unknown,blue,NA\n"
    groups = {person.name: person.groups for person in _with_groups(tmp_path, table).people}
    assert groups == {
        "anna": {"Age": "under 30", "house": "red", "shoe size": "40"},
        "ben": {"Age": "30-44", "shoe size": "41"},
        "cora": {"Age": "unknown", "house": "blue"},
    }
    assert _with_groups(tmp_path, "id,age\nben,45").people[1].groups == {"age": "45+"}


def test_who_is_missing_on_either_side_is_said(tmp_path: Path) -> None:
    """R37: a line without photos, and photos without a line, are named or counted."""
    remarks = _with_groups(tmp_path, "id,house\nanna,red\nzoe,blue\n").remarks
    assert any("1 person in people.csv without a photo: zoe" in remark for remark in remarks)
    assert any("2 people with photos, but not in people.csv" in remark for remark in remarks)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("", "first line"),
        ("id,\nanna,x", "first line"),
        ("id,house,house\nanna,x,y", "first line"),
        ("id,house\nanna,x\nanna,y", "second one for anna"),
        ("id,house\nanna", "line 2"),
        ("id,house\nanna,x,y", "line 2"),
        ("id,house\n ,x", "line 2"),
        (b"id,house\nanna,\xff", "cannot be read"),
        ('id,house\nanna,"x', "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path: Path, table: str | bytes, why: str) -> None:
    """R37: a broken table is refused with the line, before anything is measured by wrong groups."""
    with pytest.raises(EvaluationInvalid, match=why):
        _with_groups(tmp_path, table)


def test_a_column_that_names_everybody_is_no_group(tmp_path: Path) -> None:
    """R37: names in a column would come into the scores and the page; where some share a value, it is a group."""
    rows = [f"p{number},name {number}" for number in range(10)]
    with pytest.raises(EvaluationInvalid, match="would tell who is who"):
        _with_groups(tmp_path, "\n".join(["id,called", *rows]))
    _with_groups(tmp_path, "\n".join(["id,called", *rows[:9], "p9,name 8"]))


def test_references_are_chosen_by_pattern_or_by_name(tmp_path: Path) -> None:
    """R35: what matches is a reference; without a pattern the first by name is, of those who have several."""
    shades = iter(range(100))
    for name in ("anna_neutral.png", "anna_old.png", "anna_neutral2.png", "ben_1.png"):
        _photo(tmp_path / name, next(shades))
    anna, ben = read_labelled(tmp_path).people
    assert [photo.rest for photo in anna.photos] == ["neutral.png", "neutral2.png", "old.png"]
    by_pattern = chosen(anna, "neutral*")
    assert (by_pattern.references, by_pattern.probes, by_pattern.in_turn) == ((0, 1), (2,), False)
    assert chosen(anna, "neutral").references == (0,)
    assert chosen(anna, "*.png").probes == ()
    by_name = chosen(anna, "")
    assert (by_name.references, by_name.probes, by_name.in_turn) == ((0,), (1, 2), True)
    assert (chosen(ben, "").references, chosen(ben, "").probes) == ((), (0,))


def test_of_several_faces_the_large_one_in_the_middle_is_meant() -> None:
    """R35: the largest, or of about equally large ones the nearest to the middle; nobody of nobody."""
    small_middle, left, right = (Face(Box(*box), 0.9) for box in ((95, 95, 10, 10), (0, 0, 40, 40), (60, 60, 36, 36)))
    assert main_face([small_middle, left], 200, 200) == left
    assert main_face([small_middle, left, right], 200, 200) == right
    assert main_face([], 200, 200) is None


def test_a_face_somewhere_else_is_another() -> None:
    """R35: in a worn photo only a face in the expected place counts as found."""
    here, there = Face(Box(10, 10, 40, 40), 0.9), Face(Box(100, 10, 60, 60), 0.9)
    assert face_at([there, here], Box(12, 12, 40, 40)) == here
    assert face_at([there], Box(12, 12, 40, 40)) is None
    assert face_at([], Box(12, 12, 40, 40)) is None
