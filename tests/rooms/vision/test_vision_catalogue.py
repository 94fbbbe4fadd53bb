"""Which models there are: exactly those in the catalogue, with their cards, licences and hashes."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from countenance.errors import ModelFileWrong
from countenance.faces import Calibration
from countenance.vision import ModelCard, OnnxVision, catalogue
from countenance.vision._onnx import MODEL

WEIGHTS = Path(__file__).resolve().parents[3] / "src/countenance/vision/weights"
# The weights that a name of the embedder stands for: its templates and thresholds hold for these alone.
NAMED = {
    "faceres-1.3-hellinger-within/1": (
        "ba81f379acca621c0ab2fd96b146b58643db157f45de1954de0fac0f79a79b71",
        {"faceres.within.npy": "12fc655bbf249c0c268ac8e96bb4835f5df279157695070060b5ce0edad50eca"},
    )
}
FORBIDDEN = re.compile(r"age|gender|sex|emotion|ethnic|race", re.IGNORECASE)


def test_the_model_files_are_exactly_the_catalogue() -> None:
    """R11: no model file lies in the package beside those in the catalogue, and each has the hash on its card."""
    cards = catalogue()
    on_disk = {path.relative_to(WEIGHTS).as_posix() for path in WEIGHTS.rglob("*") if path.is_file()}
    told = {f"{card.name}{ending}" for card in cards for ending in (".json", ".measured.json")}
    expected = {card.file for card in cards} | told
    assert on_disk == expected.union(*(card.licence_files for card in cards), *(card.beside for card in cards))
    for card in cards:
        for file, digest in {card.file: card.sha256, **card.beside}.items():
            assert hashlib.sha256((WEIGHTS / file).read_bytes()).hexdigest() == digest


def test_other_weights_have_another_name() -> None:
    """R36: the thresholds name the embedder, and its name stands for one file: who changes the file changes both."""
    (embedder,) = (card for card in catalogue() if card.task == "embed")
    calibration = Calibration.from_json((WEIGHTS / "faceres.measured.json").read_bytes())
    assert calibration.model == MODEL
    assert NAMED[MODEL] == (embedder.sha256, embedder.beside)


@pytest.mark.parametrize("card", catalogue(), ids=lambda card: card.name)
def test_a_graph_gives_what_its_card_says_and_nothing_else(card: ModelCard) -> None:
    """R11: no age, sex, emotion or ethnicity head is in any graph: its outputs and its nodes are looked through."""
    graph = onnx.load(WEIGHTS / card.file).graph
    assert tuple(output.name for output in graph.output) == card.gives
    assert [given.name for given in graph.input] == ["pixels"]
    names = [name for node in graph.node for name in (node.name, *node.output)]
    assert not [name for name in names if FORBIDDEN.search(name)]
    feeding = {name for node in graph.node for name in node.input} | set(card.gives)
    assert all(set(node.output) & feeding for node in graph.node), "a node whose result is not used"


def test_the_identity_vector_is_all_that_the_embedder_gives() -> None:
    """R11: faceres gives 1,024 features in 7 rows; no dense layer, which age and sex would need, is left in it."""
    graph = onnx.load(WEIGHTS / "faceres.onnx").graph
    (output,) = graph.output
    assert [dim.dim_param or dim.dim_value for dim in output.type.tensor_type.shape.dim] == ["faces", 1024, 7]
    assert {node.op_type for node in graph.node} == {
        "Add", "Cast", "Clip", "Conv", "Mul", "ReduceMean", "Relu",
    }  # fmt: skip


def test_a_card_says_what_is_to_be_known() -> None:
    """Each card names source, licence, training data and limits; the licence texts are there."""
    for card in catalogue():
        assert "collected from the web" in card.trained_on
        assert card.source_package
        assert card.source_version
        assert card.limits
        assert card.source_sha256
        for name in card.licence_files:
            assert "icens" in (WEIGHTS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["changed", "missing", "card", "directions", "thresholds", "unreadable thresholds"])
def test_a_changed_model_is_not_loaded(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R48: a model file that is missing or one bit off, an unreadable card, and foreign thresholds are all refused."""
    copy = tmp_path / "weights"
    shutil.copytree(WEIGHTS, copy)
    monkeypatch.setattr("countenance.vision._catalogue.weights", lambda: copy)
    monkeypatch.setattr("countenance.vision._onnx.weights", lambda: copy)
    if damage == "changed":
        content = bytearray((copy / "faceres.onnx").read_bytes())
        content[len(content) // 2] ^= 1
        (copy / "faceres.onnx").write_bytes(content)
    elif damage == "missing":
        (copy / "centerface.onnx").unlink()
    elif damage == "card":
        (copy / "faceres.json").write_text("{", encoding="utf-8")
    elif damage == "directions":
        content = bytearray((copy / "faceres.within.npy").read_bytes())
        content[-1] ^= 1
        (copy / "faceres.within.npy").write_bytes(content)
    elif damage == "unreadable thresholds":
        (copy / "faceres.measured.json").write_bytes(b"{}")
    else:
        measured = (copy / "faceres.measured.json").read_bytes()
        (copy / "faceres.measured.json").write_bytes(measured.replace(MODEL.encode(), b"other/1"))
    with pytest.raises(ModelFileWrong) as caught:
        OnnxVision.load()
    assert caught.value.remedy


def test_importing_loads_no_runtime() -> None:
    """Importing the room loads neither the model runtime nor any weights."""
    program = "import sys, countenance.vision; sys.exit('onnxruntime' in sys.modules or 'onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 -- our own program
