"""Which files are meant: no address is ever a path (R10), and each photo below a folder is found once."""

import inspect
import os
import string
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import PhotoMissing, PhotoProblem, UsageWrong
from countenance.photos import find_photos, local_path, open_photo

Encode = Callable[..., bytes]

SCHEMES = st.from_regex(r"[A-Za-z][A-Za-z0-9+.\-]{0,12}", fullmatch=True)


@given(SCHEMES, st.text(max_size=40), st.sampled_from(("", " ", "\t", "\n ")))
def test_no_address_is_a_path(scheme: str, rest: str, before: str) -> None:
    """R10: any `scheme://` is refused, in any case and with blanks before it, and nothing is ever fetched."""
    with pytest.raises(UsageWrong, match="nothing is ever fetched") as caught:
        local_path(f"{before}{scheme}://{rest}")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/a.jpg",
        "HTTPS://example.org",
        "https:/example.org/a.jpg",
        "file:///etc/hosts",
        "file:/etc/hosts",
        "FILE:photo.jpg",
        "ftp://example.org/a.jpg",
        "smb://server/share/a.jpg",
        "data:image/png;base64,iVBORw0KGgo=",
        "s3://bucket/a.jpg",
        "ht\ttp://example.org",
        "\x00http://example.org",
        "javascript:alert(1)",
        "x-apple.photos://asset/1",
    ],
)
def test_known_addresses_are_refused(address: str) -> None:
    """R10: the addresses that people try are refused, also without slashes and with blanks in them."""
    with pytest.raises(UsageWrong, match="nothing is ever fetched"):
        local_path(address)


@pytest.mark.parametrize(
    "name", ["12:30.jpg", "C:\\photos\\a.jpg", "D:a.jpg", "Anna: first day.jpg", "a:b", "a//b.jpg"]
)
def test_colons_in_names_are_no_addresses(name: str) -> None:
    """Times, drive letters and titles with a colon stay file names."""
    assert local_path(name) == Path(name).absolute()


def test_a_name_that_looks_like_an_address_can_be_given_as_a_path(tmp_path: Path) -> None:
    """A file that is really called like an address is reached with `./` before it, as the remedy says."""
    with pytest.raises(UsageWrong) as caught:
        local_path("http://a.jpg")
    assert "./" in caught.value.remedy
    assert local_path("./http://a.jpg") == Path.cwd() / "http:" / "a.jpg"
    assert local_path(f"{tmp_path}/http://a.jpg") == tmp_path / "http:" / "a.jpg"


@given(
    st.lists(st.text(string.ascii_letters + string.digits + " ._-äß:", min_size=1, max_size=12), min_size=1, max_size=4)
)
def test_what_is_given_as_a_path_is_absolute(parts: list[str]) -> None:
    """Any path of this machine comes out absolute, and giving it again changes nothing."""
    path = local_path("/" + "/".join(parts))
    assert path.is_absolute()
    assert ".." not in path.parts
    assert local_path(str(path)) == path


@pytest.mark.parametrize("text", ["", "a\0b"])
def test_nothing_is_no_path(text: str) -> None:
    """An empty argument, or one that no file can be called, is refused."""
    with pytest.raises(UsageWrong, match="not a path"):
        local_path(text)


