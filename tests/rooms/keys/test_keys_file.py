"""A key file is made once, for its owner alone, and a file that is not such a one is refused with what to do."""

import errno
import os
import re
from pathlib import Path

import pytest

from countenance.errors import KeyMissing, KeyProblem, KeyWrong, UsageWrong
from countenance.keys import KeyFile, default_key_path, key_text, make_key_file, parse_key, read_key

KEY = bytes(range(1, 33))
POSIX = pytest.mark.skipif(os.name != "posix", reason="rights of files are told by their bits on POSIX only")


def key_file(folder: Path, text: str, *, mode: int = 0o600) -> KeyFile:
    """Write a text where a key should be."""
    path = folder / "library.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return KeyFile(path)


def test_a_new_key_file_is_read_back(tmp_path: Path) -> None:
    """The key that was made is the key that is read, and no two are the same."""
    keys = [make_key_file(tmp_path / f"{number}.key") for number in range(20)]
    assert [read_key(KeyFile(tmp_path / f"{number}.key")) for number in range(20)] == keys
    assert len(set(keys)) == 20
    assert {len(key) for key in keys} == {32}


def test_a_key_file_says_what_it_is(tmp_path: Path) -> None:
    """A lost key is recognised: two lines that say what it is, and one line with mark and key."""
    key = make_key_file(tmp_path / "library.key")
    comment, more, line = (tmp_path / "library.key").read_text(encoding="ascii").splitlines()
    assert comment.startswith("# The master key of a Countenance photo library")
    assert more.startswith("# Keep a second copy")
    assert line == f"countenance-key-1:{key.hex()}"


@POSIX
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """The file is 0600 and each folder that was made for it 0700, even if the process would give more."""
    path = tmp_path / "a" / "b" / "library.key"
    before = os.umask(0)
    try:
        make_key_file(path)
    finally:
        os.umask(before)
    assert [oct(one.stat().st_mode & 0o777) for one in (path, path.parent, path.parent.parent)] == [
        "0o600",
        "0o700",
        "0o700",
    ]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """Whatever lies there (a key, a folder, a link to nowhere) stays, and nothing is written through it."""
    path, link, aim = tmp_path / "library.key", tmp_path / "link.key", tmp_path / "aim"
    make_key_file(path)
    before = path.read_bytes()
    link.symlink_to(aim)
    (tmp_path / "folder.key").mkdir()
    for taken in (path, link, tmp_path / "folder.key"):
        with pytest.raises(UsageWrong, match="already") as caught:
            make_key_file(taken)
        assert caught.value.remedy
    assert path.read_bytes() == before
    assert not aim.exists()


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    """A place that cannot be written to is told, with what to do."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((KeyProblem, UsageWrong)) as caught:
        make_key_file(tmp_path / "file" / "library.key")
    assert caught.value.remedy


def test_a_key_that_did_not_reach_the_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R40: on a full disk there is a clean error and no half of a key."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyProblem, match="No space left") as caught:
        make_key_file(tmp_path / "library.key")
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_attempt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R39: Ctrl-C while the key is written leaves no file behind that would be in the way of the next attempt."""

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_key_file(tmp_path / "library.key")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    """R20: no file: which one, what to do, what is lost without it and what is not."""
    with pytest.raises(KeyMissing, match=re.escape(str(tmp_path / "none.key"))) as caught:
        read_key(KeyFile(tmp_path / "none.key"))
    assert "say where it is" in caught.value.remedy
    assert all(lost in caught.value.remedy for lost in ("names", "face templates", "what the ledger says"))
    assert "photos and published copies are untouched" in caught.value.remedy


@pytest.mark.parametrize("digits", [0, 1, 40, 63])
def test_a_key_that_was_cut_short_is_called_one(tmp_path: Path, digits: int) -> None:
    """R20: the beginning of a key is told as such, with how much is there, and nothing of it is repeated."""
    with pytest.raises(KeyWrong, match=f"cut short: {digits} of 64 digits") as caught:
        read_key(key_file(tmp_path, key_text(KEY)[: digits - 65]))
    assert KEY.hex()[:8] not in f"{caught.value} {caught.value.remedy}"
    assert "a whole copy of the key" in caught.value.remedy


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601, 0o777, 0o620])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    """R20: any right of the group or of others is refused, and the remedy is the command that takes it away."""
    source = key_file(tmp_path, key_text(KEY), mode=mode)
    with pytest.raises(KeyWrong, match="others than you") as caught:
        read_key(source)
    assert f"chmod 600 {source.path}" in caught.value.remedy
    source.path.chmod(0o600)
    assert read_key(source) == KEY


