"""The models that this version knows: their cards, and their bytes once the SHA-256 has been compared."""

import hashlib
import json
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from countenance.errors import ModelFileWrong

# The list is closed: a file beside these is not loaded, and a test fails when one lies there.
NAMES = ("centerface", "faceres")
REMEDY = "install the package again; its model files are checked against the catalogue"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is to be known about a model: where it comes from, under which licence, what it was made from, its limits.

    `task` is "detect" or "embed"; `sha256` is of the file that ships, `source_sha256` of the files it was made from;
    `gives` names the graph's outputs, all of them; `beside` gives the SHA-256 of further files of the model.
    """

    name: str
    version: str
    task: str
    file: str
    sha256: str
    licence: str
    licence_files: tuple[str, ...]
    authors: str
    source_package: str
    source_version: str
    source_file: str
    source_sha256: dict[str, str]
    trained_on: str
    takes: str
    gives: tuple[str, ...]
    limits: str
    beside: dict[str, str] = field(default_factory=dict)


def weights() -> Traversable:
    """Give the folder of the package's model files."""
    return files("countenance.vision") / "weights"


def catalogue() -> tuple[ModelCard, ...]:
    """Give the cards of the models that ship with this version.

    Raises:
        ModelFileWrong: a card is missing or cannot be read.
    """
    return tuple(card(name) for name in NAMES)


def card(name: str) -> ModelCard:
    """Give the card of one model.

    Raises:
        ModelFileWrong: the card is missing or cannot be read.
    """
    try:
        told: dict[str, Any] = json.loads((weights() / f"{name}.json").read_text(encoding="utf-8"))
        told |= {key: tuple(value) for key, value in told.items() if isinstance(value, list)}
        return ModelCard(**told)
    except (OSError, ValueError, TypeError) as error:
        raise ModelFileWrong(f"the card of the model {name} cannot be read", remedy=REMEDY) from error


def verified(model: ModelCard) -> bytes:
    """Read a model file and give its bytes, which are what the catalogue says.

    Raises:
        ModelFileWrong: the file is missing or has another SHA-256.
    """
    return _read(model.file, model.sha256)


def verified_beside(model: ModelCard, file: str) -> bytes:
    """Read a file that belongs to a model and give its bytes, which are what the model's card says.

    Raises:
        ModelFileWrong: the card does not name the file, or it is missing or has another SHA-256.
    """
    return _read(file, model.beside.get(file, ""))


def _read(file: str, sha256: str) -> bytes:
    try:
        content = (weights() / file).read_bytes()
    except OSError as error:
        raise ModelFileWrong(f"the model file {file} is missing", remedy=REMEDY) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelFileWrong(f"the model file {file} is not the one in the catalogue", remedy=REMEDY)
    return content
