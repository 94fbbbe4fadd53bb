"""What scripts are given: the shapes of docs/reference/json.md, and nothing in them that must not leave the house."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from countenance.vision import StubVision
from outside import Council
from terminal import Terminal

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/reference/json.md"
EXAMPLE = re.compile(r"^## (?P<head>.+?)\n.*?^```json\n(?P<json>.*?)^```", re.MULTILINE | re.DOTALL)
FORBIDDEN = re.compile(
    r"score|similar|distance|confidence|rank|template|embed|threshold|probab|vector|likel|age|sex|gender|ethnic|emotion"
)
# Words of the list above that mean something else where they stand.
MEANT_OTHERWISE = {"with_template", "storage", "language", "notice_language"}


@pytest.fixture(scope="module")
def given(school_again: Callable[[pytest.MonkeyPatch], Terminal]) -> Mapping[str, Any]:
    """Give what each command gives, in the order of a library's life, with something in every list."""
    with pytest.MonkeyPatch.context() as patch:
        return _lived(school_again(patch))


def _lived(school: Terminal) -> Mapping[str, Any]:
    broken = school.folder / "photos" / "d.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing")
    photos, out = school.folder / "photos", school.folder / "out"
    probe = school.photo("probes/ada.png", 1)
    (school.folder / "other").mkdir()
    made = school.do("init", school.folder / "other" / "library", "--controller", "C", "--contact", "D")
    portrait = school.photo("p/cleo.png", 3, side=160)
    school.photo("photos/e.png", 1, 79)
    gone = school.photo("photos/gone.png", 3)
    told = {"init": made, "index": school.run("index", photos, "--json").json}
    gone.unlink()
    allowed = ["--purpose", "find-me", "--photo", portrait, "--release", school.form()]
    told["enrol"] = school.run("enrol", "Cleo", *allowed, "--json").json
    told["search"] = school.do("search", probe, "--reason", "r")
    told["photos"] = school.do("photos", "Ada Byron", "--for-person")
    told["people"] = school.do("people")
    told["publish"] = school.run("publish", photos, "--to", out, "--json").json
    told.update(_decided(school))
    file = school.folder / "policy.toml"
    told["policy show"] = school.do("policy", "show", "--to", file)
    file.write_text(file.read_text(encoding="utf-8").replace("retention_days = 365", "retention_days = 300"))
    told["policy set"] = school.do("policy", "set", file)
    told["policy record"] = school.do("policy", "record", "--to", school.folder / "record.html")
    told["ledger show"] = school.do("ledger", "show")
    school.enrol("Dora", purposes=["find-me", "be-shown"])
    school.do("withdraw", "Dora", "--purpose", "be-shown")
    told["export"] = school.do("export", "Ada Byron", "--to", school.folder / "given")
    told["withdraw"] = school.do("withdraw", "Ada Byron")
    told["receipts"] = school.do("receipts", "Dora", "--to", school.folder / "given")
    (out / "a.unreviewed.png").unlink()
    edited = out / "b.unreviewed.png"
    before = edited.read_bytes()
    edited.write_bytes((out / "c.unreviewed.png").read_bytes())
    told["republish"] = school.run("republish", "--json").json
    edited.write_bytes(before)
    told.update(_remembered(school))
    told["verify"] = school.do("verify")
    told["doctor"] = school.do("doctor")
    told["models"] = school.do("models")
    told.update(_consented(school))
    made = school.do("backup", school.folder / "backups", "--keep", 1)
    told["backup"] = school.do("backup", school.folder / "backups", "--keep", 1)
    school.do("withdraw", "Ben Carter")
    told["restore"] = school.do("restore", told["backup"]["backup"], "--to", school.folder / "restored")
    assert made["removed"] == []
    told["rekey"] = school.do("rekey")
    told["reembed"] = _reembedded(school)
    told.update(_calibrated(school))
    told["ledger report"] = _reported(school, month=told["policy show"]["versions"][0]["since"][:7])
    told["Errors"] = school.run("people", "--library", school.folder, "--json").json
    return told