@POSIX
def test_a_link_to_a_key_is_judged_by_the_key(tmp_path: Path) -> None:
    """A key may be mounted as a link; the rights of what is read count."""
    source = key_file(tmp_path, key_text(KEY))
    (tmp_path / "link").symlink_to(source.path)
    assert read_key(KeyFile(tmp_path / "link")) == KEY
    source.path.chmod(0o644)
    with pytest.raises(KeyWrong):
        read_key(KeyFile(tmp_path / "link"))


@POSIX
@pytest.mark.timeout(20)
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder or a pipe in the key's place is refused at once, and nobody waits for the pipe."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(KeyWrong, match="no plain file"):
        read_key(KeyFile(tmp_path / "pipe"))
    with pytest.raises((KeyMissing, KeyWrong)):
        read_key(KeyFile(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "# only a comment\n",
        KEY.hex(),
        f"countenance-key-2:{KEY.hex()}",
        f"countenance-key-1:{KEY.hex()[:-1]}",
        f"countenance-key-1:{KEY.hex()}0",
        f"countenance-key-1: {KEY.hex()}",
        f"countenance-key-1:{KEY.hex()}\ncountenance-key-1:{KEY.hex()}",
        f"countenance-key-1:{KEY.hex()}\nand more",
        f"countenance-key-1:{'g' * 64}",
        f"countenance-key-1:{'0' * 64}",
        "countenance-key-1:" + "\uff11" * 64,
        "-----BEGIN PRIVATE KEY-----",
        "\0" * 100,
        key_text(KEY) * 100,
        "x" * 100_000,
    ],
    ids=range(17),
)
def test_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    """R20: an empty, cut, doubled or other file is no key; the error says nothing of what was in it."""
    with pytest.raises(KeyWrong) as caught:
        read_key(key_file(tmp_path, text))
    said = f"{caught.value} {caught.value.remedy} {caught.value.__cause__} {caught.value.__context__}"
    assert KEY.hex()[:8] not in said
    assert caught.value.remedy


def test_bytes_that_are_no_text_are_no_key(tmp_path: Path) -> None:
    """A photo given as the key file by mistake is refused like anything else that is no key."""
    source = key_file(tmp_path, "")
    source.path.write_bytes(bytes(range(256)))
    with pytest.raises(KeyWrong):
        read_key(source)


@pytest.mark.parametrize(
    "text",
    [
        f"countenance-key-1:{KEY.hex()}",
        f"  countenance-key-1:{KEY.hex().upper()}  \r\n",
        f"# mine\r\n\r\ncountenance-key-1:{KEY.hex()}\r\n# end",
        key_text(KEY),
    ],
    ids=range(4),
)
def test_a_key_written_by_hand_is_read(text: str) -> None:
    """A key typed in from paper may have capitals, other line ends, and comments of its own."""
    assert parse_key(text, source="the paper") == KEY


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_only_a_whole_key_is_written_down(size: int) -> None:
    """A key of another length is a defect of the caller."""
    with pytest.raises(ValueError, match="32 bytes"):
        key_text(bytes(size))


def test_the_default_place_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key lies in the user's data folder, by the library's id; no variable of ours moves it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("COUNTENANCE_KEY_FILE", str(tmp_path / "elsewhere"))
    path = default_key_path("9c1f0e7a52d84b6f")
    assert path.name == "9c1f0e7a52d84b6f.key"
    assert path.parent.name == "keys"
    assert path != default_key_path("9c1f0e7a52d84b60")
    assert not path.parent.exists(), "telling a place makes nothing"


@pytest.mark.parametrize(
    "library", ["", ".", "..", "../x", "a/b", "a\\b", "a\0", "/etc/passwd", "x" * 200, "a.b", "-x"]
)
def test_a_library_cannot_point_elsewhere(library: str) -> None:
    """The id comes out of a folder that anybody may have handed over: it must not name a path."""
    with pytest.raises(UsageWrong):
        default_key_path(library)
