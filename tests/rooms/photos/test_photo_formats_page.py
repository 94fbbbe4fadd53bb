"""The page about formats says what the code does."""

import re
from pathlib import Path

import pytest

from countenance.photos import _files, _formats, _limits, _releases, publishable_format

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs/reference/photo-formats.md"


@pytest.fixture(scope="module")
def page() -> str:
    """Give the page in one line, so that it may be wrapped anywhere."""
    return " ".join(PAGE.read_text(encoding="utf-8").split())


def test_every_extension_and_what_it_is_published_as_is_on_the_page(page: str) -> None:
    """The table lists each format with exactly its extensions and what its copies are."""
    for kind in _formats.Format:
        extensions = " ".join(f"`{suffix}`" for suffix, found in _formats.EXTENSIONS.items() if found is kind)
        written, suffix = publishable_format(kind)
        published = f"{ {'WEBP': 'WebP'}.get(written, written) } `{suffix}`"
        assert f"| {extensions} | {published} |" in page, kind


def test_every_limit_is_on_the_page(page: str) -> None:
    """The figures on the page are those of the code."""
    for row in (
        f"| file | {_files.MAX_FILE_BYTES // 1_000_000} MB |",
        f"| picture | {_limits.MAX_PIXELS // 1_000_000} million pixels |",
        f"| side | {_limits.MAX_SIDE_PX:,} pixels |",
        f"| scans of a JPEG | {_limits.MAX_JPEG_SCANS} |",
        f"| tile of a TIFF | {_limits.MAX_TIFF_TILE_PIXELS // 1_000_000} million pixels |",
        f"| signed form | {_releases.MAX_RELEASE_BYTES // 1_000_000} MB |",
    ):
        assert row in page


def test_the_words_of_every_refusal_are_on_the_page(page: str) -> None:
    """What a user may be told of a photo is on the page, word for word up to the first figure or name in it."""
    sources = (PROJECT / "src/countenance/photos").glob("_*.py")
    raised = re.compile(
        r"(?:Photo(?:Missing|Unreadable|Refused|NotWritten)|UsageWrong|ReleaseInvalid)\(\s*f?\"([^\"]+)\""
    )
    said = [words for source in sources for words in raised.findall(source.read_text(encoding="utf-8"))]
    plain = [words.partition("{")[0].strip() for words in said]
    assert not [words for words in plain if words and words not in page and words != "that is not a path"]
    assert len(said) > 25, "the refusals were not found"


def test_every_refused_kind_is_on_the_page(page: str) -> None:
    """Each kind of file that a refusal names is named on the page."""
    named = {kind for _, kind in _formats._REFUSED}
    assert not [kind for kind in named if kind not in page]
    assert len(named) >= 10