def _remembered(school: Terminal) -> dict[str, Any]:
    """Let a council remember the ledger, and an authority stamp it; one checkpoint of three is lost."""
    council = Council(school.folder / "council")
    told = {"ledger checkpoint": school.do("ledger", "checkpoint", "--to", council.folder / "a.checkpoint")}
    for name in ("b.checkpoint", "c.checkpoint"):
        school.do("ledger", "checkpoint", "--to", council.folder / name)
    told["ledger prove"] = school.do(
        "ledger", "prove", "--since", council.folder / "a.checkpoint", "--to", council.folder / "growth"
    )
    told["ledger copy"] = school.do("ledger", "copy", "--to", council.folder / "copy.jsonl")
    told["ledger verify"] = school.do("ledger", "verify", "--against", council.folder / "copy.jsonl")
    (council.folder / "c.checkpoint").unlink()
    school.run("ledger", "anchor", "request", council.folder / "a.checkpoint")
    told["ledger anchor request"] = school.run("ledger", "anchor", "request", "--json").json
    answers = [council.answer(council.folder / f"{name}.checkpoint.tsq") for name in "ab"]
    told["ledger anchor add"] = school.do("ledger", "anchor", "add", answers[0], "--authority", council.certificate)
    (council.folder / "x.tsq").write_bytes(b"")
    told["ledger anchor check"] = school.run(
        "ledger", "anchor", "check", "--authority", council.certificate, "--json"
    ).json
    return told


def _decided(school: Terminal) -> dict[str, Any]:
    photos = school.folder / "photos"
    school.enrol("Eve", purposes=["find-me"])
    school.enrol("Finn", purposes=["find-me", "be-shown"])
    school.do("tag", photos / "a.png", "Finn", "--face", "2")
    return {
        "tag": school.do("tag", photos / "a.png", "Eve", "--face", "2"),
        "confirm": school.do("confirm", photos / "b.png", "Ada Byron"),
        "reject": school.do("reject", photos / "a.png", "Ada Byron"),
        "jobs run": school.run("jobs", "run", "--json").json,
        "jobs": school.do("jobs"),
    }


def _reported(school: Terminal, *, month: str) -> object:
    """Report about the month in which the library was made, when it is over."""
    with school.at(datetime.now(UTC) + timedelta(days=40)):
        return school.do("ledger", "report", "--from", month, "--to", month)


