"""A new model at the door: what is said until `reembed` has run, and after it."""

from collections.abc import Callable
from functools import partial

import pytest

from countenance.consent import Policy
from countenance.ports import Vision
from countenance.vision import StubVision
from terminal import Terminal

ASKED = ("--reason", "the family asked")
UNTIL = "until `countenance reembed` is run"


@pytest.fixture
def updated(school: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Give the school after an update that brought another model."""

    def later(policy: Policy) -> Callable[[], Vision]:
        return partial(StubVision, recognises=policy.recognition, model="stub-embedder/2")

    monkeypatch.setattr("countenance.library._library.default_vision", later)
    return school


def test_a_new_model_is_told_until_it_is_used(updated: Terminal) -> None:
    """R22: a search is refused, index, verify and doctor say why; after `reembed` everybody is found as before."""
    probe = updated.photo("x/1.png", 1)
    told = updated.run("search", probe, *ASKED)
    assert told.code == 1
    assert "countenance reembed" in told.err
    assert updated.run("search", probe, *ASKED, "--json").json["error"]["kind"] == "ModelMismatch"
    for command, code in ((("doctor",), 1), (("verify",), 0), (("index", updated.folder / "photos"), 0)):
        told = updated.run(*command)
        assert told.code == code, told.out + told.err
        assert "2 people were enrolled with another model" in " ".join(told.out.split())
        assert UNTIL in " ".join(told.out.split())
    assert updated.do("reembed") == {"people": 2, "renewed": 2, "failed": []}
    (answer,) = updated.do("search", probe, *ASKED)["answers"]
    assert (answer["name"], len(answer["photos"])) == ("Ada Byron", 2)
    for word in ("doctor", "verify"):
        told = updated.run(word)
        assert told.code == 0
        assert "everybody enrolled can be compared" in " ".join(told.out.split())
    assert "made the template of Ben Carter anew" in " ".join(updated.run("ledger", "show").out.split())
    assert (
        updated.run("reembed").out
        == "Everybody enrolled can be compared by the model in use. There is nothing to do.\n"
    )


def test_who_cannot_be_compared_is_named(updated: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """R22: whose enrolment photo does not serve the new model is named (exit 3), and each search says how many."""
    with monkeypatch.context() as patch:
        # Ben's portrait is smaller than Ada's.
        updated.enrol("Cleo", 3)
        patch.setattr("countenance.vision._stub.StubVision.nameable_px", 161)
        updated.photo("portraits/Dora.png", 4, side=240)
        updated.do(
            "enrol", "Dora", "--photo", updated.folder / "portraits/Dora.png", "--purpose", "be-found",
            "--release", updated.form(),
        )  # fmt: skip
        told = updated.run("reembed")
    assert told.code == 3
    assert "Ask these for a new photo" in told.out
    assert "Ada Byron" in told.out
    assert "160 pixels high" in " ".join(told.out.split())
    found = updated.do("search", updated.photo("x/4.png", 4), *ASKED)
    assert [one["name"] for one in found["answers"]] == ["Dora"]
    assert found["not_compared"] == 2
    told = updated.run("search", updated.photo("x/1.png", 1), *ASKED)
    assert "Nobody who asked to be found matches." in told.out
    assert "2 people were enrolled with an earlier model" in " ".join(told.out.split())