def test_links_stay_links_and_double_dots_are_taken_by_the_disk(tmp_path: Path) -> None:
    """A link is kept as it is given; `..` behind one goes where the disk says, not where the text seems to."""
    (tmp_path / "far/away").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far/away")
    assert local_path(str(tmp_path / "link")) == tmp_path / "link"
    assert local_path(f"{tmp_path}/link/../a.jpg") == (tmp_path / "far/a.jpg").resolve()
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    assert local_path(f"{tmp_path}/far/../circle").name == "circle"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with photos, other files, hidden ones, and links of every kind."""
    for name in (
        "b.jpg",
        "a.JPEG",
        "notes.txt",
        "sub/z.png",
        "sub/c.HEIC",
        "sub/deep/er/d.avif",
        ".hidden.jpg",
        ".trash/e.jpg",
        "sub/.f.tif",
        "x.webp",
        "film.mp4",
        "raw.nef",
        "Z.TIF",
    ):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path / "photos"


def names(folder: Path, places: list[Path]) -> list[str]:
    """Give what is found, relative to the folder."""
    return [path.relative_to(folder).as_posix() for path in find_photos(places)]


EXPECTED = ["Z.TIF", "a.JPEG", "b.jpg", "sub/c.HEIC", "sub/deep/er/d.avif", "sub/z.png", "x.webp"]


def test_photos_below_a_folder_are_found_in_order(folder: Path) -> None:
    """Every extension that is opened, in any case, at any depth, in order of names; nothing hidden, nothing else."""
    assert names(folder, [folder]) == EXPECTED
    assert names(folder, [folder]) == EXPECTED


def test_each_photo_is_found_once(folder: Path) -> None:
    """A folder, a folder in it and a file in that give each photo once, at its first place."""
    found = names(folder, [folder / "sub/z.png", folder, folder / "sub", folder / "sub/../b.jpg", folder])
    assert found == ["sub/z.png", *(name for name in EXPECTED if name != "sub/z.png")]


def test_links(folder: Path, tmp_path: Path) -> None:
    """Below a folder links to folders are not followed; a link to a photo is that photo; a place may be a link."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/o.jpg").write_bytes(b"o")
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "linked.jpg").symlink_to(tmp_path / "outside")
    (folder / "circle").symlink_to(folder)
    (folder / "sub/again.jpg").symlink_to(folder / "b.jpg")
    (folder / "away.jpg").symlink_to(tmp_path / "outside/o.jpg")
    assert sorted(names(folder, [folder])) == sorted([*EXPECTED, "away.jpg"])
    assert [path.name for path in find_photos([folder / "linked"])] == ["o.jpg"]


def test_what_cannot_be_opened_is_found_and_reported(folder: Path) -> None:
    """R43: a broken link, a link to itself and a pipe called .jpg are given, so that a run counts them as failed."""
    (folder / "broken.jpg").symlink_to(folder / "gone")
    (folder / "self.jpg").symlink_to(folder / "self.jpg")
    os.mkfifo(folder / "pipe.jpg")
    found = names(folder, [folder])
    for name in ("broken.jpg", "self.jpg", "pipe.jpg"):
        assert name in found
        with pytest.raises(PhotoProblem):
            open_photo(folder / name)
    assert set(EXPECTED) < set(found)


def test_a_folder_that_cannot_be_looked_into_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R43: photos in a folder without access are not passed over in silence: the folder itself is given."""
    scandir = os.scandir

    def without_access(path: Path) -> object:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", without_access)
    assert names(folder, [folder]) == ["Z.TIF", "a.JPEG", "b.jpg", "sub/c.HEIC", "sub/deep", "sub/z.png", "x.webp"]
    with pytest.raises(PhotoProblem):
        open_photo(folder / "sub/deep")


def test_a_file_named_directly_is_given_whatever_it_is_called(folder: Path) -> None:
    """A file that somebody names is not passed over, so that it is opened or reported."""
    places = [folder / name for name in ("notes.txt", ".hidden.jpg", "film.mp4")]
    assert list(find_photos(places)) == places
    assert [path.name for path in find_photos([folder / ".trash"])] == ["e.jpg"]


def test_a_missing_place_is_said_before_anything_is_found(folder: Path) -> None:
    """A place where nothing is raises at once, before the first photo is given, and is named."""
    with pytest.raises(PhotoMissing, match="elsewhere"):
        find_photos([folder, folder / "elsewhere"])


def test_deep_folders_are_walked_without_recursion(tmp_path: Path) -> None:
    """Folders nested deeper than Python's calls may be are walked to the end."""
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
        deep.mkdir()
    (deep / "a.jpg").write_bytes(b"x")
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 150)
    try:
        assert list(find_photos([tmp_path])) == [deep / "a.jpg"]
    finally:
        sys.setrecursionlimit(before)


def test_an_empty_folder_has_no_photos(tmp_path: Path) -> None:
    """Nothing is found where nothing is, and nowhere is no error."""
    assert list(find_photos([tmp_path])) == []
    assert list(find_photos([])) == []
