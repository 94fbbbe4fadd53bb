"""The check of the documentation finds what it is for."""

import subprocess
import sys
from pathlib import Path

import pytest

PAGE = "docs/reference/requirements.md"


def _check(project: Path, root: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, str(project / "tools/check_docs.py"), "--root", str(root), *options],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path, project: Path) -> Path:
    """Give a small project with documentation in which everything is right."""
    _write(
        tmp_path / "README.md",
        "# Small\n\nSee [the guide](docs/guide.md#two-words) and [proofs](docs/reference/requirements.md).\n",
    )
    _write(
        tmp_path / "docs/guide.md",
        "# Guide\n\n## Two words\n\n[back](../README.md) ![web](https://example.org/x.png)\n",
    )
    _write(tmp_path / "tools/requirements.toml", '[One]\nR1 = "the first"\nR2 = "the second"\n')
    _write(tmp_path / "tests/test_one.py", 'def test_first() -> None:\n    """R1: holds."""\n')
    status, said = _check(project, tmp_path, "--write")
    assert status == 0, said
    return tmp_path


def test_what_is_right_passes(small: Path, project: Path) -> None:
    """Sound documentation passes, and the list says which test proves what."""
    assert _check(project, small)[0] == 0
    page = (small / PAGE).read_text(encoding="utf-8")
    assert "- **R1** the first\n  - [`test_first`](../../tests/test_one.py)" in page
    assert "- **R2** the second\n  - no test yet" in page


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("docs/guide.md", "# Guide\n\n## Two words\n\n[gone](nowhere.md)\n", "leads nowhere"),
        ("docs/guide.md", "# Guide\n\n## Two words\n\n[gone][1]\n\n[1]: nowhere.md\n", "leads nowhere"),
        ("docs/guide.md", "# Guide\n\n## Another heading\n", "there is no such heading"),
        ("docs/guide.md", "# Guide\n\n## Two words\n\n[out](../../../x.md)\n", "leads out of the project"),
        ("docs/lost.md", "# Lost\n", "no link leads here"),
        ("tests/test_two.py", 'def test_more() -> None:\n    """R2: holds too."""\n', "is not current"),
        (
            "tests/test_two.py",
            'def test_more() -> None:\n    """R7: holds too."""\n',
            "names R7, which is no requirement",
        ),
    ],
)
def test_what_is_wrong_is_named(small: Path, project: Path, file: str, text: str, complaint: str) -> None:
    """A link to nowhere, a lost page, a stale list and an unknown requirement are each found and named."""
    _write(small / file, text)
    status, said = _check(project, small)
    assert status == 1
    assert complaint in said


def test_links_in_code_are_no_links(small: Path, project: Path) -> None:
    """What stands in a code block or a code span is not followed."""
    _write(small / "docs/guide.md", "# Guide\n\n## Two words\n\n`[a](gone.md)`\n\n```\n[b](gone.md)\n```\n")
    status, said = _check(project, small)
    assert status == 0, said