def _reembedded(school: Terminal) -> object:
    """Re-embed for another model, with somebody whose photo does not serve it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("countenance.library._library.default_vision", lambda _: partial(StubVision, model="later/1"))
        patch.setattr("countenance.vision._stub.NAMEABLE_PX", 170)
        return school.run("reembed", "--json").json


def _measured(school: Terminal) -> object:
    """Measure with a few people as if they were many, so that groups and thresholds are told."""
    for identity, name in enumerate(("ada", "ben", "cleo", "dora"), start=1):
        for photo in ("a", "b"):
            school.photo(f"known/{name}_{photo}.png", identity if (name, photo) != ("dora", "b") else 99)
    school.photo("known/nobody.png", 77)
    school.photo("known/eve_a.png", 5, side=50)
    (school.folder / "known/ben_c.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    (school.folder / "known/people.csv").write_text("person,house\nada,red\nben,red\ncleo,blue\ndora,blue\neve,green\n")
    sizes, blends, to = ("--sizes", "64,48,40,32"), ("--blends", 0), ("--to", school.folder / "measured")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("countenance.library._evaluating.measuring_vision", lambda _: StubVision)
        patch.setattr("countenance.measures._groups.LEAST_PEOPLE", 2)
        patch.setattr("countenance.measures._groups.LEAST_SEARCHES", 1)
        patch.setattr("countenance.measures._calibrating.LEAST_SEARCHES", 1)
        return school.run("evaluate", school.folder / "known", *sizes, *blends, *to, "--json").json


def _calibrated(school: Terminal) -> dict[str, Any]:
    """Measure, and put thresholds in force while one photo cannot be read."""
    thresholds, photo = school.folder / "ours.json", school.folder / "photos" / "a.png"
    thresholds.write_bytes(StubVision.ladder((100, 0.9, 0.95), data_set="ours").to_json())
    kept = photo.read_bytes()
    photo.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    calibrated = school.run("calibrate", thresholds, "--json").json
    photo.write_bytes(kept)
    shown = school.do("calibrate", "--show")
    return {"evaluate": _measured(school), "calibrate": calibrated, "calibrate --show": shown}


def _consented(school: Terminal) -> dict[str, Any]:
    allowed = ["--purpose", "find-me", "--release"]
    portrait = school.photo("p/kim.png", 2, side=160)
    end = datetime.now(UTC) + timedelta(days=50)
    until = ["--expires", end.date(), "--json"]
    kim = school.run("enrol", "Kim", "--photo", portrait, *allowed, school.form(), *until).json
    given = {
        "renew": school.run("renew", "Cleo", *allowed, school.form(), "--json").json,
        "approve": school.run("approve", "Kim", "--photo", portrait, "--account", "b.lee", "--json").json,
        "open-link": school.do("open-link", typed=kim["link_code"]),
    }
    with school.at(datetime.now(UTC) - timedelta(days=1200)):
        school.do("search", portrait, "--reason", "r")
    with school.at(datetime.now(UTC) + timedelta(days=340)):
        given["sweep"] = school.do("sweep")
    return given


def test_the_examples_have_the_shapes_of_real_runs(given: Mapping[str, Any]) -> None:
    """Each example of the page has the very fields, and kinds of values, of what the command gives."""
    examples = {found["head"].strip("`"): json.loads(found["json"]) for found in EXAMPLE.finditer(PAGE.read_text())}
    real = dict(given)
    real["ledger show"] = {"entries": [one for one in given["ledger show"]["entries"] if one["kind"] == "searched"]}
    # What they hold is a format of its own (docs/formats/evaluation.md), under test there.
    real["evaluate"] = {**given["evaluate"], "figures": {}}
    assert examples.keys() == given.keys()
    assert {name: shape(example) for name, example in examples.items()} == {
        name: shape(one) for name, one in real.items()
    }


def test_nothing_of_a_comparison_leaves_the_door(given: Mapping[str, Any]) -> None:
    """R23: no field of any result is named for a score, a template, a rank or a guess, and no number is a fraction.

    What is measured on photos that the operator labelled is not about anybody in a library.
    """
    given = {name: one for name, one in given.items() if name != "evaluate"}
    fields = {name: set(keys(one)) for name, one in given.items()}
    wrong = {name: {key for key in found - MEANT_OTHERWISE if FORBIDDEN.search(key)} for name, found in fields.items()}
    assert not {name: found for name, found in wrong.items() if found}
    assert not [name for name, one in given.items() if "float" in json.dumps(shape(one))]


def test_photos_are_absolute_and_boxes_are_whole(given: Mapping[str, Any]) -> None:
    """Photos come by absolute path, boxes as four whole numbers within the photo."""
    (answer,) = given["search"]["answers"]
    for appearance in (*answer["photos"], *given["photos"]["photos"]):
        assert Path(appearance["photo"]).is_absolute()
        assert [type(number) for number in appearance["box"]] == [int] * 4
    assert all(Path(copy[way]).is_absolute() for copy in given["publish"]["published"] for way in ("from", "to"))


def test_answers_have_an_order_that_tells_nothing(school: Terminal) -> None:
    """R23: people come by name and photos by path, whoever is more alike."""
    school.enrol_twin("Zoe", 1)
    school.enrol_twin("Abel", 1)
    names = [one["name"] for one in school.do("search", school.photo("x/1.png", 1), "--reason", "r")["answers"]]
    assert names == ["Abel", "Ada Byron", "Zoe"]


def shape(value: object) -> object:
    """Give the fields and kinds of values; a list has the shapes of its members, each once."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted({json.dumps(shape(inner)) for inner in value})
    return type(value).__name__


def keys(value: object) -> Iterator[str]:
    """Give the name of every field at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)
